/**
 * Dutch auctions, pure: a price that falls by a function of time published before the opening; the first who says yes
 * has it. It hides nothing but the arithmetic, and the hash that pins the function down.
 */
import { canonicalJson, type Fen, fen, type Refusal, refuse, sha256 } from '#platform';

/** price(t) = max(reserve, start − step · ⌊(t − opening) / every⌋) */
export interface PriceFunction {
  readonly startFen: Fen;
  readonly stepFen: Fen;
  readonly everyMs: number;
  readonly reserveFen: Fen;
  readonly opensAt: Date;
  readonly closesAt: Date;
}

/** Whether it falls at all, never below the reserve, and reaches its end before the close. */
export function checkFunction(terms: PriceFunction): Refusal | undefined {
  const { startFen, stepFen, everyMs, reserveFen, opensAt, closesAt } = terms;
  const sound =
    reserveFen > 0n &&
    startFen >= reserveFen &&
    stepFen > 0n &&
    Number.isSafeInteger(everyMs) &&
    everyMs > 0 &&
    closesAt > opensAt;
  return sound ? undefined : refuse('price_function_unsound');
}

/** In hex, over the canonical JSON of every field; it stands in the record before the first person may buy. */
export const functionHash = (lot: string, terms: PriceFunction): string =>
  sha256(canonicalJson({ type: 'huiquan.dutch.v1', lot, ...terms })).toString('hex');

/** At and after the opening. The first step down comes when a whole interval is over, not a moment before. */
export function priceAt(terms: PriceFunction, at: Date): Fen {
  const { startFen, stepFen, everyMs, reserveFen, opensAt } = terms;
  const steps = Math.floor(Math.max(0, at.getTime() - opensAt.getTime()) / everyMs);
  const price = startFen - stepFen * BigInt(steps);
  return fen(price > reserveFen ? price : reserveFen);
}

export interface DutchYes {
  readonly at: Date;
  /** The most the buyer agreed to; a slow click never costs more than was on the screen. */
  readonly maxFen: Fen;
  /** What the function hashes to as the buyer saw it. */
  readonly functionHash: string;
}

/**
 * What a yes costs. Refuses auction_not_open, auction_closed, price_function_changed, price_above_limit. Whether
 * somebody was first is not decided here but by the lock of the row.
 */
export function acceptDutch(lot: string, terms: PriceFunction, yes: DutchYes): Fen | Refusal {
  if (yes.at < terms.opensAt) return refuse('auction_not_open');
  if (yes.at >= terms.closesAt) return refuse('auction_closed');
  if (yes.functionHash !== functionHash(lot, terms)) return refuse('price_function_changed');
  const price = priceAt(terms, yes.at);
  return price <= yes.maxFen ? price : refuse('price_above_limit', { priceFen: price.toString() });
}
