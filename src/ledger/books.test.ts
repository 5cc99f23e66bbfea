// Goal: what the books say about themselves is true, and a row changed behind their back is found and named.
// Method: statements over every cut of a history; then triggers off, one row changed at a time, and reconcile asked.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sql } from 'kysely';
import { DAY, type Db, fen, HOUR, inTransaction, plus } from '#platform';
import { freshDatabase } from '#test/database.ts';
import { cell } from './csv.ts';
import { exportStatement } from './export.ts';
import { balanceOf, capture, hold, post, reconcile, statement, trialBalance } from './index.ts';

const START = new Date('2026-03-01T00:00:00Z');
const hours = (count: number): Date => plus(START, count * HOUR);
const leg = (from: string, to: string, amount: number) => ({ from, to, amount: fen(amount) });

/** Ten hours, each with money in, and money through escrow; one hold taken, one pending. */
async function aHistory(db: Db): Promise<void> {
  for (let hour = 0; hour < 10; hour++)
    await inTransaction(db, async (tx) => {
      const at = hours(hour);
      const subject = `order-${hour}`;
      const legs = [
        leg('CUSTODY:bank', 'WALLET:w', 1_000),
        leg('WALLET:w', 'ESCROW:o', 100 + hour),
      ];
      await post(tx, { kind: 'in', ref: `${hour}`, subject, at, legs });
      const out = [leg('ESCROW:o', 'PAYABLE:u', 90), leg('ESCROW:o', 'FEE', 10 + hour)];
      await post(tx, { kind: 'out', ref: `${hour}`, subject, at, legs: out });
    });
  await inTransaction(db, async (tx) => {
    const shared = { subject: 'holds', at: hours(10), from: 'WALLET:w', to: 'ESCROW:p' };
    for (const [ref, amount] of [
      ['taken', 30],
      ['open', 50],
    ] as const)
      await hold(tx, { ...shared, kind: 'h', ref, amount: fen(amount), expiresAt: hours(99) });
    await capture(tx, { kind: 'h', ref: 'taken', at: hours(11), amount: fen(20) });
  });
}

test('opening + entries = closing for every period, and periods join without a gap', async (t) => {
  const { db } = await freshDatabase(t);
  await aHistory(db);
  for (const code of ['CUSTODY:bank', 'WALLET:w', 'ESCROW:o', 'PAYABLE:u', 'FEE', 'ESCROW:never']) {
    const whole = await statement(db, code, { from: START, to: plus(START, DAY) });
    assert.equal(whole.opening, 0n);
    assert.equal(whole.closing, (await balanceOf(db, code)).balance);
    assert.deepEqual(
      whole.entries.map((entry) => entry.version),
      whole.entries.map((_, n) => n + 1),
    );
    for (let cut = 0; cut <= 12; cut++) {
      const before = await statement(db, code, { from: START, to: hours(cut) });
      const after = await statement(db, code, { from: hours(cut), to: plus(START, DAY) });
      assert.equal(before.closing, after.opening);
      assert.deepEqual([...before.entries, ...after.entries], whole.entries);
      const moved = after.entries.reduce((total, entry) => total + entry.amount, 0n);
      assert.equal(after.opening + moved, after.closing);
      assert.equal(after.entries.at(-1)?.balance ?? after.opening, after.closing);
    }
  }
});

test('the trial balance: debit equals credit, held is told apart', async (t) => {
  const { db } = await freshDatabase(t);
  await aHistory(db);
  const { classes, debit, credit } = await trialBalance(db);
  assert.equal(debit, 10_000n);
  assert.equal(credit, 10_000n);
  assert.deepEqual(
    classes.map((row) => [row.class, row.accounts, row.balance, row.held]),
    [
      ['CUSTODY', 1, -10_000n, 0n],
      ['ESCROW', 2, 20n, 0n],
      ['FEE', 1, 145n, 0n],
      ['PAYABLE', 1, 900n, 0n],
      ['WALLET', 1, 8_935n, 50n],
    ],
  );
  assert.deepEqual(await reconcile(db), []);
});

/** Each tamper, and all the findings it must cause: what and where. */
const tampers: { name: string; sql: string; finds: string[] }[] = [
  {
    name: 'a balance raised',
    sql: `update ledger.account set balance = balance + 1 where code = 'PAYABLE:u'`,
    finds: ['balance PAYABLE:u', 'total all accounts'],
  },
  {
    name: 'a balance moved between accounts, sum still zero',
    sql: `update ledger.account set balance = balance + case code when 'FEE' then -5 else 5 end
          where code in ('FEE', 'PAYABLE:u')`,
    finds: ['balance FEE', 'balance PAYABLE:u'],
  },
  {
    name: 'held money hidden',
    sql: `update ledger.account set held = 0 where code = 'WALLET:w'`,
    finds: ['held WALLET:w'],
  },
  {
    name: 'a hold deleted',
    sql: `delete from ledger.hold where ref = 'open'`,
    finds: ['held WALLET:w'],
  },
  {
    name: 'an account deleted',
    sql: `delete from ledger.account where code = 'PAYABLE:u'`,
    finds: ['balance PAYABLE:u', 'total all accounts', 'version PAYABLE:u'],
  },
  {
    name: 'a version skipped',
    sql: `update ledger.account set version = version + 1 where code = 'FEE'`,
    finds: ['version FEE'],
  },
  {
    name: 'an account allowed to go below zero',
    sql: `update ledger.account set min_balance = null where code = 'WALLET:w'`,
    finds: ['rule WALLET:w'],
  },
  {
    name: 'an amount changed',
    sql: `update ledger.entry set amount = 91 where account = 'PAYABLE:u' and version = 3`,
    finds: ['balance PAYABLE:u', 'chain PAYABLE:u #3', 'payload out/2', 'transfer out/2'],
  },
  {
    name: 'an amount changed on both sides, and the balances with it',
    sql: `update ledger.entry e set amount = amount + case account when 'PAYABLE:u' then 1 else -1 end
            where leg = 1 and exists (select from ledger.transfer t where t.id = e.transfer_id
              and t.kind = 'out' and t.ref = '9');
          update ledger.entry e set balance_after = balance_after + case account when 'PAYABLE:u' then 1 else -1 end
            where (account = 'PAYABLE:u' and version = 10) or (account = 'ESCROW:o' and version in (29, 30));
          update ledger.account set balance = balance + case code when 'PAYABLE:u' then 1 else -1 end,
            min_balance = case code when 'ESCROW:o' then null else min_balance end
            where code in ('PAYABLE:u', 'ESCROW:o')`,
    finds: ['payload out/9', 'rule ESCROW:o'],
  },
  {
    name: 'an entry deleted',
    sql: `delete from ledger.entry where account = 'FEE' and version = 4`,
    finds: [
      'balance FEE',
      'chain FEE #5',
      'chain FEE #6',
      'chain FEE #7',
      'chain FEE #8',
      'chain FEE #9',
      'chain FEE #10',
      'payload out/3',
      'transfer out/3',
      'version FEE',
    ],
  },
  {
    name: 'a transfer given to another subject',
    sql: `update ledger.transfer set subject = 'order-x' where kind = 'in' and ref = '4'`,
    finds: ['payload in/4'],
  },
  {
    name: 'an entry moved to another day',
    sql: `update ledger.entry set at = at + interval '1 day' where account = 'FEE' and version = 2`,
    finds: ['time out/1'],
  },
  {
    name: 'a capture made larger than its hold',
    sql: `update ledger.hold set amount = 19 where ref = 'taken'`,
    finds: ['capture taken'],
  },
];

test('reconcile names each tampered row', async (t) => {
  const { db } = await freshDatabase(t);
  await aHistory(db);
  assert.deepEqual(await reconcile(db), []);
  const { rows } = await sql<{ id: string; name: string }>`
    select id::text, kind || '/' || ref as name from ledger.transfer
    union all select id::text, ref from ledger.hold`.execute(db);
  const names = new Map(rows.map((row) => [row.id, row.name]));
  const undo = new Error('undo');
  for (const tamper of tampers) {
    const outcome = db.transaction().execute(async (tx) => {
      await sql`set local session_replication_role = replica`.execute(tx);
      for (const statement of tamper.sql.split(';')) await sql.raw(statement).execute(tx);
      const found = (await reconcile(tx)).map(
        ({ what, where }) => `${what} ${names.get(where) ?? where}`,
      );
      assert.deepEqual(found.sort(), [...tamper.finds].sort(), tamper.name);
      throw undo;
    });
    await assert.rejects(outcome, (error) => {
      if (error !== undo) throw error;
      return true;
    });
  }
});

test('CSV: amounts stay numbers, nothing is read as a formula, cells with commas are quoted', async (t) => {
  for (const [text, safe] of [
    ['-12.30', '-12.30'],
    ['=1+1', "'=1+1"],
    ['+86', "'+86"],
    ['-2+3', "'-2+3"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['＝1', "'＝1"],
    ['=HYPERLINK("x","y")', `"'=HYPERLINK(""x"",""y"")"`],
    ['a,b', '"a,b"'],
    ['plain', 'plain'],
  ] as const)
    assert.equal(cell(text), safe);
  const { db } = await freshDatabase(t);
  await inTransaction(db, (tx) =>
    post(tx, { kind: '=cmd', ref: 'a,1', subject: '@s', at: START, legs: [leg('LOSS', 'FEE', 5)] }),
  );
  const folder = mkdtempSync(join(tmpdir(), 'huiquan-csv-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'loss.csv');
  const period = { from: START, to: hours(1) };
  await exportStatement(db, { code: 'LOSS', ...period, language: 'en', format: 'csv', file });
  const text = readFileSync(file, 'utf8');
  assert.deepEqual(text.split('\r\n').slice(1), [
    '2026-03-01 08:00:00,Opening balance,,,,,0.00',
    `2026-03-01 08:00:00,'=cmd,"a,1",'@s,FEE,-0.05,-0.05`,
    '2026-03-01 09:00:00,Closing balance,,,,,-0.05',
    ',"Total: opening + amounts = closing, checked",,,,-0.05,',
    '',
  ]);
  assert.equal(text.codePointAt(0), 0xfeff);
});
