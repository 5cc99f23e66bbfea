// Goal: caps only rise with what was settled, nobody bids without one, and a checklist is done when nothing is missing.
// Method: properties over every tier, state and volume; the names and networks that people type, good and hostile.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fen, Refused } from '#platform';
import {
  CAPS,
  capOf,
  checklist,
  DEPOSIT,
  graduates,
  isComplete,
  mayBid,
  outranks,
  parseLegalName,
  type RecyclerState,
  TEAM_ROLES,
  verifiedUntil,
} from './domain.ts';
import { parseNetwork } from './key.ts';
import { recyclerAccount } from './life.ts';

const states = Object.keys(recyclerAccount.states) as RecyclerState[];
const tier = fc.constantFrom('tiny', 'standard' as const);
const volume = fc.bigInt({ min: 0n, max: 1_000_000_000n });

test('a cap is there for who may bid, rises with the volume, and is lower on probation', () => {
  fc.assert(
    fc.property(tier, fc.constantFrom(...states), volume, volume, (tier, state, a, b) => {
      const cap = (settled: bigint, of = state) =>
        capOf({ tier, state: of, settledFen: fen(settled) });
      const [less, more] = a < b ? [a, b] : [b, a];
      assert(cap(less) <= cap(more));
      assert.equal(cap(more) > 0n, mayBid(state));
      assert(cap(more, 'probation') <= cap(more, 'active'));
    }),
  );
  for (const tier of ['tiny', 'standard'] as const) {
    const grown = { tier, settledFen: fen(1_000_000_000n) };
    assert.equal(capOf({ ...grown, state: 'probation' }), CAPS[tier][1]?.capFen, 'two steps');
    assert.equal(capOf({ ...grown, state: 'active' }), CAPS[tier].at(-1)?.capFen);
  }
});

test('probation needs both the count and the volume', () => {
  assert.equal(graduates({ tier: 'tiny', settledFen: fen(499_999n), settledCount: 99 }), false);
  assert.equal(graduates({ tier: 'tiny', settledFen: fen(9_999_999n), settledCount: 19 }), false);
  assert.equal(graduates({ tier: 'tiny', settledFen: fen(500_000n), settledCount: 20 }), true);
});

test('the checklist is complete when each of its facts is there, and says why when not', () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      tier,
      volume,
      (hasRealName, verified, hasPhoto, hasPayoutAccount, tier, deposit) => {
        const facts = { hasRealName, verified, hasPhoto, hasPayoutAccount, check: undefined };
        const items = checklist({ ...facts, tier, depositFen: fen(deposit) });
        const all = hasRealName && verified && hasPhoto && hasPayoutAccount;
        assert.equal(isComplete(items), all && deposit >= DEPOSIT[tier]);
        for (const { state, why } of items) assert.equal(state === 'done', why === undefined);
      },
    ),
  );
});

test('a licence is good for half a year, or until its own end', () => {
  const at = new Date('2026-11-23T02:00:00Z');
  assert.equal(verifiedUntil(at, undefined).toISOString(), '2027-05-22T02:00:00.000Z');
  assert.equal(verifiedUntil(at, '2026-12-31').toISOString(), '2026-12-31T16:00:00.000Z');
  assert.equal(verifiedUntil(at, '2030-01-01').toISOString(), '2027-05-22T02:00:00.000Z');
});

test('a role may what the roles below it may', () => {
  for (const [rank, has] of TEAM_ROLES.entries())
    for (const [needed, needs] of TEAM_ROLES.entries())
      assert.equal(outranks(has, needs), rank >= needed);
});

test('names of companies are read as printed; markup and control signs are none', () => {
  assert.equal(parseLegalName(' 模拟（上海）回收 有限公司'), '模拟（上海）回收有限公司');
  assert.equal(parseLegalName('模拟(上海)回收'), '模拟（上海）回收');
  for (const bad of ['', '店', '<b>店铺</b>', "店'; drop table", '店\0铺', '店'.repeat(101)])
    assert.equal(parseLegalName(bad), undefined);
});

test('a network is an address or a mask of one', () => {
  assert.equal(parseNetwork(' 203.0.113.7 '), '203.0.113.7/32');
  assert.equal(parseNetwork('10.1.2.3/8'), '10.1.2.3/8');
  assert.equal(parseNetwork('2001:db8::/32'), '2001:db8::/32');
  for (const bad of [
    '',
    '0.0.0.0/0',
    '::/0',
    '1.2.3',
    '1.2.3.4/33',
    '1.2.3.4/',
    'fe80::1%eth0',
    'a/b',
  ])
    assert.throws(() => parseNetwork(bad), Refused, bad);
});
