/** SQL of bids on cards that somebody else holds. */
import type { Insertable, Selectable, Updateable } from 'kysely';
import type { Address, Hex } from 'viem';
import { type Database, type Fen, fen, type Reader, type Tx, violated } from '#platform';
import type { BidState } from './bid-life.ts';

type Row = Selectable<Database['exchange.bid']>;
type Texts = 'state' | 'token_id' | 'owner' | 'bidder' | 'price_fen' | 'signature';
export interface Bid extends Omit<Row, Texts> {
  readonly state: BidState;
  readonly token_id: Hex;
  readonly owner: Address;
  readonly bidder: Address;
  readonly price_fen: Fen;
  readonly signature: Hex;
}
const toBid = (row: Row): Bid => ({
  ...row,
  state: row.state as BidState,
  token_id: row.token_id as Hex,
  owner: row.owner as Address,
  bidder: row.bidder as Address,
  price_fen: fen(row.price_fen),
  signature: row.signature as Hex,
});
const bids = (reader: Reader) => reader.selectFrom('exchange.bid').selectAll();

/** False when this wallet has a bid on this card already, or this very message was given before. */
export async function insertBid(
  tx: Tx,
  row: Insertable<Database['exchange.bid']>,
): Promise<boolean> {
  try {
    await tx.insertInto('exchange.bid').values(row).execute();
    return true;
  } catch (error) {
    const name = violated(error);
    if (name === 'bid_one_live' || name === 'bid_digest_key') return false;
    throw error;
  }
}

export async function findBid(reader: Reader, id: string): Promise<Bid | undefined> {
  const row = await bids(reader).where('id', '=', id).executeTakeFirst();
  return row && toBid(row);
}

export async function lockBid(tx: Tx, id: string): Promise<Bid | undefined> {
  const row = await bids(tx).where('id', '=', id).forUpdate().executeTakeFirst();
  return row && toBid(row);
}

export async function saveBid(
  tx: Tx,
  id: string,
  change: Updateable<Database['exchange.bid']>,
): Promise<void> {
  await tx.updateTable('exchange.bid').set(change).where('id', '=', id).execute();
}

/** Bids that may still be filled, on one card or by one wallet; locked in their order. */
export async function lockLiveBids(
  tx: Tx,
  of: { tokenId: string } | { bidder: string },
): Promise<Bid[]> {
  const query = bids(tx).where('state', 'in', ['open', 'filling']).orderBy('id').forUpdate();
  const rows = await ('tokenId' in of
    ? query.where('token_id', '=', of.tokenId)
    : query.where('bidder', '=', of.bidder)
  ).execute();
  return rows.map(toBid);
}

export async function isBidFilling(reader: Reader, tokenId: string): Promise<boolean> {
  const row = await bids(reader)
    .where('token_id', '=', tokenId)
    .where('state', '=', 'filling')
    .executeTakeFirst();
  return row !== undefined;
}

/** Of a person, on either side, newest first; one row more than asked for. */
export async function listBids(
  reader: Reader,
  { userId, cursor, limit }: { userId: string; cursor?: string | undefined; limit: number },
): Promise<Bid[]> {
  let query = bids(reader)
    .where((eb) => eb.or([eb('owner_id', '=', userId), eb('bidder_id', '=', userId)]))
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (cursor !== undefined) query = query.where('id', '<', cursor);
  return (await query.execute()).map(toBid);
}

/** Live ones on a card that this person made or may accept, the best first; one row more than asked for. */
export async function liveBidsOn(
  reader: Reader,
  of: { tokenId: string; userId: string; cursor: string | undefined; limit: number },
): Promise<Bid[]> {
  const { tokenId, userId, cursor, limit } = of;
  let query = bids(reader)
    .where('token_id', '=', tokenId)
    .where('state', 'in', ['open', 'filling'])
    .where((eb) => eb.or([eb('owner_id', '=', userId), eb('bidder_id', '=', userId)]))
    .orderBy('price_fen', 'desc')
    .orderBy('id')
    .limit(limit + 1);
  const after = cursor === undefined ? undefined : await findBid(reader, cursor);
  if (after)
    query = query.where((eb) =>
      eb.or([
        eb('price_fen', '<', after.price_fen),
        eb.and([eb('price_fen', '=', after.price_fen), eb('id', '>', after.id)]),
      ]),
    );
  return (await query.execute()).map(toBid);
}
