/** The chart of accounts and the rules of holds, pure: what an account may be, and when a hold may be used. */
import assert from 'node:assert/strict';
import { type Fen, sha256 } from '#platform';

/** `CLASS` or `CLASS:owner`, the owner being an id (user, order, payout, recycler, rail). */
export type AccountCode = string;

/** Money goes from one account to another; amount above zero. */
export interface Leg {
  readonly from: AccountCode;
  readonly to: AccountCode;
  readonly amount: Fen;
}

/** Bounds of an account: `min` on balance − held, `max` on balance; null is unbounded. */
export interface Rule {
  readonly min: 0n | null;
  readonly max: 0n | null;
}

/** What others hold for us or owe us. It goes below zero as money comes in, and never above zero. */
const asset: Rule = { min: null, max: 0n };
/** What we owe or keep for somebody, or have earned: never below zero. */
const liability: Rule = { min: 0n, max: null };
const unbounded: Rule = { min: null, max: null };

const classes = {
  /** Money at the custody bank or payment institution, one account a rail. */
  CUSTODY: { rule: asset, owned: true },
  /** Money at a rail that nobody has been credited with yet. */
  CLEARING: { rule: liability, owned: true },
  ESCROW: { rule: liability, owned: true },
  PAYABLE: { rule: liability, owned: true },
  IN_FLIGHT: { rule: liability, owned: true },
  /** What a seller must give back after a clawback. */
  RECEIVABLE: { rule: asset, owned: true },
  WALLET: { rule: liability, owned: true },
  HELD: { rule: liability, owned: true },
  DEPOSIT: { rule: liability, owned: true },
  PREMIUM: { rule: liability, owned: true },
  CHARITY: { rule: liability, owned: true },
  /** Our own money set aside for guarantees: 'cash', and 'claims' for what others must give back to it. */
  RESERVE: { rule: liability, owned: true },
  /** Settlement money on a chain, one account an address: the mirror of what the token contract says. */
  ONCHAIN: { rule: liability, owned: true },
  FEE: { rule: liability, owned: false },
  TAX: { rule: liability, owned: false },
  /** What we pay ourselves: compensation, write-offs. */
  LOSS: { rule: unbounded, owned: false },
} as const satisfies Record<string, { rule: Rule; owned: boolean }>;

export type AccountClass = keyof typeof classes;
export const accountClasses = Object.keys(classes) as AccountClass[];

const CODE = /^([A-Z_]{2,20})(?::([A-Za-z0-9._-]{1,64}))?$/;

/** Class of an account code. An unknown class, or an owned class without its owner, is a bug of the caller. */
export function classOf(code: AccountCode): AccountClass {
  const [, name = '', owner] = CODE.exec(code) ?? [];
  assert(Object.hasOwn(classes, name), `unknown account class: ${code}`);
  const found = name as AccountClass;
  assert(owner !== undefined || !classes[found].owned, `account without an owner: ${code}`);
  return found;
}

export const ruleOf = (name: AccountClass): Rule => classes[name].rule;
export const isAsset = (name: AccountClass): boolean => classes[name].rule === asset;

/** A limit on everything: no sale, batch or correction of ours comes near it. */
export const LEGS_MAX = 1_000;

export function checkLegs(legs: readonly Leg[]): void {
  assert(legs.length > 0, 'a transfer needs a leg');
  assert(legs.length <= LEGS_MAX, 'too many legs');
  for (const { from, to, amount } of legs) {
    classOf(from);
    classOf(to);
    assert(amount > 0n, 'a leg moves more than zero');
    assert(from !== to, 'a leg joins two accounts');
  }
}

/**
 * The content of a transfer as text, for its digest; `reconcile` writes the same text from the stored rows.
 * Without the time: a command repeated later is still the same command.
 */
export function transferText(transfer: {
  kind: string;
  ref: string;
  subject: string;
  legs: readonly Leg[];
}): string {
  const legs = transfer.legs.map(({ from, to, amount }) => `\n${from}>${to}:${amount}`);
  return `${transfer.kind}\n${transfer.ref}\n${transfer.subject}${legs.join('')}`;
}

export type HoldState = 'pending' | 'posted' | 'voided' | 'expired';

/** `ledger.derived_id`: version 8, begins with 0000, ends with the number; migration 0012 says why. */
export function derivedId(name: string, number: number): string {
  const bytes = Buffer.alloc(16);
  sha256(name).copy(bytes, 2, 0, 12);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  bytes.writeUInt16BE(number, 14);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Id of a posting or of a named hold; its legs have the numbers 1, 2, … */
export const postingId = (
  what: 'post' | 'hold',
  { kind, ref }: { kind: string; ref: string },
  leg = 0,
): string => derivedId(`${what}\n${kind}\n${ref}`, leg);

/** A hold is voided once and expires once, so those ids follow from its own. */
export const closingId = (what: 'void' | 'expire', holdId: string): string =>
  derivedId(`${what}\n${holdId}`, 0);

/**
 * The order in which legs are booked: an account gets before it gives (an asset gives before it gets), so that only
 * the end of a posting counts. Legs in a circle have no such order and stay as they are.
 */
export function bookingOrder(legs: readonly Leg[]): number[] {
  const comesFirst = (leg: Leg, account: AccountCode): boolean =>
    isAsset(classOf(account)) ? leg.from === account : leg.to === account;
  /** Legs that must be booked before a later kind of leg of the account may. */
  const waiting = new Map<AccountCode, number>();
  const count = (account: AccountCode, by: number): void =>
    void waiting.set(account, (waiting.get(account) ?? 0) + by);
  for (const leg of legs)
    for (const account of [leg.from, leg.to]) if (comesFirst(leg, account)) count(account, 1);
  const isFree = (leg: Leg): boolean =>
    [leg.from, leg.to].every(
      (account) => comesFirst(leg, account) || (waiting.get(account) ?? 0) === 0,
    );
  let left = legs.map((leg, index) => ({ leg, index }));
  const order: number[] = [];
  while (left.length > 0) {
    const later: typeof left = [];
    for (const one of left) {
      if (!isFree(one.leg)) {
        later.push(one);
        continue;
      }
      order.push(one.index);
      for (const account of [one.leg.from, one.leg.to])
        if (comesFirst(one.leg, account)) count(account, -1);
    }
    if (later.length === left.length) return [...order, ...later.map(({ index }) => index)];
    left = later;
  }
  return order;
}
