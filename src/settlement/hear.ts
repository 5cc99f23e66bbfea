/** What the bank says about a number of ours, from whatever source, and the moves it asks for. */
import assert from 'node:assert/strict';
import { Counter } from 'prom-client';
import { chinaDay, type Log, metrics, type Tx } from '#platform';
import { append } from '#record';
import { createPayout, latePart } from './create.ts';
import { type BankMove, compensationFor, failureOf, movesTowards } from './domain.ts';
import type { BankView } from './psp.ts';
import { type Changed, noteMovement, postCompensation, stepPayout } from './step.ts';
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

interface News {
  outNo: string;
  view: BankView;
  at: Date;
}

/**
 * Brings payout, number and books to what the bank says. Twice, late or out of order is harmless. A bank that
 * contradicts itself moves nothing: it is counted, recorded and logged for people to look into.
 */
export async function hear(
  tx: Tx,
  { outNo, view, at }: News,
  { log, changed }: { log: Log; changed?: Changed | undefined },
): Promise<void> {
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
    log.error({ payout: payout.id, known: attempt.status, news: view.status }, 'bank contradicts');
    const data = { outNo, known: attempt.status, news: view.status, isSame };
    await append(tx, { subject: payout.id, type: 'payout.contradicted', data, at });
    return;
  }
  for (const transition of moves)
    payout = await follow(tx, payout, { transition, attempt, view, at }, changed);
}

async function follow(
  tx: Tx,
  payout: Payout,
  news: { transition: BankMove; attempt: Attempt; view: BankView; at: Date },
  changed: Changed | undefined,
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
      return (await stepPayout(tx, payout, { ...step, patch: { failure } }, changed)).payout;
    }
    case 'pay': {
      const bankAt = view.paidAt ?? at;
      await saveAttempt(tx, outNo, { status: 'paid', at });
      const paid = { ...step, patch: { paidAt: bankAt, failure: null } };
      const moved = await stepPayout(tx, payout, paid, changed);
      const line = { outNo, kind: 'transfer' as const, amount, bankAt };
      await noteMovement(tx, line, { process: 'payout', transition, instance: moved.instance, at });
      await compensate(tx, payout, { paidAt: bankAt, at });
      return moved.payout;
    }
    case 'bounce': {
      const bankAt = view.returnedAt ?? at;
      await saveAttempt(tx, outNo, { status: 'returned', at });
      const back = { ...step, patch: { failure: failureOf(view.reason), paidAt: null } };
      const moved = await stepPayout(tx, payout, back, changed);
      const line = { outNo, kind: 'return' as const, amount, bankAt };
      await noteMovement(tx, line, { process: 'payout', transition, instance: moved.instance, at });
      return moved.payout;
    }
  }
}

/** Late is what the bank paid after the promised day; we pay for it once, unasked, by a payout of its own. */
async function compensate(
  tx: Tx,
  payout: Payout,
  { paidAt, at }: { paidAt: Date; at: Date },
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
  await insertCompensation(tx, { payoutId, paidBy: made.payoutId, ...late, at });
  await append(tx, {
    subject: payoutId,
    type: 'payout.compensated',
    data: { daysLate: late.daysLate, amountFen: String(late.amount), paidBy: made.payoutId },
    at,
  });
}
