/**
 * The price of a card: a pure function of a published table, the card and the hour. It hides the arithmetic by
 * which every factor and fee becomes a line of whole fen and the lines still sum exactly.
 */
import assert from 'node:assert/strict';
import { calendarVersion, canonicalJson, type Fen, fen, sha256 } from '#platform';
import {
  type Adjustments,
  apportion,
  bandedFace,
  daysLeft,
  feeExact,
  feesOf,
  holidayBps,
  isBelowFloor,
  priceOf,
  type QuoteContext,
  type QuoteFacts,
  rateOf,
  UNIT,
} from './arithmetic.ts';
import { type BidOffer, chooseBuyer } from './buyer.ts';
import { momentOf } from './moment.ts';
import {
  BID_CODE,
  type FactorCode,
  type LineCode,
  type QuoteBuyer,
  type QuoteDoc,
  type QuoteLine,
} from './schema.ts';
import { offers } from './slots.ts';
import { BPS, baseOf, expiryRow, floorOf, slotAt, type Table } from './table.ts';
import { denominationWords, expiryWords, feeWords, holidayWords, slotWords } from './words.ts';

/** A quote before it has a number, a life and a signature. */
export type QuoteBody = Omit<
  QuoteDoc,
  'type' | 'quoteId' | 'issuedAt' | 'validUntil' | 'replaces' | 'signature'
>;

/** The best bid of the moment, and whether the seller wants the platform's own price all the same. */
export interface Bids {
  readonly bid?: BidOffer | undefined;
  readonly houseAsked?: boolean;
}

/** The quote for one card at one moment. Same table, same facts, same bid: same quote to the fen, for everybody. */
export function quote(table: Table, facts: QuoteFacts, bids: Bids = {}): QuoteBody {
  const { product, faceFen, expiresOn, at } = facts;
  assert(faceFen > 0n, 'a card has a face value');
  const prices = table.categories[product.category];
  const { facts: day, hour } = momentOf(at);
  const left = daysLeft(day.day, expiresOn);
  assert(left === undefined || left >= 0, 'an expired card has no price');
  const slot = slotAt(prices, day.weekdayIndex, hour);
  const adjustments: Adjustments = {
    expiryBps: expiryRow(prices, left).adjBps,
    slotBps: slot.adjBps,
    holidayBps: holidayBps(prices, day.daysToHoliday),
  };
  const baseBps = baseOf(table, product.sku, product.category);
  const banded = bandedFace(prices, faceFen);
  const ownPrice = priceOf(baseBps, banded, adjustments);
  const { buyer, price } = chooseBuyer(table, { ownPrice, faceFen }, bids);
  assert(price <= faceFen, 'no price is above the face value');
  const fees = feesOf(table, price);
  const net = fen(price - fees);
  const floorBps = floorOf(table, product.sku, product.category);
  const gross = fen((faceFen * BigInt(baseBps)) / BPS);
  const context = { table, facts, prices, day, left, slot, adjustments, baseBps, banded };
  const { betterSlot, alternatives } = offers({ ...context, hour, net, floorBps });
  return {
    sku: product.sku,
    category: product.category,
    form: product.form,
    venue: 'buyback',
    buyer,
    faceFen: faceFen.toString(),
    expiresOn: expiresOn ?? null,
    grossFen: gross.toString(),
    lines: [
      ...factorLines(context, gross, ownPrice),
      ...bidLines(table, buyer, { ownPrice, price }),
      ...feeLines(table, price, fees),
    ],
    rounding: 'price_down_fees_down',
    priceFen: price.toString(),
    feesFen: fees.toString(),
    netFen: net.toString(),
    rateBps: rateOf(net, faceFen),
    floorBps,
    belowFloor: isBelowFloor(net, faceFen, floorBps),
    ...(betterSlot && { betterSlot }),
    alternatives,
    model: modelOf(table),
    inputsHash: inputsHash(table, facts, buyer),
    calendarVersion,
    pricedAt: at.toISOString(),
  };
}

export const policyOf = (table: Table): string => `price-table/v${table.version}`;
export const modelOf = (table: Table): string => `${policyOf(table)}@${table.hash.slice(0, 16)}`;

const inputsHash = (
  table: Table,
  { product, faceFen, expiresOn, at }: QuoteFacts,
  { bid }: QuoteBuyer,
): string =>
  sha256(
    canonicalJson({
      table: table.hash,
      calendarVersion,
      sku: product.sku,
      category: product.category,
      form: product.form,
      faceFen,
      expiresOn: expiresOn ?? null,
      pricedAt: at,
      ...(bid && { bid }),
    }),
  ).toString('hex');

/** Each factor is applied to what the ones before it have left; their exact shares are rounded together. */
function factorLines(context: QuoteContext, gross: Fen, price: Fen): QuoteLine[] {
  const { table, facts, prices, day, left, slot, adjustments, baseBps, banded } = context;
  const { expiryBps, slotBps } = adjustments;
  const scale = (power: bigint): bigint => BPS ** power;
  const start = BigInt(baseBps) * facts.faceFen * scale(4n);
  const afterBands = BigInt(baseBps) * banded * scale(3n);
  const afterExpiry = (afterBands * BigInt(10_000 + expiryBps)) / BPS;
  const afterSlot = (afterExpiry * BigInt(10_000 + slotBps)) / BPS;
  const afterHoliday = (afterSlot * BigInt(10_000 + adjustments.holidayBps)) / BPS;
  const exact = [start, afterBands, afterExpiry, afterSlot, afterHoliday];
  const steps = exact.slice(1).map((after, index) => after - (exact[index] ?? 0n));
  const parts = apportion(price - gross, steps, UNIT);
  const bandBps = Number((banded - facts.faceFen * BPS) / facts.faceFen);
  const rows: [FactorCode, number, { rule: string; zh: string; en: string }][] = [
    ['DENOMINATION_ADJ', bandBps, denominationWords(prices)],
    ['EXPIRY_ADJ', expiryBps, expiryWords(prices, left)],
    ['SLOT_ADJ', slotBps, slotWords(slot)],
    ['HOLIDAY_ADJ', adjustments.holidayBps, holidayWords(prices, day)],
  ];
  return rows.map(([code, bps, words], index) =>
    line(table, code, fen(parts[index] ?? 0n), bps, fen((exact[index] ?? 0n) / UNIT), words),
  );
}

/** What the recycler adds to the price table; no line when the platform itself buys. */
function bidLines(
  table: Table,
  { bid, zh, en }: QuoteBuyer,
  { ownPrice, price }: { ownPrice: Fen; price: Fen },
): QuoteLine[] {
  if (!bid) return [];
  const words = { rule: `bid.${bid.bidId}`, zh, en };
  return [line(table, BID_CODE, fen(price - ownPrice), bid.rateBps, ownPrice, words)];
}

function feeLines(table: Table, price: Fen, total: Fen): QuoteLine[] {
  const exact = table.fees.map((fee) => feeExact(fee, price));
  const parts = apportion(total, exact, BPS);
  return table.fees.map((fee, index) =>
    line(table, fee.code, fen(-(parts[index] ?? 0n)), fee.rateBps, price, feeWords(fee)),
  );
}

function line(
  table: Table,
  code: LineCode,
  amount: Fen,
  bps: number,
  of: Fen,
  words: { rule: string; zh: string; en: string },
): QuoteLine {
  return {
    code,
    fen: amount.toString(),
    basis: { rule: words.rule, bps, ofFen: of.toString(), zh: words.zh, en: words.en },
    policyVersion: policyOf(table),
  };
}
