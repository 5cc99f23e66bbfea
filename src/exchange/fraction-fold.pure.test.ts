// Goal: shares add up to the supply whatever moves, cash is written to who took it, and what the chain takes back leaves no
//   trace.
// Method: sequences of events as the contract emits them, folded whole and with each end taken back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Address, Hex } from 'viem';
import { saidOf, type Word } from '#test/said.ts';
import { foldFraction } from './fraction-fold.ts';

const [ANN, BOB, CEE, ZERO] = ['a', 'b', 'c', '0'].map((digit) => `0x${digit.repeat(40)}`) as [
  Address,
  Address,
  Address,
  Address,
];
const TOKEN = `0x${'1'.repeat(64)}` as Hex;
const SHARE = `0x${'2'.repeat(64)}` as Hex;

/** Shares are no card. */
const told = (word: Word, index: number) =>
  saidOf('cardId' in word[1] ? TOKEN : undefined, word, index);
const fold = (...events: Word[]) => foldFraction(SHARE, events.map(told));
const cardId = '1';
const split: Word = ['Fractionalised', { cardId, by: ANN, supply: 3, floor: '10000' }];
const moves = (from: Address, to: Address, amount: string): Word => [
  'SharesMoved',
  { from, to, amount },
];
const cashes = (holder: Address, shares: string, amount: string): Word => [
  'Cashed',
  { holder, shares, amount },
];
const bought: Word = ['BoughtOut', { cardId, buyer: CEE, proceeds: '9750' }];

test('split, passed on, bought out, cashed', () => {
  assert.equal(fold(), undefined);
  assert.equal(fold(moves(ANN, BOB, '1')), undefined, 'the split was taken back');
  const all = [split, moves(ANN, BOB, '2'), bought, cashes(BOB, '2', '6500')] as const;
  const now = fold(...all);
  assert.deepEqual(
    [now?.state, now?.supply, now?.floorFen, now?.proceedsFen],
    ['bought_out', 3n, 10_000n, 9_750n],
  );
  assert.deepEqual(now?.shares.get(ANN), { amount: 1n, cashedFen: 0n });
  assert.deepEqual(now?.shares.get(BOB), { amount: 0n, cashedFen: 6_500n });
  for (let length = 1; length < all.length; length++) {
    const before = fold(...all.slice(0, length));
    const held = [...(before?.shares.values() ?? [])].reduce((sum, one) => sum + one.amount, 0n);
    assert.equal(held, 3n, 'until somebody cashes');
    assert.equal(before?.state, length < 3 ? 'split' : 'bought_out');
  }
});

test('united, the shares are gone', () => {
  const now = fold(split, moves(ANN, ZERO, '3'), ['United', { cardId, by: ANN }]);
  assert.equal(now?.state, 'united');
  assert.deepEqual([...(now?.shares.values() ?? [])], [{ amount: 0n, cashedFen: 0n }]);
});
