/** The functions of `IExchangeTrade`: minting, sales, English auctions, the purse. */
import { zeroAddress } from 'viem';
import { batchHash, recordHash } from './hashes.ts';
import type {
  Address,
  Attest,
  BatchAttest,
  Bid,
  DutchTerms,
  FirstSale,
  Listing,
  MintItem,
  SealedSecret,
  Signature,
  SwapOffer,
  Word,
} from './messages.ts';
import {
  BPS,
  business,
  type Call,
  CLAIM_WINDOW,
  cardIn,
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
  needSigned,
  needSplit,
  pull,
  RefusedCall,
  saleOf,
  sell,
  sellable,
  setPurse,
  share,
  unexpired,
  up,
} from './rules.ts';
import { accountOf, type Card, DELIVERY, keyOf, SIGNER, type Split, STATE } from './world.ts';

const BOND_EXTRA_BPS = 1_000n;

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
  const { treasury } = call.world.setting;
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
  pull(call, call.sender, treasury, cut);
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
  { attest, listing: signed }: FirstSale,
  r: Word,
  _vs: Word,
  sellerSignature: Signature,
): void {
  business(call, 'SALE', 'MINT');
  const attested = needAttested(call, 'Attest', attest, r.of);
  // What the call does not carry is the same in every first sale, and a price has six bytes.
  const fixed = { cardId: attest.cardId, delivery: DELIVERY.VAULT, nonce: 0n };
  const listing: Listing = { ...signed, ...fixed, price: signed.price % 2n ** 48n };
  const { holder, cardId, issuerClass, secretCommit } = attest;
  needTaker(call, listing.taker);
  needBefore(call, listing.deadline);
  needPrice(call, listing.price);
  needSigned(call, holder, 'Listing', listing, sellerSignature);
  needAdmitted(call, holder);
  needNew(call, cardId);
  const card: Card = { id: cardId, owner: holder, nonce: 0n, state: STATE.ACTIVE, issuerClass };
  needSale(call, saleOf(card, call.sender, listing.price, listing), DELIVERY.VAULT);
  call.decide();
  // It comes on chain at its buyer's, as after mint and sale: one Transfer, and the nonce of a card once sold.
  const minted = bring(call, attest, call.sender);
  minted.nonce = 1n;
  call.emit('Minted', { cardId, holder, attested, issuerClass, secretCommit });
  const sale = saleOf(minted, call.sender, listing.price, listing);
  const { net, taken } = share(call, sale, holder);
  pull(call, call.sender, holder, net);
  pull(call, call.sender, call.world.setting.treasury, taken);
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
  // Before what is wrong with a bid's own card, which the contract does not look at.
  call.refuseIf(bid.cardId !== listing.cardId, 'BadTerms');
  needBid(call, bid, bidderSignature);
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
  const until = call.now + CLAIM_WINDOW;
  const hash = recordHash({ bid, seller: call.sender, until, secret });
  setPurse(call, call.sender, { free: -bond, locked: bond });
  call.world.deliveries.set(hash, bond);
  call.emit('Delivered', { cardId: bid.cardId, recordHash: hash, until, secret });
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
  for (const side of [maker, taker]) needAdmitted(call, side);
  const { topUp, feeBps } = offer;
  if (topUp !== 0n) needSplit(call, feeOnly(feeBps));
  call.decide();
  give(call, gives, taker, STATE.ACTIVE);
  give(call, wants, maker, STATE.ACTIVE);
  const fee = (topUp * feeBps) / BPS;
  const both = { give: gives.id, want: wants.id };
  if (topUp === 0n) call.emit('Swapped', both);
  else call.emit('SwappedWithTopUp', { ...both, topUp, fee });
  const [payer, payee] = offer.makerPays ? [maker, taker] : [taker, maker];
  pull(call, payer, payee, topUp - fee);
  pull(call, payer, call.world.setting.treasury, fee);
}

export function cancelAll(call: Call, cardId: bigint): void {
  const card = cardIn(call, cardId, STATE.ACTIVE);
  needOwner(call, card);
  call.decide();
  card.nonce += 1n;
  call.emit('OrdersCancelled', { cardId });
}

export function cancelBids(call: Call): void {
  const account = accountOf(call.world, call.sender);
  call.world.accounts.set(call.sender, { ...account, epoch: account.epoch + 1n });
  call.emit('BidsCancelled', { bidder: call.sender, epoch: account.epoch + 1n });
}
