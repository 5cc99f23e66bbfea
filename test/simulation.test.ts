// Goal: whatever sellers, operators, issuers, the bank and the calendar do, no fen and no promise is lost.
// Method: seeded random runs through the whole house over its API, with the real simulators over HTTP; 2 of 3 steps
// are lawful, so that runs go deep. After every step the books, holds, promises, states and deadlines are told anew
// from the quotes and decisions (simulation/invariants.ts). At the end time runs on until everything is over, and
// bank, books and record are laid side by side. Every state and transition of a buyback must have been reached, or be
// named here.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reconcile } from '#ledger';
import { chinaInstant, DAY, FakeClock, failedJobs, fen, MINUTE } from '#platform';
import { seal, verifyRecord } from '#record';
import { dailyReconcile, promiseAt } from '#settlement';
import { PROCESSES } from '../src/app.ts';
import { chance } from '../src/demo-people.ts';
import { openTestHouse, type TestHouse } from './house.ts';
import { checkWorld } from './simulation/invariants.ts';
import { SCENES } from './simulation/scenes.ts';
import {
  act,
  approveRuns,
  bankFault,
  decide,
  dispute,
  finance,
  handOver,
  heal,
  healBank,
  hurry,
  issuerFault,
  leap,
  newAccount,
  offers,
  review,
  type Tracked,
  topUp,
  type World,
  weighted,
} from './simulation/world.ts';

/** Each run begins shortly before another stretch of the calendar: spring festival, national day, an ordinary week. */
const RUNS = [
  { seed: 20_260_211, day: '2026-02-11' },
  { seed: 20_260_928, day: '2026-09-28' },
  { seed: 20_261_123, day: '2026-11-23', scenes: true },
] as const;
const STEPS = 150;
const SELLERS = 4;

/**
 * The lives that a buyback passes through; these runs sell, and nobody buys. Money that comes in has a walk of its
 * own in src/settlement/payin/simulation.test.ts, an order of the market in src/market/law.test.ts.
 */
const PLAYED: ReadonlySet<string> = new Set(['buyback', 'payout', 'top_up', 'case']);

/** Rows that no run can take, and why they are there all the same. */
const OUT_OF_REACH: Readonly<Record<string, string>> = {
  'buyback.win': 'nobody auctions here; src/auctions/simulation.test.ts takes it in every storm',
  'buyback.stop': 'nobody tells of a card here; test/notice.test.ts does',
  'payout.lack':
    'a card is taken only from who has an account, and accounts are replaced, never removed',
  'payout.starve':
    'every payout is made with the money that covers it; the row is for books that are wrong',
  'case in withdrawn': 'as case.withdraw',
  'case.withdraw':
    'the console has no way to take a case back yet; it is decided for the seller instead',
};

/** Rows that a run takes now and then: they stand behind others, which are nearly always first. */
const BY_CHANCE: Readonly<Record<string, string>> = {
  'buyback.release_late': 'time leaps over the deadlines of case and order at once',
  'buyback.uphold_late': 'as release_late',
  'buyback.ask_no_more': 'an issuer that is down in both checks of a card with two prices',
};

const reached = new Set<string>();

for (const { seed, day, ...run } of RUNS) {
  test(`a run from ${day} (seed ${seed})`, async (t) => {
    const world = await openWorld(t, { seed, day });
    let step = 0;
    const story: string[] = [];
    try {
      await checkWorld(world);
      for (const [name, play] of 'scenes' in run ? SCENES : []) {
        story.push(name);
        await play(world);
        await checkWorld(world);
      }
      for (; step < STEPS; step++) {
        story.push(await takeStep(world));
        await checkWorld(world);
      }
      await runOut(world);
    } catch (error) {
      t.diagnostic(`seed ${seed}, step ${step}: ${story.slice(-12).join(' · ')}`);
      throw error;
    }
    await checkEnd(world);
    await note(world.test);
    const { orders, states, refusals } = world;
    const ends = [...states.values()].toSorted().reduce<Record<string, number>>((so, state) => {
      so[state] = (so[state] ?? 0) + 1;
      return so;
    }, {});
    t.diagnostic(`${orders.length} orders ${JSON.stringify(ends)}`);
    t.diagnostic(`refusals ${JSON.stringify(Object.fromEntries(refusals))}`);
  });
}

test('every state and every transition was reached, or is known to be out of reach', () => {
  const played = PROCESSES.filter(({ name }) => PLAYED.has(name));
  assert.equal(played.length, PLAYED.size);
  const all = played.flatMap(({ name, states, transitions }) => [
    ...Object.keys(states).map((state) => `${name} in ${state}`),
    ...Object.keys(transitions).map((transition) => `${name}.${transition}`),
  ]);
  const missed = all.filter((one) => !reached.has(one) && !(one in BY_CHANCE));
  assert.deepEqual(missed.toSorted(), Object.keys(OUT_OF_REACH).toSorted());
});

async function openWorld(
  t: { after(work: () => Promise<void>): void },
  { seed, day }: { seed: number; day: string },
): Promise<World> {
  const clock = new FakeClock(chinaInstant(day, 9.5));
  const house = await openTestHouse(t, { clock, bankSettleMs: 20 * 60_000 });
  const sellers = [];
  for (let count = 0; count < SELLERS; count++) sellers.push(await house.seller());
  return {
    ...{ test: house, dice: chance(seed), sellers, orders: [], states: new Map() },
    risk: await house.staff('risk'),
    maker: await house.staff('finance'),
    checker: await house.staff('finance'),
    ...{ decisions: new Map(), quotesSeen: new Set(), ill: new Set(), refusals: new Map() },
  };
}

type Doing = readonly [string, (world: World, order: Tracked) => Promise<unknown>, number];

/** What an order in a state waits for, and how often it gets it. */
const LAWFUL: Readonly<Record<string, readonly Doing[]>> = {
  accepted: [
    ['hand over', handOver, 10],
    ['cancel', (world, order) => act(world, order, 'cancel'), 1],
  ],
  requoted: [
    ['accept requote', (world, order) => act(world, order, 'accept-requote'), 3],
    ['decline requote', (world, order) => act(world, order, 'decline-requote'), 2],
    ['both answers', bothAnswers, 1],
  ],
  manual_review: [['review', review, 3]],
  verified: [['dispute', dispute, 3]],
  disputed: [['decide', decide, 3]],
  settled: [['contest', dispute, 1]],
  contested: [['decide contested', decide, 2]],
};

async function bothAnswers(world: World, order: Tracked): Promise<void> {
  await Promise.all([act(world, order, 'accept-requote'), act(world, order, 'decline-requote')]);
}

const COMMON: readonly (readonly [string, (world: World) => Promise<unknown>, number])[] = [
  ['offers', offers, 9],
  ['leap', leap, 9],
  ['finance', finance, 3],
  ['issuer fault', issuerFault, 2],
  ['bank fault', bankFault, 3],
  ['bank well', healBank, 2],
  ['top-up', (world) => topUp(world), 2],
  ['new account', (world) => newAccount(world), 1],
];

/** Anybody tries anything on any order. */
const MISCHIEF: readonly (readonly [string, (world: World, order: Tracked) => Promise<unknown>])[] =
  [
    ['try hand over', handOver],
    ['try cancel', (world, order) => act(world, order, 'cancel')],
    ['try accept requote', (world, order) => act(world, order, 'accept-requote')],
    ['try decline requote', (world, order) => act(world, order, 'decline-requote')],
    ['try review', review],
    ['try dispute', dispute],
    ['try decide', decide],
    [
      'a stranger tries',
      (world, order) =>
        act(
          world,
          { ...order, seller: world.dice.pick(world.sellers) },
          world.dice.pick(['cancel', 'accept-requote']),
        ),
    ],
  ];

async function takeStep(world: World): Promise<string> {
  const { dice, orders, states } = world;
  let done: string;
  if (dice.within(0, 2) === 0 && orders.length > 0) {
    const [name, doIt] = dice.pick(MISCHIEF);
    await doIt(world, dice.pick(orders));
    done = name;
  } else {
    const choices = orders.flatMap((order) =>
      (LAWFUL[states.get(order.id) ?? ''] ?? []).map(
        ([name, doIt, weight]) =>
          [[name, () => doIt(world, order)], weight] as readonly [
            [string, () => Promise<unknown>],
            number,
          ],
      ),
    );
    const common = COMMON.map(
      ([name, doIt, weight]) =>
        [[name, () => doIt(world)], weight] as readonly [[string, () => Promise<unknown>], number],
    );
    // The many settled orders of a long run must not keep the others from their turn.
    const own = choices.slice(-25);
    const [name, doIt] = weighted(dice, dice.within(0, 4) > 1 && own.length > 0 ? own : common);
    await doIt();
    done = name;
  }
  if (dice.within(0, 2) > 0) await world.test.settle();
  return done;
}

/** Everybody is well again and time goes on until every life has ended. */
async function runOut(world: World): Promise<void> {
  const { test: house } = world;
  await heal(world);
  await healBank(world);
  for (let leaps = 0; leaps < 30; leaps++) {
    await hurry(house);
    await house.forward(8 * DAY);
    // Whoever is only paid once in eight days is paid late, and for being late, and late again.
    await house.forward(chinaInstant(promiseAt(house.clock.now()).settleOn, 17.02));
    await approveRuns(world, world.checker);
    await house.forward(30 * MINUTE);
    await checkWorld(world);
    const { rows } = await house.pool.query(STILL_OPEN);
    if (rows.length === 0) break;
  }
  for (let tries = 0; tries < 12; tries++) {
    await hurry(house);
    await house.settle();
  }
}

/** Suspicions wait for compliance, who is not among these people; the payouts beside them do not. */
const STILL_OPEN = `
  select process, state from process.instance where not terminal and process <> 'risk_case'`;

interface BankEntry {
  kind: 'transfer' | 'collection';
  outNo: string;
  amountFen: string;
  remark: string;
  status: string;
}

async function checkEnd(world: World): Promise<void> {
  const { test: house } = world;
  const { db, pool, clock } = house;
  await checkWorld(world);
  const open = await pool.query(STILL_OPEN);
  assert.deepEqual(open.rows, [], 'everything is over');
  const left = (await failedJobs(db)).filter(({ task }) => task !== 'buyback.let_go');
  assert.deepEqual(left, [], 'no job is left over');
  assert.deepEqual(await reconcile(db), [], 'every balance is what its entries make it');
  await seal(db, clock.now());
  const verdict = await verifyRecord(db);
  assert(verdict.ok, JSON.stringify(verdict));
  assert.equal(verdict.unsealed, 0);
  await checkBank(house);
  while ((await dailyReconcile(db, clock.now())).length > 0) await house.house.settleDown();
  const found = await pool.query(
    'select day, findings from settlement.reconciliation where findings > 0',
  );
  assert.deepEqual(found.rows, [], 'bank statements and books agree, day by day');
}

/** The bank's own memory against ours: nobody was paid twice, and what it holds is what we say it holds. */
async function checkBank({ control, pool }: TestHouse): Promise<void> {
  const { entries } = (await control('psp', '/control/state')) as { entries: BankEntry[] };
  const paidTo = new Map<string, bigint>();
  let holds = 0n;
  for (const { kind, status, amountFen, remark } of entries) {
    if (status !== 'paid') continue;
    if (kind === 'collection') holds += BigInt(amountFen);
    else {
      assert(!paidTo.has(remark), `payout ${remark} was paid twice`);
      paidTo.set(remark, BigInt(amountFen));
      holds -= BigInt(amountFen);
    }
  }
  const payouts = await pool.query('select id, amount_fen, state from settlement.payout');
  for (const { id, amount_fen: amount, state } of payouts.rows)
    assert.equal(paidTo.get(id), state === 'closed' ? amount : undefined, `payout ${id} ${state}`);
  const custody = await pool.query(`select balance from ledger.book where code = 'CUSTODY:bank'`);
  assert.equal(custody.rows[0]?.balance, fen(-holds), 'the books hold what the bank holds');
}

async function note({ pool }: TestHouse): Promise<void> {
  const { rows } = await pool.query(
    `select distinct i.process, s.transition, s.to_state from process.step s join process.instance i on i.id = s.instance`,
  );
  for (const { process, transition, to_state: to } of rows) {
    reached.add(`${process}.${transition}`);
    reached.add(`${process} in ${to}`);
  }
}
