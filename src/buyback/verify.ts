/** Asks the issuer about a card, outside any transaction, then lets the order take the step that follows. */
import assert from 'node:assert/strict';
import {
  findProduct,
  type IssuerDeps,
  RESULTS,
  stoppedAmong,
  type Verification,
  verifyCard,
} from '#cards';
import {
  type Db,
  type Fen,
  fen,
  inTransaction,
  type Keys,
  type Refusal,
  Refused,
  type Tx,
} from '#platform';
import { look } from '#process';
import { freeCard, heldBy, letGo } from './card.ts';
import { notAccepted } from './card-rules.ts';
import { type Actor, change } from './change.ts';
import { onClock } from './clock.ts';
import { judge, settleDue, type Verdict } from './domain.ts';
import { requote } from './requote.ts';
import { findOrder, lockOrder, type Order } from './store.ts';

export interface VerifyDeps {
  db: Db;
  keys: Keys;
  cards: IssuerDeps;
}

/** Safe to run again at any point: the card room resumes by its stored request numbers. */
export async function verify(deps: VerifyDeps, orderId: string, at: Date): Promise<void> {
  const order = await findOrder(deps.db, orderId);
  if (order?.state !== 'submitted') return;
  assert(order.card_id, 'a submitted order has a card');
  const seen = await verifyCard(deps.cards, {
    cardId: order.card_id,
    ref: heldBy(order),
    expectFen: order.face_fen,
    ...(order.expires_on !== null && { expectExpiresOn: order.expires_on }),
    at,
  });
  await inTransaction(deps.db, async (tx) => {
    const now = await lockOrder(tx, orderId);
    if (now?.state === 'submitted') await conclude(tx, deps.keys, now, seen, { by: 'system', at });
  });
  await settleAtOnce(deps.db, orderId, at);
}

/**
 * What is due already need not wait for the next sweep, which would do the same; whoever of the two comes second finds
 * it done. A commit of its own, so that the recycler's wallet and FEE, which all sales share, are not locked together.
 */
export async function settleAtOnce(db: Db, orderId: string, at: Date): Promise<void> {
  const now = await look(db, orderId);
  if (now?.state !== 'verified' || !now.dueAt || now.dueAt > at) return;
  try {
    await onClock(db, { id: orderId, transition: 'settle', at });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}

export interface Seen extends Pick<Verification, 'code'> {
  grade?: string | undefined;
  balanceFen?: bigint | undefined;
  probeId?: string | undefined;
  expiresOn?: string | undefined;
}

/** From what was seen to what happens: pass, new quote, rejection, wait, or a person's look. */
export async function conclude(
  tx: Tx,
  keys: Keys,
  order: Order,
  seen: Seen,
  who: { by: Extract<Actor, 'system' | 'operator'>; actor?: string; at: Date },
): Promise<void> {
  const balance = seen.balanceFen === undefined ? undefined : fen(seen.balanceFen);
  const isStopped = (await stoppedAmong(tx, order.card_id ? [order.card_id] : [])).size > 0;
  if (isStopped && who.by === 'operator') throw new Refused('card_stopped');
  const verdict: Verdict = judge({
    outcome: isStopped ? 'reject' : RESULTS[seen.code].outcome,
    faceFen: order.face_fen,
    balanceFen: balance,
    waits: order.waits,
  });
  const found = {
    verification_code: isStopped ? 'OTHER' : seen.code,
    grade: seen.grade ?? null,
    balance_fen: balance ?? null,
    verified_at: who.at,
  };
  const record = {
    code: seen.code,
    ...(seen.grade && { grade: seen.grade }),
    ...(seen.probeId && { probe: seen.probeId }),
  };
  switch (verdict) {
    case 'pass':
      await change(tx, order, {
        transition: 'pass',
        ...who,
        record,
        save: found,
        due: settleDue(seen.grade, who.at),
      });
      return;
    case 'requote': {
      assert(balance, 'a requote has a balance to quote');
      const no = await refusedAt(tx, order, balance, who.at);
      // More on the card than the law lets such a card hold: no price for it, a person has to look.
      if (no && who.by === 'operator') throw new Refused(no);
      if (no) await change(tx, order, { transition: 'refer', ...who, record, save: found });
      else
        await requote(tx, keys, order, { balance, expiresOn: seen.expiresOn, found, record, who });
      return;
    }
    case 'reject':
      await change(tx, order, {
        transition: 'reject',
        ...who,
        record,
        save: found,
        jobs: [letGo(order)],
      });
      await freeCard(tx, order, who.at);
      return;
    case 'wait':
      await change(tx, order, {
        transition: 'wait',
        ...who,
        record,
        save: { ...found, waits: order.waits + 1 },
      });
      return;
    case 'refer':
      // An operator who cannot decide leaves the order where it is: it is already with a person.
      if (who.by === 'system')
        await change(tx, order, { transition: 'refer', ...who, record, save: found });
  }
}

async function refusedAt(
  tx: Tx,
  order: Order,
  balance: Fen,
  at: Date,
): Promise<Refusal | undefined> {
  const product = await findProduct(tx, order.sku);
  assert(product, 'an accepted order has a known product');
  return notAccepted(product, balance, at);
}
