/** SQL of orders, baskets and offers. Locks go from orders to their listings, orders in the order of their ids. */

import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { Grade, PastSale } from '#auctions';
import { type Database, type Fen, fen, type Reader, type Tx } from '#platform';
import type { Delivery } from './domain.ts';
import type { OfferState, OrderState } from './life.ts';

type Row = Selectable<Database['market.order']>;
type Money =
  | 'face_fen'
  | 'promised_fen'
  | 'price_fen'
  | 'fee_fen'
  | 'charity_fen'
  | 'tax_fen'
  | 'net_fen'
  | 'premium_fen'
  | 'total_fen';

export interface Order
  extends Omit<Row, 'state' | 'delivery' | 'refund_fen' | Money>,
    Record<Money, Fen> {
  state: OrderState;
  delivery: Delivery;
  refund_fen: Fen | null;
}

const toOrder = (row: Row): Order => ({
  ...row,
  state: row.state as OrderState,
  delivery: row.delivery as Delivery,
  face_fen: fen(row.face_fen),
  promised_fen: fen(row.promised_fen),
  price_fen: fen(row.price_fen),
  fee_fen: fen(row.fee_fen),
  charity_fen: fen(row.charity_fen),
  tax_fen: fen(row.tax_fen),
  net_fen: fen(row.net_fen),
  premium_fen: fen(row.premium_fen),
  total_fen: fen(row.total_fen),
  refund_fen: row.refund_fen === null ? null : fen(row.refund_fen),
});

export type NewOrder = Insertable<Database['market.order']>;
export type OrderChange = Updateable<Database['market.order']>;

const select = (reader: Reader) => reader.selectFrom('market.order').selectAll();

export async function insertOrder(tx: Tx, row: NewOrder): Promise<void> {
  await tx.insertInto('market.order').values(row).execute();
}

/** Locks the order until commit; two actors on one order take turns. */
export async function lockOrder(tx: Tx, id: string): Promise<Order | undefined> {
  const row = await select(tx).where('id', '=', id).forUpdate().executeTakeFirst();
  return row && toOrder(row);
}

/** Those whose inspection ends in (from, until] and who were not reminded; others at work on them are left alone. */
export async function lockEnding(
  tx: Tx,
  { from, until, limit }: { from: Date; until: Date; limit: number },
): Promise<Order[]> {
  const rows = await select(tx)
    .where('state', 'in', ['revealed', 'shipped', 'extended'])
    .where('reminded_at', 'is', null)
    .where('inspect_until', '>', from)
    .where('inspect_until', '<=', until)
    .orderBy('inspect_until')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  return rows.map(toOrder);
}

export async function findOrder(reader: Reader, id: string): Promise<Order | undefined> {
  const row = await select(reader).where('id', '=', id).executeTakeFirst();
  return row && toOrder(row);
}

export async function saveOrder(tx: Tx, id: string, change: OrderChange): Promise<void> {
  await tx.updateTable('market.order').set(change).where('id', '=', id).execute();
}

/** All orders of a basket, locked one after another by id, so that two payers cannot block each other. */
export async function lockBasket(tx: Tx, basketId: string): Promise<Order[]> {
  const rows = await select(tx)
    .where('basket_id', '=', basketId)
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.map(toOrder);
}

export const ordersOf = async (reader: Reader, basketId: string): Promise<Order[]> =>
  (await select(reader).where('basket_id', '=', basketId).orderBy('id').execute()).map(toOrder);

/** The order that has this listing now, or had it last. */
export async function orderOfListing(
  reader: Reader,
  listingId: string,
): Promise<Order | undefined> {
  const row = await select(reader)
    .where('listing_id', '=', listingId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && toOrder(row);
}

/** Newest first; one row more than asked for. */
export async function listOrders(
  reader: Reader,
  input: {
    buyerId?: string | undefined;
    sellerId?: string | undefined;
    states?: readonly string[] | undefined;
    cursor?: string | undefined;
    limit: number;
  },
): Promise<Order[]> {
  let query = select(reader)
    .orderBy('id', 'desc')
    .limit(input.limit + 1);
  if (input.buyerId) query = query.where('buyer_id', '=', input.buyerId);
  if (input.sellerId) query = query.where('seller_id', '=', input.sellerId);
  if (input.states) query = query.where('state', 'in', [...input.states]);
  if (input.cursor) query = query.where('id', '<', input.cursor);
  return (await query.execute()).map(toOrder);
}

const SOLD_MAX = 50_000;

/** What cards were sold for since then, with nothing of who sold or bought: the prices that others can learn from. */
export async function soldSince(reader: Reader, since: Date): Promise<PastSale[]> {
  const rows = await reader
    .selectFrom('market.order as o')
    .innerJoin('market.listing as l', 'l.id', 'o.listing_id')
    .select(['o.sku', 'o.face_fen', 'o.price_fen', 'o.confirmed_at', 'l.expires_on', 'l.grade'])
    .where('o.confirmed_at', '>=', since)
    .orderBy('o.confirmed_at')
    .limit(SOLD_MAX)
    .execute();
  return rows.map((row) => ({
    sku: row.sku,
    faceFen: fen(row.face_fen),
    priceFen: fen(row.price_fen),
    expiresOn: row.expires_on ?? undefined,
    grade: `V${row.grade}` as Grade,
    at: row.confirmed_at ?? since,
  }));
}

/** The orders of these cards that were settled. */
export async function settledSalesOf(reader: Reader, cardIds: readonly string[]) {
  const rows = await reader
    .selectFrom('market.order')
    .select(['card_id', 'seller_id', 'recycler_id', 'buyer_id', 'face_fen', 'price_fen', 'net_fen'])
    .where(sql<boolean>`card_id = any(${cardIds}::uuid[])`)
    .where('confirmed_at', 'is not', null)
    .where('state', '<>', 'refunded')
    .execute();
  return rows.map((row) => ({
    ...{ cardId: row.card_id ?? '', sellerId: row.seller_id, buyerId: row.buyer_id },
    shopId: row.recycler_id ?? undefined,
    ...{ faceFen: fen(row.face_fen), priceFen: fen(row.price_fen), netFen: fen(row.net_fen) },
  }));
}

const OVER = ['completed', 'reimbursed', 'payment_expired', 'cancelled', 'refunded'];

/** Is anything of this person still open, on either side? */
export async function anyOrders(reader: Reader, userId: string): Promise<boolean> {
  const row = await reader
    .selectFrom('market.order')
    .select('id')
    .where((eb) => eb.or([eb('buyer_id', '=', userId), eb('seller_id', '=', userId)]))
    .where('state', 'not in', OVER)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Orders that a buyer has placed and not paid: each of them keeps a listing from everybody else. */
export async function countUnpaid(reader: Reader, buyerId: string): Promise<number> {
  const { count } = await reader
    .selectFrom('market.order')
    .select((eb) => eb.fn.countAll<bigint>().as('count'))
    .where('buyer_id', '=', buyerId)
    .where('state', '=', 'placed')
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Orders paid for in [from, to). */
export async function countPaid(reader: Reader, span: { from: Date; to: Date }): Promise<number> {
  const { count } = await reader
    .selectFrom('market.order')
    .select((eb) => eb.fn.countAll<bigint>().as('count'))
    .where('paid_at', '>=', span.from)
    .where('paid_at', '<', span.to)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export type Basket = Selectable<Database['market.basket']>;
export async function insertBasket(
  tx: Tx,
  row: Insertable<Database['market.basket']>,
): Promise<void> {
  await tx.insertInto('market.basket').values(row).execute();
}
export const findBasket = (reader: Reader, id: string): Promise<Basket | undefined> =>
  reader.selectFrom('market.basket').selectAll().where('id', '=', id).executeTakeFirst();

export interface Offer extends Omit<Selectable<Database['market.offer']>, 'state' | 'price_fen'> {
  state: OfferState;
  price_fen: Fen;
}
const toOffer = (row: Selectable<Database['market.offer']>): Offer => ({
  ...row,
  state: row.state as OfferState,
  price_fen: fen(row.price_fen),
});

export async function insertOffer(
  tx: Tx,
  row: Insertable<Database['market.offer']>,
): Promise<void> {
  await tx.insertInto('market.offer').values(row).execute();
}
export async function lockOffer(tx: Tx, id: string): Promise<Offer | undefined> {
  const row = await tx
    .selectFrom('market.offer')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row && toOffer(row);
}
export async function findOffer(reader: Reader, id: string): Promise<Offer | undefined> {
  const row = await reader
    .selectFrom('market.offer')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row && toOffer(row);
}
export async function saveOffer(
  tx: Tx,
  id: string,
  change: Updateable<Database['market.offer']>,
): Promise<void> {
  await tx.updateTable('market.offer').set(change).where('id', '=', id).execute();
}
export async function listOffers(
  reader: Reader,
  input: {
    buyerId?: string | undefined;
    sellerId?: string | undefined;
    cursor?: string | undefined;
    limit: number;
  },
): Promise<Offer[]> {
  let query = reader
    .selectFrom('market.offer')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(input.limit + 1);
  if (input.buyerId) query = query.where('buyer_id', '=', input.buyerId);
  if (input.sellerId) query = query.where('seller_id', '=', input.sellerId);
  if (input.cursor) query = query.where('id', '<', input.cursor);
  return (await query.execute()).map(toOffer);
}
