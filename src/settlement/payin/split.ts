/** Telling the institution what of a frozen pay-in belongs to whom, within the limits of its channel. */
import assert from 'node:assert/strict';
import { type Fen, fen, inTransaction, isRefusal, newId, Refused, sum, type Tx } from '#platform';
import { type FollowUp, move, start, type TransitionOf } from '#process';
import { requestFailureOf } from '../domain.ts';
import { askDue, type SettlementDeps } from '../step.ts';
import { planSplit, type Share, type SplitPart } from './domain.ts';
import { splitProcess } from './life.ts';
import { lockOpen, sendOrAsk } from './request.ts';
import {
  countRequestAsk,
  findSplit,
  insertRequest,
  insertSplit,
  lockSplit,
  openRequestOf,
  type PspRequest,
  type RequestPatch,
  type Split,
  saveRequest,
  saveShares,
  saveSplit,
  sharesOf,
  splitsOf,
  sumRefunds,
  sumSplits,
} from './request_store.ts';
import { closeBooks } from './settled.ts';
import { findPayIn, lockPayIn, lockPayInsOf, type PayIn, receiptsOf } from './store.ts';
import type { RequestView } from './till.ts';

export type SplitDeps = Pick<SettlementDeps, 'db' | 'clock' | 'psp' | 'log'>;
export const SPLIT_JOB = 'settlement.push_split';
const jobFor = (splitId: string): FollowUp => ({
  task: SPLIT_JOB,
  payload: { splitId },
  key: `${SPLIT_JOB}/${splitId}`,
});

/**
 * Splits (a part of) what was paid for `subject`, in the transaction that settles `key` in our books: the order
 * itself, or one of several that share the pay-in. The same key again is the first answer again. Refuses
 * `split_over_cap`, `split_too_many`, `split_too_much`, and `not_found` when nothing was paid in.
 */
export async function splitPayIn(
  tx: Tx,
  ask: { subject: string; key?: string; shares: readonly Share[]; at: Date },
): Promise<{ splitIds: string[] }> {
  const { subject, key = subject, at } = ask;
  const shares = ask.shares.filter(({ amount }) => amount > 0n);
  for (const payIn of await lockPayInsOf(tx, subject)) {
    const receipt = (await receiptsOf(tx, payIn.id)).find(({ fate }) => fate === 'taken');
    if (!receipt) continue;
    const before = await splitsOf(tx, payIn.id, key);
    if (before.length > 0) return await asBefore(tx, before, shares);
    const given = await sumSplits(tx, payIn.id);
    const left = fen(receipt.amount - given.all - (await sumRefunds(tx, receipt.tradeNo)));
    const parts = planSplit(payIn.channel, shares, {
      ...{ paid: receipt.amount, left, others: given.others, requests: given.requests },
    });
    if (isRefusal(parts)) throw new Refused(parts);
    const splitIds: string[] = [];
    for (const [part, plan] of parts.entries())
      splitIds.push(await begin(tx, payIn, { key, part, plan, at }));
    return { splitIds };
  }
  throw new Refused('not_found');
}

async function asBefore(
  tx: Tx,
  before: readonly Split[],
  shares: readonly Share[],
): Promise<{ splitIds: string[] }> {
  const known = (await Promise.all(before.map(({ id }) => sharesOf(tx, id)))).flat();
  const text = (of: readonly Share[]): string =>
    of
      .map(({ receiver, role, amount }) => `${receiver} ${role} ${amount}`)
      .toSorted()
      .join('\n');
  assert(text(known) === text(shares), `${before[0]?.key} was split in another way`);
  return { splitIds: before.map(({ id }) => id) };
}

async function begin(
  tx: Tx,
  payIn: PayIn,
  { key, part, plan, at }: { key: string; part: number; plan: SplitPart; at: Date },
): Promise<string> {
  const { mode, shares } = plan;
  const id = newId(at);
  const amount: Fen = sum(shares.map((one) => one.amount));
  const row = { id, payInId: payIn.id, key, part, mode, amount, state: splitProcess.initial };
  await insertSplit(tx, { ...row, createdAt: at }, shares);
  const outNo = await newNumber(tx, id, at);
  await start(tx, splitProcess, {
    ...{ id, at, by: 'system', jobs: [jobFor(id)] },
    record: { subject: payIn.subject, key, amountFen: String(amount), outNo },
  });
  return id;
}

async function newNumber(tx: Tx, owner: string, at: Date): Promise<string> {
  const outNo = newId(at).replaceAll('-', '');
  await insertRequest(tx, { outNo, kind: 'split', owner, startedAt: at });
  return outNo;
}

interface Step {
  transition: TransitionOf<typeof splitProcess>;
  by: 'system' | 'bank' | 'operator' | 'clock';
  at: Date;
  actor?: string;
  due?: Date;
  note?: string;
  jobs?: readonly FollowUp[];
  record?: Record<string, unknown>;
  patch?: RequestPatch;
}

async function stepSplit(tx: Tx, row: Split, { patch, ...step }: Step): Promise<void> {
  const { state } = await move(tx, splitProcess, {
    ...{ id: row.id, ...step, record: { ...step.record, key: row.key } },
  });
  await saveSplit(tx, row.id, { ...patch, state });
}

/** The task: sends the open number, or asks for it once it may have been sent. */
export async function pushSplit(deps: SplitDeps, splitId: string): Promise<void> {
  const { db, psp, log, clock } = deps;
  const row = await findSplit(db, splitId);
  const request = row && (await openRequestOf(db, splitId));
  if (!row || !request) return;
  const { outNo } = request;
  const payIn = await findPayIn(db, { id: row.payInId });
  const taken = (await receiptsOf(db, row.payInId)).find(({ fate }) => fate === 'taken');
  assert(payIn && taken);
  const shares = (await sharesOf(db, splitId)).filter(({ doneUnder }) => doneUnder === undefined);
  const { tradeNo } = taken;
  const submit = () =>
    psp.submitSplit({ outNo, payNo: payIn.outNo, tradeNo, mode: row.mode, shares });
  const query = () => psp.querySplit(outNo);
  const lose = (code: string) => loseSight(deps, splitId, code);
  const view = await sendOrAsk(row, { submit, query, lose }, log);
  if (!view) return;
  const at = clock.now();
  await inTransaction(db, (tx) => hearSplit(tx, { outNo, view, at }, log));
}

async function loseSight({ db, clock }: SplitDeps, splitId: string, note: string) {
  const at = clock.now();
  await inTransaction(db, async (tx) => {
    const row = await lockSplit(tx, splitId);
    if (row?.state !== 'sending') return;
    await stepSplit(tx, row, { transition: 'lose', by: 'system', at, due: askDue(at, 0), note });
  });
}

/** Brings the split to what the institution says; old news move nothing. */
export async function hearSplit(
  tx: Tx,
  { outNo, view, at }: { outNo: string; view: RequestView; at: Date },
  log: SplitDeps['log'],
): Promise<void> {
  const find = (id: string) => findSplit(tx, id);
  const open = await lockOpen(tx, { outNo, view }, { find, lock: (id) => lockSplit(tx, id) }, log);
  if (open) await followSplit(tx, open.row, { request: open.request, view, at });
}

async function followSplit(
  tx: Tx,
  row: Split,
  { request, view, at }: { request: PspRequest; view: RequestView; at: Date },
): Promise<void> {
  const { outNo } = request;
  const step = { by: 'bank', at, record: { outNo } } as const;
  if (view.status === 'accepted') {
    if (row.state !== 'accepted') await stepSplit(tx, row, { ...step, transition: 'accept' });
    return;
  }
  const isDone = view.status === 'done';
  await saveRequest(tx, outNo, { status: isDone ? 'done' : 'failed', at });
  const shares = await sharesOf(tx, row.id);
  const receivers = isDone ? shares.map(({ receiver }) => receiver) : view.receivers;
  await saveShares(tx, row.id, { outNo, receivers, at: view.at ?? at });
  if (isDone) {
    const patch = { doneAt: view.at ?? at, failure: null };
    await stepSplit(tx, row, { ...step, transition: 'finish', patch });
    return await closeBooks(tx, row.payInId, at);
  }
  const failure = requestFailureOf(view.reason);
  await stepSplit(tx, row, { ...step, transition: 'reject', patch: { failure } });
}

/** Tries again what is left, under a new number: the one before has failed for certain. */
export async function resendSplit(
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
  const row = await lockSplit(tx, id);
  if (!row) throw new Refused('not_found');
  await stepSplit(tx, row, { ...rest, jobs: [jobFor(id)] });
  await newNumber(tx, id, step.at);
}

/** Settled with the institution by people, for instance after its freeze has ended. */
export async function waiveSplit(
  tx: Tx,
  { id, actor, at }: { id: string; actor: string; at: Date },
): Promise<void> {
  const found = await findSplit(tx, id);
  if (!found) throw new Refused('not_found');
  await lockPayIn(tx, found.payInId);
  const row = await lockSplit(tx, id);
  assert(row);
  await stepSplit(tx, row, { transition: 'waive', by: 'operator', at, actor });
  await closeBooks(tx, row.payInId, at);
}

/** The clock's part. */
export async function tickSplit(
  tx: Tx,
  { id, transition, at }: { id: string; transition: string; at: Date },
  log: SplitDeps['log'],
): Promise<void> {
  if (transition === 'retry' || transition === 'resend')
    return await resendSplit(tx, { id, transition, by: 'clock', at });
  const row = await lockSplit(tx, id);
  assert(row, 'a split process has a split');
  if (transition === 'park') {
    log.error({ split: id, failure: row.failure }, 'a split waits for a person');
    await stepSplit(tx, row, { transition, by: 'clock', at });
    return;
  }
  assert(transition === 'lose' || transition === 'chase' || transition === 'ask');
  const request = await openRequestOf(tx, id);
  assert(request, 'a split on its way has an open number');
  const asks = await countRequestAsk(tx, request.outNo);
  const due = transition === 'chase' ? {} : { due: askDue(at, asks) };
  await stepSplit(tx, row, { transition, by: 'clock', at, jobs: [jobFor(id)], ...due });
}
