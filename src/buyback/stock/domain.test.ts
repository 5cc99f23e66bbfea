// Goal: the figures of a stock are what their names say, and no card is counted twice or lost between them.
// Method: random stocks against sums done card by card; turnover and suggestions by hand, with known answers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DAY, fen, plus } from '#platform';
import {
  dailyStock,
  expiring,
  isHere,
  marginOf,
  type StockItem,
  stockByAge,
  suggestBid,
  suggestPrice,
  turnoverOf,
  winRates,
} from './domain.ts';

const AT = new Date('2026-11-23T02:00:00Z');
let serial = 0;
const card = (more: Partial<StockItem> = {}): StockItem => ({
  ...{ orderId: String(++serial), sku: 'weihe-gift', faceFen: fen(10_000n), costFen: fen(8_000n) },
  ...{ boughtAt: plus(AT, -10 * DAY), expiresOn: undefined, place: 'vault' },
  ...{ leftAt: undefined, proceedsFen: undefined },
  ...more,
});
const someCard: fc.Arbitrary<StockItem> = fc
  .record({
    sku: fc.constantFrom('a-gift', 'b-gift', 'c-gift'),
    cost: fc.bigInt({ min: 1n, max: 10_000n }),
    age: fc.integer({ min: 0, max: 200 * 24 }),
    stay: fc.integer({ min: 0, max: 200 * 24 }),
    place: fc.constantFrom('vault', 'listed', 'sold', 'opened'),
    proceeds: fc.bigInt({ min: 0n, max: 12_000n }),
  })
  .map(({ sku, cost, age, stay, place, proceeds }) => {
    const boughtAt = plus(AT, (-age * DAY) / 24);
    const gone = place === 'sold' || place === 'opened';
    const leftAt = gone ? plus(boughtAt, (Math.min(stay, age) * DAY) / 24) : undefined;
    const proceedsFen = place === 'sold' ? fen(proceeds) : undefined;
    return card({ sku, costFen: fen(cost), boughtAt, place, leftAt, proceedsFen });
  });

test('every card is in one row and one age, and the sums are the sums of the cards', () => {
  fc.assert(
    fc.property(fc.array(someCard, { maxLength: 40 }), (items) => {
      const here = items.filter(isHere);
      const rows = stockByAge(items, AT);
      assert.equal(new Set(rows.map(({ sku }) => sku)).size, rows.length);
      const count = (what: (row: (typeof rows)[number]) => bigint): bigint =>
        rows.reduce((sum, row) => sum + what(row), 0n);
      const cost = here.reduce((sum, { costFen }) => sum + costFen, 0n);
      assert.equal(
        count(({ cards }) => BigInt(cards)),
        BigInt(here.length),
      );
      assert.equal(
        count(({ costFen }) => costFen),
        cost,
      );
      for (const row of rows) {
        assert.equal(
          row.ages.reduce((sum, { cards }) => sum + cards, 0),
          row.cards,
        );
        assert.equal(
          row.ages.reduce((sum, { costFen }) => sum + costFen, 0n),
          row.costFen,
        );
      }
      const days = dailyStock(items, AT);
      assert.equal(days.length, 30);
      assert.equal(days.at(-1)?.stockFen, cost, 'the last day ends with what is here');
      const turned = turnoverOf(items, AT);
      assert(turned.averageStockFen >= 0n && turned.days >= 1 && turned.days <= 30);
      assert((turned.timesHundredths ?? 0) >= 0);
      const { marginFen, proceedsFen, costFen } = marginOf(items, AT);
      assert.equal(marginFen, proceedsFen - costFen);
    }),
  );
});

test('a card that stays a tenth of a year turns its capital ten times', () => {
  const stay = 30 * DAY;
  const bought = plus(AT, -stay);
  const sold = card({ boughtAt: bought, place: 'sold', leftAt: AT, proceedsFen: fen(8_400n) });
  // Cost 8000 left; on average 8000 was there; 365 / 30.
  assert.deepEqual(turnoverOf([sold], AT), {
    ...{ days: 30, costOfSalesFen: 8_000n, averageStockFen: 8_000n, timesHundredths: 1_216 },
  });
  assert.equal(turnoverOf([sold, card({ boughtAt: bought })], AT).timesHundredths, 608);
  assert.equal(turnoverOf([], AT).timesHundredths, undefined);
  assert.deepEqual([marginOf([sold], AT).marginFen, marginOf([sold], AT).marginBps], [400n, 476]);
  const loss = card({ place: 'sold', leftAt: AT, proceedsFen: fen(7_999n) });
  assert.equal(marginOf([loss], AT).marginBps, -2, 'a loss rounds away from zero');
});

test('what ends soon comes first, what left does not come', () => {
  const soon = card({ expiresOn: '2026-12-01' });
  const sooner = card({ expiresOn: '2026-11-25' });
  const late = card({ expiresOn: '2026-12-24' });
  const gone = card({ expiresOn: '2026-11-25', place: 'opened', leftAt: AT });
  assert.deepEqual(
    expiring([soon, late, gone, card(), sooner], AT).map(({ daysLeft }) => daysLeft),
    [2, 8],
  );
});

test('a higher bid never wins less; the suggestion wins six of ten and leaves a margin', () => {
  const sales = (rates: readonly number[]) =>
    rates.map((rate) => ({ faceFen: fen(10_000n), priceFen: fen(BigInt(rate)) }));
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 5 }), (rates) => {
      const grid = Array.from({ length: 101 }, (_, step) => step * 100);
      const won = winRates(sales(rates), grid).map(({ wonBps }) => wonBps);
      assert.deepEqual(
        won,
        won.toSorted((a, b) => a - b),
      );
      const bid = suggestBid({ bought: sales(rates), resaleNetBps: undefined });
      assert(bid);
      const [at] = winRates(sales(rates), [bid.rateBps]);
      assert((at?.wonBps ?? 0) >= 6_000 || bid.rateBps === 10_000);
    }),
  );
  const ten = sales([7_000, 7_100, 7_200, 7_300, 7_400, 7_500, 7_600, 7_700, 7_800, 7_900]);
  assert.equal(suggestBid({ bought: ten.slice(0, 4), resaleNetBps: 9_000 }), undefined);
  assert.deepEqual(suggestBid({ bought: ten, resaleNetBps: 9_000 }), {
    ...{ rateBps: 7_501, cappedByResale: false },
  });
  assert.deepEqual(suggestBid({ bought: ten, resaleNetBps: 7_500 }), {
    ...{ rateBps: 7_275, cappedByResale: true },
  });
  const own = { faceFen: fen(10_000n), costFen: fen(8_001n) };
  assert.deepEqual(suggestPrice(own, ten), { priceFen: 7_400n, fromSales: 10 });
  assert.deepEqual(suggestPrice(own, []), { priceFen: 8_242n, fromSales: 0 });
  assert.equal(suggestPrice({ ...own, costFen: fen(9_900n) }, []).priceFen, 10_000n);
});
