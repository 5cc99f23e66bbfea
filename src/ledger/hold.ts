/** Two-phase money: set aside first, then taken (whole or in part) or given back; exactly one of the two, once. */
import assert from 'node:assert/strict';
import { type Db, type Fen, fen, inTransaction, Refused, type Tx } from '#platform';
import { accountIds } from './account.ts';
import { NAMED, postBatch, type Transfer } from './batch.ts';
import { type AccountCode, checkLegs, closingId, postingId } from './domain.ts';
import { postNamed } from './post.ts';
import { findHold, listDue, type NamedHold } from './posting_store.ts';

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
  const legs = [{ from, to, amount }];
  checkLegs(legs);
  assert(expiresAt > at, 'a hold lasts a while');
  const [debit, credit] = await accountIds(tx, [from, to]);
  assert(debit !== undefined && credit !== undefined);
  const id = postingId('hold', input, 1);
  const ref = postingId('hold', input);
  const rest = { debit, credit, amount, expiresAt, code: NAMED, ref, at };
  return await postNamed(tx, { ...input, legs, isHold: true }, [{ id, kind: 'hold', ...rest }]);
}

/**
 * Takes `amount` (default: all) of the hold and frees the rest. The transfer has kind `<kind>.capture`, the same ref.
 * Refuses `hold_closed` when the hold is posted, voided, or its time is over.
 */
export async function capture(tx: Tx, input: HoldKey & { at: Date; amount?: Fen }): Promise<void> {
  const held = await theHold(tx, input);
  if (held.state !== 'pending') throw new Refused('hold_closed');
  const amount = input.amount ?? fen(held.amount);
  assert(amount <= held.amount, 'a capture takes at most what is held');
  const { from, to, subject, debit, credit } = held;
  const name = { kind: `${input.kind}.capture`, ref: input.ref };
  const legs = [{ from, to, amount }];
  checkLegs(legs);
  const transfer: Transfer = {
    id: postingId('post', name, 1),
    kind: 'capture',
    debit,
    credit,
    amount,
    pendingId: held.id,
    code: NAMED,
    ref: postingId('post', name),
    at: input.at,
  };
  const posting = { ...name, subject, at: input.at, legs, isHold: false };
  // A name that is there is a capture that won while we were on our way.
  if (!(await postNamed(tx, posting, [transfer]))) throw new Refused('hold_closed');
}

/** Gives the money back. False when it was given back before (voided or expired); refuses `hold_closed` when taken. */
export async function release(tx: Tx, input: HoldKey & { at: Date }): Promise<boolean> {
  const held = await theHold(tx, input);
  const [result] =
    held.state === 'pending' ? await postBatch(tx, [closing(held, 'void', input.at)]) : [];
  if (result?.name === 'ok') return true;
  const now = await theHold(tx, input);
  assert(now.state !== 'pending', `not released: ${result?.name}`);
  if (now.state === 'posted') throw new Refused('hold_closed');
  return false;
}

/** Gives back what nobody took in time; returns how many holds. Safe to run anywhere, any time, side by side. */
export async function expireHolds(db: Db, at: Date): Promise<number> {
  for (let expired = 0; ; ) {
    const due = await listDue(db, at, EXPIRE_BATCH);
    const results = await inTransaction(db, (tx) =>
      postBatch(
        tx,
        due.map((held) => closing(held, 'expire', at)),
      ),
    );
    // Taken by others between the look and the lock: `hold_closed`, or `exists` when they too came to expire it.
    for (const { name } of results)
      assert(['ok', 'exists', 'hold_closed'].includes(name), `a due hold did not expire: ${name}`);
    expired += results.filter(({ name }) => name === 'ok').length;
    if (due.length < EXPIRE_BATCH) return expired;
  }
}

function closing(
  held: Pick<NamedHold, 'id' | 'debit' | 'credit' | 'amount'>,
  kind: 'void' | 'expire',
  at: Date,
): Transfer {
  const { id, debit, credit, amount } = held;
  return { id: closingId(kind, id), kind, debit, credit, amount, pendingId: id, code: NAMED, at };
}

/** A hold that never was is a bug of the caller. */
async function theHold(tx: Tx, key: HoldKey): Promise<NamedHold> {
  const found = await findHold(tx, postingId('hold', key));
  assert(found, `no such hold: ${key.kind} ${key.ref}`);
  return found;
}
