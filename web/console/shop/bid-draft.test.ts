// Goal: what a person types becomes exactly the bid they meant, or nothing while something is missing or wrong.
// Method: worked cases for every field, and a stored bid that comes back the same through the form.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StandingBid } from '../api-types.ts';
import { type BidTyped, bidTyped, curveOf, emptyBid, termsOf } from './bid-draft.ts';
import { bpsFromPercent, percentText } from './rates.ts';

const step = (rate: string, quantity: string, key = 0) => ({ key, rate, quantity });
const good: BidTyped = {
  ...emptyBid('noodle'),
  steps: [step('92.5', '3'), step('90', '10', 1)],
  budget: '1,000',
};

test('percent is read and written without a rest', () => {
  assert.deepEqual(
    ['92.5', '92.55', '100', '９２．５％', ' 7 % '].map(bpsFromPercent),
    [9_250, 9_255, 10_000, 9_250, 700],
  );
  for (const wrong of ['', '0', '100.01', '92.555', '-1', 'abc', '1e2'])
    assert.equal(bpsFromPercent(wrong), undefined, wrong);
  assert.equal(percentText(9_255), '92.55%');
});

test('a curve falls, and every step is for at least one card', () => {
  assert.deepEqual(curveOf(good.steps), [
    { rateBps: 9_250, quantity: 3 },
    { rateBps: 9_000, quantity: 10 },
  ]);
  assert.equal(curveOf([]), undefined);
  assert.equal(curveOf([step('90', '1'), step('90', '1', 1)]), undefined);
  assert.equal(curveOf([step('90', '0')]), undefined);
  assert.equal(curveOf([step('90', '1.5')]), undefined);
});

test('a bid is sent only when every field is sound', () => {
  const without = (part: Partial<BidTyped>) => termsOf({ ...good, ...part });
  assert.equal(without({})?.dailyBudgetFen, '100000');
  assert.equal(without({ sku: undefined }), undefined);
  assert.equal(without({ faceMin: '200', faceMax: '100' }), undefined);
  assert.equal(without({ budget: '0' }), undefined);
  assert.equal(without({ weekdays: [] }), undefined);
  assert.equal(without({ fromHour: 9, toHour: 9 }), undefined);
  assert.equal(without({ daysMin: 'soon' }), undefined);
  assert.equal(without({ daysMin: '30', daysMax: '10' }), undefined);
  assert.deepEqual(
    [without({ daysMin: '30' })?.daysLeftMin, 'daysLeftMax' in (without({}) ?? {})],
    [30, false],
  );
});

test('a stored bid comes back the same', () => {
  const terms = termsOf({ ...good, daysMin: '30', faceMin: '99.99' });
  assert.ok(terms);
  const bid: StandingBid = {
    ...{ ...terms, id: 'x', active: true, createdAt: '2026-11-25T00:00:00Z' },
    today: { cards: 0, spentFen: '0' },
  };
  assert.deepEqual(termsOf(bidTyped(bid)), terms);
});
