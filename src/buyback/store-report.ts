/** SQL of reports: one an order, with what was found of it and what became of it. */
import { type Selectable, sql, type Updateable } from 'kysely';
import { type Database, type Fen, fen, type Reader, Refused, type Tx, violated } from '#platform';
import type { CaseOutcome } from './domain.ts';
import type { Finding } from './findings.ts';

type Row = Selectable<Database['buyback.report']>;

export interface Report {
  readonly orderId: string;
  readonly recycler: string;
  /** Canonical verification code. */
  readonly reason: string;
  readonly reportedAt: Date;
  readonly finding: Finding | undefined;
  readonly probeId: string | undefined;
  readonly foundAt: Date | undefined;
  readonly answer: 'agrees' | 'contests' | undefined;
  readonly answerNote: Buffer | undefined;
  readonly answeredAt: Date | undefined;
  readonly outcome: CaseOutcome | undefined;
  /** What went back to the recycler. */
  readonly refundFen: Fen | undefined;
  readonly decidedAt: Date | undefined;
  readonly auditedAt: Date | undefined;
}

const toReport = (row: Row): Report => ({
  ...{ orderId: row.order_id, recycler: row.recycler, reason: row.reason },
  reportedAt: row.reported_at,
  finding: (row.finding ?? undefined) as Finding | undefined,
  probeId: row.probe_id ?? undefined,
  foundAt: row.found_at ?? undefined,
  answer: (row.answer ?? undefined) as Report['answer'],
  answerNote: row.answer_note ?? undefined,
  answeredAt: row.answered_at ?? undefined,
  outcome: (row.outcome ?? undefined) as CaseOutcome | undefined,
  refundFen: row.refund_fen === null ? undefined : fen(row.refund_fen),
  decidedAt: row.decided_at ?? undefined,
  auditedAt: row.audited_at ?? undefined,
});

/** Refuses already_reported. */
export async function insertReport(
  tx: Tx,
  row: Pick<Report, 'orderId' | 'recycler' | 'reason' | 'reportedAt'>,
): Promise<void> {
  const { orderId: order_id, recycler, reason, reportedAt: reported_at } = row;
  try {
    await tx
      .insertInto('buyback.report')
      .values({ order_id, recycler, reason, reported_at })
      .execute();
  } catch (error) {
    if (violated(error) === 'report_pkey') throw new Refused('already_reported');
    throw error;
  }
}

export async function findReport(reader: Reader, orderId: string): Promise<Report | undefined> {
  const row = await reader
    .selectFrom('buyback.report')
    .selectAll()
    .where('order_id', '=', orderId)
    .executeTakeFirst();
  return row && toReport(row);
}

/** The order is locked by the caller. */
export async function saveReport(
  tx: Tx,
  orderId: string,
  patch: Updateable<Database['buyback.report']>,
): Promise<void> {
  await tx
    .updateTable('buyback.report')
    .set(patch)
    .where('order_id', '=', orderId)
    .executeTakeFirstOrThrow();
}

/** Money went back on them by then, their cards had been shown, and nobody has looked again. Oldest first. */
export async function toAudit(reader: Reader, decidedBefore: Date): Promise<string[]> {
  const { rows } = await sql<{ order_id: string }>`
    select order_id from buyback.report join buyback."order" on id = order_id
    where refund_fen is not null and audited_at is null and opened_at is not null
      and decided_at <= ${decidedBefore}
    order by decided_at limit 100`.execute(reader);
  return rows.map((row) => row.order_id);
}
