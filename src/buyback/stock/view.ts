/** The stock as its shop sees it, and as a file for spreadsheets. */
import type { Static } from 'typebox';
import { findProduct } from '#cards';
import type { SheetColumn, SheetInput } from '#ledger';
import { chinaDay, daysBetween, type Language, type Reader } from '#platform';
import { AGES, TURNOVER_GOAL } from './domain.ts';
import type { StockCard, StockFigures } from './schema.ts';
import type { figuresOf, Held } from './stock.ts';

type Names = (sku: string) => { zh: string; en: string };

export async function namesOf(reader: Reader, skus: Iterable<string>): Promise<Names> {
  const names = new Map<string, { zh: string; en: string }>();
  for (const sku of new Set(skus)) {
    const product = await findProduct(reader, sku);
    if (product) names.set(sku, product.name);
  }
  return (sku) => names.get(sku) ?? { zh: sku, en: sku };
}

/** What the market lets its seller take down again. */
const REVOCABLE: ReadonlySet<string> = new Set(['draft', 'live', 'paused', 'suspended']);

export function cardView(held: Held, names: Names, at: Date): Static<typeof StockCard> {
  const { orderId, sku, place, state, resale } = held;
  return {
    ...{ orderId, sku, place, productName: names(sku), cardLast4: held.cardLast4 },
    ...{ faceFen: String(held.faceFen), costFen: String(held.costFen) },
    boughtAt: held.boughtAt.toISOString(),
    ageDays: Math.max(0, daysBetween(chinaDay(held.boughtAt), chinaDay(at))),
    ...(held.expiresOn !== undefined && { expiresOn: held.expiresOn }),
    ...(held.leftAt && { leftAt: held.leftAt.toISOString() }),
    ...(held.proceedsFen !== undefined && { proceedsFen: String(held.proceedsFen) }),
    ...(resale && {
      listing: { id: resale.listingId, state: resale.state, priceFen: String(resale.priceFen) },
    }),
    maySell: place === 'vault' && (state === 'settled' || state === 'closed'),
    mayTakeOff: place === 'listed' && REVOCABLE.has(resale?.state ?? ''),
  };
}

type Figures = Awaited<ReturnType<typeof figuresOf>>;

export function figuresView(found: Figures, names: Names, at: Date): Static<typeof StockFigures> {
  const { turnover, margin } = found;
  return {
    at: at.toISOString(),
    ages: [...AGES],
    stock: found.stock.map(({ sku, cards, faceFen, costFen, ages }) => ({
      ...{ sku, cards, productName: names(sku), faceFen: String(faceFen) },
      costFen: String(costFen),
      ages: ages.map((age) => ({ cards: age.cards, costFen: String(age.costFen) })),
    })),
    turnover: {
      ...{ days: turnover.days, goal: TURNOVER_GOAL },
      costOfSalesFen: String(turnover.costOfSalesFen),
      averageStockFen: String(turnover.averageStockFen),
      ...(turnover.timesHundredths !== undefined && { times: turnover.timesHundredths / 100 }),
    },
    margin: {
      ...{ cards: margin.cards, proceedsFen: String(margin.proceedsFen) },
      ...{ costFen: String(margin.costFen), marginFen: String(margin.marginFen) },
      ...(margin.marginBps !== undefined && { marginBps: margin.marginBps }),
    },
    days: found.days.map(({ day, stockFen, leftFen }) => ({
      ...{ day, stockFen: String(stockFen), leftFen: String(leftFen) },
    })),
    expiring: found.expiring.map(({ orderId, sku, costFen, expiresOn = '', daysLeft }) => ({
      ...{ orderId, sku, productName: names(sku), costFen: String(costFen), expiresOn, daysLeft },
    })),
    prices: found.prices.map(({ suggestion, resaleNetBps, ...one }) => ({
      ...{ ...one, productName: names(one.sku) },
      ...(suggestion && {
        suggestedBps: suggestion.rateBps,
        cappedByResale: suggestion.cappedByResale,
      }),
      ...(resaleNetBps !== undefined && { resaleNetBps }),
    })),
  };
}

const words = {
  zh: {
    name: '库存',
    heads: [
      '订单',
      '卡券',
      '尾号',
      '面值',
      '成本',
      '买入时间',
      '在库天数',
      '有效期至',
      '去向',
      '离库时间',
      '净收入',
    ],
    places: { vault: '保管中', listed: '转售中', sold: '已售出', opened: '已取出' },
  },
  en: {
    name: 'Stock',
    heads: [
      'Order',
      'Card',
      'Last four',
      'Face',
      'Cost',
      'Bought at',
      'Days here',
      'Expires',
      'Where',
      'Left at',
      'Proceeds',
    ],
    places: { vault: 'In the vault', listed: 'On the market', sold: 'Sold', opened: 'Taken out' },
  },
} as const satisfies Record<Language, unknown>;

export function stockSheet(
  rows: readonly Held[],
  { names, language, at }: { names: Names; language: Language; at: Date },
): SheetInput<Held> {
  const { name, heads, places } = words[language];
  const today = chinaDay(at);
  const cells: readonly SheetColumn<Held>['of'][] = [
    ({ orderId }) => orderId,
    ({ sku }) => names(sku)[language],
    ({ cardLast4 }) => cardLast4,
    ({ faceFen }) => faceFen,
    ({ costFen }) => costFen,
    ({ boughtAt }) => boughtAt.toISOString(),
    ({ boughtAt }) => String(Math.max(0, daysBetween(chinaDay(boughtAt), today))),
    ({ expiresOn }) => expiresOn,
    ({ place }) => places[place],
    ({ leftAt }) => leftAt?.toISOString(),
    ({ proceedsFen }) => proceedsFen,
  ];
  return { name, rows, columns: cells.map((of, index) => ({ of, head: heads[index] ?? '' })) };
}
