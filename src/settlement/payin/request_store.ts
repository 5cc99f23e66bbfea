/** SQL of refunds, splits and the numbers under which the institution was asked for them. */
import { type Selectable, sql } from 'kysely';
import { type Database, type Fen, fen, type Reader, type Tx } from '#platform';
import type { Share, ShareRole } from './domain.ts';

export interface Refund {
  readonly id: string;
  readonly tradeNo: string;
  readonly payInId: string;
  readonly subject: string;
  readonly reason: string;
  readonly source: string;
  readonly amount: Fen;
  readonly state: string;
  readonly failure: string | undefined;
  readonly createdAt: Date;
  readonly doneAt: Date | undefined;
}

const toRefund = (row: Selectable<Database['settlement.refund']>): Refund => ({
  id: row.id,
  tradeNo: row.trade_no,
  payInId: row.pay_in_id,
  subject: row.subject,
  reason: row.reason,
  source: row.source,
  amount: fen(row.amount_fen),
  state: row.state,
  failure: row.failure ?? undefined,
  createdAt: row.created_at,
  doneAt: row.done_at ?? undefined,
});

export async function insertRefund(
  tx: Tx,
  refund: Omit<Refund, 'failure' | 'doneAt'>,
): Promise<void> {
  await tx
    .insertInto('settlement.refund')
    .values({
      id: refund.id,
      trade_no: refund.tradeNo,
      pay_in_id: refund.payInId,
      subject: refund.subject,
      reason: refund.reason,
      source: refund.source,
      amount_fen: refund.amount,
      state: refund.state,
      created_at: refund.createdAt,
    })
    .execute();
}

export async function lockRefund(tx: Tx, id: string): Promise<Refund | undefined> {
  const row = await tx
    .selectFrom('settlement.refund')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row && toRefund(row);
}

export async function findRefund(
  reader: Reader,
  by: { id: string } | { subject: string; reason: string },
): Promise<Refund | undefined> {
  const query = reader.selectFrom('settlement.refund').selectAll();
  const row = await ('id' in by
    ? query.where('id', '=', by.id)
    : query.where('subject', '=', by.subject).where('reason', '=', by.reason)
  ).executeTakeFirst();
  return row && toRefund(row);
}

/** Newest first, one more than `limit`. */
export async function listRefunds(
  reader: Reader,
  want: { state?: string; before: string | undefined; limit: number },
): Promise<Refund[]> {
  let query = reader.selectFrom('settlement.refund').selectAll();
  if (want.state !== undefined) query = query.where('state', '=', want.state);
  if (want.before !== undefined) query = query.where('id', '<', want.before);
  const rows = await query
    .orderBy('id', 'desc')
    .limit(want.limit + 1)
    .execute();
  return rows.map(toRefund);
}

export async function refundsOf(reader: Reader, subject: string): Promise<Refund[]> {
  const rows = await reader
    .selectFrom('settlement.refund')
    .selectAll()
    .where('subject', '=', subject)
    .orderBy('id')
    .execute();
  return rows.map(toRefund);
}

export async function refundsOfPayIn(reader: Reader, payInId: string): Promise<Refund[]> {
  const rows = await reader
    .selectFrom('settlement.refund')
    .selectAll()
    .where('pay_in_id', '=', payInId)
    .orderBy('id')
    .execute();
  return rows.map(toRefund);
}

/** All that goes or went back of one payment; what failed is still to go back. */
export async function sumRefunds(reader: Reader, tradeNo: string): Promise<Fen> {
  const row = await reader
    .selectFrom('settlement.refund')
    .select((eb) => eb.fn.sum<string>('amount_fen').as('total'))
    .where('trade_no', '=', tradeNo)
    .executeTakeFirst();
  return fen(BigInt(row?.total ?? '0'));
}

export interface RequestPatch {
  failure?: string | null;
  doneAt?: Date;
}

export async function saveRefund(
  tx: Tx,
  id: string,
  { state, failure, doneAt }: RequestPatch & { state: string },
): Promise<void> {
  await tx
    .updateTable('settlement.refund')
    .set({
      state,
      ...(failure !== undefined && { failure }),
      ...(doneAt && { done_at: doneAt }),
    })
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

export interface Split {
  readonly id: string;
  readonly payInId: string;
  readonly key: string;
  readonly part: number;
  readonly mode: 'sync' | 'async';
  readonly amount: Fen;
  readonly state: string;
  readonly failure: string | undefined;
  readonly createdAt: Date;
  readonly doneAt: Date | undefined;
}

const toSplit = (row: Selectable<Database['settlement.split']>): Split => ({
  id: row.id,
  payInId: row.pay_in_id,
  key: row.key,
  part: row.part,
  mode: row.mode as Split['mode'],
  amount: fen(row.amount_fen),
  state: row.state,
  failure: row.failure ?? undefined,
  createdAt: row.created_at,
  doneAt: row.done_at ?? undefined,
});

export async function insertSplit(
  tx: Tx,
  split: Omit<Split, 'failure' | 'doneAt'>,
  shares: readonly Share[],
): Promise<void> {
  await tx
    .insertInto('settlement.split')
    .values({
      id: split.id,
      pay_in_id: split.payInId,
      key: split.key,
      part: split.part,
      mode: split.mode,
      amount_fen: split.amount,
      state: split.state,
      created_at: split.createdAt,
    })
    .execute();
  await tx
    .insertInto('settlement.split_share')
    .values(
      shares.map(({ receiver, role, amount }) => ({
        ...{ split_id: split.id, receiver, role, amount_fen: amount },
      })),
    )
    .execute();
}

export async function lockSplit(tx: Tx, id: string): Promise<Split | undefined> {
  const row = await tx
    .selectFrom('settlement.split')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row && toSplit(row);
}

export async function findSplit(reader: Reader, id: string): Promise<Split | undefined> {
  const row = await reader
    .selectFrom('settlement.split')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row && toSplit(row);
}

/** In the order of their parts. */
export async function splitsOf(reader: Reader, payInId: string, key?: string): Promise<Split[]> {
  let query = reader.selectFrom('settlement.split').selectAll().where('pay_in_id', '=', payInId);
  if (key !== undefined) query = query.where('key', '=', key);
  const rows = await query.orderBy('key').orderBy('part').execute();
  return rows.map(toSplit);
}

/** Newest first, one more than `limit`. */
export async function listSplits(
  reader: Reader,
  want: { state?: string; before: string | undefined; limit: number },
): Promise<Split[]> {
  let query = reader.selectFrom('settlement.split').selectAll();
  if (want.state !== undefined) query = query.where('state', '=', want.state);
  if (want.before !== undefined) query = query.where('id', '<', want.before);
  const rows = await query
    .orderBy('id', 'desc')
    .limit(want.limit + 1)
    .execute();
  return rows.map(toSplit);
}

export async function saveSplit(
  tx: Tx,
  id: string,
  { state, failure, doneAt }: RequestPatch & { state: string },
): Promise<void> {
  await tx
    .updateTable('settlement.split')
    .set({
      state,
      ...(failure !== undefined && { failure }),
      ...(doneAt && { done_at: doneAt }),
    })
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

export interface SplitShare extends Share {
  readonly doneUnder: string | undefined;
}

export async function sharesOf(reader: Reader, splitId: string): Promise<SplitShare[]> {
  const rows = await reader
    .selectFrom('settlement.split_share')
    .selectAll()
    .where('split_id', '=', splitId)
    .orderBy('receiver')
    .execute();
  return rows.map((row) => ({
    receiver: row.receiver,
    role: row.role as ShareRole,
    amount: fen(row.amount_fen),
    doneUnder: row.done_under ?? undefined,
  }));
}

export async function saveShares(
  tx: Tx,
  splitId: string,
  { outNo, receivers, at }: { outNo: string; receivers: readonly string[]; at: Date },
): Promise<void> {
  if (receivers.length === 0) return;
  await tx
    .updateTable('settlement.split_share')
    .set({ done_under: outNo, done_at: at })
    .where('split_id', '=', splitId)
    .where('receiver', 'in', receivers)
    .where('done_under', 'is', null)
    .execute();
}

/** What was split between two instants of the institution's time, by its number. */
export async function splitBetween(
  reader: Reader,
  { from, to }: { from: Date; to: Date },
): Promise<{ outNo: string; amount: Fen }[]> {
  const rows = await reader
    .selectFrom('settlement.split_share')
    .select((eb) => ['done_under', eb.fn.sum<string>('amount_fen').as('total')])
    .where('done_at', '>=', from)
    .where('done_at', '<', to)
    .groupBy('done_under')
    .execute();
  return rows.map((row) => ({ outNo: row.done_under ?? '', amount: fen(BigInt(row.total)) }));
}

/** What was promised of a pay-in so far: all of it, what is not the payees', and in how many requests. */
export async function sumSplits(
  reader: Reader,
  payInId: string,
): Promise<{ all: Fen; others: Fen; requests: number }> {
  const { rows } = await sql<{ total: string; others: string; requests: number }>`
    select coalesce(sum(h.amount_fen), 0)::text as total,
      coalesce(sum(h.amount_fen) filter (where h.role <> 'payee'), 0)::text as others,
      (select count(*)::int from settlement.psp_request r join settlement.split o on o.id = r.owner
       where o.pay_in_id = ${payInId}) as requests
    from settlement.split s join settlement.split_share h on h.split_id = s.id
    where s.pay_in_id = ${payInId}`.execute(reader);
  const [row] = rows;
  return {
    all: fen(BigInt(row?.total ?? '0')),
    others: fen(BigInt(row?.others ?? '0')),
    requests: row?.requests ?? 0,
  };
}

export interface PspRequest {
  readonly outNo: string;
  readonly kind: 'refund' | 'split';
  readonly owner: string;
  readonly status: 'open' | 'done' | 'failed';
  readonly asks: number;
  readonly startedAt: Date;
  readonly knownAt: Date | undefined;
}

const toRequest = (row: Selectable<Database['settlement.psp_request']>): PspRequest => ({
  outNo: row.out_no,
  kind: row.kind as PspRequest['kind'],
  owner: row.owner,
  status: row.status as PspRequest['status'],
  asks: row.asks,
  startedAt: row.started_at,
  knownAt: row.known_at ?? undefined,
});

/** The database refuses a second number while the first may still be carried out. */
export async function insertRequest(
  tx: Tx,
  request: Pick<PspRequest, 'outNo' | 'kind' | 'owner' | 'startedAt'>,
): Promise<void> {
  const { outNo, kind, owner, startedAt } = request;
  await tx
    .insertInto('settlement.psp_request')
    .values({ out_no: outNo, kind, owner, status: 'open', started_at: startedAt })
    .execute();
}

export async function findRequest(reader: Reader, outNo: string): Promise<PspRequest | undefined> {
  const row = await reader
    .selectFrom('settlement.psp_request')
    .selectAll()
    .where('out_no', '=', outNo)
    .executeTakeFirst();
  return row && toRequest(row);
}

/** The number whose outcome we do not know yet. */
export async function openRequestOf(
  reader: Reader,
  owner: string,
): Promise<PspRequest | undefined> {
  const row = await reader
    .selectFrom('settlement.psp_request')
    .selectAll()
    .where('owner', '=', owner)
    .where('status', '=', 'open')
    .executeTakeFirst();
  return row && toRequest(row);
}

/** Oldest first. */
export async function requestsOf(reader: Reader, owner: string): Promise<PspRequest[]> {
  const rows = await reader
    .selectFrom('settlement.psp_request')
    .selectAll()
    .where('owner', '=', owner)
    .orderBy('started_at')
    .orderBy('out_no')
    .execute();
  return rows.map(toRequest);
}

export async function saveRequest(
  tx: Tx,
  outNo: string,
  known: { status: 'done' | 'failed'; at: Date },
): Promise<void> {
  await tx
    .updateTable('settlement.psp_request')
    .set({ status: known.status, known_at: known.at })
    .where('out_no', '=', outNo)
    .where('status', '=', 'open')
    .executeTakeFirstOrThrow();
}

/** Counts one more question in vain; returns how many. */
export async function countRequestAsk(tx: Tx, outNo: string): Promise<number> {
  const row = await tx
    .updateTable('settlement.psp_request')
    .set((eb) => ({ asks: eb('asks', '+', 1) }))
    .where('out_no', '=', outNo)
    .returning('asks')
    .executeTakeFirstOrThrow();
  return row.asks;
}
