// Goal: whatever is sold, reported, late or decided, every fen of a tranche ends with seller, buyer or fee, exactly once.
// Method: random lots split and decided by the rules alone, and the sums compared; the life cycles proved by the kernel.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Fen, fen, sum } from '#platform';
import { checkProcess } from '#process';
import {
  atDecision,
  atReport,
  bestOffer,
  cardPrices,
  isFailing,
  partsOf,
  splitFee,
  trancheSizes,
} from './domain.ts';
import { dealProcess, lotProcess, trancheProcess } from './life.ts';

const faces = fc.array(fc.bigInt({ min: 1n, max: 500_000n }), { minLength: 1, maxLength: 60 });
const fees = fc.record({
  bps: fc.bigInt({ min: 0n, max: 2_000n }),
  least: fc.bigInt({ min: 0n, max: 900n }),
});

test('the three lives are sound: no waiting for ever, no money left', () => {
  for (const life of [lotProcess, dealProcess, trancheProcess])
    assert.deepEqual(checkProcess(life), []);
});

test('prices, tranches, report, decision and hold-back sum to the price', () => {
  fc.assert(
    fc.property(
      ...([faces, fc.bigInt({ min: 100n, max: 10_000n }), fc.integer({ min: 1, max: 5 })] as const),
      ...([fees, fc.infiniteStream(fc.integer({ min: 0, max: 5 }))] as const),
      (cards, rateBps, count, { bps, least }, dice) => {
        const face = cards.reduce((a, b) => a + b);
        const price = fen((face * rateBps) / 10_000n || 1n);
        const feeOf = (amount: Fen): Fen => fen((amount * bps) / 10_000n + least);
        const prices = cardPrices(price, cards.map(fen));
        assert.equal(sum(prices), price);
        const sizes = trancheSizes(cards.length, count);
        assert.equal(
          sizes.reduce((a, b) => a + b),
          cards.length,
        );
        let from = 0;
        let ends = 0n;
        for (const size of sizes) {
          assert.ok(size > 0);
          const own = prices.slice(from, from + size);
          from += size;
          ends += endOf(own, feeOf, () => Number(dice.next().value));
        }
        assert.equal(ends, price);
      },
    ),
  );
});

/** What seller, buyer and house have of one tranche at its end. */
function endOf(own: readonly Fen[], feeOf: (amount: Fen) => Fen, roll: () => number): bigint {
  const failing = own.filter(() => roll() === 0);
  const { good, failingFen, backFen } = atReport(sum(own), failing, feeOf);
  assert.equal(good.net + good.fee + backFen + failingFen, sum(own));
  const claimed = failing.map((priceFen) => ({ priceFen, isBad: roll() < 3 }));
  const { refundFen, upheld } = atDecision(claimed, feeOf);
  assert.equal(refundFen + upheld.net + upheld.fee, failingFen);
  const late = own.filter((priceFen) => priceFen <= backFen).slice(0, 1);
  const lateRefund = roll() === 0 ? sum(late) : fen(0n);
  const back = splitFee(fen(backFen - lateRefund), feeOf);
  for (const { net, fee } of [good, upheld, back]) assert.ok(net >= 0n && fee >= 0n);
  return (
    good.net + good.fee + refundFen + upheld.net + upheld.fee + lateRefund + back.net + back.fee
  );
}

test('parts hold every card once; the best bid is the highest, then the earliest', () => {
  const group = fc.record({
    sku: fc.constantFrom('a', 'b', 'c'),
    faceFen: fc.bigInt({ min: 1n, max: 9_999n }).map(fen),
    expiresOn: fc.constant(undefined),
    cards: fc.integer({ min: 1, max: 99 }),
  });
  fc.assert(
    fc.property(
      fc.array(group, { minLength: 1 }),
      fc.constantFrom('whole', 'product'),
      (groups, split) => {
        const parts = partsOf(groups, split);
        const count = (of: readonly { cards: number }[]): number =>
          of.reduce((n, one) => n + one.cards, 0);
        assert.equal(count(parts), count(groups));
      },
    ),
  );
  const offer = fc.record({
    bidder: fc.constant('x'),
    priceFen: fc.bigInt({ min: 1n, max: 5n }).map(fen),
  });
  fc.assert(
    fc.property(fc.array(offer), fc.bigInt({ min: 1n, max: 5n }), (some, reserve) => {
      const offers = some.map((one, no) => ({ ...one, no }));
      const best = bestOffer(offers, fen(reserve));
      const valid = offers.filter(({ priceFen }) => priceFen >= reserve);
      const top = valid.reduce((most, { priceFen }) => (priceFen > most ? priceFen : most), 0n);
      assert.equal(best?.no, valid.find(({ priceFen }) => priceFen === top)?.no);
    }),
  );
});

test('who bears a failing card', () => {
  assert.equal(isFailing({ probed: 'OK', wasReissued: false }), false);
  assert.equal(isFailing({ probed: 'USED_OR_VOID', wasReissued: true }), false);
  assert.equal(isFailing({ probed: 'USED_OR_VOID', wasReissued: false }), true);
  assert.equal(isFailing({ probed: 'FROZEN_BY_ISSUER', wasReissued: true }), true);
  assert.equal(isFailing({ probed: undefined, wasReissued: true }), true);
});
