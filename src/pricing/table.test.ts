// Goal: a price table that could cheat, contradict itself or leave an hour without a price is never published.
// Method: each way of breaking the first table is named; shapes go through the schema the route uses.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Value } from 'typebox/value';
import { CATEGORIES, PriceTableData } from './schema.ts';
import { seedTable } from './seed.ts';
import { problemsOf } from './table.ts';

type Draft = ReturnType<typeof draft>;
const draft = () => structuredClone(seedTable);
const broken = (change: (table: Draft) => void): string[] => {
  const table = draft();
  change(table);
  assert(Value.Check(PriceTableData, table), 'the shape alone does not refuse this one');
  return problemsOf(table).map(({ path }) => path);
};

test('the first table has no problem and the right shape', () => {
  assert.deepEqual(problemsOf(seedTable), []);
  assert(Value.Check(PriceTableData, seedTable));
});

test('every hour of the week has exactly one slot', () => {
  const gap = broken(({ categories }) => {
    categories.dining.slots = categories.dining.slots.filter(({ code }) => code !== 'weekend_noon');
  });
  assert.deepEqual(gap, [
    'categories/dining/slots/sat/11',
    'categories/dining/slots/sat/12',
    'categories/dining/slots/sat/13',
    'categories/dining/slots/sun/11',
    'categories/dining/slots/sun/12',
    'categories/dining/slots/sun/13',
  ]);
  const overlap = broken(({ categories: { cinema } }) => {
    cinema.slots.push({
      code: 'extra',
      zh: '加',
      en: 'extra',
      days: ['mon'],
      fromHour: 8,
      toHour: 9,
      adjBps: 1,
    });
  });
  assert.deepEqual(overlap, ['categories/cinema/slots/mon/8']);
  const backwards = broken(({ categories: { fuel } }) => {
    const [first] = fuel.slots;
    if (first) Object.assign(first, { fromHour: 7, toHour: 1 });
  });
  assert(backwards.includes('categories/fuel/slots/0'));
});

test('one slot code has one meaning', () => {
  const paths = broken(({ categories: { dining } }) => {
    const night = dining.slots.findLast(({ code }) => code === 'night');
    if (night) night.adjBps = -400;
  });
  assert.deepEqual(paths, ['categories/dining/slots/night']);
});

test('waiting is never rewarded, and curves begin at zero', () => {
  assert.deepEqual(
    broken(({ categories: { fresh } }) => {
      fresh.expiry = [
        { fromDays: 0, adjBps: -1_000 },
        { fromDays: 10, adjBps: -2_000 },
      ];
    }),
    ['categories/fresh/expiry/1'],
  );
  assert.deepEqual(
    broken(({ categories: { fresh } }) => {
      fresh.expiry = [{ fromDays: 1, adjBps: 0 }];
    }),
    ['categories/fresh/expiry'],
  );
  assert.deepEqual(
    broken(({ categories: { fresh } }) => {
      fresh.denominations = [
        { fromFen: '0', adjBps: 0 },
        { fromFen: '500', adjBps: 0 },
        { fromFen: '500', adjBps: 0 },
      ];
    }),
    ['categories/fresh/denominations/2'],
  );
});

test('no price can exceed the face value, with all factors at their highest', () => {
  for (const category of CATEGORIES) {
    const paths = broken(({ categories }) => {
      categories[category].baseBps = 10_000;
      categories[category].denominations = [{ fromFen: '0', adjBps: 1 }];
    });
    assert.deepEqual(paths, [`categories/${category}`]);
  }
  const table = draft();
  table.products['lux-cinema'] = { baseBps: 8_300 };
  // 83 % × 1.15 × 1.05 > 100 %
  assert.deepEqual(problemsOf(table, new Map([['lux-cinema', 'cinema']])), [
    {
      path: 'products/lux-cinema',
      zh: '各项最高时价格会超过面值',
      en: 'With every factor at its highest the price exceeds the face value',
    },
  ]);
  assert.deepEqual(problemsOf(table, new Map([['lux-cinema', 'grocery']])), []);
  assert.equal(problemsOf(table, new Map()).length, 1, 'an unknown product is refused');
});

test('each fee is listed once', () => {
  const paths = broken(({ fees }) => {
    const [first, second] = fees;
    if (first && second) second.code = first.code;
  });
  assert.deepEqual(paths, ['fees/PLATFORM_FEE', 'fees/VERIFICATION']);
});

test('the schema refuses what is no table at all', () => {
  const bad: ((table: Draft) => unknown)[] = [
    (table) => Object.assign(table.categories.dining, { baseBps: 10_001 }),
    (table) => Object.assign(table.categories.dining, { baseBps: 0 }),
    (table) => Object.assign(table.categories.dining, { baseBps: 70.5 }),
    (table) => Object.assign(table.categories.dining, { baseBps: '7000' }),
    (table) => Object.assign(table.categories.dining, { baseBps: Number.NaN }),
    (table) => Object.assign(table.categories.dining, { extra: 1 }),
    (table) => Object.assign(table.categories, { zoo: table.categories.dining }),
    (table) => Reflect.deleteProperty(table.categories, 'cafe'),
    (table) => Object.assign(table.fees[0] ?? {}, { capFen: '-1' }),
    (table) => Object.assign(table.fees[0] ?? {}, { capFen: '1e9' }),
    (table) => Object.assign(table.fees[0] ?? {}, { rateBps: 1_001 }),
    (table) => table.fees.pop(),
    (table) => Object.assign(table.products, { '../etc': { baseBps: 1 } }),
    (table) => Object.assign(table.categories.dining, { slots: {} }),
    (table) => Object.assign(table, { schema: 2 }),
  ];
  for (const change of bad) {
    const table = draft();
    change(table);
    assert.equal(Value.Check(PriceTableData, table), false, change.toString());
  }
});
