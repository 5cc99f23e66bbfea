/**
 * What every function of the exchange shares: reasons to refuse, gates, orders, purses, the money, the end of a sale.
 * A function first names all reasons that speak against it, in no order: the contract must give one of them.
 */
import { zeroAddress } from 'viem';
import {
  type Address,
  covers,
  type Message,
  type MessageName,
  OF_KEYS,
  OF_PUPPETS,
  type Signature,
} from './messages.ts';
import {
  accountOf,
  type Card,
  DELIVERY,
  expiryOf,
  FEATURE,
  type Hold,
  keyOf,
  MOOD,
  moneyOf,
  type Purse,
  purseOf,
  type Signer,
  type Split,
  STATE,
  type State,
  type World,
} from './world.ts';

export const BPS = 10_000n;
export const FEE_BPS_MAX = 500n;
const DAY = 86_400n;
export const REISSUE_WINDOW = 3n * DAY;
export const CLAIM_WINDOW = 3n * DAY;
const PRICE_MAX = 2n ** 96n - 1n;

/** Stands in a reason for what nobody can know beforehand: the address that a bad signature recovers to. */
export const ANY = 'any';
export interface Reason {
  readonly error: string;
  readonly args: readonly unknown[];
}
export interface Happening {
  readonly event: string;
  readonly args: Readonly<Record<string, unknown>>;
}

export class RefusedCall extends Error {
  readonly reasons: readonly Reason[];
  constructor(reasons: readonly Reason[]) {
    super(reasons.map(({ error, args }) => `${error}(${args.join(', ')})`).join(' | '));
    this.reasons = reasons;
  }
}

/** One call under way: who calls, the draft it writes, and what it has found out. */
export class Call {
  readonly world: World;
  readonly sender: Address;
  /** Nobody may call in while it runs. */
  guarded = true;
  readonly reasons: Reason[] = [];
  readonly happenings: Happening[] = [];

  constructor(world: World, sender: Address) {
    this.world = world;
    this.sender = sender;
  }

  get now(): bigint {
    return this.world.now;
  }
  /** Speaks against the call when `wrong`; others may too. */
  refuseIf(wrong: boolean, error: string, ...args: unknown[]): void {
    if (wrong) this.reasons.push({ error, args });
  }
  /** Without this the rest cannot be judged. */
  stopIf(wrong: boolean, error: string, ...args: unknown[]): void {
    this.refuseIf(wrong, error, ...args);
    if (wrong) this.decide();
  }
  /** All reasons are told: from here on the call acts. */
  decide(): void {
    if (this.reasons.length > 0) throw new RefusedCall(this.reasons);
  }
  emit(event: string, args: Readonly<Record<string, unknown>>): void {
    this.happenings.push({ event, args });
  }
}

// ------------------------------------------------------------------ gates

export function feature(call: Call, ...needed: (keyof typeof FEATURE)[]): void {
  const missing = needed.some((name) => (call.world.setting.features & FEATURE[name]) === 0n);
  call.refuseIf(missing, 'FeatureOff');
}

/** New business needs its features, a running approval and no pause. */
export function business(call: Call, ...needed: (keyof typeof FEATURE)[]): void {
  const { setting, pausedUntil } = call.world;
  feature(call, ...needed);
  const { approvalUntil } = setting;
  call.refuseIf(approvalUntil !== 0n && call.now > approvalUntil, 'ApprovalEnded', approvalUntil);
  call.refuseIf(call.now < pausedUntil, 'Paused', pausedUntil);
}

export function admitted(call: Call, who: Address, until: bigint): boolean {
  const { kycUntil, frozen } = accountOf(call.world, who);
  return kycUntil >= until && !frozen;
}
export function needAdmitted(call: Call, who: Address, until = call.now): void {
  call.refuseIf(!admitted(call, who, until), 'NotAdmitted', who, until);
}
export function needSender(call: Call, who: Address): void {
  call.refuseIf(accountOf(call.world, who).frozen, 'ERC7943CannotSend', who);
}
/** Not nobody, and not the contract, whose money is others'. */
export function needOutsider(call: Call, account: Address): void {
  call.refuseIf(account === zeroAddress || account === call.world.setting.exchange, 'ZeroAddress');
}
export function needAdmin(call: Call): void {
  const { admin } = call.world.setting;
  call.refuseIf(call.sender !== admin, 'AccessManagedUnauthorized', call.sender);
}

// ------------------------------------------------------------------ cards

/** The card under exactly this id; the same card under another expiry is unknown. */
export function cardOf(call: Call, cardId: bigint): Card {
  const card = call.world.cards.get(keyOf(cardId));
  if (card?.id !== cardId) {
    call.refuseIf(true, 'NoSuchCard', cardId);
    throw new RefusedCall(call.reasons);
  }
  return card;
}
export function cardIn(call: Call, cardId: bigint, ...states: State[]): Card {
  const card = cardOf(call, cardId);
  call.refuseIf(!states.includes(card.state), 'WrongState', cardId, card.state);
  return card;
}
export function unexpired(call: Call, cardId: bigint, until = call.now): void {
  const expiry = expiryOf(cardId);
  call.refuseIf(expiry !== 0n && until >= expiry, 'CardExpired', cardId);
}
export function sellable(call: Call, cardId: bigint, until = call.now): Card {
  unexpired(call, cardId, until);
  return cardIn(call, cardId, STATE.ACTIVE);
}
/** In the sense of ERC-721: minted and not burnt. */
export function liveCard(call: Call, cardId: bigint): Card {
  const card = call.world.cards.get(keyOf(cardId));
  if (card?.id !== cardId || card.owner === zeroAddress) {
    call.refuseIf(true, 'ERC721NonexistentToken', cardId);
    throw new RefusedCall(call.reasons);
  }
  return card;
}
export function needOwner(call: Call, card: Card): void {
  call.refuseIf(card.owner !== call.sender, 'NotOwner', card.id, call.sender);
}

/** A new owner: every signature made for the card before is void. */
export function give(call: Call, card: Card, to: Address, state: State): void {
  call.emit('Transfer', { from: card.owner, to, tokenId: card.id });
  card.owner = to;
  card.nonce += 1n;
  card.state = state;
}

// ------------------------------------------------------------------ orders

export function needSigned(
  call: Call,
  by: Address,
  type: MessageName,
  message: Message,
  signature: Signature,
): void {
  const wallet = call.world.setting.puppets.get(by);
  const forms = signature.by === by ? OF_KEYS : signature.by === wallet ? OF_PUPPETS : [];
  const good = forms.includes(signature.form) && covers(signature, type, message);
  call.refuseIf(!good, 'BadSignature', by);
}

/** Signed by a registered key of this kind, valid now. */
export function needRegistered(
  call: Call,
  kind: bigint,
  type: MessageName,
  message: Message,
  signature: Signature,
): { by: Address; entry: Signer | undefined } {
  const entry = call.world.signers.get(signature.by);
  const good = OF_KEYS.includes(signature.form) && covers(signature, type, message);
  const valid = entry?.kind === kind && call.now >= entry.from && call.now < entry.until;
  call.refuseIf(!good || !valid, 'BadSigner', good ? signature.by : ANY);
  return { by: signature.by, entry };
}
export function needNonce(call: Call, card: Card, nonce: bigint): void {
  call.refuseIf(card.nonce !== nonce, 'WrongNonce', card.nonce, nonce);
}
export function needEpoch(call: Call, who: Address, epoch: bigint): void {
  const current = accountOf(call.world, who).epoch;
  call.refuseIf(current !== epoch, 'WrongEpoch', current, epoch);
}
export function needBefore(call: Call, deadline: bigint): void {
  call.refuseIf(call.now > deadline, 'Expired', deadline);
}
export function needPrice(call: Call, price: bigint): void {
  call.refuseIf(price === 0n, 'PriceZero');
  needBelowCap(call, price);
}
export function needBelowCap(call: Call, price: bigint): void {
  const cap = call.world.setting.priceCap || PRICE_MAX;
  call.refuseIf(price > cap, 'PriceAboveCap', price, cap);
}

/** A part of an amount, rounded up. */
export const up = (amount: bigint, bps: bigint): bigint => (amount * bps + BPS - 1n) / BPS;

// ------------------------------------------------------------------ the money

/** Moves money at the user's wish: whatever goes wrong, the call fails. */
export function pull(call: Call, from: Address, to: Address, amount: bigint): void {
  if (amount === 0n) return;
  const { money } = call.world;
  const allowed = money.allowances.get(from) ?? 0n;
  if (allowed < amount || !moves(call, from, to, amount)) fail('MoneyFailed');
  if (allowed !== 2n ** 256n - 1n) money.allowances.set(from, allowed - amount);
}
/** Somebody will own this money here: less must not arrive. */
export function pullWhole(call: Call, from: Address, amount: bigint): void {
  const { exchange } = call.world.setting;
  const before = moneyOf(call.world, exchange);
  pull(call, from, exchange, amount);
  const got = moneyOf(call.world, exchange) - before;
  if (got < amount) fail('Insolvent', got, amount);
}
/** Moves money that is the receiver's; says whether it went. */
export function push(call: Call, to: Address, amount: bigint): boolean {
  return amount === 0n || moves(call, call.world.setting.exchange, to, amount);
}
export function pushFromTreasury(call: Call, to: Address, amount: bigint): boolean {
  return amount === 0n || moves(call, call.world.setting.treasury, to, amount);
}
/** Pays what is no longer owed by another name: in money, or, when that is refused, as credit in the purse. */
export function pay(call: Call, to: Address, amount: bigint): void {
  if (push(call, to, amount)) return;
  credit(call, to, amount);
}
export function credit(call: Call, to: Address, amount: bigint): void {
  setPurse(call, to, { free: amount, locked: 0n });
  call.emit('Credited', { account: to, amount });
}
function moves(call: Call, from: Address, to: Address, amount: bigint): boolean {
  const { money } = call.world;
  if (money.mood === MOOD.LIAR || to === zeroAddress || money.refuses.has(to)) return false;
  if (moneyOf(call.world, from) < amount) return false;
  const skims = money.mood === MOOD.SKIMMER;
  const arrives = skims ? amount - 1n : amount;
  money.skimmed ||= skims;
  money.balances.set(from, moneyOf(call.world, from) - amount);
  money.balances.set(to, moneyOf(call.world, to) + arrives);
  call.emit('Money.Transfer', { from, to, amount: arrives });
  if (money.mood === MOOD.NOSY) answerNosy(call, from);
  return true;
}
/** The money calls back whoever moved it with `withdraw(to, 0)`: a guarded call shows it the door. */
function answerNosy(call: Call, from: Address): void {
  const { treasury, money: account } = call.world.setting;
  const byTreasury = from === treasury;
  if (!byTreasury && call.guarded) {
    call.emit('Money.Answered', { reason: 'Reentered' });
    return;
  }
  // Nothing of anybody: it withdraws nothing of its own.
  if (!byTreasury) call.emit('PurseChanged', { account, free: 0n, locked: 0n });
  call.emit('Money.Answered', { reason: '0x00000000' });
}
export function fail(error: string, ...args: unknown[]): never {
  throw new RefusedCall([{ error, args }]);
}
// ------------------------------------------------------------------ purses

export function setPurse(call: Call, who: Address, change: Purse): void {
  const purse = purseOf(call.world, who);
  const after = { free: purse.free + change.free, locked: purse.locked + change.locked };
  call.world.purses.set(who, after);
  call.emit('PurseChanged', { account: who, ...after });
}
export function needFree(call: Call, who: Address, amount: bigint): void {
  const { free } = purseOf(call.world, who);
  call.refuseIf(free < amount, 'InsufficientPurse', free, amount);
}

// ------------------------------------------------------------------ the end of a sale

export interface Sale extends Split {
  card: Card;
  buyer: Address;
  price: bigint;
}

export function needSplit(call: Call, { feeBps, charityBps }: Split): void {
  const both = feeBps + charityBps;
  call.refuseIf(both > FEE_BPS_MAX, 'FeeAboveCap', both, FEE_BPS_MAX);
}
/** The charity must be known even when its part comes to nothing. */
export function needGift(call: Call, split: Split): void {
  needSplit(call, split);
  const known = call.world.charities.has(split.charityId);
  call.refuseIf(split.charityBps !== 0n && !known, 'NoSuchCharity', split.charityId);
}

export const saleOf = (card: Card, buyer: Address, price: bigint, split: Split): Sale => ({
  card,
  buyer,
  price,
  feeBps: split.feeBps,
  charityBps: split.charityBps,
  charityId: split.charityId,
});

/** What speaks against a sale for money that the buyer has approved. */
export function needSale(call: Call, sale: Sale, delivery: bigint): void {
  const seller = sale.card.owner;
  call.refuseIf(seller === sale.buyer, 'SelfTrade', seller);
  needSender(call, seller);
  if (delivery === DELIVERY.REISSUE) {
    feature(call, 'REISSUE');
    // The buyer must still be admitted when the issuer signs.
    needAdmitted(call, sale.buyer, call.now + REISSUE_WINDOW);
  } else {
    needAdmitted(call, sale.buyer);
  }
  needGift(call, sale);
}

export function sell(call: Call, sale: Sale, delivery: bigint): void {
  needSale(call, sale, delivery);
  call.decide();
  if (delivery === DELIVERY.REISSUE) {
    hold(call, sale);
    pullWhole(call, sale.buyer, sale.price);
    return;
  }
  const seller = sale.card.owner;
  give(call, sale.card, sale.buyer, STATE.ACTIVE);
  const { net, taken } = share(call, sale, seller);
  pull(call, sale.buyer, seller, net);
  pull(call, sale.buyer, call.world.setting.treasury, taken);
}

/** price = net + fee + charity, both rounded down; the gift is owed to the charity from now on. */
export function share(call: Call, sale: Sale, seller: Address): { net: bigint; taken: bigint } {
  const { price, feeBps, charityBps, charityId, card, buyer } = sale;
  const fee = (price * feeBps) / BPS;
  const charity = (price * charityBps) / BPS;
  const net = price - fee - charity;
  if (charityBps !== 0n) {
    const entry = call.world.charities.get(charityId) ?? fail('NoSuchCharity', charityId);
    entry.credit += charity;
  }
  call.emit('Settled', { cardId: card.id, seller, buyer, price, fee, charity, net, charityId });
  return { net, taken: fee + charity };
}

/** M1: card with the seller, money here, until the issuer signs or the window ends. */
export function hold(call: Call, sale: Sale): void {
  const { card, buyer, price, feeBps, charityBps, charityId } = sale;
  const until = call.now + REISSUE_WINDOW;
  card.nonce += 1n;
  card.state = STATE.HELD;
  const record: Hold = { buyer, price, until, feeBps, charityBps, charityId };
  call.world.holds.set(card.id, record);
  call.emit('Held', { cardId: card.id, seller: card.owner, buyer, price, until });
}

/** The winner's money lies here and is named by nobody any more: card, hold, or all as before. */
export function conclude(call: Call, sale: Sale, delivery: bigint): void {
  const seller = sale.card.owner;
  const { frozen } = accountOf(call.world, seller);
  if (frozen || !admitted(call, sale.buyer, call.now)) {
    backToSeller(call, sale.card);
    pay(call, sale.buyer, sale.price);
  } else if (delivery === DELIVERY.REISSUE) {
    hold(call, sale);
  } else {
    give(call, sale.card, sale.buyer, STATE.ACTIVE);
    shareHeld(call, sale, seller);
  }
}

/** The price lies here: the seller's part goes, fee and gift stay behind for the treasury. */
export function shareHeld(call: Call, sale: Sale, seller: Address): void {
  const { net, taken } = share(call, sale, seller);
  call.world.owed += taken;
  pay(call, seller, net);
}

export function backToSeller(call: Call, card: Card): void {
  card.nonce += 1n;
  card.state = STATE.ACTIVE;
  call.emit('SaleUnwound', { cardId: card.id, seller: card.owner, nonce: card.nonce });
}
