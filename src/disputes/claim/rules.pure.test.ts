// Goal: what is proved is decided rightly and in the same way every time; what is not proved goes to a person.
// Method: named scenarios with their truth; properties over random sales with fast-check; a ruling is compared with a
// second, independent reading of the balance.
import assert from 'node:assert/strict';
import { registerHooks } from 'node:module';
import { test } from 'node:test';
import fc from 'fast-check';
import { fen, HOUR, plus } from '#platform';
import { type Facts, factsOf, type IssuerEvent, textOfFacts } from './facts.ts';
import { byBurdenOfProof, decideByRule, RULE_NAMES } from './rules.ts';
import {
  AFTER,
  forged,
  good,
  keys,
  publicKeyPem,
  scenarios,
  type Truth,
} from './scenarios.fixture.ts';
import {
  BEFORE_REVEAL,
  handedOver,
  LISTED,
  PRICE,
  PROMISED,
  probe,
  REVEALED,
  sale,
  T0,
  used,
} from './world.fixture.ts';

for (const [name, [facts, truth]] of Object.entries(scenarios))
  test(name, () => {
    const ruling = decideByRule(facts, publicKeyPem);
    if (truth === 'desk') return assert.equal(ruling, undefined);
    const [rule, refundFen, fault] = truth;
    const expected = { rule, refundFen, fault };
    assert(ruling, 'decided');
    assert.deepEqual(
      { rule: ruling.rule, refundFen: ruling.refundFen, fault: ruling.fault },
      expected,
    );
    assert.match(ruling.reasons.zh, /¥/);
    assert.match(ruling.reasons.en, /¥/);
    assert.doesNotMatch(ruling.reasons.zh + ruling.reasons.en, /[{}]/);
    // What is frozen and read back is decided in the same way.
    assert.deepEqual(decideByRule(factsOf(textOfFacts(facts)), publicKeyPem), ruling);
  });

test('every rule is named by a scenario', () => {
  const named = new Set(Object.values(scenarios).map(([, truth]) => truth[0]));
  for (const name of RULE_NAMES) assert(named.has(name), `no scenario for ${name}`);
});

test('the burden of proof: a probe at the reveal is the seller’s proof, and without it the reserve pays', () => {
  const proved = byBurdenOfProof(sale({ probeAtReveal: good }), publicKeyPem);
  assert.deepEqual([proved.outcome, proved.fault], ['release', 'unknown']);
  const unproved = byBurdenOfProof(sale(), publicKeyPem);
  assert.deepEqual(
    [unproved.outcome, unproved.refundFen, unproved.fault],
    ['refund', PRICE, 'platform'],
  );
  const fake = byBurdenOfProof(sale({ probeAtReveal: probe(forged, BEFORE_REVEAL) }), publicKeyPem);
  assert.equal(fake.outcome, 'refund');
});

/** Sales whose evidence is drawn at random: any probe may be missing, short, dead or forged. */
const balances = fc.constantFrom(0n, 1n, 4_000n, 9_999n, 10_000n, 12_000n);
const codes = fc.constantFrom(
  'OK',
  'FACE_MISMATCH_UNBOUND',
  'USED_OR_VOID',
  'FROZEN_BY_ISSUER',
  'EXPIRED',
  'BAD_CREDENTIALS',
  'OTHER',
);
const shown = fc.record({
  code: codes,
  balance: balances,
  grade: fc.constantFrom('V2', 'V5'),
  isForged: fc.constantFrom(false, false, false, false, false, true),
});
const probeAt = (at: Date) =>
  fc.option(shown, { nil: null }).map((one) => {
    if (!one) return null;
    const balance = one.code === 'USED_OR_VOID' ? 0n : one.balance;
    return {
      made: probe(keys, at, { ...one, balance }),
      signs: probe(forged, at, { ...one, balance }),
      isForged: one.isForged,
    };
  });
const times = fc.integer({ min: -7 * 24, max: 3 }).map((hours) => plus(T0, hours * HOUR + 1));
const events = fc.array(
  fc.record({
    at: times,
    kind: fc.constantFrom('used', 'frozen', 'expired', 'transferred'),
    amountFen: fc.option(balances.map(fen), { nil: null }),
    by: fc.constantFrom(undefined, 'seller', 'buyer'),
    causeAt: fc.option(times, { nil: undefined }),
  }),
  { maxLength: 3 },
);
const sales = fc
  .record({
    delivery: fc.constantFrom('vault', 'seller', 'mail'),
    listing: probeAt(LISTED),
    reveal: probeAt(BEFORE_REVEAL),
    claim: probeAt(T0),
    events,
    isRevealed: fc.boolean(),
    isShared: fc.boolean(),
    promisedExpiresOn: fc.constantFrom(undefined, '2026-02-28', '2026-06-30'),
    reason: fc.constantFrom(undefined, 'USED_OR_VOID', 'RESTRICTED'),
  })
  .map((drawn): Facts & { hasForgery: boolean } => {
    const { delivery, promisedExpiresOn, reason } = drawn;
    const pick = (one: typeof drawn.listing) => one && (one.isForged ? one.signs : one.made);
    const revealedAt = drawn.isRevealed ? REVEALED : null;
    return {
      ...sale({ delivery, revealedAt, issuerEvents: drawn.events as IssuerEvent[] }),
      ...{ verifiedAtListing: pick(drawn.listing), probeAtReveal: pick(drawn.reveal) },
      probeAtClaim: pick(drawn.claim),
      custody: [
        ...handedOver(revealedAt),
        ...(drawn.isShared ? [{ holder: 'seller', from: LISTED, to: null } as const] : []),
      ],
      ...(promisedExpiresOn !== undefined && { promisedExpiresOn }),
      ...(reason !== undefined && { reason: reason as 'RESTRICTED' }),
      hasForgery: [drawn.listing, drawn.reveal, drawn.claim].some((one) => one?.isForged === true),
    };
  });
const runs = { seed: 20_260_302, numRuns: 500 };
const decide = (facts: Facts) => decideByRule(facts, publicKeyPem);

test('whatever is drawn: an answer or none, in bounds, whole, and never on a forged probe', () => {
  const reached = new Set<string>();
  fc.assert(
    fc.property(sales, ({ hasForgery, ...facts }) => {
      const ruling = decide(facts);
      const late = byBurdenOfProof(facts, publicKeyPem);
      assert(late.outcome === 'refund' || late.outcome === 'release');
      if (!ruling) return;
      assert.equal(hasForgery, false);
      reached.add(ruling.rule);
      const { outcome, refundFen } = ruling;
      assert.equal(
        outcome,
        refundFen === 0n ? 'release' : refundFen === PRICE ? 'refund' : 'partial',
      );
      assert(refundFen >= 0n && refundFen <= PRICE);
      // Whoever keeps all the money is not at fault, and the other way round.
      if (outcome === 'release') assert(ruling.fault === 'buyer' || ruling.fault === 'unknown');
      else assert.notEqual(ruling.fault, 'buyer');
    }),
    runs,
  );
  assert(reached.size >= 6, [...reached].join());
});

test('more evidence for the buyer never takes money from the buyer, less never gives', () => {
  let compared = 0;
  const atMost = (one: Facts, other: Facts): void => {
    const [less, more] = [decide(one), decide(other)];
    if (!less || !more) return;
    compared++;
    assert(
      less.refundFen <= more.refundFen,
      `${less.rule} ${less.refundFen} > ${more.rule} ${more.refundFen}`,
    );
  };
  fc.assert(
    fc.property(sales, balances, balances, ({ hasForgery: _, ...facts }, a, b) => {
      const [low, high] = a < b ? [a, b] : [b, a];
      const seen = (balance: bigint): Facts => ({
        ...facts,
        probeAtReveal: probe(keys, BEFORE_REVEAL, { code: 'FACE_MISMATCH_UNBOUND', balance }),
      });
      // The less there was at the reveal, the more goes back.
      atMost(seen(high), seen(low));
      // A use by the seller after the sale never helps the seller.
      const stolen = { ...facts, issuerEvents: [...facts.issuerEvents, used(AFTER, 1n, 'seller')] };
      atMost(facts, stolen);
      // A promise of more never gives the buyer less of the price.
      atMost(facts, { ...facts, promisedBalanceFen: fen(PROMISED + 1_000n) });
      // A forged probe added to the file silences the rules.
      assert.equal(decide({ ...facts, probeAtClaim: probe(forged, T0) }), undefined);
    }),
    runs,
  );
  assert(compared > 60, `only ${compared} pairs were decided`);
});

/** Believable mistakes, each as a change of the source; the scenarios have to notice every one. */
const MUTANTS: [what: string, from: string, to: string][] = [
  ['forged probes count', 'if (sights.includes(undefined)) return undefined;', ''],
  ['another card counts', 'if (cards.size > 1) return undefined;', ''],
  [
    'contradictions count',
    'if (!seen || contradicts(facts, seen)) return undefined;',
    'if (!seen) return undefined;',
  ],
  ['a balance may rise', 'most !== undefined && taken > most', 'most !== undefined && taken < 0n'],
  ['uses do not lower the balance', 'most - step.event.amountFen', 'most - 0n'],
  [
    'of two things in one moment the first listed is the first',
    'return together.some((step)',
    'return together.slice(0, 1).some((step)',
  ],
  ['a use near the reveal was the seller’s', 'plus(revealedAt, -SKEW_MS)', 'plus(revealedAt, 0)'],
  ['a use in the vault was the seller’s', ' || reveal.reissued || !revealedAt', ' || !revealedAt'],
  ['a late probe is a probe at the reveal', '+ SKEW_MS) return true', '+ SKEW_MS) return false'],
  ['rounded for the seller', '+ promised - 1n) / promised', ') / promised'],

  ['never shown is paid in part', 'isNothing || found', 'found'],
  ['the wrong side bears a short card', "+ stolen, fault: 'seller'", "+ stolen, fault: 'buyer'"],
  ['early and late expiry swapped', 'isEarly: day <= promised', 'isEarly: day > promised'],
  ['the issuer never bears an expiry', '>= expiry.day', ">= '9'"],
  [
    'a good vault does not matter',
    "facts.delivery === 'vault' && listing?.shows === 'holds'",
    'false',
  ],
  ['frozen at the reveal is fine', "['used', 'frozen', 'unusable']", "['used', 'unusable']"],
  ['uses before the listing count', '(since === undefined || event.at >= since)', 'true'],
  ['a part of the unknown is decided', 'if (before === undefined && !isAll) return undefined;', ''],
  ['seller or buyer, all the same', "event.by === 'seller'", 'event.by !== undefined'],
  ['shared custody is the buyer’s', 'return !isShared && holdersAt', 'return holdersAt'],
  [
    'any freeze is the seller’s',
    '(freeze.causeAt ?? freeze.at)',
    '(freeze.causeAt ?? facts.paidAt)',
  ],
  [
    'what was used does not count against a freeze',
    'return facts.promisedBalanceFen - used;',
    'return facts.promisedBalanceFen;',
  ],
  [
    'the issuer’s own cause is the seller’s',
    "holders.has('issuer') ? 'issuer' : 'unknown'",
    "'seller'",
  ],
  [
    'a mailed number is the seller’s',
    "facts.delivery !== 'seller' || reveal || !isBad",
    'reveal || !isBad',
  ],
  ['a part used is all used', 'used + left >= facts.promisedBalanceFen', 'used + left > 0n'],
  [
    'what is left does not count',
    'used + left >= facts.promisedBalanceFen',
    'used >= facts.promisedBalanceFen',
  ],
  ['any number is the buyer’s alone', '!reveal.reissued || ', ''],
  [
    'restrictions are answered by a balance',
    "'FROZEN_BY_ISSUER',\n]);",
    "'FROZEN_BY_ISSUER',\n  'RESTRICTED',\n]);",
  ],
  [
    'the burden is always the buyer’s',
    'const why = isProved ? PROVED',
    'const why = !isProved ? PROVED',
  ],
  ['the reserve never pays', "isProved ? 'unknown' : 'platform'", "'unknown'"],
];

test('every mistake in the rules is noticed by a scenario', async (t) => {
  let change: [string, string] = ['', ''];
  const hooks = registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!url.includes('rules.ts?mutant=')) return loaded;
      const source = String(loaded.source);
      assert(source.includes(change[0]), `the rules no longer say: ${change[0]}`);
      return { ...loaded, source: source.replace(...change) };
    },
  });
  t.after(() => hooks.deregister());
  const survivors: string[] = [];
  for (const [nth, [what, from, to]] of MUTANTS.entries()) {
    change = [from, to];
    const mutant = (await import(`./rules.ts?mutant=${nth}`)) as typeof import('./rules.ts');
    const isKilled = Object.values(scenarios).some(
      ([facts, truth]) => !holds(mutant, facts, truth),
    );
    if (!isKilled && burdenHolds(mutant)) survivors.push(what);
  }
  assert.deepEqual(survivors, []);
});

type Rules = typeof import('./rules.ts');
function holds(rules: Rules, facts: Facts, truth: Truth): boolean {
  const ruling = rules.decideByRule(facts, publicKeyPem);
  if (!ruling || truth === 'desk') return !ruling && truth === 'desk';
  return ruling.rule === truth[0] && ruling.refundFen === truth[1] && ruling.fault === truth[2];
}
function burdenHolds(rules: Rules): boolean {
  const proved = rules.byBurdenOfProof(sale({ probeAtReveal: good }), publicKeyPem);
  const open = rules.byBurdenOfProof(sale(), publicKeyPem);
  return proved.reasons.zh.includes('举证责任在买家') && open.fault === 'platform';
}
