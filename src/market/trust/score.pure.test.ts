// Goal: a score says what a person did, moves the right way with each deed, and cannot be made among friends.
// Method: monotonicity over random histories; a ring of 20 accounts beside 400 honest traders, with and without it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DAY, type Fen, fen, plus } from '#platform';
import { DEEDS, type Deed, type DeedKind, scoreOf, TIERS } from './score.ts';
import { type Trade, vouches } from './vouch.ts';

const NOW = new Date('2026-11-25T04:00:00Z');
const deed = (kind: DeedKind, over: Partial<Deed> = {}): Deed => ({
  kind,
  at: NOW,
  valueFen: fen(20_000n),
  counterparty: 'somebody',
  freshCard: true,
  vouch: 1,
  ...over,
});
const anyDeed = fc
  .record({
    kind: fc.constantFrom(...(Object.keys(DEEDS) as DeedKind[])),
    daysAgo: fc.integer({ min: 0, max: 900 }),
    valueFen: fc.bigInt({ min: 0n, max: 500_000n }),
    who: fc.integer({ min: 0, max: 8 }),
    vouch: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
    freshCard: fc.boolean(),
  })
  .map(({ kind, daysAgo, valueFen, who, vouch, freshCard }) =>
    deed(kind, {
      at: plus(NOW, -daysAgo * DAY),
      valueFen: valueFen as Fen,
      counterparty: `p${who}`,
      vouch,
      freshCard,
    }),
  );

test('one more good deed never lowers a score, one more bad deed never raises it', () => {
  fc.assert(
    fc.property(fc.array(anyDeed, { maxLength: 30 }), anyDeed, (deeds, more) => {
      const before = scoreOf(deeds, NOW).score;
      const after = scoreOf([...deeds, more], NOW).score;
      // A good deed sharpens what is known, and may so lower the bound of somebody bad by a point or two.
      if ('good' in DEEDS[more.kind]) assert(after >= before - 3, `${before} → ${after}`);
      else assert(after <= before, `${before} → ${after}`);
      assert(after >= 0 && after <= 1_000);
    }),
    { numRuns: 500 },
  );
});

test('the order of deeds does not matter, and the reasons add up to a story', () => {
  const deeds = [deed('sold'), deed('lost_claim'), deed('sold', { counterparty: 'another' })];
  assert.deepEqual(scoreOf(deeds, NOW), scoreOf(deeds.toReversed(), NOW));
  const { reasons } = scoreOf(deeds, NOW);
  assert.deepEqual(
    reasons.map(({ kind, count }) => [kind, count]),
    [
      ['lost_claim', 1],
      ['sold', 2],
    ],
  );
  assert(reasons[0] && reasons[0].points < 0 && reasons[1] && reasons[1].points > 0);
});

test('nobody starts restricted; honest sellers rise; one fake card costs more than one sale brings', () => {
  assert.equal(scoreOf([], NOW).tier, 'new');
  const sales = (n: number): Deed[] =>
    Array.from({ length: n }, (_, i) => deed('sold', { counterparty: `b${i}` }));
  assert.equal(scoreOf(sales(4), NOW).tier, 'known');
  assert.equal(scoreOf(sales(12), NOW).tier, 'trusted');
  assert.equal(scoreOf(sales(40), NOW).tier, 'excellent');
  assert.notEqual(scoreOf([...sales(40), deed('spot_failed')], NOW).tier, 'excellent');
  assert.equal(scoreOf([deed('spot_failed')], NOW).tier, 'restricted');
});

test('one card sent round, or one friend who buys a hundred times, earns next to nothing', () => {
  const again = Array.from({ length: 50 }, (_, i) =>
    deed('sold', { counterparty: `b${i}`, freshCard: false }),
  );
  assert.equal(scoreOf(again, NOW).score, scoreOf([], NOW).score);
  const friend = Array.from({ length: 100 }, () => deed('sold'));
  assert.equal(scoreOf(friend, NOW).tier, 'new');
});

/** Deterministic, so that the figures of this test stay the same. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Sale {
  seller: string;
  buyer: string;
}
function honestSales(count: number, next: () => number): Sale[] {
  const seller = () => `s${Math.floor(next() ** 2 * 100)}`;
  const buyer = () => `b${Math.floor(next() * 300)}`;
  return Array.from({ length: count }, () => ({ seller: seller(), buyer: buyer() }));
}
function ringSales(size: number, each: number): Sale[] {
  const member = (i: number) => `ring${i % size}`;
  return Array.from({ length: size * each }, (_, i) => ({
    seller: member(i),
    buyer: member(i + 1 + Math.floor(i / size)),
  })).filter(({ seller, buyer }) => seller !== buyer);
}
const tradesOf = (sales: Sale[]): Trade[] =>
  sales.map(({ seller, buyer }) => ({ a: seller, b: buyer, weight: 1 }));
const scoreIn = (who: string, sales: Sale[], known: ReadonlyMap<string, number>): number =>
  scoreOf(
    sales
      .filter(({ seller }) => seller === who)
      .map(({ buyer }) => deed('sold', { counterparty: buyer, vouch: known.get(buyer) })),
    NOW,
  ).score;

test('a ring of 20 accounts that trade only with each other stays strangers, an honest seller does not', () => {
  const next = random(7);
  const honest = honestSales(1_500, next);
  // Each of the ring sells 15 fresh cards to its friends, and two of them bought once from honest sellers.
  const ring = ringSales(20, 15);
  const bridge = [
    { seller: 's1', buyer: 'ring0' },
    { seller: 's2', buyer: 'ring7' },
  ];
  const anchors = new Set(Array.from({ length: 40 }, (_, i) => `b${i * 7}`));
  const sales = [...honest, ...ring, ...bridge];
  const known = vouches(tradesOf(sales), anchors);
  const trusted = TIERS.find(({ name }) => name === 'trusted')?.from ?? 0;
  const ringBest = Math.max(
    ...Array.from({ length: 20 }, (_, i) => scoreIn(`ring${i}`, sales, known)),
  );
  assert(ringBest < 600, `the ring reached ${ringBest}`);
  // The same trades without the graph would have made every one of them trusted: the test can fail.
  const blind = scoreIn('ring3', sales, new Map(ring.map(({ buyer }) => [buyer, 1])));
  assert(blind >= trusted, `blind ${blind}`);
  const busy = honest.filter(({ seller }) => seller === 's0').length;
  assert(busy >= 30 && scoreIn('s0', sales, known) >= trusted, `${scoreIn('s0', sales, known)}`);
});

test('without anchors nobody is vouched for, and nothing breaks', () => {
  assert.deepEqual([...vouches([{ a: 'x', b: 'y', weight: 1 }], new Set()).values()], [0, 0]);
  assert.equal(vouches([], new Set(['x'])).size, 0);
});
