/**
 * What a seller receives for one card after all fees, by each way of selling it, when so many recyclers compete. The
 * rules are the house's own: its price table and fees, its quote, its clearing of every format. What is assumed are the
 * recyclers: what a card is worth to each, and how they bid. Pure; the same seed is the same table.
 */
import { type Fen, fen } from '#platform';
import { type BidOffer, compile, feesOf, quote, seedTable, type Table } from '#pricing';
import { clearBatch } from '../../src/auctions/clear-batch.ts';
import { acceptDutch, functionHash, priceAt } from '../../src/auctions/dutch.ts';
import { clearEnglish } from '../../src/auctions/english.ts';
import { clearSealed, commitTo, type SealedKind } from '../../src/auctions/sealed.ts';
import { chance } from '../../src/demo-people.ts';

export const RIVALS = [1, 3, 10, 30] as const;
export const WAYS = [
  'house',
  'standing',
  'first_price',
  'second_price',
  'english',
  'dutch',
  'batch',
] as const;
export type Way = (typeof WAYS)[number];

/** A dining card of 100 yuan, on an ordinary Monday at ten in China. */
const AT = new Date('2026-11-23T02:00:00Z');
const FACE = fen(10_000n);
const PRODUCT = {
  sku: 'a-dining-card',
  name: { zh: '餐饮卡', en: 'dining card' },
  category: 'dining',
  form: 'code',
  denominationsFen: [FACE],
} as const;

/** Assumed: each recycler can make between these shares of the face of a card, any of them as likely, for itself. */
const WORTH_BPS = [7_000, 9_500] as const;
/** Cards of one round of the batch, and how many of them a recycler has money for. */
const CARDS = 10;
const WANTS = 4;
/** Of a Dutch auction: from the face down. */
const DUTCH = { stepFen: fen(50n), everyMs: 1_000 };
const BPS = 10_000n;

interface Round {
  readonly table: Table;
  readonly ownPrice: Fen;
  /** What a card is worth to each rival, in basis points of the face. */
  readonly worth: readonly number[];
}

/** Mean of what the seller receives, in fen. */
export function meanReceived(seed: number, rivals: number, cards: number): Record<Way, number> {
  const table = compile(seedTable, {
    version: 1,
    hash: 'ab'.repeat(32),
    effectiveFrom: new Date(0),
  });
  const dice = chance(seed);
  const { own } = houseSale(table);
  const sums = Object.fromEntries(WAYS.map((way) => [way, 0n])) as Record<Way, bigint>;
  for (let n = 0; n < cards; n++) {
    const worth = Array.from({ length: rivals }, () => dice.within(...WORTH_BPS));
    const round = { table, ownPrice: own, worth };
    for (const way of WAYS) sums[way] += received(way, round);
  }
  return Object.fromEntries(WAYS.map((way) => [way, Number(sums[way]) / cards])) as Record<
    Way,
    number
  >;
}

function houseSale(table: Table): { own: Fen } {
  const { netFen, feesFen } = quote(table, { product: PRODUCT, faceFen: FACE, at: AT });
  return { own: fen(BigInt(netFen) + BigInt(feesFen)) };
}

function received(way: Way, round: Round): bigint {
  switch (way) {
    case 'house':
      return netOf(round, round.ownPrice);
    case 'standing':
      return byQuote(round);
    case 'first_price':
    case 'second_price':
      return bySealed(round, way);
    case 'english':
      return byEnglish(round);
    case 'dutch':
      return byDutch(round);
    case 'batch':
      return byBatch(round);
  }
}

const netOf = ({ table }: Round, price: Fen): bigint => price - feesOf(table, price);
const moneyOf = (bps: number): Fen => fen((FACE * BigInt(bps)) / BPS);

/**
 * Assumed where a bidder pays the own bid: it gives up a share 1/n of what lies between its worth and the least worth,
 * which is what pays best when all do so; alone it offers one basis point above the platform.
 */
function shaded({ ownPrice, worth }: Round, bps: number): number {
  const floor = Number((ownPrice * BPS) / FACE) + 1;
  const [least] = WORTH_BPS;
  const bid = Math.floor(bps - (bps - Math.max(least, floor)) / worth.length);
  return bps < floor ? bps : Math.max(worth.length === 1 ? floor : bid, floor);
}

/** Standing bids: the quote takes the best of them, or the platform's own price. */
function byQuote(round: Round): bigint {
  const bids = round.worth.map((bps) => shaded(round, bps));
  const rateBps = Math.max(...bids);
  const bid: BidOffer = {
    ...{ bidId: 'bid', recyclerId: 'rival', recyclerName: 'rival', rateBps },
    ...{ faceMinFen: FACE, faceMaxFen: FACE },
  };
  return BigInt(quote(round.table, { product: PRODUCT, faceFen: FACE, at: AT }, { bid }).netFen);
}

/** The reserve is the platform's price: whoever does not sell by auction sells to the platform. */
function bySealed(round: Round, kind: SealedKind): bigint {
  const { ownPrice: reserveFen, worth } = round;
  const salt = '0'.repeat(64);
  const reveals = worth.map((bps, index) => ({
    bidder: `rival-${index}`,
    priceFen: moneyOf(kind === 'first_price' ? shaded(round, bps) : bps),
    salt,
  }));
  const commitments = reveals.map(({ bidder, priceFen }, no) => ({
    ...{ no, bidder },
    commitment: commitTo({ lot: 'lot', bidder, priceFen, salt }),
  }));
  const { sale } = clearSealed({ lot: 'lot', kind, reserveFen, commitments, reveals });
  return netOf(round, sale?.priceFen ?? reserveFen);
}

function byEnglish(round: Round): bigint {
  const { ownPrice: reserveFen, worth } = round;
  const bids = worth
    .map((bps, no) => ({ no, bidder: `rival-${no}`, maxFen: moneyOf(bps), at: AT }))
    .filter(({ maxFen }) => maxFen >= reserveFen);
  return netOf(round, clearEnglish({ reserveFen }, bids)?.priceFen ?? reserveFen);
}

/** The first whose shaded worth the falling price has reached says yes. */
function byDutch(round: Round): bigint {
  const { ownPrice: reserveFen } = round;
  const best = moneyOf(Math.max(...round.worth.map((bps) => shaded(round, bps))));
  const closesAt = new Date(AT.getTime() + 3_600_000);
  const terms = { startFen: FACE, reserveFen, ...DUTCH, opensAt: AT, closesAt };
  const hash = functionHash('lot', terms);
  for (let at = AT; at < closesAt; at = new Date(at.getTime() + DUTCH.everyMs)) {
    const price = priceAt(terms, at);
    const yes = { at, maxFen: best, functionHash: hash };
    const paid = acceptDutch('lot', terms, yes);
    if (typeof paid === 'bigint') return netOf(round, paid);
    if (price === reserveFen) break;
  }
  return netOf(round, reserveFen);
}

/** Ten sellers of equal cards at once, none below the platform's price; a card that is left is sold to the platform. */
function byBatch(round: Round): bigint {
  const { ownPrice, worth } = round;
  const buys = worth.map((bps, no) => ({
    ...{ id: `rival-${no}`, no, limitFen: moneyOf(bps), quantity: WANTS },
  }));
  const sells = Array.from({ length: CARDS }, (_, no) => ({
    ...{ id: `card-${no}`, no, limitFen: ownPrice, quantity: 1 },
  }));
  const cleared = clearBatch(buys, sells);
  const sold = BigInt(cleared?.volume ?? 0);
  const left = BigInt(CARDS) - sold;
  const all = sold * netOf(round, cleared?.priceFen ?? ownPrice) + left * netOf(round, ownPrice);
  return all / BigInt(CARDS);
}
