/** Saved searches and price alerts: who asked to hear of what, and telling each of them once. */
import { sendSms } from '#parties';
import {
  addJob,
  type Clock,
  chinaDay,
  DAY,
  type Db,
  fen,
  inTransaction,
  newId,
  plus,
  type Reader,
  Refused,
  type Task,
  type Tx,
  yuan,
} from '#platform';
import { checkText } from '#rules';
import {
  type Copy,
  deleteLapsed,
  deleteSaved,
  deleteSavedOf,
  findCopy,
  hitsOf,
  insertHit,
  insertSaved,
  lockSearches,
  markSeen,
  type SavedRow,
  saveAlert,
  savedOf,
  textsSince,
  watchers,
} from './alert-store.ts';
import type { Filter, SavedSearch } from './schema.ts';
import { productHas, restrictionBits, WORDS_MAX, wordsOf } from './text.ts';
import { insertWantHit, wantsMetBy } from './want-store.ts';

export const SEARCHES_MAX = 20;
/** Texts a day for one person; what comes beyond waits in the list of the search. */
export const TEXTS_MAX = 5;
const BATCH = 200;
const HITS_MAX = 100;
/** Owners of wishes told of one listing; the others find it in the market. */
const TOLD_MAX = 200;

export interface SaveInput {
  readonly personId: string;
  readonly name: string;
  readonly filter: Filter;
  readonly alert: boolean;
  readonly days: number;
  readonly at: Date;
}

/** Refuses saved_search_limit, alert_too_wide, search_too_long, and what may not be written in a name. */
export async function saveSearch(db: Db, input: SaveInput): Promise<string> {
  const { personId, name, filter, alert, days, at } = input;
  const wrong = checkText(name, chinaDay(at));
  if (wrong) throw new Refused(wrong);
  if (wordsOf(filter.q ?? '').length > WORDS_MAX)
    throw new Refused('search_too_long', { most: WORDS_MAX });
  const { sku, category, priceMax, discountMax } = filter;
  if (alert && !isMarked(filter)) throw new Refused('alert_too_wide');
  const id = newId(at);
  await inTransaction(db, async (tx) => {
    if ((await lockSearches(tx, personId)) >= SEARCHES_MAX)
      throw new Refused('saved_search_limit', { most: SEARCHES_MAX });
    await insertSaved(tx, {
      ...{ id, person_id: personId, name, filter: JSON.stringify(filter), alert },
      ...{ sku: sku ?? null, category: category ?? null, discount_max: discountMax ?? null },
      price_max: priceMax === undefined ? null : BigInt(priceMax),
      ...{ until: plus(at, days * DAY), created_at: at },
    });
  });
  return id;
}

/** Narrow enough for a text each time: a product or category, and a highest price or discount. */
const isMarked = ({ sku, category, priceMax, discountMax }: Filter): boolean =>
  (sku !== undefined || category !== undefined) &&
  (priceMax !== undefined || discountMax !== undefined);

export async function listSaved(reader: Reader, personId: string): Promise<SavedSearch[]> {
  return (await savedOf(reader, personId)).map((row) => ({
    id: row.id,
    name: row.name,
    filter: row.filter as unknown as Filter,
    alert: row.alert,
    hits: Number(row.hits ?? 0n),
    fresh: Number(row.fresh ?? 0n),
    until: row.until.toISOString(),
    createdAt: row.created_at.toISOString(),
  }));
}

/** Refuses not_found for what is another's too. */
export async function dropSaved(db: Db, id: string, personId: string): Promise<void> {
  const gone = await inTransaction(db, (tx) => deleteSaved(tx, id, personId));
  if (!gone) throw new Refused('not_found');
}

/** Refuses not_found for what is another's, and alert_too_wide. */
export async function setAlert(
  db: Db,
  { id, personId, alert }: { id: string; personId: string; alert: boolean },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const row = (await savedOf(tx, personId)).find((one) => one.id === id);
    if (!row) throw new Refused('not_found');
    if (alert && !isMarked(row.filter as unknown as Filter)) throw new Refused('alert_too_wide');
    await saveAlert(tx, id, alert);
  });
}

export async function hitsOfSaved(reader: Reader, id: string, personId: string) {
  const mine = (await savedOf(reader, personId)).some((row) => row.id === id);
  if (!mine) throw new Refused('not_found');
  return (await hitsOf(reader, id, personId, HITS_MAX)).map((hit) => ({
    listingId: hit.listing_id,
    priceFen: hit.price_fen.toString(),
    onSale: hit.live_id !== null,
    at: hit.at.toISOString(),
  }));
}

/** The person has looked: what was new is not new any more. Refuses not_found for what is another's. */
export async function sawSaved(
  db: Db,
  { id, personId, at }: { id: string; personId: string; at: Date },
): Promise<void> {
  if (!(await inTransaction(db, (tx) => markSeen(tx, { id, personId, at }))))
    throw new Refused('not_found');
}

/** When the person leaves, and when the time is up, nothing of it stays. */
export const forgetSearches = deleteSavedOf;
export const purgeSearches = deleteLapsed;

/** In the transaction that put a listing on sale or made it cheaper: is there anybody to tell? */
export async function callWatchers(tx: Tx, listingId: string): Promise<void> {
  const copy = await findCopy(tx, listingId);
  if (!copy) return;
  const [any] = await watchers(tx, copy, { after: undefined, limit: 1 });
  const wanted = await wantsMetBy(tx, copy, { at: copy.listed_at, limit: 1 });
  if (any || wanted.length > 0)
    await addJob(tx, 'market.alert', { listingId }, { key: `alert/${listingId}` });
}

/** Tells everybody whose alert fits, some at a time; run twice, it tells nobody twice. */
export const alertTask: Task = async ({ listingId = '' }, { db, clock }) => {
  for (let after: string | undefined; ; ) {
    const last = await inTransaction(db, (tx) => tellSome(tx, { listingId, after, clock }));
    if (last === undefined) break;
    after = last;
  }
  await inTransaction(db, async (tx) => {
    const copy = await findCopy(tx, listingId);
    if (copy) await tellWanters(tx, copy, clock.now());
  });
};

async function tellSome(
  tx: Tx,
  { listingId, after, clock }: { listingId: string; after: string | undefined; clock: Clock },
): Promise<string | undefined> {
  const copy = await findCopy(tx, listingId);
  // Sold or taken away meanwhile: there is nothing to tell of.
  if (!copy) return undefined;
  const at = clock.now();
  const rows = await watchers(tx, copy, { after, limit: BATCH });
  for (const row of rows)
    if (row.until > at && fits(row.filter as unknown as Filter, copy))
      await tell(tx, row, copy, at);
  return rows.length === BATCH ? rows.at(-1)?.id : undefined;
}

async function tell(tx: Tx, row: SavedRow, copy: Copy, at: Date): Promise<void> {
  const { id, person_id: userId } = row;
  const texted = (await textsSince(tx, userId, plus(at, -DAY))) < TEXTS_MAX;
  const hit = { search_id: id, listing_id: copy.id, person_id: userId, at, texted };
  const fresh = await insertHit(tx, { ...hit, price_fen: copy.price_fen });
  if (!fresh || !texted) return;
  const params = { product: copy.name_zh, amount: yuan(fen(copy.price_fen)).slice(1) };
  await sendSms(tx, { userId, template: 'market_alert', params, at });
}

/** A listing went on sale at a price that wishes meet: their owners hear of it once. */
async function tellWanters(tx: Tx, copy: Copy, at: Date): Promise<void> {
  for (const wish of await wantsMetBy(tx, copy, { at, limit: TOLD_MAX })) {
    const { id, buyer_id: userId } = wish;
    const texted = (await textsSince(tx, userId, plus(at, -DAY))) < TEXTS_MAX;
    const hit = { want_id: id, listing_id: copy.id, person_id: userId, texted, at };
    if (!(await insertWantHit(tx, hit)) || !texted) continue;
    const params = { product: copy.name_zh, amount: yuan(fen(copy.price_fen)).slice(1) };
    await sendSms(tx, { userId, template: 'want_on_sale', params, at });
  }
}

/** The filter of a search, for one listing. */
export function fits(filter: Filter, copy: Copy): boolean {
  const { q = '', without, priceMin, priceMax, gradeMin } = filter;
  const words = wordsOf(q);
  return (
    (q.trim() === '' || words.length > 0) &&
    words.every((word) => productHas(copy, word) || copy.title.includes(word)) &&
    (filter.category ?? copy.category) === copy.category &&
    (filter.sku ?? copy.sku) === copy.sku &&
    (filter.form ?? copy.form) === copy.form &&
    (filter.delivery ?? copy.delivery) === copy.delivery &&
    (gradeMin === undefined || copy.grade >= Number(gradeMin.slice(1))) &&
    (priceMin === undefined || copy.price_fen >= BigInt(priceMin)) &&
    (priceMax === undefined || copy.price_fen <= BigInt(priceMax)) &&
    copy.discount_bp >= (filter.discountMin ?? 0) &&
    copy.discount_bp <= (filter.discountMax ?? Number.POSITIVE_INFINITY) &&
    // `infinity` sorts after every day, as text too.
    copy.expires_on >= (filter.expiresFrom ?? '') &&
    (without === undefined || (copy.restrictions & restrictionBits(without.split(','))) === 0) &&
    copy.score_tens * 10 >= (filter.sellerScoreMin ?? 0)
  );
}
