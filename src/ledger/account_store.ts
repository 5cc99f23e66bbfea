/** SQL of opening, finding and bounding accounts. */
import { sql } from 'kysely';
import type { Reader, Tx } from '#platform';
import type { AccountClass, AccountCode } from './domain.ts';

export interface AccountOpening {
  readonly code: AccountCode;
  readonly stripe: number;
  readonly class: AccountClass;
  readonly min: bigint | null;
  readonly max: bigint | null;
}

export async function findIds(
  reader: Reader,
  wanted: readonly AccountOpening[],
): Promise<{ code: AccountCode; stripe: number; id: bigint }[]> {
  const { rows } = await sql<{ code: AccountCode; stripe: number; id: bigint }>`
    select i.code, i.stripe, i.id
    from unnest(${wanted.map(({ code }) => code)}::text[], ${wanted.map(({ stripe }) => stripe)}::int2[])
      as wanted(code, stripe)
    join ledger.account_info i on i.code = wanted.code and i.stripe = wanted.stripe`.execute(
    reader,
  );
  return rows;
}

/** Sorted by the caller, so that two openers wait for each other in one order. */
export async function insertAccounts(
  executor: Reader,
  wanted: readonly AccountOpening[],
): Promise<void> {
  await sql`
    with opened as (
      insert into ledger.account_info (code, stripe, class)
      select code, stripe, class from unnest(${wanted.map(({ code }) => code)}::text[],
        ${wanted.map(({ stripe }) => stripe)}::int2[], ${wanted.map((one) => one.class)}::text[])
        as wanted(code, stripe, class)
      on conflict do nothing
      returning id, code, stripe)
    insert into ledger.account (id, min_balance, max_balance)
    select opened.id, wanted.min, wanted.max
    from opened join unnest(${wanted.map(({ code }) => code)}::text[],
        ${wanted.map(({ stripe }) => stripe)}::int2[], ${wanted.map(({ min }) => min)}::int8[],
        ${wanted.map(({ max }) => max)}::int8[]) as wanted(code, stripe, min, max)
      using (code, stripe)`.execute(executor);
}

/** Both rows, or none when the account already stands below the new bound. */
export async function saveCreditLine(
  tx: Tx,
  { id, creditLine, min }: { id: bigint; creditLine: bigint; min: bigint },
): Promise<boolean> {
  const { rows } = await sql<{ saved: bigint }>`
    with bounded as (
      update ledger.account set min_balance = ${min} where id = ${id} and balance - held >= ${min}
      returning id),
    said as (
      update ledger.account_info as i set credit_line = ${creditLine}
      from bounded where i.id = bounded.id
      returning 1)
    select count(*) as saved from said`.execute(tx);
  return rows[0]?.saved === 1n;
}

/** All stripes, or none. */
export async function closeRows(tx: Tx, code: AccountCode): Promise<boolean> {
  const { rows } = await sql<{ busy: bigint; closed: bigint }>`
    with row as (
      select a.* from ledger.account a join ledger.account_info i on i.id = a.id
      where i.code = ${code} order by a.id for no key update of a),
    busy as (select 1 from row where balance <> 0 or held <> 0 or incoming <> 0),
    closed as (
      update ledger.account set closed = true
      where id in (select id from row) and not exists (select from busy)
      returning 1)
    select (select count(*) from busy) as busy, (select count(*) from closed) as closed`.execute(
    tx,
  );
  return rows[0] !== undefined && rows[0].closed > 0n;
}
