/** SQL of deliveries against payment. */
import type { Insertable, Selectable, Updateable } from 'kysely';
import type { Address, Hex } from 'viem';
import { type Database, type Fen, fen, type Reader, type Tx, violated } from '#platform';
import type { DeliveryState } from './delivery-life.ts';

type Row = Selectable<Database['exchange.delivery']>;
type Texts = 'state' | 'token_id' | 'seller' | 'buyer' | 'price_fen' | 'public_key' | 'session';
/** The ciphertext as the chain's log keeps it. */
export interface StoredSeal {
  readonly x: string;
  readonly v: number;
  readonly c: readonly [Hex, Hex, Hex];
}
export interface Delivery extends Omit<Row, Texts | 'signature' | 'sealed'> {
  readonly state: DeliveryState;
  readonly token_id: Hex;
  readonly seller: Address;
  readonly buyer: Address;
  readonly price_fen: Fen;
  readonly public_key: Hex;
  readonly session: Address;
  readonly signature: Hex;
  readonly sealed: StoredSeal | null;
}
const toDelivery = (row: Row): Delivery => ({
  ...row,
  state: row.state as DeliveryState,
  token_id: row.token_id as Hex,
  seller: row.seller as Address,
  buyer: row.buyer as Address,
  price_fen: fen(row.price_fen),
  public_key: row.public_key as Hex,
  session: row.session as Address,
  signature: row.signature as Hex,
  sealed: row.sealed as StoredSeal | null,
});
const deliveries = (reader: Reader) => reader.selectFrom('exchange.delivery').selectAll();

/** False when this buyer has a bid on this token already, or this very message was given before. */
export async function insertDelivery(
  tx: Tx,
  row: Insertable<Database['exchange.delivery']>,
): Promise<boolean> {
  try {
    await tx.insertInto('exchange.delivery').values(row).execute();
    return true;
  } catch (error) {
    const name = violated(error);
    if (name === 'delivery_one_bid' || name === 'delivery_digest_key') return false;
    throw error;
  }
}

export async function findDelivery(reader: Reader, id: string): Promise<Delivery | undefined> {
  const row = await deliveries(reader).where('id', '=', id).executeTakeFirst();
  return row && toDelivery(row);
}

/** Locks it until commit; after the token, never before it. */
export async function lockDelivery(tx: Tx, id: string): Promise<Delivery | undefined> {
  const row = await deliveries(tx).where('id', '=', id).forUpdate().executeTakeFirst();
  return row && toDelivery(row);
}

export async function saveDelivery(
  tx: Tx,
  id: string,
  change: Updateable<Database['exchange.delivery']>,
): Promise<void> {
  await tx.updateTable('exchange.delivery').set(change).where('id', '=', id).execute();
}

/** Bids on this token that wait for its seller, locked in their order. */
export async function lockOffered(
  tx: Tx,
  of: { tokenId: Hex } | { buyer: string },
): Promise<Delivery[]> {
  const query = deliveries(tx).where('state', '=', 'offered').orderBy('id').forUpdate();
  const rows = await ('tokenId' in of
    ? query.where('token_id', '=', of.tokenId)
    : query.where('buyer', '=', of.buyer)
  ).execute();
  return rows.map(toDelivery);
}

export async function lockByRecord(tx: Tx, recordHash: string): Promise<Delivery | undefined> {
  const row = await deliveries(tx)
    .where('record_hash', '=', recordHash)
    .forUpdate()
    .executeTakeFirst();
  return row && toDelivery(row);
}

/** Of a person, on either side, newest first; one row more than asked for. */
export async function listDeliveries(
  reader: Reader,
  { userId, cursor, limit }: { userId: string; cursor?: string | undefined; limit: number },
): Promise<Delivery[]> {
  let query = deliveries(reader)
    .where((eb) => eb.or([eb('seller_id', '=', userId), eb('buyer_id', '=', userId)]))
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (cursor !== undefined) query = query.where('id', '<', cursor);
  return (await query.execute()).map(toDelivery);
}
