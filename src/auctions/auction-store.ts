/** The SQL of auctions. An auction is locked before anything about it is decided: bids of one card take turns. */
import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import { type Database, type Fen, fen, type Reader, type Tx } from '#platform';
import type { AuctionState } from './auction-life.ts';

export type AuctionKind = 'first_price' | 'second_price' | 'english' | 'dutch' | 'batch';
type Row = Selectable<Database['auctions.auction']>;
export interface Auction
  extends Omit<
    Row,
    | 'kind'
    | 'state'
    | 'face_fen'
    | 'reserve_fen'
    | 'bond_fen'
    | 'price_fen'
    | 'offer_fen'
    | 'offer_net_fen'
  > {
  readonly kind: AuctionKind;
  readonly state: AuctionState;
  readonly face_fen: Fen;
  readonly reserve_fen: Fen;
  readonly bond_fen: Fen;
  readonly price_fen: Fen | null;
  readonly offer_fen: Fen | null;
  readonly offer_net_fen: Fen | null;
}

const toAuction = (row: Row): Auction => ({
  ...row,
  kind: row.kind as AuctionKind,
  state: row.state as AuctionState,
  face_fen: fen(row.face_fen),
  reserve_fen: fen(row.reserve_fen),
  bond_fen: fen(row.bond_fen),
  price_fen: row.price_fen === null ? null : fen(row.price_fen),
  offer_fen: row.offer_fen === null ? null : fen(row.offer_fen),
  offer_net_fen: row.offer_net_fen === null ? null : fen(row.offer_net_fen),
});

export async function insertAuction(
  tx: Tx,
  row: Insertable<Database['auctions.auction']>,
): Promise<void> {
  await tx.insertInto('auctions.auction').values(row).execute();
}

export async function lockAuction(tx: Tx, id: string): Promise<Auction | undefined> {
  const row = await tx
    .selectFrom('auctions.auction')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row && toAuction(row);
}

export async function findAuction(reader: Reader, id: string): Promise<Auction | undefined> {
  const row = await reader
    .selectFrom('auctions.auction')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row && toAuction(row);
}

export async function saveAuction(
  tx: Tx,
  id: string,
  patch: Updateable<Database['auctions.auction']>,
): Promise<Auction> {
  const row = await tx
    .updateTable('auctions.auction')
    .set(patch)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return toAuction(row);
}

export interface AuctionsAsked {
  readonly states?: readonly string[] | undefined;
  readonly sellerId?: string | undefined;
  readonly sku?: string | undefined;
  /** Took part: bid, won, or failed to pay. */
  readonly recyclerId?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** Newest first, one more than asked for. */
export async function listAuctions(reader: Reader, asked: AuctionsAsked): Promise<Auction[]> {
  const { states, sellerId, sku, recyclerId, cursor, limit } = asked;
  let query = reader
    .selectFrom('auctions.auction')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (states) query = query.where('state', 'in', [...states]);
  if (sellerId) query = query.where('seller_id', '=', sellerId);
  if (sku) query = query.where('sku', '=', sku);
  if (recyclerId)
    query = query.where((eb) =>
      eb.or([
        eb('winner', '=', recyclerId),
        eb(eb.val(recyclerId), '=', eb.fn.any('defaulted')),
        eb.exists(
          eb
            .selectFrom('auctions.bond as bond')
            .select('bond.no')
            .whereRef('bond.auction_id', '=', 'auctions.auction.id')
            .where('bond.recycler_id', '=', recyclerId),
        ),
      ]),
    );
  if (cursor) query = query.where('id', '<', cursor);
  return (await query.execute()).map(toAuction);
}

export type Bid = Selectable<Database['auctions.bid']>;

export async function bidsIn(reader: Reader, auctionId: string): Promise<Bid[]> {
  return await reader
    .selectFrom('auctions.bid')
    .selectAll()
    .where('auction_id', '=', auctionId)
    .orderBy('no')
    .execute();
}

/** The bids with these ids; English auctions need two of them, however long the log is. */
export async function bidsById(reader: Reader, ids: readonly string[]): Promise<Bid[]> {
  if (ids.length === 0) return [];
  return await reader
    .selectFrom('auctions.bid')
    .selectAll()
    .where('id', 'in', [...ids])
    .execute();
}

/** The bid of this bidder that was made last. */
export async function ownBid(
  reader: Reader,
  who: { auctionId: string; recyclerId: string },
): Promise<Bid | undefined> {
  return await reader
    .selectFrom('auctions.bid')
    .selectAll()
    .where('auction_id', '=', who.auctionId)
    .where('recycler_id', '=', who.recyclerId)
    .orderBy('no', 'desc')
    .limit(1)
    .executeTakeFirst();
}

export interface LoggedBid extends Bid {
  /** The how-manieth bidder of the auction made it. */
  readonly bidder_no: number;
}

/** The newest first. */
export async function latestBids(
  reader: Reader,
  { auctionId, limit }: { auctionId: string; limit: number },
): Promise<LoggedBid[]> {
  return await reader
    .selectFrom('auctions.bid as bid')
    .innerJoin('auctions.bond as bond', (join) =>
      join
        .onRef('bond.auction_id', '=', 'bid.auction_id')
        .onRef('bond.recycler_id', '=', 'bid.recycler_id'),
    )
    .selectAll('bid')
    .select('bond.no as bidder_no')
    .where('bid.auction_id', '=', auctionId)
    .orderBy('bid.no', 'desc')
    .limit(limit)
    .execute();
}

/** False when this very envelope, or one of this bidder, is there already. */
export async function insertBidRow(
  tx: Tx,
  row: Omit<Insertable<Database['auctions.bid']>, 'no'>,
): Promise<bigint | undefined> {
  const done = await tx
    .insertInto('auctions.bid')
    .values({ ...row, no: sql<bigint>`nextval('auctions.bid_no')` })
    .onConflict((on) => on.doNothing())
    .returning('no')
    .executeTakeFirst();
  return done?.no;
}

export async function saveReveal(
  tx: Tx,
  reveal: { bidId: string; priceFen: Fen; salt: string; at: Date },
): Promise<void> {
  const { bidId, priceFen, salt, at } = reveal;
  await tx
    .updateTable('auctions.bid')
    .set({ price_fen: priceFen, salt, revealed_at: at })
    .where('id', '=', bidId)
    .execute();
}

/** True the first time a bidder puts one up; `no` counts the bidders of the auction. */
export async function insertBond(
  tx: Tx,
  bond: { auctionId: string; recyclerId: string; no: number },
): Promise<boolean> {
  const { auctionId, recyclerId, no } = bond;
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('auctions.bond')
    .values({ auction_id: auctionId, recycler_id: recyclerId, no, state: 'held' })
    .onConflict((on) => on.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** Bonds that are still held, after marking those of these bidders (or of all) as ended so. */
export async function endBonds(
  tx: Tx,
  input: { auctionId: string; state: 'released' | 'forfeited'; of?: readonly string[] | undefined },
): Promise<string[]> {
  const { auctionId, state, of } = input;
  if (of?.length === 0) return [];
  let query = tx
    .updateTable('auctions.bond')
    .set({ state })
    .where('auction_id', '=', auctionId)
    .where('state', '=', 'held')
    .returning('recycler_id');
  if (of) query = query.where('recycler_id', 'in', [...of]);
  return (await query.execute()).map((row) => row.recycler_id).sort();
}

/** Cards that can stand for each other: one product, one face, one last day. */
export interface Kindred {
  readonly sku: string;
  readonly faceFen: Fen;
  readonly expiresOn: string | null;
}

/** Kinds of cards that have waited since before `slot` and had no round in it. */
export async function waitingKinds(reader: Reader, slot: Date): Promise<Kindred[]> {
  const { rows } = await sql<{ sku: string; face_fen: bigint; expires_on: string | null }>`
    select distinct sku, face_fen, expires_on
    from auctions.auction as waiting
    where kind = 'batch' and state = 'open' and opens_at <= ${slot}
      and not exists (
        select from auctions.round
        where round.sku = waiting.sku and round.face_fen = waiting.face_fen
          and round.expires_on is not distinct from waiting.expires_on and round.slot = ${slot})
    order by sku, face_fen, expires_on`.execute(reader);
  return rows.map((row) => ({
    sku: row.sku,
    faceFen: fen(row.face_fen),
    expiresOn: row.expires_on,
  }));
}

/** Locked, in the order of their ids. */
export async function lockWaiting(
  tx: Tx,
  { sku, faceFen, expiresOn, at }: Kindred & { at: Date },
): Promise<Auction[]> {
  const rows = await tx
    .selectFrom('auctions.auction')
    .selectAll()
    .where('kind', '=', 'batch')
    .where('state', '=', 'open')
    .where('sku', '=', sku)
    .where('face_fen', '=', faceFen)
    .where(sql<boolean>`expires_on is not distinct from ${expiresOn}`)
    .where('ends_at', '>', at)
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.map(toAuction);
}

/** False when another worker runs this round. */
export async function insertRound(
  tx: Tx,
  row: Insertable<Database['auctions.round']>,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('auctions.round')
    .values(row)
    .onConflict((on) => on.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export async function closeRound(
  tx: Tx,
  { id, priceFen, volume }: { id: string; priceFen: Fen; volume: number },
): Promise<void> {
  await tx
    .updateTable('auctions.round')
    .set({ price_fen: priceFen, volume })
    .where('id', '=', id)
    .execute();
}

export async function bondOf(
  reader: Reader,
  { auctionId, recyclerId }: { auctionId: string; recyclerId: string },
): Promise<{ state: string; no: number } | undefined> {
  return await reader
    .selectFrom('auctions.bond')
    .select(['state', 'no'])
    .where('auction_id', '=', auctionId)
    .where('recycler_id', '=', recyclerId)
    .executeTakeFirst();
}

/** How many bonds the seller has got because nobody opened or paid. */
export async function countForfeited(reader: Reader, auctionId: string): Promise<number> {
  const { count } = await reader
    .selectFrom('auctions.bond')
    .select((eb) => eb.fn.countAll<bigint>().as('count'))
    .where('auction_id', '=', auctionId)
    .where('state', '=', 'forfeited')
    .executeTakeFirstOrThrow();
  return Number(count);
}

export type Round = Selectable<Database['auctions.round']>;

/** The latest rounds first, one more than asked for. */
export async function listRounds(
  reader: Reader,
  { sku, cursor, limit }: { sku?: string | undefined; cursor?: string | undefined; limit: number },
): Promise<Round[]> {
  let query = reader
    .selectFrom('auctions.round')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (sku) query = query.where('sku', '=', sku);
  if (cursor) query = query.where('id', '<', cursor);
  return await query.execute();
}

/** Standing bids, envelopes and bids in auctions that are not over: what a recycler may still have to pay for. */
export async function hasOpenBids(reader: Reader, recyclerId: string): Promise<boolean> {
  const { rows } = await sql<{ open: boolean }>`
    select exists (select from auctions.standing_bid where recycler_id = ${recyclerId} and active)
        or exists (
          select from auctions.bid join auctions.auction on auction.id = bid.auction_id
          where bid.recycler_id = ${recyclerId}
            and auction.state in ('open', 'closing', 'cleared', 'awaiting_settlement'))
        or exists (
          select from auctions.auction
          where winner = ${recyclerId} and state in ('cleared', 'awaiting_settlement')) as open`.execute(
    reader,
  );
  return rows[0]?.open ?? false;
}
