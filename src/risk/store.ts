/** SQL of day sums and of the reports to the payment institution. */
import type { Selectable } from 'kysely';
import { type Database, type Fen, fen, type Reader, type Sealed, type Tx } from '#platform';
import type { StateOf } from '#process';
import type { PartyKind } from './domain.ts';
import type { amlReport } from './report-life.ts';

export type ReportState = StateOf<typeof amlReport>;
export type ReportKind = 'large' | 'suspicious';

export async function lastFlowDay(reader: Reader): Promise<string | undefined> {
  const row = await reader
    .selectFrom('risk.flow_day')
    .select((eb) => eb.fn.max('day').as('last'))
    .executeTakeFirst();
  return row?.last ?? undefined;
}

/** False: somebody else has counted this day. Whoever counts it too waits for the commit. */
export async function claimFlowDay(tx: Tx, { day, at }: { day: string; at: Date }) {
  const row = await tx
    .insertInto('risk.flow_day')
    .values({ day, done_at: at, parties: 0, reports: 0 })
    .onConflict((on) => on.doNothing())
    .returning('day')
    .executeTakeFirst();
  return row !== undefined;
}

export async function saveFlowDay(
  tx: Tx,
  { day, parties, reports }: { day: string; parties: number; reports: number },
): Promise<void> {
  await tx
    .updateTable('risk.flow_day')
    .set({ parties, reports })
    .where('day', '=', day)
    .executeTakeFirstOrThrow();
}

export interface Report {
  readonly id: string;
  readonly kind: ReportKind;
  readonly partyKind: PartyKind;
  readonly partyId: string;
  readonly day: string;
  readonly inFen: Fen;
  readonly outFen: Fen;
  readonly reasons: readonly string[];
  readonly rule: string;
  readonly sealed: Sealed;
  readonly digest: Buffer;
  readonly outNo: string;
  readonly state: ReportState;
  readonly receiptNo: string | undefined;
  readonly failure: string | undefined;
  readonly madeAt: Date;
  readonly dueOn: string;
  readonly endedAt: Date | undefined;
}

const toReport = (row: Selectable<Database['risk.report']>): Report => ({
  ...{ id: row.id, partyId: row.party_id, day: row.day, reasons: row.reasons, rule: row.rule },
  kind: row.kind as ReportKind,
  partyKind: row.party_kind as PartyKind,
  ...{ inFen: fen(row.in_fen), outFen: fen(row.out_fen), sealed: row.sealed, digest: row.digest },
  ...{ outNo: row.out_no, state: row.state as ReportState, madeAt: row.made_at, dueOn: row.due_on },
  receiptNo: row.receipt_no ?? undefined,
  failure: row.failure ?? undefined,
  endedAt: row.ended_at ?? undefined,
});

/** False: this party has its large report of the day. */
export async function insertReport(
  tx: Tx,
  made: Omit<Report, 'receiptNo' | 'failure' | 'endedAt'>,
): Promise<boolean> {
  const row = await tx
    .insertInto('risk.report')
    .values({
      ...{ id: made.id, kind: made.kind, party_kind: made.partyKind, party_id: made.partyId },
      ...{ day: made.day, in_fen: made.inFen, out_fen: made.outFen, rule: made.rule },
      ...{ reasons: [...made.reasons], sealed: made.sealed, digest: made.digest },
      ...{ out_no: made.outNo, state: made.state, made_at: made.madeAt, due_on: made.dueOn },
    })
    .onConflict((on) => on.doNothing())
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

export async function findReport(reader: Reader, id: string): Promise<Report | undefined> {
  const row = await reader
    .selectFrom('risk.report')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row && toReport(row);
}

export async function lockReport(tx: Tx, id: string): Promise<Report | undefined> {
  const row = await tx
    .selectFrom('risk.report')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row && toReport(row);
}

export async function saveReport(
  tx: Tx,
  id: string,
  now: { state: ReportState; outNo?: string; failure?: string; receiptNo?: string; endedAt?: Date },
): Promise<void> {
  const { state, outNo, failure, receiptNo, endedAt } = now;
  await tx
    .updateTable('risk.report')
    .set({
      ...{ state, failure: failure ?? null },
      ...(outNo !== undefined && { out_no: outNo }),
      ...(receiptNo !== undefined && { receipt_no: receiptNo }),
      ...(endedAt && { ended_at: endedAt }),
    })
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

/** The newest first; one more than `limit` says that there is a next page. */
export async function listReports(
  reader: Reader,
  page: {
    cursor: string | undefined;
    limit: number;
    kind?: ReportKind | undefined;
    state?: ReportState | undefined;
  },
): Promise<Report[]> {
  let query = reader
    .selectFrom('risk.report')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(page.limit + 1);
  if (page.cursor !== undefined) query = query.where('id', '<', page.cursor);
  if (page.kind !== undefined) query = query.where('kind', '=', page.kind);
  if (page.state !== undefined) query = query.where('state', '=', page.state);
  return (await query.execute()).map(toReport);
}
