/** SQL of payouts, their numbers at the bank and what lateness cost. A payout's row is locked before anything. */
import type { Selectable } from 'kysely';
import { type Database, type Fen, fen, type Reader, sum, type Tx } from '#platform';
import type { AttemptStatus } from './domain.ts';

export interface Payout {
  readonly id: string;
  readonly userId: string;
  readonly subject: string;
  readonly part: string;
  readonly amount: Fen;
  readonly state: string;
  readonly settleOn: string;
  readonly promisedOn: string;
  readonly runId: string | undefined;
  readonly failure: string | undefined;
  readonly paidAt: Date | undefined;
  readonly createdAt: Date;
  /** The card whose sale it pays for. */
  readonly cardId: string | undefined;
}

const toPayout = (row: Selectable<Database['settlement.payout']>): Payout => ({
  id: row.id,
  userId: row.user_id,
  subject: row.subject,
  part: row.part,
  amount: fen(row.amount_fen),
  state: row.state,
  settleOn: row.settle_on,
  promisedOn: row.promised_on,
  runId: row.run_id ?? undefined,
  failure: row.failure ?? undefined,
  paidAt: row.paid_at ?? undefined,
  createdAt: row.created_at,
  cardId: row.card_id ?? undefined,
});

/** False, and nothing done, when this part of the subject has a payout already. */
export async function insertPayout(
  tx: Tx,
  payout: Omit<Payout, 'runId' | 'failure' | 'paidAt'>,
): Promise<boolean> {
  const row = await tx
    .insertInto('settlement.payout')
    .values({
      id: payout.id,
      user_id: payout.userId,
      subject: payout.subject,
      part: payout.part,
      amount_fen: payout.amount,
      state: payout.state,
      settle_on: payout.settleOn,
      promised_on: payout.promisedOn,
      created_at: payout.createdAt,
      card_id: payout.cardId ?? null,
    })
    .onConflict((on) => on.columns(['subject', 'part']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Locks the payout until commit; whoever moves it takes this lock before the one of its process. */
export async function lockPayout(tx: Tx, id: string): Promise<Payout | undefined> {
  const row = await tx
    .selectFrom('settlement.payout')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row && toPayout(row);
}

/** All parts of a subject, locked in the order of their ids. */
export async function lockPayoutsOf(tx: Tx, subject: string): Promise<Payout[]> {
  const rows = await tx
    .selectFrom('settlement.payout')
    .selectAll()
    .where('subject', '=', subject)
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.map(toPayout);
}

/** Created payouts up to a settlement day, oldest first; those in somebody else's hands are left to them. */
export async function lockCreated(
  tx: Tx,
  want: { settleOnMax: string | undefined; limit: number },
): Promise<Payout[]> {
  const { settleOnMax, limit } = want;
  const rows = await tx
    .selectFrom('settlement.payout')
    .selectAll()
    .where('state', '=', 'created')
    .$if(settleOnMax !== undefined, (query) => query.where('settle_on', '<=', settleOnMax ?? ''))
    .orderBy('id')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  return rows.map(toPayout);
}

export async function lockRunPayouts(tx: Tx, runId: string): Promise<Payout[]> {
  const rows = await tx
    .selectFrom('settlement.payout')
    .selectAll()
    .where('run_id', '=', runId)
    .where('state', '=', 'awaiting_approval')
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.map(toPayout);
}

export async function lockUnpaidOf(tx: Tx, userId: string): Promise<Payout[]> {
  const rows = await tx
    .selectFrom('settlement.payout')
    .selectAll()
    .where('user_id', '=', userId)
    .where('state', 'in', ['failed', 'returned'])
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.map(toPayout);
}

const UNSENT = ['created', 'awaiting_approval', 'approved', 'failed', 'returned'] as const;
type Whose = 'user_id' | 'card_id';

async function lockUnsent(tx: Tx, whose: Whose, these: readonly string[]): Promise<Payout[]> {
  const rows = await tx
    .selectFrom('settlement.payout')
    .selectAll()
    .where(whose, 'in', [...these])
    .where('state', 'in', [...UNSENT])
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.map(toPayout);
}

async function lockOnHold(tx: Tx, whose: Whose, these: readonly string[]): Promise<Payout[]> {
  const rows = await tx
    .selectFrom('settlement.payout')
    .selectAll()
    .where(whose, 'in', [...these])
    .where('on_hold', '=', true)
    .where('state', '=', 'frozen')
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.map(toPayout);
}

type LockThem = (tx: Tx, these: readonly string[]) => Promise<Payout[]>;
/** Not sent yet, of any of these recipients. */
export const lockUnsentOf: LockThem = (tx, userIds) => lockUnsent(tx, 'user_id', userIds);
/** Not sent yet, for any of these cards. */
export const lockUnsentFor: LockThem = (tx, cardIds) => lockUnsent(tx, 'card_id', cardIds);
export const lockOnHoldOf: LockThem = (tx, userIds) => lockOnHold(tx, 'user_id', userIds);
export const lockOnHoldFor: LockThem = (tx, cardIds) => lockOnHold(tx, 'card_id', cardIds);

export interface PayoutPatch {
  onHold?: boolean;
  settleOn?: string;
  promisedOn?: string;
  runId?: string | null;
  failure?: string | null;
  paidAt?: Date | null;
}

export async function savePayout(
  tx: Tx,
  id: string,
  { settleOn, promisedOn, runId, failure, paidAt, onHold, state }: PayoutPatch & { state: string },
): Promise<void> {
  await tx
    .updateTable('settlement.payout')
    .set({
      state,
      ...(settleOn !== undefined && { settle_on: settleOn }),
      ...(promisedOn !== undefined && { promised_on: promisedOn }),
      ...(runId !== undefined && { run_id: runId }),
      ...(failure !== undefined && { failure }),
      ...(paidAt !== undefined && { paid_at: paidAt }),
      ...(onHold !== undefined && { on_hold: onHold }),
    })
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

export async function findPayout(reader: Reader, id: string): Promise<Payout | undefined> {
  const row = await reader
    .selectFrom('settlement.payout')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row && toPayout(row);
}

export async function findPart(
  reader: Reader,
  key: { subject: string; part: string },
): Promise<Payout | undefined> {
  const row = await reader
    .selectFrom('settlement.payout')
    .selectAll()
    .where('subject', '=', key.subject)
    .where('part', '=', key.part)
    .executeTakeFirst();
  return row && toPayout(row);
}

/** Newest first, one more than `limit`. */
export async function listPayouts(
  reader: Reader,
  want: { userId?: string; state?: string; before: string | undefined; limit: number },
): Promise<Payout[]> {
  const { userId, state, before, limit } = want;
  let query = reader.selectFrom('settlement.payout').selectAll();
  if (userId !== undefined) query = query.where('user_id', '=', userId);
  if (state !== undefined) query = query.where('state', '=', state);
  if (before !== undefined) query = query.where('id', '<', before);
  const rows = await query
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  return rows.map(toPayout);
}

/** Money in payouts that were not sent yet. */
export async function sumWaiting(reader: Reader): Promise<Fen> {
  const rows = await reader
    .selectFrom('settlement.payout')
    .select((eb) => eb.fn.sum<string>('amount_fen').as('total'))
    .where('state', 'in', [
      'created',
      'awaiting_approval',
      'approved',
      'frozen',
      'failed',
      'returned',
    ])
    .execute();
  return sum(rows.map((row) => fen(BigInt(row.total ?? '0'))));
}

export interface Attempt {
  readonly outNo: string;
  readonly payoutId: string;
  readonly accountId: string;
  readonly amount: Fen;
  readonly status: AttemptStatus;
  readonly asks: number;
  readonly startedAt: Date;
  readonly knownAt: Date | undefined;
}

const toAttempt = (row: Selectable<Database['settlement.attempt']>): Attempt => ({
  outNo: row.out_no,
  payoutId: row.payout_id,
  accountId: row.account_id,
  amount: fen(row.amount_fen),
  status: row.status as AttemptStatus,
  asks: row.asks,
  startedAt: row.started_at,
  knownAt: row.known_at ?? undefined,
});

/** The database refuses a second number while the first may still pay: `attempt_live`. */
export async function insertAttempt(
  tx: Tx,
  attempt: Pick<Attempt, 'outNo' | 'payoutId' | 'accountId' | 'amount' | 'startedAt'>,
): Promise<void> {
  await tx
    .insertInto('settlement.attempt')
    .values({
      out_no: attempt.outNo,
      payout_id: attempt.payoutId,
      account_id: attempt.accountId,
      amount_fen: attempt.amount,
      status: 'open',
      started_at: attempt.startedAt,
    })
    .execute();
}

export async function findAttempt(reader: Reader, outNo: string): Promise<Attempt | undefined> {
  const row = await reader
    .selectFrom('settlement.attempt')
    .selectAll()
    .where('out_no', '=', outNo)
    .executeTakeFirst();
  return row && toAttempt(row);
}

export async function listAttempts(reader: Reader, payoutId: string): Promise<Attempt[]> {
  const rows = await reader
    .selectFrom('settlement.attempt')
    .selectAll()
    .where('payout_id', '=', payoutId)
    .orderBy('started_at')
    .orderBy('out_no')
    .execute();
  return rows.map(toAttempt);
}

/** The number whose outcome we do not know yet. */
export async function openAttemptOf(
  reader: Reader,
  payoutId: string,
): Promise<Attempt | undefined> {
  const row = await reader
    .selectFrom('settlement.attempt')
    .selectAll()
    .where('payout_id', '=', payoutId)
    .where('status', '=', 'open')
    .executeTakeFirst();
  return row && toAttempt(row);
}

export async function saveAttempt(
  tx: Tx,
  outNo: string,
  known: { status: AttemptStatus; at: Date },
): Promise<void> {
  await tx
    .updateTable('settlement.attempt')
    .set({ status: known.status, known_at: known.at })
    .where('out_no', '=', outNo)
    .executeTakeFirstOrThrow();
}

/** Counts one more question in vain; returns how many. */
export async function countAsk(tx: Tx, outNo: string): Promise<number> {
  const row = await tx
    .updateTable('settlement.attempt')
    .set((eb) => ({ asks: eb('asks', '+', 1) }))
    .where('out_no', '=', outNo)
    .returning('asks')
    .executeTakeFirstOrThrow();
  return row.asks;
}

export async function insertCompensation(
  tx: Tx,
  row: { payoutId: string; paidBy: string; daysLate: number; amount: Fen; at: Date },
): Promise<void> {
  await tx
    .insertInto('settlement.compensation')
    .values({
      payout_id: row.payoutId,
      paid_by: row.paidBy,
      days_late: row.daysLate,
      amount_fen: row.amount,
      at: row.at,
    })
    .execute();
}

/** True when lateness of this payout was paid for already, or when it is such a payment itself. */
export async function hasCompensation(reader: Reader, payoutId: string): Promise<boolean> {
  const row = await reader
    .selectFrom('settlement.compensation')
    .select('payout_id')
    .where((eb) => eb.or([eb('payout_id', '=', payoutId), eb('paid_by', '=', payoutId)]))
    .executeTakeFirst();
  return row !== undefined;
}

/** Compensation by the id of the late payout. */
export async function compensationsOf(
  reader: Reader,
  payoutIds: readonly string[],
): Promise<Map<string, Fen>> {
  if (payoutIds.length === 0) return new Map();
  const rows = await reader
    .selectFrom('settlement.compensation')
    .select(['payout_id', 'amount_fen'])
    .where('payout_id', 'in', payoutIds)
    .execute();
  return new Map(rows.map((row) => [row.payout_id, fen(row.amount_fen)]));
}

export async function sumCompensation(reader: Reader): Promise<Fen> {
  const row = await reader
    .selectFrom('settlement.compensation')
    .select((eb) => eb.fn.sum<string>('amount_fen').as('total'))
    .executeTakeFirst();
  return fen(BigInt(row?.total ?? '0'));
}
