/** SQL of defaults made good. */
import { type Selectable, sql } from 'kysely';
import { type Database, type Fen, fen, type Reader, type Tx } from '#platform';

export interface CoverRow {
  readonly id: string;
  readonly recycler: string;
  readonly payeeId: string;
  readonly subject: string;
  readonly reason: 'auction_unpaid' | 'false_report';
  readonly isDebt: boolean;
  readonly owedFen: Fen;
  readonly walletFen: Fen;
  readonly depositFen: Fen;
  readonly reserveFen: Fen;
  readonly at: Date;
}

const toCover = (row: Selectable<Database['settlement.cover']>): CoverRow => ({
  ...{ id: row.id, recycler: row.recycler, payeeId: row.payee_id, subject: row.subject },
  reason: row.reason as CoverRow['reason'],
  isDebt: row.is_debt,
  owedFen: fen(row.owed_fen),
  walletFen: fen(row.wallet_fen),
  depositFen: fen(row.deposit_fen),
  reserveFen: fen(row.reserve_fen),
  at: row.at,
});

export async function insertCover(tx: Tx, row: CoverRow): Promise<void> {
  await tx
    .insertInto('settlement.cover')
    .values({
      ...{ id: row.id, recycler: row.recycler, payee_id: row.payeeId, subject: row.subject },
      ...{ reason: row.reason, owed_fen: row.owedFen, wallet_fen: row.walletFen, at: row.at },
      is_debt: row.isDebt,
      ...{ deposit_fen: row.depositFen, reserve_fen: row.reserveFen },
    })
    .execute();
}

export async function findCover(
  reader: Reader,
  key: { recycler: string; subject: string; reason: string },
): Promise<CoverRow | undefined> {
  const row = await reader
    .selectFrom('settlement.cover')
    .selectAll()
    .where('recycler', '=', key.recycler)
    .where('subject', '=', key.subject)
    .where('reason', '=', key.reason)
    .executeTakeFirst();
  return row && toCover(row);
}

const OPEN = sql<boolean>`wallet_fen + deposit_fen + reserve_fen < owed_fen`;

/** Oldest first. */
export async function listOpenCovers(reader: Reader): Promise<string[]> {
  const rows = await reader
    .selectFrom('settlement.cover')
    .select('id')
    .where(OPEN)
    .orderBy('id')
    .limit(100)
    .execute();
  return rows.map(({ id }) => id);
}

export async function lockCover(tx: Tx, id: string): Promise<CoverRow> {
  const row = await tx
    .selectFrom('settlement.cover')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return toCover(row);
}

export async function addReserve(
  tx: Tx,
  { id, amountFen }: { id: string; amountFen: Fen },
): Promise<void> {
  await tx
    .updateTable('settlement.cover')
    .set((eb) => ({ reserve_fen: eb('reserve_fen', '+', amountFen) }))
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

/** Newest first. */
export async function coversOf(reader: Reader, recycler: string): Promise<CoverRow[]> {
  const rows = await reader
    .selectFrom('settlement.cover')
    .selectAll()
    .where('recycler', '=', recycler)
    .orderBy('id', 'desc')
    .limit(100)
    .execute();
  return rows.map(toCover);
}
