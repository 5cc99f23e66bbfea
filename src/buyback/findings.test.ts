// Goal: a report is a lie only where the issuer's own words leave no other reading, and never for a card unseen and empty.
// Method: the cases by hand, then every look that can be made: moving the last use across the opening flips the finding.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RESULTS } from '#cards';
import { fen, HOUR, plus } from '#platform';
import { judgeReport, type Look } from './findings.ts';

const OPENED = new Date('2026-11-23T02:00:00Z');
const look = (more: Partial<Look>): Look => ({
  ...{ code: 'OK', balanceFen: 10_000n, faceFen: fen(10_000n) },
  ...{ lastUseAt: undefined, openedAt: OPENED },
  ...more,
});
const empty = { code: 'USED_OR_VOID', balanceFen: 0n } as const;

test('a good card makes every report false; an empty one is whose turn it was', () => {
  assert.equal(judgeReport(look({})), 'false');
  assert.equal(judgeReport(look({ ...empty, lastUseAt: plus(OPENED, HOUR) })), 'false');
  assert.equal(judgeReport(look({ ...empty, lastUseAt: plus(OPENED, -HOUR) })), 'confirmed');
  assert.equal(judgeReport(look(empty)), 'unclear', 'the issuer does not say when');
  assert.equal(judgeReport(look({ ...empty, lastUseAt: OPENED })), 'unclear', 'clocks differ');
  assert.equal(judgeReport(look({ ...empty, openedAt: undefined })), 'confirmed');
  const more = { code: 'FACE_MISMATCH_UNBOUND', balanceFen: 10_001n } as const;
  assert.equal(judgeReport(look(more)), 'false', 'more than was bought is no fault');
  assert.equal(judgeReport(look({ ...more, balanceFen: 9_999n })), 'unclear');
  assert.equal(judgeReport(look({ code: 'BAD_CREDENTIALS' })), 'confirmed');
  assert.equal(judgeReport(look({ code: 'FROZEN_BY_ISSUER' })), 'unclear');
  assert.equal(judgeReport(look({ code: 'FROZEN_BY_ISSUER', openedAt: undefined })), 'confirmed');
  assert.equal(judgeReport(look({ code: 'ISSUER_UNAVAILABLE' })), 'unclear');
});

test('nobody is called a liar over a card never seen, unless it is good; and time alone decides the rest', () => {
  const codes = Object.keys(RESULTS) as (keyof typeof RESULTS)[];
  fc.assert(
    fc.property(
      fc.constantFrom(...codes),
      fc.option(fc.bigInt({ min: 0n, max: 20_000n }), { nil: undefined }),
      fc.option(fc.integer({ min: -1_000, max: 1_000 }), { nil: undefined }),
      (code, balanceFen, minutes) => {
        const lastUseAt = minutes === undefined ? undefined : plus(OPENED, minutes * 60_000);
        const seen = judgeReport(look({ code, balanceFen, lastUseAt }));
        const unseen = judgeReport(look({ code, balanceFen, lastUseAt, openedAt: undefined }));
        const isWhole = code === 'OK' || (balanceFen !== undefined && balanceFen >= 10_000n);
        if (unseen === 'false') assert(isWhole);
        if (seen === 'false' && !isWhole) assert(minutes !== undefined && minutes >= 2);
        if (seen === 'confirmed' && minutes !== undefined && code === 'USED_OR_VOID')
          assert(minutes <= -2);
      },
    ),
  );
});
