/** Seeded dice for simulations: the same seed plays the same game. */
import assert from 'node:assert/strict';

/** mulberry32: small, seeded, good enough to choose steps. */
export function dice(seed: number) {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    upTo: (max: number): number => Math.floor(next() * max),
    one: <T>(of: readonly T[]): T => {
      const found = of[Math.floor(next() * of.length)];
      assert(found !== undefined);
      return found;
    },
  };
}
