// Goal: each figure of the rules bites exactly where it stands, on the day it is in force, and not one fen before.
// Method: tables of figure −1, =, +1 for each party and way, generated from the published rules.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fen } from '#platform';
import { inForce } from '#rules';
import { daySums, type Flow, largeReasons, workdaysAfter } from './domain.ts';

const DAY = '2026-11-24';
const AT = new Date('2026-11-24T03:00:00Z');
const R50 = inForce('R50', DAY)?.params;
assert(R50?.['personFen'] !== undefined && R50['entityFen'] !== undefined);
const from = { personFen: R50['personFen'], entityFen: R50['entityFen'] };
let serial = 0;
const flow = (way: Flow['way'], amount: number, more: Partial<Flow> = {}): Flow => ({
  ...{ partyKind: 'person', partyId: 'a', way, amountFen: fen(amount), at: AT },
  ...{ outNo: String(++serial), kind: 'transfer', ...more },
});

test('the figures are those of the measures', () => {
  assert.deepEqual(from, { personFen: 50_000_000, entityFen: 200_000_000 });
  assert.equal(inForce('R50', '2017-06-30'), undefined);
});

for (const [partyKind, figure] of [
  ['person', from.personFen],
  ['entity', from.entityFen],
] as const)
  test(`a day of a ${partyKind} is large at the figure, each way alone`, () => {
    const reasons = (inFen: number, outFen: number) =>
      largeReasons({ partyKind, inFen: fen(inFen), outFen: fen(outFen) }, from);
    assert.deepEqual(reasons(figure - 1, figure - 1), [], 'ways are not added up');
    assert.deepEqual(reasons(figure, 0), ['large_in']);
    assert.deepEqual(reasons(0, figure), ['large_out']);
    assert.deepEqual(reasons(figure + 1, figure), ['large_in', 'large_out']);
  });

test('a day is summed for each party, each way, over all lines', () => {
  const sums = daySums([
    flow('out', 30_000_000),
    flow('in', 7),
    flow('out', 20_000_000),
    flow('in', 5, { partyId: 'b', partyKind: 'entity' }),
  ]);
  assert.deepEqual(
    sums.map(({ partyId, inFen, outFen, flows }) => [partyId, inFen, outFen, flows.length]),
    [
      ['a', 7n, 50_000_000n, 3],
      ['b', 5n, 0n, 1],
    ],
  );
});

test('a report is due five working days after, holidays not counted', () => {
  assert.equal(workdaysAfter('2026-11-24', 5), '2026-12-01');
  assert.equal(workdaysAfter('2026-09-30', 5), '2026-10-13', 'over the October holiday');
});
