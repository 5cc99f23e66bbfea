// Goal: bids count for the auction in whose number of the card they came, the last one is the best, and what the chain takes
//   back leaves no trace.
// Method: sequences of events as the contract emits them, two auctions of one card after each other, folded whole and cut.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Address, Hex } from 'viem';
import { saidOf, type Word } from '#test/said.ts';
import { englishStanding, sealedStanding, stillSealed } from './auction-fold.ts';
import { dutchPrice, nextBid } from './auction-terms.ts';

const [HOUSE, ANN, BOB, CEE] = ['0', 'a', 'b', 'c'].map((digit) => `0x${digit.repeat(40)}`) as [
  Address,
  Address,
  Address,
  Address,
];
const TOKEN = `0x${'1'.repeat(64)}` as Hex;

const told = (word: Word, index: number) => saidOf(TOKEN, word, index);
const standing = (nonce: bigint, ...events: Word[]) =>
  englishStanding(events.map(told), { nonce, house: HOUSE });
const moved = (from: Address, to: Address): Word => ['Transfer', { from, to }];
const bids = (bidder: Address, amount: string, end: number): Word => [
  'AuctionBid',
  { bidder, amount, end },
];

const FIRST = [
  moved(HOUSE, ANN),
  bids(BOB, '5000', 900),
  bids(CEE, '5250', 1_200),
  moved(ANN, CEE),
] as const;

test('two auctions of one card are told apart by its number', () => {
  const second = [...FIRST, bids(ANN, '7000', 5_000)];
  const [one, two] = [standing(0n, ...second), standing(1n, ...second)];
  assert.deepEqual(
    one.bids.map(({ bidder, amount }) => [bidder, amount]),
    [
      [BOB, 5_000n],
      [CEE, 5_250n],
    ],
  );
  assert.deepEqual([one.endsAt, one.firstEnd], [new Date(1_200_000), new Date(900_000)]);
  assert.deepEqual([two.bids.length, two.best?.bidder], [1, ANN]);
});

test('taken back, a bid is as if it had never come', () => {
  const [mint, bid] = FIRST;
  assert.equal(standing(0n, mint, bid).best?.bidder, BOB);
  assert.deepEqual(standing(0n, mint), {
    ...{ bids: [], best: undefined, endsAt: undefined, firstEnd: undefined },
  });
});

test('the next bid is 5 % above the last, rounded up', () => {
  assert.deepEqual([nextBid(1n), nextBid(100n), nextBid(5_001n)], [2n, 105n, 5_252n]);
});

test('sealed bids are known by their commitment, then by their amount, or are forfeited', () => {
  const commits = (bidder: Address): Word => ['SealedCommitted', { bidder, commitment: TOKEN }];
  const opens = (bidder: Address, amount: string, leads: boolean): Word => [
    'SealedRevealed',
    { bidder, amount, leads },
  ];
  const events: Word[] = [
    moved(HOUSE, ANN),
    ['SealedOpened', { nonce: 0, revealUntil: 7_200 }],
    ...[commits(BOB), commits(CEE), commits(ANN)],
    ...[opens(CEE, '7000', true), opens(BOB, '6000', false)],
    moved(ANN, CEE),
    ['BondForfeited', { bidder: ANN, nonce: 0, penalty: '200' }],
  ];
  const at = (count: number) =>
    sealedStanding(events.slice(0, count).map(told), { nonce: 0n, house: HOUSE });
  assert.deepEqual(
    stillSealed(at(5)).map(({ bidder }) => bidder),
    [BOB, CEE, ANN],
  );
  const whole = at(events.length);
  assert.deepEqual(
    [whole.best, whole.endsAt],
    [{ bidder: CEE, amount: 7_000n }, new Date(7_200_000)],
  );
  assert.deepEqual(stillSealed(whole), [], 'also after the card has gone');
  assert.equal(whole.bids.find(({ bidder }) => bidder === ANN)?.forfeited, true);
});

test('a falling price goes in a straight line, rounded up, and stands still before and after', () => {
  const of = { startFen: 100n, endFen: 90n, startsAt: 1_000, endsAt: 1_100 };
  const at = [0, 1_000, 1_009, 1_010, 1_099, 1_100, 2_000];
  assert.deepEqual(
    at.map((second) => dutchPrice(of, second)),
    [100n, 100n, 100n, 99n, 91n, 90n, 90n],
  );
});
