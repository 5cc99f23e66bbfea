// Goal: the guarantee fund pays only money it has, claims are no money until they are collected, and no fen is lost.
// Method: real database and bank; filled through the console, paid out both ways, claimed and collected in parts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { post } from '#ledger';
import { fen, inTransaction, MINUTE, newId, plus, Refused } from '#platform';
import {
  collect,
  openPayIn,
  payFromReserve,
  RESERVE_CASH,
  recover,
  reserveFacts,
} from './index.ts';
import { openWorld, RECYCLER, type World } from './world.fixture.ts';

async function fill(world: World, yuan: number): Promise<void> {
  const body = { amountFen: String(yuan * 100) };
  const made = await world.call('f finance', 'POST', '/v1/console/reserve/top-ups', body);
  assert.equal(made.status, 200, JSON.stringify(made.body));
  await world.run();
  await world.control('settle', {});
  await world.run();
}

const pay = (world: World, amount: bigint, to: 'refund' | { userId: string }, subject: string) =>
  inTransaction(world.db, (tx) =>
    payFromReserve(tx, {
      ...{ subject, to, amountFen: fen(amount), at: world.clock.now(), reason: 'guarantee' },
    }),
  );

test('the fund is filled through the bank, pays once per reason, and never more than its cash', async (t) => {
  const world = await openWorld(t);
  assert.equal((await reserveFacts(world.db)).isLow, true);
  await fill(world, 200_000);
  assert.equal(await world.balance(RESERVE_CASH), 20_000_000n);
  assert.equal((await reserveFacts(world.db)).isLow, false);
  await world.account('buyer');
  await pay(world, 15_000_000n, { userId: 'buyer' }, 'order-1');
  await pay(world, 15_000_000n, { userId: 'buyer' }, 'order-1');
  assert.equal(await world.balance(RESERVE_CASH), 5_000_000n);
  assert.equal(await world.stateOf('order-1', 'reserve-guarantee'), 'created');
  await assert.rejects(
    pay(world, 5_000_001n, { userId: 'buyer' }, 'order-2'),
    (error) => code(error) === 'reserve_short',
  );
  const view = await world.call('a auditor', 'GET', '/v1/console/reserve');
  assert.equal(view.body['cashFen'], '5000000');
  assert.equal(view.body['isLow'], true);
  const treasury = await world.call('a auditor', 'GET', '/v1/console/treasury');
  const { topUps } = treasury.body as { topUps: { recycler: string }[] };
  assert(
    topUps.every(({ recycler }) => recycler === RECYCLER),
    "recyclers' top-ups only",
  );
  await world.checkBooks();
});

test('a claim is no cash until it is collected, from what the party at fault earns, oldest first', async (t) => {
  const world = await openWorld(t);
  await fill(world, 1_000);
  await pay(world, 90_000n, { userId: 'buyer' }, 'order-1');
  const claim = (amount: bigint, subject: string) =>
    inTransaction(world.db, (tx) =>
      recover(tx, {
        ...{ subject, userId: 'seller', amountFen: fen(amount), at: world.clock.now() },
        reason: 'guarantee',
      }),
    );
  await claim(60_000n, 'order-1');
  await claim(60_000n, 'order-1');
  await claim(30_000n, 'order-2');
  await assert.rejects(claim(1n, 'order-1'), /differs/);
  const facts = await reserveFacts(world.db);
  assert.equal(facts.claimsFen, 90_000n);
  assert.equal(facts.cashFen, 10_000n, 'a claim pays nobody');
  await assert.rejects(
    pay(world, 10_001n, { userId: 'buyer' }, 'order-3'),
    (error) => code(error) === 'reserve_short',
  );
  const earn = async (amount: bigint): Promise<bigint> => {
    const at = world.clock.now();
    return await inTransaction(world.db, async (tx) => {
      const legs = [{ from: `WALLET:${RECYCLER}`, to: 'PAYABLE:seller', amount: fen(amount) }];
      await post(tx, { kind: 'test.earn', ref: newId(at), subject: 'x', at, legs });
      return await collect(tx, { userId: 'seller', availableFen: fen(amount), at });
    });
  };
  assert.equal(await earn(50_000n), 50_000n);
  assert.equal(await earn(15_000n), 15_000n);
  assert.equal((await reserveFacts(world.db)).cashFen, 75_000n);
  assert.equal(await earn(40_000n), 25_000n, 'the rest is the seller’s');
  assert.equal(await earn(1_000n), 0n);
  assert.equal(await world.balance('RECEIVABLE:seller'), 0n);
  assert.equal(await world.balance('RESERVE:claims'), 0n);
  assert.equal(await world.balance('PAYABLE:seller'), 16_000n);
  await world.checkBooks();
});

test('a buyer is paid back the way they paid, out of the fund', async (t) => {
  const world = await openWorld(t);
  await fill(world, 1_000);
  const at = world.clock.now();
  const subject = newId(at);
  const made = await inTransaction(world.db, (tx) =>
    openPayIn(tx, {
      ...{ subject, payerId: 'buyer', amountFen: fen(5_000n), at, channel: 'wechat' },
      expiresAt: plus(at, 15 * MINUTE),
    }),
  );
  await world.run();
  await world.control('pay', { outNo: made.id.replaceAll('-', '') });
  await world.run();
  await assert.rejects(
    pay(world, 5_001n, 'refund', subject),
    (error) => code(error) === 'refund_too_much',
  );
  await pay(world, 5_000n, 'refund', subject);
  await world.run();
  await world.control('settle', {});
  await world.run();
  assert.equal(await world.balance(RESERVE_CASH), 95_000n);
  assert.equal(await world.inFlight(), 0n);
  const { requests } = await world.state();
  assert.deepEqual(
    requests.map(({ kind, status, amountFen }) => `${kind} ${status} ${amountFen}`),
    ['refund done 5000'],
  );
  await world.checkBooks();
});

const code = (error: unknown): string | undefined =>
  error instanceof Refused ? error.refusal.code : undefined;
