/**
 * How a person of the operator comes to see a card's secret: asked for with a reason, approved by somebody else,
 * opened once within a minute, and written into the record before anything is decrypted.
 */
import {
  type Db,
  inTransaction,
  type Keys,
  MINUTE,
  plus,
  Refused,
  SECOND,
  type Tx,
} from '#platform';
import { append } from '#record';
import type { CardSecret } from '../vault/envelope.ts';
import { takeOut } from '../vault/keep.ts';
import { findCard, getSecret } from '../vault/store.ts';
import { insertReveal, lockReveal, type Reveal, saveApproval, saveOpened } from './store.ts';

/** A request waits this long for its second person. */
export const REQUEST_TTL_MS = 30 * MINUTE;
/** An approval is for now; one that lapses unopened may be given again while the request lives. */
export const APPROVAL_TTL_MS = 60 * SECOND;
/** How long a page shows the secret. */
export const SHOW_SECONDS = 60;

export async function requestReveal(
  tx: Tx,
  input: {
    cardId: string;
    orderRef: string;
    reasonCode: string;
    note: string;
    by: string;
    at: Date;
  },
): Promise<{ revealId: string }> {
  const { cardId, orderRef, reasonCode, note, by, at } = input;
  if (!(await findCard(tx, cardId))) throw new Refused('not_found');
  if ((await getSecret(tx, cardId)) === 'shredded') throw new Refused('card_shredded');
  const expiresAt = plus(at, REQUEST_TTL_MS);
  const row = { cardId, orderRef, reasonCode, note, requestedBy: by, at, expiresAt };
  const revealId = await insertReveal(tx, row);
  const data = { revealId, orderRef, reasonCode, by };
  await append(tx, { subject: cardId, type: 'card.reveal_requested', data, at });
  return { revealId };
}

/** Refusals: not_found, reveal_self_approval, reveal_used, reveal_lapsed. */
export async function approveReveal(
  tx: Tx,
  { revealId, by, at }: { revealId: string; by: string; at: Date },
): Promise<void> {
  const reveal = await lockReveal(tx, revealId);
  if (!reveal) throw new Refused('not_found');
  if (reveal.requestedBy === by) throw new Refused('reveal_self_approval');
  if (reveal.openedAt) throw new Refused('reveal_used');
  if (at > reveal.requestExpiresAt) throw new Refused('reveal_lapsed');
  await saveApproval(tx, { id: revealId, by, at, expiresAt: plus(at, APPROVAL_TTL_MS) });
  const data = { revealId, by };
  await append(tx, { subject: reveal.cardId, type: 'card.reveal_approved', data, at });
}

/** The requester sees it, once. The record of it is committed first: no record, no secret. */
export async function openReveal(
  { db, keys }: { db: Db; keys: Keys },
  { revealId, by, at }: { revealId: string; by: string; at: Date },
): Promise<CardSecret> {
  const cardId = await inTransaction(db, async (tx) => {
    const reveal = await lockReveal(tx, revealId);
    mayOpen(reveal, by, at);
    await saveOpened(tx, revealId, at);
    const data = { revealId, by, orderRef: reveal.orderRef };
    await append(tx, { subject: reveal.cardId, type: 'card.revealed', data, at });
    return reveal.cardId;
  });
  return await takeOut(db, keys, cardId);
}

function mayOpen(reveal: Reveal | undefined, by: string, at: Date): asserts reveal is Reveal {
  if (!reveal || reveal.requestedBy !== by) throw new Refused('not_found');
  if (reveal.openedAt) throw new Refused('reveal_used');
  if (!reveal.approvedBy || !reveal.approvalExpiresAt) throw new Refused('reveal_not_approved');
  if (at > reveal.approvalExpiresAt) throw new Refused('reveal_lapsed');
}

export function revealState(
  reveal: Reveal,
  at: Date,
): 'waiting' | 'approved' | 'lapsed' | 'opened' {
  if (reveal.openedAt) return 'opened';
  if (reveal.approvalExpiresAt && at <= reveal.approvalExpiresAt) return 'approved';
  return at <= reveal.requestExpiresAt ? 'waiting' : 'lapsed';
}
