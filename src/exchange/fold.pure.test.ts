// Goal: what a token's logs add up to is what the contract holds: owner, number of orders, state; and an id or a commitment
//   says the same in the house as on the chain.
// Method: sequences of events as the contract emits them, folded whole and after the end of each was taken back; fixed
//   values worked out by hand for the layout of the id.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Address, Hex } from 'viem';
import { fen } from '#platform';
import { saidOf, type Word } from '#test/said.ts';
import { feeOf, secretCommit, secretWords, tokenIdOf } from './domain.ts';
import { fold } from './fold.ts';

const [ANN, BOB, HOUSE, ZERO] = ['a', 'b', 'c', '0'].map((digit) => `0x${digit.repeat(40)}`) as [
  Address,
  Address,
  Address,
  Address,
];
const TOKEN = `0x${'1'.repeat(64)}` as Hex;

const moved = (from: Address, to: Address): Word => ['Transfer', { from, to }];
const after = (...events: Word[]) => {
  const logs = events.map((word, index) => saidOf(TOKEN, word, index + 1));
  const now = fold(TOKEN, logs, HOUSE);
  return now && [now.owner, now.nonce, now.state];
};

test('each event moves owner, number and state as the contract does', () => {
  const mint = moved(ZERO, ANN);
  const freeze: Word = ['Frozen', { frozenStatus: true }];
  const free: Word = ['Frozen', { frozenStatus: false }];
  assert.equal(after(), undefined, 'of which nothing was said');
  assert.deepEqual(after(mint), [ANN, 0n, 'ACTIVE']);
  assert.deepEqual(after(mint, ['OrdersCancelled', {}]), [ANN, 1n, 'ACTIVE']);
  assert.deepEqual(after(mint, moved(ANN, BOB)), [BOB, 1n, 'ACTIVE']);
  assert.deepEqual(after(mint, freeze), [ANN, 1n, 'FROZEN']);
  assert.deepEqual(after(mint, freeze, free), [ANN, 2n, 'ACTIVE']);
  assert.deepEqual(after(mint, freeze, ['WrongDelivery', {}]), [ANN, 1n, 'FROZEN']);
  assert.deepEqual(after(mint, freeze, free, moved(ANN, BOB)), [BOB, 3n, 'ACTIVE'], 'by order');
  assert.deepEqual(after(mint, ['Held', {}], moved(ANN, HOUSE), freeze), [HOUSE, 3n, 'FROZEN']);
  const split: Word = ['Fractionalised', {}];
  assert.deepEqual(after(mint, split), [ANN, 1n, 'FRACTION']);
  assert.deepEqual(after(mint, split, moved(ANN, ANN)), [ANN, 2n, 'ACTIVE'], 'united');
  assert.deepEqual(after(mint, ['AuctionBid', {}]), [ANN, 0n, 'AUCTION']);
  assert.deepEqual(after(mint, ['AuctionBid', {}], ['SaleUnwound', { nonce: 1 }]), [
    ...[ANN, 1n, 'ACTIVE'],
  ]);
  assert.deepEqual(after(mint, moved(ANN, HOUSE)), [HOUSE, 1n, 'FRACTION']);
  assert.deepEqual(after(mint, moved(ANN, BOB), moved(BOB, ZERO)), [undefined, 2n, 'REDEEMED']);
});

test('taken back, the last event leaves no trace', () => {
  const all = [moved(ZERO, ANN), moved(ANN, BOB), moved(BOB, ANN), moved(ANN, ZERO)];
  for (let length = 1; length < all.length; length++) {
    const before = after(...all.slice(0, length));
    after(...all.slice(0, length + 1));
    assert.deepEqual(after(...all.slice(0, length)), before);
  }
});

test('one card has one id: issuer and nullifier above, the last second below', () => {
  const nullifier = Buffer.alloc(32, 7);
  const expiresAt = new Date('2027-01-01T00:00:00Z');
  const id = tokenIdOf({ issuerId: 'one', nullifier, expiresAt });
  const never = tokenIdOf({ issuerId: 'one', nullifier, expiresAt: undefined });
  assert.equal(BigInt(id) & ((1n << 40n) - 1n), BigInt(expiresAt.getTime() / 1000));
  assert.equal(BigInt(never) & ((1n << 40n) - 1n), 0n);
  assert.equal(BigInt(id) >> 40n, BigInt(never) >> 40n, 'the same card under another day');
  const other = tokenIdOf({ issuerId: 'two', nullifier, expiresAt });
  assert.notEqual(BigInt(other) >> 40n, BigInt(id) >> 40n);
});

test('a commitment opens for the very number, PIN and salt; fees are rounded down', () => {
  const salt = Buffer.alloc(32, 9);
  const commit = (number: string, pin: string | undefined, with_ = salt) =>
    secretCommit(TOKEN, secretWords({ number, pin }), with_);
  const right = commit('9101294714629225', '539647');
  assert.equal(commit('9101294714629225', '539647'), right);
  assert.notEqual(commit('9101294714629226', '539647'), right);
  assert.notEqual(commit('9101294714629225', undefined), right);
  assert.notEqual(commit('9101294714629225', '539647', Buffer.alloc(32, 8)), right);
  assert.throws(() => commit('1'.repeat(33), undefined), /fits one word/);
  assert.deepEqual([feeOf(fen(9_000n)), feeOf(fen(39n)), feeOf(fen(40n))], [225n, 0n, 1n]);
});
