/** From rows of pay-ins, refunds and splits to what may be shown. */
import type { PayInFacts } from './pay_in.ts';
import type { PspRequest, Refund, Split, SplitShare } from './request_store.ts';
import type { ConsolePayIn, ConsoleRefund, ConsoleSplit, PayInView } from './schema.ts';
import type { PayIn, Receipt } from './store.ts';

/** Until it is paid or closed the payer is shown where to pay. */
export const payInView = (facts: PayInFacts): PayInView => ({
  ...{ id: facts.id, subject: facts.subject, channel: facts.channel, state: facts.state },
  amountFen: String(facts.amountFen),
  expiresAt: facts.expiresAt.toISOString(),
  ...(facts.payUrl !== undefined && facts.state === 'open' && { payUrl: facts.payUrl }),
  ...(facts.paidAt && { paidAt: facts.paidAt.toISOString() }),
});

export const consolePayIn = (row: PayIn): ConsolePayIn => ({
  ...{ id: row.id, subject: row.subject, channel: row.channel, state: row.state },
  ...{ payerId: row.payerId, outNo: row.outNo, amountFen: String(row.amount) },
  expiresAt: row.expiresAt.toISOString(),
  createdAt: row.createdAt.toISOString(),
  ...(row.paidAt && { paidAt: row.paidAt.toISOString() }),
  ...(row.thawsAt && { thawsAt: row.thawsAt.toISOString() }),
});

export const receiptView = ({ tradeNo, amount, fate, bankAt }: Receipt) => ({
  ...{ tradeNo, fate, amountFen: String(amount), bankAt: bankAt.toISOString() },
});

export const refundView = (row: Refund): ConsoleRefund => ({
  ...{ id: row.id, payInId: row.payInId, subject: row.subject, reason: row.reason },
  ...{ source: row.source, amountFen: String(row.amount), state: row.state },
  ...(row.failure !== undefined && { failure: row.failure }),
  createdAt: row.createdAt.toISOString(),
  ...(row.doneAt && { doneAt: row.doneAt.toISOString() }),
});

export const splitView = (row: Split): ConsoleSplit => ({
  ...{ id: row.id, payInId: row.payInId, key: row.key, part: row.part, mode: row.mode },
  ...{ amountFen: String(row.amount), state: row.state },
  ...(row.failure !== undefined && { failure: row.failure }),
  createdAt: row.createdAt.toISOString(),
  ...(row.doneAt && { doneAt: row.doneAt.toISOString() }),
});

export const shareView = ({ receiver, role, amount, doneUnder }: SplitShare) => ({
  ...{ receiver, role, amountFen: String(amount) },
  ...(doneUnder !== undefined && { doneUnder }),
});

export const requestView = ({ outNo, status, asks, startedAt, knownAt }: PspRequest) => ({
  ...{ outNo, status, asks, startedAt: startedAt.toISOString() },
  ...(knownAt && { knownAt: knownAt.toISOString() }),
});
