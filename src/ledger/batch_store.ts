/** The one statement that posts. */
import assert from 'node:assert/strict';
import { sql } from 'kysely';
import type { Reader } from '#platform';

/** Parameters of POST_BATCH in their order: arrays as text, ids and times in the binary form. */
export type BatchQuery = readonly (string | Buffer | null)[];

/** Parameters of POST_ONE in their order. */
export type LoneQuery = readonly (string | number | null)[];

/** For a prepared statement on a connection of one's own; the answer is one row `{ answers: number[] }`. */
export const POST_BATCH = `select ledger.post_batch($1::text::int8[], $2::uuid[], $3::text::int2[],
  $4::text::int4[], $5::text::int4[], $6::text::int8[], $7::text::int2[], $8::timestamptz[],
  $9::text::uuid[], $10::text::uuid[], $11::text::timestamptz[], $12::text::bool[],
  $13::text::int8[], $14::text::int4[], $15::timestamptz[]) as answers`;

/** For a lone transfer of the plain kind: one row `{ done: boolean }`; where it is false, POST_BATCH says why. */
export const POST_ONE = 'select ledger.post_one($1, $2, $3, $4, $5, $6, $7) as done';

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
    deltas,
    steps,
    latests,
  ] = query;
  return sql<number[]>`ledger.post_batch(${accounts}::text::int8[], ${ids}::uuid[],
    ${kinds}::text::int2[], ${debits}::text::int4[], ${credits}::text::int4[],
    ${amounts}::text::int8[], ${codes}::text::int2[], ${ats}::timestamptz[],
    ${refs}::text::uuid[], ${pendings}::text::uuid[], ${expiries}::text::timestamptz[],
    ${links}::text::bool[], ${deltas}::text::int8[], ${steps}::text::int4[],
    ${latests}::timestamptz[])`;
}

export async function runBatch(executor: Reader, query: BatchQuery): Promise<number[]> {
  const { rows } = await sql<{ answers: number[] }>`
    select ${postBatchCall(query)} as answers`.execute(executor);
  assert(rows[0]);
  return rows[0].answers;
}
