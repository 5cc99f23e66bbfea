/** SQL of the seal: takes batches off the waiting list, and computes again what was sealed. */
import { sql } from 'kysely';
import type { Db, Reader, Tx } from '#platform';

/** Any constant will do. Only sealers take it; who posts never waits for them. */
const SEAL_LOCK = 7_205_913;
/** Rather scan a little more than push autovacuum aside. */
const SUMMARY_LOCK_MS = 20;

/** Parts of `ledger.leaf`, in its numbers. */
export const parts = ['transfer', 'hold', 'reject', 'account', 'posting'] as const;
export type Part = (typeof parts)[number];

export interface SealRow {
  readonly no: number;
  readonly batches: number;
  readonly rows: number;
  readonly root: Buffer;
}

/** The index by batch knows new pages only after this; without it each seal reads what autovacuum has not reached. */
export async function summarise(db: Db): Promise<void> {
  await db
    .transaction()
    .execute(async (tx) => {
      await sql`select set_config('lock_timeout', ${String(SUMMARY_LOCK_MS)}, true)`.execute(tx);
      await sql`select brin_summarize_new_values('ledger.transfer_batch')`.execute(tx);
    })
    .catch(() => undefined);
}

/** False when somebody else is sealing. */
export async function tryLockSeals(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ mine: boolean }>`
    select pg_try_advisory_xact_lock(${SEAL_LOCK}) as mine`.execute(tx);
  return rows[0]?.mine === true;
}

/**
 * Seals the first `limit` batches that wait, in the order of their numbers; undefined when none does. A batch takes
 * its number with its accounts locked, so it stands behind every batch that touched them before. Runs of numbers
 * are read one by one: a batch that committed late does not make the ones in between be read again.
 */
export async function sealNext(tx: Tx, limit: number, at: Date): Promise<SealRow | undefined> {
  const { rows } = await sql<SealRow>`
    with next as materialized (
      select id from ledger.batch where seal is null order by id limit ${limit}),
    run as (
      select min(id) as low, max(id) as high
      from (select id, id - row_number() over (order by id) as gap from next) as numbered group by gap),
    leaf as (
      select l.batch, l.part, l.id, sha256(convert_to(l.line, 'UTF8')) as hash
      from run cross join lateral ledger.leaf(run.low, run.high) as l),
    digested as (
      select batch, count(*) as rows, sha256(string_agg(hash, '' order by part, id collate "C")) as digest,
        string_agg(substring(hash for 4), '' order by part, id collate "C") as prints
      from leaf where batch in (select id from next) group by batch),
    last as (
      select coalesce(max(no), 0) as no,
        coalesce((select root from ledger.seal order by no desc limit 1), '') as root from ledger.seal),
    sealed as (
      update ledger.batch as b set seal = last.no + 1, digest = d.digest, prints = d.prints
      from digested d, last where b.id = d.batch
      returning 1)
    insert into ledger.seal (no, batches, rows, root, at)
    select last.no + 1, (select count(*) from sealed), sum(d.rows),
      sha256(last.root || string_agg(d.digest, '' order by d.batch)), ${at}
    from digested d, last group by last.no, last.root having count(*) > 0
    returning no::float8 as no, batches, rows::float8 as rows, root`.execute(tx);
  return rows[0];
}

/** A seal as it is stored, the root as it follows from its batches, and the batches that differ from their rows. */
export interface SealCheck extends SealRow {
  readonly expected: Buffer;
  readonly found: number;
  readonly differing: readonly string[];
}

export async function checkSeal(
  reader: Reader,
  no: number,
  before: Buffer,
): Promise<SealCheck | undefined> {
  const { rows } = await sql<SealCheck>`
    with member as materialized (select id, digest, prints from ledger.batch where seal = ${no}),
    run as (
      select min(id) as low, max(id) as high
      from (select id, id - row_number() over (order by id) as gap from member) as numbered group by gap),
    leaf as (
      select l.batch, l.part, l.id, sha256(convert_to(l.line, 'UTF8')) as hash
      from run cross join lateral ledger.leaf(run.low, run.high) as l),
    digested as (
      select batch, sha256(string_agg(hash, '' order by part, id collate "C")) as digest,
        string_agg(substring(hash for 4), '' order by part, id collate "C") as prints
      from leaf group by batch)
    select s.no::float8 as no, s.batches, s.rows::float8 as rows, s.root,
      sha256(${before}::bytea || coalesce((select string_agg(digest, '' order by id) from member), '')) as expected,
      (select count(*)::int4 from member) as found,
      coalesce((select array_agg(m.id::text order by m.id) from member m left join digested d on d.batch = m.id
        where (m.digest, m.prints) is distinct from (d.digest, d.prints)), '{}') as differing
    from ledger.seal s where s.no = ${no}`.execute(reader);
  return rows[0];
}

export interface LeafRow {
  readonly part: Part;
  readonly id: string;
  readonly print: string;
}

/** The rows of a batch as they are now, and the prints of those that were sealed. */
export async function readBatch(
  reader: Reader,
  batch: string,
): Promise<{ prints: readonly string[]; rows: readonly LeafRow[] }> {
  const { rows: leaves } = await sql<{ part: number; id: string; print: string }>`
    select part, id, encode(substring(sha256(convert_to(line, 'UTF8')) for 4), 'hex') as print
    from ledger.leaf(${batch}, ${batch}) order by part, id collate "C"`.execute(reader);
  const { rows: stored } = await sql<{ prints: string }>`
    select encode(prints, 'hex') as prints from ledger.batch where id = ${batch}`.execute(reader);
  return {
    prints: stored[0]?.prints.match(/.{8}/g) ?? [],
    rows: leaves.map(({ part, id, print }) => ({ part: parts[part - 1] ?? 'transfer', id, print })),
  };
}

export interface Stray {
  readonly what: Part | 'batch';
  readonly where: string;
  readonly batch: string | null;
}

/** What no seal's digest covers, held against the rows that one does. */
export async function findStrays(reader: Reader): Promise<Stray[]> {
  const { rows } = await sql<Stray>`
    select 'transfer' as what, t.id::text as "where", t.batch::text as batch from ledger.transfer t
      where not exists (select from ledger.batch b where b.id = t.batch)
    union all select 'reject', r.id::text, r.batch::text from ledger.reject r
      where not exists (select from ledger.batch b where b.id = r.batch)
    union all select 'batch', b.id::text, b.id::text from ledger.batch b
      where seal is not null and not exists (select from ledger.seal s where s.no = b.seal)
    union all select 'hold', h.id::text, null from ledger.hold h
      left join ledger.transfer made on made.id = h.id and made.kind = 1
      left join ledger.transfer done on done.pending_id = h.id
      where made.id is null or h.state <> coalesce(done.kind - 1, 0)
    union all select 'account', i.code || case i.stripe when 0 then '' else '#' || i.stripe end, null
      from ledger.account_info i
      left join ledger.account a on a.id = i.id
      left join ledger.transfer d on d.debit = i.id and d.debit_version = a.version
      left join ledger.transfer c on c.credit = i.id and c.credit_version = a.version
      left join (select debit, sum(amount)::int8 as amount from ledger.hold where state = 0 group by debit) h
        on h.debit = i.id
      left join (select credit, sum(amount)::int8 as amount from ledger.hold where state = 0 group by credit) e
        on e.credit = i.id
      where a.id is null or a.balance <> coalesce(d.debit_balance, c.credit_balance, 0)
        or (a.version > 0 and d.id is null and c.id is null)
        or a.held <> coalesce(h.amount, 0) or a.incoming <> coalesce(e.amount, 0)
        or exists (select from ledger.transfer n where n.debit = i.id and n.debit_version = a.version + 1)
        or exists (select from ledger.transfer n where n.credit = i.id and n.credit_version = a.version + 1)`.execute(
    reader,
  );
  return rows;
}

/** Batches that have waited for their seal since before `before`. */
export async function countUnsealedBatches(reader: Reader, before: Date): Promise<number> {
  const { rows } = await sql<{ waiting: number }>`
    select count(*)::int4 as waiting from ledger.batch where seal is null and at < ${before}`.execute(
    reader,
  );
  return rows[0]?.waiting ?? 0;
}

export async function countSeals(reader: Reader): Promise<number> {
  const { rows } = await sql<{ last: number }>`
    select coalesce(max(no), 0)::float8 as last from ledger.seal`.execute(reader);
  return rows[0]?.last ?? 0;
}
