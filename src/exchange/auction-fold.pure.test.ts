// Goal: bids count for the auction in whose number of the card they came, the last one is the best, and what the chain takes
//   back leaves no trace.
// Method: sequences of events as the contract emits them, two auctions of one card after each other, folded whole and cut.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Address, Hex } from 'viem';
import { englishStanding } from './auction-fold.ts';
import { nextBid } from './auction-terms.ts';
import type { Args, Log } from './log-store.ts';

const [HOUSE, ANN, BOB, CEE] = ['0', 'a', 'b', 'c'].map((digit) => `0x${digit.repeat(40)}`) as [
  Address,
  Address,
  Address,
  Address,
];
const TOKEN = `0x${'1'.repeat(64)}` as Hex;

const told = ([event, args]: [string, Args], index: number): Log => ({
  ...{ block: BigInt(index), index, tx: TOKEN, contract: 'Exchange', event, args },
  ...{ tokenId: TOKEN, at: new Date(index * 1000) },
});
const standing = (nonce: bigint, ...events: [string, Args][]) =>
  englishStanding(events.map(told), { nonce, house: HOUSE });
const moved = (from: Address, to: Address): [string, Args] => ['Transfer', { from, to }];
const bids = (bidder: Address, amount: string, end: number): [string, Args] => [
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
