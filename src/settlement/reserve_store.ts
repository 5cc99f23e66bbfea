/** SQL of what others owe the reserve. */
import type { Selectable } from 'kysely';
import { type Database, type Fen, fen, type Reader, type Tx } from '#platform';

export interface Recovery {
  readonly id: string;
  readonly subject: string;
  readonly reason: string;
  readonly userId: string;
  readonly amount: Fen;
  readonly collected: Fen;
  readonly createdAt: Date;
}

const toRecovery = (row: Selectable<Database['settlement.recovery']>): Recovery => ({
  id: row.id,
  subject: row.subject,
  reason: row.reason,
  userId: row.user_id,
  amount: fen(row.amount_fen),
  collected: fen(row.collected_fen),
  createdAt: row.created_at,
});

export async function insertRecovery(tx: Tx, row: Omit<Recovery, 'collected'>): Promise<void> {
  await tx
    .insertInto('settlement.recovery')
    .values({
      id: row.id,
      subject: row.subject,
      reason: row.reason,
      user_id: row.userId,
      amount_fen: row.amount,
      created_at: row.createdAt,
    })
    .execute();
}

export async function findRecovery(
  reader: Reader,
  key: { subject: string; reason: string },
): Promise<Recovery | undefined> {
  const row = await reader
    .selectFrom('settlement.recovery')
    .selectAll()
    .where('subject', '=', key.subject)
    .where('reason', '=', key.reason)
    .executeTakeFirst();
  return row && toRecovery(row);
}

/** What a person still owes, oldest first. */
export async function lockRecoveriesOf(tx: Tx, userId: string): Promise<Recovery[]> {
  const rows = await tx
    .selectFrom('settlement.recovery')
    .selectAll()
    .where('user_id', '=', userId)
    .whereRef('collected_fen', '<', 'amount_fen')
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.map(toRecovery);
}

export async function addCollected(tx: Tx, id: string, amount: Fen): Promise<void> {
  await tx
    .updateTable('settlement.recovery')
    .set((eb) => ({ collected_fen: eb('collected_fen', '+', amount) }))
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

export async function sumRecoveries(reader: Reader): Promise<Fen> {
  const row = await reader
    .selectFrom('settlement.recovery')
    .select((eb) => eb.fn.sum<string>(eb('amount_fen', '-', eb.ref('collected_fen'))).as('total'))
    .executeTakeFirst();
  return fen(BigInt(row?.total ?? '0'));
}

/** Newest first. */
export async function listRecoveries(reader: Reader, limit: number): Promise<Recovery[]> {
  const rows = await reader
    .selectFrom('settlement.recovery')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toRecovery);
}
