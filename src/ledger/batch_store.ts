/** The one statement that posts. */
import assert from 'node:assert/strict';
import { sql } from 'kysely';
import type { Reader } from '#platform';

/** Parameters of POST_BATCH in their order: arrays in the binary form, those that most batches lack as text. */
export type BatchQuery = readonly (string | Buffer | null)[];

/** Parameters of POST_ONE in their order. */
export type LoneQuery = readonly (string | number | Buffer | null)[];

/** For a prepared statement on a connection of one's own; the answer is one row `{ answers: number[] }`. */
export const POST_BATCH = `select ledger.post_batch($1::int8[], $2::uuid[], $3::int2[], $4::int4[], $5::int4[],
  $6::int8[], $7::int2[], $8::timestamptz[], $9::text::uuid[], $10::text::uuid[],
  $11::text::timestamptz[], $12::text::bool[], $13::int8[], $14::int4[], $15::timestamptz[]) as answers`;

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
  return sql<number[]>`ledger.post_batch(${accounts}::int8[], ${ids}::uuid[], ${kinds}::int2[],
    ${debits}::int4[], ${credits}::int4[], ${amounts}::int8[], ${codes}::int2[],
    ${ats}::timestamptz[], ${refs}::text::uuid[], ${pendings}::text::uuid[],
    ${expiries}::text::timestamptz[], ${links}::text::bool[], ${deltas}::int8[], ${steps}::int4[],
    ${latests}::timestamptz[])`;
}

export async function runBatch(executor: Reader, query: BatchQuery): Promise<number[]> {
  const { rows } = await sql<{ answers: number[] }>`
    select ${postBatchCall(query)} as answers`.execute(executor);
  assert(rows[0]);
  return rows[0].answers;
}
