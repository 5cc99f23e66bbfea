/** Routes of compliance about watch lists: the lists, the matches, and the decision of each. Nobody else may see them. */
import { Type } from 'typebox';
import {
  type App,
  Body,
  type Clock,
  callerOf,
  type Db,
  inTransaction,
  type Keys,
  Page,
  PageQuery,
  Problem,
  pageOf,
  type Reader,
  Refused,
  type Role,
} from '#platform';
import { maskName } from '../domain.ts';
import { realNameOf } from '../real-name.ts';
import { findCompany } from '../recycler/recycler.ts';
import { type DecideReason, decideCase } from './decide.ts';
import type { ListKind } from './domain.ts';
import { ownRoutes } from './own-routes.ts';
import {
  ById,
  ClearBody,
  ConfirmBody,
  WatchCaseRow,
  WatchCaseView,
  WatchLists,
  WatchState,
} from './schema.ts';
import { entryOf, type Holds } from './screen.ts';
import { findCase, listCases, listsNow, type WatchCase } from './store.ts';

export interface WatchRoutesDeps {
  readonly db: Db;
  readonly keys: Keys;
  readonly clock: Clock;
  readonly holds: Holds;
}

/** No administrator, no auditor, no finance: art. 40 and 54 forbid to let it be known. */
const readers: readonly Role[] = ['compliance'];
const tags = ['console'];
const no = { '4xx': Problem };

export function watchRoutes(app: App, deps: WatchRoutesDeps): void {
  reads(app, deps);
  decision(app, deps, { act: 'confirm', summary: 'It is the listed party.', body: ConfirmBody });
  decision(app, deps, { act: 'clear', summary: 'It is not; let it go.', body: ClearBody });
  ownRoutes(app, deps);
}

function reads(app: App, { db, keys }: WatchRoutesDeps): void {
  app.get(
    '/v1/console/watch/lists',
    {
      config: { access: readers },
      schema: {
        ...{ tags, summary: 'The watch lists, their versions and the last look at each.' },
        response: { 200: WatchLists, ...no },
      },
    },
    async () => ({ lists: (await listsNow(db)).map(listView) }),
  );
  app.get(
    '/v1/console/watch/cases',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: 'Matches with the lists, newest first.',
        querystring: Body({ ...PageQuery, state: Type.Optional(WatchState) }),
        response: { 200: Page(WatchCaseRow), ...no },
      },
    },
    async ({ query: { cursor, limit = 20, state } }) =>
      pageOf(await listCases(db, { cursor, limit, state }), limit, rowView),
  );
  app.get(
    '/v1/console/watch/cases/:id',
    {
      config: { access: readers },
      schema: {
        ...{ tags, summary: 'A match: both sides, and how each feature compared.', params: ById },
        response: { 200: WatchCaseView, ...no },
      },
    },
    async ({ params: { id } }) => await caseView(db, keys, id),
  );
}

function decision(
  app: App,
  { db, keys, clock, holds }: WatchRoutesDeps,
  of: { act: 'confirm' | 'clear'; summary: string; body: typeof ConfirmBody | typeof ClearBody },
): void {
  const { act, summary, body } = of;
  app.post(
    `/v1/console/watch/cases/:id/${act}`,
    {
      config: { access: readers, stepUp: true },
      schema: { tags, summary, params: ById, body, response: { 200: WatchCaseView, ...no } },
    },
    async (request) => {
      const { id } = request.params;
      const { reason } = request.body as { reason: DecideReason };
      const { userId: actor } = callerOf(request);
      const at = clock.now();
      await inTransaction(db, (tx) => decideCase(tx, holds, { id, act, reason, actor, at }));
      return await caseView(db, keys, id);
    },
  );
}

function listView(row: Awaited<ReturnType<typeof listsNow>>[number]) {
  return {
    ...{ kind: row.kind as ListKind, entries: row.entries ?? 0 },
    ...(row.version !== null && { version: row.version }),
    ...(row.digest && { sha256: row.digest.toString('hex') }),
    ...(row.at && { since: row.at.toISOString() }),
    ...(row.looked_at && { lookedAt: row.looked_at.toISOString() }),
    ...(row.failure !== null && { failure: row.failure }),
    ...(row.screened_at && { screenedAt: row.screened_at.toISOString() }),
  };
}

const rowView = (found: WatchCase) => ({
  ...{ id: found.id, state: found.state, score: found.score, features: found.features },
  ...{ subjectKind: found.subjectKind, subjectId: found.subjectId, role: found.role },
  ...{ kind: found.kind, entryRef: found.entryRef, openedAt: found.openedAt.toISOString() },
  ...(found.decidedBy !== undefined && { decidedBy: found.decidedBy }),
  ...(found.decidedAt && { decidedAt: found.decidedAt.toISOString() }),
  ...(found.reason !== undefined && { reason: found.reason }),
});

async function caseView(reader: Reader, keys: Keys, id: string) {
  const found = await findCase(reader, id);
  if (!found) throw new Refused('not_found');
  const entry = await entryOf(reader, keys, found);
  const name = await nameOf(reader, keys, found);
  return {
    ...rowView(found),
    ...(name !== undefined && { subjectName: name }),
    ...(entry && {
      entry: {
        ...{ type: entry.type, names: [...entry.names] },
        ...(entry.bornOn !== undefined && { bornOn: entry.bornOn }),
        ...(entry.region !== undefined && { region: entry.region }),
      },
    }),
  };
}

async function nameOf(
  reader: Reader,
  keys: Keys,
  { subjectKind, subjectId }: WatchCase,
): Promise<string | undefined> {
  if (subjectKind === 'recycler') return (await findCompany(reader, subjectId))?.name;
  const known = await realNameOf(reader, keys, subjectId);
  return known && maskName(known.name.reveal());
}
