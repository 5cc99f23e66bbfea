/** SQL of payout runs: who made which list, for how much, and who checked it. */
import type { Selectable } from 'kysely';
import { type Database, type Fen, fen, type Reader, type Tx } from '#platform';

export interface Run {
  readonly id: string;
  readonly day: string;
  readonly maker: string;
  readonly checker: string | undefined;
  readonly state: string;
  readonly count: number;
  readonly total: Fen;
  readonly overCount: number;
  readonly over: Fen;
  readonly madeAt: Date;
  readonly checkedAt: Date | undefined;
}

const toRun = (row: Selectable<Database['settlement.payout_run']>): Run => ({
  id: row.id,
  day: row.day,
  maker: row.maker,
  checker: row.checker ?? undefined,
  state: row.state,
  count: row.count,
  total: fen(row.total_fen),
  overCount: row.over_count,
  over: fen(row.over_fen),
  madeAt: row.made_at,
  checkedAt: row.checked_at ?? undefined,
});

export async function insertRun(tx: Tx, run: Omit<Run, 'checker' | 'checkedAt'>): Promise<void> {
  await tx
    .insertInto('settlement.payout_run')
    .values({
      id: run.id,
      day: run.day,
      maker: run.maker,
      state: run.state,
      count: run.count,
      total_fen: run.total,
      over_count: run.overCount,
      over_fen: run.over,
      made_at: run.madeAt,
    })
    .execute();
}

export async function lockRun(tx: Tx, id: string): Promise<Run | undefined> {
  const row = await tx
    .selectFrom('settlement.payout_run')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row && toRun(row);
}

export async function saveApproved(
  tx: Tx,
  id: string,
  by: { checker: string; at: Date },
): Promise<void> {
  await tx
    .updateTable('settlement.payout_run')
    .set({ state: 'approved', checker: by.checker, checked_at: by.at })
    .where('id', '=', id)
    .where('state', '=', 'awaiting_approval')
    .executeTakeFirstOrThrow();
}

/** The day for approving is over; an approved run stays approved. */
export async function saveLapsed(tx: Tx, id: string): Promise<void> {
  await tx
    .updateTable('settlement.payout_run')
    .set({ state: 'lapsed' })
    .where('id', '=', id)
    .where('state', '=', 'awaiting_approval')
    .execute();
}

/** Newest first, one more than `limit`. */
export async function listRuns(
  reader: Reader,
  want: { before: string | undefined; limit: number },
): Promise<Run[]> {
  let query = reader.selectFrom('settlement.payout_run').selectAll();
  if (want.before !== undefined) query = query.where('id', '<', want.before);
  const rows = await query
    .orderBy('id', 'desc')
    .limit(want.limit + 1)
    .execute();
  return rows.map(toRun);
}

export async function findRun(reader: Reader, id: string): Promise<Run | undefined> {
  const row = await reader
    .selectFrom('settlement.payout_run')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row && toRun(row);
}
