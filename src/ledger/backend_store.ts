/** SQL of looking at accounts by their numbers. */
import { sql } from 'kysely';
import type { Reader } from '#platform';
import type { HistoryEntry, Standing } from './backend.ts';
import type { AccountId } from './batch.ts';

export async function findStandings(
  reader: Reader,
  accounts: readonly AccountId[],
): Promise<Map<AccountId, Standing>> {
  const { rows } = await sql<Standing & { id: AccountId }>`
    select id, balance, held, incoming from ledger.account where id = any(${accounts}::int8[])
    `.execute(reader);
  return new Map(rows.map(({ id, ...standing }) => [id, standing]));
}

export async function findHistory(
  reader: Reader,
  account: AccountId,
  limit: number,
): Promise<HistoryEntry[]> {
  const { rows } = await sql<HistoryEntry>`
    select transfer, other, amount from ledger.entry where account = ${account}
    order by version limit ${limit}`.execute(reader);
  return rows;
}
