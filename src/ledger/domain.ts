/** The chart of accounts and the rules of holds, pure: what an account may be, and when a hold may be used. */
import assert from 'node:assert/strict';
import { type Fen, type Refusal, refuse } from '#platform';

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

/** The clock decides, not the expiry job: a late job lets no expired hold through. */
export function mayCapture(
  hold: { state: HoldState; expiresAt: Date },
  at: Date,
): Refusal | undefined {
  return hold.state === 'pending' && at < hold.expiresAt ? undefined : refuse('hold_closed');
}
