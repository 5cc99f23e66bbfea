// Goal: a bid pays for exactly the cards it names, by its curve and budget, and hindsight counts what it would have won.
// Method: worked cases at every edge of a range, then random curves and sales against counting by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fen, HOUR, plus } from '#platform';
import {
  type BidTerms,
  type CardFacts,
  checkTerms,
  curveDigest,
  inHindsight,
  nextRate,
  offerFor,
  suggestRates,
  wants,
} from './domain.ts';

/** A Monday, 10:00 in China. */
const AT = new Date('2026-11-23T02:00:00Z');
const TERMS: BidTerms = {
  sku: 'noodle',
  faceMinFen: fen(10_000),
  faceMaxFen: fen(50_000),
  gradeMin: 'V4',
  weekdays: [0, 1],
  fromHour: 9,
  toHour: 11,
  curve: [
    { rateBps: 8_000, quantity: 2 },
    { rateBps: 7_500, quantity: 3 },
  ],
  dailyBudgetFen: fen(1_000_000),
};
const CARD: CardFacts = { sku: 'noodle', faceFen: fen(10_000), grade: 'V4', at: AT };

test('a bid wants a card inside every range and none outside', () => {
  const asks = (card: Partial<CardFacts>, terms: Partial<BidTerms> = {}): boolean =>
    wants({ ...TERMS, ...terms }, { ...CARD, ...card });
  assert(asks({}));
  assert(!asks({ sku: 'other' }));
  assert(!asks({ faceFen: fen(9_999) }));
  assert(asks({ faceFen: fen(50_000) }));
  assert(!asks({ faceFen: fen(50_001) }));
  assert(!asks({ grade: 'V3' }));
  assert(asks({ grade: 'V5' }));
  assert(!asks({ at: plus(AT, -HOUR - 1) }), 'before its hours');
  assert(asks({ at: plus(AT, HOUR - 1) }));
  assert(!asks({ at: plus(AT, HOUR) }), 'after its hours');
  assert(!asks({ at: plus(AT, 48 * HOUR) }), 'a Wednesday');
  const dated = { daysLeftMin: 30, daysLeftMax: 60 };
  assert(!asks({}, dated), 'a card without an end is not within so many days');
  assert(asks({}, { daysLeftMin: 30 }));
  assert(!asks({ expiresOn: '2026-12-22' }, dated), '29 days');
  assert(asks({ expiresOn: '2026-12-23' }, dated), '30 days');
  assert(asks({ expiresOn: '2027-01-22' }, dated), '60 days');
  assert(!asks({ expiresOn: '2027-01-23' }, dated), '61 days');
});

test('curves and ranges that mean nothing are refused', () => {
  const code = (terms: Partial<BidTerms>) => checkTerms({ ...TERMS, ...terms })?.code;
  assert.equal(code({}), undefined);
  const curve = (...steps: [rateBps: number, quantity: number][]) =>
    code({ curve: steps.map(([rateBps, quantity]) => ({ rateBps, quantity })) });
  assert.equal(curve(), 'curve_unsound');
  assert.equal(curve([8_000, 1], [8_000, 1]), 'curve_unsound');
  assert.equal(curve([7_000, 1], [8_000, 1]), 'curve_unsound');
  assert.equal(curve([0, 1]), 'curve_unsound');
  assert.equal(curve([-1, 1]), 'curve_unsound');
  assert.equal(curve([8_000, 0]), 'curve_unsound');
  assert.equal(curve([8_000, -3]), 'curve_unsound');
  assert.equal(curve([8_000, 1.5]), 'curve_unsound');
  assert.equal(curve([10_001, 1]), 'curve_unsound');
  assert.equal(
    curve(...Array.from({ length: 21 }, (_, n) => [9_000 - n, 1] as [number, number])),
    'curve_unsound',
  );
  assert.equal(code({ faceMinFen: fen(60_000) }), 'bid_range_unsound');
  assert.equal(code({ fromHour: 11 }), 'bid_range_unsound');
  assert.equal(code({ daysLeftMin: 9, daysLeftMax: 8 }), 'bid_range_unsound');
  assert.equal(code({ weekdays: [] }), 'bid_range_unsound');
  assert.equal(code({ dailyBudgetFen: fen(0) }), 'bid_range_unsound');
});

test('the budget of a day is spent to the last fen and not beyond', () => {
  const offer = (spent: number, cards = 0) =>
    offerFor(TERMS, CARD, { cards, fen: fen(spent) })?.priceFen;
  assert.equal(offer(0), fen(8_000));
  assert.equal(offer(0, 2), fen(7_500));
  assert.equal(offer(0, 5), undefined);
  assert.equal(offer(992_000), fen(8_000));
  assert.equal(offer(992_001), undefined);
  assert.equal(
    offerFor(TERMS, { ...CARD, faceFen: fen(10_001) }, { cards: 0, fen: fen(0) })?.priceFen,
    fen(8_000),
  );
});

test('equal curves have equal digests, whatever else differs', () => {
  const same = curveDigest({ ...TERMS, dailyBudgetFen: fen(1), weekdays: [3] });
  assert.deepEqual(same, curveDigest(TERMS));
  const other = { ...TERMS, curve: [{ rateBps: 8_000, quantity: 3 }, ...TERMS.curve.slice(1)] };
  assert.notDeepEqual(curveDigest(other), curveDigest(TERMS));
});

test('the next rate is what listing the curve card by card says', () => {
  const steps = fc.array(
    fc.record({
      rateBps: fc.integer({ min: 1, max: 9 }),
      quantity: fc.integer({ min: 1, max: 4 }),
    }),
  );
  fc.assert(
    fc.property(steps, fc.nat(20), (curve, cards) => {
      const listed = curve.flatMap(({ rateBps, quantity }) =>
        Array<number>(quantity).fill(rateBps),
      );
      assert.equal(nextRate(curve, cards), listed[cards]);
    }),
  );
});

test('hindsight wins what the bid would have paid more for, day by day, and counts every sale once', () => {
  const sale = (hours: number, priceFen: number) => ({
    ...CARD,
    at: plus(AT, hours * HOUR),
    priceFen: fen(priceFen),
  });
  const seen = inHindsight(TERMS, [
    sale(24, 7_999),
    sale(0, 7_000),
    sale(0, 8_000),
    sale(0.5, 7_999),
    sale(0.6, 7_600),
    sale(0.7, 7_499),
    sale(5, 1),
    { ...sale(0, 1), sku: 'other' },
  ]);
  // Monday: 7000 and 7999 are beaten at 80 %; then 75 %: 7600 is outbid, 7499 is won. Tuesday begins anew.
  assert.deepEqual(seen, {
    sales: 6,
    won: 4,
    paidFen: fen(31_500),
    faceFen: fen(40_000),
    outbid: 2,
    usedUp: 0,
  });
  const poor = inHindsight({ ...TERMS, dailyBudgetFen: fen(8_000) }, [sale(0, 1), sale(0.1, 1)]);
  assert.deepEqual([poor.won, poor.usedUp], [1, 1]);
});

test('suggested rates are above half and nine in ten of the sales it would have wanted, and need three of them', () => {
  const sold = (...bps: number[]) =>
    bps.map((rate) => ({ ...CARD, priceFen: fen(BigInt(rate)), faceFen: fen(10_000) }));
  assert.equal(suggestRates(TERMS, sold(7_000, 8_000)), undefined, 'two say nothing');
  const other = { ...CARD, sku: 'other', priceFen: fen(9_999) };
  const ten = sold(7_000, 7_100, 7_200, 7_300, 7_400, 7_500, 7_600, 7_700, 7_800, 9_000);
  const found = suggestRates(TERMS, [...ten, other, other, other]);
  assert.deepEqual(found, { halfBps: 7_410, mostBps: 7_810 });
  assert.deepEqual(suggestRates(TERMS, sold(10_000, 10_000, 10_000)), {
    ...{ halfBps: 10_000, mostBps: 10_000 },
  });
});
