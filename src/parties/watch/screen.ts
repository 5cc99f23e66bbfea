/** Compares parties with the watch lists: each when it joins, everybody when a list changes; a match opens a case. */
import {
  addJob,
  type Clock,
  type Db,
  inTransaction,
  type Keys,
  newId,
  type Reader,
  sha256,
  type Tasks,
  type Tx,
  WorldError,
} from '#platform';
import { start } from '#process';
import { append } from '#record';
import {
  type Entry,
  type ListKind,
  type Match,
  type Matcher,
  matcherOf,
  type Subject,
} from './domain.ts';
import { watchCase } from './life.ts';
import { entriesIn, type Published, type Publisher } from './lists.ts';
import {
  insertCase,
  insertVersion,
  lockList,
  noteLook,
  noteScreened,
  type Role,
  reachOf,
  readVersion,
  recyclersAfter,
  sharedVersions,
  type Version,
  verifiedAfter,
} from './store.ts';

/** Whoever keeps the money hears at once, in the same transaction. */
export interface Holds {
  hold(tx: Tx, stopped: { partyIds: readonly string[]; at: Date }): Promise<void>;
  free(tx: Tx, cleared: { partyIds: readonly string[]; at: Date }): Promise<void>;
}

export interface Watch {
  readonly keys: Keys;
  readonly holds: Holds;
  /** The index over a stored list is made once a process. */
  readonly matchers: Map<string, Promise<Matcher>>;
}
export const openWatch = (deps: { keys: Keys; holds: Holds }): Watch => ({
  ...deps,
  matchers: new Map(),
});

interface Party {
  readonly kind: 'person' | 'recycler';
  readonly id: string;
  readonly named: readonly { readonly role: Role; readonly subject: Subject }[];
}
export const personOf = (id: string, known: { name: string; idNumber: string }): Party => ({
  ...{ kind: 'person', id },
  named: [{ role: 'real_name', subject: { type: 'person', ...known } }],
});
/** A licence names a company and its legal person, who has no number here. */
export const recyclerOf = (
  id: string,
  licence: { legalName: string; creditCode: string; legalPerson: string },
): Party => ({
  ...{ kind: 'recycler', id },
  named: [
    {
      role: 'legal_name',
      subject: { type: 'entity', name: licence.legalName, creditCode: licence.creditCode },
    },
    { role: 'legal_person', subject: { type: 'person', name: licence.legalPerson } },
  ],
});

/** Compares one party with all lists as they stand; to be called in the transaction by which it joins. */
export async function screen(tx: Tx, watch: Watch, party: Party, at: Date): Promise<void> {
  for (const { id } of await sharedVersions(tx)) {
    const version = await readVersion(tx, id);
    if (!version) continue;
    await against(tx, watch, { party, version, match: await wholeOf(watch, version), at });
  }
}

async function against(
  tx: Tx,
  watch: Watch,
  asked: { party: Party; version: Version; match: Matcher; at: Date },
): Promise<void> {
  const { party, version, match, at } = asked;
  for (const { role, subject } of party.named)
    for (const hit of match(subject)) await openCase(tx, watch, { party, role, version, hit, at });
}

async function openCase(
  tx: Tx,
  { keys, holds }: Watch,
  found: { party: Party; role: Role; version: Version; hit: Match; at: Date },
): Promise<void> {
  const { party, role, version, hit, at } = found;
  const { entry, score, features } = hit;
  const id = newId(at);
  const entryPrint = keys.fingerprint('watch_entry', JSON.stringify(entry));
  const isNew = await insertCase(tx, {
    ...{ id, subjectKind: party.kind, subjectId: party.id, role, versionId: version.id },
    ...{ kind: version.kind, entryRef: entry.ref, entryPrint, score, features },
    ...{ state: 'opened', openedAt: at },
  });
  if (!isNew) return;
  // Neither who nor whom: the record has more readers than the case may have.
  const record = { list: version.digest.toString('hex'), entry: entryPrint.toString('hex') };
  await start(tx, watchCase, { id, at, by: 'system', record });
  await holds.hold(tx, { partyIds: await reachOf(tx, party.id), at });
}

// lists in memory

const boundTo = (id: string): string => `watch/${id}`;
const openList = (keys: Keys, { id, sealed }: Version): readonly Entry[] =>
  entriesIn(keys.open('watch_list', sealed, boundTo(id)));

/** Versions kept in memory; the oldest goes. */
const MATCHERS_MAX = 20;

function kept(watch: Watch, key: string, make: () => Promise<Matcher>): Promise<Matcher> {
  const { matchers } = watch;
  const known = matchers.get(key);
  if (known !== undefined) return known;
  const made = make();
  matchers.set(key, made);
  made.catch(() => matchers.delete(key));
  const [oldest] = matchers.keys();
  if (matchers.size > MATCHERS_MAX && oldest !== undefined) matchers.delete(oldest);
  return made;
}

const wholeOf = (watch: Watch, version: Version): Promise<Matcher> =>
  kept(watch, version.id, async () => matcherOf(openList(watch.keys, version)));

/** Only what the version before did not say in the same words. */
const newsOf = (reader: Reader, watch: Watch, version: Version): Promise<Matcher> =>
  kept(watch, `${version.id}/new`, async () => {
    const before = version.previousId && (await readVersion(reader, version.previousId));
    const said = new Set(
      before ? openList(watch.keys, before).map((entry) => JSON.stringify(entry)) : [],
    );
    return matcherOf(
      openList(watch.keys, version).filter((entry) => !said.has(JSON.stringify(entry))),
    );
  });

/** The entry behind a case, for those who decide it. */
export async function entryOf(
  reader: Reader,
  keys: Keys,
  of: { versionId: string; entryRef: string },
): Promise<Entry | undefined> {
  const version = await readVersion(reader, of.versionId);
  return version && openList(keys, version).find(({ ref }) => ref === of.entryRef);
}

// the work

export const FETCH_JOB = 'parties.fetch_watch_lists';
const SCREEN_JOB = 'parties.screen_again';
/** Parties of one job; the next job takes the next. */
const PAGE = 200;

/** To be called now and then: asks the publisher whether a list has changed. */
export async function lookAtLists(db: Db): Promise<void> {
  await inTransaction(db, (tx) => addJob(tx, FETCH_JOB, {}, { key: FETCH_JOB }));
}

export const watchTasks = (watch: Watch, publisher: Publisher): Tasks => ({
  [FETCH_JOB]: async (_payload, { db, clock, lastAttempt }) => {
    try {
      // Our own list is kept here (`own.ts`), whatever a publisher says of it.
      for (const one of await publisher.index())
        if (one.kind !== 'internal') await fetchList({ db, clock }, watch, publisher, one);
    } catch (error) {
      if (!(error instanceof WorldError)) throw error;
      const { code: failure } = error;
      await inTransaction(db, (tx) => noteLook(tx, { at: clock.now(), failure }));
      // Said on the page of lists; the next look is an hour away.
      if (!lastAttempt) throw error;
    }
  },
  [SCREEN_JOB]: async ({ versionId = '', kind = '', after = '' }, { db, clock }) => {
    const version = await readVersion(db, versionId);
    if (!version) return;
    const match = await newsOf(db, watch, version);
    await inTransaction(db, async (tx) => {
      const at = clock.now();
      const page =
        kind === 'person' ? await persons(tx, watch, after) : await shops(tx, watch, after);
      for (const party of page.parties) await against(tx, watch, { party, version, match, at });
      const isLast = page.last === undefined;
      if (isLast && kind === 'recycler') return await noteScreened(tx, { versionId, at });
      const next = isLast ? { kind: 'recycler', after: NOBODY } : { kind, after: page.last ?? '' };
      await addJob(tx, SCREEN_JOB, { versionId, ...next });
    });
  },
});
const NOBODY = '00000000-0000-0000-0000-000000000000';

async function fetchList(
  { db, clock }: { db: Db; clock: Clock },
  watch: Watch,
  publisher: Publisher,
  one: Published,
): Promise<void> {
  const { kind, version, sha256: digest } = one;
  const isKnown = (now: Version | undefined): boolean => now?.digest.toString('hex') === digest;
  const known = await inTransaction(db, async (tx) => isKnown(await lockList(tx, kind)));
  const list = known ? undefined : await publisher.read(one);
  await inTransaction(db, async (tx) => {
    const at = clock.now();
    const before = await lockList(tx, kind);
    await noteLook(tx, { kind, at });
    if (!list || isKnown(before)) return;
    const { text, entries } = list;
    await keepVersion(tx, watch, { kind, version, text, entries: entries.length, before, at });
  });
}

export type Keeper = Pick<Watch, 'keys'>;

/** A list says something else from this commit on, whoever joins; everybody else is compared by the jobs that follow. */
export async function keepVersion(
  tx: Tx,
  { keys }: Keeper,
  made: {
    kind: ListKind;
    version: string;
    text: string;
    entries: number;
    before: Version | undefined;
    at: Date;
  },
): Promise<void> {
  const { kind, version, text, entries, before, at } = made;
  const id = newId(at);
  const row = { id, kind, version, digest: sha256(text), entries };
  const sealed = keys.seal('watch_list', text, boundTo(id));
  await insertVersion(tx, { ...row, sealed, previousId: before?.id, at });
  const data = { kind, version, digest: row.digest.toString('hex'), entries };
  await append(tx, { subject: `watch:${kind}`, type: 'watch_list.changed', data, at });
  await addJob(tx, SCREEN_JOB, { versionId: id, kind: 'person', after: NOBODY });
}

interface Batch {
  readonly parties: readonly Party[];
  /** Undefined: nobody is left. */
  readonly last: string | undefined;
}

async function persons(tx: Tx, { keys }: Watch, after: string): Promise<Batch> {
  const rows = await verifiedAfter(tx, { after, limit: PAGE });
  const parties = rows.flatMap(({ id, personId, name, idNumber }) =>
    name && idNumber
      ? personOf(personId, {
          name: keys.open('real_name', name, id),
          idNumber: keys.open('id_number', idNumber, id),
        })
      : [],
  );
  return { parties, last: rows.at(-1)?.id };
}

async function shops(tx: Tx, { keys }: Watch, after: string): Promise<Batch> {
  const rows = await recyclersAfter(tx, { after, limit: PAGE });
  const parties = rows.map(({ id, legalName, creditCode, legalPerson }) =>
    recyclerOf(id, {
      ...{ legalName, creditCode },
      legalPerson: keys.open('legal_person', legalPerson, `recycler/${id}`),
    }),
  );
  return { parties, last: rows.at(-1)?.id };
}
