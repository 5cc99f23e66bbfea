/** SQL of listings and fee policies. A listing is locked before it is read to be changed. */
import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { Restriction } from '#cards';
import { type Database, type Fen, fen, type Reader, type Tx } from '#platform';
import type { Delivery, Policy } from './domain.ts';
import type { ListingState } from './life.ts';

type Row = Selectable<Database['market.listing']>;
type Money = 'face_fen' | 'declared_fen' | 'price_fen' | 'asked_fen';
type MoneyOrNull = 'balance_fen' | 'markdown_floor_fen';

export interface Listing
  extends Omit<Row, 'state' | 'delivery' | 'restrictions' | Money | MoneyOrNull>,
    Record<Money, Fen>,
    Record<MoneyOrNull, Fen | null> {
  state: ListingState;
  delivery: Delivery;
  restrictions: Restriction[];
}

const orNull = (amount: bigint | null): Fen | null => (amount === null ? null : fen(amount));
const toListing = (row: Row): Listing => ({
  ...row,
  state: row.state as ListingState,
  delivery: row.delivery as Delivery,
  restrictions: row.restrictions as unknown as Restriction[],
  face_fen: fen(row.face_fen),
  declared_fen: fen(row.declared_fen),
  price_fen: fen(row.price_fen),
  asked_fen: fen(row.asked_fen),
  balance_fen: orNull(row.balance_fen),
  markdown_floor_fen: orNull(row.markdown_floor_fen),
});

export type NewListing = Insertable<Database['market.listing']>;
export type ListingChange = Updateable<Database['market.listing']>;

export async function insertListing(tx: Tx, row: NewListing): Promise<void> {
  await tx.insertInto('market.listing').values(row).execute();
}

const select = (reader: Reader) => reader.selectFrom('market.listing').selectAll();

/** Locks the listing until commit. Whoever holds it must not go on to lock an order that was there before. */
export async function lockListing(tx: Tx, id: string): Promise<Listing | undefined> {
  const row = await select(tx).where('id', '=', id).forUpdate().executeTakeFirst();
  return row && toListing(row);
}

export async function findListing(reader: Reader, id: string): Promise<Listing | undefined> {
  const row = await select(reader).where('id', '=', id).executeTakeFirst();
  return row && toListing(row);
}

export async function saveListing(tx: Tx, id: string, change: ListingChange): Promise<void> {
  await tx.updateTable('market.listing').set(change).where('id', '=', id).execute();
}

/** Newest first; one row more than asked for, so that the caller knows whether there is a next page. */
export async function listListings(
  reader: Reader,
  input: {
    sellerId?: string | undefined;
    states?: readonly string[] | undefined;
    cursor?: string | undefined;
    limit: number;
  },
): Promise<Listing[]> {
  let query = select(reader)
    .orderBy('id', 'desc')
    .limit(input.limit + 1);
  if (input.sellerId) query = query.where('seller_id', '=', input.sellerId);
  if (input.states) query = query.where('state', 'in', [...input.states]);
  if (input.cursor) query = query.where('id', '<', input.cursor);
  return (await query.execute()).map(toListing);
}

/** Whatever counts what one person did takes turns with what that person does now. */
export async function lockPersonsTurn(tx: Tx, userId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`market/${userId}`}, 0))`.execute(tx);
}

export async function countSince(reader: Reader, sellerId: string, since: Date): Promise<number> {
  const { count } = await reader
    .selectFrom('market.listing')
    .select((eb) => eb.fn.countAll<bigint>().as('count'))
    .where('seller_id', '=', sellerId)
    .where('created_at', '>', since)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** How many cards of one unbroken series this seller has brought since. */
export async function countSeries(
  reader: Reader,
  { sellerId, series, since }: { sellerId: string; series: Buffer; since: Date },
): Promise<number> {
  const { count } = await reader
    .selectFrom('market.listing')
    .select((eb) => eb.fn.countAll<bigint>().as('count'))
    .where('seller_id', '=', sellerId)
    .where('series', '=', series)
    .where('created_at', '>', since)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function anyListed(reader: Reader, sellerId: string): Promise<boolean> {
  const row = await reader
    .selectFrom('market.listing')
    .select('id')
    .where('seller_id', '=', sellerId)
    .where('state', 'not in', ['sold', 'withdrawn', 'expired'])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Live listings whose price falls by itself, a page at a time. */
export async function marksDown(
  reader: Reader,
  after: string | undefined,
  limit: number,
): Promise<string[]> {
  let query = reader
    .selectFrom('market.listing')
    .select('id')
    .where('state', '=', 'live')
    .where('markdown_floor_fen', 'is not', null)
    .orderBy('id')
    .limit(limit);
  if (after) query = query.where('id', '>', after);
  return (await query.execute()).map(({ id }) => id);
}

/** The policy in force on a China day. There always is one: the first came with the tables. */
export async function policyOn(reader: Reader, day: string): Promise<Policy> {
  const row = await reader
    .selectFrom('market.fee_policy')
    .selectAll()
    .where(sql<boolean>`effective_from <= ${day}::date`)
    .orderBy('effective_from', 'desc')
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  const longer = await reader
    .selectFrom('market.guarantee_option')
    .select(['days', 'premium_bps'])
    .where('version', '=', row.version)
    .orderBy('days')
    .execute();
  return {
    version: row.version,
    commissionBps: row.commission_bps,
    capBps: row.cap_bps,
    taxBps: row.tax_bps,
    guaranteeDays: row.guarantee_days,
    longer: longer.map(({ days, premium_bps }) => ({ days, premiumBps: premium_bps })),
  };
}

/** Listings that are up, or on their way up. */
export async function countLive(reader: Reader, sellerId: string): Promise<number> {
  const row = await reader
    .selectFrom('market.listing')
    .select((on) => on.fn.countAll<bigint>().as('count'))
    .where('seller_id', '=', sellerId)
    .where('state', 'in', ['checking', 'live', 'paused', 'reserved'])
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export interface ResaleFacts {
  readonly listingId: string;
  readonly state: ListingState;
  readonly priceFen: Fen;
  /** When and for how much after fees it was sold; the money came to the wallet then. */
  readonly sold?: { readonly at: Date; readonly netFen: Fen };
}

export async function resalesOf(
  reader: Reader,
  listingIds: readonly string[],
): Promise<ReadonlyMap<string, ResaleFacts>> {
  if (listingIds.length === 0) return new Map();
  const { rows } = await sql<{
    id: string;
    state: ListingState;
    price_fen: bigint;
    confirmed_at: Date | null;
    net_fen: bigint | null;
  }>`
    select l.id, l.state, l.price_fen, o.confirmed_at, o.net_fen
    from market.listing as l
    left join market."order" as o on o.listing_id = l.id and o.confirmed_at is not null
    where l.id = any(${listingIds}::uuid[]) and l.stock_id is not null`.execute(reader);
  return new Map(
    rows.map(({ id, state, price_fen, confirmed_at: at, net_fen: net }) => [
      id,
      {
        ...{ listingId: id, state, priceFen: fen(price_fen) },
        ...(at && net !== null && { sold: { at, netFen: fen(net) } }),
      },
    ]),
  );
}
