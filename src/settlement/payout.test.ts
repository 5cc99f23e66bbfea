// Goal: whatever the bank, the network and our own processes do, a person is paid once, in time or compensated.
// Method: real PostgreSQL and the bank simulator in its own process, faults switched on over its control routes;
// the bank's own list says how often it paid.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { movementsOf, post } from '#ledger';
import { chinaInstant, DAY, fen, HOUR, inTransaction, MINUTE } from '#platform';
import { runClock } from '#process';
import {
  cancelPayout,
  createPayout,
  freezePayout,
  payoutOf,
  settlementTasks,
  unfreezePayout,
} from './index.ts';
import { openWorld } from './world.fixture.ts';

test('a payout leaves at the cut-off, is paid in time, and closes', async (t) => {
  const world = await openWorld(t);
  const { subject, payoutId, promisedOn, userId, amountFen } = await world.owe(88.8);
  assert.equal(promisedOn, '2026-03-11');
  await world.moveTo('2026-03-10T16:59:59+08:00');
  assert.equal(await world.stateOf(subject), 'created');
  await world.cutOff('2026-03-10');
  assert.equal(await world.stateOf(subject), 'accepted');
  assert.equal(await world.balance(`IN_FLIGHT:${payoutId}`), amountFen);
  assert.equal(await world.balance(`PAYABLE:${userId}`), 0n);
  await world.advance(MINUTE);
  const facts = await payoutOf(world.db, subject);
  assert.equal(facts?.state, 'paid');
  assert.equal(facts.paidAt?.toISOString(), '2026-03-10T09:01:00.000Z');
  assert.equal(facts.compensationFen, undefined);
  assert.equal(await world.timesPaid(payoutId), 1);
  assert.equal(await world.inFlight(), 0n);
  assert.deepEqual(
    (await movementsOf(world.db, payoutId)).map(({ kind }) => kind),
    ['payout.submit', 'payout.pay'],
  );
  const states = world.changes.filter(({ part }) => part === 'main').map(({ state }) => state);
  assert.deepEqual(states, ['approved', 'submitting', 'accepted', 'paid']);
  await world.advance(31 * DAY);
  assert.equal(await world.stateOf(subject), 'paid', 'closed is paid, to people');
  await world.checkBooks();
});

test('creating the same payout again is the first answer; another amount is a bug', async (t) => {
  const world = await openWorld(t);
  const { subject, userId, payoutId, amountFen } = await world.owe(10);
  const again = (amount: bigint) =>
    inTransaction(world.db, (tx) =>
      createPayout(tx, { userId, subject, amountFen: fen(amount), at: world.clock.now() }),
    );
  assert.equal((await again(amountFen)).payoutId, payoutId);
  await assert.rejects(again(1n), /another amount/);
});

test('one moment before the cut-off and the cut-off itself settle on different days', async (t) => {
  const world = await openWorld(t, '2026-03-10T16:59:59.999+08:00');
  const early = await world.owe(10);
  world.clock.advance(1);
  const late = await world.owe(10);
  assert.deepEqual([early.promisedOn, late.promisedOn], ['2026-03-11', '2026-03-12']);
  await world.run();
  assert.equal(await world.stateOf(early.subject), 'accepted');
  assert.equal(await world.stateOf(late.subject), 'created');
});

test('callbacks that come twice, late and in reverse change nothing but when we know', async (t) => {
  const world = await openWorld(t);
  await world.control('faults', { copies: 3, hold: true });
  const { subject, payoutId } = await world.owe(20);
  await world.cutOff('2026-03-10');
  await world.advance(MINUTE);
  assert.equal(await world.stateOf(subject), 'accepted', 'nothing was heard');
  const { held } = await world.state();
  assert(held.filter(({ status }) => status === 'paid').length >= 1);
  await world.control('release', { order: 'last' });
  await world.run();
  assert.equal(await world.stateOf(subject), 'paid');
  assert.equal(await world.timesPaid(payoutId), 1);
  assert.equal((await movementsOf(world.db, payoutId)).length, 2);
  const { deliveries } = await world.state();
  assert(deliveries.length >= 6, 'each event was delivered three times');
  assert(
    deliveries.every(({ answer }) => answer === 200),
    'a repeated event is success',
  );
  await world.checkBooks();
});

test('when no callback ever comes, the clock asks', async (t) => {
  const world = await openWorld(t);
  await world.control('faults', { drop: true });
  const { subject, payoutId } = await world.owe(20);
  await world.cutOff('2026-03-10');
  await world.advance(MINUTE);
  assert.equal(await world.stateOf(subject), 'accepted');
  await world.advance(2 * HOUR);
  const facts = await payoutOf(world.db, subject);
  assert.equal(facts?.state, 'paid');
  assert.equal(
    facts.paidAt?.toISOString(),
    '2026-03-10T09:01:00.000Z',
    "the bank's time, not ours",
  );
  assert.equal(facts.compensationFen, undefined);
  assert.equal(await world.timesPaid(payoutId), 1);
});

test('a connection that dies after the bank took it: unknown, asked for, paid once', async (t) => {
  const world = await openWorld(t);
  await world.control('faults', { drop: true });
  const { subject, payoutId } = await world.owe(20);
  await world.run();
  await world.control('faults', { dieAfterCommit: 1 });
  await world.cutOff('2026-03-10');
  assert.equal(await world.stateOf(subject), 'unknown');
  assert((await world.inFlight()) > 0n, 'the money is neither paid nor back while we do not know');
  await world.advance(MINUTE);
  await world.advance(3 * HOUR);
  assert.equal(await world.stateOf(subject), 'paid');
  const { entries } = await world.state();
  const transfers = entries.filter(({ remark }) => remark === payoutId);
  assert.deepEqual(
    transfers.map(({ status, submits }) => [status, submits]),
    [['paid', 1]],
  );
  await world.checkBooks();
});

test('a connection that dies before the bank took it: the same number is sent again', async (t) => {
  const world = await openWorld(t);
  const { subject, payoutId } = await world.owe(20);
  await world.run();
  await world.control('faults', { dieBeforeCommit: 1 });
  await world.cutOff('2026-03-10');
  assert.equal(await world.stateOf(subject), 'unknown');
  await world.advance(2 * MINUTE);
  assert.equal(await world.stateOf(subject), 'accepted');
  await world.advance(2 * MINUTE);
  assert.equal(await world.timesPaid(payoutId), 1);
  const { rows } = await world.pool.query('select 1 from settlement.attempt');
  assert.equal(rows.length, 1, 'one number, whatever happened to the call');
});

test('while the bank is down nothing is lost and nothing is guessed; back up, it is paid once', async (t) => {
  const world = await openWorld(t);
  const { subject, payoutId } = await world.owe(20);
  await world.run();
  await world.control('faults', { down: true });
  await world.cutOff('2026-03-10');
  assert.equal(await world.stateOf(subject), 'unknown', 'an unsigned 503 proves nothing');
  for (const hours of [1, 2, 3]) await world.advance(hours * HOUR);
  assert.equal(await world.stateOf(subject), 'unknown');
  await world.control('faults', { down: false });
  await world.advance(2 * HOUR);
  await world.advance(2 * HOUR);
  assert.equal(await world.stateOf(subject), 'paid');
  assert.equal(await world.timesPaid(payoutId), 1);
  await world.checkBooks();
});

test('a worker that dies between storing the number and calling: the job run again pays once', async (t) => {
  const world = await openWorld(t);
  const { subject, payoutId } = await world.owe(20);
  await world.run();
  const submit = world.tasks['settlement.submit_payout'];
  assert(submit);
  const context = { ...world.deps, attempt: 1, lastAttempt: false };
  let calls = 0;
  const dying = {
    ...world.deps.psp,
    submitTransfer: async () => {
      calls++;
      throw new Error('killed before the call');
    },
  };
  const dyingTask = settlementTasks({ ...world.deps, psp: dying })['settlement.submit_payout'];
  assert(dyingTask);
  world.clock.moveTo(chinaInstant('2026-03-10', 17));
  await world.control('clock', { now: world.clock.now().toISOString() });
  await runClock(world.db, { at: world.clock.now(), handlers: world.handlers });
  await assert.rejects(dyingTask({ payoutId }, context), /killed/);
  assert.equal(calls, 1);
  assert.equal(await world.stateOf(subject), 'submitting');
  await submit({ payoutId }, context);
  await submit({ payoutId }, context);
  assert.equal(await world.stateOf(subject), 'accepted');
  await world.advance(MINUTE);
  assert.equal(await world.timesPaid(payoutId), 1);
});

test('the task run five times side by side pays once', async (t) => {
  const world = await openWorld(t);
  const paid = await Promise.all([1, 2, 3].map((yuan) => world.owe(yuan)));
  await world.run();
  world.clock.moveTo(chinaInstant('2026-03-10', 17));
  await world.control('clock', { now: world.clock.now().toISOString() });
  const at = world.clock.now();
  await Promise.all([1, 2, 3].map(() => runClock(world.db, { at, handlers: world.handlers })));
  const submit = world.tasks['settlement.submit_payout'];
  assert(submit);
  const context = { ...world.deps, attempt: 1, lastAttempt: false };
  await Promise.all(
    paid.flatMap(({ payoutId }) => Array.from({ length: 5 }, () => submit({ payoutId }, context))),
  );
  await world.run();
  await world.advance(MINUTE);
  for (const { payoutId, subject } of paid) {
    assert.equal(await world.stateOf(subject), 'paid');
    assert.equal(await world.timesPaid(payoutId), 1);
  }
  const { rows } = await world.pool.query<{ runs: bigint; counted: bigint }>(
    'select count(*) as runs, sum(count) as counted from settlement.payout_run',
  );
  assert.equal(Number(rows[0]?.counted), 3, 'each payout is in one run');
  await world.checkBooks();
});

test('a wrong account: the money comes back, a new account sets it on its way under a new promise', async (t) => {
  const world = await openWorld(t);
  const { subject, payoutId, userId, amountFen } = await world.owe(20);
  await world.run();
  await world.control('faults', { reject: 1, rejectReason: 'ACCOUNT_UNKNOWN' });
  await world.cutOff('2026-03-10');
  await world.advance(MINUTE);
  const facts = await payoutOf(world.db, subject);
  assert.deepEqual([facts?.state, facts?.failure], ['failed', 'account_unknown']);
  assert.equal(await world.balance(`PAYABLE:${userId}`), amountFen);
  assert.equal(await world.inFlight(), 0n);
  await world.moveTo('2026-03-12T12:00:00+08:00');
  await world.account(userId, '5555555555554444');
  const again = await payoutOf(world.db, subject);
  assert.deepEqual([again?.state, again?.promisedOn], ['created', '2026-03-13']);
  await world.cutOff('2026-03-12');
  await world.advance(MINUTE);
  const done = await payoutOf(world.db, subject);
  assert.equal(done?.state, 'paid');
  assert.equal(done.compensationFen, undefined, 'the delay was not ours');
  assert.equal(await world.timesPaid(payoutId), 1);
  const { entries } = await world.state();
  const numbers = entries.filter(({ remark }) => remark === payoutId);
  assert.deepEqual(
    numbers.map(({ status, account }) => [status, account.slice(-4)]),
    [
      ['failed', '1111'],
      ['paid', '4444'],
    ],
  );
  await world.checkBooks();
});

test('money that the bank sends back after paying is owed again', async (t) => {
  const world = await openWorld(t);
  const { subject, userId, amountFen, payoutId } = await world.owe(20);
  await world.run();
  await world.control('faults', { bounce: 1 });
  await world.cutOff('2026-03-10');
  await world.advance(MINUTE);
  assert.equal(await world.stateOf(subject), 'returned');
  assert.equal(await world.balance(`PAYABLE:${userId}`), amountFen);
  await world.account(userId, '5555555555554444');
  await world.cutOff('2026-03-11');
  await world.advance(MINUTE);
  assert.equal(await world.stateOf(subject), 'paid');
  assert.equal(await world.timesPaid(payoutId), 1);
  await world.checkBooks();
});

test('a return heard before the payment: the bank is asked for both', async (t) => {
  const world = await openWorld(t);
  const { subject, payoutId } = await world.owe(20);
  await world.run();
  await world.control('faults', { bounce: 1, hold: true });
  await world.cutOff('2026-03-10');
  await world.advance(MINUTE);
  assert.equal(await world.stateOf(subject), 'accepted');
  await world.control('release', { order: ['returned', 'paid', 'accepted'] });
  await world.run();
  assert.equal(await world.stateOf(subject), 'returned');
  const kinds = (await movementsOf(world.db, payoutId)).map(({ kind }) => kind);
  assert.deepEqual(kinds, ['payout.submit', 'payout.pay', 'payout.bounce']);
  await world.checkBooks();
});

test('without an account the payout fails until there is one', async (t) => {
  const world = await openWorld(t);
  const { subject, userId } = await world.owe(20, { account: false });
  await world.cutOff('2026-03-10');
  assert.equal((await payoutOf(world.db, subject))?.failure, 'no_account');
  await world.account(userId);
  assert.equal(await world.stateOf(subject), 'created');
  await world.cutOff('2026-03-11');
  await world.advance(MINUTE);
  assert.equal(await world.stateOf(subject), 'paid');
});

test('frozen money stays until unfrozen, and a payout on its way cannot be frozen', async (t) => {
  const world = await openWorld(t);
  const { subject } = await world.owe(20);
  const other = await world.owe(30);
  const act = (run: typeof freezePayout) =>
    inTransaction(world.db, (tx) => run(tx, { subject, at: world.clock.now() }));
  assert.deepEqual(await act(freezePayout), { held: true });
  assert.deepEqual(await act(freezePayout), { held: true });
  await world.cutOff('2026-03-10');
  assert.equal(await world.stateOf(subject), 'frozen');
  assert.equal(await world.stateOf(other.subject), 'accepted', 'only the money in dispute waits');
  await world.moveTo('2026-03-16T10:00:00+08:00');
  await inTransaction(world.db, (tx) => unfreezePayout(tx, { subject, at: world.clock.now() }));
  assert.equal((await payoutOf(world.db, subject))?.promisedOn, '2026-03-17');
  await world.cutOff('2026-03-16');
  assert.deepEqual(await act(freezePayout), { held: false });
  await world.advance(MINUTE);
  const facts = await payoutOf(world.db, subject);
  assert.deepEqual([facts?.state, facts?.compensationFen], ['paid', undefined]);
});

test('a freeze that everybody forgot ends by the clock', async (t) => {
  const world = await openWorld(t);
  const { subject } = await world.owe(20);
  await inTransaction(world.db, (tx) => freezePayout(tx, { subject, at: world.clock.now() }));
  await world.advance(20 * DAY);
  assert.equal(await world.stateOf(subject), 'created');
});

test('a cancelled payout is never sent, a sent one is never cancelled', async (t) => {
  const world = await openWorld(t);
  const { subject, userId, amountFen } = await world.owe(20);
  const sent = await world.owe(30);
  const cancel = (of: string) =>
    inTransaction(world.db, (tx) => cancelPayout(tx, { subject: of, at: world.clock.now() }));
  assert.deepEqual(await cancel(subject), { cancelled: true });
  await world.cutOff('2026-03-10');
  assert.deepEqual(await cancel(sent.subject), { cancelled: false });
  await world.advance(40 * DAY);
  assert.equal(await world.stateOf(subject), 'cancelled');
  assert.equal(await world.balance(`PAYABLE:${userId}`), amountFen);
  assert.equal(await world.stateOf(sent.subject), 'paid');
});

test('what we do not owe any more is not sent', async (t) => {
  const world = await openWorld(t);
  const { subject, userId, amountFen } = await world.owe(20);
  await inTransaction(world.db, async (tx) => {
    const legs = [{ from: `PAYABLE:${userId}`, to: 'FEE', amount: amountFen }];
    await post(tx, { kind: 'test.take', ref: subject, subject, at: world.clock.now(), legs });
  });
  await world.cutOff('2026-03-10');
  const facts = await payoutOf(world.db, subject);
  assert.deepEqual([facts?.state, facts?.failure], ['failed', 'short_of_funds']);
  assert.equal((await world.state()).entries.filter((one) => one.kind === 'transfer').length, 0);
});

test('a late payout pays its compensation by itself, once, as a payout of its own', async (t) => {
  const world = await openWorld(t, '2026-03-13T16:00:00+08:00');
  const { subject, payoutId, userId, promisedOn } = await world.owe(1_999.99);
  assert.equal(promisedOn, '2026-03-16');
  await world.run();
  await world.control('faults', { down: true });
  await world.cutOff('2026-03-13');
  await world.moveTo('2026-03-18T09:00:00+08:00');
  await world.control('faults', { down: false, copies: 2 });
  await world.advance(2 * HOUR);
  await world.advance(2 * HOUR);
  const facts = await payoutOf(world.db, subject);
  // Two days late at 5 bps of ¥1,999.99 a day, rounded up.
  assert.deepEqual([facts?.state, facts?.compensationFen], ['paid', 200n]);
  assert.equal(await world.stateOf(subject, 'main-late'), 'created');
  assert.equal(await world.balance(`PAYABLE:${userId}`), 200n);
  await world.moveTo('2026-03-25T18:00:00+08:00');
  await world.advance(MINUTE);
  assert.equal(await world.stateOf(subject, 'main-late'), 'paid');
  assert.equal(await world.timesPaid(payoutId), 1);
  const { rows } = await world.pool.query('select 1 from settlement.compensation');
  assert.equal(rows.length, 1, 'compensation itself, late or not, earns none');
  const told = ['payout_account_changed', 'payout_late', 'payout_sent', 'payout_sent'];
  assert.deepEqual(world.texts, told);
  await world.checkBooks();
});

test('paid late, sent back and paid late again: one compensation', async (t) => {
  const world = await openWorld(t);
  const { subject, userId } = await world.owe(100);
  await world.run();
  await world.control('faults', { down: true });
  await world.cutOff('2026-03-10');
  await world.moveTo('2026-03-13T09:00:00+08:00');
  await world.control('faults', { down: false, bounce: 1 });
  await world.advance(2 * HOUR);
  await world.advance(2 * HOUR);
  assert.equal(await world.stateOf(subject), 'returned');
  await world.account(userId, '5555555555554444');
  await world.control('faults', { down: true });
  await world.cutOff('2026-03-16');
  await world.moveTo('2026-03-25T09:00:00+08:00');
  await world.control('faults', { down: false });
  await world.advance(2 * HOUR);
  await world.advance(2 * HOUR);
  const facts = await payoutOf(world.db, subject);
  assert.deepEqual([facts?.state, facts?.compensationFen], ['paid', 200n]);
  const { rows } = await world.pool.query('select 1 from settlement.compensation');
  assert.equal(rows.length, 1);
  await world.checkBooks();
});

test('a second open number of one payout is refused by the database itself', async (t) => {
  const world = await openWorld(t);
  await world.owe(20);
  await world.cutOff('2026-03-10');
  await assert.rejects(
    world.pool.query(`insert into settlement.attempt (out_no, payout_id, account_id, amount_fen, status, started_at)
      select repeat('a', 32), payout_id, account_id, amount_fen, 'open', started_at from settlement.attempt`),
    /attempt_live/,
  );
});

test('a refusal is a refusal, not a crash', async (t) => {
  const world = await openWorld(t);
  const { subject } = await world.owe(20);
  const { payoutId } = await world.owe(30);
  await world.cutOff('2026-03-10');
  const retry = await world.call('f finance', 'POST', `/v1/console/payouts/${payoutId}/retry`, {});
  assert.equal(retry.status, 409);
  assert.equal(retry.body['code'], 'wrong_state');
  await assert.doesNotReject(
    inTransaction(world.db, (tx) => unfreezePayout(tx, { subject, at: world.clock.now() })),
  );
});
