/** SQL of auctions on the chain: the terms that were signed, and how far each has come. */
import type { Insertable, Selectable, Updateable } from 'kysely';
import type { Address, Hex } from 'viem';
import { type Database, type Fen, fen, notify, type Reader, type Tx, violated } from '#platform';
import type { ChainAuctionState } from './auction-life.ts';

type Row = Selectable<Database['exchange.auction']>;
type Texts = 'kind' | 'state' | 'token_id' | 'signer' | 'price_fen' | 'terms' | 'signature';
export type AuctionKind = 'english' | 'dutch' | 'sealed';
export interface ChainAuction extends Omit<Row, Texts | 'buyer' | 'sold_fen'> {
  readonly kind: AuctionKind;
  readonly state: ChainAuctionState;
  readonly token_id: Hex;
  readonly signer: Address;
  readonly price_fen: Fen;
  /** The message that was signed, numbers as text. */
  readonly terms: Readonly<Record<string, string>>;
  readonly signature: Hex;
  readonly buyer: Address | null;
  readonly sold_fen: Fen | null;
}
const toAuction = (row: Row): ChainAuction => ({
  ...row,
  kind: row.kind as AuctionKind,
  state: row.state as ChainAuctionState,
  token_id: row.token_id as Hex,
  signer: row.signer as Address,
  price_fen: fen(row.price_fen),
  terms: row.terms as Record<string, string>,
  signature: row.signature as Hex,
  buyer: row.buyer as Address | null,
  sold_fen: row.sold_fen === null ? null : fen(row.sold_fen),
});
const auctions = (reader: Reader) => reader.selectFrom('exchange.auction').selectAll();
const LIVE = ['offered', 'running', 'settling'] as const;

/** False when the card is in an auction already, or this very message is in one or was in one that ended. */
export async function insertAuction(
  tx: Tx,
  row: Insertable<Database['exchange.auction']>,
): Promise<boolean> {
  try {
    await tx.insertInto('exchange.auction').values(row).execute();
    return true;
  } catch (error) {
    const name = violated(error);
    if (name === 'auction_one_live' || name === 'auction_digest_key') return false;
    throw error;
  }
}

export async function findAuction(reader: Reader, id: string): Promise<ChainAuction | undefined> {
  const row = await auctions(reader).where('id', '=', id).executeTakeFirst();
  return row && toAuction(row);
}

/** Locks it until commit; after the token, never before it. */
export async function lockAuction(tx: Tx, id: string): Promise<ChainAuction | undefined> {
  const row = await auctions(tx).where('id', '=', id).forUpdate().executeTakeFirst();
  return row && toAuction(row);
}

/** The one that the card is in now. */
export async function liveAuction(
  reader: Reader,
  tokenId: string,
): Promise<ChainAuction | undefined> {
  const row = await auctions(reader)
    .where('token_id', '=', tokenId)
    .where('state', 'in', [...LIVE])
    .executeTakeFirst();
  return row && toAuction(row);
}

/** Terms for this card that the house shows no more and that nobody has begun; the newest number of orders first. */
export async function takenDown(reader: Reader, tokenId: string): Promise<ChainAuction[]> {
  const rows = await auctions(reader)
    .where('token_id', '=', tokenId)
    .where('state', 'in', [...TAKEN_DOWN])
    .where('digest', 'not in', (inner) =>
      inner
        .selectFrom('exchange.auction')
        .select('digest')
        .where('token_id', '=', tokenId)
        .where('state', 'not in', [...TAKEN_DOWN]),
    )
    .orderBy('nonce', 'desc')
    .orderBy('id', 'desc')
    .execute();
  return rows.map(toAuction);
}
const TAKEN_DOWN = ['cancelled', 'lapsed'] as const;

/** As which auction these terms were begun after they had been taken down. */
export async function begunAs(reader: Reader, of: ChainAuction): Promise<string | undefined> {
  if (of.state !== 'cancelled' && of.state !== 'lapsed') return undefined;
  const row = await reader
    .selectFrom('exchange.auction')
    .select('id')
    .where('digest', '=', of.digest)
    .where('state', 'not in', [...TAKEN_DOWN])
    .executeTakeFirst();
  return row?.id;
}

export async function saveAuction(
  tx: Tx,
  id: string,
  change: Updateable<Database['exchange.auction']>,
): Promise<void> {
  await tx.updateTable('exchange.auction').set(change).where('id', '=', id).execute();
}

/** Those that anybody may see begin or bid in, newest first. */
export async function openAuctions(reader: Reader, limit: number): Promise<ChainAuction[]> {
  const rows = await auctions(reader)
    .where('state', 'in', [...LIVE])
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toAuction);
}

/** A person's own, and those in which one of these addresses has bid or bought; newest first. */
export async function auctionsOf(
  reader: Reader,
  { userId, addresses, limit }: { userId: string; addresses: readonly Address[]; limit: number },
): Promise<ChainAuction[]> {
  const rows = await auctions(reader)
    .where((eb) =>
      eb.or([
        eb('user_id', '=', userId),
        ...(addresses.length > 0
          ? [
              eb('buyer', 'in', [...addresses]),
              eb('id', 'in', (inner) =>
                inner
                  .selectFrom('exchange.auction_bidder')
                  .select('auction_id')
                  .where('bidder', 'in', [...addresses]),
              ),
            ]
          : []),
      ]),
    )
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toAuction);
}

/** Remembered so that a person finds again where a wallet has bid; how it stands is read from the chain. */
export async function insertBidder(
  tx: Tx,
  { auctionId, bidder }: { auctionId: string; bidder: string },
): Promise<void> {
  await tx
    .insertInto('exchange.auction_bidder')
    .values({ auction_id: auctionId, bidder })
    .onConflict((on) => on.columns(['auction_id', 'bidder']).doNothing())
    .execute();
}

/** Open pages look again when the chain says something of a card, final or not. */
export async function tellAuctions(tx: Tx, tokenIds: Iterable<Hex>): Promise<void> {
  for (const tokenId of tokenIds) {
    const one = await liveAuction(tx, tokenId);
    if (one) notify(tx, `chain_auction:${one.id}`);
  }
}
