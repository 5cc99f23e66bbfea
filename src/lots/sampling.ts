/**
 * Which cards of a lot are looked at by hand, and when that is enough: a sample drawn by a seed that was committed to
 * before the file came, and two plans that a bad lot passes rarely. Anyone can redo all of it. Pure.
 */
import assert from 'node:assert/strict';
import { sha256 } from '#platform';

export type Plan = 'zero' | 'sprt';

/** Zero acceptance: a lot with this share of bad cards passes with at most this chance. n = 125 in a large lot. */
export const ZERO = { badBps: 240, betaBps: 500 } as const;
/** Wald's test: 0.5 % is good, 3 % is bad; a good lot fails with 5 %, a bad one passes with 1 %. */
export const SPRT = { goodBps: 50, badBps: 300, alphaBps: 500, betaBps: 100 } as const;

const BPS = 10_000;

/**
 * The chance that a sample of `n` out of `lot` has no bad card among `bad`: the product of (good − i) / (lot − i),
 * without replacement.
 */
export function passesClean({ lot, bad, n }: { lot: number; bad: number; n: number }): number {
  assert(bad <= lot && n <= lot, 'a sample and its bad cards are of the lot');
  let chance = 1;
  for (let i = 0; i < n && chance > 0; i++) chance *= Math.max(0, lot - bad - i) / (lot - i);
  return chance;
}

/** The smallest sample that a lot at the limit passes with at most β; the whole lot where nothing smaller does. */
export function zeroSize(lot: number, { badBps, betaBps } = ZERO as ZeroPlan): number {
  assert(Number.isInteger(lot) && lot > 0, 'a lot has cards');
  // Rounded up: what counts is the smallest number of bad cards that reaches the limit.
  const bad = Math.ceil((lot * badBps) / BPS);
  let chance = 1;
  for (let n = 0; n < lot; n++) {
    if (chance <= betaBps / BPS) return n;
    chance *= Math.max(0, lot - bad - n) / (lot - n);
  }
  return lot;
}
interface ZeroPlan {
  readonly badBps: number;
  readonly betaBps: number;
}

export type Verdict = 'pass' | 'fail' | 'go_on';

/** The bounds of the log likelihood ratio of bad to good, and what each card adds to it. */
function wald() {
  const [p0, p1] = [SPRT.goodBps / BPS, SPRT.badBps / BPS];
  const [alpha, beta] = [SPRT.alphaBps / BPS, SPRT.betaBps / BPS];
  return {
    pass: Math.log(beta / (1 - alpha)),
    fail: Math.log((1 - beta) / alpha),
    perGood: Math.log((1 - p1) / (1 - p0)),
    perBad: Math.log(p1 / p0),
  };
}

export function sprtVerdict({ good, bad }: { good: number; bad: number }): Verdict {
  const { pass, fail, perGood, perBad } = wald();
  const ratio = good * perGood + bad * perBad;
  return ratio <= pass ? 'pass' : ratio >= fail ? 'fail' : 'go_on';
}

/** Fewest clean cards after which the sequential test passes: 179. */
export function sprtClean(): number {
  const { pass, perGood } = wald();
  return Math.ceil(pass / perGood);
}

/** A lot that is neither clearly good nor clearly bad after so many is judged as it then stands. */
export const SPRT_CARDS_MAX = 1_000;

/** How many cards are drawn: all that the plan may ask for. */
export const drawSize = (plan: Plan, lot: number): number =>
  plan === 'zero' ? zeroSize(lot) : Math.min(lot, SPRT_CARDS_MAX);

/**
 * What the results so far say, in the order of the draw. The sequential test stops at its bounds; at the end of the
 * draw only a whole lot without a bad card, or fewer bad ones than the good limit allows, passes.
 */
export function sampleVerdict(input: {
  plan: Plan;
  lot: number;
  results: readonly boolean[];
}): Verdict {
  const { plan, lot, results } = input;
  const size = drawSize(plan, lot);
  assert(results.length <= size, 'results are of the sample');
  if (plan === 'zero')
    return results.includes(false) ? 'fail' : results.length === size ? 'pass' : 'go_on';
  let good = 0;
  let bad = 0;
  for (const isGood of results) {
    if (isGood) good++;
    else bad++;
    const verdict = sprtVerdict({ good, bad });
    if (verdict !== 'go_on') return verdict;
  }
  if (results.length < size) return 'go_on';
  return bad * BPS <= size * SPRT.goodBps ? 'pass' : 'fail';
}

/** SHA-256 of the seed's 32 bytes, in hex: published before the file, opened after it. */
export const commitSeed = (seed: string): string => {
  assert(/^[0-9a-f]{64}$/.test(seed), 'a seed is 32 bytes in hex');
  return sha256(Buffer.from(seed, 'hex')).toString('hex');
};

/**
 * The sample, in order: a Fisher–Yates shuffle of the row numbers that stops when enough are drawn, fed by
 * SHA-256(seed ‖ digest of the file ‖ counter). Neither side can aim it: the seed stood first, the file came after.
 */
export function drawSample(input: {
  seed: string;
  fileDigest: string;
  rows: readonly number[];
  size: number;
}): number[] {
  const { seed, fileDigest, rows, size } = input;
  assert(size <= rows.length, 'a sample is of the rows');
  const next = dice(seed, fileDigest);
  const deck = [...rows];
  for (let place = 0; place < size; place++) {
    const other = place + next(deck.length - place);
    const [a, b] = [deck[place], deck[other]];
    assert(a !== undefined && b !== undefined);
    deck[place] = b;
    deck[other] = a;
  }
  return deck.slice(0, size);
}

/** Uniform below `bound`, by rejection: a remainder alone would favour the first rows. */
function dice(seed: string, fileDigest: string): (bound: number) => number {
  let counter = 0;
  let bytes: Buffer = Buffer.alloc(0);
  const word = (): number => {
    if (bytes.length < 4) {
      const count = Buffer.alloc(4);
      count.writeUInt32BE(counter++);
      bytes = sha256(Buffer.concat([Buffer.from(seed + fileDigest, 'hex'), count]));
    }
    const value = bytes.readUInt32BE();
    bytes = bytes.subarray(4);
    return value;
  };
  return (bound) => {
    const fair = 2 ** 32 - (2 ** 32 % bound);
    for (;;) {
      const value = word();
      if (value < fair) return value % bound;
    }
  };
}
