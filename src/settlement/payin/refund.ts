/** Money back to where it came from, whole or in part, once per reason, and never more than was paid. */
import assert from 'node:assert/strict';
import type { AccountCode } from '#ledger';
import { chinaDay, type Fen, inTransaction, newId, Refused, type Tx } from '#platform';
import { type FollowUp, move, start, type TransitionOf } from '#process';
import { insertMovement } from '../bank_store.ts';
import { createPayout } from '../create.ts';
import { requestFailureOf } from '../domain.ts';
import { askDue, CUSTODY, inFlightOf, payableOf, type SettlementDeps } from '../step.ts';
import { refundProcess } from './life.ts';
import { lockOpen, sendOrAsk } from './request.ts';
import {
  countRequestAsk,
  findRefund,
  insertRefund,
  insertRequest,
  lockRefund,
  openRequestOf,
  type PspRequest,
  type Refund,
  type RequestPatch,
  saveRefund,
  saveRequest,
  sumRefunds,
} from './request_store.ts';
import { closeBooks } from './settled.ts';
import {
  findPayIn,
  lockPayIn,
  lockPayInsOf,
  type PayIn,
  type Receipt,
  receiptsOf,
} from './store.ts';
import type { RequestView } from './till.ts';

export type RefundDeps = Pick<SettlementDeps, 'db' | 'clock' | 'psp' | 'log'>;
export const REFUND_JOB = 'settlement.push_refund';
const jobFor = (refundId: string): FollowUp => ({
  task: REFUND_JOB,
  payload: { refundId },
  key: `${REFUND_JOB}/${refundId}`,
});

/**
 * Sends back what was paid for `subject`, out of `from`, whose money is in flight from now on. The same subject and
 * reason again is the first answer again. Refuses `refund_too_much`, and `insufficient_funds` of `from`.
 */
export async function refund(
  tx: Tx,
  ask: { subject: string; amountFen: Fen; from: AccountCode; at: Date; reason: string },
): Promise<{ refundId: string; state: string }> {
  const { subject, amountFen, from, at, reason } = ask;
  assert(amountFen > 0n, 'a refund is more than zero');
  const payIns = await lockPayInsOf(tx, subject);
  const first = await findRefund(tx, { subject, reason });
  if (first) {
    assert(first.amount === amountFen && first.source === from, `${subject} ${reason} differs`);
    return { refundId: first.id, state: first.state };
  }
  for (const payIn of payIns) {
    const receipt = (await receiptsOf(tx, payIn.id)).find(({ fate }) => fate === 'taken');
    if (!receipt) continue;
    const before = await sumRefunds(tx, receipt.tradeNo);
    if (before + amountFen > receipt.amount) throw new Refused('refund_too_much');
    return await begin(tx, { payIn, receipt, subject, reason, source: from, amountFen, at });
  }
  throw new Refused('refund_too_much');
}

/** A payment that nobody took. */
export async function refundReceipt(
  tx: Tx,
  payIn: PayIn,
  receipt: Receipt,
  at: Date,
): Promise<void> {
  const { tradeNo, amount: amountFen, fate } = receipt;
  const { subject } = payIn;
  const reason = `${fate}:${tradeNo.toLowerCase()}`;
  const source = `CLEARING:${payIn.id}`;
  await begin(tx, { payIn, receipt, subject, reason, source, amountFen, at });
}

async function begin(
  tx: Tx,
  made: {
    payIn: PayIn;
    receipt: Receipt;
    subject: string;
    reason: string;
    source: AccountCode;
    amountFen: Fen;
    at: Date;
  },
): Promise<{ refundId: string; state: string }> {
  const { payIn, receipt, subject, reason, source, amountFen: amount, at } = made;
  const id = newId(at);
  const { tradeNo } = receipt;
  const state = refundProcess.initial;
  const row = { id, tradeNo, payInId: payIn.id, subject, reason, source, amount, state };
  await insertRefund(tx, { ...row, createdAt: at });
  const outNo = await newNumber(tx, id, at);
  await start(tx, refundProcess, {
    ...{ id, at, by: 'system', jobs: [jobFor(id)] },
    accounts: { SOURCE: source, IN_FLIGHT: inFlightOf(id) },
    amounts: { amount },
    record: { subject, reason, amountFen: String(amount), outNo },
  });
  return { refundId: id, state };
}

async function newNumber(tx: Tx, owner: string, at: Date): Promise<string> {
  const outNo = newId(at).replaceAll('-', '');
  await insertRequest(tx, { outNo, kind: 'refund', owner, startedAt: at });
  return outNo;
}

interface Step {
  transition: TransitionOf<typeof refundProcess>;
  by: 'system' | 'bank' | 'operator' | 'clock';
  at: Date;
  actor?: string;
  due?: Date;
  note?: string;
  jobs?: readonly FollowUp[];
  record?: Record<string, unknown>;
  patch?: RequestPatch;
}

async function stepRefund(tx: Tx, row: Refund, payerId: string, { patch, ...step }: Step) {
  const { id, amount, subject } = row;
  const instance = await move(tx, refundProcess, {
    ...{ id, ...step, amounts: { amount } },
    accounts: { IN_FLIGHT: inFlightOf(id), CUSTODY, PAYABLE: payableOf(payerId) },
    record: { ...step.record, subject },
  });
  await saveRefund(tx, id, { ...patch, state: instance.state });
  return instance;
}

async function payerOf(tx: Tx, row: Refund): Promise<string> {
  const payIn = await findPayIn(tx, { id: row.payInId });
  assert(payIn);
  return payIn.payerId;
}

/** The task: sends the open number, or asks for it once it may have been sent. */
export async function pushRefund(deps: RefundDeps, refundId: string): Promise<void> {
  const { db, psp, log } = deps;
  const row = await findRefund(db, { id: refundId });
  const request = row && (await openRequestOf(db, refundId));
  if (!row || !request) return;
  const payIn = await findPayIn(db, { id: row.payInId });
  assert(payIn);
  const { outNo } = request;
  const { tradeNo, amount } = row;
  const submit = () => psp.submitRefund({ outNo, payNo: payIn.outNo, tradeNo, amount });
  const query = () => psp.queryRefund(outNo);
  const lose = (code: string) => loseSight(deps, refundId, code);
  const view = await sendOrAsk(row, { submit, query, lose }, log);
  if (!view) return;
  const at = deps.clock.now();
  await inTransaction(db, (tx) => hearRefund(tx, { outNo, view, at }, log));
}

/** The call may have arrived: from here on only the institution's own word counts. */
async function loseSight({ db, clock }: RefundDeps, refundId: string, note: string) {
  const at = clock.now();
  await inTransaction(db, async (tx) => {
    const row = await lockRefund(tx, refundId);
    if (row?.state !== 'sending') return;
    const step = { transition: 'lose', by: 'system', at, due: askDue(at, 0), note } as const;
    await stepRefund(tx, row, await payerOf(tx, row), step);
  });
}

/** Brings the refund to what the institution says; old news move nothing. */
export async function hearRefund(
  tx: Tx,
  { outNo, view, at }: { outNo: string; view: RequestView; at: Date },
  log: RefundDeps['log'],
): Promise<void> {
  const find = (id: string) => findRefund(tx, { id });
  const open = await lockOpen(tx, { outNo, view }, { find, lock: (id) => lockRefund(tx, id) }, log);
  if (open) await followRefund(tx, open.row, { request: open.request, view, at });
}

async function followRefund(
  tx: Tx,
  row: Refund,
  { request, view, at }: { request: PspRequest; view: RequestView; at: Date },
): Promise<void> {
  const { outNo } = request;
  const payer = await payerOf(tx, row);
  const step = { by: 'bank', at, record: { outNo } } as const;
  if (view.status === 'accepted') {
    if (row.state !== 'accepted')
      await stepRefund(tx, row, payer, { ...step, transition: 'accept' });
    return;
  }
  if (view.status !== 'done') {
    const failure = requestFailureOf(view.reason);
    await saveRequest(tx, outNo, { status: 'failed', at });
    await stepRefund(tx, row, payer, { ...step, transition: 'reject', patch: { failure } });
    return;
  }
  const bankAt = view.at ?? at;
  await saveRequest(tx, outNo, { status: 'done', at });
  const paid = { ...step, transition: 'pay', patch: { doneAt: bankAt, failure: null } } as const;
  const { id, seq } = await stepRefund(tx, row, payer, paid);
  await insertMovement(tx, {
    ...{ outNo, kind: 'refund', amount: row.amount, bankAt, bankDay: chinaDay(bankAt) },
    ...{ postedAt: at, transferKind: 'refund.pay', transferRef: `${id}/${seq}` },
  });
  await closeBooks(tx, row.payInId, at);
}

/** Tries again under a new number: the one before has failed for certain. */
export async function resendRefund(
  tx: Tx,
  step: {
    id: string;
    transition: 'retry' | 'resend';
    by: 'clock' | 'operator';
    at: Date;
    actor?: string;
  },
): Promise<void> {
  const { id, ...rest } = step;
  const row = await lockRefund(tx, id);
  if (!row) throw new Refused('not_found');
  const moved = { ...rest, jobs: [jobFor(id)] };
  await stepRefund(tx, row, await payerOf(tx, row), moved);
  await newNumber(tx, id, step.at);
}

/** The way back is gone for good: the payer is paid to the bank account instead, like a seller. */
export async function creditRefund(
  tx: Tx,
  { id, actor, at }: { id: string; actor: string; at: Date },
): Promise<void> {
  const found = await findRefund(tx, { id });
  if (!found) throw new Refused('not_found');
  await lockPayIn(tx, found.payInId);
  const row = await lockRefund(tx, id);
  assert(row);
  const userId = await payerOf(tx, row);
  await stepRefund(tx, row, userId, { transition: 'credit', by: 'operator', at, actor });
  await createPayout(tx, { userId, subject: id, part: 'refund', amountFen: row.amount, at });
  await closeBooks(tx, row.payInId, at);
}

/** The clock's part. */
export async function tickRefund(
  tx: Tx,
  { id, transition, at }: { id: string; transition: string; at: Date },
  log: RefundDeps['log'],
): Promise<void> {
  if (transition === 'retry' || transition === 'resend')
    return await resendRefund(tx, { id, transition, by: 'clock', at });
  const row = await lockRefund(tx, id);
  assert(row, 'a refund process has a refund');
  const payer = await payerOf(tx, row);
  if (transition === 'park') {
    log.error({ refund: id, failure: row.failure }, 'a refund waits for a person');
    await stepRefund(tx, row, payer, { transition, by: 'clock', at });
    return;
  }
  assert(transition === 'lose' || transition === 'chase' || transition === 'ask');
  const request = await openRequestOf(tx, id);
  assert(request, 'a refund on its way has an open number');
  const asks = await countRequestAsk(tx, request.outNo);
  const due = transition === 'chase' ? {} : { due: askDue(at, asks) };
  await stepRefund(tx, row, payer, { transition, by: 'clock', at, jobs: [jobFor(id)], ...due });
}
