// Goal: each figure of the rules bites exactly where it stands, on the day it is in force, and not one fen before.
// Method: tables of figure −1, =, +1 for each party and way, generated from the published rules.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY as DAY_MS, fen, HOUR } from '#platform';
import { inForce } from '#rules';
import {
  daySums,
  type Flow,
  fraudPattern,
  INSTANT_MS,
  largeReasons,
  NEW_ACCOUNT_MS,
  type PatternRule,
  type SaleFacts,
  workdaysAfter,
} from './domain.ts';

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

const R53 = inForce('R53', DAY)?.params as unknown as PatternRule;
const calm: SaleFacts = {
  ...{ accountMs: NEW_ACCOUNT_MS, isElectronic: true, issuers: R53.issuers - 1 },
  cardMs: R53.cardHours * HOUR,
};
const signals = (more: Partial<SaleFacts>) =>
  fraudPattern({ ...calm, ...more }, { ...R53, signals: 1 })?.signals ?? [];

test('each signal is there on one side of its figure and not on the other', () => {
  assert.deepEqual(signals({}), []);
  assert.deepEqual(signals({ accountMs: NEW_ACCOUNT_MS - 1 }), ['new_account']);
  assert.deepEqual(signals({ issuers: R53.issuers }), ['many_issuers']);
  assert.deepEqual(signals({ cardMs: R53.cardHours * HOUR - 1 }), ['fresh_card']);
  assert.deepEqual(signals({ cardMs: INSTANT_MS }), ['fresh_card']);
  assert.deepEqual(signals({ cardMs: INSTANT_MS - 1 }), ['fresh_card', 'instant_cash_out']);
  assert.deepEqual(signals({ cardMs: 0, isElectronic: false }), [], 'a card of plastic');
  assert.deepEqual(signals({ cardMs: undefined }), [], 'an issuer that does not say');
  assert.equal(R53.cardHours * HOUR, DAY_MS);
});

test('any two make a pattern, and each one more holds a day longer, three at most', () => {
  const [young, many] = [{ accountMs: 0 }, { issuers: 3 }];
  const days = (facts: Partial<SaleFacts>) => fraudPattern({ ...calm, ...facts }, R53)?.holdDays;
  assert.equal(days(young), undefined, 'a newcomer alone is welcome');
  assert.equal(days(many), undefined);
  assert.equal(days({ ...young, ...many }), 1);
  assert.equal(days({ cardMs: 0 }), 1);
  assert.equal(days({ ...young, cardMs: 0 }), 2);
  assert.equal(days({ ...young, ...many, cardMs: 0 }), 3);
  assert.equal(
    fraudPattern({ ...calm, ...young, ...many }, { ...R53, holdDaysMax: 0 })?.holdDays,
    0,
  );
});
