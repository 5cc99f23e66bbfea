/** The rare turns of a sale and of its money, played on purpose: chance alone would need a much longer run for them. */
import assert from 'node:assert/strict';
import { chinaInstant, DAY, HOUR, MINUTE } from '#platform';
import { promiseAt } from '#settlement';
import type { Person } from '#test/house.ts';
import { checkWorld } from './invariants.ts';
import {
  act,
  approveRuns,
  decide,
  dispute,
  handOver,
  healBank,
  hurry,
  newAccount,
  offer,
  say,
  type Tracked,
  topUp,
  type World,
} from './world.ts';

export type Scene = readonly [string, (world: World) => Promise<void>];

/** A sale of this kind that has just been handed over; what nobody does afterwards happens by itself. */
async function sale(
  world: World,
  sku: string,
  fate: Parameters<typeof offer>[1] & object,
): Promise<Tracked> {
  for (let tries = 0; tries < 30; tries++) {
    const order = await offer(world, { sku, ...fate });
    if (!order) {
      // At a bad hour the price is below the floor: the seller comes back later.
      await world.test.forward(HOUR);
      continue;
    }
    await handOver(world, order);
    return order;
  }
  throw new Error(`nobody sells ${sku}`);
}

const control = (world: World, faults: object) =>
  world.test.control('psp', '/control/faults', faults);

/** To the next cut-off, and on until the bank has paid what it took. */
async function payDay(world: World): Promise<void> {
  const { test } = world;
  await test.forward(chinaInstant(promiseAt(test.clock.now()).settleOn, 17.02));
  await test.forward(30 * MINUTE);
}

async function sold(world: World, sku = 'weihe-gift'): Promise<Tracked> {
  const order = await sale(world, sku, { fate: 'good' });
  await world.test.settle();
  return order;
}

const retryAll = async (world: World, as: Person): Promise<void> => {
  for (const state of ['failed', 'returned']) {
    const { body } = await say(world, as, `GET /v1/console/payouts?state=${state}`);
    for (const { id } of body.items)
      await say(world, as, `POST /v1/console/payouts/${id}/retry`, {});
  }
};

export const SCENES: readonly Scene[] = [
  [
    'the check comes too late',
    async (world) => {
      await sale(world, 'luyu-card', { fate: 'good' });
      // Nobody works off the jobs for a while; then the deadline is first.
      await world.test.forward(11 * MINUTE);
    },
  ],
  [
    'nobody looks at the card for a day',
    async (world) => {
      await sale(world, 'zhengliu-card', { fate: 'receipt' });
      await world.test.settle();
      await world.test.forward(25 * HOUR);
    },
  ],
  [
    'a new quote is forgotten, another declined, an order taken back',
    async (world) => {
      await sale(world, 'luxi-card', { fate: 'half_used' });
      const declined = await sale(world, 'luyu-card', { fate: 'half_used' });
      await world.test.settle();
      await act(world, declined, 'decline-requote');
      const order = await offer(world, { sku: 'weihe-gift', fate: 'good' });
      if (order) await act(world, order, 'cancel');
      await world.test.forward(25 * HOUR);
    },
  ],
  [
    'the issuer is away, then back',
    async (world) => {
      const { test } = world;
      await test.control('issuer', '/control/issuers/mujing', { outage: true });
      await sale(world, 'mujing-card', { fate: 'good' });
      await test.settle();
      for (let round = 0; round < 17; round++) await test.forward(2 * MINUTE);
      await test.control('issuer', '/control/issuers/mujing', { profile: 'healthy' });
      await hurry(test);
      await test.forward(25 * HOUR);
    },
  ],
  [
    'the bank loses its answer, and is asked until it speaks',
    async (world) => {
      await sold(world);
      await control(world, { dieBeforeCommit: 2, drop: true });
      await payDay(world);
      await control(world, { down: true });
      for (const wait of [2, 3, 5, 9]) await world.test.forward(wait * MINUTE);
      await healBank(world);
      await world.test.forward(3 * HOUR);
    },
  ],
  [
    'news gets lost after the bank has taken it',
    async (world) => {
      await sold(world);
      await control(world, { drop: true });
      await payDay(world);
      await world.test.forward(5 * HOUR);
      await healBank(world);
    },
  ],
  [
    'accounts that cannot be paid to: one is mended, one tried again',
    async (world) => {
      const first = await sold(world);
      await control(world, { reject: 1, rejectReason: 'ACCOUNT_UNKNOWN' });
      await payDay(world);
      await newAccount(world, first.seller);
      await control(world, { bounce: 1 });
      await payDay(world);
      await retryAll(world, world.maker);
      await payDay(world);
    },
  ],
  [
    'a large payout waits in vain for a second person, then gets one',
    async (world) => {
      await sale(world, 'jiaoyetang-named', { fate: 'good' });
      await world.test.settle();
      await say(world, world.maker, 'POST /v1/console/payout-runs', {});
      await approveRuns(world, world.maker);
      await world.test.forward(DAY + HOUR);
      await payDay(world);
      await approveRuns(world, world.checker);
      await world.test.forward(11 * MINUTE);
    },
  ],
  [
    'one order, two cases: what went back once is not claimed again',
    async (world) => {
      for (const last of [
        { outcome: 'clawback' },
        { outcome: 'partial', amountFen: 1_000 },
      ] as const) {
        const order = await sale(world, 'luxi-card', { fate: 'good' });
        await world.test.settle();
        await dispute(world, order);
        await decide(world, order, { outcome: 'partial', amountFen: 9_000 });
        await dispute(world, order);
        await decide(world, order, last);
        await checkWorld(world);
        assert.equal(world.states.get(order.id), 'closed', last.outcome);
      }
    },
  ],
  [
    'money for the recycler: refused once, unanswered once',
    async (world) => {
      await topUp(world, { refuseCollections: 1 });
      await world.test.forward(30 * MINUTE);
      await topUp(world, { dieBeforeCommit: 1 });
      await world.test.forward(11 * MINUTE);
      await world.test.forward(40 * MINUTE);
      assert.equal(world.ill.size, 0);
    },
  ],
];
