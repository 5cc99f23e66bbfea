/** The book of a product: which standing bids can pay now, in what order, and which of them is the best for a card. */
import { balanceOf } from '#ledger';
import { chinaDay, type Fen, fen, type Reader, Refused } from '#platform';
import { type CardFacts, offerFor, priceAtRate, stillOpen, type Taken, wants } from './domain.ts';
import type { Recycler, Recyclers } from './recyclers.ts';
import { liveBids, type StandingBid, takenOn } from './store.ts';

/** A bid that buys this very card, at this price, if the seller says yes now. */
export interface Executable {
  readonly bid: StandingBid;
  readonly recycler: Recycler;
  readonly rateBps: number;
  readonly priceFen: Fen;
}

/**
 * All bids that can buy the card, the best first: price, then who keeps its word better, then arrival. What cannot fund itself is not there, as of this
 * reading: the recycler stopped, the wallet less what it holds, the cap on all that is open, the day's budget.
 */
export async function executable(
  reader: Reader,
  recyclers: Recyclers,
  card: CardFacts,
): Promise<Executable[]> {
  const priced = await pricedBids(reader, card);
  const found: Executable[] = [];
  const purse = purses(reader, recyclers, card.at);
  for (const one of priced) {
    const own = await purse(one.bid.recyclerId);
    if (own && own.freeFen >= one.priceFen) found.push({ ...one, recycler: own.recycler });
  }
  return found.sort(byMerit);
}

const byMerit = (a: Executable, b: Executable): number => {
  if (a.priceFen !== b.priceFen) return a.priceFen > b.priceFen ? -1 : 1;
  return rankOf(a.recycler) - rankOf(b.recycler) || (a.bid.no < b.bid.no ? -1 : 1);
};
const rankOf = ({ rank = 1 }: Recycler): number => rank;

/** The first of them, without looking at the wallets of those that pay less. */
export async function bestBid(
  reader: Reader,
  recyclers: Recyclers,
  card: CardFacts,
): Promise<Executable | undefined> {
  const purse = purses(reader, recyclers, card.at);
  let best: Executable | undefined;
  for (const one of await pricedBids(reader, card)) {
    if (best && one.priceFen < best.priceFen) return best;
    const own = await purse(one.bid.recyclerId);
    if (!own || own.freeFen < one.priceFen) continue;
    const found = { ...one, recycler: own.recycler };
    if (!best || byMerit(found, best) < 0) best = found;
  }
  return best;
}

async function pricedBids(
  reader: Reader,
  card: CardFacts,
): Promise<Omit<Executable, 'recycler'>[]> {
  const bids = (await liveBids(reader, card.sku)).filter(({ terms }) => wants(terms, card));
  const taken = await takenOn(reader, {
    bidIds: bids.map(({ id }) => id),
    day: chinaDay(card.at),
  });
  return bids
    .flatMap((bid) => {
      const offer = offerFor(bid.terms, card, taken.get(bid.id) ?? NOTHING);
      return offer ? [{ bid, ...offer }] : [];
    })
    .sort((a, b) =>
      a.priceFen === b.priceFen ? (a.bid.no < b.bid.no ? -1 : 1) : a.priceFen > b.priceFen ? -1 : 1,
    );
}

const NOTHING: Taken = { cards: 0, fen: fen(0) };

/** What a recycler can still promise; asked once for each. Undefined: it may not buy at all. */
function purses(reader: Reader, recyclers: Recyclers, at: Date) {
  const known = new Map<string, { recycler: Recycler; freeFen: Fen } | undefined>();
  return async (recyclerId: string) => {
    if (!known.has(recyclerId))
      known.set(recyclerId, await purseOf(reader, recyclers, { recyclerId, at }));
    return known.get(recyclerId);
  };
}

export async function purseOf(
  reader: Reader,
  recyclers: Recyclers,
  who: { recyclerId: string; at: Date },
): Promise<{ recycler: Recycler; freeFen: Fen } | undefined> {
  try {
    const recycler = await recyclers.requireBidder(reader, who);
    const { balance, held } = await balanceOf(reader, `WALLET:${recycler.id}`);
    const free = fen(balance - held);
    const room = fen(recycler.capFen - held);
    return { recycler, freeFen: free < room ? free : room };
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

export interface Level {
  readonly rateBps: number;
  /** Cards that this level still takes today, and that its bidders have the money for. */
  readonly quantity: number;
  readonly bids: number;
}

/**
 * The public book: shares of the face, the best first, and how many cards each still takes. Names nobody. Each fen of a
 * wallet, cap or daily budget is promised once, to the best step first; a card is counted at the smallest face of its
 * bid, so that greater ones take more money and the book fewer of them.
 */
export async function bookOf(
  reader: Reader,
  recyclers: Recyclers,
  { sku, at }: { sku: string; at: Date },
): Promise<Level[]> {
  const bids = await liveBids(reader, sku);
  const day = chinaDay(at);
  const taken = await takenOn(reader, { bidIds: bids.map(({ id }) => id), day });
  const purse = purses(reader, recyclers, at);
  const left = new Map<string, bigint>();
  const levels = new Map<number, { quantity: number; bids: number }>();
  for (const { bid, rateBps, quantity, costFen, budgetFen } of openSteps(bids, taken, at)) {
    const ofBid = left.get(bid.id) ?? budgetFen;
    const ofWallet = left.get(bid.recyclerId) ?? (await purse(bid.recyclerId))?.freeFen ?? 0n;
    const paid = (ofBid < ofWallet ? ofBid : ofWallet) / costFen;
    const cards = paid < quantity ? Number(paid) : quantity;
    if (cards <= 0) continue;
    left.set(bid.id, ofBid - costFen * BigInt(cards));
    left.set(bid.recyclerId, ofWallet - costFen * BigInt(cards));
    const level = levels.get(rateBps) ?? { quantity: 0, bids: 0 };
    levels.set(rateBps, { quantity: level.quantity + cards, bids: level.bids + 1 });
  }
  return [...levels]
    .map(([rateBps, level]) => ({ rateBps, ...level }))
    .sort((a, b) => b.rateBps - a.rateBps);
}

/** The steps of all bids that buy at this hour, best first, then by arrival. */
function openSteps(bids: readonly StandingBid[], taken: ReadonlyMap<string, Taken>, at: Date) {
  return bids
    .flatMap((bid) => {
      const { terms } = bid;
      const probe = { sku: terms.sku, faceFen: terms.faceMinFen, grade: terms.gradeMin, at };
      const anyDate = { ...terms, daysLeftMin: undefined, daysLeftMax: undefined };
      if (!wants(anyDate, probe)) return [];
      const today = taken.get(bid.id) ?? NOTHING;
      const budgetFen = terms.dailyBudgetFen - today.fen;
      return stillOpen(terms.curve, today.cards)
        .map((step) => ({ ...step, costFen: priceAtRate(terms.faceMinFen, step.rateBps) }))
        .filter(({ costFen }) => costFen > 0n)
        .map((step) => ({ bid, budgetFen, ...step }));
    })
    .sort((a, b) => b.rateBps - a.rateBps || (a.bid.no < b.bid.no ? -1 : 1));
}
