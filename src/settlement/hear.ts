/** What the bank says about a number of ours, from whatever source, and the moves it asks for. */
import assert from 'node:assert/strict';
import { Counter } from 'prom-client';
import { chinaDay, type Fen, type Log, metrics, type Tx, yuan } from '#platform';
import { append } from '#record';
import { isCharity } from './charity/domain.ts';
import { createPayout, latePart } from './create.ts';
import {
  type BankMove,
  compensationFor,
  failureOf,
  isRecipientsFault,
  movesTowards,
} from './domain.ts';
import type { BankView } from './psp.ts';
import { recyclerOfPayee } from './recycler/domain.ts';
import { type Changed, noteMovement, postCompensation, type SendSms, stepPayout } from './step.ts';
import {
  type Attempt,
  findAttempt,
  hasCompensation,
  insertCompensation,
  lockPayout,
  type Payout,
  saveAttempt,
} from './store.ts';

const contradictions = new Counter({
  name: 'huiquan_bank_contradictions_total',
  help: 'News of the custody bank that contradict what it said before, or name another amount',
  registers: [metrics],
});

interface Ears {
  log: Log;
  changed?: Changed | undefined;
  sendSms?: SendSms | undefined;
}
interface News {
  outNo: string;
  view: BankView;
  at: Date;
}

/**
 * Brings payout, number and books to what the bank says. Twice, late or out of order is harmless. A bank that
 * contradicts itself moves nothing: it is counted, recorded and logged for people to look into.
 */
export async function hear(tx: Tx, { outNo, view, at }: News, ears: Ears): Promise<void> {
  const known = await findAttempt(tx, outNo);
  assert(known, 'the number was stored before the call');
  let payout = await lockPayout(tx, known.payoutId);
  // Read again under the lock: another worker may have heard the same.
  const attempt = await findAttempt(tx, outNo);
  assert(payout && attempt);
  const isSame = attempt.amount === view.amount;
  const moves = isSame && movesTowards(attempt.status, payout.state === 'accepted', view.status);
  if (!moves || (payout.state === 'closed' && moves.length > 0)) {
    contradictions.inc();
    ears.log.error(
      { payout: payout.id, known: attempt.status, news: view.status },
      'bank contradicts',
    );
    const data = { outNo, known: attempt.status, news: view.status, isSame };
    await append(tx, { subject: payout.id, type: 'payout.contradicted', data, at });
    return;
  }
  for (const transition of moves)
    payout = await follow(tx, payout, { transition, attempt, view, at }, ears);
}

async function follow(
  tx: Tx,
  payout: Payout,
  news: { transition: BankMove; attempt: Attempt; view: BankView; at: Date },
  { changed, sendSms }: Ears,
): Promise<Payout> {
  const { transition, attempt, view, at } = news;
  const { outNo, amount } = attempt;
  const step = { transition, by: 'bank' as const, at, record: { outNo } };
  switch (transition) {
    case 'accept':
      return (await stepPayout(tx, payout, step, changed)).payout;
    case 'reject': {
      const failure = failureOf(view.reason);
      await saveAttempt(tx, outNo, { status: 'failed', at });
      if (isRecipientsFault(failure))
        await tell(tx, payout, { template: 'payout_returned', amount }, sendSms);
      return (await stepPayout(tx, payout, { ...step, patch: { failure } }, changed)).payout;
    }
    case 'pay': {
      const bankAt = view.paidAt ?? at;
      await saveAttempt(tx, outNo, { status: 'paid', at });
      const paid = { ...step, patch: { paidAt: bankAt, failure: null } };
      const moved = await stepPayout(tx, payout, paid, changed);
      const line = { outNo, kind: 'transfer' as const, amount, bankAt };
      await noteMovement(tx, line, { process: 'payout', transition, instance: moved.instance, at });
      await compensate(tx, payout, { paidAt: bankAt, at }, sendSms);
      await tell(tx, payout, { template: 'payout_sent', amount }, sendSms);
      return moved.payout;
    }
    case 'bounce': {
      const bankAt = view.returnedAt ?? at;
      await saveAttempt(tx, outNo, { status: 'returned', at });
      const back = { ...step, patch: { failure: failureOf(view.reason), paidAt: null } };
      const moved = await stepPayout(tx, payout, back, changed);
      const line = { outNo, kind: 'return' as const, amount, bankAt };
      await noteMovement(tx, line, { process: 'payout', transition, instance: moved.instance, at });
      await tell(tx, payout, { template: 'payout_returned', amount }, sendSms);
      return moved.payout;
    }
  }
}

/** Texts carry the end of the order's number: enough to find it, short enough to read. */
async function tell(
  tx: Tx,
  { userId, subject }: Payout,
  news: { template: 'payout_sent' | 'payout_late' | 'payout_returned'; amount: Fen },
  sendSms: SendSms | undefined,
): Promise<void> {
  // A charity or a company has no phone here; it reads its statement.
  if (isCharity(userId) || recyclerOfPayee(userId) !== undefined) return;
  const params = { order: subject.slice(-6), amount: yuan(news.amount).replace('¥', '') };
  await sendSms?.(tx, { userId, template: news.template, params });
}

/** Late is what the bank paid after the promised day; we pay for it once, unasked, by a payout of its own. */
async function compensate(
  tx: Tx,
  payout: Payout,
  { paidAt, at }: { paidAt: Date; at: Date },
  sendSms: SendSms | undefined,
): Promise<void> {
  const { amount, promisedOn } = payout;
  const late = compensationFor({ amount, promisedOn, paidDay: chinaDay(paidAt) });
  if (!late || (await hasCompensation(tx, payout.id))) return;
  const { id: payoutId, userId, subject } = payout;
  await postCompensation(tx, { payoutId, userId, amount: late.amount, at });
  const made = await createPayout(tx, {
    ...{ userId, subject, part: latePart(payout.part) },
    ...{ amountFen: late.amount, at },
  });
  await tell(tx, payout, { template: 'payout_late', amount: late.amount }, sendSms);
  await insertCompensation(tx, { payoutId, paidBy: made.payoutId, ...late, at });
  await append(tx, {
    subject: payoutId,
    type: 'payout.compensated',
    data: { daysLate: late.daysLate, amountFen: String(late.amount), paidBy: made.payoutId },
    at,
  });
}
