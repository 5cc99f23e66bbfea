// Goal: no split leaves us that its channel would refuse, and the channel refuses it all the same; each number is
// carried out once. Method: the pure planner by table, then the till itself called past our own checks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DAY,
  fen,
  HOUR,
  inTransaction,
  isRefusal,
  MINUTE,
  newId,
  plus,
  WorldError,
} from '#platform';
import { openPayIn, refund, splitPayIn } from '../index.ts';
import { openWorld, type World } from '../world.fixture.ts';
import { type Channel, planSplit, type Share } from './domain.ts';

const some = (count: number, amount = 100n, role: Share['role'] = 'payee'): Share[] =>
  Array.from({ length: count }, (_, index) => ({
    ...{ receiver: `PAYABLE:u${String(index).padStart(3, '0')}`, role, amount: fen(amount) },
  }));
const known = { paid: fen(100_000n), left: fen(100_000n), others: fen(0n), requests: 0 };

test('the plan fits the channel: at once, later, in several requests, or not at all', () => {
  const plan = (channel: Channel, shares: Share[], more = {}) => {
    const parts = planSplit(channel, shares, { ...known, ...more });
    return isRefusal(parts) ? parts.code : parts.map((one) => `${one.mode} ${one.shares.length}`);
  };
  assert.deepEqual(plan('alipay', some(5)), ['sync 5']);
  assert.deepEqual(plan('alipay', some(6)), ['async 6']);
  assert.deepEqual(plan('alipay', some(51)), ['async 50', 'async 1']);
  assert.deepEqual(plan('wechat', some(1)), ['async 1']);
  assert.deepEqual(plan('bank', some(50)), ['sync 50']);
  const fee = (amount: bigint) =>
    [...some(1, 50_000n), ...some(1, amount, 'platform')].map((one, index) => ({
      ...one,
      receiver: `${one.receiver}-${index}`,
    }));
  assert.deepEqual(plan('alipay', fee(30_000n)), ['sync 2']);
  assert.equal(plan('alipay', fee(30_001n)), 'split_over_cap');
  assert.equal(plan('alipay', fee(20_000n), { others: fen(10_001n) }), 'split_over_cap');
  assert.deepEqual(plan('wechat', fee(50_000n)), ['async 2']);
  assert.equal(plan('wechat', some(1, 100_001n)), 'split_too_much');
  assert.equal(plan('wechat', some(1), { left: fen(99n) }), 'split_too_much');
  assert.equal(plan('wechat', some(1), { requests: 50 }), 'split_too_many');
  assert.throws(() => plan('bank', [...some(1), ...some(1)]), /one share/);
  assert.throws(() => plan('bank', some(1, 0n)), /more than zero/);
});

async function paid(world: World, channel: Channel, amount = 100_000n) {
  const at = world.clock.now();
  const subject = newId(at);
  const { id } = await inTransaction(world.db, (tx) =>
    openPayIn(tx, {
      ...{ subject, payerId: 'buyer', amountFen: fen(amount), at, channel },
      expiresAt: plus(at, 15 * MINUTE),
    }),
  );
  await world.run();
  const payNo = id.replaceAll('-', '');
  await world.control('pay', { outNo: payNo });
  await world.run();
  const { orders } = await world.state();
  const tradeNo = orders.find(({ outNo }) => outNo === payNo)?.payments[0]?.tradeNo ?? '';
  return { subject, payNo, tradeNo, id };
}
const split = (world: World, subject: string, shares: Share[], key?: string) =>
  inTransaction(world.db, (tx) =>
    splitPayIn(tx, { subject, shares, at: world.clock.now(), ...(key !== undefined && { key }) }),
  );
const numbers = async (world: World) => (await world.state()).requests;
const stateOf = async (world: World, table: 'pay_in' | 'split', id: string) => {
  const { rows } = await world.pool.query<{ state: string }>(
    `select state from settlement.${table} where id = $1`,
    [id],
  );
  return rows[0]?.state;
};

test('the institution has limits of its own and says which one', async (t) => {
  const world = await openWorld(t);
  const { psp } = world.deps;
  const alipay = await paid(world, 'alipay');
  const no = () => newId(world.clock.now()).replaceAll('-', '');
  const ask = async (
    to: Awaited<ReturnType<typeof paid>>,
    mode: 'sync' | 'async',
    shares: Share[],
    outNo = no(),
  ): Promise<string> => {
    const { payNo, tradeNo } = to;
    try {
      return (await psp.submitSplit({ outNo, payNo, tradeNo, mode, shares })).status;
    } catch (error) {
      assert(error instanceof WorldError);
      return `${error.kind} ${error.code}`;
    }
  };
  assert.equal(await ask(alipay, 'sync', some(6)), 'reject receivers_max', 'the sixth at once');
  assert.equal(await ask(alipay, 'async', some(51)), 'reject receivers_max', 'the 51st');
  assert.equal(await ask(alipay, 'sync', some(1, 30_001n, 'platform')), 'reject share_cap');
  assert.equal(await ask(alipay, 'sync', some(2, 50_001n)), 'reject split_exceeds');
  const first = no();
  assert.equal(await ask(alipay, 'sync', some(5), first), 'done');
  assert.equal(await ask(alipay, 'sync', some(5), first), 'done', 'the same again is the same');
  assert.equal(await ask(alipay, 'sync', some(4), first), 'ask bank_409', 'another body is not');
  const once = (await numbers(world)).filter(({ outNo }) => outNo === first);
  assert.deepEqual(
    once.map(({ submits, amountFen }) => `${amountFen} ${submits}`),
    ['500 2'],
  );
  const wechat = await paid(world, 'wechat', 1_000_000n);
  assert.equal(await ask(wechat, 'sync', some(1)), 'reject receivers_max', 'nothing at once here');
  for (let count = 0; count < 50; count++)
    assert.equal(await ask(wechat, 'async', some(1)), 'accepted');
  assert.equal(await ask(wechat, 'async', some(1)), 'reject requests_max', 'the 51st request');
  await world.moveTo(plus(world.clock.now(), 30 * DAY));
  assert.equal(await ask(alipay, 'sync', some(1)), 'reject freeze_ended', 'day 31');
  assert.equal(await ask(wechat, 'async', some(1)), 'reject requests_max', 'its freeze is longer');
});

test('an order settles: its split is carried out once, and the pay-in is settled', async (t) => {
  const world = await openWorld(t);
  const { subject, id } = await paid(world, 'alipay');
  const shares: Share[] = [
    { receiver: 'PAYABLE:seller', role: 'payee', amount: fen(93_000n) },
    { receiver: 'FEE', role: 'platform', amount: fen(7_000n) },
    { receiver: 'CHARITY:none', role: 'payee', amount: fen(0n) },
  ];
  // Neither the answer nor the callback arrives: only asking tells.
  await world.control('faults', { dieAfterCommit: 1, drop: true });
  const first = await split(world, subject, shares);
  assert.deepEqual(await split(world, subject, shares), first, 'the same again');
  await assert.rejects(split(world, subject, shares.slice(0, 1)), /another way/);
  await assert.rejects(split(world, subject, some(1, 1n), 'more'), { message: /split_too_much/ });
  await world.run();
  assert.equal(await stateOf(world, 'split', first.splitIds[0] ?? ''), 'unknown');
  await world.advance(2 * MINUTE);
  assert.equal(await stateOf(world, 'split', first.splitIds[0] ?? ''), 'done');
  assert.equal(await stateOf(world, 'pay_in', id), 'settled');
  assert.equal((await numbers(world)).length, 1, 'one number');
});

test('one receiver of many fails: the rest have their share, and only what is left is sent again', async (t) => {
  const world = await openWorld(t);
  const { subject, id } = await paid(world, 'wechat', 5_200n);
  await world.control('faults', { failReceivers: 1 });
  const { splitIds } = await split(world, subject, some(52));
  assert.equal(splitIds.length, 2);
  await world.run();
  await world.control('settle', {});
  await world.run();
  const states = () => Promise.all(splitIds.map((one) => stateOf(world, 'split', one)));
  assert.deepEqual((await states()).sort(), ['done', 'failed']);
  await world.advance(HOUR + MINUTE);
  await world.control('settle', {});
  await world.run();
  assert.deepEqual(await states(), ['done', 'done']);
  assert.equal(await stateOf(world, 'pay_in', id), 'settled');
  const { rows } = await world.pool.query<{ total: string }>(
    'select sum(amount_fen)::text as total from settlement.split_share where done_under is not null',
  );
  assert.equal(rows[0]?.total, '5200');
});

test('half refunded, half split: settled; a split that outlives the freeze waits for a person', async (t) => {
  const world = await openWorld(t);
  const half = await paid(world, 'alipay', 200n);
  await inTransaction(world.db, (tx) =>
    refund(tx, {
      ...{ subject: half.subject, amountFen: fen(100n), from: `ESCROW:${half.subject}` },
      ...{ at: world.clock.now(), reason: 'half' },
    }),
  );
  await assert.rejects(split(world, half.subject, some(2)), { message: /split_too_much/ });
  await split(world, half.subject, some(1));
  await world.run();
  await world.control('settle', {});
  await world.run();
  assert.equal(await stateOf(world, 'pay_in', half.id), 'settled');

  const old = await paid(world, 'alipay', 200n);
  await world.advance(30 * DAY);
  const { splitIds } = await split(world, old.subject, some(2));
  await world.run();
  for (let hour = 0; hour < 8; hour++) await world.advance(61 * MINUTE);
  const [id = ''] = splitIds;
  assert.equal(await stateOf(world, 'split', id), 'parked');
  const url = `/v1/console/splits/${id}`;
  const seen = await world.call('f finance', 'GET', url);
  assert.deepEqual(seen.body['allowed'], ['resend', 'waive']);
  assert.equal((seen.body['split'] as { failure: string }).failure, 'freeze_ended');
  assert.equal((await world.call('a auditor', 'POST', `${url}/waive`, {})).status, 403);
  assert.equal((await world.call('f finance', 'POST', `${url}/waive`, {})).status, 200);
  assert.equal(await stateOf(world, 'split', id), 'waived');
});
