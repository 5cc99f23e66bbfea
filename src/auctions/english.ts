/**
 * English auctions, pure: open ascending bids with a hidden maximum that the house raises for its bidder, and a close
 * that moves when somebody bids in the last minutes. It hides the steps by which a price rises.
 */
import assert from 'node:assert/strict';
import { type Fen, fen, MINUTE, plus, type Refusal, refuse } from '#platform';
import type { Sale } from './sealed.ts';

/** A bid so close to the end moves the end, so that being last is worth nothing. */
export const SNIPE_MS = 2 * MINUTE;
export const EXTENSIONS_MAX = 10;

export interface EnglishTerms {
  /** The first bid reaches it; it is public. */
  readonly reserveFen: Fen;
  readonly opensAt: Date;
  readonly closesAt: Date;
}

export interface EnglishBid {
  /** Place in the log; the earlier of two equal maxima stands. */
  readonly no: number;
  readonly bidder: string;
  /** The most the bidder pays; others see only what it takes to lead. */
  readonly maxFen: Fen;
  readonly at: Date;
}

export interface EnglishState {
  readonly terms: EnglishTerms;
  /** Moves with late bids. */
  readonly closesAt: Date;
  readonly extensions: number;
  /** Who leads, up to what; the highest maximum of all others; and what the leader would pay now. */
  readonly leader: { readonly bidder: string; readonly maxFen: Fen } | undefined;
  readonly secondFen: Fen | undefined;
  readonly priceFen: Fen | undefined;
}

export const openEnglish = (terms: EnglishTerms): EnglishState => ({
  terms,
  closesAt: terms.closesAt,
  extensions: 0,
  leader: undefined,
  secondFen: undefined,
  priceFen: undefined,
});

/** The state that a log of any length has come to, from the two highest maxima alone. */
export function standsAt(
  terms: EnglishTerms,
  seen: Pick<EnglishState, 'leader' | 'secondFen' | 'closesAt' | 'extensions'>,
): EnglishState {
  const { leader, ...rest } = seen;
  const state: EnglishState = { ...openEnglish(terms), ...rest, secondFen: undefined };
  if (!leader) return state;
  return priced(state, { bidder: leader.bidder, maxFen: leader.maxFen }, seen.secondFen);
}

/** From a price of so many fen on, the next bid is higher by at least so much. */
const STEPS: readonly (readonly [fromFen: bigint, stepFen: bigint])[] = [
  [0n, 50n],
  [5_000n, 100n],
  [20_000n, 200n],
  [50_000n, 500n],
  [200_000n, 2_000n],
  [1_000_000n, 10_000n],
];

/** Never falls as the price rises. */
export function incrementAt(price: Fen): Fen {
  let step = 0n;
  for (const [from, by] of STEPS) if (price >= from) step = by;
  assert(step > 0n);
  return fen(step);
}

export const nextBidFen = ({
  terms,
  priceFen,
}: {
  terms: Pick<EnglishTerms, 'reserveFen'>;
  priceFen: Fen | undefined;
}): Fen => (priceFen === undefined ? terms.reserveFen : fen(priceFen + incrementAt(priceFen)));

/** Refuses auction_not_open, auction_closed (at the very instant of the close too), bid_too_low. */
export function bidEnglish(state: EnglishState, bid: EnglishBid): EnglishState | Refusal {
  const { terms, leader } = state;
  if (bid.at < terms.opensAt) return refuse('auction_not_open');
  if (bid.at >= state.closesAt) return refuse('auction_closed');
  if (leader?.bidder === bid.bidder) return raiseOwn(state, leader, bid);
  const least = nextBidFen(state);
  if (bid.maxFen < least) return refuse('bid_too_low', { leastFen: least.toString() });
  const leads = !leader || bid.maxFen > leader.maxFen;
  // A bid that does not lead is above the second so far: it had to be above the price, which is above the second.
  const second = leads ? leader?.maxFen : bid.maxFen;
  const first = leads ? { bidder: bid.bidder, maxFen: bid.maxFen } : leader;
  return extended(priced(state, first, second), bid.at);
}

/**
 * Raising one's own maximum takes the lead from nobody and so does not move the end. It may raise the price by less
 * than a step, where the old maximum had cut the step short.
 */
function raiseOwn(
  state: EnglishState,
  leader: { bidder: string; maxFen: Fen },
  bid: EnglishBid,
): EnglishState | Refusal {
  if (bid.maxFen <= leader.maxFen)
    return refuse('bid_too_low', { leastFen: (leader.maxFen + 1n).toString() });
  return priced(state, { ...leader, maxFen: bid.maxFen }, state.secondFen);
}

function priced(
  state: EnglishState,
  leader: { bidder: string; maxFen: Fen },
  secondFen: Fen | undefined,
): EnglishState {
  const priceFen =
    secondFen === undefined ? state.terms.reserveFen : contested(leader.maxFen, secondFen);
  return { ...state, leader, secondFen, priceFen };
}

/** One step above the lower maximum, but not above the higher. */
function contested(a: Fen, b: Fen): Fen {
  const [low, high] = a < b ? [a, b] : [b, a];
  const above = fen(low + incrementAt(low));
  return above < high ? above : high;
}

function extended(state: EnglishState, at: Date): EnglishState {
  const { closesAt, extensions } = state;
  if (extensions >= EXTENSIONS_MAX || at < plus(closesAt, -SNIPE_MS)) return state;
  return { ...state, closesAt: plus(closesAt, SNIPE_MS), extensions: extensions + 1 };
}

/**
 * The outcome from the log of accepted bids alone, without going through its states: the highest maximum, for one step
 * above the second or the reserve. Winners who did not pay are passed over, and their bids no longer set a price.
 */
export function clearEnglish(
  terms: Pick<EnglishTerms, 'reserveFen'>,
  bids: readonly EnglishBid[],
  defaulted: readonly string[] = [],
): Sale | undefined {
  const maxima = new Map<string, EnglishBid>();
  for (const bid of bids) {
    if (defaulted.includes(bid.bidder)) continue;
    const before = maxima.get(bid.bidder);
    assert(!before || bid.maxFen > before.maxFen, 'nobody bids below an own bid');
    maxima.set(bid.bidder, bid);
  }
  const [first, second] = [...maxima.values()].sort((a, b) =>
    a.maxFen === b.maxFen ? a.no - b.no : a.maxFen > b.maxFen ? -1 : 1,
  );
  if (!first) return undefined;
  assert(first.maxFen >= terms.reserveFen, 'no bid below the reserve was accepted');
  const priceFen = second ? contested(first.maxFen, second.maxFen) : terms.reserveFen;
  return { winner: first.bidder, priceFen };
}
