/**
 * How likely is a card sold by day 1, 3 and 7 at a price? From how long listings stood before they sold. Pure.
 *
 * Kaplan–Meier in whole days (Kaplan & Meier 1958, the product-limit estimator): of the listings of a price bucket
 * that were still on sale on day d, the share sold on that day is the hazard h(d); the chance of a sale by day t is
 * 1 − Π(1 − h(d)). A listing withdrawn, expired or still on sale counts as long as it was seen (right-censored).
 * Few listings say little, so each hazard leans on the one above it, as if SHRINK listings of that had been seen:
 * product in its bucket → category in the bucket → category at any price (an empirical-Bayes beta-binomial mean).
 * A dearer card never sells faster: buckets that contradict it are pooled (isotonic regression, Ayer et al. 1955).
 */
import assert from 'node:assert/strict';

export const HORIZONS = [1, 3, 7] as const;
const DAYS = 7;
/** Width of a price bucket in basis points of the value: half a 折. */
export const BUCKET_BPS = 500;
const BUCKETS = 20;
/** Listings' worth of belief in the level above. */
const SHRINK = 20;
/** Fewer listings at about this price, in product and category together, are no ground for a number. */
export const SPELLS_MIN = 30;

/** One listing's time on sale. */
export interface Spell {
  readonly sku: string;
  /** Price per value, basis points. */
  readonly discountBps: number;
  /** Days on sale until the sale, or until it was seen last; fractions count. */
  readonly days: number;
  readonly sold: boolean;
}
export interface Chance {
  /** Shares between 0 and 1. */
  readonly byDay: Readonly<Record<(typeof HORIZONS)[number], number>>;
  /** Listings seen at about this price. */
  readonly ofProduct: number;
  readonly ofCategory: number;
}

/** For each day how many were on sale when it began, and how many of these were sold in it. */
interface Life {
  readonly atRisk: number[];
  readonly sold: number[];
  readonly spells: number;
}

/** `spells` of one category; undefined when there are not enough to say. */
export function chanceOfSale(
  spells: readonly Spell[],
  wanted: { sku: string; discountBps: number },
): Chance | undefined {
  const bucket = bucketOf(wanted.discountBps);
  const ofProduct = spells.filter(({ sku }) => sku === wanted.sku);
  const category = byBucket(spells);
  const product = byBucket(ofProduct);
  const all = lifeOf(spells);
  const curves = category.map((life, at) => {
    const base = hazards(life, hazards(all, undefined));
    return soldBy(hazards(product[at] ?? lifeOf([]), base));
  });
  // A bucket weighs what was seen in it; an empty one follows its neighbours.
  const weights = category.map(({ spells: seen }) => seen + 1e-6);
  const seen = pooledAround(category, bucket);
  if (seen < SPELLS_MIN) return undefined;
  const at = (horizon: number): number => {
    const shares = falling(
      curves.map((curve) => curve[horizon - 1] ?? 0),
      weights,
    );
    return shares[bucket] ?? 0;
  };
  return {
    byDay: { 1: at(1), 3: at(3), 7: at(7) },
    ofProduct: product[bucket]?.spells ?? 0,
    ofCategory: category[bucket]?.spells ?? 0,
  };
}

export const bucketOf = (discountBps: number): number =>
  Math.max(0, Math.min(BUCKETS - 1, Math.ceil(discountBps / BUCKET_BPS) - 1));

const byBucket = (spells: readonly Spell[]): Life[] => {
  const groups = Array.from({ length: BUCKETS }, (): Spell[] => []);
  for (const spell of spells) groups[bucketOf(spell.discountBps)]?.push(spell);
  return groups.map(lifeOf);
};

/** The bucket itself and the two beside it: a price says something about the prices next to it. */
const pooledAround = (lives: readonly Life[], bucket: number): number =>
  [bucket - 1, bucket, bucket + 1].reduce((sum, at) => sum + (lives[at]?.spells ?? 0), 0);

function lifeOf(spells: readonly Spell[]): Life {
  const atRisk = Array<number>(DAYS).fill(0);
  const sold = Array<number>(DAYS).fill(0);
  for (const { days, sold: isSold } of spells) {
    assert(days >= 0, 'nothing is sold before it is listed');
    for (let day = 0; day < DAYS; day++) {
      const ends = days < day + 1;
      // Taken away in the middle of a day: it counts for half of it, as in life tables (Cutler & Ederer 1958).
      atRisk[day] = (atRisk[day] ?? 0) + (ends && !isSold ? 0.5 : 1);
      if (!ends) continue;
      if (isSold) sold[day] = (sold[day] ?? 0) + 1;
      break;
    }
  }
  return { atRisk, sold, spells: spells.length };
}

/** Of each day; leaning on `prior`, or on nothing at the top. */
const hazards = ({ atRisk, sold }: Life, prior: readonly number[] | undefined): number[] =>
  atRisk.map((risk, day) => {
    const belief = prior === undefined ? 0 : SHRINK;
    if (risk + belief === 0) return 0;
    return ((sold[day] ?? 0) + belief * (prior?.[day] ?? 0)) / (risk + belief);
  });

/** Chance of a sale by the end of each day. */
function soldBy(hazard: readonly number[]): number[] {
  let left = 1;
  return hazard.map((share) => {
    left *= 1 - share;
    return 1 - left;
  });
}

/** The nearest list (weighted least squares) that never rises: neighbours that do are made one (pool adjacent violators). */
export function falling(values: readonly number[], weights: readonly number[]): number[] {
  const blocks: { mean: number; weight: number; size: number }[] = [];
  values.forEach((value, at) => {
    blocks.push({ mean: value, weight: weights[at] ?? 1, size: 1 });
    for (;;) {
      const [before, last] = blocks.slice(-2);
      if (!before || !last || blocks.length < 2 || before.mean >= last.mean) return;
      const weight = before.weight + last.weight;
      const mean = (before.mean * before.weight + last.mean * last.weight) / weight;
      blocks.splice(-2, 2, { mean, weight, size: before.size + last.size });
    }
  });
  return blocks.flatMap(({ mean, size }) => Array<number>(size).fill(mean));
}
