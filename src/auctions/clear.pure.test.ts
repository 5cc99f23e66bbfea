// Goal: each of the four formats finds the outcome that brute force over small books finds, and every case is met.
// Method: the laws of laws.fixture.ts on the real cores; then the worked examples that the documents quote.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fen } from '#platform';
import * as batch from './clear-batch.ts';
import * as dutch from './dutch.ts';
import * as english from './english.ts';
import { batchLaw, commitLaw, dutchLaw, englishLaw, moneyLaw, sealedLaw } from './laws.fixture.ts';
import * as sealed from './sealed.ts';

test('the batch clears as brute force does, by every rule of the price', () => {
  const seen = batchLaw(batch);
  for (const rule of ['nothing', 'only', 'buyers_left', 'sellers_left', 'middle', 'turn'])
    assert(seen.has(rule), `never seen: ${rule}`);
});

test('a curve is kept exactly as far as money pays for it at every price', () => moneyLaw(batch));

test('a sealed auction goes to the best opened bid, at its own price or the next', () =>
  sealedLaw(sealed));

test('a commitment opens for its own bid only, by bytes that anyone can rebuild', () =>
  commitLaw(sealed));

test('an English auction stands after each bid where sorting all bids puts it', () => {
  const seen = englishLaw(english);
  for (const what of ['ok', 'auction_not_open', 'auction_closed', 'bid_too_low', 'extended 10'])
    assert(seen.has(what), `never seen: ${what}`);
});

test('a Dutch price is what counting down step by step gives', () => {
  const seen = dutchLaw(dutch);
  for (const what of [
    'ok',
    'auction_not_open',
    'auction_closed',
    'price_function_changed',
    'price_above_limit',
  ])
    assert(seen.has(what), `never seen: ${what}`);
});

test('worked example: three cards, one price, the odd card to the earlier', () => {
  const order = (id: string, no: number, yuan: number, quantity: number): batch.BatchOrder => ({
    id,
    no,
    limitFen: fen(yuan * 100),
    quantity,
  });
  const cleared = batch.clearBatch(
    [order('x', 1, 90, 1), order('y', 2, 85, 2), order('z', 3, 85, 2), order('w', 4, 80, 5)],
    [order('s', 1, 70, 1), order('t', 2, 82, 2), order('u', 3, 88, 4)],
  );
  assert.deepEqual(cleared, {
    priceFen: fen(8_500),
    rule: 'buyers_left',
    volume: 3,
    demand: 5,
    supply: 3,
    buys: [
      { id: 'x', quantity: 1 },
      { id: 'y', quantity: 1 },
      { id: 'z', quantity: 1 },
    ],
    sells: [
      { id: 's', quantity: 1 },
      { id: 't', quantity: 2 },
    ],
  });
});

test('a discount becomes a reserve that rounds up for the seller', () => {
  assert.equal(batch.reserveOf(fen(9_999), 1_234), fen(8_766));
  assert.equal(batch.reserveOf(fen(10_000), 0), fen(10_000));
});
