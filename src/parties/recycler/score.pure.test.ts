// Goal: the scorecard is a fair sum: bounded, blind to order and size, worse by every wrong and never worse by a right.
// Method: random deeds, one more deed of each kind; known cases at the very limits; the formulas done again by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fen } from '#platform';
import { type Deeds, LIMITS, restrictionFor, scorecard } from './score.ts';

const none: Deeds = {
  ...{ settled: 0, settledFen: fen(0), reports: 0, trueReports: 0, falseReports: 0 },
  ...{ disputesLost: 0, defaults: 0, reportMinutes: undefined },
};
const few = fc.nat({ max: 300 });
const someDeeds: fc.Arbitrary<Deeds> = fc
  .record({
    settled: fc.nat({ max: 5_000 }),
    settledFen: fc.bigInt({ min: 0n, max: 10n ** 14n }),
    trueReports: few,
    falseReports: few,
    disputesLost: few,
    defaults: few,
    reportMinutes: fc.option(fc.nat({ max: 30 * 24 * 60 }), { nil: undefined }),
  })
  .map((made) => ({
    ...made,
    settledFen: fen(made.settledFen),
    reports: made.trueReports + made.falseReports,
  }));
const with1 = (deeds: Deeds, field: 'falseReports' | 'defaults' | 'disputesLost'): Deeds => ({
  ...deeds,
  [field]: deeds[field] + 1,
});

test('every figure stays in its range, and a newcomer is presumed honest but not proven', () => {
  fc.assert(
    fc.property(someDeeds, (deeds) => {
      const card = scorecard(deeds);
      for (const rate of [card.honestyBps, card.speedBps, card.defaultBps, card.lossBps])
        assert(rate >= 0 && rate <= 10_000 && Number.isInteger(rate));
      assert(card.score >= 0 && card.score <= 100 && Number.isInteger(card.score));
    }),
  );
  const fresh = scorecard(none);
  assert.deepEqual([fresh.score, fresh.rank, restrictionFor(none)], [100, 1, undefined]);
  assert.equal(scorecard({ ...none, settled: 20 }).rank, 0);
});

test('one more wrong never helps, one more right never hurts, and size alone is no merit', () => {
  fc.assert(
    fc.property(someDeeds, fc.bigInt({ min: 0n, max: 10n ** 14n }), (deeds, volume) => {
      const now = scorecard(deeds);
      for (const wrong of ['falseReports', 'defaults', 'disputesLost'] as const) {
        const worse = scorecard(with1(deeds, wrong));
        assert(worse.score <= now.score && worse.rank >= now.rank, wrong);
        if (restrictionFor(deeds)) assert(restrictionFor(with1(deeds, wrong)), 'still restricted');
      }
      for (const right of [
        { ...deeds, settled: deeds.settled + 1 },
        { ...deeds, trueReports: deeds.trueReports + 1, reports: deeds.reports + 1 },
      ]) {
        const better = scorecard(right);
        assert(better.score >= now.score && better.rank <= now.rank);
        if (!restrictionFor(deeds)) assert.equal(restrictionFor(right), undefined);
      }
      const bigger = scorecard({ ...deeds, settledFen: fen(deeds.settledFen + volume) });
      assert.deepEqual([bigger.score, bigger.rank], [now.score, now.rank]);
    }),
  );
});

test('the formulas, done by hand', () => {
  // 45 · (4 + 1) / (4 + 1 + 3) + 30 · (1 − 10 · 1 / (9 + 1 + 20)) + 15 + 10 · (1 − (1500 − 120) / (10080 − 120))
  const card = scorecard({
    ...{ ...none, settled: 9, reports: 4, trueReports: 1, falseReports: 3 },
    ...{ defaults: 1, reportMinutes: 1_500 },
  });
  assert.deepEqual(
    [card.honestyBps, card.defaultBps, card.lossBps, card.speedBps, card.score, card.rank],
    [6_250, 333, 0, 8_615, 71, 2],
  );
});

test('restricted at the limit and not one step before it', () => {
  const lies = (falseReports: number, trueReports: number) =>
    restrictionFor({ ...none, falseReports, trueReports });
  assert.deepEqual([lies(2, 0), lies(3, 0), lies(3, 3)], [undefined, 'false_reports', undefined]);
  const broke = (defaults: number, settled: number) =>
    restrictionFor({ ...none, defaults, settled });
  // 3 / (3 + 37 + 20) is the very limit of 5 %.
  assert.deepEqual([broke(2, 0), broke(3, 36), broke(3, 37)], [undefined, 'default', undefined]);
  const lost = (disputesLost: number, settled: number) =>
    restrictionFor({ ...none, disputesLost, settled });
  assert.deepEqual([lost(4, 0), lost(5, 24), lost(5, 25)], [undefined, 'complaints', undefined]);
  assert.equal(LIMITS.defaults.defaultBps, 500);
});
