/** The functions of `IExchangeTrade`: minting, sales, English auctions, the purse. */
import { zeroAddress } from 'viem';
import { batchHash, recordHash } from './hashes.ts';
import type {
  Address,
  Attest,
  AuctionTerms,
  BatchAttest,
  Bid,
  DeliveryRecord,
  DutchTerms,
  Listing,
  MintItem,
  SealedSecret,
  Signature,
  SwapOffer,
} from './messages.ts';
import {
  BPS,
  business,
  type Call,
  CLAIM_WINDOW,
  cardIn,
  conclude,
  fail,
  feature,
  give,
  needAdmitted,
  needBefore,
  needBelowCap,
  needEpoch,
  needFree,
  needNonce,
  needOwner,
  needPrice,
  needRegistered,
  needSale,
  needSender,
  needSigned,
  needSplit,
  needSplitLater,
  pay,
  pull,
  push,
  RefusedCall,
  type Sale,
  sell,
  sellable,
  setPurse,
  share,
  unexpired,
} from './rules.ts';
import {
  accountOf,
  type Card,
  DELIVERY,
  FEATURE,
  keyOf,
  SIGNER,
  type Split,
  STATE,
} from './world.ts';

const STEP_BPS = 500n;
const MINUTE = 60n;
const EXTENSION = 15n * MINUTE;
const EXTENSIONS_MAX = 120n * MINUTE;
const DURATION_MIN = 15n * MINUTE;
const DURATION_MAX = 14n * 24n * 60n * MINUTE;
const BOND_EXTRA_BPS = 1_000n;

const up = (amount: bigint, bps: bigint): bigint => (amount * bps + BPS - 1n) / BPS;

// ------------------------------------------------------------------ minting

function needAttested(
  call: Call,
  type: 'Attest' | 'BatchAttest',
  message: { readonly deadline: bigint },
  signature: Signature,
): Address {
  needBefore(call, message.deadline);
  return needRegistered(call, SIGNER.VERIFIER, type, message, signature).by;
}
function needNew(call: Call, cardId: bigint): void {
  unexpired(call, cardId);
  call.refuseIf(call.world.cards.has(keyOf(cardId)), 'AlreadyMinted', cardId);
}
function bring(call: Call, { cardId, issuerClass }: MintItem, holder: Address): Card {
  const card = { id: cardId, owner: holder, nonce: 0n, state: STATE.ACTIVE, issuerClass };
  call.world.cards.set(keyOf(cardId), card);
  call.emit('Transfer', { from: zeroAddress, to: holder, tokenId: cardId });
  return card;
}

export function mint(call: Call, attest: Attest, signature: Signature): void {
  business(call, 'MINT');
  const attested = needAttested(call, 'Attest', attest, signature);
  needAdmitted(call, attest.holder);
  needNew(call, attest.cardId);
  call.decide();
  bring(call, attest, attest.holder);
  const { cardId, holder, issuerClass, secretCommit } = attest;
  call.emit('Minted', { cardId, holder, attested, issuerClass, secretCommit });
}

export function mintBatch(
  call: Call,
  attest: BatchAttest,
  items: readonly MintItem[],
  signature: Signature,
): void {
  business(call, 'MINT');
  const attested = needAttested(call, 'BatchAttest', attest, signature);
  const { holder, itemsHash } = attest;
  call.refuseIf(batchHash(items) !== itemsHash, 'BadTerms');
  needAdmitted(call, holder);
  for (const item of items) {
    needNew(call, item.cardId);
    // The same card twice in a batch is the second time already there.
    if (call.reasons.length === 0) bring(call, item, holder);
  }
  call.decide();
  call.emit('BatchMinted', { holder, attested, itemsHash, count: items.length });
}

// ------------------------------------------------------------------ sales

function needTaker(call: Call, taker: Address): void {
  call.refuseIf(taker !== zeroAddress && taker !== call.sender, 'NotTaker', taker);
}
function needListing(call: Call, listing: Listing, signature: Signature): Card {
  needTaker(call, listing.taker);
  needBefore(call, listing.deadline);
  needPrice(call, listing.price);
  const card = sellable(call, listing.cardId);
  needNonce(call, card, listing.nonce);
  needSigned(call, card.owner, 'Listing', listing, signature);
  return card;
}
function needBid(call: Call, bid: Bid, signature: Signature): Card {
  needBefore(call, bid.deadline);
  needEpoch(call, bid.bidder, bid.epoch);
  needPrice(call, bid.price);
  needSigned(call, bid.bidder, 'Bid', bid, signature);
  const card = sellable(call, bid.cardId);
  needNonce(call, card, bid.nonce);
  return card;
}
const saleOf = (card: Card, buyer: Address, price: bigint, split: Split): Sale => ({
  card,
  buyer,
  price,
  feeBps: split.feeBps,
  charityBps: split.charityBps,
  charityId: split.charityId,
});
const feeOnly = (feeBps: bigint): Split => ({ feeBps, charityBps: 0n, charityId: 0n });

export function buy(call: Call, listing: Listing, signature: Signature): void {
  business(call, 'SALE');
  const card = needListing(call, listing, signature);
  sell(call, saleOf(card, call.sender, listing.price, listing), listing.delivery);
}

export function buyMany(
  call: Call,
  listings: readonly Listing[],
  signatures: readonly Signature[],
): void {
  business(call, 'SALE');
  call.refuseIf(listings.length !== signatures.length, 'LengthMismatch');
  call.decide();
  const { exchange } = call.world.setting;
  const runs: { seller: Address; owed: bigint }[] = [];
  let cut = 0n;
  for (const [i, listing] of listings.entries()) {
    const signature = signatures[i];
    if (!signature) throw new Error('no signature');
    // The money of earlier ones may be refused before this one is looked at.
    const soFar = runs.length > 0 && moneyWouldFail(call, runs);
    try {
      call.refuseIf(listing.delivery !== DELIVERY.VAULT, 'WrongFill');
      const card = needListing(call, listing, signature);
      const seller = card.owner;
      const sale = saleOf(card, call.sender, listing.price, listing);
      needSale(call, sale, DELIVERY.VAULT);
      call.decide();
      give(call, card, call.sender, STATE.ACTIVE);
      const { net, taken } = share(call, sale, seller);
      const run = runs.at(-1);
      if (run?.seller === seller) run.owed += net;
      else runs.push({ seller, owed: net });
      cut += taken;
    } catch (error) {
      if (soFar && error instanceof RefusedCall)
        throw new RefusedCall([...error.reasons, { error: 'MoneyFailed', args: [] }]);
      throw error;
    }
  }
  for (const { seller, owed } of runs) pull(call, call.sender, seller, owed);
  pull(call, call.sender, exchange, cut);
}
function moneyWouldFail(call: Call, runs: readonly { seller: Address; owed: bigint }[]): boolean {
  const { balances, allowances, refuses } = call.world.money;
  const owed = runs.reduce((sum, run) => sum + run.owed, 0n);
  return (
    owed > (balances.get(call.sender) ?? 0n) ||
    owed > (allowances.get(call.sender) ?? 0n) ||
    runs.some(({ seller }) => refuses.has(seller)) ||
    call.world.money.mood !== 0n
  );
}

export function buyLazy(
  call: Call,
  attest: Attest,
  verifierSignature: Signature,
  listing: Listing,
  sellerSignature: Signature,
): void {
  business(call, 'SALE', 'MINT');
  const attested = needAttested(call, 'Attest', attest, verifierSignature);
  const { holder, cardId, issuerClass, secretCommit } = attest;
  needTaker(call, listing.taker);
  call.refuseIf(listing.cardId !== cardId, 'BadTerms');
  call.refuseIf(listing.delivery !== DELIVERY.VAULT, 'WrongFill');
  call.refuseIf(listing.nonce !== 0n, 'WrongNonce', 0n, listing.nonce);
  needBefore(call, listing.deadline);
  needPrice(call, listing.price);
  needSigned(call, holder, 'Listing', listing, sellerSignature);
  needAdmitted(call, holder);
  needNew(call, cardId);
  const card: Card = { id: cardId, owner: holder, nonce: 0n, state: STATE.ACTIVE, issuerClass };
  needSale(call, saleOf(card, call.sender, listing.price, listing), DELIVERY.VAULT);
  call.decide();
  const minted = bring(call, attest, holder);
  call.emit('Minted', { cardId, holder, attested, issuerClass, secretCommit });
  sell(call, saleOf(minted, call.sender, listing.price, listing), DELIVERY.VAULT);
}

export function buyDutch(
  call: Call,
  terms: DutchTerms,
  signature: Signature,
  maxPrice: bigint,
): void {
  business(call, 'DUTCH');
  const card = sellable(call, terms.cardId);
  const { startsAt, endsAt, startPrice, endPrice } = terms;
  needNonce(call, card, terms.nonce);
  needBefore(call, endsAt);
  needSigned(call, card.owner, 'DutchTerms', terms, signature);
  call.refuseIf(call.now < startsAt, 'NotStarted', startsAt);
  call.refuseIf(endPrice > startPrice || startsAt >= endsAt, 'BadTerms');
  if (call.reasons.some(({ error }) => ['NotStarted', 'BadTerms', 'Expired'].includes(error)))
    call.decide();
  // A straight line; what is left of a fen counts as one.
  const length = endsAt - startsAt;
  const left = startPrice * length - (startPrice - endPrice) * (call.now - startsAt);
  const price = (left + length - 1n) / length;
  call.refuseIf(price > maxPrice, 'PriceAboveMax', price, maxPrice);
  needPrice(call, price);
  sell(call, saleOf(card, call.sender, price, terms), terms.delivery);
}

export function acceptBid(
  call: Call,
  bid: Bid,
  signature: Signature,
  charityBps: bigint,
  charityId: bigint,
): void {
  business(call, 'BID');
  const card = needBid(call, bid, signature);
  needOwner(call, card);
  call.refuseIf(bid.session !== zeroAddress, 'WrongFill');
  const split = { feeBps: bid.feeBps, charityBps, charityId };
  sell(call, saleOf(card, bid.bidder, bid.price, split), DELIVERY.VAULT);
}

export function matchOrders(
  call: Call,
  listing: Listing,
  sellerSignature: Signature,
  bid: Bid,
  bidderSignature: Signature,
): void {
  business(call, 'SALE', 'BID');
  const card = needListing(call, listing, sellerSignature);
  needBid(call, bid, bidderSignature);
  call.refuseIf(bid.cardId !== listing.cardId, 'BadTerms');
  call.refuseIf(bid.session !== zeroAddress, 'WrongFill');
  const { price } = bid;
  call.refuseIf(price < listing.price, 'PriceBelowListing', price, listing.price);
  sell(call, saleOf(card, bid.bidder, price, listing), listing.delivery);
}

export function deliver(call: Call, bid: Bid, signature: Signature, secret: SealedSecret): void {
  business(call, 'DVP');
  const card = needBid(call, bid, signature);
  needOwner(call, card);
  call.refuseIf(bid.session === zeroAddress, 'WrongFill');
  const bond = bid.price + up(bid.price, BOND_EXTRA_BPS);
  needFree(call, call.sender, bond);
  const sale = saleOf(card, bid.bidder, bid.price, feeOnly(bid.feeBps));
  needSale(call, sale, DELIVERY.VAULT);
  call.decide();
  const record: DeliveryRecord = {
    cardId: bid.cardId,
    seller: call.sender,
    buyer: bid.bidder,
    price: bid.price,
    session: bid.session,
    secretCommit: bid.secretCommit,
    nonce: bid.nonce,
    until: call.now + CLAIM_WINDOW,
    secret,
  };
  const hash = recordHash(record);
  setPurse(call, call.sender, { free: -bond, locked: bond });
  call.world.deliveries.set(hash, bond);
  call.emit('Delivered', { cardId: bid.cardId, recordHash: hash, record });
  sell(call, sale, DELIVERY.VAULT);
}

export function swap(call: Call, offer: SwapOffer, signature: Signature): void {
  business(call, 'SWAP');
  const gives = sellable(call, offer.give);
  const wants = sellable(call, offer.want);
  const [maker, taker] = [gives.owner, call.sender];
  needOwner(call, wants);
  call.refuseIf(maker === taker, 'SelfTrade', maker);
  needNonce(call, gives, offer.nonce);
  needBefore(call, offer.deadline);
  needEpoch(call, maker, offer.epoch);
  needBelowCap(call, offer.topUp);
  needSigned(call, maker, 'SwapOffer', offer, signature);
  for (const side of [maker, taker]) {
    needSender(call, side);
    needAdmitted(call, side);
  }
  if (offer.topUp !== 0n) needSplit(call, feeOnly(offer.feeBps));
  call.decide();
  give(call, gives, taker, STATE.ACTIVE);
  give(call, wants, maker, STATE.ACTIVE);
  const { topUp, makerPays } = offer;
  call.emit('Swapped', { give: gives.id, want: wants.id, maker, taker, topUp, makerPays });
  if (topUp === 0n) return;
  // Who pays buys the difference; the sale is told of the card he gets.
  const [card, seller, buyer] = makerPays ? [wants, taker, maker] : [gives, maker, taker];
  const { net, taken } = share(call, saleOf(card, buyer, topUp, feeOnly(offer.feeBps)), seller);
  pull(call, buyer, seller, net);
  pull(call, buyer, call.world.setting.exchange, taken);
}

export function cancelOrders(call: Call, cardId: bigint): void {
  const card = cardIn(call, cardId, STATE.ACTIVE);
  needOwner(call, card);
  call.decide();
  card.nonce += 1n;
  call.emit('OrdersCancelled', { cardId, nonce: card.nonce });
}

export function cancelBids(call: Call): void {
  const account = accountOf(call.world, call.sender);
  call.world.accounts.set(call.sender, { ...account, epoch: account.epoch + 1n });
  call.emit('BidsCancelled', { bidder: call.sender, epoch: account.epoch + 1n });
}

// ------------------------------------------------------------------ English auction

function needBidder(call: Call, card: Card, amount: bigint, hardEnd: bigint): void {
  needPrice(call, amount);
  call.refuseIf(card.owner === call.sender, 'SelfTrade', card.owner);
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
  needSplitLater(call, terms);
  if (delivery === DELIVERY.REISSUE) feature(call, 'REISSUE');
  needSigned(call, card.owner, 'AuctionTerms', terms, signature);
  needSender(call, card.owner);
  needBidder(call, card, amount, hardEnd);
  call.decide();
  card.state = STATE.AUCTION;
  const split = { feeBps, charityBps, charityId };
  const bidder = call.sender;
  call.world.auctions.set(cardId, { bidder, amount, end, hardEnd, delivery, ...split });
  call.emit('AuctionBid', { cardId, bidder, amount, end });
  pull(call, bidder, call.world.setting.exchange, amount);
}

export function bid(call: Call, cardId: bigint, amount: bigint): void {
  business(call, 'ENGLISH');
  const card = cardIn(call, cardId, STATE.AUCTION);
  const auction = call.world.auctions.get(cardId);
  if (!auction) throw new RefusedCall(call.reasons);
  call.refuseIf(call.now >= auction.end, 'AuctionEnded', auction.end);
  const needed = auction.amount + up(auction.amount, STEP_BPS);
  call.refuseIf(amount < needed, 'BidTooLow', amount, needed);
  needBidder(call, card, amount, auction.hardEnd);
  call.decide();
  const { bidder: outbid, amount: refund } = auction;
  const extended = call.now + EXTENSION;
  if (auction.end < extended) auction.end = extended < auction.hardEnd ? extended : auction.hardEnd;
  auction.bidder = call.sender;
  auction.amount = amount;
  call.emit('AuctionBid', { cardId, bidder: call.sender, amount, end: auction.end });
  pull(call, call.sender, call.world.setting.exchange, amount);
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
  pull(call, call.sender, call.world.setting.exchange, amount);
}

export function withdraw(call: Call, to: Address, amount: bigint): void {
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
