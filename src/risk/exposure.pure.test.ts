// Goal: each figure of R55 is reached exactly where the law puts it, and nothing but cards of a confirmed crime counts.
// Method: figure −1, =, +1 from the published rule, each alone; sums over sales of several parties, written out by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fen, ZERO } from '#platform';
import { inForce } from '#rules';
import {
  type ExposureRule,
  exposureReasons,
  exposures,
  type TradedCard,
} from './exposure-domain.ts';

const rule = inForce('R55', '2026-11-26')?.params as unknown as ExposureRule;
const person = (id: string) => ({ kind: 'person' as const, id });
const shop = (id: string) => ({ kind: 'entity' as const, id });
const sale = (cardId: string, priceFen: number, more: Partial<TradedCard> = {}): TradedCard => ({
  ...{ cardId, seller: person('seller'), buyer: undefined, faceFen: fen(10_000) },
  ...{ priceFen: fen(priceFen), netFen: fen(priceFen - 100), ...more },
});

test('the figures are those of the interpretation, from the day it is in force', () => {
  assert.deepEqual(rule, { victims: 3, settledFen: 20_000_000, profitFen: 1_000_000 });
  assert.equal(inForce('R55', '2019-10-31'), undefined);
});

for (const [what, below, figure] of [
  ['crime_victims', 2, rule.victims],
  ['crime_settled', 19_999_999, rule.settledFen],
  ['crime_profit', 999_999, rule.profitFen],
] as const)
  test(`${what}: not at ${below}, at ${figure}, and above`, () => {
    const reasons = (value: number) =>
      exposureReasons(
        {
          victims: what === 'crime_victims' ? value : 0,
          settledFen: what === 'crime_settled' ? fen(value) : ZERO,
          profitFen: what === 'crime_profit' ? fen(value) : ZERO,
        },
        rule,
      );
    assert.deepEqual(reasons(below), []);
    assert.deepEqual(reasons(figure), [what]);
    assert.deepEqual(reasons(figure + 1), [what]);
  });

test('whoever was harmed is counted once; a card of no notice, and a notice without a victim, count for nobody', () => {
  const crimes = [
    { cardId: 'a', victim: 'x' },
    { cardId: 'a', victim: 'y' },
    { cardId: 'b', victim: 'x' },
    { cardId: 'c', victim: undefined },
  ];
  const sales = [sale('a', 8_000), sale('b', 8_000), sale('c', 8_000), sale('d', 8_000)];
  assert.deepEqual(exposures(sales, crimes), [
    {
      ...{ party: person('seller'), cards: 3, victims: 2 },
      ...{ settledFen: 24_000n, profitFen: 23_700n },
    },
  ]);
});

test('a shop gains the face of what it kept, or what it got less what it paid, and loses nothing of others', () => {
  const crimes = ['kept', 'resold', 'lost'].map((cardId) => ({ cardId, victim: undefined }));
  const bought = ['kept', 'resold', 'lost'].map((id) => sale(id, 8_000, { buyer: shop('shop') }));
  const resold = sale('resold', 9_000, { seller: shop('shop'), netFen: fen(8_900) });
  const lost = sale('lost', 7_000, { seller: shop('shop'), netFen: fen(6_900) });
  const [seller, buyer] = exposures([...bought, resold, lost], crimes);
  assert.deepEqual([seller?.profitFen, seller?.settledFen], [23_700n, 24_000n]);
  assert.deepEqual(buyer?.party, shop('shop'));
  assert.equal(buyer?.profitFen, 2_000n + 900n, 'a loss does not lower what was gained elsewhere');
  assert.equal(buyer?.settledFen, 3n * 8_000n + 16_000n, 'each settlement it had a hand in');
});

test('a private buyer who kept the card is harmed; one who sold it on gained what was got, less what was paid', () => {
  const crimes = [{ cardId: 'a', victim: 'x' }];
  const bought = sale('a', 8_000, { buyer: person('dealer') });
  const resold = sale('a', 9_000, {
    ...{ seller: person('dealer'), buyer: person('kept'), netFen: fen(8_900) },
  });
  const [seller, dealer, ...more] = exposures([bought, resold], crimes);
  assert.deepEqual([seller?.party, dealer?.party], [person('seller'), person('dealer')]);
  assert.deepEqual([dealer?.settledFen, dealer?.profitFen], [17_000n, 900n]);
  assert.deepEqual(more, [], 'who kept it is no party');
  // Sold by a contract for people whom nobody names: whoever bought it there and sold it on is a party all the same.
  const [alone] = exposures([{ ...bought, seller: undefined }, resold], crimes);
  assert.deepEqual(alone, dealer);
});
