/** Today's price list and the history of a product's price, computed from published tables and nothing else. */
import {
  addDays,
  calendarCovers,
  calendarVersion,
  chinaDay,
  chinaInstant,
  DAY,
  type Fen,
  plus,
  type Reader,
} from '#platform';
import { holidayBps, netOf, rateOf } from './arithmetic.ts';
import { showFace } from './compare.ts';
import { compiled, currentTable, findCurrent } from './current.ts';
import { quote } from './domain.ts';
import { dayFacts, momentOf } from './moment.ts';
import type { PriceHistory, PriceList, PriceRow, ProductFacts } from './schema.ts';
import { publishedHeads } from './store.ts';
import { baseOf, expiryRow, slotAt, type Table } from './table.ts';

/** Net of a card without an end. */
function plainNet(table: Table, product: ProductFacts, faceFen: Fen, at: Date): Fen {
  const { facts, hour } = momentOf(at);
  return netAt(table, product, faceFen, facts.day, hour);
}

function netAt(table: Table, product: ProductFacts, faceFen: Fen, day: string, hour: number): Fen {
  const prices = table.categories[product.category];
  const facts = dayFacts(day);
  const card = { baseBps: baseOf(table, product.sku, product.category), faceFen };
  return netOf(table, prices, card, {
    expiryBps: expiryRow(prices, undefined).adjBps,
    slotBps: slotAt(prices, facts.weekdayIndex, hour).adjBps,
    holidayBps: holidayBps(prices, facts.daysToHoliday),
  });
}

/** One row per product. No reference price is ever shown: only what we pay, and what we paid. */
export async function priceList(
  reader: Reader,
  input: { products: readonly ProductFacts[]; at: Date },
): Promise<PriceList> {
  const { products, at } = input;
  const { table, until } = await currentTable(reader, at);
  const yesterday = plus(at, -DAY);
  const before = await findCurrent(reader, yesterday);
  const heads = await publishedHeads(reader);
  const items = products.map((product): PriceRow => {
    const faceFen = showFace(product);
    const body = quote(table, { product, faceFen, at, tableUntil: until });
    const [bestSlot] = body.betterSlot ? [body.betterSlot] : body.alternatives;
    const was = before && plainNet(before.table, product, faceFen, yesterday);
    return {
      sku: product.sku,
      name: product.name,
      category: product.category,
      faceFen: body.faceFen,
      netFen: body.netFen,
      rateBps: body.rateBps,
      floorBps: body.floorBps,
      belowFloor: body.belowFloor,
      changeFen: was === undefined ? null : (BigInt(body.netFen) - was).toString(),
      ...(bestSlot && { bestSlot }),
    };
  });
  return {
    at: at.toISOString(),
    tableVersion: table.version,
    tableHash: table.hash,
    calendarVersion,
    calendarKnown: calendarCovers(chinaDay(at)),
    upcoming: heads.flatMap(({ version, title, effective_from: from }) =>
      from !== null && version !== null && from > at && version > table.version
        ? [{ version, title, effectiveFrom: from.toISOString() }]
        : [],
    ),
    items,
  };
}

/** Most categories are past their best hours then, and the banks have closed. */
export const CLOSING_HOUR = 21;

/** One row per day on which a table was in force, oldest first; today's row is the price of now until it closes. */
export async function priceHistory(
  reader: Reader,
  input: { product: ProductFacts; at: Date; days: number },
): Promise<PriceHistory> {
  const { product, at } = input;
  const faceFen = showFace(product);
  const heads = await publishedHeads(reader);
  const today = chinaDay(at);
  const days: PriceHistory['days'] = [];
  for (let back = input.days - 1; back >= 0; back--) {
    const day = addDays(today, -back);
    const close = chinaInstant(day, CLOSING_HOUR);
    const moment = close > at ? at : close;
    const head = heads.findLast(({ effective_from: from }) => from !== null && from <= moment);
    if (!head) continue;
    const table = await compiled(reader, head);
    // Every day at the same hour, today too: another hour would look like a change of the price.
    const { hour } = momentOf(close);
    const net = netAt(table, product, faceFen, day, hour);
    const runs = table.categories[product.category].week[dayFacts(day).weekdayIndex] ?? [];
    const nets = runs.map(({ fromHour }) => netAt(table, product, faceFen, day, fromHour));
    const best = nets.reduce((a, b) => (a > b ? a : b), net);
    days.push({
      day,
      netFen: net.toString(),
      rateBps: rateOf(net, faceFen),
      bestRateBps: rateOf(best, faceFen),
      tableVersion: table.version,
    });
  }
  return { sku: product.sku, faceFen: faceFen.toString(), closingHour: CLOSING_HOUR, days };
}
