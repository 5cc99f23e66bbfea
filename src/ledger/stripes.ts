/** Hubs in the books: which stripe a posting uses, and money moved between the stripes of one hub. */
import assert from 'node:assert/strict';
import { type Db, inTransaction, newId, type Tx } from '#platform';
import type { StripeCode } from './account.ts';
import { postBatch, type Transfer } from './batch.ts';
import { type AccountCode, classOf, type Leg, ruleOf } from './domain.ts';
import { evenOut, gather, isHub, type Shift, stripeCode, stripeOfPosting } from './hub.ts';
import { lockStripes, type Stripe } from './stripe_store.ts';

/** `ledger.reason`: money of one hub between its stripes. */
const REBALANCE = 2;

/**
 * The accounts that a posting uses, by the codes of its legs. Who pays into a hub meets one of its stripes; where a
 * hub pays out it is the fullest, filled up from the others when need be (then all its stripes are locked).
 */
export async function stripedCodes(
  tx: Tx,
  { id, legs, at }: { id: string; legs: readonly Leg[]; at: Date },
): Promise<Map<AccountCode, StripeCode>> {
  const found = new Map<AccountCode, StripeCode>();
  for (const code of new Set(legs.flatMap(({ from, to }) => [from, to]))) {
    const out = legs.filter(({ from }) => from === code).reduce((sum, leg) => sum + leg.amount, 0n);
    const isBounded = ruleOf(classOf(code)).min !== null;
    const stripe = !isHub(code)
      ? 0
      : out > 0n && isBounded
        ? await drawOn(tx, { code, amount: out, at })
        : stripeOfPosting(id);
    found.set(code, stripeCode(code, stripe));
  }
  return found;
}

/** The stripe that can pay `amount` now; when the whole hub cannot, one that will be refused. */
async function drawOn(
  tx: Tx,
  { code, amount, at }: { code: AccountCode; amount: bigint; at: Date },
): Promise<number> {
  const stripes = await lockStripes(tx, code);
  const { stripe, shifts } = gather(
    stripes.map(({ available }) => available),
    amount,
  );
  await shift(tx, stripes, shifts, at);
  return stripes[stripe]?.stripe ?? 0;
}

/**
 * Evens out the stripes of a bounded hub in one chain, when one of them has less than `lowWater`. Nightly, and when
 * a stripe runs low. Gives the number of moves. Its stripes are locked for one statement, so that the chain holds
 * however many are posting.
 */
export async function rebalance(
  db: Db,
  { code, lowWater, at }: { code: AccountCode; lowWater: bigint; at: Date },
): Promise<number> {
  return await inTransaction(db, async (tx) => {
    const stripes = await lockStripes(tx, code);
    if (stripes.every(({ available }) => available >= lowWater)) return 0;
    const shifts = evenOut(stripes.map(({ available }) => available));
    await shift(tx, stripes, shifts, at);
    return shifts.length;
  });
}

/** The stripes must be locked by the caller: then a chain that does not hold is our bug. */
async function shift(
  tx: Tx,
  stripes: readonly Stripe[],
  shifts: readonly Shift[],
  at: Date,
): Promise<void> {
  const chain = shifts.map(({ from, to, amount }, index): Transfer => {
    const [debit, credit] = [stripes[from]?.id, stripes[to]?.id];
    assert(debit !== undefined && credit !== undefined);
    const linked = index < shifts.length - 1;
    return { id: newId(at), kind: 'post', debit, credit, amount, linked, code: REBALANCE, at };
  });
  for (const { name } of await postBatch(tx, chain))
    assert.equal(name, 'ok', 'locked stripes can pay');
}
