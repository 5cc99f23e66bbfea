/** Random but valid price tables, cards and moments for the tests of pricing. */
import fc from 'fast-check';
import { addDays, chinaDay, chinaInstant, type Fen, fen } from '#platform';
import {
  CATEGORIES,
  type Category,
  type CategoryRow,
  type PriceTableData,
  type ProductFacts,
  WEEKDAYS,
} from './schema.ts';
import { seedTable } from './seed.ts';
import { problemsOf } from './table.ts';

export const product = (category: Category, sku = `${category}-card`): ProductFacts => ({
  sku,
  name: { zh: sku, en: sku },
  category,
  form: 'code',
  denominationsFen: [fen(5_000), fen(10_000), fen(50_000)],
});

const adj = (least: number, most: number) => fc.integer({ min: least, max: most });

const slots = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 23 }), { maxLength: 4 }),
    fc.integer({ min: 1, max: 6 }),
  )
  .chain(([cuts, split]) => {
    const hours = [0, ...cuts.sort((a, b) => a - b), 24];
    const groups = [WEEKDAYS.slice(0, split), WEEKDAYS.slice(split)];
    const count = (hours.length - 1) * groups.length;
    return fc.array(adj(-900, 900), { minLength: count, maxLength: count }).map((adjs) =>
      groups.flatMap((days, group) =>
        hours.slice(1).map((toHour, index) => {
          const at = group * (hours.length - 1) + index;
          const code = `s${at}`;
          const fromHour = hours[index] ?? 0;
          return {
            code,
            zh: code,
            en: code,
            days: [...days],
            fromHour,
            toHour,
            adjBps: adjs[at] ?? 0,
          };
        }),
      ),
    );
  });

const category: fc.Arbitrary<CategoryRow> = fc
  .record({
    baseBps: adj(500, 6_500),
    floorBps: adj(0, 7_000),
    slots,
    holiday: fc.option(fc.record({ daysBefore: adj(1, 20), adjBps: adj(-2_000, 2_000) }), {
      nil: undefined,
    }),
    steps: fc.uniqueArray(fc.integer({ min: 1, max: 400 }), { maxLength: 5 }),
    falls: fc.array(adj(-9_000, 100), { minLength: 6, maxLength: 6 }),
    edges: fc.uniqueArray(fc.integer({ min: 1, max: 2_000_000 }), { maxLength: 3 }),
    bands: fc.array(adj(-900, 900), { minLength: 4, maxLength: 4 }),
  })
  .map(({ holiday, steps, falls, edges, bands, ...row }) => {
    const rises = [...falls].sort((a, b) => a - b);
    const days = [0, ...steps.sort((a, b) => a - b)];
    const starts = [0, ...edges.sort((a, b) => a - b)];
    return {
      ...row,
      ...(holiday && { holiday }),
      expiry: days.map((fromDays, index) => ({ fromDays, adjBps: rises[index] ?? 0 })),
      denominations: starts.map((from, index) => ({
        fromFen: String(from),
        adjBps: bands[index] ?? 0,
      })),
    };
  });

const fees = fc
  .array(fc.tuple(adj(0, 1_000), fc.integer({ min: 0, max: 20_000 })), {
    minLength: 4,
    maxLength: 4,
  })
  .map((rates) =>
    seedTable.fees.map((fee, index) => {
      const [rateBps, cap] = rates[index] ?? [0, 0];
      return { ...fee, rateBps, capFen: String(cap) };
    }),
  );

/** Tables without problems, every category with rates of its own. */
export const tables = (): fc.Arbitrary<PriceTableData> =>
  fc
    .tuple(fc.tuple(...CATEGORIES.map(() => category)), fees)
    .map(([rows, someFees]) => ({
      ...seedTable,
      categories: Object.fromEntries(
        CATEGORIES.map((name, index) => [name, rows[index]]),
      ) as PriceTableData['categories'],
      fees: someFees,
    }))
    .filter((data) => problemsOf(data).length === 0);

interface Card {
  readonly product: ProductFacts;
  readonly faceFen: Fen;
  readonly expiresOn: ((at: Date) => string) | undefined;
}

export const cards = (): fc.Arbitrary<Card> =>
  fc
    .tuple(
      fc.constantFrom(...CATEGORIES),
      fc.oneof(
        fc.bigInt(1n, 100n),
        fc.bigInt(1n, 10_000_000n),
        fc.constantFrom(10_000n, 50_000n, 999_999_999_999n),
      ),
      fc.option(fc.nat(500), { nil: undefined }),
    )
    .map(([name, face, days]) => ({
      product: product(name),
      faceFen: fen(face),
      expiresOn: days === undefined ? undefined : (at: Date) => addDays(chinaDay(at), days),
    }));

/** Any minute of three years, most of them in the year the calendar ends. */
export const moments = (): fc.Arbitrary<Date> =>
  fc
    .tuple(fc.constantFrom('2025-01-01', '2026-01-01', '2026-09-01'), fc.nat(364), fc.nat(1_439))
    .map(([from, days, minute]) => chinaInstant(addDays(from, days), minute / 60));
