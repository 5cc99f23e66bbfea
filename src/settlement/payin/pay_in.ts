/** Asking a payer for money, and what becomes of each payment: handed to whoever sells, or sent back by itself. */
import assert from 'node:assert/strict';
import { Counter } from 'prom-client';
import { type AccountCode, balanceOf, post } from '#ledger';
import {
  chinaDay,
  type Fen,
  inTransaction,
  metrics,
  newId,
  type Reader,
  Refused,
  type Tx,
  WorldError,
} from '#platform';
import { type FollowUp, move, start, type TransitionOf } from '#process';
import { insertMovement } from '../bank_store.ts';
import { CUSTODY, type SettlementDeps } from '../step.ts';
import { type Channel, fateOf, isUnpaid, thawsAt } from './domain.ts';
import { payInProcess } from './life.ts';
import { refundReceipt } from './refund.ts';
import {
  findPayIn,
  insertPayIn,
  insertReceipt,
  lockPayIn,
  lockPayInsOf,
  type PayIn,
  payInsOf,
  receiptsOf,
  saveFate,
  savePayIn,
} from './store.ts';
import type { OrderView, Payment } from './till.ts';

export type PayInDeps = Pick<
  SettlementDeps,
  'db' | 'clock' | 'psp' | 'log' | 'paidIn' | 'payInClosed'
>;
type Ears = Pick<PayInDeps, 'log' | 'paidIn' | 'payInClosed'>;

const agedPayIns = new Counter({
  name: 'huiquan_pay_ins_aged_total',
  help: 'Pay-ins that were neither split nor refunded within twenty days',
  registers: [metrics],
});

export const PAY_IN_JOB = 'settlement.ask_pay_in';
export const payInJob = (payInId: string): FollowUp => ({
  task: PAY_IN_JOB,
  payload: { payInId },
  key: `${PAY_IN_JOB}/${payInId}`,
});

/** Money of a payment that nobody has taken yet. */
export const clearingOf = (payInId: string): AccountCode => `CLEARING:${payInId}`;

export interface PayInFacts {
  id: string;
  subject: string;
  payerId: string;
  channel: Channel;
  /** Of the process `pay_in`. */
  state: string;
  amountFen: Fen;
  expiresAt: Date;
  /** Where the payer pays: known a moment after, once the institution has the order. */
  payUrl: string | undefined;
  paidAt: Date | undefined;
}

export const payInFacts = (row: PayIn): PayInFacts => ({
  ...{ id: row.id, subject: row.subject, payerId: row.payerId, channel: row.channel },
  ...{ state: row.state, amountFen: row.amount, expiresAt: row.expiresAt },
  ...{ payUrl: row.payUrl, paidAt: row.paidAt },
});

/**
 * Asks the payer for the price of `subject`. The same question again is the same pay-in; another channel or amount
 * closes the one before. Refuses `already_paid`.
 */
export async function openPayIn(
  tx: Tx,
  ask: {
    subject: string;
    payerId: string;
    amountFen: Fen;
    at: Date;
    expiresAt: Date;
    channel: Channel;
  },
): Promise<PayInFacts> {
  const { subject, payerId, amountFen: amount, at, expiresAt, channel } = ask;
  assert(amount > 0n, 'a pay-in is more than zero');
  assert(expiresAt > at, 'a pay-in can be paid for a while');
  for (const before of await lockPayInsOf(tx, subject)) {
    if (isTaken(before.state)) throw new Refused('already_paid');
    if (before.state !== 'requested' && before.state !== 'open') continue;
    assert(before.payerId === payerId, `${subject} is being paid by somebody else`);
    const isSame = before.channel === channel && before.amount === amount;
    if (isSame && before.expiresAt > at) return payInFacts(before);
    await closeOne(tx, before, { by: 'system', at });
  }
  const id = newId(at);
  const outNo = id.replaceAll('-', '');
  const state = payInProcess.initial;
  const made = { id, subject, payerId, channel, outNo, amount, state, createdAt: at, expiresAt };
  await insertPayIn(tx, made);
  await start(tx, payInProcess, {
    ...{ id, at, by: 'system', due: expiresAt, jobs: [payInJob(id)] },
    record: { subject, channel, amountFen: String(amount), outNo },
  });
  return payInFacts({ ...made, payUrl: undefined, paidAt: undefined, thawsAt: undefined });
}

const isTaken = (state: string): boolean =>
  state === 'held' || state === 'aging' || state === 'settled' || state === 'thawed';

/** The latest pay-in of a subject. */
export async function payInOf(reader: Reader, subject: string): Promise<PayInFacts | undefined> {
  const [latest] = await payInsOf(reader, subject);
  return latest && payInFacts(latest);
}

/** Nobody is to pay for this any more. What was paid meanwhile is still offered, and goes back when it is late. */
export async function closePayIn(tx: Tx, { subject, at }: { subject: string; at: Date }) {
  for (const one of await lockPayInsOf(tx, subject))
    if (one.state === 'requested' || one.state === 'open')
      await closeOne(tx, one, { by: 'system', at });
}

async function closeOne(
  tx: Tx,
  payIn: PayIn,
  { by, at }: { by: 'system' | 'buyer'; at: Date },
): Promise<void> {
  await stepPayIn(tx, payIn, { transition: 'cancel', by, at, jobs: [payInJob(payIn.id)] });
}

interface Step {
  transition: TransitionOf<typeof payInProcess>;
  by: 'system' | 'bank' | 'buyer' | 'clock';
  at: Date;
  due?: Date;
  jobs?: readonly FollowUp[];
  record?: Record<string, unknown>;
  patch?: { payUrl?: string | undefined; paidAt?: Date; thawsAt?: Date };
}

/** The row must be locked by the caller. */
export async function stepPayIn(tx: Tx, payIn: PayIn, { patch, ...step }: Step): Promise<PayIn> {
  const { id, subject } = payIn;
  const { state } = await move(tx, payInProcess, {
    id,
    ...step,
    record: { ...step.record, subject },
  });
  await savePayIn(tx, id, { ...patch, state });
  return { ...payIn, state };
}

/** The task: sends the number, or asks what became of it, or closes it; whichever it needs now. */
export async function askPayIn(deps: PayInDeps, payInId: string): Promise<void> {
  const payIn = await findPayIn(deps.db, { id: payInId });
  if (!payIn) return;
  let view: OrderView | undefined;
  try {
    view = await viewOf(deps, payIn);
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    if (error.kind !== 'reject') {
      // The clock asks again soon.
      deps.log.warn({ payIn: payInId, code: error.code }, 'the institution did not answer');
      return;
    }
    view = NOTHING;
  }
  await hearPayIn(deps, payInId, view ?? NOTHING);
}
const NOTHING: OrderView = { status: 'closed', payUrl: undefined, payments: [] };

async function viewOf({ psp }: PayInDeps, payIn: PayIn): Promise<OrderView | undefined> {
  const { state, outNo } = payIn;
  if (state === 'requested') return await psp.submitOrder(payIn);
  if (state === 'closing') return await psp.closeOrder(outNo);
  return await psp.queryOrder(outNo);
}

/**
 * Brings the pay-in to what the institution says. Whoever sells may have changed its mind in a way that refuses:
 * then the payment is late for it and goes back, for money must never wait for somebody to agree.
 */
export async function hearPayIn(deps: PayInDeps, payInId: string, view: OrderView): Promise<void> {
  const at = deps.clock.now();
  try {
    await inTransaction(deps.db, (tx) => follow(tx, { payInId, view, at }, deps));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { code } = error.refusal;
    deps.log.error({ payIn: payInId, code }, 'a payment was refused by who sells: it goes back');
    const ears: Ears = { ...deps, paidIn: async () => 'late' };
    await inTransaction(deps.db, (tx) => follow(tx, { payInId, view, at }, ears));
  }
}

async function follow(
  tx: Tx,
  { payInId, view, at }: { payInId: string; view: OrderView; at: Date },
  ears: Ears,
): Promise<void> {
  const found = await findPayIn(tx, { id: payInId });
  assert(found, 'the number was stored before the call');
  // Locks of one subject are taken together and in one order: taking one closes the others.
  await lockPayInsOf(tx, found.subject);
  let payIn = await lockPayIn(tx, payInId);
  assert(payIn);
  const known = new Set((await receiptsOf(tx, payInId)).map(({ tradeNo }) => tradeNo));
  const payments = view.payments.filter(({ tradeNo }) => !known.has(tradeNo));
  for (const payment of payments.toSorted((a, b) => Number(a.at) - Number(b.at)))
    payIn = await receive(tx, payIn, { payment, at }, ears);
  if (view.status === 'open' && payIn.state === 'requested') {
    const { payUrl } = view;
    const due = payIn.expiresAt;
    await stepPayIn(tx, payIn, { transition: 'create', by: 'bank', at, due, patch: { payUrl } });
  }
  if (view.status === 'closed' && isUnpaid(payIn.state)) {
    await stepPayIn(tx, payIn, { transition: 'shut', by: 'bank', at });
    await ears.payInClosed?.(tx, { subject: payIn.subject, payInId, at });
  }
}

/** One payment: into the books whatever it is, then to whoever takes it. */
async function receive(
  tx: Tx,
  payIn: PayIn,
  { payment, at }: { payment: Payment; at: Date },
  ears: Ears,
): Promise<PayIn> {
  const { id: payInId, subject } = payIn;
  const { tradeNo, amount, at: bankAt } = payment;
  await book(tx, payIn, { payment, at });
  const siblings = await lockPayInsOf(tx, subject);
  const hasTaken = siblings.some(({ state }) => isTaken(state));
  const fate = fateOf({ state: payIn.state, amount: payIn.amount, hasTaken }, amount);
  const receipt = { tradeNo, payInId, amount, bankAt, heardAt: at };
  await insertReceipt(tx, { ...receipt, fate: fate === 'offer' ? 'taken' : fate });
  if (fate === 'offer') {
    const taken = await offer(tx, payIn, { payment, at }, ears);
    if (taken) return taken;
    await saveFate(tx, tradeNo, 'late');
  }
  const sentBack = fate === 'offer' ? 'late' : fate;
  ears.log.warn({ payIn: payInId, fate: sentBack }, 'a payment goes back to its payer');
  await refundReceipt(tx, payIn, { ...receipt, fate: sentBack }, at);
  if (!isUnpaid(payIn.state)) return payIn;
  const record = { tradeNo, fate: sentBack };
  const after = await stepPayIn(tx, payIn, { transition: 'decline', by: 'bank', at, record });
  await ears.payInClosed?.(tx, { subject, payInId, at });
  return after;
}

async function book(
  tx: Tx,
  { id: payInId, outNo: payNo }: PayIn,
  { payment, at }: { payment: Payment; at: Date },
): Promise<void> {
  const { tradeNo, amount, at: bankAt } = payment;
  const name = { kind: RECEIPT, ref: tradeNo };
  const legs = [{ from: CUSTODY, to: clearingOf(payInId), amount }];
  await post(tx, { ...name, subject: payInId, at, legs });
  await insertMovement(tx, {
    // As the statement names it: our number may be paid twice.
    ...{
      outNo: `${payNo}_${tradeNo}`,
      kind: 'pay_in',
      amount,
      bankAt,
      bankDay: chinaDay(bankAt),
      postedAt: at,
    },
    ...{ transferKind: name.kind, transferRef: name.ref },
  });
}
export const RECEIPT = 'pay_in.receipt';

/** Undefined: nobody wants it any more. */
async function offer(
  tx: Tx,
  payIn: PayIn,
  { payment, at }: { payment: Payment; at: Date },
  { paidIn }: Ears,
): Promise<PayIn | undefined> {
  const { id: payInId, subject, amount: amountFen, channel } = payIn;
  const from = clearingOf(payInId);
  const answer = (await paidIn?.(tx, { subject, payInId, amountFen, from, at })) ?? 'late';
  const { balance } = await balanceOf(tx, from);
  if (answer === 'late') {
    assert(balance >= payment.amount, 'who does not take a payment leaves it where it is');
    return undefined;
  }
  assert(balance === 0n, 'who takes a payment takes all of it');
  for (const other of await lockPayInsOf(tx, subject))
    if (other.id !== payInId && (other.state === 'requested' || other.state === 'open'))
      await closeOne(tx, other, { by: 'system', at });
  const due = thawsAt(channel, payment.at);
  return await stepPayIn(tx, payIn, {
    ...{ transition: 'take', by: 'bank', at, patch: { paidAt: payment.at, thawsAt: due } },
    record: { tradeNo: payment.tradeNo, thawsAt: due.toISOString() },
  });
}

/** The clock's part. */
export async function tickPayIn(
  tx: Tx,
  { id, transition, at }: { id: string; transition: string; at: Date },
  log: PayInDeps['log'],
): Promise<void> {
  const payIn = await lockPayIn(tx, id);
  assert(payIn, 'a pay_in process has a pay-in');
  const by = 'clock';
  switch (transition) {
    case 'call':
    case 'look': {
      const due = payIn.expiresAt;
      await stepPayIn(tx, payIn, { transition, by, at, due, jobs: [payInJob(id)] });
      return;
    }
    case 'expire':
    case 'chase':
      await stepPayIn(tx, payIn, { transition, by, at, jobs: [payInJob(id)] });
      return;
    case 'age': {
      assert(payIn.thawsAt);
      agedPayIns.inc();
      log.error({ payIn: id, thawsAt: payIn.thawsAt }, 'a pay-in is neither split nor refunded');
      await stepPayIn(tx, payIn, { transition, by, at, due: payIn.thawsAt });
      return;
    }
    case 'thaw':
      log.error({ payIn: id }, 'the channel has ended its freeze: the rest can no longer be split');
      await stepPayIn(tx, payIn, { transition, by, at });
      return;
    default:
      assert.fail(`no clock for ${transition}`);
  }
}
