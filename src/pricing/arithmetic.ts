/** The arithmetic of prices in whole fen: factors, brackets, capped fees, and splitting without losing a fen. Pure. */
import assert from 'node:assert/strict';
import { daysBetween, type Fen } from '#platform';
import type { DayFacts } from './moment.ts';
import type { ProductFacts, SlotRow } from './schema.ts';
import { BPS, type CategoryPrices, type Table } from './table.ts';

/** All a quote may depend on besides the table. There is no field for a person, and there must never be one. */
export interface QuoteFacts {
  readonly product: Pick<ProductFacts, 'sku' | 'category' | 'form'>;
  readonly faceFen: Fen;
  /** Last valid day; undefined: no end. */
  readonly expiresOn?: string | undefined;
  readonly at: Date;
  /** When another published version takes over: no better time is promised beyond it. */
  readonly tableUntil?: Date | undefined;
}

/** What the lines and the better slots are computed from. */
export interface QuoteContext {
  readonly table: Table;
  readonly facts: QuoteFacts;
  readonly prices: CategoryPrices;
  readonly day: DayFacts;
  readonly left: number | undefined;
  readonly slot: SlotRow;
  readonly adjustments: Adjustments;
  readonly baseBps: number;
  readonly banded: bigint;
}

/** The adjustments in force at one moment, in bps. */
export interface Adjustments {
  readonly expiryBps: number;
  readonly slotBps: number;
  readonly holidayBps: number;
}

/** Σ over the bands of (part of the face in the band) × (10000 + adjustment): like tax brackets, so never falling. */
export function bandedFace(prices: CategoryPrices, faceFen: Fen): bigint {
  let total = 0n;
  const { bands } = prices;
  for (let index = 0; index < bands.length; index++) {
    const band = bands[index];
    assert(band);
    if (faceFen <= band.fromFen) break;
    const end = bands[index + 1]?.fromFen;
    const part = (end !== undefined && end < faceFen ? end : faceFen) - band.fromFen;
    total += part * (BPS + BigInt(band.adjBps));
  }
  return total;
}

/** The denominator of an exact price: base, bands and three factors in bps. */
export const UNIT = BPS ** 5n;

/** What the buyer side pays, rounded down to the fen once, at the end. `banded` is `bandedFace`. */
export function priceOf(baseBps: number, banded: bigint, by: Adjustments): Fen {
  const exact =
    BigInt(baseBps) *
    banded *
    BigInt((10_000 + by.expiryBps) * (10_000 + by.slotBps)) *
    (BPS + BigInt(by.holidayBps));
  return (exact / UNIT) as Fen;
}

/** All fees together, rounded down once, so that a fen more of price never means less for the seller. */
export function feesOf(table: Table, price: Fen): Fen {
  let exact = 0n;
  for (const fee of table.fees) exact += feeExact(fee, price);
  return (exact / BPS) as Fen;
}

export function feeExact(fee: { rateBps: number; capFen: Fen }, price: Fen): bigint {
  const exact = price * BigInt(fee.rateBps);
  const cap = fee.capFen * BPS;
  return exact < cap ? exact : cap;
}

export function holidayBps(prices: CategoryPrices, daysToHoliday: number | undefined): number {
  const { holiday } = prices;
  const near =
    holiday !== undefined &&
    daysToHoliday !== undefined &&
    daysToHoliday >= 1 &&
    daysToHoliday <= holiday.daysBefore;
  return near ? holiday.adjBps : 0;
}

export const daysLeft = (day: string, expiresOn: string | undefined): number | undefined =>
  expiresOn === undefined ? undefined : daysBetween(day, expiresOn);

/**
 * Splits `total` into whole parts, each next to its exact value `numerator / denominator`: floors first, then one
 * more for the largest remainders. `total` must differ from the exact sum by less than one.
 */
export function apportion(total: bigint, numerators: readonly bigint[], denominator: bigint) {
  const parts = numerators.map((numerator) => {
    const cut = numerator / denominator;
    return numerator < 0n && cut * denominator !== numerator ? cut - 1n : cut;
  });
  const short = Number(total - parts.reduce((a, b) => a + b, 0n));
  if (short === 0) return parts;
  const rests = numerators
    .map((numerator, index) => ({ index, rest: numerator - (parts[index] ?? 0n) * denominator }))
    .filter(({ rest }) => rest > 0n)
    .sort((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest > b.rest ? -1 : 1));
  assert(short > 0 && short <= rests.length, 'the parts do not add up');
  for (const { index } of rests.slice(0, short)) parts[index] = (parts[index] ?? 0n) + 1n;
  return parts;
}

/** Only the amount: what `quote` would pay, without the words. */
export function netOf(
  table: Table,
  prices: CategoryPrices,
  card: { baseBps: number; faceFen: Fen },
  by: Adjustments,
): Fen {
  const price = priceOf(card.baseBps, bandedFace(prices, card.faceFen), by);
  return (price - feesOf(table, price)) as Fen;
}

export const rateOf = (net: Fen, faceFen: Fen): number => Number((net * BPS) / faceFen);

export const isBelowFloor = (net: Fen, faceFen: Fen, floorBps: number): boolean =>
  net * BPS < faceFen * BigInt(floorBps);
