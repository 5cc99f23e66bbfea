/** Money is whole fen; this file hides every way of getting a rounding wrong. */
import assert from 'node:assert/strict';

/** Integer hundredths of a yuan. Signed; `int8` in SQL, decimal string in JSON, yuan only on screen. */
export type Fen = bigint & { readonly unit: 'fen' };

/** No single amount may exceed 10^15 fen (10 trillion yuan), so that no sum of 9 000 of them overflows int8. */
export const FEN_MAX = 1_000_000_000_000_000n;

export const ZERO = 0n as Fen;

export function fen(amount: bigint | number): Fen {
  const value = BigInt(amount);
  assert(value <= FEN_MAX && value >= -FEN_MAX, `amount out of bounds: ${value}`);
  return value as Fen;
}

export const sum = (amounts: Iterable<Fen>): Fen => {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return fen(total);
};

/** `rateBps` of `amount` (250 = 2.5 %). Says which way it rounds: no fen is lost in silence. */
export function share(amount: Fen, rateBps: number, round: 'up' | 'down'): Fen {
  assert(amount >= 0n);
  assert(Number.isInteger(rateBps));
  assert(rateBps >= 0 && rateBps <= 10_000);
  return fen((amount * BigInt(rateBps) + (round === 'up' ? 9_999n : 0n)) / 10_000n);
}

/**
 * Splits `total` in proportion to `weights`, each ≥ 0, by largest remainder; ties go to the earlier part.
 * The parts always sum to `total` exactly. Refuses (asserts) when all weights are zero.
 */
export function allocate(total: Fen, weights: readonly bigint[]): Fen[] {
  const whole = weights.reduce((a, b) => a + b, 0n);
  assert(whole > 0n, 'nothing to allocate by');
  assert(weights.every((weight) => weight >= 0n));
  const sign = total < 0n ? -1n : 1n;
  const size = total * sign;
  const parts = weights.map((weight) => (size * weight) / whole);
  const rests = weights.map((weight, index) => ({ rest: (size * weight) % whole, index }));
  rests.sort((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest > b.rest ? -1 : 1));
  const short = Number(size - parts.reduce((a, b) => a + b, 0n));
  for (const { index } of rests.slice(0, short)) parts[index] = (parts[index] ?? 0n) + 1n;
  return parts.map((part) => fen(part * sign));
}

const DECIMAL_FEN = /^(0|-?[1-9]\d{0,15})$/;

/** Reads the JSON form, a plain decimal string of fen; anything else (1e9, -0, 1.5, ' 1') is undefined. */
export function parseFen(text: string): Fen | undefined {
  if (!DECIMAL_FEN.test(text)) return undefined;
  const value = BigInt(text);
  return value > FEN_MAX || value < -FEN_MAX ? undefined : (value as Fen);
}

/** For people: `1234567n` → `¥12,345.67`. */
export function yuan(amount: Fen): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(3, '0');
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return `${amount < 0n ? '−' : ''}¥${whole}.${digits.slice(-2)}`;
}
