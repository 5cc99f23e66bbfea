/** SQL of saved searches, of who watches for a listing, and of what they were told. */
import { type Insertable, type Selectable, sql } from 'kysely';
import type { Database, Reader, Tx } from '#platform';

export type SavedRow = Selectable<Database['market.saved_search']>;

export async function insertSaved(
  tx: Tx,
  row: Insertable<Database['market.saved_search']>,
): Promise<void> {
  await tx.insertInto('market.saved_search').values(row).execute();
}

/** One after another for each person, so that the limit is a limit. */
export async function lockSearches(tx: Tx, personId: string): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtextextended('market.saved_search' || ${personId}::text, 0))`.execute(
    tx,
  );
  const { count } = await tx
    .selectFrom('market.saved_search')
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('person_id', '=', personId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function savedOf(reader: Reader, personId: string) {
  return await reader
    .selectFrom('market.saved_search as s')
    .selectAll('s')
    .select((eb) =>
      eb
        .selectFrom('market.alert_hit as hit')
        .select(({ fn }) => fn.countAll<bigint>().as('count'))
        .whereRef('hit.search_id', '=', 's.id')
        .as('hits'),
    )
    .select((eb) =>
      eb
        .selectFrom('market.alert_hit as hit')
        .select(({ fn }) => fn.countAll<bigint>().as('count'))
        .whereRef('hit.search_id', '=', 's.id')
        .where((on) => on.or([on('s.seen_at', 'is', null), on('hit.at', '>', on.ref('s.seen_at'))]))
        .as('fresh'),
    )
    .where('person_id', '=', personId)
    .orderBy('s.id', 'desc')
    .execute();
}

export async function saveAlert(tx: Tx, id: string, alert: boolean): Promise<void> {
  await tx.updateTable('market.saved_search').set({ alert }).where('id', '=', id).execute();
}

/** False when it is nobody's, or somebody else's. */
export async function markSeen(
  tx: Tx,
  { id, personId, at }: { id: string; personId: string; at: Date },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('market.saved_search')
    .set({ seen_at: at })
    .where('id', '=', id)
    .where('person_id', '=', personId)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** False when it is nobody's, or somebody else's. */
export async function deleteSaved(tx: Tx, id: string, personId: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('market.saved_search')
    .where('id', '=', id)
    .where('person_id', '=', personId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

export async function deleteSavedOf(tx: Tx, personId: string): Promise<void> {
  await tx.deleteFrom('market.saved_search').where('person_id', '=', personId).execute();
}

export async function deleteLapsed(tx: Tx, at: Date): Promise<void> {
  await tx.deleteFrom('market.saved_search').where('until', '<=', at).execute();
}

/** A live listing with the texts and traits that a filter looks at. */
export async function findCopy(reader: Reader, listingId: string) {
  return await reader
    .selectFrom('market.live_listing as l')
    .innerJoin('market.find_product as p', 'p.no', 'l.product_no')
    .innerJoin('market.find_trait as t', 't.no', 'l.trait_no')
    .selectAll('l')
    .select(['p.sku', 'p.category', 'p.form', 'p.name_zh', 'p.chinese', 'p.latin'])
    .select(['t.delivery', 't.grade', 't.restrictions', 't.score_tens'])
    .where('l.id', '=', listingId)
    .executeTakeFirst();
}
export type Copy = NonNullable<Awaited<ReturnType<typeof findCopy>>>;

/** Alerts that a listing may be for, as far as columns tell; the rest of the filter is looked at by the caller. */
export async function watchers(
  reader: Reader,
  of: Pick<Copy, 'sku' | 'category' | 'price_fen' | 'discount_bp' | 'seller_id'>,
  page: { after: string | undefined; limit: number },
): Promise<SavedRow[]> {
  let query = reader
    .selectFrom('market.saved_search')
    .selectAll()
    .where('alert', '=', true)
    .where((eb) =>
      eb.or([
        eb('sku', '=', of.sku),
        eb.and([eb('sku', 'is', null), eb('category', '=', of.category)]),
      ]),
    )
    .where((eb) => eb.or([eb('price_max', 'is', null), eb('price_max', '>=', of.price_fen)]))
    .where((eb) =>
      eb.or([eb('discount_max', 'is', null), eb('discount_max', '>=', of.discount_bp)]),
    )
    .where('person_id', '<>', of.seller_id)
    .orderBy('id')
    .limit(page.limit);
  if (page.after !== undefined) query = query.where('id', '>', page.after);
  return await query.execute();
}

/** Texts about what came on sale, for searches and wishes together. */
export async function textsSince(tx: Tx, personId: string, since: Date): Promise<number> {
  const { rows } = await sql<{ count: bigint }>`
    select (select count(*) from market.alert_hit where person_id = ${personId} and at > ${since} and texted)
      + (select count(*) from market.want_hit where person_id = ${personId} and at > ${since} and texted) as count`.execute(
    tx,
  );
  return Number(rows[0]?.count ?? 0n);
}

/** False when this search had this listing before. */
export async function insertHit(
  tx: Tx,
  row: Insertable<Database['market.alert_hit']>,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('market.alert_hit')
    .values(row)
    .onConflict((on) => on.doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export async function hitsOf(reader: Reader, searchId: string, personId: string, limit: number) {
  return await reader
    .selectFrom('market.alert_hit as hit')
    .leftJoin('market.live_listing as live', 'live.id', 'hit.listing_id')
    .select(['hit.listing_id', 'hit.price_fen', 'hit.at', 'live.id as live_id'])
    .where('search_id', '=', searchId)
    .where('hit.person_id', '=', personId)
    .orderBy('hit.at', 'desc')
    .limit(limit)
    .execute();
}
