// Goal: a row that names an unknown state or role, or leaves a terminal state, is refused by the compiler.
// Method: each illegal row stands under `@ts-expect-error`; `tsc` fails when one of them compiles.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MINUTE } from '#platform';
import {
  type AmountOf,
  defineProcess,
  type SlotOf,
  type StateOf,
  type TransitionOf,
  tableOf,
} from './define.ts';

const states = {
  open: { zh: '进行中', en: 'open' },
  done: { zh: '完成', en: 'done', terminal: true },
} as const;
const base = { name: 'toy', version: 1, initial: 'open', states, roles: ['seller'] } as const;
const lapse = { by: ['clock'], from: ['open'], to: 'done', after: MINUTE } as const;

const toy = <const T>(transitions: T) => ({ ...base, transitions });

test('illegal rows do not compile', () => {
  defineProcess(toy({ lapse }));
  // @ts-expect-error unknown state in `to`
  defineProcess(toy({ lapse: { ...lapse, to: 'gone' } }));
  // @ts-expect-error unknown state in `from`
  defineProcess(toy({ lapse: { ...lapse, from: ['gone'] } }));
  // @ts-expect-error nothing leaves a terminal state
  defineProcess(toy({ lapse, back: { by: ['seller'], from: ['done'], to: 'open' } }));
  // @ts-expect-error unknown role
  defineProcess(toy({ lapse, end: { by: ['buyer'], from: ['open'], to: 'done' } }));
  // @ts-expect-error the clock needs a deadline
  defineProcess(toy({ lapse: { by: ['clock'], from: ['open'], to: 'done' } }));
  // @ts-expect-error a deadline is a number of milliseconds or 'due'
  defineProcess(toy({ lapse: { ...lapse, after: 'soon' } }));
  // @ts-expect-error a post says what it moves
  defineProcess(toy({ lapse: { ...lapse, money: [{ from: 'A', to: 'B' }] } }));
  // @ts-expect-error nothing starts in a terminal state
  defineProcess({ ...toy({ lapse }), initial: 'done' });
  // @ts-expect-error a state has words in both languages
  defineProcess({ ...toy({ lapse }), states: { ...states, open: { zh: '进行中' } } });
});

test('the names of a table are types, those of its earlier versions included', () => {
  const first = defineProcess({
    ...base,
    opening: [{ do: 'hold', from: 'WALLET', to: 'ESCROW', amount: 'price' }],
    transitions: { lapse: { ...lapse, money: [{ do: 'release' }] } },
  });
  const second = defineProcess({
    ...base,
    version: 2,
    states: { ...states, waiting: { zh: '等待', en: 'waiting' } },
    transitions: {
      wait: { by: ['seller'], from: ['open'], to: 'waiting' },
      end: { by: ['clock'], from: ['open', 'waiting'], to: 'done', after: MINUTE },
    },
    earlier: [first],
  });
  const state: StateOf<typeof second>[] = ['done', 'open', 'waiting'];
  const transition: TransitionOf<typeof second>[] = ['end', 'lapse', 'wait'];
  const slot: SlotOf<typeof second>[] = ['ESCROW', 'WALLET'];
  const amount: AmountOf<typeof second>[] = ['price'];
  // @ts-expect-error not a transition of any version
  const wrong: TransitionOf<typeof second> = 'jump';
  // @ts-expect-error not a state of any version
  const gone: StateOf<typeof second> = 'gone';
  assert.deepEqual(second.names.states, state);
  assert.deepEqual(second.names.transitions, transition);
  assert.deepEqual(second.names.slots, slot);
  assert.deepEqual(second.names.amounts, amount);
  assert.deepEqual([wrong, gone], ['jump', 'gone']);
  assert.deepEqual(Object.keys(tableOf(second, 1).transitions), ['lapse']);
  assert.throws(() => tableOf(second, 3), /not among the known versions/);
  assert.throws(
    () => defineProcess({ ...base, transitions: { lapse }, earlier: [second] }),
    /lower number/,
  );
});
