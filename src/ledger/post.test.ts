// Goal: money moves once, whole, within the bounds of its accounts, whoever else moves money at the same time.
// Method: posts on PostgreSQL, many at once and repeated; the database is asked afterwards what it holds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { type Db, fen, inTransaction, Refused, sqlState } from '#platform';
import { freshDatabase } from '#test/database.ts';
import { balanceOf, movementsOf, type Posting, post, reconcile, trialBalance } from './index.ts';

const at = new Date('2026-03-01T08:00:00Z');
const leg = (from: string, to: string, amount: number) => ({ from, to, amount: fen(amount) });
const refused = (code: string) => (error: unknown) =>
  error instanceof Refused && error.refusal.code === code;

const put = (db: Db, posting: Partial<Posting> & Pick<Posting, 'legs'>): Promise<boolean> =>
  inTransaction(db, (tx) =>
    post(tx, { kind: 'test', ref: '1', subject: 'order-1', at, ...posting }),
  );

test('400 crossing posts at once, 50 of them repeats: no deadlock, each once, sum zero', async (t) => {
  const { db } = await freshDatabase(t);
  const users = Array.from({ length: 8 }, (_, index) => `WALLET:w${index}`);
  await put(db, { ref: 'fund', legs: users.map((user) => leg('CUSTODY:bank', user, 1_000_000)) });
  const posting = (n: number): Posting => {
    const a = users[n % 8] ?? '';
    const b = users[(n * 3 + 1 + (n % 5)) % 8] ?? '';
    const legs = [leg(a, `ESCROW:o${n % 40}`, 7), leg(b, 'FEE', 2), leg('CUSTODY:bank', a, 3)];
    return {
      kind: 'cross',
      ref: String(n),
      subject: `o${n % 40}`,
      at,
      legs: n % 2 ? legs : legs.reverse(),
    };
  };
  // Straight on the connection: a deadlock must not be hidden by the retries of inTransaction.
  const outcomes = await Promise.all(
    Array.from({ length: 400 }, (_, n) =>
      db.transaction().execute((tx) => post(tx, posting(n % 350))),
    ),
  );
  assert.equal(outcomes.filter(Boolean).length, 350);
  const { rows } = await sql<{ transfers: bigint; total: bigint }>`
    select (select count(*) from ledger.posting where kind = 'cross') as transfers,
      (select sum(balance)::int8 from ledger.account) as total`.execute(db);
  assert.deepEqual(rows, [{ transfers: 350n, total: 0n }]);
  assert.equal((await balanceOf(db, 'FEE')).balance, 700n);
  assert.deepEqual(await reconcile(db), []);
});

test('the same command again changes nothing; the same name with other content is a bug', async (t) => {
  const { db } = await freshDatabase(t);
  const legs = [leg('CUSTODY:bank', 'WALLET:w', 500)];
  assert.equal(await put(db, { legs }), true);
  assert.equal(await put(db, { legs, at: new Date('2026-03-02T00:00:00Z') }), false);
  assert.equal((await balanceOf(db, 'WALLET:w')).balance, 500n);
  const others: Partial<Posting>[] = [
    { legs: [leg('CUSTODY:bank', 'WALLET:w', 501)] },
    { legs: [leg('CUSTODY:bank', 'WALLET:x', 500)] },
    { legs: [leg('CUSTODY:other', 'WALLET:w', 500)] },
    { legs: [...legs, ...legs] },
    { subject: 'order-2' },
  ];
  for (const other of others)
    await assert.rejects(put(db, { legs, ...other }), /posted before with other content/);
  assert.equal(await put(db, { legs, kind: 'other kind' }), true);
  assert.equal(await put(db, { legs, ref: 'other ref' }), true);
});

test('no account leaves its bounds, and the refusal undoes the whole transaction', async (t) => {
  const { db } = await freshDatabase(t);
  await put(db, { ref: 'in', legs: [leg('CUSTODY:bank', 'WALLET:w', 100)] });
  const tooMuch = [
    [leg('WALLET:w', 'PAYABLE:u', 101)],
    [leg('WALLET:w', 'PAYABLE:u', 60), leg('WALLET:w', 'FEE', 41)],
    [leg('WALLET:never', 'FEE', 1)],
    [leg('LOSS', 'CUSTODY:bank', 101)], // an asset never rises above zero
    [leg('FEE', 'RECEIVABLE:u', 1)],
  ];
  for (const legs of tooMuch)
    await assert.rejects(
      inTransaction(db, async (tx) => {
        await post(tx, {
          kind: 'a',
          ref: 'first',
          subject: 's',
          at,
          legs: [leg('LOSS', 'TAX', 9)],
        });
        await post(tx, { kind: 'b', ref: 'second', subject: 's', at, legs });
      }),
      refused('insufficient_funds'),
    );
  assert.equal((await balanceOf(db, 'TAX')).balance, 0n);
  assert.equal((await balanceOf(db, 'WALLET:w')).balance, 100n);
  // Within one transfer only the end counts: what comes in by one leg may go out by another.
  await put(db, {
    ref: 'through',
    legs: [leg('ESCROW:o', 'FEE', 4), leg('WALLET:w', 'ESCROW:o', 4)],
  });
  // LOSS has no bound, a receivable goes down only.
  await put(db, {
    ref: 'loss',
    legs: [leg('LOSS', 'PAYABLE:u', 70), leg('RECEIVABLE:v', 'FEE', 3)],
  });
  assert.equal((await balanceOf(db, 'LOSS')).balance, -70n);
  assert.deepEqual(await reconcile(db), []);
});

test('a badly formed command is a bug, and nothing is written', async (t) => {
  const { db } = await freshDatabase(t);
  const bad = [
    [],
    [leg('CUSTODY:bank', 'WALLET:w', 0)],
    [leg('CUSTODY:bank', 'WALLET:w', -1)],
    [leg('WALLET:w', 'WALLET:w', 1)],
    [leg('CUSTODY:bank', 'POCKET:w', 1)],
    [leg('CUSTODY:bank', 'WALLET', 1)],
    [leg('CUSTODY:bank', 'WALLET:a b', 1)],
    [leg('CUSTODY:bank', 'constructor:w', 1)],
  ];
  for (const legs of bad) await assert.rejects(put(db, { legs }), { name: 'AssertionError' });
  const legs = [leg('CUSTODY:bank', 'WALLET:w', 1)];
  for (const names of [{ subject: 'two\nlines' }, { kind: 'a\nb' }, { ref: '' }])
    await assert.rejects(put(db, { legs, ...names }), { name: 'AssertionError' });
  assert.deepEqual((await trialBalance(db)).classes, []);
});

test('what was written cannot be changed, deleted or truncated', async (t) => {
  const { db } = await freshDatabase(t);
  await put(db, { legs: [leg('CUSTODY:bank', 'WALLET:w', 5)] });
  for (const statement of [
    'update ledger.transfer set amount = amount + 1',
    'update ledger.posting set subject = subject',
    'update ledger.batch set transfers = 0',
    'update ledger.reject set answer = 4',
    ...['transfer', 'posting', 'batch', 'reject', 'hold', 'account', 'account_info'].flatMap(
      (table) => [`delete from ledger.${table}`, `truncate ledger.${table} cascade`],
    ),
  ])
    await assert.rejects(sql.raw(statement).execute(db), (error) => sqlState(error) === '23001');
});

test('a repeat of an overdrawn command is judged again: a refused transaction leaves no burnt id', async (t) => {
  const { db } = await freshDatabase(t);
  const spend = { ref: 'spend', legs: [leg('WALLET:w', 'PAYABLE:u', 100)] };
  for (let n = 0; n < 2; n++) await assert.rejects(put(db, spend), refused('insufficient_funds'));
  await put(db, { ref: 'in', legs: [leg('CUSTODY:bank', 'WALLET:w', 100)] });
  assert.equal(await put(db, spend), true);
  assert.deepEqual(await reconcile(db), []);
});

test('movements of a subject: its legs as they were posted, in the order of posting', async (t) => {
  const { db } = await freshDatabase(t);
  const first = [leg('CUSTODY:bank', 'ESCROW:o', 900)];
  const second = [
    leg('ESCROW:o', 'PAYABLE:u', 800),
    leg('ESCROW:o', 'FEE', 60),
    leg('ESCROW:o', 'TAX', 40),
  ];
  await put(db, { ref: 'a', legs: first });
  await put(db, { ref: 'x', subject: 'order-2', legs: first });
  await put(db, { ref: 'b', legs: second });
  const found = await movementsOf(db, 'order-1');
  assert.deepEqual(
    found.map(({ ref, legs }) => ({ ref, legs })),
    [
      { ref: 'a', legs: first },
      { ref: 'b', legs: second },
    ],
  );
  assert.deepEqual(await movementsOf(db, 'nobody'), []);
});
