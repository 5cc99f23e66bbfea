/** The one statement that posts. */
import assert from 'node:assert/strict';
import { sql } from 'kysely';
import type { Reader } from '#platform';

/** Parameters of POST_BATCH in their order, arrays as text. */
export type BatchQuery = readonly (string | null)[];

/** For a prepared statement on a connection of one's own; the answer is one row `{ answers: number[] }`. */
export const POST_BATCH = `select ledger.post_batch($1::text::int8[], $2::text::uuid[], $3::text::int2[],
  $4::text::int4[], $5::text::int4[], $6::text::int8[], $7::text::int2[], $8::text::timestamptz[],
  $9::text::uuid[], $10::text::uuid[], $11::text::timestamptz[], $12::text::bool[]) as answers`;

/** The same as a piece of a larger statement. */
export function postBatchCall(query: BatchQuery) {
  const [
    accounts,
    ids,
    kinds,
    debits,
    credits,
    amounts,
    codes,
    ats,
    refs,
    pendings,
    expiries,
    links,
  ] = query;
  return sql<number[]>`ledger.post_batch(${accounts}::text::int8[], ${ids}::text::uuid[],
    ${kinds}::text::int2[], ${debits}::text::int4[], ${credits}::text::int4[],
    ${amounts}::text::int8[], ${codes}::text::int2[], ${ats}::text::timestamptz[],
    ${refs}::text::uuid[], ${pendings}::text::uuid[], ${expiries}::text::timestamptz[],
    ${links}::text::bool[])`;
}

export async function runBatch(executor: Reader, query: BatchQuery): Promise<number[]> {
  const { rows } = await sql<{ answers: number[] }>`
    select ${postBatchCall(query)} as answers`.execute(executor);
  assert(rows[0]);
  return rows[0].answers;
}
