/** What a recycler's stock is worth, how fast its capital turns, and what past prices teach: pure figures, all of them. */
import { addDays, chinaDay, chinaInstant, DAY, daysBetween, type Fen, fen } from '#platform';

/** Where a bought card is: with us, on the market, sold there, or taken out by its owner. */
export type Place = 'vault' | 'listed' | 'sold' | 'opened';

export interface StockItem {
  readonly orderId: string;
  readonly sku: string;
  readonly faceFen: Fen;
  readonly costFen: Fen;
  readonly boughtAt: Date;
  readonly expiresOn: string | undefined;
  readonly place: Place;
  /** When it was sold or taken out. */
  readonly leftAt: Date | undefined;
  /** What came in after fees; known only of what was sold here. */
  readonly proceedsFen: Fen | undefined;
}

export const WINDOW_DAYS = 30;
export const EXPIRING_DAYS = 30;
/** What a recycler should reach: its capital turned over once a month. */
export const TURNOVER_GOAL = 12;
/** The first day of each age, oldest last. */
export const AGES = [0, 8, 31, 91] as const;

export interface AgeRow {
  readonly sku: string;
  /** Cards and their cost by age, as AGES begins them. */
  readonly ages: readonly { readonly cards: number; readonly costFen: Fen }[];
  readonly cards: number;
  readonly faceFen: Fen;
  readonly costFen: Fen;
}

export const isHere = ({ place }: StockItem): boolean => place === 'vault' || place === 'listed';
const ageOf = ({ boughtAt }: StockItem, at: Date): number =>
  daysBetween(chinaDay(boughtAt), chinaDay(at));

/** Stock by product, what ties up the most money first. */
export function stockByAge(items: readonly StockItem[], at: Date): AgeRow[] {
  const bySku = Map.groupBy(items.filter(isHere), ({ sku }) => sku);
  return [...bySku]
    .map(([sku, own]) => ({
      sku,
      ages: AGES.map((from, index) => {
        const until = AGES[index + 1] ?? Number.POSITIVE_INFINITY;
        const cards = own.filter((one) => {
          const age = ageOf(one, at);
          return age >= from && age < until;
        });
        return { cards: cards.length, costFen: sumOf(cards) };
      }),
      cards: own.length,
      faceFen: fen(own.reduce((sum, { faceFen }) => sum + faceFen, 0n)),
      costFen: sumOf(own),
    }))
    .sort((a, b) =>
      a.costFen === b.costFen ? (a.sku < b.sku ? -1 : 1) : a.costFen > b.costFen ? -1 : 1,
    );
}

const sumOf = (items: readonly StockItem[]): Fen =>
  fen(items.reduce((sum, { costFen }) => sum + costFen, 0n));

export interface Turnover {
  /** Days it is measured over: thirty, or fewer for a young shop. */
  readonly days: number;
  /** Cost of what left in these days. */
  readonly costOfSalesFen: Fen;
  /** Cost of the stock, averaged over every moment of these days. */
  readonly averageStockFen: Fen;
  /** Times a year, in hundredths; undefined while nothing was ever in stock. */
  readonly timesHundredths: number | undefined;
}

/** cost of what left ÷ average cost of the stock × 365 ÷ days. Rounded down. */
export function turnoverOf(items: readonly StockItem[], at: Date): Turnover {
  const first = items.reduce((least, one) => Math.min(least, one.boughtAt.getTime()), at.getTime());
  const from = Math.max(first, at.getTime() - WINDOW_DAYS * DAY);
  const span = BigInt(Math.max(at.getTime() - from, 0));
  const days = Math.max(1, Math.ceil(Number(span) / DAY));
  let [left, stockTime] = [0n, 0n];
  for (const { boughtAt, leftAt, costFen } of items) {
    const end = Math.min(leftAt?.getTime() ?? at.getTime(), at.getTime());
    const begin = Math.max(boughtAt.getTime(), from);
    if (end > begin) stockTime += costFen * BigInt(end - begin);
    if (leftAt && leftAt.getTime() >= from && leftAt <= at) left += costFen;
  }
  const averageStockFen = fen(span === 0n ? 0n : stockTime / span);
  const year = BigInt(365 * DAY);
  return {
    ...{ days, averageStockFen, costOfSalesFen: fen(left) },
    timesHundredths: stockTime === 0n ? undefined : Number((left * year * 100n) / stockTime),
  };
}

export interface Margin {
  readonly cards: number;
  readonly proceedsFen: Fen;
  readonly costFen: Fen;
  readonly marginFen: Fen;
  /** Of the proceeds; rounded down. */
  readonly marginBps: number | undefined;
}

/** Of the cards that were sold here in the window; what was taken out is sold where nobody of us sees it. */
export function marginOf(items: readonly StockItem[], at: Date): Margin {
  const from = at.getTime() - WINDOW_DAYS * DAY;
  const sold = items.filter(
    ({ place, leftAt }) => place === 'sold' && leftAt && leftAt.getTime() >= from && leftAt <= at,
  );
  const proceeds = sold.reduce((sum, { proceedsFen }) => sum + (proceedsFen ?? 0n), 0n);
  const cost = sumOf(sold);
  const margin = proceeds - cost;
  return {
    ...{ cards: sold.length, proceedsFen: fen(proceeds), costFen: cost, marginFen: fen(margin) },
    marginBps: proceeds === 0n ? undefined : Number(floorDiv(margin * 10_000n, proceeds)),
  };
}

const floorDiv = (a: bigint, b: bigint): bigint => (a >= 0n ? a / b : -((-a + b - 1n) / b));

/** Soonest first; a card without a last day never is. */
export function expiring(
  items: readonly StockItem[],
  at: Date,
): (StockItem & { daysLeft: number })[] {
  const today = chinaDay(at);
  return items
    .filter(isHere)
    .flatMap((one) =>
      one.expiresOn === undefined ? [] : [{ ...one, daysLeft: daysBetween(today, one.expiresOn) }],
    )
    .filter(({ daysLeft }) => daysLeft <= EXPIRING_DAYS)
    .sort((a, b) => a.daysLeft - b.daysLeft || (a.orderId < b.orderId ? -1 : 1));
}

/** Cost of the stock at the end of each day of the window, and of what left on it. */
export function dailyStock(
  items: readonly StockItem[],
  at: Date,
): { day: string; stockFen: Fen; leftFen: Fen }[] {
  const today = chinaDay(at);
  return Array.from({ length: WINDOW_DAYS }, (_, index) => {
    const day = addDays(today, index - WINDOW_DAYS + 1);
    const end = chinaInstant(addDays(day, 1));
    const here = items.filter(
      ({ boughtAt, leftAt }) => boughtAt < end && !(leftAt && leftAt < end),
    );
    const left = items.filter(({ leftAt }) => leftAt && chinaDay(leftAt) === day);
    return { day, stockFen: sumOf(here), leftFen: sumOf(left) };
  });
}

export interface Sold {
  readonly faceFen: Fen;
  readonly priceFen: Fen;
}

/** Share of the face, rounded down. */
const rateOf = ({ faceFen, priceFen }: Sold): number => Number((priceFen * 10_000n) / faceFen);

/** What share of these sales a bid of each rate would have won: those that went for less. */
export function winRates(
  sales: readonly Sold[],
  rates: readonly number[],
): { rateBps: number; wonBps: number }[] {
  const sorted = sales.map(rateOf).sort((a, b) => a - b);
  return rates.map((rateBps) => {
    const won = sorted.filter((rate) => rate < rateBps).length;
    return {
      rateBps,
      wonBps: sorted.length === 0 ? 0 : Math.floor((won * 10_000) / sorted.length),
    };
  });
}

/** Six of ten sales won is enough to keep stock coming, and leaves the dearest to others. */
const TARGET_WON = 0.6;
const MARGIN_BPS = 300;
export const SALES_MIN = 5;

/** The middle one of the lower half's end; undefined of nothing. */
export function medianRate(sales: readonly Sold[]): number | undefined {
  const sorted = sales.map(rateOf).sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

/**
 * One basis point above the price below which six of ten cards were sold, but never more than what resale brings after
 * fees leaves with three per cent of margin. Undefined with fewer than five sales: a guess would pass for knowledge.
 */
export function suggestBid(input: {
  bought: readonly Sold[];
  /** Of the face, after fees; undefined when nothing was resold lately. */
  resaleNetBps: number | undefined;
}): { rateBps: number; cappedByResale: boolean } | undefined {
  const { bought, resaleNetBps } = input;
  if (bought.length < SALES_MIN) return undefined;
  const sorted = bought.map(rateOf).sort((a, b) => a - b);
  const index = Math.min(sorted.length - 1, Math.ceil(sorted.length * TARGET_WON) - 1);
  const wanted = Math.min(10_000, (sorted[index] ?? 0) + 1);
  if (resaleNetBps === undefined) return { rateBps: wanted, cappedByResale: false };
  const most = Math.floor((resaleNetBps * (10_000 - MARGIN_BPS)) / 10_000);
  return { rateBps: Math.min(wanted, most), cappedByResale: most < wanted };
}

/** What to ask for a card: the middle of what others got, never above the face; else cost and three per cent. */
export function suggestPrice(
  card: { faceFen: Fen; costFen: Fen },
  resold: readonly Sold[],
): { priceFen: Fen; fromSales: number } {
  const rate = resold.length >= SALES_MIN ? medianRate(resold) : undefined;
  const bySales = rate === undefined ? undefined : (card.faceFen * BigInt(rate)) / 10_000n;
  const byCost = (card.costFen * BigInt(10_000 + MARGIN_BPS) + 9_999n) / 10_000n;
  const wanted = bySales ?? byCost;
  const priceFen = fen(wanted > card.faceFen ? card.faceFen : wanted > 0n ? wanted : 1n);
  return { priceFen, fromSales: rate === undefined ? 0 : resold.length };
}
