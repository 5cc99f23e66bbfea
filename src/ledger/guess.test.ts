// Goal: a batch writes each account once, when all can be done and times run on; a second time only when they do not.
// Method: batches in a transaction whose own statistics tell how many rows of `account` it wrote; the books audited.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { inTransaction, newId, plus, type Tx } from '#platform';
import { freshDatabase } from '#test/database.ts';
import { accountIds, postBatch, reconcile, type Transfer } from './index.ts';

const START = new Date('2026-03-01T08:00:00Z');
const USERS = 40;

/** What the connection has not reported yet is counted too, so only differences mean something. */
async function updates(tx: Tx): Promise<number> {
  const { rows } = await sql<{ count: bigint }>`
    select n_tup_upd as count from pg_stat_xact_user_tables
    where schemaname = 'ledger' and relname = 'account'`.execute(tx);
  return Number(rows[0]?.count);
}

test('accounts are written once where times run on, and a late transfer costs a second write', async (t) => {
  const { db } = await freshDatabase(t);
  const codes = Array.from({ length: USERS }, (_, n) => `WALLET:u${n}`);
  const [loss = 0n, hub = 0n, ...users] = await accountIds(db, ['LOSS', 'ESCROW:hub', ...codes]);
  const one = (debit: bigint, credit: bigint, amount: bigint, ms: number): Transfer => ({
    ...{ id: newId(), kind: 'post', debit, credit, amount, code: 1, at: plus(START, ms) },
  });
  const written = (batch: readonly Transfer[]): Promise<number> =>
    inTransaction(db, async (tx) => {
      const before = await updates(tx);
      const results = await postBatch(tx, batch);
      assert(results.every(({ name }) => name === 'ok' || name === 'insufficient'));
      return (await updates(tx)) - before;
    });
  const funds = users.map((user, n) => one(loss, user, 1_000n, n));
  assert.equal(await written(funds), USERS + 1);
  const pay = (from: number): Transfer[] => users.map((user, n) => one(user, hub, 10n, from + n));
  assert.equal(await written(pay(100)), USERS + 1);
  assert.equal(await written(pay(200).reverse()), USERS + 1, 'whatever the order in the batch');
  const [first = 0n, second = 0n] = users;
  assert.equal(await written([one(first, hub, 1n, 900), one(second, hub, 1n, 901)]), 3);
  // The hub has seen a later time, so all others who pay into it now are entered at that time.
  assert.equal(await written(pay(800)), USERS + 1 + USERS - 1);
  // Not all can be done: who was guessed wrong is written again, the hub among them.
  assert.equal(await written([one(first, hub, 5_000n, 950), one(second, hub, 1n, 951)]), 4);
  assert.deepEqual(await reconcile(db), []);
});
