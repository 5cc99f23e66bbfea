/** What a new price table would change: whether somebody gets less, and the effect on every product. Pure. */
import assert from 'node:assert/strict';
import { type Fen, fen, sum, yuan } from '#platform';
import { type Adjustments, holidayBps, netOf, rateOf } from './arithmetic.ts';
import { quote } from './domain.ts';
import { CATEGORIES, type Category, type PreviewRow, type ProductFacts } from './schema.ts';
import { BPS, baseOf, type CategoryPrices, expiryRow, slotAt, type Table } from './table.ts';

/** An old value beside the new one. */
type Pair = readonly [old: number, new_: number];

/**
 * Of many pairs only those that can be the worst: the price rises with every factor, so a pair is covered by one
 * whose old value is not lower and whose new value is not higher. Nothing is lost, the grid stays small.
 */
export function worstPairs(pairs: readonly Pair[]): Pair[] {
  const sorted = [...pairs].sort((a, b) => b[0] - a[0] || a[1] - b[1]);
  const front: Pair[] = [];
  let lowest = Number.POSITIVE_INFINITY;
  for (const pair of sorted) {
    if (pair[1] >= lowest) continue;
    lowest = pair[1];
    front.push(pair);
  }
  return front;
}

const WEEK_DAYS = 7;
const DAY_HOURS = 24;
const HOLIDAY_DAYS_MAX = 31;
/** Round faces from ¥1 to ¥50,000, besides the edges of the bands. */
const ROUND_FACES = [1, 2, 5].flatMap((digit) =>
  [100, 1_000, 10_000, 100_000, 1_000_000].map((power) => BigInt(digit * power)),
);

interface Because {
  readonly zh: string;
  readonly en: string;
}

/**
 * Where `next` pays a seller less than `old` or asks a higher fee: the first case of each kind, empty when it only
 * raises. Compared to the fen on the grid category or product × face × days to expiry × hour of the week × holiday.
 */
export function noticeNeeded(
  old: Table,
  next: Table,
  products: readonly ProductFacts[],
): Because[] {
  return [
    ...feeRises(old, next),
    ...CATEGORIES.flatMap((category) => {
      const found = loweredIn(old, next, category, products);
      return found ? [found] : [];
    }),
  ];
}

function feeRises(old: Table, next: Table): Because[] {
  return next.fees.flatMap((fee) => {
    const before = old.fees.find(({ code }) => code === fee.code);
    assert(before, `fee ${fee.code} is in every table`);
    // Without a rate or a cap nothing is ever charged, whatever the other number says.
    const charges = fee.rateBps > 0 && fee.capFen > 0n;
    const rises = fee.rateBps > before.rateBps || fee.capFen > before.capFen;
    if (!charges || !rises) return [];
    return [{ zh: `${fee.zh}上调`, en: `${fee.en} rises` }];
  });
}

function loweredIn(
  old: Table,
  next: Table,
  category: Category,
  products: readonly ProductFacts[],
): Because | undefined {
  const [before, after] = [old.categories[category], next.categories[category]];
  const skus = products.filter((product) => product.category === category).map(({ sku }) => sku);
  const bases = worstPairs([
    [before.baseBps, after.baseBps],
    ...skus.map((sku): Pair => [baseOf(old, sku, category), baseOf(next, sku, category)]),
  ]);
  const moments = worstMoments(before, after);
  const faces = gridFaces(before, after);
  for (const [oldBase, newBase] of bases) {
    for (const [was, becomes] of moments) {
      for (const faceFen of faces) {
        const oldNet = netOf(old, before, { baseBps: oldBase, faceFen }, was);
        const newNet = netOf(next, after, { baseBps: newBase, faceFen }, becomes);
        if (newNet < oldNet) return lowered(category, faceFen, oldNet, newNet);
      }
    }
  }
  return undefined;
}

const lowered = (category: Category, faceFen: Fen, oldNet: Fen, newNet: Fen): Because => ({
  zh: `${category}：面值 ${yuan(faceFen)} 的到手价在某些时段由 ${yuan(oldNet)} 降为 ${yuan(newNet)}`,
  en: `${category}: a face of ${yuan(faceFen)} can pay ${yuan(newNet)} instead of ${yuan(oldNet)}`,
});

function worstMoments(before: CategoryPrices, after: CategoryPrices) {
  const hours: Pair[] = [];
  for (let day = 0; day < WEEK_DAYS; day++) {
    for (let hour = 0; hour < DAY_HOURS; hour++)
      hours.push([slotAt(before, day, hour).adjBps, slotAt(after, day, hour).adjBps]);
  }
  const days = [...before.expiry, ...after.expiry].map(({ fromDays }) => fromDays);
  const ends = [undefined, ...days].map(
    (left): Pair => [expiryRow(before, left).adjBps, expiryRow(after, left).adjBps],
  );
  const holidays = Array.from(
    { length: HOLIDAY_DAYS_MAX },
    (_, left): Pair => [holidayBps(before, left), holidayBps(after, left)],
  );
  const moments: [Adjustments, Adjustments][] = [];
  for (const slot of worstPairs(hours)) {
    for (const end of worstPairs(ends)) {
      for (const holiday of worstPairs(holidays)) {
        moments.push([
          { slotBps: slot[0], expiryBps: end[0], holidayBps: holiday[0] },
          { slotBps: slot[1], expiryBps: end[1], holidayBps: holiday[1] },
        ]);
      }
    }
  }
  return moments;
}

function gridFaces(before: CategoryPrices, after: CategoryPrices): Fen[] {
  const edges = [...before.bands, ...after.bands].flatMap(({ fromFen }) => [fromFen, fromFen + 1n]);
  const faces = new Set([...ROUND_FACES, ...edges].filter((face) => face > 0n));
  return [...faces].sort((a, b) => (a < b ? -1 : 1)).map((face) => fen(face));
}

/** Faces to show a product by: what is listed, and three of an open amount. */
export function sampleFaces({ denominationsFen, openAmount }: ProductFacts): Fen[] {
  const open = openAmount ? [openAmount.minFen, standardFace(openAmount), openAmount.maxFen] : [];
  return [...new Set([...denominationsFen, ...open])].sort((a, b) => (a < b ? -1 : 1));
}

const STANDARD_FEN = 10_000n;
const standardFace = ({ minFen, maxFen }: { minFen: Fen; maxFen: Fen }): Fen =>
  STANDARD_FEN < minFen ? minFen : STANDARD_FEN > maxFen ? maxFen : fen(STANDARD_FEN);

const distance = (face: Fen): bigint =>
  face > STANDARD_FEN ? face - STANDARD_FEN : STANDARD_FEN - face;

/** The face a price list shows: the one nearest to ¥100. */
export function showFace(product: ProductFacts): Fen {
  const faces = sampleFaces(product).sort((a, b) =>
    distance(a) === distance(b) ? 0 : distance(a) < distance(b) ? -1 : 1,
  );
  const [first] = faces;
  assert(first !== undefined, `${product.sku} accepts no face`);
  return first;
}

const WORST_MAX = 10;

/** Every product and face at one moment, for a card without an end. */
export function effect(old: Table, next: Table, products: readonly ProductFacts[], at: Date) {
  let belowFloorBefore = 0;
  const rows: PreviewRow[] = [];
  for (const product of products) {
    for (const faceFen of sampleFaces(product)) {
      const before = quote(old, { product, faceFen, at });
      const after = quote(next, { product, faceFen, at });
      const change = fen(BigInt(after.netFen) - BigInt(before.netFen));
      if (before.belowFloor) belowFloorBefore += 1;
      rows.push({
        sku: product.sku,
        name: product.name,
        category: product.category,
        faceFen: faceFen.toString(),
        oldNetFen: before.netFen,
        newNetFen: after.netFen,
        changeFen: change.toString(),
        changeBps: change < 0n ? -rateOf(fen(-change), faceFen) : rateOf(change, faceFen),
        belowFloor: after.belowFloor,
      });
    }
  }
  const changes = rows.map(({ changeBps }) => changeBps);
  const total = sum(rows.map((row) => fen(BigInt(row.changeFen))));
  const faces = sum(rows.map((row) => fen(BigInt(row.faceFen))));
  return {
    rows,
    count: rows.length,
    raised: rows.filter(({ changeFen }) => BigInt(changeFen) > 0n).length,
    lowered: rows.filter(({ changeFen }) => BigInt(changeFen) < 0n).length,
    minChangeBps: changes.reduce((a, b) => Math.min(a, b), changes[0] ?? 0),
    maxChangeBps: changes.reduce((a, b) => Math.max(a, b), changes[0] ?? 0),
    /** Weighted by face: what a yuan of face gains or loses on average. */
    meanChangeBps: faces === 0n ? 0 : Number((total * BPS) / faces),
    belowFloorBefore,
    belowFloorAfter: rows.filter(({ belowFloor }) => belowFloor).length,
    worst: [...rows].sort((a, b) => a.changeBps - b.changeBps).slice(0, WORST_MAX),
  };
}
