/** SQL of standing offers to buy, and of the listings their owners were told of. */
import { type Insertable, type Selectable, sql } from 'kysely';
import type { Database, Reader, Tx } from '#platform';
import type { Copy } from './alert-store.ts';

export type Want = Selectable<Database['market.want']>;

export async function insertWant(tx: Tx, row: Insertable<Database['market.want']>): Promise<void> {
  await tx.insertInto('market.want').values(row).execute();
}

export async function lockWant(tx: Tx, id: string): Promise<Want | undefined> {
  return await tx
    .selectFrom('market.want')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

/** The wish that this offer answers, while it still does. */
export async function lockWantOf(tx: Tx, offerId: string): Promise<Want | undefined> {
  return await tx
    .selectFrom('market.want')
    .selectAll()
    .where('offer_id', '=', offerId)
    .where('state', '=', 'answered')
    .forUpdate()
    .executeTakeFirst();
}

export async function saveWant(
  tx: Tx,
  id: string,
  change: { state: string; offer_id?: string | null; bought?: number },
): Promise<void> {
  await tx.updateTable('market.want').set(change).where('id', '=', id).execute();
}

/** Those still waiting; one person's requests take turns. */
export async function countOpen(tx: Tx, buyerId: string): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtextextended('market.want' || ${buyerId}::text, 0))`.execute(
    tx,
  );
  const { count } = await tx
    .selectFrom('market.want')
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('buyer_id', '=', buyerId)
    .where('state', 'in', ['open', 'paused', 'answered'])
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** With the offer that answered each, the newest wish first; one row more than asked for. */
export async function wantsOf(
  reader: Reader,
  { buyerId, cursor, limit }: { buyerId: string; cursor?: string | undefined; limit: number },
) {
  let query = reader
    .selectFrom('market.want as w')
    .leftJoin('market.offer as o', 'o.id', 'w.offer_id')
    .leftJoin('market.listing as l', 'l.id', 'o.listing_id')
    .selectAll('w')
    .select(['o.listing_id', 'o.price_fen', 'o.updated_at as agreed_at', 'o.order_id'])
    .select(['o.state as offer_state', 'l.title'])
    .where('w.buyer_id', '=', buyerId)
    .orderBy('w.id', 'desc')
    .limit(limit + 1);
  if (cursor) query = query.where('w.id', '<', cursor);
  return await query.execute();
}
export type MyWant = Awaited<ReturnType<typeof wantsOf>>[number];

/** The most that a wish pays for a card of this value. */
const priceFor = (valueFen: bigint | null) => {
  const value = valueFen === null ? sql`value_max_fen` : sql`${valueFen}::int8`;
  return sql<bigint>`least(${value} * max_bps / 10000, max_price_fen)`;
};

/** The best payers first; without a value, by what each pays for the dearest card it takes. */
export async function openWants(
  reader: Reader,
  of: { sku: string; category: string; valueFen: bigint | undefined; at: Date },
  limit: number,
): Promise<(Want & { price: bigint })[]> {
  const { sku, category, valueFen = null, at } = of;
  let query = reader
    .selectFrom('market.want')
    .selectAll()
    .select(priceFor(valueFen).as('price'))
    .where('state', '=', 'open')
    .where('until', '>', at)
    .where((eb) =>
      eb.or([eb('sku', '=', sku), eb.and([eb('sku', 'is', null), eb('category', '=', category)])]),
    )
    .orderBy('price', 'desc')
    .orderBy('id')
    .limit(limit);
  if (valueFen !== null)
    query = query.where('value_min_fen', '<=', valueFen).where('value_max_fen', '>=', valueFen);
  return await query.execute();
}

/** Wishes that a listing on sale fits at its price, the best payers first. */
export async function wantsMetBy(
  reader: Reader,
  copy: Copy,
  page: { at: Date; limit: number },
): Promise<Want[]> {
  return await reader
    .selectFrom('market.want')
    .selectAll()
    .where('state', '=', 'open')
    .where('until', '>', page.at)
    .where((eb) =>
      eb.or([
        eb('sku', '=', copy.sku),
        eb.and([eb('sku', 'is', null), eb('category', '=', copy.category)]),
      ]),
    )
    .where('value_min_fen', '<=', copy.value_fen)
    .where('value_max_fen', '>=', copy.value_fen)
    .where('grade_min', '<=', copy.grade)
    .where(sql<boolean>`refused & ${copy.restrictions}::int = 0`)
    .where((eb) =>
      eb.or([eb('expires_from', 'is', null), eb('expires_from', '<=', copy.expires_on)]),
    )
    .where(priceFor(copy.value_fen), '>=', copy.price_fen)
    .where('buyer_id', '<>', copy.seller_id)
    .orderBy('max_bps', 'desc')
    .orderBy('id')
    .limit(page.limit)
    .execute();
}

/** False when this wish had this listing before. */
export async function insertWantHit(
  tx: Tx,
  row: Insertable<Database['market.want_hit']>,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('market.want_hit')
    .values(row)
    .onConflict((on) => on.doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Is the listing kept for the buyer whose wish it answers? */
export async function isKeptFrom(
  reader: Reader,
  { listingId, buyerId }: { listingId: string; buyerId: string },
): Promise<boolean> {
  const row = await reader
    .selectFrom('market.want as w')
    .innerJoin('market.offer as o', 'o.id', 'w.offer_id')
    .select('w.id')
    .where('o.listing_id', '=', listingId)
    .where('o.state', '=', 'agreed')
    .where('w.state', '=', 'answered')
    .where('w.buyer_id', '<>', buyerId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
