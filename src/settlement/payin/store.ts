/** SQL of pay-ins and of the payments that arrived for them. A pay-in's row is locked before anything of it. */
import type { Selectable } from 'kysely';
import { type Database, type Fen, fen, type Reader, type Tx } from '#platform';
import type { Channel, Fate } from './domain.ts';

export interface PayIn {
  readonly id: string;
  readonly subject: string;
  readonly payerId: string;
  readonly channel: Channel;
  readonly outNo: string;
  readonly amount: Fen;
  readonly state: string;
  readonly payUrl: string | undefined;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly paidAt: Date | undefined;
  readonly thawsAt: Date | undefined;
}

const toPayIn = (row: Selectable<Database['settlement.pay_in']>): PayIn => ({
  id: row.id,
  subject: row.subject,
  payerId: row.payer_id,
  channel: row.channel as Channel,
  outNo: row.out_no,
  amount: fen(row.amount_fen),
  state: row.state,
  payUrl: row.pay_url ?? undefined,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  paidAt: row.paid_at ?? undefined,
  thawsAt: row.thaws_at ?? undefined,
});

export async function insertPayIn(
  tx: Tx,
  payIn: Omit<PayIn, 'payUrl' | 'paidAt' | 'thawsAt'>,
): Promise<void> {
  await tx
    .insertInto('settlement.pay_in')
    .values({
      id: payIn.id,
      subject: payIn.subject,
      payer_id: payIn.payerId,
      channel: payIn.channel,
      out_no: payIn.outNo,
      amount_fen: payIn.amount,
      state: payIn.state,
      created_at: payIn.createdAt,
      expires_at: payIn.expiresAt,
    })
    .execute();
}

export async function lockPayIn(tx: Tx, id: string): Promise<PayIn | undefined> {
  const row = await tx
    .selectFrom('settlement.pay_in')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row && toPayIn(row);
}

/** All of a subject, oldest first, locked in that order. */
export async function lockPayInsOf(tx: Tx, subject: string): Promise<PayIn[]> {
  const rows = await tx
    .selectFrom('settlement.pay_in')
    .selectAll()
    .where('subject', '=', subject)
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.map(toPayIn);
}

export async function findPayIn(
  reader: Reader,
  by: { id: string } | { outNo: string },
): Promise<PayIn | undefined> {
  const query = reader.selectFrom('settlement.pay_in').selectAll();
  const row = await ('id' in by
    ? query.where('id', '=', by.id)
    : query.where('out_no', '=', by.outNo)
  ).executeTakeFirst();
  return row && toPayIn(row);
}

/** Of a subject, newest first. */
export async function payInsOf(reader: Reader, subject: string): Promise<PayIn[]> {
  const rows = await reader
    .selectFrom('settlement.pay_in')
    .selectAll()
    .where('subject', '=', subject)
    .orderBy('id', 'desc')
    .execute();
  return rows.map(toPayIn);
}

/** Newest first, one more than `limit`. */
export async function listPayIns(
  reader: Reader,
  want: { state?: string; before: string | undefined; limit: number },
): Promise<PayIn[]> {
  let query = reader.selectFrom('settlement.pay_in').selectAll();
  if (want.state !== undefined) query = query.where('state', '=', want.state);
  if (want.before !== undefined) query = query.where('id', '<', want.before);
  const rows = await query
    .orderBy('id', 'desc')
    .limit(want.limit + 1)
    .execute();
  return rows.map(toPayIn);
}

export async function savePayIn(
  tx: Tx,
  id: string,
  patch: { state: string; payUrl?: string | undefined; paidAt?: Date; thawsAt?: Date },
): Promise<void> {
  const { state, payUrl, paidAt, thawsAt } = patch;
  await tx
    .updateTable('settlement.pay_in')
    .set({
      state,
      ...(payUrl !== undefined && { pay_url: payUrl }),
      ...(paidAt && { paid_at: paidAt }),
      ...(thawsAt && { thaws_at: thawsAt }),
    })
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

export interface Receipt {
  readonly tradeNo: string;
  readonly payInId: string;
  readonly amount: Fen;
  readonly bankAt: Date;
  readonly heardAt: Date;
  readonly fate: Fate;
}

const toReceipt = (row: Selectable<Database['settlement.receipt']>): Receipt => ({
  tradeNo: row.trade_no,
  payInId: row.pay_in_id,
  amount: fen(row.amount_fen),
  bankAt: row.bank_at,
  heardAt: row.heard_at,
  fate: row.fate as Fate,
});

export async function insertReceipt(tx: Tx, receipt: Receipt): Promise<void> {
  await tx
    .insertInto('settlement.receipt')
    .values({
      trade_no: receipt.tradeNo,
      pay_in_id: receipt.payInId,
      amount_fen: receipt.amount,
      bank_at: receipt.bankAt,
      heard_at: receipt.heardAt,
      fate: receipt.fate,
    })
    .execute();
}

export async function saveFate(tx: Tx, tradeNo: string, fate: Fate): Promise<void> {
  await tx
    .updateTable('settlement.receipt')
    .set({ fate })
    .where('trade_no', '=', tradeNo)
    .executeTakeFirstOrThrow();
}

/** Oldest first. */
export async function receiptsOf(reader: Reader, payInId: string): Promise<Receipt[]> {
  const rows = await reader
    .selectFrom('settlement.receipt')
    .selectAll()
    .where('pay_in_id', '=', payInId)
    .orderBy('heard_at')
    .orderBy('trade_no')
    .execute();
  return rows.map(toReceipt);
}

export async function findReceipt(reader: Reader, tradeNo: string): Promise<Receipt | undefined> {
  const row = await reader
    .selectFrom('settlement.receipt')
    .selectAll()
    .where('trade_no', '=', tradeNo)
    .executeTakeFirst();
  return row && toReceipt(row);
}
