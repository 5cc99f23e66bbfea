/** SQL of watch lists, of the cases that matches open, and of whoever is to be compared. */
import { type Selectable, sql } from 'kysely';
import type { Database, Reader, Sealed, Tx } from '#platform';
import type { StateOf } from '#process';
import type { Features, ListKind } from './domain.ts';
import type { watchCase } from './life.ts';

export type CaseState = StateOf<typeof watchCase>;

// lists

export interface Version {
  readonly id: string;
  readonly kind: ListKind;
  readonly version: string;
  readonly digest: Buffer;
  readonly sealed: Buffer;
  readonly previousId: string | undefined;
}
const toVersion = (row: Selectable<Database['parties.watch_version']>): Version => ({
  ...{ id: row.id, version: row.version, digest: row.digest, sealed: row.sealed },
  kind: row.kind as ListKind,
  previousId: row.previous_id ?? undefined,
});

export async function readVersion(reader: Reader, id: string): Promise<Version | undefined> {
  const row = await reader
    .selectFrom('parties.watch_version')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row && toVersion(row);
}

/** Shared until commit: no new version comes in between a comparison and its commit. */
export async function sharedVersions(tx: Tx): Promise<{ id: string; kind: ListKind }[]> {
  const rows = await tx
    .selectFrom('parties.watch_list')
    .select(['version_id', 'kind'])
    .where('version_id', 'is not', null)
    .orderBy('kind')
    .forShare()
    .execute();
  return rows.flatMap(({ version_id: id, kind }) => (id ? { id, kind: kind as ListKind } : []));
}

export async function lockList(tx: Tx, kind: ListKind): Promise<Version | undefined> {
  const row = await tx
    .selectFrom('parties.watch_list')
    .select('version_id')
    .where('kind', '=', kind)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return row.version_id ? await readVersion(tx, row.version_id) : undefined;
}

export async function insertVersion(
  tx: Tx,
  made: {
    id: string;
    kind: ListKind;
    version: string;
    digest: Buffer;
    entries: number;
    sealed: Sealed;
    previousId: string | undefined;
    at: Date;
  },
): Promise<void> {
  const { id, kind, version, digest, entries, sealed, previousId, at } = made;
  const row = { id, kind, version, digest, entries, sealed, previous_id: previousId ?? null, at };
  await tx.insertInto('parties.watch_version').values(row).execute();
  await tx
    .updateTable('parties.watch_list')
    .set({ version_id: id, screened_at: null })
    .where('kind', '=', kind)
    .execute();
}

export async function noteLook(
  tx: Tx,
  { kind, at, failure }: { kind?: ListKind; at: Date; failure?: string },
): Promise<void> {
  let query = tx
    .updateTable('parties.watch_list')
    .set(failure === undefined ? { looked_at: at, failure: null } : { failure });
  // Of our own list nobody is asked.
  query = kind ? query.where('kind', '=', kind) : query.where('kind', '<>', 'internal');
  await query.execute();
}

export async function noteScreened(
  tx: Tx,
  { versionId, at }: { versionId: string; at: Date },
): Promise<void> {
  await tx
    .updateTable('parties.watch_list')
    .set({ screened_at: at })
    .where('version_id', '=', versionId)
    .execute();
}

export async function listsNow(reader: Reader) {
  return await reader
    .selectFrom('parties.watch_list as l')
    .leftJoin('parties.watch_version as v', 'v.id', 'l.version_id')
    .select(['l.kind', 'l.looked_at', 'l.failure', 'l.screened_at'])
    .select(['v.version', 'v.digest', 'v.entries', 'v.at'])
    .orderBy('l.kind')
    .execute();
}

// cases

export interface WatchCase {
  readonly id: string;
  readonly subjectKind: 'person' | 'recycler';
  readonly subjectId: string;
  readonly role: Role;
  readonly versionId: string;
  readonly kind: ListKind;
  readonly entryRef: string;
  readonly entryPrint: Buffer;
  readonly score: number;
  readonly features: Features;
  readonly state: CaseState;
  readonly openedAt: Date;
  readonly decidedBy: string | undefined;
  readonly decidedAt: Date | undefined;
  readonly reason: string | undefined;
}
export type Role = 'real_name' | 'legal_name' | 'legal_person';

const toCase = (row: Selectable<Database['parties.watch_case']>): WatchCase => ({
  ...{ id: row.id, subjectId: row.subject_id, versionId: row.version_id, score: row.score },
  subjectKind: row.subject_kind as WatchCase['subjectKind'],
  role: row.role as Role,
  kind: row.kind as ListKind,
  ...{ entryRef: row.entry_ref, entryPrint: row.entry_print },
  features: row.features as unknown as Features,
  state: row.state as CaseState,
  openedAt: row.opened_at,
  decidedBy: row.decided_by ?? undefined,
  decidedAt: row.decided_at ?? undefined,
  reason: row.reason ?? undefined,
});

/** False: this entry, as it stands, was compared with this party before. */
export async function insertCase(
  tx: Tx,
  made: Omit<WatchCase, 'decidedBy' | 'decidedAt' | 'reason'>,
): Promise<boolean> {
  const inserted = await tx
    .insertInto('parties.watch_case')
    .values({
      ...{ id: made.id, subject_kind: made.subjectKind, subject_id: made.subjectId },
      ...{ role: made.role, version_id: made.versionId, kind: made.kind, score: made.score },
      ...{ entry_ref: made.entryRef, entry_print: made.entryPrint },
      ...{ features: JSON.stringify(made.features), state: made.state, opened_at: made.openedAt },
    })
    .onConflict((on) => on.doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted !== undefined;
}

export async function findCase(reader: Reader, id: string): Promise<WatchCase | undefined> {
  const row = await reader
    .selectFrom('parties.watch_case')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row && toCase(row);
}

export async function saveCase(
  tx: Tx,
  id: string,
  now: { state: CaseState; decided?: { by: string; at: Date; reason: string } },
): Promise<void> {
  const { state, decided } = now;
  await tx
    .updateTable('parties.watch_case')
    .set({
      state,
      ...(decided && {
        ...{ decided_by: decided.by, decided_at: decided.at, reason: decided.reason },
      }),
    })
    .where('id', '=', id)
    .execute();
}

/** The newest first; one more than `limit` says that there is a next page. */
export async function listCases(
  reader: Reader,
  page: { cursor: string | undefined; limit: number; state: CaseState | undefined },
): Promise<WatchCase[]> {
  let query = reader
    .selectFrom('parties.watch_case')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(page.limit + 1);
  if (page.cursor !== undefined) query = query.where('id', '<', page.cursor);
  if (page.state !== undefined) query = query.where('state', '=', page.state);
  return (await query.execute()).map(toCase);
}

// who is held

/**
 * Which of these parties a list stops: those with a case that nobody cleared, and shops of such an owner. Ids that
 * are no ids (the house) are nobody's.
 */
export async function heldAmong(reader: Reader, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await sql<{ id: string }>`
    select asked.id from unnest(${[...ids]}::text[]) as asked (id)
    where exists (
      select from parties.watch_case c
      where c.state <> 'cleared' and c.subject_id::text = asked.id
    ) or exists (
      select from parties.watch_case c
        join parties.membership m on m.person_id = c.subject_id
      where c.state <> 'cleared' and m.organisation_id::text = asked.id
        and m.roles @> array['owner']
    )`.execute(reader);
  return new Set(rows.map(({ id }) => id));
}

/** The party and the shops that it owns. */
export async function reachOf(reader: Reader, subjectId: string): Promise<string[]> {
  const rows = await reader
    .selectFrom('parties.membership')
    .select('organisation_id')
    .where('person_id', '=', subjectId)
    .where(sql<boolean>`roles @> array['owner']`)
    .orderBy('organisation_id')
    .execute();
  return [subjectId, ...rows.map(({ organisation_id: id }) => id)];
}

// whoever is to be compared, a page at a time

export async function verifiedAfter(reader: Reader, page: { after: string; limit: number }) {
  return await reader
    .selectFrom('parties.real_name')
    .select(['id', 'person_id as personId', 'name_sealed as name', 'id_sealed as idNumber'])
    .where('state', '=', 'verified')
    .where('id', '>', page.after)
    .orderBy('id')
    .limit(page.limit)
    .execute();
}

export async function recyclersAfter(reader: Reader, page: { after: string; limit: number }) {
  return await reader
    .selectFrom('parties.recycler')
    .select(['id', 'legal_name as legalName', 'credit_code as creditCode'])
    .select('legal_person as legalPerson')
    .where('state', '<>', 'closed')
    .where('id', '>', page.after)
    .orderBy('id')
    .limit(page.limit)
    .execute();
}
