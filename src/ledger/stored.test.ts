import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { newId } from '#platform';
import { freshDatabase } from '#test/database.ts';
import { accountIds } from './account.ts';
import { postBatch, type ResultName, type Transfer } from './batch.ts';
import { balanceOf, reconcile } from './books.ts';
import { openQueue, type QueueOptions } from './queue.ts';
import { postStored, type StoredTransfers } from './stored.ts';

const { db, pool, url } = await freshDatabase({ after: (work) => after(work) });
const at = new Date('2026-11-23T02:00:00Z');
const [source, fund, shop] = (await accountIds(db, ['LOSS', 'WALLET:fund', 'WALLET:shop'])) as [
  bigint,
  bigint,
  bigint,
];
await pool.query(`create schema shop; create table shop.sale (
  no int4 primary key, transfer uuid not null, amount int8 not null, outcome text)`);

const move = (debit: bigint, credit: bigint, amount: bigint, id = newId()): Transfer => ({
  ...{ id, kind: 'post', debit, credit, amount, code: 1, at },
});

/** Sales as another room would keep them, each with the id of its transfer from the first moment. */
async function store(count: number, amount: (no: number) => bigint): Promise<void> {
  await pool.query('truncate shop.sale');
  for (let no = 0; no < count; no++)
    await pool.query('insert into shop.sale values ($1, $2, $3)', [no, newId(), amount(no)]);
}

const sales: StoredTransfers = {
  waiting: async (limit) => {
    const { rows } = await pool.query<{ transfer: string; amount: bigint }>(
      'select transfer, amount from shop.sale where outcome is null order by no limit $1',
      [limit],
    );
    return rows.map(({ transfer, amount }) => move(fund, shop, amount, transfer));
  },
  settle: async (outcomes) => {
    await pool.query(
      `update shop.sale set outcome = said.outcome
       from unnest($1::uuid[], $2::text[]) as said(transfer, outcome)
       where sale.transfer = said.transfer`,
      [[...outcomes.keys()], [...outcomes.values()]],
    );
  },
};

/** A process: it starts, runs what waits, and ends; nothing is carried over but the tables. */
async function run(
  stored: StoredTransfers = sales,
  options: Partial<QueueOptions> = {},
): Promise<number> {
  const queue = openQueue({ url, db, ...options });
  try {
    return await postStored(queue, stored);
  } finally {
    await queue.close();
  }
}

const outcomes = async (): Promise<(string | null)[]> => {
  const { rows } = await pool.query<{ outcome: string | null }>(
    'select outcome from shop.sale order by no',
  );
  return rows.map(({ outcome }) => outcome);
};

test('a process that dies between storing and posting leaves work, not loss', async () => {
  // Goal: what was stored is posted once, by whoever runs next, however often.
  // Method: rows are stored and nothing runs; two processes start side by side, then a third.
  await postBatch(db, [move(source, fund, 10_000n)]);
  await store(120, () => 10n);
  await Promise.all([run(), run()]);
  assert.equal(await run(), 0, 'nothing is left');
  assert.deepEqual(new Set(await outcomes()), new Set(['ok']));
  assert.equal((await balanceOf(db, 'WALLET:shop')).balance, 1_200n);
});

test('a process that dies between posting and storing the outcome comes to the same outcome', async () => {
  // Goal: told again, nothing changes, not even a refusal whose reason is gone by then.
  // Method: every third sale is too dear; the process dies before it stores; money comes; another process runs.
  await store(30, (no) => (no % 3 === 0 ? 1_000_000n : 10n));
  let told = new Map<string, ResultName>();
  const dies: StoredTransfers = {
    ...sales,
    settle: async (said) => {
      told = new Map(said);
      throw new Error('killed');
    },
  };
  await assert.rejects(run(dies), /killed/);
  assert.deepEqual(new Set(await outcomes()), new Set([null]));
  await postBatch(db, [move(source, fund, 100_000_000n)]);
  const before = (await balanceOf(db, 'WALLET:shop')).balance;
  assert.equal(await run(), 30);
  assert.equal((await balanceOf(db, 'WALLET:shop')).balance, before, 'nothing was posted again');
  const now = await outcomes();
  assert.deepEqual(now, [...told.values()]);
  assert.deepEqual(
    now,
    now.map((_, no) => (no % 3 === 0 ? 'insufficient' : 'ok')),
  );
  assert.deepEqual(await reconcile(db), []);
});

test('what a full queue has no room for waits for the next run', async () => {
  // Goal: a refusal for want of room is no outcome.
  // Method: 50 rows and a queue that takes 20.
  await store(50, () => 10n);
  assert.equal(await run(sales, { waitingMax: 20 }), 20);
  assert.equal((await outcomes()).filter((one) => one === null).length, 30);
  assert.equal(await run(), 30);
  assert.deepEqual(new Set(await outcomes()), new Set(['ok']));
});
