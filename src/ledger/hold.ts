/** Two-phase money: set aside first, then taken (whole or in part) or given back; exactly one of the two, once. */
import assert from 'node:assert/strict';
import { type Db, type Fen, inTransaction, newId, Refused, sha256, type Tx } from '#platform';
import { type AccountCode, checkLegs, mayCapture, transferText } from './domain.ts';
import { checkNames, overdraftRefused } from './post.ts';
import {
  expireDue,
  type Hold,
  lockHold,
  markPosted,
  markVoided,
  move,
  openAccounts,
  reserve,
} from './store.ts';

const EXPIRE_BATCH = 500;

export interface NewHold {
  readonly kind: string;
  readonly ref: string;
  readonly subject: string;
  readonly at: Date;
  /** The money stays here, and nobody else can spend it. */
  readonly from: AccountCode;
  /** Where a capture will take it. */
  readonly to: AccountCode;
  readonly amount: Fen;
  readonly expiresAt: Date;
}
export interface HoldKey {
  readonly kind: string;
  readonly ref: string;
}

/** True the first time, false when repeated, a bug with other content. Refuses `insufficient_funds`. */
export async function hold(tx: Tx, input: NewHold): Promise<boolean> {
  const { from, to, amount, at, expiresAt } = input;
  checkLegs([{ from, to, amount }]);
  checkNames(input);
  assert(expiresAt > at, 'a hold lasts a while');
  const fresh = await overdraftRefused(async () => {
    await openAccounts(tx, [from]);
    return await reserve(tx, { ...input, id: newId(at) });
  });
  if (fresh) return true;
  const first = await theHold(tx, input);
  const same = (['subject', 'from', 'to', 'amount'] as const).every(
    (field) => first[field] === input[field],
  );
  assert(same, `held before with other content: ${input.kind} ${input.ref}`);
  return false;
}

/**
 * Takes `amount` (default: all) of the hold and frees the rest. The transfer has kind `<kind>.capture`, the same ref.
 * Refuses `hold_closed` when the hold is posted, voided, or its time is over.
 */
export async function capture(tx: Tx, input: HoldKey & { at: Date; amount?: Fen }): Promise<void> {
  const held = await theHold(tx, input);
  const no = mayCapture(held, input.at);
  if (no) throw new Refused(no);
  const amount = input.amount ?? held.amount;
  assert(amount <= held.amount, 'a capture takes at most what is held');
  const transfer = {
    id: newId(input.at),
    kind: `${held.kind}.capture`,
    ref: held.ref,
    subject: held.subject,
    at: input.at,
    legs: [{ from: held.from, to: held.to, amount }],
  };
  checkLegs(transfer.legs);
  const digest = sha256(transferText(transfer));
  const fresh = await overdraftRefused(async () => {
    await openAccounts(tx, [held.to]);
    return await move(tx, { ...transfer, digest }, { account: held.from, amount: held.amount });
  });
  assert(fresh, `a pending hold was captured before: ${held.kind} ${held.ref}`);
  await markPosted(tx, { holdId: held.id, transferId: transfer.id, at: input.at });
}

/** Gives the money back. False when it was given back before (voided or expired); refuses `hold_closed` when taken. */
export async function release(tx: Tx, input: HoldKey & { at: Date }): Promise<boolean> {
  const held = await theHold(tx, input);
  if (held.state === 'posted') throw new Refused('hold_closed');
  if (held.state !== 'pending') return false;
  await markVoided(tx, held, input.at);
  return true;
}

/** Gives back what nobody took in time; returns how many holds. Safe to run anywhere, any time, side by side. */
export async function expireHolds(db: Db, at: Date): Promise<number> {
  for (let expired = 0; ; ) {
    const batch = await inTransaction(db, (tx) => expireDue(tx, at, EXPIRE_BATCH));
    expired += batch;
    if (batch < EXPIRE_BATCH) return expired;
  }
}

/** Locks it. A hold that never was is a bug of the caller. */
async function theHold(tx: Tx, key: HoldKey): Promise<Hold> {
  const found = await lockHold(tx, key);
  assert(found, `no such hold: ${key.kind} ${key.ref}`);
  return found;
}
