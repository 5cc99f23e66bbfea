/** SQL of standing offers to buy. */
import { type Insertable, type Selectable, sql } from 'kysely';
import type { Database, Reader, Tx } from '#platform';

export type Want = Selectable<Database['market.want']>;

export async function insertWant(tx: Tx, row: Insertable<Database['market.want']>): Promise<void> {
  await tx.insertInto('market.want').values(row).execute();
}

export async function lockWant(tx: Tx, id: string): Promise<Want | undefined> {
  return await tx
    .selectFrom('market.want')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

export async function saveWant(
  tx: Tx,
  id: string,
  change: { state: string; offer_id?: string | null },
): Promise<void> {
  await tx.updateTable('market.want').set(change).where('id', '=', id).execute();
}

/** Those still waiting; one person's requests take turns. */
export async function countOpen(tx: Tx, buyerId: string): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtextextended('market.want' || ${buyerId}::text, 0))`.execute(
    tx,
  );
  const { count } = await tx
    .selectFrom('market.want')
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('buyer_id', '=', buyerId)
    .where('state', 'in', ['open', 'answered'])
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function wantsOf(reader: Reader, buyerId: string, limit: number): Promise<Want[]> {
  return await reader
    .selectFrom('market.want')
    .selectAll()
    .where('buyer_id', '=', buyerId)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

/** The best payers first. */
export async function openWants(
  reader: Reader,
  of: { sku: string; valueFen: bigint; at: Date },
  limit: number,
): Promise<Want[]> {
  return await reader
    .selectFrom('market.want')
    .selectAll()
    .where('sku', '=', of.sku)
    .where('state', '=', 'open')
    .where('value_min_fen', '<=', of.valueFen)
    .where('value_max_fen', '>=', of.valueFen)
    .where('until', '>', of.at)
    .orderBy('max_bps', 'desc')
    .orderBy('id')
    .limit(limit)
    .execute();
}
