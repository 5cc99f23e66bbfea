/** How a stored auction and its bids read for the pure cores; a hidden maximum is opened here and nowhere else. */
import { type Fen, fen, isRefusal, type Keys } from '#platform';
import type { Auction, Bid } from './auction-store.ts';
import type { PriceFunction } from './dutch.ts';
import { bidEnglish, type EnglishBid, type EnglishState, openEnglish } from './english.ts';

const MAX = 'auctions.max';

export const sealMax = (keys: Keys, { maxFen, bidId }: { maxFen: Fen; bidId: string }): Buffer =>
  keys.seal(MAX, String(maxFen), bidId);

export const openMax = (keys: Keys, row: Bid): EnglishBid => ({
  no: Number(row.no),
  bidder: row.recycler_id,
  maxFen: fen(BigInt(keys.open(MAX, row.max_ct ?? Buffer.alloc(0), row.id))),
  at: row.at,
});

/** Where an English auction stands by its log. */
export function englishState(
  { keys }: { keys: Keys },
  auction: Auction,
  bids: readonly Bid[],
): EnglishState {
  const { reserve_fen: reserveFen, opens_at: opensAt, closes_at: closesAt } = auction;
  let state = openEnglish({ reserveFen, opensAt, closesAt });
  for (const bid of bids.map((row) => openMax(keys, row))) {
    const next = bidEnglish(state, bid);
    if (isRefusal(next)) throw new Error(`the log of ${auction.id} holds a bid that is refused`);
    state = next;
  }
  return state;
}

export const functionOf = (auction: Auction): PriceFunction => ({
  startFen: fen(auction.start_fen ?? 0n),
  stepFen: fen(auction.step_fen ?? 0n),
  everyMs: Number(auction.every_ms ?? 0n),
  reserveFen: auction.reserve_fen,
  opensAt: auction.opens_at,
  closesAt: auction.closes_at,
});
