// Goal: what the books say about themselves is true, and a row changed behind their back is found and named.
// Method: statements over every cut of a history; then triggers off, one row changed at a time, and reconcile asked.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sql } from 'kysely';
import { DAY, type Db, fen, HOUR, inTransaction, newId, plus } from '#platform';
import { freshDatabase } from '#test/database.ts';
import { cell } from './csv.ts';
import { exportStatement } from './export.ts';
import {
  accountIds,
  balanceOf,
  capture,
  hold,
  post,
  postBatch,
  reconcile,
  statement,
  trialBalance,
} from './index.ts';

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
      const out = [leg('ESCROW:o', 'PAYABLE:u', 90), leg('ESCROW:o', 'HELD:f', 10 + hour)];
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
  for (const code of [
    'CUSTODY:bank',
    'WALLET:w',
    'ESCROW:o',
    'PAYABLE:u',
    'HELD:f',
    'ESCROW:never',
  ]) {
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
      ['HELD', 1, 145n, 0n],
      ['PAYABLE', 1, 900n, 0n],
      ['WALLET', 1, 8_935n, 50n],
    ],
  );
  assert.deepEqual(await reconcile(db), []);
});

const ID = (code: string) => `(select id from ledger.account_info where code = '${code}')`;
const POSTING = (name: string) =>
  `(select id from ledger.posting where kind || '/' || ref = '${name}')`;
const LEG = (name: string, leg: number) => `ledger.leg_id(${POSTING(name)}, ${leg})`;

/** Each tamper, and all the findings it must cause: what and where. */
const tampers: { name: string; sql: string; finds: string[] }[] = [
  {
    name: 'a balance raised',
    sql: `update ledger.account set balance = balance + 1 where id = ${ID('PAYABLE:u')}`,
    finds: ['balance PAYABLE:u', 'total asset 1'],
  },
  {
    name: 'a balance moved between accounts, sum still zero',
    sql: `update ledger.account set balance = balance + case id when ${ID('HELD:f')} then -5 else 5 end
          where id in (${ID('HELD:f')}, ${ID('PAYABLE:u')})`,
    finds: ['balance HELD:f', 'balance PAYABLE:u'],
  },
  {
    name: 'held money hidden',
    sql: `update ledger.account set held = 0 where id = ${ID('WALLET:w')}`,
    finds: ['held WALLET:w'],
  },
  {
    name: 'money on its way hidden',
    sql: `update ledger.account set incoming = 0 where id = ${ID('ESCROW:p')}`,
    finds: ['incoming ESCROW:p'],
  },
  {
    name: 'the clock of an account turned back',
    sql: `update ledger.account set last_at = last_at - interval '1 hour' where id = ${ID('HELD:f')}`,
    finds: ['time HELD:f'],
  },
  {
    name: 'a version skipped',
    sql: `update ledger.account set version = version + 1 where id = ${ID('HELD:f')}`,
    finds: ['version HELD:f'],
  },
  {
    name: 'an account allowed to go below zero',
    sql: `update ledger.account set min_balance = null where id = ${ID('WALLET:w')}`,
    finds: ['rule WALLET:w'],
  },
  {
    name: 'an account deleted',
    sql: `delete from ledger.account where id = ${ID('PAYABLE:u')}`,
    finds: [
      'balance PAYABLE:u',
      'row PAYABLE:u',
      'rule PAYABLE:u',
      'time PAYABLE:u',
      'total asset 1',
      'version PAYABLE:u',
    ],
  },
  {
    name: 'an account renamed',
    sql: `update ledger.account_info set code = 'PAYABLE:x' where code = 'PAYABLE:u'`,
    finds: Array.from({ length: 10 }, (_, n) => `payload out/${n}`),
  },
  {
    name: 'a credit line invented',
    sql: `update ledger.account_info set credit_line = 900 where code = 'WALLET:w'`,
    finds: ['rule WALLET:w'],
  },
  {
    name: 'a hold deleted',
    sql: `delete from ledger.hold where id = ${LEG('h/open', 1)}`,
    finds: ['held WALLET:w', 'hold h/open #1', 'incoming ESCROW:p'],
  },
  {
    name: 'a hold opened again',
    sql: `update ledger.hold set state = 0 where id = ${LEG('h/taken', 1)}`,
    finds: ['held WALLET:w', 'hold h/taken #1', 'incoming ESCROW:p'],
  },
  {
    name: 'a hold that lasts longer',
    sql: `update ledger.hold set expires_at = expires_at + interval '1 day' where id = ${LEG('h/open', 1)}`,
    finds: ['row h/open #1'],
  },
  {
    name: 'a capture made larger than its hold',
    sql: `update ledger.hold set amount = 19 where id = ${LEG('h/taken', 1)}`,
    finds: ['hold h.capture/taken #1', 'hold h/taken #1', 'row h/taken #1'],
  },
  {
    name: 'an amount changed',
    sql: `update ledger.transfer set amount = 91 where id = ${LEG('out/2', 1)}`,
    finds: [
      'balance ESCROW:o',
      'balance PAYABLE:u',
      'chain ESCROW:o #8',
      'chain PAYABLE:u #3',
      'payload out/2',
      'row out/2 #1',
    ],
  },
  {
    name: 'an amount changed, and all balances and the posting with it',
    sql: `update ledger.transfer set amount = 91, credit_balance = credit_balance + 1, debit_balance = debit_balance - 1
            where id = ${LEG('out/9', 1)};
          update ledger.transfer set debit_balance = debit_balance - 1 where id = ${LEG('out/9', 2)};
          update ledger.account set balance = balance + case id when ${ID('PAYABLE:u')} then 1 else -1 end,
            min_balance = case id when ${ID('ESCROW:o')} then null else min_balance end
            where id in (${ID('PAYABLE:u')}, ${ID('ESCROW:o')})`,
    finds: ['payload out/9', 'row out/9 #1', 'row out/9 #2', 'rule ESCROW:o'],
  },
  {
    name: 'a transfer deleted',
    sql: `delete from ledger.transfer where id = ${LEG('out/8', 2)}`,
    finds: [
      'balance ESCROW:o',
      'balance HELD:f',
      'batch batch',
      'chain ESCROW:o #28',
      'chain ESCROW:o #29',
      'chain ESCROW:o #30',
      'chain HELD:f #10',
      'payload out/8',
      'payload out/8',
      'version ESCROW:o',
      'version HELD:f',
    ],
  },
  {
    name: 'a transfer moved to another day',
    sql: `update ledger.transfer set at = at + interval '1 day' where id = ${LEG('out/1', 2)}`,
    finds: ['row out/1 #2', 'time ESCROW:o', 'time ESCROW:o #7', 'time HELD:f', 'time HELD:f #3'],
  },
  {
    name: 'a transfer given to another batch',
    sql: `update ledger.transfer set batch = batch + 1 where id = ${LEG('out/1', 2)}`,
    finds: ['batch batch', 'batch batch', 'row out/1 #2'],
  },
  {
    name: 'a posting given to another subject',
    sql: `update ledger.posting set subject = 'order-x' where id = ${POSTING('in/4')}`,
    finds: ['payload in/4'],
  },
  {
    name: 'a posting renamed',
    sql: `update ledger.posting set ref = 'x', digest = sha256(convert_to(e'in\nx\norder-4\n'
            || 'CUSTODY:bank>WALLET:w:1000' || e'\n' || 'WALLET:w>ESCROW:o:104', 'UTF8'))
            where id = ${POSTING('in/4')}`,
    finds: ['payload in/4'],
  },
  {
    name: 'a posting deleted',
    sql: `delete from ledger.posting where id = ${POSTING('in/4')}`,
    finds: ['payload in/4 #1', 'payload in/4 #2'],
  },
  {
    name: 'a refusal forgotten',
    sql: `delete from ledger.reject`,
    finds: ['batch batch'],
  },
  {
    name: 'a refusal given another reason',
    sql: `update ledger.reject set answer = 4`,
    finds: ['row the reject'],
  },
  {
    name: 'a batch said to be of another transaction',
    sql: `update ledger.batch set xid = '5' where id = (select max(id) from ledger.batch)`,
    finds: ['row batch'],
  },
  {
    name: 'a batch deleted',
    sql: `delete from ledger.batch where id = (select max(id) from ledger.batch)`,
    finds: ['batch batch'],
  },
];

test('reconcile names each tampered row', async (t) => {
  const { db } = await freshDatabase(t);
  await aHistory(db);
  const [debit, credit] = await accountIds(db, ['ESCROW:never', 'HELD:f']);
  assert(debit !== undefined && credit !== undefined);
  const refused = { id: newId(START), kind: 'post' as const, debit, credit, amount: 1n, code: 1 };
  const [result] = await postBatch(db, [{ ...refused, at: hours(12) }]);
  assert.equal(result?.name, 'insufficient');
  assert.deepEqual(await reconcile(db), []);
  const { rows } = await sql<{ id: string; name: string }>`
    select id::text, kind || '/' || ref as name from ledger.posting
    union all select t.id::text, p.kind || '/' || p.ref || ' #' || n
    from ledger.posting p, generate_series(1, p.legs) as n, ledger.leg_id(p.id, n) as t(id)`.execute(
    db,
  );
  const names = new Map(rows.map((row) => [row.id, row.name]));
  names.set(refused.id, 'the reject');
  const outcomes: { name: string; finds: string[] }[] = [];
  const undo = new Error('undo');
  for (const tamper of tampers) {
    const outcome = db.transaction().execute(async (tx) => {
      await sql`set local session_replication_role = replica`.execute(tx);
      for (const statement of tamper.sql.split(';')) await sql.raw(statement).execute(tx);
      const found = (await reconcile(tx)).map(
        ({ what, where }) => `${what} ${names.get(where) ?? where.replace(/^batch \d+$/, 'batch')}`,
      );
      outcomes.push({ name: tamper.name, finds: found.sort() });
      throw undo;
    });
    await assert.rejects(outcome, (error) => {
      if (error !== undo) throw error;
      return true;
    });
  }
  assert.deepEqual(
    outcomes,
    tampers.map(({ name, finds }) => ({ name, finds: [...finds].sort() })),
  );
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
