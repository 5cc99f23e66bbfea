/** The only SQL of this room. An order is locked before it is read to be changed, and saved with its new state. */

import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { Grade, PastSale } from '#auctions';
import { type Database, type Db, type Fen, fen, type Reader, type Tx } from '#platform';
import type { State } from './life.ts';

type Row = Selectable<Database['buyback.order']>;

export interface Order
  extends Omit<Row, 'state' | 'face_fen' | 'price_fen' | 'net_fen' | 'fees_fen' | 'balance_fen'> {
  state: State;
  face_fen: Fen;
  price_fen: Fen;
  net_fen: Fen;
  fees_fen: Fen;
  balance_fen: Fen | null;
}

const toOrder = (row: Row): Order => ({
  ...row,
  state: row.state as State,
  face_fen: fen(row.face_fen),
  price_fen: fen(row.price_fen),
  net_fen: fen(row.net_fen),
  fees_fen: fen(row.fees_fen),
  balance_fen: row.balance_fen === null ? null : fen(row.balance_fen),
});

export async function insertOrder(
  tx: Tx,
  row: Insertable<Database['buyback.order']>,
): Promise<Order> {
  return toOrder(
    await tx.insertInto('buyback.order').values(row).returningAll().executeTakeFirstOrThrow(),
  );
}

/** Locks the order until commit; two actors on one order take turns. */
export async function lockOrder(tx: Tx, id: string): Promise<Order | undefined> {
  const row = await tx
    .selectFrom('buyback.order')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row && toOrder(row);
}

export async function findOrder(reader: Reader, id: string): Promise<Order | undefined> {
  const row = await reader
    .selectFrom('buyback.order')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row && toOrder(row);
}

/** The order that this auction became. */
export async function findWon(reader: Reader, auctionId: string): Promise<string | undefined> {
  const row = await reader
    .selectFrom('buyback.order')
    .select('id')
    .where('auction_id', '=', auctionId)
    .executeTakeFirst();
  return row?.id;
}

export async function saveOrder(
  tx: Tx,
  id: string,
  change: Updateable<Database['buyback.order']>,
): Promise<Order> {
  const row = await tx
    .updateTable('buyback.order')
    .set(change)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return toOrder(row);
}

export interface ListInput {
  userId?: string | undefined;
  recycler?: string | undefined;
  states?: readonly string[] | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** Newest first; one row more than asked for, so that the caller knows whether there is a next page. */
export async function listOrders(reader: Reader, input: ListInput): Promise<Order[]> {
  let query = reader
    .selectFrom('buyback.order')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(input.limit + 1);
  if (input.userId) query = query.where('user_id', '=', input.userId);
  if (input.recycler) query = query.where('recycler', '=', input.recycler);
  if (input.states) query = query.where('state', 'in', [...input.states]);
  if (input.cursor) query = query.where('id', '<', input.cursor);
  return (await query.execute()).map(toOrder);
}

export async function countOpen(reader: Reader, userId: string): Promise<number> {
  const { count } = await reader
    .selectFrom('buyback.order')
    .select((eb) => eb.fn.countAll<bigint>().as('count'))
    .where('user_id', '=', userId)
    .where('state', 'in', ['accepted', 'submitted', 'waiting_issuer', 'manual_review', 'requoted'])
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Bought or being bought, and not over yet: also while its report may still come. */
export async function anyOpenOf(reader: Reader, recycler: string): Promise<boolean> {
  const row = await reader
    .selectFrom('buyback.order')
    .select('id')
    .where('recycler', '=', recycler)
    .where('state', 'not in', ['closed', 'cancelled', 'returned', 'rejected', 'refunded'])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export async function anyLive(reader: Reader, userId: string): Promise<boolean> {
  const row = await reader
    .selectFrom('buyback.order')
    .select('id')
    .where('user_id', '=', userId)
    .where('state', 'not in', ['closed', 'cancelled', 'returned', 'rejected', 'refunded'])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Says whose quote it is; the first to claim an unclaimed quote becomes its holder. */
export async function holdQuote(tx: Reader, quoteId: string, userId: string): Promise<string> {
  const first = await tx
    .insertInto('buyback.quote_holder')
    .values({ quote_id: quoteId, user_id: userId })
    .onConflict((on) => on.column('quote_id').doNothing())
    .returning('user_id')
    .executeTakeFirst();
  if (first) return first.user_id;
  const { user_id } = await tx
    .selectFrom('buyback.quote_holder')
    .select('user_id')
    .where('quote_id', '=', quoteId)
    .executeTakeFirstOrThrow();
  return user_id;
}

export interface DayRow {
  day: string;
  orders: bigint;
  face: bigint;
  net: bigint;
}

/** Settled volume per day in China. */
export async function volumeByDay(db: Db, since: Date): Promise<DayRow[]> {
  const { rows } = await sql<DayRow>`
    select to_char(settled_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD') as day,
           count(*) as orders, sum(face_fen)::int8 as face, sum(net_fen)::int8 as net
    from buyback."order" where settled_at >= ${since} group by 1 order by 1`.execute(db);
  return rows;
}

export async function volumeBySku(
  db: Db,
  since: Date,
): Promise<{ day: string; sku: string; orders: bigint; face: bigint; net: bigint }[]> {
  const { rows } = await sql<{
    day: string;
    sku: string;
    orders: bigint;
    face: bigint;
    net: bigint;
  }>`
    select to_char(settled_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD') as day, sku,
           count(*) as orders, sum(face_fen)::int8 as face, sum(net_fen)::int8 as net
    from buyback."order" where settled_at >= ${since} group by 1, 2 order by 1, 2`.execute(db);
  return rows;
}

export async function countByState(db: Db): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('buyback.order')
    .select(['state', (eb) => eb.fn.countAll<bigint>().as('count')])
    .groupBy('state')
    .execute();
  return new Map(rows.map(({ state, count }) => [state, Number(count)]));
}

export async function createdAtOf(
  reader: Reader,
  ids: readonly string[],
): Promise<Map<string, Date>> {
  if (ids.length === 0) return new Map();
  const rows = await reader
    .selectFrom('buyback.order')
    .select(['id', 'created_at'])
    .where(sql<boolean>`id = any(${ids}::uuid[])`)
    .execute();
  return new Map(rows.map(({ id, created_at }) => [id, created_at]));
}

/** What cards were sold for since then, with nothing of who sold: the prices that others can learn from. */
export async function soldSince(reader: Reader, since: Date): Promise<PastSale[]> {
  const rows = await reader
    .selectFrom('buyback.order')
    .select(['sku', 'face_fen', 'price_fen', 'expires_on', 'grade', 'created_at'])
    .where('settled_at', '>=', since)
    .where('state', '<>', 'refunded')
    .orderBy('created_at')
    .limit(SOLD_MAX)
    .execute();
  return rows.map((row) => ({
    sku: row.sku,
    faceFen: fen(row.face_fen),
    priceFen: fen(row.price_fen),
    expiresOn: row.expires_on ?? undefined,
    grade: (row.grade ?? 'V0') as Grade,
    at: row.created_at,
  }));
}
const SOLD_MAX = 50_000;

/** The sales of these cards that were settled and not undone. */
export async function settledSalesOf(reader: Reader, cardIds: readonly string[]) {
  const rows = await reader
    .selectFrom('buyback.order')
    .select(['card_id', 'user_id', 'recycler', 'face_fen', 'price_fen', 'net_fen'])
    .where(sql<boolean>`card_id = any(${cardIds}::uuid[])`)
    .where('settled_at', 'is not', null)
    .where('state', '<>', 'refunded')
    .execute();
  return rows.map((row) => ({
    ...{ cardId: row.card_id ?? '', sellerId: row.user_id, recycler: row.recycler },
    ...{ faceFen: fen(row.face_fen), priceFen: fen(row.price_fen), netFen: fen(row.net_fen) },
  }));
}

/** People whose cards stood our own check and were paid for. */
export async function settledSellers(reader: Reader): Promise<string[]> {
  const rows = await reader
    .selectFrom('buyback.order')
    .select('user_id')
    .distinct()
    .where('state', '=', 'closed')
    .execute();
  return rows.map((row) => row.user_id);
}
