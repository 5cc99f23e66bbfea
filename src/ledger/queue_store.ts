/** SQL of asking for ids. */
import { sql } from 'kysely';
import type { Reader } from '#platform';

/** As `post_batch` would answer the same id again: 1 posted, 100 + reason refused; ids of neither are missing. */
export async function findAnswers(
  reader: Reader,
  ids: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await sql<{ id: string; answer: number }>`
    select id, 1 as answer from ledger.transfer where id = any(${ids}::uuid[])
    union all
    select id, 100 + answer from ledger.reject where id = any(${ids}::uuid[])`.execute(reader);
  return new Map(rows.map(({ id, answer }) => [id, answer]));
}
