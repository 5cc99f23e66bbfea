// Goal: whoever asked to hear of a listing hears of it once, and nobody else does; a saved search is its owner's alone.
// Method: listings put on sale beside alerts that fit and that miss by one condition, the job run twice and side by side.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { sql } from 'kysely';
import { DAY, FakeClock, inTransaction, newId, Refused, silentLog } from '#platform';
import { freshDatabase } from '#test/database.ts';
import { newcomers } from './alerts.fixture.ts';
import {
  alertTask,
  dropSaved,
  hitsOfSaved,
  listSaved,
  purgeSearches,
  SEARCHES_MAX,
  saveSearch,
  TEXTS_MAX,
} from './alerts.ts';
import type { Filter } from './schema.ts';
import { aListing, putListing } from './testing.ts';

const START = new Date('2026-11-23T02:00:00Z');

async function world(t: TestContext) {
  const { db } = await freshDatabase(t);
  const clock = new FakeClock(START);
  const tell = async (listingId: string): Promise<void> =>
    await alertTask({ listingId }, { db, clock, log: silentLog, attempt: 1, lastAttempt: false });
  const jobs = async (): Promise<number> => {
    const { rows } = await sql<{ count: bigint }>`
      select count(*) from graphile_worker.jobs where task_identifier = 'market.alert'`.execute(db);
    return Number(rows[0]?.count);
  };
  const texts = async (): Promise<number> =>
    Number(
      (
        await sql<{ count: bigint }>`select count(*) from parties.message
          where template = 'market_alert'`.execute(db)
      ).rows[0]?.count,
    );
  const watch = async (personId: string, filter: Filter): Promise<string> =>
    await saveSearch(db, {
      personId,
      name: '等便宜',
      filter,
      alert: true,
      days: 30,
      at: clock.now(),
    });
  return { db, clock, tell, jobs, texts, watch, person: newcomers(t, db, START) };
}

const refused = (code: string) => (error: unknown) =>
  error instanceof Refused && error.refusal.code === code;

test('a listing that fits is told of once, though the job runs twice, at once, and the price falls again', async (t) => {
  const { db, tell, jobs, texts, watch, person } = await world(t);
  const fits = await watch(await person(), {
    sku: 'weihe-gift',
    discountMax: 8_600,
    q: '礼品',
    gradeMin: 'V3',
  });
  const misses = [
    { sku: 'weihe-gift', discountMax: 8_400 },
    { sku: 'weihe-ecard', discountMax: 9_000 },
    { category: 'fuel', priceMax: '90000' },
    { category: 'dining', priceMax: '90000', gradeMin: 'V5' },
    { category: 'dining', priceMax: '90000', q: '电影' },
    { category: 'dining', priceMax: '90000', delivery: 'mail' },
    { category: 'dining', priceMax: '90000', without: 'singleUse' },
  ] satisfies Filter[];
  const missed: string[] = [];
  for (const filter of misses) missed.push(await watch(await person(), filter));
  const one = aListing({ restrictions: [{ kind: 'singleUse' }] });
  await putListing(db, one);
  assert.equal(await jobs(), 1, 'the job is queued by the transaction that put it on sale');
  await Promise.all([tell(one.id), tell(one.id), tell(one.id)]);
  await tell(one.id);
  await putListing(db, { ...one, priceFen: 8_100n });
  await tell(one.id);
  assert.equal(await texts(), 2, 'the one that fitted, and the one that the lower price brought');
  const rows = await db.selectFrom('market.alert_hit').select('search_id').execute();
  assert.deepEqual(new Set(rows.map((row) => row.search_id)), new Set([fits, missed[0]]));
});

test('a listing that comes back at the same price, and one that is gone, call nobody', async (t) => {
  const { db, tell, jobs, texts, watch, person } = await world(t);
  await watch(await person(), { sku: 'weihe-gift', discountMax: 9_000 });
  const one = aListing();
  await putListing(db, one);
  await sql`delete from graphile_worker._private_jobs`.execute(db);
  await putListing(db, { ...one, title: '另一个标题' });
  assert.equal(await jobs(), 0);
  await putListing(db, { ...one, state: 'sold' });
  await tell(one.id);
  assert.equal(await texts(), 0, 'it was sold before the job came');
});

test('one person gets so many texts a day and no more; the rest waits in the list', async (t) => {
  const { db, clock, tell, texts, watch, person } = await world(t);
  const who = await person();
  const id = await watch(who, { category: 'dining', priceMax: '9000' });
  for (let n = 0; n < TEXTS_MAX + 3; n++) {
    const one = aListing();
    await putListing(db, one);
    await tell(one.id);
  }
  assert.equal(await texts(), TEXTS_MAX);
  assert.equal((await hitsOfSaved(db, id, who)).length, TEXTS_MAX + 3);
  clock.advance(DAY);
  const next = aListing();
  await putListing(db, next);
  await tell(next.id);
  assert.equal(await texts(), TEXTS_MAX + 1);
});

test('sellers do not watch themselves; an alert ends with its day', async (t) => {
  const { db, clock, tell, texts, watch, person } = await world(t);
  const [seller, buyer] = [await person(), await person()];
  await watch(seller, { sku: 'weihe-gift', priceMax: '9000' });
  await watch(buyer, { sku: 'weihe-gift', priceMax: '9000' });
  const one = aListing({ sellerId: seller });
  await putListing(db, one);
  await tell(one.id);
  assert.equal(await texts(), 1, 'only the buyer hears of it');
  clock.advance(31 * DAY);
  const late = aListing();
  await putListing(db, late);
  await tell(late.id);
  assert.equal(await texts(), 1);
  await inTransaction(db, (tx) => purgeSearches(tx, clock.now()));
  assert.deepEqual(await listSaved(db, buyer), []);
});

test('there are so many for one person, none too wide, and nobody reaches those of another', async (t) => {
  const { db, clock, watch, person } = await world(t);
  const [owner, stranger] = [await person(), await person()];
  const id = await watch(owner, { sku: 'weihe-gift', priceMax: '9000' });
  await assert.rejects(hitsOfSaved(db, id, stranger), refused('not_found'));
  await assert.rejects(dropSaved(db, id, stranger), refused('not_found'));
  await assert.rejects(dropSaved(db, newId(), owner), refused('not_found'));
  await assert.rejects(watch(owner, { priceMax: '9000' }), refused('alert_too_wide'));
  await assert.rejects(watch(owner, { sku: 'weihe-gift' }), refused('alert_too_wide'));
  const save = (name: string) =>
    saveSearch(db, {
      personId: stranger,
      name,
      filter: {},
      alert: false,
      days: 1,
      at: clock.now(),
    });
  await assert.rejects(save('\u202e隐藏'), refused('text_hidden_signs'));
  const tries = await Promise.allSettled(
    Array.from({ length: SEARCHES_MAX + 5 }, (_, n) => save(`第${n}个`)),
  );
  assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, SEARCHES_MAX);
  await dropSaved(db, id, owner);
  assert.deepEqual(await listSaved(db, owner), []);
});
