/** How a stored auction and its bids read for the pure cores; a hidden maximum is opened here and nowhere else. */
import { type Fen, fen, type Keys, type Reader } from '#platform';
import { type Auction, type Bid, bidsById } from './auction-store.ts';
import type { PriceFunction } from './dutch.ts';
import { type EnglishBid, type EnglishState, type EnglishTerms, standsAt } from './english.ts';

const MAX = 'auctions.max';

export const sealMax = (keys: Keys, { maxFen, bidId }: { maxFen: Fen; bidId: string }): Buffer =>
  keys.seal(MAX, String(maxFen), bidId);

export const openMax = (keys: Keys, row: Bid): EnglishBid => ({
  no: Number(row.no),
  bidder: row.recycler_id,
  maxFen: fen(BigInt(keys.open(MAX, row.max_ct ?? Buffer.alloc(0), row.id))),
  at: row.at,
});

/**
 * Where an English auction stands: two sealed maxima are opened, however many bids there were. The bids that lead and
 * come second are kept with the auction, in the transaction of each bid.
 */
export async function englishState(
  reader: Reader,
  { keys }: { keys: Keys },
  auction: Auction,
): Promise<EnglishState> {
  const { leader_bid: first, second_bid: second } = auction;
  const ids = [first, second].filter((id) => id !== null);
  const rows = await bidsById(reader, ids);
  const maximum = (id: string | null): EnglishBid | undefined => {
    const row = rows.find((one) => one.id === id);
    return row && openMax(keys, row);
  };
  return standsAt(termsOf(auction), {
    ...{ leader: maximum(first), secondFen: maximum(second)?.maxFen },
    ...{ closesAt: auction.ends_at, extensions: auction.extensions },
  });
}

const termsOf = ({ reserve_fen, opens_at, closes_at }: Auction): EnglishTerms => ({
  ...{ reserveFen: reserve_fen, opensAt: opens_at, closesAt: closes_at },
});

export const functionOf = (auction: Auction): PriceFunction => ({
  startFen: fen(auction.start_fen ?? 0n),
  stepFen: fen(auction.step_fen ?? 0n),
  everyMs: Number(auction.every_ms ?? 0n),
  reserveFen: auction.reserve_fen,
  opensAt: auction.opens_at,
  closesAt: auction.closes_at,
});
