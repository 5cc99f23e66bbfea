// Goal: every difference between the bank's statement and our books is found, and nothing else is.
// Method: real statements of the simulator with planted mistakes, beside a ledger with planted ones.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { post } from '#ledger';
import { DAY, fen, inTransaction, MINUTE } from '#platform';
import { dailyReconcile } from './index.ts';
import { openWorld, type World } from './world.fixture.ts';

interface Report {
  state: string;
  matched: number;
  findings: number;
  inFen: string;
  outFen: string;
  items: { kind: string; ref: string; result: string; oursFen?: string; theirsFen?: string }[];
}
const report = async (world: World, day: string): Promise<Report> =>
  (await world.call('a auditor', 'GET', `/v1/console/reconciliation?day=${day}`))
    .body as unknown as Report;
const outNoOf = async (world: World, payoutId: string): Promise<string> => {
  const { rows } = await world.pool.query<{ out_no: string }>(
    'select out_no from settlement.attempt where payout_id = $1',
    [payoutId],
  );
  return rows[0]?.out_no ?? '';
};
const reconcileAt = async (world: World, at: string): Promise<string[]> => {
  await world.moveTo(at);
  const days = await dailyReconcile(world.db, world.clock.now());
  await world.run();
  return days;
};

test('a day on which bank and books agree matches to the last line', async (t) => {
  const world = await openWorld(t);
  for (const yuan of [10, 20]) await world.owe(yuan);
  await world.cutOff('2026-03-10');
  await world.advance(MINUTE);
  assert.equal((await report(world, '2026-03-10')).state, 'none');
  assert.deepEqual(
    await reconcileAt(world, '2026-03-11T05:59:00+08:00'),
    [],
    'the file is not there',
  );
  assert.deepEqual(await reconcileAt(world, '2026-03-11T06:00:00+08:00'), ['2026-03-10']);
  const { state, matched, findings, inFen, outFen } = await report(world, '2026-03-10');
  assert.deepEqual([state, matched, findings], ['done', 3, 0]);
  assert.deepEqual([inFen, outFen], ['100000000', '3000']);
  assert.deepEqual(await reconcileAt(world, '2026-03-11T06:01:00+08:00'), [], 'once a day');
  assert.deepEqual(await reconcileAt(world, '2026-03-14T07:00:00+08:00'), [
    ...['2026-03-11', '2026-03-12', '2026-03-13'],
  ]);
});

test('planted mistakes are found, each as what it is', async (t) => {
  const world = await openWorld(t);
  const [wrong, left, good] = [await world.owe(10), await world.owe(20), await world.owe(30)];
  await world.cutOff('2026-03-10');
  await world.advance(MINUTE);
  const day = '2026-03-10';
  const wrongNo = await outNoOf(world, wrong.payoutId);
  const leftNo = await outNoOf(world, left.payoutId);
  await world.control('plant', { day, what: 'amount', outNo: wrongNo, amountFen: '1001' });
  await world.control('plant', { day, what: 'omit', outNo: leftNo });
  await world.control('plant', { day, what: 'extra', outNo: 'e'.repeat(32), amountFen: '777' });
  await inTransaction(world.db, async (tx) => {
    const legs = [{ from: 'WALLET:r1', to: 'CUSTODY:bank', amount: fen(55) }];
    await post(tx, { kind: 'test.slip', ref: 'x', subject: 'x', at: world.clock.now(), legs });
  });
  await reconcileAt(world, '2026-03-11T06:00:00+08:00');
  const { matched, findings, items } = await report(world, day);
  assert.deepEqual([matched, findings], [2, 4]);
  const found = items.filter(({ result }) => result !== 'matched');
  assert.deepEqual(
    found.map(({ kind, ref, result, oursFen, theirsFen }) => [
      kind,
      ref,
      result,
      oursFen,
      theirsFen,
    ]),
    [
      ['ledger', 'test.slip x', 'missing_there', '55', undefined],
      ...[
        ['transfer', wrongNo, 'amount_differs', '1000', '1001'],
        ['transfer', leftNo, 'missing_there', '2000', undefined],
        ['transfer', 'e'.repeat(32), 'missing_here', undefined, '777'],
      ].sort((a, b) => (String(a[1]) < String(b[1]) ? -1 : 1)),
    ],
  );
  assert.equal(await world.stateOf(good.subject), 'paid', 'a finding moves no money');
  await world.checkBooks();
});

test('what only the statement tells us is asked for, not reported', async (t) => {
  const world = await openWorld(t);
  const { subject } = await world.owe(10);
  await world.run();
  await world.control('faults', { dieAfterCommit: 1, drop: true });
  await world.cutOff('2026-03-10');
  world.clock.advance(MINUTE);
  await world.control('clock', { now: world.clock.now().toISOString() });
  assert.equal(await world.stateOf(subject), 'unknown');
  const reconcile = world.tasks['settlement.reconcile'];
  assert(reconcile);
  await reconcile({ day: '2026-03-10' }, { ...world.deps, attempt: 1, lastAttempt: false });
  assert.equal(await world.stateOf(subject), 'paid');
  const { matched, findings } = await report(world, '2026-03-10');
  assert.deepEqual([matched, findings], [2, 0]);
});

test("a payment just before midnight that we hear of the next day belongs to the bank's day", async (t) => {
  const world = await openWorld(t);
  const { subject } = await world.owe(10);
  await world.run();
  await world.control('faults', { drop: true });
  await world.cutOff('2026-03-10');
  await world.control('clock', { now: '2026-03-10T15:59:59.999Z' });
  await world.moveTo('2026-03-11T03:00:00+08:00');
  assert.equal(await world.stateOf(subject), 'paid');
  await reconcileAt(world, '2026-03-11T06:00:00+08:00');
  const first = await report(world, '2026-03-10');
  assert.deepEqual([first.matched, first.findings], [2, 0]);
  await reconcileAt(world, '2026-03-12T06:00:00+08:00');
  const second = await report(world, '2026-03-11');
  assert.deepEqual([second.matched, second.findings], [0, 0]);
});

test('a return whose callback was lost is learned from the statement', async (t) => {
  const world = await openWorld(t);
  const { payoutId, subject, userId, amountFen } = await world.owe(10);
  await world.cutOff('2026-03-10');
  await world.advance(MINUTE);
  await world.control('faults', { drop: true });
  await world.control('bounce', { outNo: await outNoOf(world, payoutId) });
  await world.run();
  assert.equal(await world.stateOf(subject), 'paid', 'so we believe');
  await reconcileAt(world, '2026-03-11T06:00:00+08:00');
  assert.equal(await world.stateOf(subject), 'returned');
  assert.equal(await world.balance(`PAYABLE:${userId}`), amountFen);
  assert.equal((await report(world, '2026-03-10')).findings, 0);
});

test('a return is a line of its own day', async (t) => {
  const world = await openWorld(t);
  const { payoutId, subject } = await world.owe(10);
  await world.cutOff('2026-03-10');
  await world.advance(MINUTE);
  await world.advance(DAY);
  await world.control('bounce', { outNo: await outNoOf(world, payoutId) });
  await world.run();
  assert.equal(await world.stateOf(subject), 'returned');
  await reconcileAt(world, '2026-03-12T06:00:00+08:00');
  for (const [day, matched] of [
    ['2026-03-10', 2],
    ['2026-03-11', 1],
  ] as const) {
    const seen = await report(world, day);
    assert.deepEqual([seen.matched, seen.findings], [matched, 0], day);
  }
});
