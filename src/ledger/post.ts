/** Posting: money moves between accounts once per (kind, ref), whole or not at all. */
import assert from 'node:assert/strict';
import { newId, Refused, sameBytes, sha256, sqlState, type Tx, violated } from '#platform';
import { checkLegs, type Leg, transferText } from './domain.ts';
import { findDigest, move, openAccounts } from './store.ts';

export interface Posting {
  /** What happened, e.g. `buyback.settle`; with `ref` it names the transfer for ever. */
  readonly kind: string;
  readonly ref: string;
  /** Whom it concerns: order id, payout id. */
  readonly subject: string;
  readonly at: Date;
  readonly legs: readonly Leg[];
}

/**
 * True the first time; the same (kind, ref) again moves nothing and returns false, with other content it is a bug.
 * Refuses `insufficient_funds`; the transaction is then dead and has to roll back.
 */
export async function post(tx: Tx, posting: Posting): Promise<boolean> {
  const { kind, ref, subject, at, legs } = posting;
  checkLegs(legs);
  checkNames(posting);
  const digest = sha256(transferText(posting));
  const accounts = legs.flatMap(({ from, to }) => [from, to]);
  const fresh = await overdraftRefused(async () => {
    await openAccounts(tx, accounts);
    return await move(tx, { id: newId(at), kind, ref, subject, at, digest, legs });
  });
  if (fresh) return true;
  const first = await findDigest(tx, posting);
  assert(first, `posted and not there: ${kind} ${ref}`);
  assert(sameBytes(first, digest), `posted before with other content: ${kind} ${ref}`);
  return false;
}

const BOUNDS = new Set(['account_not_overdrawn', 'account_not_above']);

/** The database's own no: an account would leave its bounds. */
export async function overdraftRefused<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (sqlState(error) === '23514' && BOUNDS.has(violated(error) ?? ''))
      throw new Refused('insufficient_funds');
    throw error;
  }
}

/** One line each: the digest of a transfer reads them line by line. */
export function checkNames(names: { kind: string; ref: string; subject: string }): void {
  for (const name of [names.kind, names.ref, names.subject])
    assert(/^[^\n]{1,200}$/.test(name), 'kind, ref and subject are one line each');
}
