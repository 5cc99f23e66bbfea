/** English auctions, the purse, and the end of a card. */
import { zeroAddress } from 'viem';
import type { Address, AuctionTerms, Signature } from './messages.ts';
import {
  business,
  type Call,
  cardIn,
  conclude,
  fail,
  feature,
  give,
  needAdmitted,
  needBefore,
  needFree,
  needGift,
  needNonce,
  needOutsider,
  needOwner,
  needPrice,
  needSender,
  needSigned,
  pay,
  pullWhole,
  push,
  RefusedCall,
  saleOf,
  sellable,
  setPurse,
  up,
} from './rules.ts';
import { DELIVERY, FEATURE, STATE } from './world.ts';

const STEP_BPS = 500n;
const MINUTE = 60n;
const EXTENSION = 15n * MINUTE;
const EXTENSIONS_MAX = 120n * MINUTE;
/** As much as fits a bid's place in its word. */
const AMOUNT_MAX = 2n ** 42n - 1n;
const DURATION_MIN = 15n * MINUTE;
const DURATION_MAX = 14n * 24n * 60n * MINUTE;

// ------------------------------------------------------------------ English auction

function needBidder(call: Call, amount: bigint, hardEnd: bigint): void {
  needPrice(call, amount);
  call.refuseIf(amount > AMOUNT_MAX, 'PriceAboveCap', amount, AMOUNT_MAX);
  // Until the auction can no longer run.
  needAdmitted(call, call.sender, hardEnd);
}

export function openAuction(
  call: Call,
  terms: AuctionTerms,
  signature: Signature,
  amount: bigint,
): void {
  business(call, 'ENGLISH');
  const { cardId, duration, delivery, feeBps, charityBps, charityId } = terms;
  const end = call.now + duration;
  const hardEnd = end + EXTENSIONS_MAX;
  const card = sellable(call, cardId, hardEnd);
  needNonce(call, card, terms.nonce);
  needBefore(call, terms.deadline);
  call.refuseIf(duration < DURATION_MIN || duration > DURATION_MAX, 'BadTerms');
  call.refuseIf(amount < terms.reserve, 'BidTooLow', amount, terms.reserve);
  needGift(call, terms);
  if (delivery === DELIVERY.REISSUE) feature(call, 'REISSUE');
  needSigned(call, card.owner, 'AuctionTerms', terms, signature);
  call.refuseIf(card.owner === call.sender, 'SelfTrade', card.owner);
  needBidder(call, amount, hardEnd);
  call.decide();
  card.state = STATE.AUCTION;
  const split = { feeBps, charityBps, charityId };
  const bidder = call.sender;
  call.world.auctions.set(cardId, { bidder, amount, end, hardEnd, delivery, ...split });
  call.emit('AuctionBid', { cardId, bidder, amount, end });
  pullWhole(call, bidder, amount);
}

export function bid(call: Call, cardId: bigint, amount: bigint): void {
  business(call, 'ENGLISH');
  const { owner } = cardIn(call, cardId, STATE.AUCTION);
  call.refuseIf(owner === call.sender, 'SelfTrade', owner);
  const auction = call.world.auctions.get(cardId);
  if (!auction) throw new RefusedCall(call.reasons);
  call.refuseIf(call.now >= auction.end, 'AuctionEnded', auction.end);
  const needed = auction.amount + up(auction.amount, STEP_BPS);
  call.refuseIf(amount < needed, 'BidTooLow', amount, needed);
  needBidder(call, amount, auction.hardEnd);
  call.decide();
  const { bidder: outbid, amount: refund } = auction;
  const extended = call.now + EXTENSION;
  if (auction.end < extended) auction.end = extended < auction.hardEnd ? extended : auction.hardEnd;
  auction.bidder = call.sender;
  auction.amount = amount;
  call.emit('AuctionBid', { cardId, bidder: call.sender, amount, end: auction.end });
  pullWhole(call, call.sender, amount);
  pay(call, outbid, refund);
}

export function settleAuction(call: Call, cardId: bigint): void {
  const card = cardIn(call, cardId, STATE.AUCTION);
  const auction = call.world.auctions.get(cardId);
  if (!auction) throw new RefusedCall(call.reasons);
  call.refuseIf(call.now < auction.end, 'AuctionRunning', auction.end);
  call.decide();
  call.world.auctions.delete(cardId);
  conclude(call, saleOf(card, auction.bidder, auction.amount, auction), auction.delivery);
}

// ------------------------------------------------------------------ purse, use

export function deposit(call: Call, amount: bigint): void {
  business(call);
  const { features } = call.world.setting;
  call.refuseIf((features & (FEATURE.DVP | FEATURE.SEALED)) === 0n, 'FeatureOff');
  call.decide();
  setPurse(call, call.sender, { free: amount, locked: 0n });
  pullWhole(call, call.sender, amount);
}

export function withdraw(call: Call, to: Address, amount: bigint): void {
  needOutsider(call, to);
  needFree(call, call.sender, amount);
  call.decide();
  setPurse(call, call.sender, { free: -amount, locked: 0n });
  if (!push(call, to, amount)) fail('MoneyFailed');
}

export function burn(call: Call, cardId: bigint): void {
  const card = cardIn(call, cardId, STATE.ACTIVE);
  needOwner(call, card);
  needSender(call, call.sender);
  call.decide();
  give(call, card, zeroAddress, STATE.REDEEMED);
}
