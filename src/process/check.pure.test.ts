// Goal: checkProcess passes a sound table and names each way in which a table can be unsound.
// Method: one small change to a sound table for each finding; the change must be named, and nothing vaguer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DAY, HOUR, MINUTE } from '#platform';
import { checkProcess, inWords } from './check.ts';
import type { Process, Row } from './define.ts';
import { sale } from './sale.fixture.ts';
import { add, NOTHING, named, normaliser, same, say } from './symbolic.ts';

type Rows = Record<string, Row>;
type Change = { [Field in keyof Row]?: Row[Field] | undefined };
/** The sample with some of its rows replaced, added, or (undefined) left out; past the compiler on purpose. */
const withRows = (change: Record<string, Change | undefined>): Process => {
  const transitions: Rows = { ...sale.transitions };
  for (const [name, row] of Object.entries(change)) {
    if (row) transitions[name] = { ...transitions[name], ...row } as Row;
    else delete transitions[name];
  }
  return { ...sale, transitions };
};
const price = (from: string, to: string) => ({ from, to, amount: 'price' });

const bad: [string, Process][] = [
  ['bad_name: Sale', { ...sale, name: 'Sale' }],
  ['bad_name: clock', { ...sale, roles: [...sale.roles, 'clock'] }],
  ['bad_name: start', withRows({ start: { by: ['buyer'], from: ['paid'], to: 'paid' } })],
  ['unknown_state: initial gone', { ...sale, initial: 'gone' }],
  ['unknown_state: pay names gone', withRows({ pay: { to: 'gone' } })],
  ['unknown_state: pay names nowhere', withRows({ pay: { from: ['nowhere'] } })],
  ['unknown_role: pay names stranger', withRows({ pay: { by: ['stranger'] } })],
  ['nobody: pay', withRows({ pay: { by: [] } })],
  ['clock_without_deadline: pay', withRows({ pay: { by: ['buyer', 'clock'] } })],
  ['deadline_without_clock: pay', withRows({ pay: { after: HOUR } })],
  ['bad_deadline: lapse', withRows({ lapse: { after: 0 } })],
  ['bad_deadline: lapse', withRows({ lapse: { after: Number.NaN } })],
  ['bad_limit: remind', withRows({ remind: { atMost: 0.5 } })],
  ['money_not_netting: ESCROW', withRows({ give_up: { money: [price('ESCROW', 'ESCROW')] } })],
  ['unused_escrow: ESCROOW', { ...sale, escrow: ['ESCROOW'] }],
  ['bad_identity: price', { ...sale, identities: { price: ['price', 'fees'] } }],
  ['unused_amount: no row moves nett', { ...sale, identities: { price: ['nett', 'fees'] } }],
  ['unreachable: delivered', withRows({ deliver: undefined })],
  [
    'no_way_out: paid',
    withRows({
      deliver: { to: 'paid', atMost: 1 },
      give_up: { to: 'paid', atMost: 3, money: [] },
    }),
  ],
  [
    'terminal_exit: reopen leaves released',
    withRows({ reopen: { by: ['operator'], from: ['released'], to: 'cancelled' } }),
  ],
  ['no_deadline: paid', withRows({ give_up: { by: ['buyer'], after: undefined } })],
  ['no_deadline: delivered', withRows({ confirm: { atMost: 1 } })],
  [
    'clock_shadowed: late comes after give_up',
    withRows({
      late: { by: ['clock'], from: ['paid'], to: 'refunded', after: 3 * DAY },
    }),
  ],
  [
    'escrow_left: released keeps fees in ESCROW',
    withRows({
      confirm: { money: [{ from: 'ESCROW', to: 'PAYABLE', amount: 'net' }] },
      give: { money: [{ from: 'ESCROW', to: 'PAYABLE', amount: 'net' }] },
    }),
  ],
  ['escrow_left: refunded keeps', withRows({ give_up: { money: [] }, refund: { money: [] } })],
  ['escrow_ambiguous: released keeps', withRows({ give: { money: [] } })],
  [
    'escrow_ambiguous: paid',
    withRows({ pay: { from: ['placed', 'paid'], atMost: 2, money: [price('WALLET', 'ESCROW')] } }),
  ],
  [
    'escrow_overdrawn: give_up leaves − ',
    withRows({ give_up: { money: [price('ESCROW', 'WALLET'), price('ESCROW', 'PAYABLE')] } }),
  ],
  ['hold_left: cancelled', withRows({ cancel: { money: [] }, lapse: { money: [] } })],
  ['hold_ambiguous: cancelled', withRows({ cancel: { money: [] } })],
  ['hold_missing: deliver', withRows({ deliver: { money: [{ do: 'release' }] } })],
  ['hold_mismatch: pay', withRows({ pay: { money: [{ do: 'capture', to: 'PAYABLE' }] } })],
  [
    'hold_twice: deliver',
    withRows({
      pay: { money: [] },
      deliver: { money: [{ do: 'hold', ...price('WALLET', 'ESCROW') }] },
    }),
  ],
  [
    'capture_over: pay takes',
    {
      ...withRows({ pay: { money: [{ do: 'capture', amount: 'price' }] } }),
      opening: [{ do: 'hold', from: 'WALLET', to: 'ESCROW', amount: 'net' }],
    },
  ],
  ['escrow_too_long: paid → delivered', withRows({ refund: { within: 23 * DAY } })],
  ['escrow_too_long', { ...sale, escrowDaysMax: 15 }],
  ['escrow_too_long', withRows({ remind: { atMost: 100 } })],
  ['hold_too_long: placed', withRows({ lapse: { after: 26 * DAY } })],
  ['escrow_unbounded: delivered', withRows({ remind: { atMost: undefined } })],
  ['escrow_unbounded', withRows({ undo: { by: ['buyer'], from: ['disputed'], to: 'delivered' } })],
  ['due_unbounded: refund', withRows({ refund: { within: undefined } })],
];

test('a sound table has no findings', () => {
  assert.deepEqual(checkProcess(sale), []);
});

test('an earlier version whose instances may still live is proved too', () => {
  const old = withRows({ deliver: undefined });
  const versions = new Map<number, Process>([[1, old]]);
  const [found] = checkProcess({ ...sale, version: 2, versions });
  assert.equal(found, 'v1 unreachable: delivered');
});

for (const [index, [finding, table]] of bad.entries()) {
  test(`finding ${index + 1}: ${finding}`, () => {
    const found = checkProcess(table);
    assert(
      found.some((line) => line.startsWith(finding)),
      `expected ${finding}, found ${found.join(' | ') || 'nothing'}`,
    );
  });
}

test('the worst path is the sum of its deadlines, loops counted as often as they may run', () => {
  // paid 2 d, delivered twice 6 h for the reminders and then 1 d, disputed 12 d: 15.5 days.
  const long = 2 * DAY + 2 * 6 * HOUR + DAY + 12 * DAY;
  assert.deepEqual(checkProcess({ ...sale, escrowDaysMax: long / DAY }), []);
  const [found] = checkProcess({ ...sale, escrowDaysMax: long / DAY - 0.01 });
  assert.equal(
    found,
    'escrow_too_long: paid → delivered → delivered → delivered → disputed = 15.5 d, more than 15.49 days',
  );
  assert.equal(inWords(90_000), '1.5 min');
  assert.equal(inWords(15 * MINUTE), '15 min');
});

test('two ways to name the same money have the same normal form', () => {
  const normal = normaliser([
    ['price', ['net', 'fees']],
    ['price', ['back', 'kept', 'fees']],
    ['fees', ['ours', 'tax']],
  ]);
  const { price: _, ...parts } = { price: 0, net: 0, fees: 0, back: 0, kept: 0, ours: 0, tax: 0 };
  const names = ['price', ...Object.keys(parts)];
  const value = (name: string, v: Record<string, number>): number => v[name] ?? 0;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...names), fc.integer({ min: -3, max: 3 })), {
        maxLength: 6,
      }),
      fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99), fc.nat(99)),
      (terms, [back, kept, ours, tax]) => {
        const fees = ours + tax;
        const net = back + kept;
        const v = { back, kept, ours, tax, fees, net, price: net + fees };
        const expr = terms.reduce((sum, [name, count]) => add(sum, named(name), count), NOTHING);
        const total = (e: typeof expr) =>
          [...e].reduce((sum, [name, count]) => sum + count * value(name, v), 0);
        assert.equal(total(normal(expr)), total(expr));
        assert(same(normal(normal(expr)), normal(expr)));
      },
    ),
    { numRuns: 200 },
  );
  assert.equal(say(normal(named('price'))), say(normal(add(named('net'), named('fees')))));
  assert(same(normal(named('net')), normal(add(named('back'), named('kept')))));
  assert(!same(normal(named('net')), normal(named('price'))));
});
