/** Chance that can be repeated: the same seed, the same trace. */
export interface Random {
  /** 0 ≤ n < below */
  below(below: number): number;
  between(low: bigint, high: bigint): bigint;
  chance(percent: number): boolean;
  pick<T>(items: readonly T[]): T | undefined;
  bytes32(): `0x${string}`;
}

/** mulberry32 */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    between: (low, high) => low + BigInt(below(Number(high - low) + 1)),
    chance: (percent) => below(100) < percent,
    pick: (items) => items[below(items.length)],
    bytes32: () => {
      const word = (): string =>
        below(2 ** 32)
          .toString(16)
          .padStart(8, '0');
      return `0x${Array.from({ length: 8 }, word).join('')}`;
    },
  };
}
