/** Standing bids, pure: which cards one wants, what it pays for the next of them, and what it would have bought. */
import {
  canonicalJson,
  chinaDay,
  chinaHour,
  daysBetween,
  type Fen,
  fen,
  type Refusal,
  refuse,
  sha256,
  weekday,
} from '#platform';

/** So many cards a day at this share of the face; the next step is lower. */
export interface Step {
  readonly rateBps: number;
  readonly quantity: number;
}

export type Grade = 'V0' | 'V1' | 'V2' | 'V3' | 'V4' | 'V5' | 'V6';

/** What a recycler says: which cards, when, how many, at what share of the face, and for how much a day at most. */
export interface BidTerms {
  readonly sku: string;
  readonly faceMinFen: Fen;
  readonly faceMaxFen: Fen;
  /** Whole days to the card's last one. A maximum leaves cards without an end to others. */
  readonly daysLeftMin?: number | undefined;
  readonly daysLeftMax?: number | undefined;
  /** The weakest verification that is good enough. */
  readonly gradeMin: Grade;
  /** 0 Monday … 6 Sunday, and hours `fromHour` ≤ h < `toHour`, in China. */
  readonly weekdays: readonly number[];
  readonly fromHour: number;
  readonly toHour: number;
  readonly curve: readonly Step[];
  readonly dailyBudgetFen: Fen;
}

/** All a bid may know of a card: nothing of the person who sells it. */
export interface CardFacts {
  readonly sku: string;
  readonly faceFen: Fen;
  readonly expiresOn?: string | undefined;
  readonly grade: Grade;
  readonly at: Date;
}

/** What a bid has bought today, in China. */
export interface Taken {
  readonly cards: number;
  readonly fen: Fen;
}

export const STEPS_MAX = 20;

/** Refuses curve_unsound (rates that do not fall, or steps of nothing), bid_range_unsound. */
export function checkTerms(terms: BidTerms): Refusal | undefined {
  const { curve, faceMinFen, faceMaxFen, daysLeftMin = 0, daysLeftMax, fromHour, toHour } = terms;
  const isStep = ({ rateBps, quantity }: Step): boolean =>
    Number.isInteger(rateBps) && Number.isInteger(quantity) && rateBps > 0 && quantity > 0;
  const falls = curve.every(
    ({ rateBps }, index) => index === 0 || rateBps < (curve[index - 1]?.rateBps ?? 0),
  );
  const count = curve.length > 0 && curve.length <= STEPS_MAX;
  if (!count || !curve.every(isStep) || !falls || (curve[0]?.rateBps ?? 0) > 10_000)
    return refuse('curve_unsound');
  const ranges =
    faceMinFen > 0n &&
    faceMinFen <= faceMaxFen &&
    fromHour < toHour &&
    terms.weekdays.length > 0 &&
    (daysLeftMax === undefined || daysLeftMin <= daysLeftMax);
  return ranges && terms.dailyBudgetFen > 0n ? undefined : refuse('bid_range_unsound');
}

/** Whether this card at this hour is one that the bid asks for. */
export function wants(terms: BidTerms, card: CardFacts): boolean {
  const { faceFen, expiresOn, grade, at } = card;
  const day = chinaDay(at);
  const hour = chinaHour(at);
  const left = expiresOn === undefined ? undefined : daysBetween(day, expiresOn);
  const { daysLeftMin, daysLeftMax } = terms;
  return (
    terms.sku === card.sku &&
    faceFen >= terms.faceMinFen &&
    faceFen <= terms.faceMaxFen &&
    grade >= terms.gradeMin &&
    terms.weekdays.includes((weekday(day) + 6) % 7) &&
    hour >= terms.fromHour &&
    hour < terms.toHour &&
    (daysLeftMin === undefined || left === undefined || left >= daysLeftMin) &&
    (daysLeftMax === undefined || (left !== undefined && left <= daysLeftMax))
  );
}

/** The share of the face that the next card gets, after so many today; undefined when the curve is used up. */
export function nextRate(curve: readonly Step[], cardsToday: number): number | undefined {
  let before = 0;
  for (const { rateBps, quantity } of curve) {
    before += quantity;
    if (cardsToday < before) return rateBps;
  }
  return undefined;
}

/** The steps of the curve without what was taken today, best first. */
export function stillOpen(curve: readonly Step[], cardsToday: number): Step[] {
  let used = cardsToday;
  return curve.flatMap(({ rateBps, quantity }) => {
    const gone = Math.min(used, quantity);
    used -= gone;
    return quantity > gone ? [{ rateBps, quantity: quantity - gone }] : [];
  });
}

/** Rounded down to the fen, as the platform's own price is. */
export const priceAtRate = (faceFen: Fen, rateBps: number): Fen =>
  fen((faceFen * BigInt(rateBps)) / 10_000n);

/** What the bid pays for this card now, or undefined: not wanted, used up, or beyond the day's budget. */
export function offerFor(
  terms: BidTerms,
  card: CardFacts,
  today: Taken,
): { rateBps: number; priceFen: Fen } | undefined {
  if (!wants(terms, card)) return undefined;
  const rateBps = nextRate(terms.curve, today.cards);
  if (rateBps === undefined) return undefined;
  const priceFen = priceAtRate(card.faceFen, rateBps);
  if (priceFen <= 0n || today.fen + priceFen > terms.dailyBudgetFen) return undefined;
  return { rateBps, priceFen };
}

/** Equal for two bids with the same prices, quantities and faces, whoever made them. */
export const curveDigest = ({ sku, faceMinFen, faceMaxFen, curve }: BidTerms): Buffer =>
  sha256(canonicalJson({ sku, faceMinFen, faceMaxFen, curve: curve.map((step) => ({ ...step })) }));

/** A sale that took place, with nothing of who sold. */
export interface PastSale extends CardFacts {
  /** What the buying side paid. */
  readonly priceFen: Fen;
}

export interface Hindsight {
  readonly sales: number;
  readonly won: number;
  readonly paidFen: Fen;
  readonly faceFen: Fen;
  /** Cards it wanted but did not get: outbid at the price they went for, or its day was used up. */
  readonly outbid: number;
  readonly usedUp: number;
}

/**
 * What the bid would have won of these sales, in the order of time: each is won by paying more than it went for, out of
 * the day's curve and budget as they would have stood. The others' bids are taken as they were; they might have answered.
 */
export function inHindsight(terms: BidTerms, sales: readonly PastSale[]): Hindsight {
  const days = new Map<string, Taken>();
  let [won, outbid, usedUp] = [0, 0, 0];
  let [paid, face] = [0n, 0n];
  const wanted = sales.filter((sale) => wants(terms, sale));
  for (const sale of wanted.toSorted((a, b) => a.at.getTime() - b.at.getTime())) {
    const day = chinaDay(sale.at);
    const today = days.get(day) ?? { cards: 0, fen: fen(0) };
    const offer = offerFor(terms, sale, today);
    if (!offer) usedUp++;
    else if (offer.priceFen <= sale.priceFen) outbid++;
    else {
      won++;
      paid += offer.priceFen;
      face += sale.faceFen;
      days.set(day, { cards: today.cards + 1, fen: fen(today.fen + offer.priceFen) });
    }
  }
  return { sales: wanted.length, won, paidFen: fen(paid), faceFen: fen(face), outbid, usedUp };
}

/** Fewer sales than this say nothing about a price. */
const SALES_MIN = 3;

/**
 * From what such cards went for, whatever was paid for them: a share of the face that is above half of the sales, and one
 * above nine in ten. Rounded up to the tenth of a percent, so that it is above and not beside.
 */
export function suggestRates(
  terms: BidTerms,
  sales: readonly PastSale[],
): { halfBps: number; mostBps: number } | undefined {
  const paid = sales
    .filter((sale) => wants(terms, sale))
    .map(({ priceFen, faceFen }) => Number((priceFen * 10_000n) / faceFen))
    .sort((a, b) => a - b);
  if (paid.length < SALES_MIN) return undefined;
  const above = (part: number): number => {
    const bps = paid[Math.ceil(paid.length * part) - 1] ?? 0;
    return Math.min(10_000, (Math.floor(bps / 10) + 1) * 10);
  };
  return { halfBps: above(0.5), mostBps: above(0.9) };
}
