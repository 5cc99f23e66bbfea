/** Every day the bank's statement is laid beside our books, line by line; what differs is for people to explain. */
import { Counter } from 'prom-client';
import { type StatementEntry, statement } from '#ledger';
import {
  addDays,
  addJob,
  chinaDay,
  chinaInstant,
  DAY,
  type Db,
  fen,
  HOUR,
  inTransaction,
  metrics,
  plus,
  type Reader,
  Refused,
} from '#platform';
import { append } from '#record';
import {
  knownTransfers,
  listMovements,
  queueDay,
  reconciledSpan,
  saveReconciliation,
  stuckDays,
} from './bank_store.ts';
import { type Comparison, compare, isOut, type OurLine, parseStatement } from './domain.ts';
import { forgetRefusals } from './event_store.ts';
import { askTill } from './payin/ask.ts';
import { splitBetween } from './payin/request_store.ts';
import { askNumber } from './send.ts';
import { CUSTODY, type HearingDeps } from './step.ts';
import { findAttempt } from './store.ts';

export const RECONCILE_JOB = 'settlement.reconcile';
/** The bank's file of a day is there by six in the morning. */
const FILE_HOUR = 6;
const DAYS_MAX = 31;
const REFUSALS_KEPT_DAYS = 90;

const lines = new Counter({
  name: 'huiquan_reconciliation_lines_total',
  help: 'Lines of daily statements compared with the books, by result',
  labelNames: ['result'] as const,
  registers: [metrics],
});

/**
 * Queues the comparison of every day that the bank has closed and we have not compared; call it as often as
 * you like. Returns the days queued.
 */
export async function dailyReconcile(db: Db, at: Date): Promise<string[]> {
  const { last, first } = await reconciledSpan(db);
  if (first === undefined) return [];
  const closed = addDays(chinaDay(plus(at, -FILE_HOUR * HOUR)), -1);
  const days = await stuckDays(db, plus(at, -HOUR));
  let day = last === undefined ? chinaDay(first) : addDays(last, 1);
  for (; day <= closed && days.length < DAYS_MAX; day = addDays(day, 1)) days.push(day);
  if (days.length === 0) return [];
  await inTransaction(db, async (tx) => {
    for (const due of days) {
      await queueDay(tx, due, at);
      await addJob(tx, RECONCILE_JOB, { day: due }, { key: `${RECONCILE_JOB}/${due}` });
    }
    await forgetRefusals(tx, plus(at, -REFUSALS_KEPT_DAYS * DAY));
  });
  return days;
}

/** The task: compares one day; run again it replaces what it found before. */
export async function reconcileDay(deps: HearingDeps, day: string): Promise<void> {
  const { db, psp, clock, log } = deps;
  const theirs = parseStatement(await psp.statement(day));
  let items = await compareDay(db, day, theirs.lines);
  // What we have not heard of yet we ask for first: a lost callback is no finding.
  const unheard = items.filter(({ result }) => result === 'missing_here');
  for (const line of unheard) await askLine(deps, line);
  if (unheard.length > 0) items = await compareDay(db, day, theirs.lines);

  const findings = items.filter(({ result }) => result !== 'matched');
  const matched = items.length - findings.length;
  const doneAt = clock.now();
  const { inFen, outFen } = theirs;
  await inTransaction(db, async (tx) => {
    const done = { day, doneAt, matched, findings: findings.length, inFen, outFen };
    await saveReconciliation(tx, done, items);
    const data = { matched, findings: findings.length, inFen: `${inFen}`, outFen: `${outFen}` };
    await append(tx, { subject: `bank-day/${day}`, type: 'bank_day.reconciled', data, at: doneAt });
  });
  for (const { result } of items) lines.inc({ result });
  if (findings.length > 0)
    log.error({ day, findings: findings.length }, 'the bank and our books differ');
}

/** What the bank has and we do not: asked for by our number, which a payment's line begins with. */
async function askLine(deps: HearingDeps, { kind, ref }: Comparison): Promise<void> {
  const { db } = deps;
  if (kind === 'transfer' || kind === 'return') {
    const attempt = await findAttempt(db, ref);
    if (attempt?.status === (kind === 'return' ? 'paid' : 'open')) await askNumber(deps, attempt);
    return;
  }
  if (kind === 'refund' || kind === 'split') await askTill(deps, { kind, outNo: ref });
  if (kind === 'pay_in') await askTill(deps, { kind, outNo: ref.split('_')[0] ?? '' });
}

/** Bank lines against ledger transfers, and ledger transfers that no bank line stands behind. */
async function compareDay(
  db: Db,
  day: string,
  theirs: Parameters<typeof compare>[1],
): Promise<Comparison[]> {
  const movements = await listMovements(db, day);
  const from = chinaInstant(day);
  const to = plus(from, DAY);
  const ofDay = await entriesIn(db, from, to);
  const late = movements.map(({ postedAt }) => postedAt).filter((at) => at < from || at >= to);
  const others = await Promise.all(
    [...new Set(late.map(Number))].map((at) => entriesIn(db, new Date(at), new Date(at + 1))),
  );
  const moved = new Map<string, bigint>();
  for (const { kind, ref, amount } of [...ofDay, ...others.flat()])
    moved.set(`${kind} ${ref}`, (moved.get(`${kind} ${ref}`) ?? 0n) + amount);
  const ours = movements.map(({ outNo, kind, transferKind, transferRef }): OurLine => {
    const amount = moved.get(`${transferKind} ${transferRef}`);
    // Money out brings the account of the bank up to zero, money in takes it further below.
    const sign = isOut(kind) ? 1n : -1n;
    return { outNo, kind, amount: amount === undefined ? undefined : fen(amount * sign) };
  });
  const known = await knownTransfers(db, [...new Set(ofDay.map(({ ref }) => ref))]);
  const names = new Set(ofDay.map(({ kind, ref }) => `${kind} ${ref}`));
  const strange = [...names]
    .filter((ref) => !known.has(ref))
    .map((ref): Comparison => {
      const amount = moved.get(ref) ?? 0n;
      const size = fen(amount < 0n ? -amount : amount);
      return { kind: 'ledger', ref, result: 'missing_there', ours: size };
    });
  const splits = (await splitBetween(db, { from, to })).map(
    (one): OurLine => ({ ...one, kind: 'split' }),
  );
  return [...compare([...ours, ...splits], theirs), ...strange];
}

/** Entries of the custody account; a span with too many for one statement is read in halves. */
export async function entriesIn(reader: Reader, from: Date, to: Date): Promise<StatementEntry[]> {
  try {
    return [...(await statement(reader, CUSTODY, { from, to })).entries];
  } catch (error) {
    const isLong = error instanceof Refused && error.refusal.code === 'statement_too_long';
    if (!isLong || Number(to) - Number(from) <= 1) throw error;
    const middle = new Date(Math.floor((Number(from) + Number(to)) / 2));
    return [...(await entriesIn(reader, from, middle)), ...(await entriesIn(reader, middle, to))];
  }
}
