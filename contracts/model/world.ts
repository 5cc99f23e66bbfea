/** All that the exchange remembers, as plain values: integers are bigint, money is fen, time is unix seconds. */
import { zeroAddress } from 'viem';
import type { Address, Bytes } from './messages.ts';

export const STATE = {
  NONE: 0n,
  ACTIVE: 1n,
  AUCTION: 2n,
  SEALED: 3n,
  HELD: 4n,
  FRACTION: 5n,
  FROZEN: 6n,
  REDEEMED: 7n,
} as const;
export type State = (typeof STATE)[keyof typeof STATE];

export const DELIVERY = { VAULT: 0n, REISSUE: 1n } as const;
export const SIGNER = { NONE: 0n, VERIFIER: 1n, ISSUER: 2n } as const;
export const MOOD = { HONEST: 0n, SILENT: 1n, LIAR: 2n, SKIMMER: 3n, NOSY: 4n } as const;
export const MANNER = { KIND: 0n, RUDE: 1n, BREAKING: 2n, NOSY: 3n } as const;
export const FEATURE = {
  MINT: 1n << 0n,
  TRANSFER: 1n << 1n,
  SALE: 1n << 2n,
  BID: 1n << 3n,
  SWAP: 1n << 4n,
  DUTCH: 1n << 5n,
  ENGLISH: 1n << 6n,
  SEALED: 1n << 7n,
  REISSUE: 1n << 8n,
  DVP: 1n << 9n,
  FRACTION: 1n << 10n,
} as const;
export const ALL_FEATURES = (1n << 11n) - 1n;

export interface Card {
  readonly id: bigint;
  owner: Address;
  nonce: bigint;
  state: State;
  issuerClass: bigint;
}
export interface Account {
  kycUntil: bigint;
  epoch: bigint;
  tier: bigint;
  frozen: boolean;
}
export interface Purse {
  free: bigint;
  locked: bigint;
}
/** How a price is shared out. */
export interface Split {
  feeBps: bigint;
  charityBps: bigint;
  charityId: bigint;
}
export interface Auction extends Split {
  bidder: Address;
  amount: bigint;
  end: bigint;
  hardEnd: bigint;
  delivery: bigint;
}
export interface Sealed extends Split {
  leader: Address;
  best: bigint;
  second: bigint;
  bond: bigint;
  commitUntil: bigint;
  revealUntil: bigint;
  secondPrice: boolean;
  delivery: bigint;
  seller: Address;
}
export interface Hold extends Split {
  buyer: Address;
  price: bigint;
  until: bigint;
}
export interface Fraction {
  supply: bigint;
  floor: bigint;
  proceeds: bigint;
  feeBps: bigint;
  /** Kept back by rounding so far, in 1/supply of a fen. */
  rest: bigint;
}
export interface Signer {
  kind: bigint;
  from: bigint;
  until: bigint;
  issuerClass: bigint;
}

/** Fixed when the contract was deployed, and the contracts that are users. */
export interface Setting {
  readonly exchange: Address;
  /** Where fees and gifts lie. */
  readonly treasury: Address;
  readonly money: Address;
  readonly admin: Address;
  readonly features: bigint;
  /** 0: none. */
  readonly priceCap: bigint;
  /** 0: never. */
  readonly approvalUntil: bigint;
  /** Contract wallet → whose key signs for it. */
  readonly puppets: ReadonlyMap<Address, Address>;
}

export interface World {
  readonly setting: Setting;
  now: bigint;
  anchoredAt: bigint;
  /** By the high 216 bits of the id. */
  cards: Map<bigint, Card>;
  accounts: Map<Address, Account>;
  purses: Map<Address, Purse>;
  auctions: Map<bigint, Auction>;
  holds: Map<bigint, Hold>;
  /** By `at(cardId, nonce)`. */
  sealed: Map<string, Sealed>;
  /** By `at(cardId, nonce, bidder)`. */
  commitments: Map<string, Bytes>;
  /** The bond of each delivery; 0n when it is over. */
  deliveries: Map<Bytes, bigint>;
  fractions: Map<bigint, Fraction>;
  /** By `at(shareId, holder)`. */
  shares: Map<string, bigint>;
  /** Good only at the card's nonce of that moment. */
  approvals: Map<bigint, { spender: Address; nonce: bigint }>;
  /** `at(owner, operator)` */
  operators: Set<string>;
  cases: Map<bigint, Bytes>;
  signers: Map<Address, Signer>;
  charities: Map<bigint, { payee: Address; credit: bigint }>;
  /** By `at(operator, cardId)`. */
  redemptions: Map<string, Bytes[]>;
  feePayee: Address;
  baseUri: string;
  pausedUntil: bigint;
  /** Fees and gifts of sales paid out of the exchange, which still lie there. */
  owed: bigint;
  manners: Map<Address, bigint>;
  money: Money;
}
export interface Money {
  mood: bigint;
  balances: Map<Address, bigint>;
  /** A fee on transfers was taken at some time: then some money is not where it is said to be. */
  skimmed: boolean;
  /** What the exchange may take of each account. */
  allowances: Map<Address, bigint>;
  refuses: Set<Address>;
}

export const at = (...parts: readonly (bigint | string)[]): string => parts.join('/');
export const keyOf = (cardId: bigint): bigint => cardId >> 40n;
export const expiryOf = (cardId: bigint): bigint => cardId & ((1n << 40n) - 1n);

export function newWorld(setting: Setting, now: bigint): World {
  return {
    setting,
    now,
    anchoredAt: now,
    cards: new Map(),
    accounts: new Map(),
    purses: new Map(),
    auctions: new Map(),
    holds: new Map(),
    sealed: new Map(),
    commitments: new Map(),
    deliveries: new Map(),
    fractions: new Map(),
    shares: new Map(),
    approvals: new Map(),
    operators: new Set(),
    cases: new Map(),
    signers: new Map(),
    charities: new Map(),
    redemptions: new Map(),
    feePayee: zeroAddress,
    baseUri: '',
    pausedUntil: 0n,
    owed: 0n,
    manners: new Map(),
    money: {
      ...{ mood: MOOD.HONEST, skimmed: false, balances: new Map() },
      ...{ allowances: new Map(), refuses: new Set() },
    },
  };
}

/** A draft that can be thrown away: a refused call changes nothing. */
export function copyOf({ setting, ...rest }: World): World {
  return { setting, ...structuredClone(rest) };
}

export const accountOf = (world: World, who: Address): Account =>
  world.accounts.get(who) ?? { kycUntil: 0n, epoch: 0n, tier: 0n, frozen: false };
export const purseOf = (world: World, who: Address): Purse =>
  world.purses.get(who) ?? { free: 0n, locked: 0n };
export const sharesOf = (world: World, shareId: bigint, who: Address): bigint =>
  world.shares.get(at(shareId, who)) ?? 0n;
export const moneyOf = (world: World, who: Address): bigint => world.money.balances.get(who) ?? 0n;

/** How many cards the account has. The contract counts; the model looks. */
export const cardsOf = (world: World, who: Address): bigint =>
  BigInt([...world.cards.values()].filter(({ owner }) => owner === who).length);

/** Users' money in the exchange: bids, holds, purses, and what each holder of shares may still cash. */
export function usersMoney(world: World): bigint {
  let sum = 0n;
  for (const { amount } of world.auctions.values()) sum += amount;
  for (const { price } of world.holds.values()) sum += price;
  for (const { free, locked } of world.purses.values()) sum += free + locked;
  for (const [place, amount] of world.shares) {
    const fraction = world.fractions.get(BigInt(place.split('/')[0] ?? 0));
    if (fraction?.proceeds) sum += (fraction.proceeds * amount) / fraction.supply;
  }
  return sum;
}
/** What the charities were given and not yet paid; it lies in the treasury. */
export function gifts(world: World): bigint {
  return [...world.charities.values()].reduce((sum, { credit }) => sum + credit, 0n);
}
