// Goal: nobody gets less, or pays a higher fee, without notice; and a change that only gives more may start at once.
// Method: single changes to the first table, and random pairs of tables checked against brute-force quotes.
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { chinaInstant, fen } from '#platform';
import { effect, noticeNeeded, showFace, worstPairs } from './compare.ts';
import { quote } from './domain.ts';
import type { PriceTableData } from './schema.ts';
import { seedTable } from './seed.ts';
import { compile } from './table.ts';
import { cards, moments, product, tables } from './testing.ts';

const of = (data: PriceTableData) =>
  compile(data, { version: 1, hash: '', effectiveFrom: new Date(0) });
const changed = (change: (table: PriceTableData) => void): PriceTableData => {
  const table = structuredClone(seedTable);
  change(table);
  return table;
};
const seed = of(seedTable);
const shop = [product('dining', 'noodle'), product('cinema', 'screen'), product('fresh')];
const needed = (change: (table: PriceTableData) => void): boolean =>
  noticeNeeded(seed, of(changed(change)), shop).length > 0;

test('no change and pure raises need no notice', () => {
  assert.equal(
    needed(() => undefined),
    false,
  );
  assert.equal(
    needed(({ categories }) => {
      categories.dining.baseBps += 1;
    }),
    false,
  );
  assert.equal(
    needed(({ products }) => {
      products['noodle'] = { baseBps: 7_001 };
    }),
    false,
  );
  assert.equal(
    needed(({ categories }) => {
      categories.dining.floorBps = 9_000;
    }),
    false,
  );
  assert.equal(
    needed(({ fees }) => {
      for (const fee of fees) Object.assign(fee, { rateBps: 0 });
    }),
    false,
  );
});

test('the smallest lowering anywhere needs notice', () => {
  assert.equal(
    needed(({ categories }) => {
      categories.fuel.baseBps -= 1;
    }),
    true,
  );
  assert.equal(
    needed(({ products }) => {
      products['noodle'] = { baseBps: 6_999 };
    }),
    true,
  );
  for (const [index] of seedTable.categories.grocery.slots.entries()) {
    assert.equal(
      needed(({ categories: { grocery } }) => {
        const slot = grocery.slots[index];
        if (slot) slot.adjBps -= 5;
      }),
      true,
    );
  }
  assert.equal(
    needed(({ categories }) => void delete categories.cinema.holiday),
    true,
  );
  assert.equal(
    needed(({ categories }) => {
      categories.cinema.holiday = { daysBefore: 6, adjBps: 1_500 };
    }),
    true,
  );
  assert.equal(
    needed(
      ({ categories: { fresh } }) => void Object.assign(fresh.expiry[2] ?? {}, { fromDays: 31 }),
    ),
    true,
  );
  assert.equal(
    needed(
      ({ categories: { cafe } }) =>
        void cafe.denominations.push({ fromFen: '200000', adjBps: -210 }),
    ),
    true,
  );
});

test('a higher fee needs notice even when the net does not fall', () => {
  const change = ({ categories, fees }: PriceTableData): void => {
    for (const row of Object.values(categories)) row.baseBps += 500;
    Object.assign(fees[0] ?? {}, { rateBps: 201 });
  };
  assert.equal(
    needed(({ categories, fees }) => {
      for (const row of Object.values(categories)) row.baseBps += 500;
      Object.assign(fees[1] ?? {}, { capFen: '201' });
    }),
    true,
  );
  const [first] = noticeNeeded(seed, of(changed(change)), shop);
  assert.deepEqual(first, { zh: '平台服务费上调', en: 'Platform fee rises' });
  assert.equal(
    needed(({ fees }) => void Object.assign(fees[3] ?? {}, { rateBps: 100 })),
    false,
  );
  assert.equal(
    needed(({ fees }) => void Object.assign(fees[3] ?? {}, { rateBps: 100, capFen: '1' })),
    true,
  );
});

test('a table judged harmless lowers no quote of any card at any time', () => {
  let harmless = 0;
  let harmful = 0;
  const raise = fc.record({
    base: fc.nat(300),
    slot: fc.nat(60),
    tilt: fc.integer({ min: -400, max: 40 }),
  });
  fc.assert(
    fc.property(
      tables(),
      raise,
      fc.array(fc.tuple(cards(), moments()), { minLength: 40, maxLength: 40 }),
      (data, by, probes) => {
        const raised = structuredClone(data);
        for (const row of Object.values(raised.categories)) {
          row.baseBps += by.base;
          for (const slot of row.slots) slot.adjBps += by.slot;
          for (const step of row.expiry) step.adjBps = Math.min(2_000, step.adjBps + by.tilt);
        }
        const [old, next] = [of(data), of(raised)];
        const free = noticeNeeded(old, next, []).length === 0;
        if (free) harmless += 1;
        else harmful += 1;
        for (const [card, at] of free ? probes : []) {
          const facts = { ...card, at, expiresOn: card.expiresOn?.(at) };
          const [before, after] = [quote(old, facts), quote(next, facts)];
          assert(BigInt(after.netFen) >= BigInt(before.netFen));
        }
      },
    ),
    { numRuns: 60 },
  );
  assert(harmless > 5 && harmful > 5, `reached both: ${harmless}, ${harmful}`);
});

test('worst pairs cover all others', () => {
  const pair = fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 }));
  fc.assert(
    fc.property(fc.array(pair, { minLength: 1 }), (pairs) => {
      const front = worstPairs(pairs);
      for (const [was, becomes] of pairs) assert(front.some(([a, b]) => a >= was && b <= becomes));
    }),
    { numRuns: 200 },
  );
});

test('the effect of a change is what the quotes say', () => {
  const next = of(
    changed(({ categories }) => {
      categories.dining.baseBps = 6_000;
      categories.cinema.baseBps = 6_000;
    }),
  );
  const at = chinaInstant('2026-11-25', 10);
  const shown = effect(seed, next, shop, at);
  assert.equal(shown.count, 9);
  assert.equal(shown.lowered, 3);
  assert.equal(shown.raised, 3);
  assert.equal(shown.belowFloorBefore, 0);
  assert.equal(shown.belowFloorAfter, 3);
  assert(shown.minChangeBps < -900 && shown.maxChangeBps > 350);
  assert.equal(shown.worst[0]?.sku, 'noodle');
  for (const row of shown.rows) {
    assert.equal(BigInt(row.newNetFen) - BigInt(row.oldNetFen), BigInt(row.changeFen));
  }
  assert.equal(showFace(product('cafe')), fen(10_000));
});
