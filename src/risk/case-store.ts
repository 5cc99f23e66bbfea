/** SQL of suspicions and of the delays that they bring. */
import { type Selectable, sql } from 'kysely';
import { type Database, type Fen, fen, type Reader, type Tx } from '#platform';
import type { StateOf } from '#process';
import type { riskCase } from './case-life.ts';
import type { PartyKind } from './domain.ts';

export type CaseState = StateOf<typeof riskCase>;
export interface Case {
  readonly id: string;
  readonly kind: 'pattern' | 'exposure';
  readonly partyKind: PartyKind;
  readonly partyId: string;
  /** The sale that raised it. */
  readonly subject: string | undefined;
  readonly amountFen: Fen;
  readonly reasons: readonly string[];
  /** Figures by name; amounts in fen. */
  readonly facts: Readonly<Record<string, string>>;
  readonly state: CaseState;
  readonly openedAt: Date;
  readonly decidedBy: string | undefined;
  readonly decidedAt: Date | undefined;
  readonly decision: string | undefined;
  readonly reportId: string | undefined;
}
const toCase = (row: Selectable<Database['risk.case']>): Case => ({
  ...{ id: row.id, partyId: row.party_id, reasons: row.reasons, openedAt: row.opened_at },
  kind: row.kind as Case['kind'],
  partyKind: row.party_kind as PartyKind,
  subject: row.subject ?? undefined,
  amountFen: fen(row.amount_fen),
  facts: row.facts as unknown as Case['facts'],
  state: row.state as CaseState,
  decidedBy: row.decided_by ?? undefined,
  decidedAt: row.decided_at ?? undefined,
  decision: row.decision ?? undefined,
  reportId: row.report_id ?? undefined,
});

export type NewCase = Pick<
  Case,
  'id' | 'kind' | 'partyKind' | 'partyId' | 'subject' | 'amountFen' | 'reasons' | 'facts'
> & { readonly state: string; readonly at: Date };

/** False: this sale, or the exposure of this party, has its case. */
export async function insertCase(tx: Tx, made: NewCase): Promise<boolean> {
  const row = await tx
    .insertInto('risk.case')
    .values({
      ...{ id: made.id, kind: made.kind, party_kind: made.partyKind, party_id: made.partyId },
      ...{ subject: made.subject ?? null, amount_fen: made.amountFen, state: made.state },
      ...{ reasons: [...made.reasons], facts: JSON.stringify(made.facts), opened_at: made.at },
    })
    .onConflict((on) => on.doNothing())
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Until the commit nobody else adds up exposures. */
export async function lockExposures(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('risk/exposure', 0))`.execute(tx);
}

export async function hasExposureCase(
  reader: Reader,
  partyIds: readonly string[],
): Promise<boolean> {
  const row = await reader
    .selectFrom('risk.case')
    .select('id')
    .where('kind', '=', 'exposure')
    .where('party_id', 'in', [...partyIds])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export async function findCase(reader: Reader, id: string): Promise<Case | undefined> {
  const row = await reader
    .selectFrom('risk.case')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row && toCase(row);
}

export async function saveCase(
  tx: Tx,
  id: string,
  now: {
    state: string;
    decided?: { by: string; at: Date; why: string };
    reportId?: string;
  },
): Promise<void> {
  const { state, decided, reportId } = now;
  await tx
    .updateTable('risk.case')
    .set({
      state,
      ...(decided && {
        ...{ decided_by: decided.by, decided_at: decided.at, decision: decided.why },
      }),
      ...(reportId !== undefined && { report_id: reportId }),
    })
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

/** The newest first; one more than `limit` says that there is a next page. */
export async function listCases(
  reader: Reader,
  page: { cursor: string | undefined; limit: number; state?: CaseState | undefined },
): Promise<Case[]> {
  let query = reader
    .selectFrom('risk.case')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(page.limit + 1);
  if (page.cursor !== undefined) query = query.where('id', '<', page.cursor);
  if (page.state !== undefined) query = query.where('state', '=', page.state);
  return (await query.execute()).map(toCase);
}

// the delay: what the seller is told

export interface Delay {
  readonly subject: string;
  readonly userId: string;
  readonly until: Date;
  readonly provedAt: Date | undefined;
}

export async function insertDelay(
  tx: Tx,
  { subject, userId, until }: Omit<Delay, 'provedAt'>,
): Promise<void> {
  await tx.insertInto('risk.delay').values({ subject, user_id: userId, until }).execute();
}

export async function findDelay(reader: Reader, subject: string): Promise<Delay | undefined> {
  const row = await reader
    .selectFrom('risk.delay')
    .selectAll()
    .where('subject', '=', subject)
    .executeTakeFirst();
  if (!row) return undefined;
  const { user_id: userId, until, proved_at: provedAt } = row;
  return { subject, userId, until, provedAt: provedAt ?? undefined };
}

/** False: it was proved before, or the time is over. */
export async function saveProof(
  tx: Tx,
  { subject, userId, at }: { subject: string; userId: string; at: Date },
): Promise<boolean> {
  const row = await tx
    .updateTable('risk.delay')
    .set({ proved_at: at })
    .where('subject', '=', subject)
    .where('user_id', '=', userId)
    .where('proved_at', 'is', null)
    .where('until', '>', at)
    .returning('subject')
    .executeTakeFirst();
  return row !== undefined;
}
