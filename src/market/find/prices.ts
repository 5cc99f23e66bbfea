/** What a product was sold for, day by day, and what that suggests to somebody who is about to sell one. */
import { findProduct, type Product } from '#cards';
import {
  addDays,
  chinaDay,
  chinaInstant,
  DAY,
  type Fen,
  fen,
  plus,
  type Reader,
  Refused,
} from '#platform';
import { checkDenomination, currentTable, quote } from '#pricing';
import { type Chance, chanceOfSale, SPELLS_MIN } from './domain.ts';
import { soldDays, soldShares, spellsOf } from './price-store.ts';
import type { SoldPrices, Suggestion } from './schema.ts';

const SUGGEST_DAYS = 30;
/** Fewer sales are a story about a few people, not a price. */
const SOLD_MIN = 5;
const BPS = 10_000n;

/** Refuses unknown_product. Days without a sale are not in the list. */
export async function soldPrices(
  reader: Reader,
  { sku, at, days }: { sku: string; at: Date; days: number },
): Promise<SoldPrices> {
  const product = await findProduct(reader, sku);
  if (!product) throw new Refused('unknown_product');
  const from = chinaInstant(addDays(chinaDay(at), 1 - days));
  const sold = await soldDays(reader, { sku, from, until: at });
  return {
    sku,
    name: product.name,
    days: sold.map((one) => ({
      day: one.day,
      count: one.count,
      lowBps: one.low_bps,
      medianBps: one.median_bps,
      highBps: one.high_bps,
    })),
  };
}

export interface SuggestInput {
  readonly sku: string;
  readonly faceFen: Fen;
  /** What is on it, when it was used in part. */
  readonly valueFen: Fen;
  readonly expiresOn?: string | undefined;
  /** A price to look at beside those that are suggested. */
  readonly priceFen?: Fen | undefined;
  readonly at: Date;
}

/** Facts, not advice: where there are too few of them, it says so in place of a number. Refuses unknown_product. */
export async function suggest(reader: Reader, input: SuggestInput): Promise<Suggestion> {
  const { sku, valueFen, priceFen, at } = input;
  const product = await findProduct(reader, sku);
  if (!product) throw new Refused('unknown_product');
  const sold = await soldShares(reader, { sku, from: plus(at, -SUGGEST_DAYS * DAY), until: at });
  const shares = sold.count >= SOLD_MIN ? sold.bps : null;
  const spells = await spellsOf(reader, { category: product.category, at });
  const own = priceFen === undefined ? [] : [priceFen];
  const prices = [...(shares ?? []).map((bps) => part(valueFen, bps)), ...own];
  return {
    sku,
    valueFen: valueFen.toString(),
    ...(await buyback(reader, product, input)),
    sold: {
      days: SUGGEST_DAYS,
      count: sold.count,
      enough: shares !== null,
      ...(shares && {
        quarterFen: part(valueFen, shares[0]).toString(),
        medianFen: part(valueFen, shares[1]).toString(),
        threeQuartersFen: part(valueFen, shares[2]).toString(),
      }),
    },
    chances: [...new Set(prices)].map((price) => ({
      priceFen: price.toString(),
      ...said(chanceOfSale(spells, { sku, discountBps: bpsOf(price, valueFen) })),
    })),
    spellsMin: SPELLS_MIN,
  };
}

/** Down to the fen. */
const part = (value: Fen, bps: number): Fen => fen((value * BigInt(bps)) / BPS);
const bpsOf = (price: Fen, value: Fen): number => Number((price * BPS) / value);

/** To a whole per cent: the history carries no more. */
const said = (chance: Chance | undefined): Omit<Suggestion['chances'][number], 'priceFen'> =>
  chance === undefined
    ? { enough: false }
    : {
        enough: true,
        pct1: Math.round(chance.byDay[1] * 100),
        pct3: Math.round(chance.byDay[3] * 100),
        pct7: Math.round(chance.byDay[7] * 100),
        ofProduct: chance.ofProduct,
        ofCategory: chance.ofCategory,
      };

/** What the house pays at once; nothing when it does not buy such a card, or not one that was used in part. */
async function buyback(
  reader: Reader,
  product: Product,
  { faceFen, valueFen, expiresOn, at }: SuggestInput,
): Promise<Pick<Suggestion, 'buybackNetFen'>> {
  if (valueFen !== faceFen || (expiresOn !== undefined && expiresOn < chinaDay(at))) return {};
  try {
    checkDenomination(product, faceFen);
    const { table, until } = await currentTable(reader, at);
    const body = quote(table, { product, faceFen, expiresOn, at, tableUntil: until });
    return { buybackNetFen: body.netFen };
  } catch (error) {
    if (error instanceof Refused) return {};
    throw error;
  }
}
