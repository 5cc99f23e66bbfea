// Goal: money that comes in is taken once, in time and in full, or goes back by itself; no fault of the institution
// loses a fen. Method: real database, the till as a process of its own with its faults, a shop that takes or declines.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, fen, inTransaction, MINUTE, newId, plus, Refused } from '#platform';
import { closePayIn, hasUnpaid, openPayIn, payInOf, refund } from '../index.ts';
import { openWorld, type World } from '../world.fixture.ts';

const PRICE = fen(8_850n);

async function ask(
  world: World,
  options: { subject?: string; channel?: 'alipay' | 'wechat' | 'bank'; amount?: bigint } = {},
) {
  const at = world.clock.now();
  const { subject = newId(at), channel = 'alipay', amount = PRICE } = options;
  const made = await inTransaction(world.db, (tx) =>
    openPayIn(tx, {
      ...{ subject, payerId: 'buyer', amountFen: fen(amount), at, channel },
      expiresAt: plus(at, 15 * MINUTE),
    }),
  );
  await world.run();
  return { ...made, outNo: made.id.replaceAll('-', '') };
}
const stateOf = async (world: World, subject: string) => (await payInOf(world.db, subject))?.state;
const pay = (world: World, outNo: string, more: Record<string, unknown> = {}) =>
  world.control('pay', { outNo, ...more });

/** Nothing rests between the payer and whoever sells. */
async function checkClear(world: World): Promise<void> {
  await world.checkBooks();
  const { rows } = await world.pool.query(
    "select code, balance from ledger.book where code like 'CLEARING:%' and balance <> 0",
  );
  assert.deepEqual(rows, [], 'no money waits in clearing');
}

test('a payer pays on the page; the shop has the money and the order is asked for once', async (t) => {
  const world = await openWorld(t);
  const { subject, outNo } = await ask(world);
  const facts = await payInOf(world.db, subject);
  assert.equal(facts?.state, 'open');
  assert(facts.payUrl);
  const page = await fetch(facts.payUrl);
  assert.match(await page.text(), /¥88\.50/);
  const paid = await fetch(facts.payUrl, { method: 'POST', body: '{"action":"pay"}' });
  assert.equal(paid.status, 200);
  await world.state();
  await world.run();
  assert.equal(await stateOf(world, subject), 'held');
  assert.equal(await world.balance(`ESCROW:${subject}`), PRICE);
  const again = await fetch(facts.payUrl, { method: 'POST', body: '{"action":"pay"}' });
  assert.equal(again.status, 409, 'paid is paid');
  const { orders } = await world.state();
  assert.equal(orders.find((one) => one.outNo === outNo)?.payments.length, 1);
  await assert.rejects(ask(world, { subject }), (error) => code(error) === 'already_paid');
  await checkClear(world);
});

test('the same question is the same pay-in; another channel closes the one before', async (t) => {
  const world = await openWorld(t);
  const first = await ask(world);
  const again = await ask(world, { subject: first.subject });
  assert.equal(again.id, first.id);
  const other = await ask(world, { subject: first.subject, channel: 'wechat' });
  assert.notEqual(other.id, first.id);
  const { orders } = await world.state();
  assert.equal(orders.find((one) => one.outNo === first.outNo)?.status, 'closed');
  await pay(world, other.outNo);
  await world.run();
  assert.equal(await world.balance(`ESCROW:${first.subject}`), PRICE);
});

test('cancelled on the page, or expired: closed at the institution and told to the shop', async (t) => {
  const world = await openWorld(t);
  const left = await ask(world);
  await world.control('leave', { outNo: left.outNo });
  await world.run();
  assert.equal(await stateOf(world, left.subject), 'closed');
  const late = await ask(world);
  await world.advance(16 * MINUTE);
  assert.equal(await stateOf(world, late.subject), 'closed');
  const off = await ask(world);
  const at = world.clock.now();
  await inTransaction(world.db, (tx) => closePayIn(tx, { subject: off.subject, at }));
  await world.run();
  assert.equal(await stateOf(world, off.subject), 'closed');
  assert.deepEqual(world.shop.closed, [left.subject, late.subject, off.subject]);
  const { orders } = await world.state();
  assert(orders.every(({ status }) => status === 'closed'));
});

test('late, twice, too little, too much: each goes back by itself, to the fen', async (t) => {
  const world = await openWorld(t);
  const late = await ask(world);
  await world.advance(16 * MINUTE);
  await pay(world, late.outNo, { force: true });
  const unwanted = await ask(world);
  world.shop.over.add(unwanted.subject);
  await pay(world, unwanted.outNo);
  const twice = await ask(world);
  await pay(world, twice.outNo);
  await pay(world, twice.outNo, { force: true });
  const less = await ask(world);
  await pay(world, less.outNo, { amountFen: '8849' });
  const more = await ask(world);
  await pay(world, more.outNo, { amountFen: '8851' });
  await world.run();
  await world.control('settle', {});
  await world.run();
  const states = [late, unwanted, twice, less, more].map(({ subject }) => stateOf(world, subject));
  assert.deepEqual(await Promise.all(states), [
    'closed',
    'returned',
    'held',
    'returned',
    'returned',
  ]);
  assert.equal(await world.balance(`ESCROW:${twice.subject}`), PRICE);
  const { rows } = await world.pool.query<{ state: string; reason: string; amount: string }>(
    "select state, split_part(reason, ':', 1) as reason, amount_fen::text as amount from settlement.refund order by reason, amount",
  );
  assert.deepEqual(
    rows.map(({ state, reason, amount }) => `${reason} ${amount} ${state}`),
    [
      'late 8850 refunded',
      'late 8850 refunded',
      'other_amount 8849 refunded',
      'other_amount 8851 refunded',
      'twice 8850 refunded',
    ],
  );
  assert.equal(await world.inFlight(), 0n);
  await checkClear(world);
});

test('a shop that refuses in the middle gets nothing; the payer gets it back', async (t) => {
  const world = await openWorld(t);
  const { subject, outNo } = await ask(world);
  Object.assign(world.deps, {
    paidIn: async () => {
      throw new Refused('wrong_state');
    },
  });
  await pay(world, outNo);
  await world.run();
  assert.equal(await stateOf(world, subject), 'returned');
  await checkClear(world);
});

test('lost answers, lost, repeated, lying and forged callbacks: the number is asked, the money is taken once', async (t) => {
  const world = await openWorld(t);
  await world.control('faults', { dieAfterCommit: 1 });
  const lost = await ask(world);
  assert.equal(await stateOf(world, lost.subject), 'requested', 'the answer was lost');
  await world.advance(2 * MINUTE);
  assert.equal(await stateOf(world, lost.subject), 'open');
  await world.control('faults', { drop: true });
  await pay(world, lost.outNo);
  await world.run();
  assert.equal(await stateOf(world, lost.subject), 'open', 'nobody told us');
  await world.advance(2 * MINUTE);
  assert.equal(await stateOf(world, lost.subject), 'held', 'so we asked');

  await world.control('faults', { drop: false, copies: 3 });
  const thrice = await ask(world);
  await pay(world, thrice.outNo);
  await world.run();
  assert.equal(await world.balance(`ESCROW:${thrice.subject}`), PRICE);

  await world.control('faults', { copies: 1, lieAmount: 1 });
  const lied = await ask(world);
  await pay(world, lied.outNo);
  await world.run();
  assert.equal(
    await world.balance(`ESCROW:${lied.subject}`),
    PRICE,
    'what was paid, not what was said',
  );

  await world.control('faults', { forge: 5 });
  const forged = await ask(world);
  await pay(world, forged.outNo);
  await world.run();
  assert.equal(await stateOf(world, forged.subject), 'open', 'a forger is not believed');
  const { rows } = await world.pool.query('select reason from settlement.callback_refusal');
  assert(rows.some(({ reason }) => reason === 'forged'));
  await world.control('faults', { forge: 0 });
  await world.advance(2 * MINUTE);
  assert.equal(await stateOf(world, forged.subject), 'held');
  await checkClear(world);
});

test('the institution is down until after the end: closed, or taken when it was paid meanwhile', async (t) => {
  const world = await openWorld(t);
  await world.control('faults', { down: true });
  const never = await ask(world);
  await world.control('faults', { down: false });
  const paid = await ask(world);
  await world.control('faults', { drop: true });
  await pay(world, paid.outNo);
  await world.control('faults', { down: true });
  await world.advance(20 * MINUTE);
  assert.equal(await stateOf(world, never.subject), 'closing');
  await world.control('faults', { down: false, drop: false });
  await world.advance(10 * MINUTE);
  assert.equal(await stateOf(world, never.subject), 'closed');
  assert.equal(await stateOf(world, paid.subject), 'held', 'it was paid in time');
  await checkClear(world);
});

test('both channels were paid: one is taken, the other goes back', async (t) => {
  const world = await openWorld(t);
  const first = await ask(world);
  await world.control('faults', { down: true });
  const second = await ask(world, { subject: first.subject, channel: 'bank' });
  await world.control('faults', { down: false });
  await world.advance(2 * MINUTE);
  await pay(world, first.outNo, { force: true });
  await pay(world, second.outNo, { force: true });
  await world.run();
  await world.advance(15 * MINUTE);
  const { rows } = await world.pool.query('select fate from settlement.receipt order by fate');
  assert.deepEqual(
    rows.map(({ fate }) => fate),
    ['taken', 'twice'],
  );
  assert.equal(await world.balance(`ESCROW:${first.subject}`), PRICE);
  await checkClear(world);
});

test('refunds: in part and once per reason, never more than was paid, whatever the institution does', async (t) => {
  const world = await openWorld(t);
  const { subject, outNo } = await ask(world);
  await pay(world, outNo);
  await world.run();
  const back = (amount: bigint, reason: string) =>
    inTransaction(world.db, (tx) =>
      refund(tx, {
        ...{ subject, amountFen: fen(amount), from: `ESCROW:${subject}`, reason },
        at: world.clock.now(),
      }),
    );
  const first = await back(3_000n, 'short');
  assert.equal((await back(3_000n, 'short')).refundId, first.refundId, 'the same reason again');
  await assert.rejects(back(3_001n, 'short'), /differs/);
  await assert.rejects(back(5_851n, 'rest'), (error) => code(error) === 'refund_too_much');
  await world.control('faults', { dieAfterCommit: 1 });
  await world.run();
  assert.equal(await refundState(world, first.refundId), 'unknown');
  await world.advance(MINUTE);
  await world.control('settle', {});
  await world.advance(2 * 60 * MINUTE);
  assert.equal(await refundState(world, first.refundId), 'refunded');

  await world.control('faults', { failRefunds: 2 });
  const second = await back(5_850n, 'rest');
  await world.run();
  await world.control('settle', {});
  await world.run();
  assert.equal(await refundState(world, second.refundId), 'failed');
  assert.equal(await world.inFlight(), 5_850n, 'still owed to the payer');
  assert.equal(await hasUnpaid(world.db, 'buyer'), true);
  for (let hour = 0; hour < 4; hour++) {
    await world.advance(61 * MINUTE);
    await world.control('settle', {});
    await world.run();
  }
  assert.equal(await refundState(world, second.refundId), 'refunded');
  assert.equal(await world.inFlight(), 0n);
  assert.equal(await stateOf(world, subject), 'settled');
  const { requests } = await world.state();
  const paidBack = requests.filter(({ status }) => status === 'done');
  assert.deepEqual(paidBack.map(({ amountFen }) => amountFen).sort(), ['3000', '5850']);
  assert.equal(await hasUnpaid(world.db, 'buyer'), false);
  await checkClear(world);
});

test('a refund that keeps failing waits for a person, who pays it to the bank account', async (t) => {
  const world = await openWorld(t);
  await world.account('buyer');
  const { subject, outNo } = await ask(world);
  await pay(world, outNo);
  await world.run();
  await world.control('faults', { failRefunds: 99 });
  const { refundId } = await inTransaction(world.db, (tx) =>
    refund(tx, {
      ...{ subject, amountFen: PRICE, from: `ESCROW:${subject}`, reason: 'whole' },
      at: world.clock.now(),
    }),
  );
  await world.run();
  for (let hour = 0; hour < 12; hour++) {
    await world.control('settle', {});
    await world.advance(61 * MINUTE);
  }
  assert.equal(await refundState(world, refundId), 'parked');
  const url = `/v1/console/refunds/${refundId}/credit`;
  const no = await world.call('f finance!', 'POST', url, {});
  assert.equal(no.body['code'], 'step_up_needed');
  const done = await world.call('f finance', 'POST', url, {});
  assert.equal(done.status, 200, JSON.stringify(done.body));
  assert.equal(await refundState(world, refundId), 'credited');
  assert.equal(await world.stateOf(refundId, 'refund'), 'created');
  assert.equal(await stateOf(world, subject), 'settled');
  assert.equal((await world.call('f finance', 'POST', url, {})).body['code'], 'wrong_state');
  await checkClear(world);
});

test('a pay-in that nobody settles is seen after twenty days and thaws by the rule of its channel', async (t) => {
  const world = await openWorld(t);
  const alipay = await ask(world);
  const wechat = await ask(world, { channel: 'wechat' });
  await pay(world, alipay.outNo);
  await pay(world, wechat.outNo);
  await world.run();
  await world.advance(20 * DAY);
  assert.equal(await stateOf(world, alipay.subject), 'aging');
  await world.advance(10 * DAY);
  assert.equal(await stateOf(world, alipay.subject), 'thawed');
  assert.equal(await stateOf(world, wechat.subject), 'aging');
  await world.advance(150 * DAY);
  assert.equal(await stateOf(world, wechat.subject), 'thawed');
});

const refundState = async (world: World, id: string): Promise<string | undefined> => {
  const { rows } = await world.pool.query('select state from settlement.refund where id = $1', [
    id,
  ]);
  return (rows[0] as { state: string } | undefined)?.state;
};
const code = (error: unknown): string | undefined =>
  error instanceof Refused ? error.refusal.code : undefined;
