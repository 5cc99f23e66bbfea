// Goal: a price reaches sellers only after a second person approved it, with the notice it needs, and then never changes.
// Method: the editor's use cases on a real database, boundaries to the millisecond, direct SQL against the history.
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { sql } from 'kysely';
import { chinaInstant, DAY, type Db, inTransaction, plus, type Refusal, Refused } from '#platform';
import { entriesOf } from '#record';
import { freshDatabase } from '#test/database.ts';
import { currentTable } from './current.ts';
import {
  approveTable,
  createDraft,
  editDraft,
  previewTable,
  publishSeedTable,
  statesAt,
  submitTable,
  verifyChain,
  withdrawTable,
} from './publish.ts';
import type { PriceTableData } from './schema.ts';
import { seedTable } from './seed.ts';
import { findTable, publishedHeads } from './store.ts';
import { digestOf } from './table.ts';
import { product } from './testing.ts';

const START = chinaInstant('2026-11-01', 9);
const NOW = chinaInstant('2026-11-20', 9);
const products = [product('dining', 'noodle'), product('cinema', 'screen')];
const refused = (code: Refusal['code']) => (error: unknown) =>
  error instanceof Refused && error.refusal.code === code;

const changed = (change: (data: PriceTableData) => void): PriceTableData => {
  const data = structuredClone(seedTable);
  change(data);
  return data;
};
const lower = changed(({ categories }) => {
  categories.dining.baseBps -= 100;
});
const higher = changed(({ categories }) => {
  categories.dining.baseBps += 100;
});

async function house(t: TestContext): Promise<Db> {
  const { db } = await freshDatabase(t);
  assert.equal(await publishSeedTable(db, START), true);
  assert.equal(await publishSeedTable(db, NOW), false, 'only a house without prices is given some');
  return db;
}
const draft = (db: Db, data: PriceTableData, at = NOW): Promise<string> =>
  inTransaction(db, async (tx) => {
    const id = await createDraft(tx, { title: 'next', note: '', by: 'ann', at });
    await editDraft(tx, { id, by: 'ann', at, data });
    return id;
  });
const submit = (db: Db, id: string, effectiveFrom?: Date, at = NOW) =>
  inTransaction(db, (tx) => submitTable(tx, { id, by: 'ann', at, effectiveFrom, products }));
const approve = (db: Db, id: string, by = 'bob', at = NOW, digest?: string) =>
  inTransaction(db, (tx) => approveTable(tx, { id, by, at, products, digest }));

test('nobody who had a hand in a table approves it', async (t) => {
  const db = await house(t);
  const id = await draft(db, higher);
  await inTransaction(db, (tx) => editDraft(tx, { id, by: 'cid', at: NOW, note: 'seen' }));
  await assert.rejects(approve(db, id), refused('wrong_state'), 'a draft is not up for approval');
  await submit(db, id);
  await assert.rejects(approve(db, id, 'ann'), refused('author_cannot_approve'));
  await assert.rejects(approve(db, id, 'cid'), refused('author_cannot_approve'));
  await assert.rejects(approve(db, id, 'bob', NOW, '0'.repeat(64)), refused('content_changed'));
  await assert.rejects(
    sql`update pricing.price_table set approved_by = 'ann' where id = ${id}`.execute(db),
    /four_eyes/,
  );
  await approve(db, id, 'bob', NOW, digestOf(higher));
  await assert.rejects(approve(db, id, 'dan'), refused('wrong_state'));
  assert.equal((await currentTable(db, NOW)).table.version, 2);
  const types = (await entriesOf(db, id)).map(({ type }) => type);
  assert.deepEqual(types, ['price_table.submitted', 'price_table.published']);
});

test('a raise may start at once; a lowering 7 days later and not a millisecond sooner', async (t) => {
  const db = await house(t);
  const week = plus(NOW, 7 * DAY);
  const early = await draft(db, lower);
  await submit(db, early, plus(week, -1));
  await assert.rejects(approve(db, early), refused('price_notice_too_short'));
  assert.equal((await findTable(db, early))?.state, 'submitted', 'a refusal changes nothing');
  const right = await draft(db, lower);
  await submit(db, right, week);
  await approve(db, right);
  assert.equal((await currentTable(db, plus(week, -1))).table.version, 1);
  assert.deepEqual((await currentTable(db, plus(week, -1))).until, week);
  assert.equal((await currentTable(db, week)).table.version, 2);
  const open = await draft(db, lower);
  await submit(db, open);
  await approve(db, open);
  assert.deepEqual((await findTable(db, open))?.effective_from, week, 'no date: the first allowed');
});

test('what is already promised counts: undoing a scheduled raise needs notice too', async (t) => {
  const db = await house(t);
  const raise = await draft(db, higher);
  await submit(db, raise, plus(NOW, 2 * DAY));
  await approve(db, raise);
  const undo = await draft(db, seedTable);
  await submit(db, undo, NOW);
  await assert.rejects(approve(db, undo), refused('price_notice_too_short'));
  const late = plus(NOW, 3 * DAY);
  const more = await draft(
    db,
    changed(({ categories }) => {
      categories.dining.baseBps += 200;
    }),
    late,
  );
  await submit(db, more, START, late);
  await approve(db, more, 'bob', late);
  const row = await findTable(db, more);
  assert.deepEqual(row?.effective_from, late, 'never backdated');
  const state = await statesAt(db, late);
  assert.deepEqual((await publishedHeads(db)).map(state), ['past', 'past', 'in_force']);
});

test('a published version cannot be changed or deleted, and a forged one breaks the chain', async (t) => {
  const db = await house(t);
  const id = await draft(db, higher);
  await submit(db, id);
  await approve(db, id);
  for (const statement of [
    sql`update pricing.price_table set data = '{}' where id = ${id}`,
    sql`update pricing.price_table set effective_from = now() where id = ${id}`,
    sql`delete from pricing.price_table where id = ${id}`,
  ]) {
    await assert.rejects(statement.execute(db), /published and cannot change/);
  }
  await assert.rejects(
    inTransaction(db, (tx) => editDraft(tx, { id, by: 'ann', at: NOW, data: lower })),
    refused('wrong_state'),
  );
  await assert.rejects(
    inTransaction(db, (tx) => withdrawTable(tx, { id, by: 'ann', at: NOW })),
    refused('wrong_state'),
  );
  assert.deepEqual(await verifyChain(db), { ok: true });
  await db.transaction().execute(async (tx) => {
    await sql`alter table pricing.price_table disable trigger keep_published`.execute(tx);
    await sql`update pricing.price_table set data = jsonb_set(data,
      '{categories,dining,baseBps}', '7101') where id = ${id}`.execute(tx);
    assert.deepEqual(await verifyChain(tx), { ok: false, brokenAt: 2 });
  });
});

test('approvals at the same time make one chain', async (t) => {
  const db = await house(t);
  const ids = await Promise.all([higher, higher, higher, higher].map((data) => draft(db, data)));
  for (const id of ids) await submit(db, id);
  await Promise.all(ids.map((id) => approve(db, id)));
  const heads = await publishedHeads(db);
  assert.deepEqual(
    heads.map(({ version }) => version),
    [1, 2, 3, 4, 5],
  );
  assert.deepEqual(await verifyChain(db), { ok: true });
});

test('a table with problems is kept as a draft and never submitted', async (t) => {
  const db = await house(t);
  const id = await draft(
    db,
    changed(({ categories, products: own }) => {
      categories.cafe.slots.pop();
      own['ghost'] = { baseBps: 5_000 };
    }),
  );
  await assert.rejects(submit(db, id), refused('table_invalid'));
  await inTransaction(db, (tx) => withdrawTable(tx, { id, by: 'ann', at: NOW }));
  assert.equal((await findTable(db, id))?.state, 'withdrawn');
  await assert.rejects(submit(db, id), refused('wrong_state'));
});

test('withdrawing a submitted table gives it back for editing', async (t) => {
  const db = await house(t);
  const id = await draft(db, lower);
  await submit(db, id);
  await assert.rejects(
    inTransaction(db, (tx) => editDraft(tx, { id, by: 'ann', at: NOW, data: higher })),
    refused('wrong_state'),
  );
  await inTransaction(db, (tx) => withdrawTable(tx, { id, by: 'bob', at: NOW }));
  await inTransaction(db, (tx) => editDraft(tx, { id, by: 'ann', at: NOW, data: higher }));
  await submit(db, id);
  await approve(db, id);
});

test('the preview says who gets less, by how much, and when it could start', async (t) => {
  const db = await house(t);
  const look = (id: string) => previewTable(db, { id, products, at: NOW, now: NOW });
  const down = await look(await draft(db, lower));
  assert.equal(down.comparedWith, 1);
  assert.deepEqual([down.count, down.lowered, down.raised], [6, 3, 0]);
  assert.equal(down.noticeNeeded, true);
  assert.equal(down.earliestFrom, plus(NOW, 7 * DAY).toISOString());
  assert.equal(down.worst[0]?.sku, 'noodle');
  assert(down.meanChangeBps < 0 && down.minChangeBps < down.meanChangeBps);
  const up = await look(await draft(db, higher));
  assert.deepEqual([up.lowered, up.raised, up.noticeNeeded], [0, 3, false]);
  assert.equal(up.earliestFrom, NOW.toISOString());
});
