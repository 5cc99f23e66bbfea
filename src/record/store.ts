/** All SQL of the record: one insert to append, one to chain, and reads in pages. */
import { sql } from 'kysely';
import type { Reader, Tx } from '#platform';
import { type Content, GENESIS, type Head, type Link } from './domain.ts';

/** Any constant will do. Only sealers take it: the rows they take would make them wait too, but in no fixed order. */
const SEAL_LOCK = 7_205_912;

export async function insertEntry(
  tx: Tx,
  entry: Omit<Content, 'data'> & { json: string; digest: Buffer },
): Promise<void> {
  const { id, subject, type, json, at, digest } = entry;
  await sql`
    with kept as (
      insert into record.entry (id, subject, type, data, at, digest)
      values (${id}, ${subject}, ${type}, ${json}::jsonb, ${at}, ${digest})
      returning no, id)
    insert into record.unsealed (no, entry_id) select no, id from kept`.execute(tx);
}

export async function insertEntries(
  tx: Tx,
  entries: readonly (Omit<Content, 'data'> & { json: string; digest: Buffer })[],
): Promise<void> {
  await sql`
    with kept as (
      insert into record.entry (id, subject, type, data, at, digest)
      select id, subject, type, data::jsonb, at, digest from unnest(
        ${entries.map(({ id }) => id)}::uuid[], ${entries.map(({ subject }) => subject)}::text[],
        ${entries.map(({ type }) => type)}::text[], ${entries.map(({ json }) => json)}::text[],
        ${entries.map(({ at }) => at.toISOString())}::timestamptz[],
        ${entries.map(({ digest }) => digest)}::bytea[]) with ordinality
        as new (id, subject, type, data, at, digest, place)
      order by place
      returning no, id)
    insert into record.unsealed (no, entry_id) select no, id from kept`.execute(tx);
}

/** Takes the first `limit` that wait and are visible; what commits later waits for the next time. */
export async function takeUnsealed(
  tx: Tx,
  limit: number,
): Promise<{ id: string; digest: Buffer }[]> {
  const { rows } = await sql<{ id: string; digest: Buffer }>`
    with next as (select no from record.unsealed order by no limit ${limit}),
    taken as (
      delete from record.unsealed where no in (select no from next) returning no, entry_id)
    select e.id, e.digest from taken join record.entry e on e.id = taken.entry_id
    order by taken.no`.execute(tx);
  return rows;
}

export async function lockChain(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${SEAL_LOCK})`.execute(tx);
}

export async function findHead(reader: Reader): Promise<Head> {
  const row = await reader
    .selectFrom('record.link')
    .select(['seq', 'hash'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? { seq: Number(row.seq), hash: row.hash } : { seq: 0, hash: GENESIS };
}

export async function insertLinks(
  tx: Tx,
  links: readonly (Link & { id: string })[],
): Promise<void> {
  await tx
    .insertInto('record.link')
    .values(
      links.map(({ seq, id, at, prev, hash }) => ({
        seq: BigInt(seq),
        entry_id: id,
        at,
        prev,
        hash,
      })),
    )
    .execute();
}

export interface Chained {
  readonly link: Link;
  readonly entryId: string;
  readonly entry: (Content & { digest: Buffer }) | undefined;
}

export async function listChained(
  reader: Reader,
  after: number,
  limit: number,
): Promise<Chained[]> {
  const rows = await reader
    .selectFrom('record.link as l')
    .leftJoin('record.entry as e', 'e.id', 'l.entry_id')
    .select(['l.seq', 'l.entry_id', 'l.at as sealed_at', 'l.prev', 'l.hash'])
    .select(['e.id', 'e.subject', 'e.type', 'e.data', 'e.at', 'e.digest'])
    .where('l.seq', '>', BigInt(after))
    .orderBy('l.seq')
    .limit(limit)
    .execute();
  return rows.map(({ seq, entry_id, sealed_at, prev, hash, ...e }) => ({
    link: { seq: Number(seq), at: sealed_at, prev, hash },
    entryId: entry_id,
    entry:
      e.id !== null && e.subject !== null && e.type !== null && e.at !== null && e.digest !== null
        ? { id: e.id, subject: e.subject, type: e.type, data: e.data, at: e.at, digest: e.digest }
        : undefined,
  }));
}

export interface Unchained extends Content {
  readonly no: bigint;
  readonly digest: Buffer;
  readonly waiting: boolean;
}

/** Entries without a link, and whether they wait for one. One statement, so a seal is seen whole or not at all. */
export async function listUnchained(
  reader: Reader,
  after: bigint,
  limit: number,
): Promise<Unchained[]> {
  const { rows } = await sql<Unchained>`
    select e.no, e.id, e.subject, e.type, e.data, e.at, e.digest, u.no is not null as waiting
    from record.entry e
    left join record.link l on l.entry_id = e.id
    left join record.unsealed u on u.entry_id = e.id
    where l.seq is null and e.no > ${after}
    order by e.no limit ${limit}`.execute(reader);
  return rows;
}

/** Entries that have waited for their place in the chain since before `before`. */
export async function countUnsealed(reader: Reader, before: Date): Promise<number> {
  const { rows } = await sql<{ waiting: bigint }>`
    select count(*) as waiting from record.unsealed u
    join record.entry e on e.id = u.entry_id where e.at < ${before}`.execute(reader);
  return Number(rows[0]?.waiting ?? 0n);
}

export interface EntryRow extends Content {
  readonly no: bigint;
  readonly seq: bigint | null;
  readonly hash: Buffer | null;
}

/** Entries of a subject (of all, without one), newest first, below `before`. */
export async function listEntries(
  reader: Reader,
  input: { subject: string | undefined; before: bigint | undefined; limit: number },
): Promise<EntryRow[]> {
  const { subject, before, limit } = input;
  return await reader
    .selectFrom('record.entry as e')
    .leftJoin('record.link as l', 'l.entry_id', 'e.id')
    .select(['e.no', 'e.id', 'e.subject', 'e.type', 'e.data', 'e.at', 'l.seq', 'l.hash'])
    .$if(subject !== undefined, (query) => query.where('e.subject', '=', subject ?? ''))
    .$if(before !== undefined, (query) => query.where('e.no', '<', before ?? 0n))
    .orderBy('e.no', 'desc')
    .limit(limit)
    .execute();
}

/** Entries of a subject, oldest first, above `after`. */
export async function listSeries(
  reader: Reader,
  input: { subject: string; after: bigint; limit: number },
): Promise<EntryRow[]> {
  return await reader
    .selectFrom('record.entry as e')
    .leftJoin('record.link as l', 'l.entry_id', 'e.id')
    .select(['e.no', 'e.id', 'e.subject', 'e.type', 'e.data', 'e.at', 'l.seq', 'l.hash'])
    .where('e.subject', '=', input.subject)
    .where('e.no', '>', input.after)
    .orderBy('e.no')
    .limit(input.limit)
    .execute();
}
