// Goal: statements, balances at any time, day ends and closed months agree with the entries, whatever was posted.
// Method: random transfers on real PostgreSQL, a naive sum in memory beside them; files read back by their readers.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import ExcelJS from 'exceljs';
import fc from 'fast-check';
import { sql } from 'kysely';
import {
  DAY,
  type Db,
  fen,
  HOUR,
  inTransaction,
  newId,
  openDatabase,
  openPool,
  plus,
  Refused,
} from '#platform';
import { freshDatabase } from '#test/database.ts';
import { type PageEnd, statementPage } from './books.ts';
import { exportStatement } from './export.ts';
import {
  balanceAt,
  closePeriod,
  dayEnds,
  periods,
  post,
  postBatch,
  proposeClose,
  reconcile,
  stripeIds,
  takeDayEnds,
} from './index.ts';
import { recomputeDay } from './period.ts';

const START = new Date('2026-01-30T01:00:00Z');
const AFTER = new Date('2026-02-03T02:00:00Z');

interface Moved {
  at: Date;
  amount: bigint;
}

/** Transfers between a wallet and a hub of three stripes, at times that stand still or run on. */
async function played(db: Db, gaps: readonly number[]): Promise<{ hub: Moved[]; wallet: Moved[] }> {
  const stripes = await stripeIds(db, 'FEE', 3);
  const legs = [{ from: 'CUSTODY:bank', to: 'WALLET:w', amount: fen(1_000_000n) }];
  await inTransaction(db, (tx) =>
    post(tx, { kind: 'in', ref: '1', subject: 's', at: START, legs }),
  );
  const [wallet] = await stripeIds(db, 'WALLET:w', 1);
  assert(wallet !== undefined);
  const hub: Moved[] = [];
  let at = START;
  for (const [nth, gap] of gaps.entries()) {
    at = plus(at, gap * HOUR);
    const credit = stripes[nth % 3];
    assert(credit !== undefined);
    const amount = fen(BigInt(1 + (nth % 7)));
    const [answer] = await postBatch(db, [
      { id: newId(at), kind: 'post', debit: wallet, credit, amount, at, code: 1 },
    ]);
    assert.equal(answer?.name, 'ok');
    hub.push({ at, amount });
  }
  return {
    hub,
    wallet: [
      { at: START, amount: 1_000_000n },
      ...hub.map(({ at: when, amount }) => ({ at: when, amount: -amount })),
    ],
  };
}

/** An account that is there before its month closes. */
async function opened(db: Db, code: string): Promise<void> {
  const legs = [{ from: 'CUSTODY:bank', to: code, amount: fen(1n) }];
  await inTransaction(db, (tx) =>
    post(tx, { kind: 'open', ref: code, subject: 's', at: START, legs }),
  );
}

const naive = (moved: readonly Moved[], before: Date): bigint =>
  moved.filter(({ at }) => at < before).reduce((sum, { amount }) => sum + amount, 0n);

async function allPages(db: Db, code: string, period: { from: Date; to: Date }, limit: number) {
  const entries = [];
  let after: PageEnd | undefined;
  do {
    const page = await statementPage(db, code, { ...period, after, limit });
    entries.push(...page.entries);
    after = page.next;
  } while (after);
  return entries;
}

test('any cut: opening + entries = closing, page by page, and the balance at any time is the naive sum', async (t) => {
  const { db } = await freshDatabase(t);
  const gaps = Array.from({ length: 60 }, (_, nth) => [0, 0, 1, 3, 0, 2][nth % 6] ?? 0);
  const { hub, wallet } = await played(db, gaps);
  const moment = fc.integer({ min: -2, max: 90 }).map((hours) => plus(START, hours * HOUR));
  await fc.assert(
    fc.asyncProperty(
      moment,
      moment,
      fc.integer({ min: 1, max: 25 }),
      fc.boolean(),
      async (one, other, limit, isHub) => {
        const [from, to] = one <= other ? [one, other] : [other, one];
        const code = isHub ? 'FEE' : 'WALLET:w';
        const moved = isHub ? hub : wallet;
        const opening = await balanceAt(db, code, from);
        const closing = await balanceAt(db, code, to);
        assert.equal(opening, naive(moved, from));
        assert.equal(closing, naive(moved, to));
        const entries = await allPages(db, code, { from, to }, limit);
        const expected = moved.filter(({ at }) => at >= from && at < to);
        assert.equal(entries.length, expected.length);
        assert.equal(new Set(entries.map((entry) => `${entry.transferId}`)).size, expected.length);
        assert.deepEqual(
          entries.map(({ no }) => no),
          expected.map((_, nth) => nth + 1),
        );
        let running: bigint = opening;
        for (const entry of entries) {
          running += entry.amount;
          assert.equal(entry.balance, running);
        }
        assert.equal(running, closing);
      },
    ),
    { numRuns: 60 },
  );
});

test('a month closes in order, after its end, by a second person, and never opens again', async (t) => {
  const { db, pool } = await freshDatabase(t);
  await played(db, [1, 1, 1]);
  const no = async (work: Promise<unknown>, code: string): Promise<void> =>
    await assert.rejects(work, (error) => error instanceof Refused && error.refusal.code === code);
  const propose = (month: string, by: string, at = AFTER) =>
    inTransaction(db, (tx) => proposeClose(tx, { month, by, at }));
  const close = (month: string, by: string, at = AFTER) =>
    inTransaction(db, (tx) => closePeriod(tx, { month, by, at }));
  await no(propose('2026-02', 'maker'), 'period_out_of_order');
  await no(propose('2026-01', 'maker', new Date('2026-01-31T15:59:59Z')), 'period_not_over');
  await no(close('2026-01', 'checker'), 'wrong_state');
  await propose('2026-01', 'maker');
  await no(propose('2026-01', 'other'), 'wrong_state');
  await no(close('2026-01', 'maker'), 'maker_cannot_approve');
  await close('2026-01', 'checker');
  await no(close('2026-01', 'checker'), 'period_out_of_order');
  assert.deepEqual((await periods(db, AFTER)).next, {
    month: '2026-02',
    endsAt: new Date('2026-02-28T16:00:00Z'),
    isOver: false,
  });
  for (const attack of [
    'update ledger.period set closed_at = null, closed_by = null',
    'delete from ledger.period',
    'truncate ledger.period',
  ])
    await assert.rejects(pool.query(attack), /stays closed/);
});

test('a closed month takes no entry: what comes late, also on a new account, lies in the next one', async (t) => {
  const { db } = await freshDatabase(t);
  await played(db, [1, 2]);
  await opened(db, 'PAYABLE:old');
  const end = new Date('2026-01-31T16:00:00Z');
  const before = await balanceAt(db, 'WALLET:w', end);
  await inTransaction(db, (tx) => proposeClose(tx, { month: '2026-01', by: 'a', at: AFTER }));
  await inTransaction(db, (tx) => closePeriod(tx, { month: '2026-01', by: 'b', at: AFTER }));
  assert.deepEqual(await reconcile(db), [], 'moving the accounts on is no finding');
  const late = plus(START, 5 * HOUR);
  // Both accounts are old here; a new one would carry the time of the other with it.
  const old = [{ from: 'WALLET:w', to: 'PAYABLE:old', amount: fen(2n) }];
  await inTransaction(db, (tx) =>
    post(tx, { kind: 'late', ref: '0', subject: 's', at: late, legs: old }),
  );
  assert.equal(await balanceAt(db, 'WALLET:w', end), before);
  const legs = [
    { from: 'WALLET:w', to: 'PAYABLE:new', amount: fen(40n) },
    { from: 'PAYABLE:new', to: 'PAYABLE:newer', amount: fen(15n) },
  ];
  await inTransaction(db, (tx) =>
    post(tx, { kind: 'late', ref: '1', subject: 's', at: late, legs }),
  );
  assert.equal(await balanceAt(db, 'WALLET:w', end), before);
  assert.equal(await balanceAt(db, 'PAYABLE:newer', end), 0n);
  assert.equal(await balanceAt(db, 'PAYABLE:newer', plus(end, 1)), 15n);
  const entries = await allPages(db, 'PAYABLE:new', { from: START, to: AFTER }, 10);
  for (const entry of entries) assert.equal(entry.at.toISOString(), end.toISOString());
  assert.deepEqual(await reconcile(db), []);
});

test('while a month closes, postings either lie in it and are counted, or come after it', async (t) => {
  const { db } = await freshDatabase(t);
  await played(db, [1]);
  await opened(db, 'PAYABLE:old');
  await inTransaction(db, (tx) => proposeClose(tx, { month: '2026-01', by: 'a', at: AFTER }));
  const end = new Date('2026-01-31T16:00:00Z');
  const at = plus(START, 9 * HOUR);
  const posting = (nth: number) =>
    inTransaction(db, (tx) => {
      const legs = [{ from: 'WALLET:w', to: 'PAYABLE:old', amount: fen(1n) }];
      return post(tx, { kind: 'race', ref: String(nth), subject: 's', at, legs });
    });
  let seen = 0n;
  await Promise.all([
    ...Array.from({ length: 12 }, (_, nth) => posting(nth)),
    inTransaction(db, (tx) => closePeriod(tx, { month: '2026-01', by: 'b', at: AFTER })).then(
      async () => {
        seen = await balanceAt(db, 'WALLET:w', end);
      },
    ),
    ...Array.from({ length: 12 }, (_, nth) => posting(100 + nth)),
  ]);
  assert.equal(await balanceAt(db, 'WALLET:w', end), seen, 'the closed month stayed as it was');
  assert.deepEqual(await reconcile(db), []);
});

test('an account that opens while a month closes begins in it and is counted, or after it', async (t) => {
  const { db } = await freshDatabase(t);
  await played(db, [1]);
  await inTransaction(db, (tx) => proposeClose(tx, { month: '2026-01', by: 'a', at: AFTER }));
  const end = new Date('2026-01-31T16:00:00Z');
  const at = plus(START, 9 * HOUR);
  const opening = (nth: number) =>
    inTransaction(db, (tx) => {
      const legs = [{ from: `LOSS:n${nth}`, to: `PAYABLE:n${nth}`, amount: fen(1n) }];
      return post(tx, { kind: 'first', ref: String(nth), subject: 's', at, legs });
    });
  let seen: unknown;
  await Promise.all([
    ...Array.from({ length: 12 }, (_, nth) => opening(nth)),
    inTransaction(db, (tx) => closePeriod(tx, { month: '2026-01', by: 'b', at: AFTER })).then(
      async () => {
        seen = await recomputeDay(db, '2026-01-31');
      },
    ),
    ...Array.from({ length: 12 }, (_, nth) => opening(100 + nth)),
  ]);
  await opening(200);
  assert.deepEqual(await recomputeDay(db, '2026-01-31'), seen, 'the closed month stayed as it was');
  assert.equal(await balanceAt(db, 'PAYABLE:n200', end), 0n);
  assert.equal(await balanceAt(db, 'PAYABLE:n200', plus(end, 1)), 1n);
  assert.deepEqual(await reconcile(db), []);
});

test('a balance and a day end are looked up, however many transfers there are', async (t) => {
  const { db } = await freshDatabase(t);
  const [debit, credit] = await stripeIds(db, 'LOSS', 2);
  assert(debit !== undefined && credit !== undefined);
  const batch = Array.from({ length: 6_000 }, (_, nth) => {
    const at = plus(START, nth);
    return { id: newId(at), kind: 'post' as const, debit, credit, amount: fen(1n), at, code: 1 };
  });
  await postBatch(db, batch);
  await inTransaction(db, async (tx) => {
    await balanceAt(tx, 'LOSS', plus(START, 3_000));
    await recomputeDay(tx, '2026-01-30');
    const { rows } = await sql<{ read: bigint }>`select seq_tup_read as read
      from pg_stat_xact_user_tables where schemaname = 'ledger' and relname = 'transfer'`.execute(
      tx,
    );
    assert.equal(rows[0]?.read, 0n, 'transfers read one after the other');
  });
});

test('day ends are stored once their day is over, come out the same again, and final ones stay', async (t) => {
  const { db } = await freshDatabase(t);
  await played(db, [1, 1, 20, 1]);
  assert.equal(await takeDayEnds(db, AFTER), 4, '30 January to 2 February');
  assert.equal(await takeDayEnds(db, AFTER), 0);
  const stored = await dayEnds(db, { before: undefined, limit: 40 });
  assert.deepEqual(
    stored.map(({ day }) => day),
    ['2026-02-02', '2026-02-01', '2026-01-31', '2026-01-30'],
  );
  for (const day of stored) {
    assert.equal(day.debit, day.credit);
    assert.deepEqual(await recomputeDay(db, day.day), day.classes);
    assert.equal(day.isFinal, false);
  }
  const legs = [{ from: 'CUSTODY:bank', to: 'PAYABLE:late', amount: fen(5n) }];
  const at = new Date('2026-01-31T03:00:00Z');
  await inTransaction(db, (tx) => post(tx, { kind: 'late', ref: '1', subject: 's', at, legs }));
  const [changed] = await dayEnds(db, { before: undefined, only: '2026-01-31', limit: 1 });
  assert.notDeepEqual(await recomputeDay(db, '2026-01-31'), changed?.classes);
  const closing = plus(AFTER, HOUR);
  await inTransaction(db, (tx) => proposeClose(tx, { month: '2026-01', by: 'a', at: closing }));
  await inTransaction(db, (tx) => closePeriod(tx, { month: '2026-01', by: 'b', at: closing }));
  assert.equal(await takeDayEnds(db, closing), 2, 'the days of the closed month once more');
  const [final] = await dayEnds(db, { before: undefined, only: '2026-01-31', limit: 1 });
  assert.equal(final?.isFinal, true);
  assert.deepEqual(await recomputeDay(db, '2026-01-31'), final?.classes);
});

test('two processes that tidy at once take each day once', async (t) => {
  const { db, url } = await freshDatabase(t);
  await played(db, [1, 1, 20, 1, 24, 24]);
  const pool = openPool(url, { max: 4 });
  t.after(() => pool.end());
  const other = openDatabase(pool);
  const at = plus(AFTER, 20 * DAY);
  const taken = await Promise.all([db, other, db, other].map((each) => takeDayEnds(each, at)));
  assert.equal(
    taken.reduce((one, more) => one + more),
    24,
    '30 January to 22 February',
  );
  for (const day of await dayEnds(db, { before: undefined, limit: 40 }))
    assert.deepEqual(await recomputeDay(db, day.day), day.classes);
});

async function exported(t: TestContext, db: Db, format: 'csv' | 'xlsx', entriesMax?: number) {
  const folder = mkdtempSync(join(tmpdir(), 'huiquan-export-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, `statement.${format}`);
  const facts = await exportStatement(db, {
    ...{ code: 'LOSS', from: START, to: AFTER, language: 'zh', format, file },
    ...(entriesMax !== undefined && { entriesMax }),
  });
  return { file, facts };
}

test('XLSX read back: texts that begin like formulas are text, amounts are numbers, the check is in it', async (t) => {
  const { db } = await freshDatabase(t);
  const hostile = ['=1+1', '+86', '-2+3', '@SUM(A1)', '\t=1', '=HYPERLINK("x","y")'];
  for (const [nth, kind] of hostile.entries()) {
    const legs = [{ from: 'LOSS', to: 'FEE', amount: fen(105n) }];
    const at = plus(START, nth * HOUR);
    await inTransaction(db, (tx) =>
      post(tx, { kind, ref: `${kind}#${nth}`, subject: kind, at, legs }),
    );
  }
  const { file, facts } = await exported(t, db, 'xlsx');
  assert.deepEqual(facts, { entries: 6, opening: 0n, closing: -630n });
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(file);
  const sheet = book.worksheets[0];
  assert(sheet);
  assert.equal(sheet.rowCount, 1 + 1 + hostile.length + 2);
  for (const [nth, kind] of hostile.entries()) {
    const row = sheet.getRow(nth + 3);
    assert.equal(row.getCell(2).value, kind);
    for (const column of [1, 2, 3, 4, 5]) {
      assert.equal(row.getCell(column).type, ExcelJS.ValueType.String, `${kind} in ${column}`);
      assert.equal(row.getCell(column).numFmt, '@');
    }
    assert.equal(row.getCell(6).value, -1.05);
  }
  assert.equal(sheet.getRow(sheet.rowCount - 1).getCell(7).value, -6.3);
  assert.match(String(sheet.getRow(sheet.rowCount).getCell(2).value), /期初 \+ 发生额 = 期末/);
  assert.equal(sheet.getRow(sheet.rowCount).getCell(6).value, -6.3);
  const csv = readFileSync((await exported(t, db, 'csv')).file, 'utf8')
    .trim()
    .split('\r\n');
  assert.equal(csv.length, sheet.rowCount);
  await assert.rejects(exported(t, db, 'csv', 5), Refused);
});
