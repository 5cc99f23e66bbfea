/** The functions of `IExchangeExtension`: sealed auctions, delivery of the secret, shares, emergency. */
import { zeroAddress } from 'viem';
import { GENERATOR, ORDER, pointAt, times } from './curve.ts';
import {
  addressOfPoint,
  commitmentOf,
  maskOf,
  recordHash,
  secretCommitOf,
  shareIdOf,
} from './hashes.ts';
import type {
  Address,
  Bytes,
  DeliveryRecord,
  Reissued,
  SealedTerms,
  Signature,
} from './messages.ts';
import {
  admitted,
  BPS,
  backToSeller,
  business,
  type Call,
  cardIn,
  cardOf,
  conclude,
  feature,
  give,
  needAdmitted,
  needBefore,
  needBelowCap,
  needFree,
  needGift,
  needNonce,
  needOwner,
  needPrice,
  needRegistered,
  needSender,
  needSigned,
  pay,
  pullWhole,
  RefusedCall,
  sellable,
  setPurse,
  share,
  shareHeld,
  unexpired,
} from './rules.ts';
import { at, type Card, DELIVERY, purseOf, type Sealed, SIGNER, STATE, sharesOf } from './world.ts';

const HOUR = 3_600n;
const WINDOW_MAX = 14n * 24n * HOUR;
const SILENCE = 7n * 24n * HOUR;
const FORFEIT_BPS = 2_000n;

// ------------------------------------------------------------------ sealed auction

const badWindow = (from: bigint, until: bigint): boolean =>
  until < from + HOUR || until > from + WINDOW_MAX;

export function openSealed(call: Call, terms: SealedTerms, signature: Signature): void {
  business(call, 'SEALED');
  const { cardId, commitUntil, revealUntil, reserve, bond, delivery } = terms;
  const card = sellable(call, cardId, revealUntil);
  needNonce(call, card, terms.nonce);
  needBefore(call, commitUntil);
  call.refuseIf(
    badWindow(call.now, commitUntil) || badWindow(commitUntil, revealUntil),
    'BadTerms',
  );
  call.refuseIf(bond === 0n, 'BadTerms');
  needPrice(call, reserve);
  needGift(call, terms);
  if (delivery === DELIVERY.REISSUE) feature(call, 'REISSUE');
  needSigned(call, card.owner, 'SealedTerms', terms, signature);
  needSender(call, card.owner);
  call.decide();
  card.state = STATE.SEALED;
  const { secondPrice, feeBps, charityBps, charityId } = terms;
  call.world.sealed.set(at(cardId, card.nonce), {
    leader: zeroAddress,
    best: 0n,
    // With one bidder alone the second price is the reserve.
    second: reserve,
    ...{ bond, commitUntil, revealUntil, secondPrice, delivery },
    ...{ feeBps, charityBps, charityId, seller: card.owner },
  });
  const { nonce } = card;
  call.emit('SealedOpened', { cardId, nonce, reserve, bond, commitUntil, revealUntil });
}

function needSealed(call: Call, cardId: bigint): { card: Card; auction: Sealed } {
  const card = cardIn(call, cardId, STATE.SEALED);
  const auction = call.world.sealed.get(at(cardId, card.nonce));
  if (card.state !== STATE.SEALED || !auction) throw new RefusedCall(call.reasons);
  return { card, auction };
}

export function commitBid(call: Call, cardId: bigint, commitment: Bytes): void {
  business(call, 'SEALED');
  const { card, auction } = needSealed(call, cardId);
  const place = at(cardId, card.nonce, call.sender);
  const { commitUntil, revealUntil, bond } = auction;
  call.refuseIf(call.now >= commitUntil, 'TooLate', commitUntil);
  call.refuseIf(BigInt(commitment) === 0n, 'BadReveal');
  call.refuseIf(card.owner === call.sender, 'SelfTrade', call.sender);
  call.refuseIf(call.world.commitments.has(place), 'AlreadyCommitted', call.sender);
  needAdmitted(call, call.sender, revealUntil);
  needFree(call, call.sender, bond);
  call.decide();
  call.world.commitments.set(place, commitment);
  setPurse(call, call.sender, { free: -bond, locked: bond });
  call.emit('SealedCommitted', { cardId, bidder: call.sender, commitment });
}

export function revealBid(call: Call, cardId: bigint, amount: bigint, salt: Bytes): void {
  const { card, auction } = needSealed(call, cardId);
  const { commitUntil, revealUntil, bond } = auction;
  const bidder = call.sender;
  const place = at(cardId, card.nonce, bidder);
  const commitment = call.world.commitments.get(place);
  call.refuseIf(call.now < commitUntil, 'TooEarly', commitUntil);
  call.refuseIf(call.now >= revealUntil, 'TooLate', revealUntil);
  call.stopIf(commitment === undefined, 'NothingCommitted', bidder);
  const opens = commitmentOf(cardId, card.nonce, bidder, amount, salt) === commitment;
  call.refuseIf(!opens, 'BadReveal');
  needBelowCap(call, amount);
  const leads = amount > auction.best && amount >= auction.second;
  // The bond counts: it is free again before the bid is locked.
  const free = purseOf(call.world, bidder).free + bond;
  call.refuseIf(leads && free < amount, 'InsufficientPurse', free, amount);
  call.decide();
  call.world.commitments.delete(place);
  setPurse(call, bidder, { free: bond, locked: -bond });
  if (leads) {
    setPurse(call, bidder, { free: -amount, locked: amount });
    const { leader, best } = auction;
    if (leader !== zeroAddress) {
      setPurse(call, leader, { free: best, locked: -best });
      auction.second = best;
    }
    auction.leader = bidder;
    auction.best = amount;
  } else if (amount > auction.second) {
    auction.second = amount;
  }
  call.emit('SealedRevealed', { cardId, bidder, amount, leads });
}

export function settleSealed(call: Call, cardId: bigint): void {
  const { card, auction } = needSealed(call, cardId);
  call.refuseIf(call.now < auction.revealUntil, 'TooEarly', auction.revealUntil);
  call.decide();
  const { leader, best, second, secondPrice, delivery } = auction;
  if (leader === zeroAddress) {
    backToSeller(call, card);
    return;
  }
  const price = secondPrice ? second : best;
  auction.best = 0n;
  // What is above the price is the winner's again.
  setPurse(call, leader, { free: best - price, locked: -best });
  const { feeBps, charityBps, charityId } = auction;
  const sale = { card, buyer: leader, price, feeBps, charityBps, charityId };
  conclude(call, sale, delivery);
}

export function forfeitBond(call: Call, cardId: bigint, nonce: bigint, bidder: Address): void {
  const place = at(cardId, nonce, bidder);
  const auction = call.world.sealed.get(at(cardId, nonce));
  const committed = auction && call.world.commitments.has(place);
  call.stopIf(!committed, 'NothingCommitted', bidder);
  if (!auction) return;
  call.refuseIf(call.now < auction.revealUntil, 'TooEarly', auction.revealUntil);
  call.decide();
  call.world.commitments.delete(place);
  // An auction that fell has no window left, and nobody is to blame.
  const { bond } = auction;
  const penalty = auction.revealUntil === 0n ? 0n : (bond * FORFEIT_BPS) / BPS;
  setPurse(call, bidder, { free: bond - penalty, locked: -bond });
  if (penalty > 0n) setPurse(call, auction.seller, { free: penalty, locked: 0n });
  call.emit('BondForfeited', { cardId, nonce, bidder, penalty });
}

// ------------------------------------------------------------------ delivery

export function confirmReissue(call: Call, reissued: Reissued, signature: Signature): void {
  const { cardId, newCommit } = reissued;
  const card = cardIn(call, cardId, STATE.HELD);
  const held = call.world.holds.get(cardId);
  needNonce(call, card, reissued.nonce);
  needBefore(call, reissued.deadline);
  const { by, entry } = needRegistered(call, SIGNER.ISSUER, 'Reissued', reissued, signature);
  if (entry) call.refuseIf(entry.issuerClass !== card.issuerClass, 'BadSigner', by);
  if (card.state !== STATE.HELD || !held) throw new RefusedCall(call.reasons);
  call.refuseIf(held.buyer !== reissued.buyer, 'BadTerms');
  call.decide();
  call.world.holds.delete(cardId);
  const { owner: seller } = card;
  call.emit('ReissueConfirmed', { cardId, issuer: by, newCommit });
  // A buyer who may not receive any more: the card waits here, frozen, for the desk.
  if (admitted(call, held.buyer, call.now)) {
    give(call, card, held.buyer, STATE.ACTIVE);
  } else {
    const { exchange: account } = call.world.setting;
    give(call, card, account, STATE.FROZEN);
    card.nonce += 1n;
    call.emit('Frozen', { account, tokenId: cardId, frozenStatus: true });
  }
  shareHeld(call, { card, ...held }, seller);
}

export function refundHold(call: Call, cardId: bigint): void {
  const card = cardIn(call, cardId, STATE.HELD);
  const until = call.world.holds.get(cardId)?.until ?? 0n;
  if (card.state === STATE.HELD) call.refuseIf(call.now < until, 'TooEarly', until);
  call.decide();
  unwindAndPay(call, card);
}

export function proveWrongDelivery(
  call: Call,
  record: DeliveryRecord,
  k: bigint,
  sx: bigint,
  sy: bigint,
): void {
  const { hash, bond } = recorded(call, record);
  const { bid, seller } = record;
  const { cardId, bidder: buyer } = bid;
  call.refuseIf(call.now >= record.until, 'TooLate', record.until);
  const card = cardOf(call, cardId);
  const kept = card.owner === buyer && (card.state === STATE.ACTIVE || card.state === STATE.FROZEN);
  call.refuseIf(!kept, 'DeliveryAccepted');
  const session = times(GENERATOR, k);
  const opened = session && addressOfPoint(session) === bid.session.toLowerCase();
  call.refuseIf(!opened, 'WrongKey');
  const r = pointAt(record.secret.x, Number(record.secret.v));
  const shared = r && times(r, k % ORDER);
  if (shared) {
    call.refuseIf(shared.x !== sx || shared.y !== sy, 'WrongKey');
    const words = record.secret.c.map((word, i) =>
      xor(word, maskOf({ x: sx, y: sy }, cardId, BigInt(i))),
    );
    call.refuseIf(secretCommitOf(cardId, words) === bid.secretCommit, 'DeliveryWasRight');
  }
  call.decide();
  call.world.deliveries.set(hash, 0n);
  card.nonce += 1n;
  card.state = STATE.FROZEN;
  call.emit('Frozen', { account: buyer, tokenId: cardId, frozenStatus: true });
  call.emit('WrongDelivery', { cardId, recordHash: hash, paid: bond });
  setPurse(call, seller, { free: 0n, locked: -bond });
  setPurse(call, buyer, { free: bond, locked: 0n });
}
const xor = (word: Bytes, mask: bigint): Bytes =>
  `0x${(BigInt(word) ^ mask).toString(16).padStart(64, '0')}`;

export function releaseBond(call: Call, record: DeliveryRecord): void {
  const { hash, bond } = recorded(call, record);
  call.refuseIf(call.now < record.until, 'TooEarly', record.until);
  call.decide();
  call.world.deliveries.set(hash, 0n);
  setPurse(call, record.seller, { free: bond, locked: -bond });
  call.emit('BondReleased', { cardId: record.bid.cardId, recordHash: hash, amount: bond });
}

function recorded(call: Call, record: DeliveryRecord): { hash: Bytes; bond: bigint } {
  const hash = recordHash(record);
  const bond = call.world.deliveries.get(hash) ?? 0n;
  call.stopIf(bond === 0n, 'NoSuchRecord', hash);
  return { hash, bond };
}

// ------------------------------------------------------------------ shares

export function fractionalise(
  call: Call,
  cardId: bigint,
  supply: bigint,
  floor: bigint,
  feeBps: bigint,
): void {
  business(call, 'FRACTION');
  const card = sellable(call, cardId);
  needOwner(call, card);
  call.refuseIf(supply === 0n, 'SharesZero');
  needPrice(call, floor);
  needGift(call, { feeBps, charityBps: 0n, charityId: 0n });
  needSender(call, call.sender);
  call.decide();
  // The card stays in this name, and does not move.
  card.nonce += 1n;
  card.state = STATE.FRACTION;
  const shareId = shareIdOf(cardId, card.nonce);
  call.world.fractions.set(shareId, { supply, floor, proceeds: 0n, feeBps, rest: 0n });
  call.emit('Fractionalised', { cardId, shareId, by: call.sender, supply, floor });
  addShares(call, shareId, call.sender, supply);
}

export function transferShares(call: Call, shareId: bigint, to: Address, amount: bigint): void {
  business(call, 'FRACTION');
  needSender(call, call.sender);
  needAdmitted(call, to);
  const have = sharesOf(call.world, shareId, call.sender);
  call.refuseIf(have < amount, 'InsufficientShares', have, amount);
  call.decide();
  moveShares(call, shareId, call.sender, to, amount);
}

function moveShares(call: Call, shareId: bigint, from: Address, to: Address, amount: bigint): void {
  addShares(call, shareId, from, -amount);
  if (to !== zeroAddress) addShares(call, shareId, to, amount);
  call.emit('SharesMoved', { shareId, from, to, amount });
}
function addShares(call: Call, shareId: bigint, who: Address, change: bigint): void {
  call.world.shares.set(at(shareId, who), sharesOf(call.world, shareId, who) + change);
}

export function buyOut(call: Call, cardId: bigint): void {
  business(call, 'FRACTION');
  const card = cardIn(call, cardId, STATE.FRACTION);
  unexpired(call, cardId);
  needAdmitted(call, call.sender);
  call.decide();
  const { exchange } = call.world.setting;
  const shareId = shareIdOf(cardId, card.nonce);
  const fraction = call.world.fractions.get(shareId);
  if (!fraction) throw new Error(`no shares of ${cardId}`);
  const { floor: price, feeBps } = fraction;
  give(call, card, call.sender, STATE.ACTIVE);
  const sale = { card, buyer: call.sender, price, feeBps, charityBps: 0n, charityId: 0n };
  // The holders of the shares sell, not he in whose name the card stands.
  const { net, taken } = share(call, sale, exchange);
  fraction.proceeds = net;
  fraction.floor = 0n;
  call.world.owed += taken;
  call.emit('BoughtOut', { cardId, shareId, buyer: call.sender, proceeds: fraction.proceeds });
  pullWhole(call, call.sender, price);
}

export function cash(call: Call, shareId: bigint): void {
  const fraction = call.world.fractions.get(shareId);
  const holder = call.sender;
  const shares = sharesOf(call.world, shareId, holder);
  call.refuseIf(!fraction?.proceeds, 'NoSuchRecord', `0x${shareId.toString(16).padStart(64, '0')}`);
  call.refuseIf(shares === 0n, 'SharesZero');
  call.decide();
  if (!fraction) return;
  // Rounded down; what is kept back is the next one's.
  const parts = fraction.proceeds * shares + fraction.rest;
  const amount = parts / fraction.supply;
  fraction.rest = parts % fraction.supply;
  addShares(call, shareId, holder, -shares);
  call.emit('Cashed', { shareId, holder, shares, amount });
  pay(call, holder, amount);
}

export function unite(call: Call, cardId: bigint): void {
  const card = cardIn(call, cardId, STATE.FRACTION);
  call.decide();
  const shareId = shareIdOf(cardId, card.nonce);
  const supply = call.world.fractions.get(shareId)?.supply ?? 0n;
  const have = sharesOf(call.world, shareId, call.sender);
  call.refuseIf(have !== supply, 'NotAllShares', have, supply);
  needAdmitted(call, call.sender);
  call.decide();
  call.world.fractions.set(shareId, { supply: 0n, floor: 0n, proceeds: 0n, feeBps: 0n, rest: 0n });
  give(call, card, call.sender, STATE.ACTIVE);
  moveShares(call, shareId, call.sender, zeroAddress, supply);
  call.emit('United', { cardId, shareId, by: call.sender });
}

// ------------------------------------------------------------------ a sale under way falls

export function emergencyUnwind(call: Call, cardId: bigint): void {
  const opensAt = call.world.anchoredAt + SILENCE;
  call.refuseIf(call.now < opensAt, 'NoEmergency', opensAt);
  const card = cardIn(call, cardId, STATE.AUCTION, STATE.SEALED, STATE.HELD);
  call.decide();
  unwindAndPay(call, card);
}

function unwindAndPay(call: Call, card: Card): void {
  const { payee, amount } = unwind(call, card);
  pay(call, payee, amount);
}

/** Ends an auction, a sealed auction or a hold; who gets money back is paid by the caller, last. */
export function unwind(call: Call, card: Card): { payee: Address; amount: bigint } {
  const { auctions, holds, sealed } = call.world;
  const auction = auctions.get(card.id);
  const held = holds.get(card.id);
  const fallen = sealed.get(at(card.id, card.nonce));
  let back: { payee: Address; amount: bigint } = { payee: zeroAddress, amount: 0n };
  if (card.state === STATE.AUCTION && auction) {
    back = { payee: auction.bidder, amount: auction.amount };
    auctions.delete(card.id);
  } else if (card.state === STATE.HELD && held) {
    back = { payee: held.buyer, amount: held.price };
    holds.delete(card.id);
    call.emit('HoldRefunded', { cardId: card.id, buyer: held.buyer, price: held.price });
  } else if (card.state === STATE.SEALED && fallen) {
    if (fallen.leader !== zeroAddress)
      setPurse(call, fallen.leader, { free: fallen.best, locked: -fallen.best });
    fallen.best = 0n;
    fallen.revealUntil = 0n;
  }
  backToSeller(call, card);
  return back;
}
