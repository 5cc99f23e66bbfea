/** Callers that ask again as soon as they are answered, and what they saw. */

export interface Load {
  readonly name: string;
  /** How many ask side by side. */
  readonly callers: number;
  /** Transfers that one answer stands for. */
  readonly each?: number;
  readonly once: (caller: number) => Promise<unknown>;
}

export interface Sample {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export async function measure(load: Load, seconds: number): Promise<Sample> {
  const times: number[] = [];
  const start = performance.now();
  const end = start + seconds * 1_000;
  const caller = async (index: number): Promise<void> => {
    for (let begun = performance.now(); begun < end; ) {
      await load.once(index);
      const done = performance.now();
      times.push(done - begun);
      begun = done;
    }
  };
  await Promise.all(Array.from({ length: load.callers }, (_, index) => caller(index)));
  const took = (performance.now() - start) / 1_000;
  times.sort((a, b) => a - b);
  const at = (part: number): number => times[Math.floor((times.length - 1) * part)] ?? Number.NaN;
  return {
    perSecond: (times.length * (load.each ?? 1)) / took,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  };
}

const middle = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Of each figure by itself: a round that the machine spoilt spoils none of them. */
export const median = (samples: readonly Sample[]): Sample => ({
  perSecond: middle(samples.map((sample) => sample.perSecond)),
  p50Ms: middle(samples.map((sample) => sample.p50Ms)),
  p99Ms: middle(samples.map((sample) => sample.p99Ms)),
});
