/** The rows of cases; hides the SQL. */
import type { Selectable } from 'kysely';
import {
  type Database,
  type Fen,
  fen,
  type Reader,
  Refused,
  type Sealed,
  type Tx,
  violated,
} from '#platform';
import type { Outcome } from './domain.ts';

export interface Case {
  readonly id: string;
  /** The order it is about. */
  readonly subject: string;
  readonly openedBy: string;
  /** Canonical verification code. */
  readonly reason: string;
  readonly openedAt: Date;
  /** Undecided by then, it is decided for the seller. */
  readonly deadline: Date;
  /** Neither closed nor withdrawn. */
  readonly open: boolean;
  readonly hasNote: boolean;
  readonly decision?: {
    readonly outcome: Outcome;
    readonly amountFen?: Fen;
    /** Absent: the clock, by the burden of proof. */
    readonly by?: string;
    readonly at: Date;
    readonly reason: string;
  };
}

export interface NewCase {
  id: string;
  subject: string;
  openedBy: string;
  reason: string;
  note: Sealed | undefined;
  openedAt: Date;
  deadline: Date;
}

/** Refuses `case_open` when the subject has an open case already. */
export async function insertCase(tx: Tx, made: NewCase): Promise<void> {
  const { id, subject, reason, deadline } = made;
  try {
    await tx
      .insertInto('disputes.case')
      .values({
        ...{ id, subject, reason, deadline },
        opened_by: made.openedBy,
        note: made.note ?? null,
        opened_at: made.openedAt,
        open: true,
      })
      .execute();
  } catch (error) {
    if (violated(error) === 'case_one_open') throw new Refused('case_open');
    throw error;
  }
}

export async function saveDecision(
  tx: Tx,
  id: string,
  decision: NonNullable<Case['decision']>,
): Promise<void> {
  await tx
    .updateTable('disputes.case')
    .set({
      outcome: decision.outcome,
      amount_fen: decision.amountFen ?? null,
      decided_by: decision.by ?? null,
      decided_at: decision.at,
      reason_text: decision.reason,
    })
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

export async function saveClosed(tx: Tx, id: string): Promise<void> {
  await tx
    .updateTable('disputes.case')
    .set({ open: false })
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

export async function findCase(reader: Reader, id: string): Promise<Case | undefined> {
  const row = await reader
    .selectFrom('disputes.case')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row && toCase(row);
}

/** The open case of a subject, or else its latest. */
export async function latestCase(reader: Reader, subject: string): Promise<Case | undefined> {
  const row = await reader
    .selectFrom('disputes.case')
    .selectAll()
    .where('subject', '=', subject)
    .orderBy('open', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && toCase(row);
}

export async function sealedNote(reader: Reader, id: string): Promise<Sealed | undefined> {
  const row = await reader
    .selectFrom('disputes.case')
    .select('note')
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.note ?? undefined;
}

/** Open cases, the newest first; one more than `limit` says that there is a next page. */
export async function listOpen(
  reader: Reader,
  page: { cursor: string | undefined; limit: number },
): Promise<Case[]> {
  let query = reader
    .selectFrom('disputes.case')
    .selectAll()
    .where('open', '=', true)
    .orderBy('id', 'desc')
    .limit(page.limit + 1);
  if (page.cursor !== undefined) query = query.where('id', '<', page.cursor);
  return (await query.execute()).map(toCase);
}

function toCase(row: Selectable<Database['disputes.case']>): Case {
  const { id, subject, reason, deadline, open } = row;
  return {
    ...{ id, subject, reason, deadline, open },
    openedBy: row.opened_by,
    openedAt: row.opened_at,
    hasNote: row.note !== null,
    ...(row.outcome !== null &&
      row.decided_at &&
      row.reason_text !== null && {
        decision: {
          outcome: row.outcome as Outcome,
          ...(row.amount_fen !== null && { amountFen: fen(row.amount_fen) }),
          ...(row.decided_by !== null && { by: row.decided_by }),
          at: row.decided_at,
          reason: row.reason_text,
        },
      }),
  };
}
