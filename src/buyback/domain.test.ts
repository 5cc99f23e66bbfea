// Goal: what follows from a verification is never better or worse for anybody than what was promised.
// Method: the whole table of outcomes, and properties of the split; each was seen to fail with the subject broken.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ASKS_MAX } from '#cards';
import { fen, isRefusal } from '#platform';
import { checkProcess } from '#process';
import { caseTransition, judge, settleDue, splitRefund } from './domain.ts';
import { buyback, INSPECTION_MS, type State } from './life.ts';

const face = fen(10_000n);

test('a card passes at exactly the promised balance, and nowhere else', () => {
  const at = (outcome: 'pass' | 'requote', balanceFen: bigint | undefined) =>
    judge({
      outcome,
      faceFen: face,
      waits: 0,
      balanceFen: balanceFen === undefined ? undefined : fen(balanceFen),
    });
  assert.equal(at('pass', 10_000n), 'pass');
  assert.equal(at('requote', 10_000n), 'requote', 'another date is another card');
  for (const outcome of ['pass', 'requote'] as const) {
    for (const balance of [1n, 9_999n, 10_001n]) assert.equal(at(outcome, balance), 'requote');
    assert.equal(at(outcome, 0n), 'reject');
    assert.equal(at(outcome, undefined), 'refer');
  }
});

test('an issuer is asked a bounded number of times, then a person looks', () => {
  const at = (waits: number) =>
    judge({ outcome: 'wait', faceFen: face, balanceFen: undefined, waits });
  assert.equal(at(ASKS_MAX - 1), 'wait');
  assert.equal(at(ASKS_MAX), 'refer');
  assert.equal(judge({ outcome: 'manual', faceFen: face, balanceFen: face, waits: 0 }), 'refer');
  assert.equal(judge({ outcome: 'reject', faceFen: face, balanceFen: face, waits: 0 }), 'reject');
});

test('a partial recovery splits to the fen and never charges more fee than before', () => {
  const cases = fc
    .tuple(fc.bigInt({ min: 1n, max: 10n ** 9n }), fc.bigInt({ min: 0n, max: 10n ** 8n }))
    .chain(([net, fees]) =>
      fc.record({
        net: fc.constant(net),
        fees: fc.constant(fees),
        refund: fc.bigInt({ min: -1n, max: net + fees + 1n }),
      }),
    );
  let split = 0;
  let refused = 0;
  fc.assert(
    fc.property(cases, ({ net, fees, refund }) => {
      const price = fen(net + fees);
      const result = splitRefund({ price, net: fen(net), fees: fen(fees) }, fen(refund));
      if (isRefusal(result)) {
        refused++;
        assert(refund <= 0n || refund >= price);
        return;
      }
      split++;
      assert.equal(result.refund + result.keptNet + result.keptFees, price);
      assert(result.keptNet >= 0n && result.keptFees >= 0n && result.keptFees <= fees);
      assert(result.keptFees * price <= (price - refund) * fees, 'the fee part rounds down');
    }),
  );
  assert(split > 0 && refused > 0);
});

test('a locked or re-issued card is settled at once, a readable one waits for its inspection', () => {
  const at = new Date('2026-11-23T00:00:00Z');
  for (const grade of ['V4', 'V5', 'V6']) assert.deepEqual(settleDue(grade, at), at);
  for (const grade of ['V0', 'V2', 'V3', undefined, null])
    assert.equal(settleDue(grade, at).getTime() - at.getTime(), INSPECTION_MS);
});

test('a case moves an order only while the order is in it', () => {
  assert.equal(caseTransition('disputed', 'partial'), 'settle_part');
  assert.equal(caseTransition('contested', 'clawback'), 'claw_back');
  for (const state of buyback.names.states as readonly State[]) {
    if (state !== 'disputed' && state !== 'contested')
      assert.equal(caseTransition(state, 'release'), undefined, state);
  }
});

test('the life of an order is sound', () => assert.deepEqual(checkProcess(buyback), []));
