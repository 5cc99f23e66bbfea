/** Posting: money moves between accounts once per (kind, ref), whole or not at all. */
import assert from 'node:assert/strict';
import { Refused, sameBytes, sha256, type Tx } from '#platform';
import { accountIds } from './account.ts';
import { batchQuery, NAMED, type Result, resultOf, type Transfer } from './batch.ts';
import { bookingOrder, checkLegs, type Leg, postingId, transferText } from './domain.ts';
import { findDigest, insertPosting } from './posting_store.ts';
import { stripedCodes } from './stripes.ts';

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
 * Refuses `insufficient_funds`; the transaction then has to roll back.
 */
export async function post(tx: Tx, posting: Posting): Promise<boolean> {
  const { at, legs } = posting;
  checkLegs(legs);
  const striped = await stripedCodes(tx, { id: postingId('post', posting), legs, at });
  const ids = await accountIds(tx, [...striped.values()]);
  const idOf = new Map([...striped.keys()].map((code, index) => [code, ids[index]]));
  const order = bookingOrder(legs);
  const batch = order.map((index, n): Transfer => {
    const leg = legs[index];
    assert(leg);
    const [debit, credit] = [idOf.get(leg.from), idOf.get(leg.to)];
    assert(debit !== undefined && credit !== undefined);
    return {
      id: postingId('post', posting, index + 1),
      kind: 'post',
      debit,
      credit,
      amount: leg.amount,
      linked: n < legs.length - 1,
      code: NAMED,
      ref: postingId('post', posting),
      at,
    };
  });
  return await postNamed(tx, { ...posting, isHold: false }, batch);
}

/** The name and its transfers in one statement; false, and nothing done, when the name was used before. */
export async function postNamed(
  tx: Tx,
  posting: Posting & { readonly isHold: boolean },
  batch: readonly Transfer[],
): Promise<boolean> {
  checkNames(posting);
  const { kind, ref, subject, at, isHold } = posting;
  const id = postingId(isHold ? 'hold' : 'post', posting);
  const digest = sha256(transferText(posting));
  const row = { id, isHold, kind, ref, subject, at, digest, legs: posting.legs.length };
  const answers = await insertPosting(tx, row, batchQuery(batch));
  if (answers) {
    for (const answer of answers) refuseUnlessDone(resultOf(answer), `${kind} ${ref}`);
    return true;
  }
  const first = await findDigest(tx, id);
  assert(first, `posted and not there: ${kind} ${ref}`);
  const before = isHold ? 'held' : 'posted';
  assert(sameBytes(first, digest), `${before} before with other content: ${kind} ${ref}`);
  return false;
}

const NO_MONEY = new Set(['insufficient', 'above_maximum', 'overflow']);

/** What the caller may expect is a refusal; all else is a bug. Of a chain, the leg that broke it speaks. */
export function refuseUnlessDone({ name, replayed }: Result, what: string): void {
  if (name === 'ok' || name === 'chain') return;
  assert(!replayed, `refused before and kept: ${what}`);
  if (NO_MONEY.has(name)) throw new Refused('insufficient_funds');
  if (name === 'hold_closed' || name === 'expired') throw new Refused('hold_closed');
  assert.fail(`${name}: ${what}`);
}

/** One line each: the digest of a transfer reads them line by line. */
export function checkNames(names: { kind: string; ref: string; subject: string }): void {
  for (const name of [names.kind, names.ref, names.subject])
    assert(/^[^\n]{1,200}$/.test(name), 'kind, ref and subject are one line each');
}
