/** A recycler's stock and its figures: what it bought here, where each card is now, and what past sales suggest. */
import type { PastSale } from '#auctions';
import { DAY, type Fen, fen, plus, type Reader, type Tx } from '#platform';
import {
  dailyStock,
  expiring,
  marginOf,
  medianRate,
  type Place,
  type StockItem,
  stockByAge,
  suggestBid,
  suggestPrice,
  turnoverOf,
  winRates,
} from './domain.ts';
import { type BoughtRow, boughtBy } from './store.ts';

/** How cards of the stock are sold on: the market's part, handed in by the house. */
export interface Resale {
  resell(
    tx: Tx,
    card: {
      stockId: string;
      recyclerId: string;
      cardId: string;
      cardLast4: string;
      sku: string;
      faceFen: Fen;
      expiresOn: string | null;
      heldRef: string;
    },
    ask: { userId: string; priceFen: Fen; at: Date },
  ): Promise<string>;
  unlist(
    tx: Tx,
    back: { listingId: string; stockId: string; userId: string; at: Date },
  ): Promise<void>;
  facts(reader: Reader, listingIds: readonly string[]): Promise<ReadonlyMap<string, Resold>>;
  soldSince(reader: Reader, since: Date): Promise<readonly PastSale[]>;
  netOfSale(reader: Reader, sale: { priceFen: Fen; at: Date }): Promise<Fen>;
}
export interface Resold {
  readonly state: string;
  readonly priceFen: Fen;
  readonly sold?: { readonly at: Date; readonly netFen: Fen };
}

export interface Held extends StockItem {
  readonly cardLast4: string;
  readonly state: string;
  readonly resale: (Resold & { readonly listingId: string }) | undefined;
}

/** Everything is looked at of a year. */
const YEAR_DAYS = 365;
const LEARN_DAYS = 30;
/** A listing that came down leaves the card where it was. */
const DOWN: ReadonlySet<string> = new Set(['withdrawn', 'expired']);

export async function stockOf(
  reader: Reader,
  resale: Resale,
  { recyclerId: recycler, at }: { recyclerId: string; at: Date },
): Promise<Held[]> {
  const rows = await boughtBy(reader, { recycler, since: plus(at, -YEAR_DAYS * DAY) });
  const ids = rows.flatMap(({ resaleId }) => resaleId ?? []);
  const facts = await resale.facts(reader, ids);
  return rows.map((row) => held(row, row.resaleId ? facts.get(row.resaleId) : undefined));
}

function held(row: BoughtRow, found: Resold | undefined): Held {
  const { openedAt, resaleId, cardId: _, ...rest } = row;
  const live = found && !DOWN.has(found.state) ? found : undefined;
  const place: Place = openedAt
    ? 'opened'
    : live?.state === 'sold'
      ? 'sold'
      : live
        ? 'listed'
        : 'vault';
  return {
    ...{ ...rest, place, leftAt: openedAt ?? live?.sold?.at },
    proceedsFen: live?.sold?.netFen,
    resale: live && resaleId ? { ...live, listingId: resaleId } : undefined,
  };
}

/** One step of the picture of prices, and how far it goes. */
const RATES = Array.from({ length: 41 }, (_, step) => 6_000 + step * 100);
const LOOK_MS = LEARN_DAYS * DAY;

export async function figuresOf(
  reader: Reader,
  resale: Resale,
  ask: {
    recyclerId: string;
    at: Date;
    soldSince: (reader: Reader, since: Date) => Promise<readonly PastSale[]>;
  },
) {
  const { at } = ask;
  const items = await stockOf(reader, resale, ask);
  const since = plus(at, -LOOK_MS);
  const bought = await ask.soldSince(reader, since);
  const resold = await resale.soldSince(reader, since);
  const skus = new Set(items.map(({ sku }) => sku));
  const prices = [];
  for (const sku of [...skus].sort()) {
    const of = <T extends { sku: string }>(sales: readonly T[]): T[] =>
      sales.filter((one) => one.sku === sku);
    const own = items.filter((one) => one.sku === sku && one.boughtAt >= since).length;
    const resaleNetBps = await netRate(reader, resale, { sales: of(resold), at });
    prices.push({
      ...{ sku, own, sales: of(bought).length, won: winRates(of(bought), RATES) },
      suggestion: suggestBid({ bought: of(bought), resaleNetBps }),
      resaleNetBps,
    });
  }
  return {
    stock: stockByAge(items, at),
    turnover: turnoverOf(items, at),
    margin: marginOf(items, at),
    expiring: expiring(items, at),
    days: dailyStock(items, at),
    prices,
  };
}

/** What resale leaves of the face after fees, by the middle of what was paid. */
async function netRate(
  reader: Reader,
  resale: Resale,
  { sales, at }: { sales: readonly PastSale[]; at: Date },
): Promise<number | undefined> {
  const rate = medianRate(sales);
  if (rate === undefined || rate === 0) return undefined;
  // Fees are a share: what holds for a thousand yuan holds for each of them.
  const face = 10_000_000n;
  const net = await resale.netOfSale(reader, {
    priceFen: fen((face * BigInt(rate)) / 10_000n),
    at,
  });
  return Number((net * 10_000n) / face);
}

/** What to ask for this card on the market, and what of it comes to the wallet. */
export async function priceFor(
  reader: Reader,
  resale: Resale,
  { card, at }: { card: { sku: string; faceFen: Fen; costFen: Fen }; at: Date },
): Promise<{ priceFen: Fen; fromSales: number; netFen: Fen }> {
  const sold = await resale.soldSince(reader, plus(at, -LOOK_MS));
  const same = sold.filter(({ sku }) => sku === card.sku);
  const { priceFen, fromSales } = suggestPrice(card, same);
  return { priceFen, fromSales, netFen: await resale.netOfSale(reader, { priceFen, at }) };
}
