// Goal: a deadline fires once, however many workers look; a failing instance holds up nobody and is tried again.
// Method: the sample table on real PostgreSQL, a fake time, workers in parallel, handlers that fail on purpose.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import { balanceOf, post } from '#ledger';
import {
  DAY,
  type Db,
  fen,
  HOUR,
  inTransaction,
  MINUTE,
  newId,
  plus,
  Refused,
  SECOND,
} from '#platform';
import { freshDatabase } from '#test/database.ts';
import { type ClockHandler, putOffMs, runClock } from './clock.ts';
import { lock, look, move, start } from './move.ts';
import { sale } from './sale.fixture.ts';
import { claimDue, historyOf, liveCounts } from './store.ts';

const T0 = new Date('2026-03-02T02:00:00Z');
const LAPSED = plus(T0, 15 * MINUTE);
const amounts = { price: fen(100n), net: fen(90n), fees: fen(10n) };

const accountsOf = (id: string) => ({
  WALLET: 'WALLET:w',
  ESCROW: `ESCROW:${id}`,
  PAYABLE: `PAYABLE:${id}`,
  FEE: 'FEE',
});

async function placed(db: Db, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, nth) => newId(plus(T0, nth)));
  await inTransaction(db, async (tx) => {
    const legs = [{ from: 'CUSTODY:bank', to: 'WALLET:w', amount: fen(1_000_000n) }];
    await post(tx, { kind: 'test.top_up', ref: 'w', subject: 'w', at: T0, legs });
    for (const id of ids)
      await start(tx, sale, { id, at: T0, by: 'buyer', accounts: accountsOf(id), amounts });
  });
  return ids;
}

/** What a room's handler does: its own transaction, then the step that is due. */
const takeIt: ClockHandler = async (db, { id, transition, at }) => {
  await inTransaction(db, async (tx) => {
    assert(
      transition === 'lapse' ||
        transition === 'give_up' ||
        transition === 'remind' ||
        transition === 'confirm',
    );
    await move(tx, sale, { id, transition, by: 'clock', at, accounts: accountsOf(id), amounts });
  });
};

test('each deadline fires once, at its time and not before, whatever the number of workers', async (t) => {
  const { db } = await freshDatabase(t);
  const ids = await placed(db, 60);
  const handed: string[] = [];
  const handlers = {
    sale: async (handle: Db, due: Parameters<ClockHandler>[1]) => {
      handed.push(due.id);
      await takeIt(handle, due);
    },
  };
  const early = new Date(LAPSED.getTime() - 1);
  assert.equal(await runClock(db, { at: early, handlers }), 0);
  const moved = await Promise.all(
    Array.from({ length: 6 }, () => runClock(db, { at: LAPSED, handlers })),
  );
  assert.equal(
    moved.reduce((sum, count) => sum + count, 0),
    60,
  );
  assert.equal((await liveCounts(db, sale)).cancelled, 60);
  assert.deepEqual(handed.toSorted(), ids.toSorted(), 'two workers never take up the same one');
  for (const id of ids) assert.equal((await historyOf(db, id)).length, 2);
  assert.deepEqual(await balanceOf(db, 'WALLET:w'), { balance: 1_000_000n, held: 0n });
  assert.equal(await runClock(db, { at: plus(LAPSED, DAY), handlers }), 0);
});

test('the clock does not wait for an instance that somebody is working on', async (t) => {
  const { db } = await freshDatabase(t);
  const [busy = '', ...others] = await placed(db, 5);
  const handlers = { sale: takeIt };
  await inTransaction(db, async (tx) => {
    await lock(tx, sale, busy);
    const run = runClock(db, { at: LAPSED, handlers });
    const waited = setTimeout(3_000, 'waited', { ref: false });
    assert.equal(await Promise.race([run, waited]), others.length);
  });
  assert.equal(await runClock(db, { at: LAPSED, handlers }), 1);
});

test('the limit holds, and other processes are left alone', async (t) => {
  const { db } = await freshDatabase(t);
  await placed(db, 30);
  assert.equal(await runClock(db, { at: LAPSED, handlers: { other: takeIt } }), 0);
  assert.equal(await runClock(db, { at: LAPSED, handlers: { sale: takeIt }, limit: 25 }), 25);
  assert.equal(await runClock(db, { at: LAPSED, handlers: { sale: takeIt } }), 5);
});

test('a failing instance blocks nobody, waits longer each time, and moves when it can', async (t) => {
  const { db } = await freshDatabase(t);
  const ids = await placed(db, 30);
  const [refused = '', broken = '', idle = ''] = ids;
  let healed = false;
  const tries: string[] = [];
  const picky: ClockHandler = async (handle, due) => {
    tries.push(due.id);
    if (!healed && due.id === refused) throw new Refused('insufficient_funds');
    if (!healed && due.id === broken) throw new TypeError('bug');
    if (!healed && due.id === idle) return;
    await takeIt(handle, due);
  };
  const handlers = { sale: picky };
  assert.equal(await runClock(db, { at: LAPSED, handlers }), 27);
  const stuck = async () => {
    const { rows } = await sql<{ id: string; failures: number; failure: string; wait: number }>`
      select id, failures, last_failure as failure,
        extract(epoch from wake_at - due_at)::int as wait
      from process.instance where not terminal order by id`.execute(db);
    return rows;
  };
  assert.deepEqual(await stuck(), [
    { id: refused, failures: 1, failure: 'insufficient_funds', wait: 10 },
    { id: broken, failures: 1, failure: 'TypeError', wait: 10 },
    { id: idle, failures: 1, failure: 'did_not_move', wait: 10 },
  ]);
  assert.deepEqual(
    (await look(db, refused))?.dueAt,
    LAPSED,
    'people see the deadline, not the retry',
  );

  assert.equal(await runClock(db, { at: plus(LAPSED, 9 * SECOND), handlers }), 0);
  assert.equal(tries.length, 30);
  assert.equal(await runClock(db, { at: plus(LAPSED, 10 * SECOND), handlers }), 0);
  assert.deepEqual(
    (await stuck()).map((row) => [row.failures, row.wait]),
    Array(3).fill([2, 30]),
  );
  healed = true;
  assert.equal(await runClock(db, { at: plus(LAPSED, 30 * SECOND), handlers }), 3);
  assert.deepEqual(await stuck(), []);
  assert.deepEqual(
    [0, 1, 5, 30, 5_000].map(putOffMs),
    [10_000, 20_000, 320_000, 3_600_000, 3_600_000],
  );
});

test('an instance claimed by a worker that died is taken up by another', async (t) => {
  const { db } = await freshDatabase(t);
  const [id = ''] = await placed(db, 1);
  const until = plus(LAPSED, MINUTE);
  const claims = await claimDue(db, { at: LAPSED, until, processes: ['sale'], limit: 1 });
  assert.deepEqual([claims.length, claims[0]?.id, claims[0]?.transition], [1, id, 'lapse']);
  const handlers = { sale: takeIt };
  assert.equal(await runClock(db, { at: LAPSED, handlers }), 0);
  assert.equal(await runClock(db, { at: plus(LAPSED, MINUTE), handlers }), 1);
  assert.equal((await look(db, id))?.state, 'cancelled');
});

test('when a deadline and a person meet, exactly one of them wins', async (t) => {
  const { db } = await freshDatabase(t);
  const ids = await placed(db, 20);
  const pay = (id: string) =>
    inTransaction(db, (tx) => {
      const accounts = accountsOf(id);
      return move(tx, sale, { id, transition: 'pay', by: 'buyer', at: LAPSED, accounts, amounts });
    }).then(
      () => true,
      (error: unknown) => {
        assert(error instanceof Refused && error.refusal.code === 'wrong_state');
        return false;
      },
    );
  const clock = runClock(db, { at: LAPSED, handlers: { sale: takeIt } });
  const paid = (await Promise.all(ids.map(pay))).filter(Boolean).length;
  assert.equal((await clock) + paid, 20);
  const counts = await liveCounts(db, sale);
  assert.deepEqual([counts.paid, counts.cancelled], [paid, 20 - paid]);
  for (const id of ids) assert.equal((await historyOf(db, id)).length, 2);
  const { balance, held } = await balanceOf(db, 'WALLET:w');
  assert.deepEqual([balance, held], [1_000_000n - 100n * BigInt(paid), 0n]);
});

test('a deadline counts from the last entry of the state, and a loop ends when it is used up', async (t) => {
  const { db } = await freshDatabase(t);
  const [id = ''] = await placed(db, 1);
  const accounts = accountsOf(id);
  await inTransaction(db, async (tx) => {
    await move(tx, sale, { id, transition: 'pay', by: 'buyer', at: T0, accounts, amounts });
    await move(tx, sale, { id, transition: 'deliver', by: 'seller', at: T0 });
  });
  const handlers = { sale: takeIt };
  const due = async () => {
    const now = await look(db, id);
    return [now?.dueTransition, ((now?.dueAt?.getTime() ?? 0) - T0.getTime()) / HOUR];
  };
  assert.deepEqual(await due(), ['remind', 6]);
  assert.equal(await runClock(db, { at: plus(T0, 7 * HOUR), handlers }), 1);
  assert.deepEqual(await due(), ['remind', 13]);
  assert.equal(await runClock(db, { at: plus(T0, 13 * HOUR), handlers }), 1);
  assert.deepEqual(await due(), ['confirm', 37]);
  assert.equal(await runClock(db, { at: plus(T0, 36 * HOUR), handlers }), 0);
  assert.equal(await runClock(db, { at: plus(T0, 37 * HOUR), handlers }), 1);
  assert.equal((await look(db, id))?.state, 'released');
});

test('a due date that the caller names is kept, and bounded by the table', async (t) => {
  const { db } = await freshDatabase(t);
  const [id = ''] = await placed(db, 1);
  const accounts = accountsOf(id);
  const dispute = (due?: Date) =>
    inTransaction(db, (tx) =>
      move(tx, sale, { id, transition: 'dispute', by: 'buyer', at: T0, due }),
    );
  await inTransaction(db, async (tx) => {
    await move(tx, sale, { id, transition: 'pay', by: 'buyer', at: T0, accounts, amounts });
    await move(tx, sale, { id, transition: 'deliver', by: 'seller', at: T0 });
  });
  await assert.rejects(dispute(), /needs a due date/);
  await assert.rejects(dispute(plus(T0, 12 * DAY + 1)), /later than its table allows/);
  const disputed = await dispute(plus(T0, 3 * DAY));
  assert.deepEqual([disputed.dueAt, disputed.dueTransition], [plus(T0, 3 * DAY), 'refund']);
});
