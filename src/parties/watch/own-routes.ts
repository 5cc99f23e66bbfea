/** Routes of the house's own list: propose an entry, put it in force with a second person, end it with two. For compliance alone. */
import { Type } from 'typebox';
import {
  type App,
  Body,
  callerOf,
  inTransaction,
  Page,
  PageQuery,
  Problem,
  pageOf,
  type Role,
} from '#platform';
import { decideOwn, factsOf, type OwnAct, proposeOwn } from './own.ts';
import { listOwn, type OwnRow, takeOwn } from './own-store.ts';
import type { WatchRoutesDeps } from './routes.ts';
import { ById, NewOwn, OwnState, OwnView } from './schema.ts';
import type { Keeper } from './screen.ts';

const access: readonly Role[] = ['compliance'];
const tags = ['console'];
const no = { '4xx': Problem };
const PATH = '/v1/console/watch/own';

export function ownRoutes(app: App, { db, keys, clock }: WatchRoutesDeps): void {
  app.get(
    PATH,
    {
      config: { access },
      schema: {
        ...{ tags, summary: 'The entries of our own list, newest first.' },
        querystring: Body({ ...PageQuery, state: Type.Optional(OwnState) }),
        response: { 200: Page(OwnView), ...no },
      },
    },
    async ({ query: { cursor, limit = 20, state } }) =>
      pageOf(await listOwn(db, { cursor, limit, state }), limit, (row) => view({ keys }, row)),
  );
  app.post(
    PATH,
    {
      config: { access, stepUp: true },
      schema: {
        ...{ tags, summary: 'Propose an entry; a second person puts it in force.', body: NewOwn },
        response: { 201: OwnView, ...no },
      },
    },
    async (request, reply) => {
      const { until, ...facts } = request.body;
      const { userId: by } = callerOf(request);
      const at = clock.now();
      reply.code(201);
      return await inTransaction(db, async (tx) => {
        const id = await proposeOwn(tx, { keys }, { facts, until, by, at });
        return view({ keys }, await takeOwn(tx, id));
      });
    },
  );
  const acts: readonly (readonly [OwnAct, string])[] = [
    ['approve', 'Put it in force: everybody is compared with it.'],
    ['refuse', 'Do not put it in force, or take the proposal back.'],
    ['propose_end', 'Propose to end it; a second person has to agree.'],
    ['end', 'End it. Whom it stopped stays stopped until the match is cleared.'],
    ['keep', 'Do not end it.'],
  ];
  for (const [act, summary] of acts)
    app.post(
      `${PATH}/:id/${act.replace('_', '-')}`,
      {
        config: { access, stepUp: true },
        schema: { tags, summary, params: ById, response: { 200: OwnView, ...no } },
      },
      async (request) => {
        const { id } = request.params as { id: string };
        const { userId: by } = callerOf(request);
        return await inTransaction(db, async (tx) => {
          await decideOwn(tx, { keys }, { id, act, by, at: clock.now() });
          return view({ keys }, await takeOwn(tx, id));
        });
      },
    );
}

function view(keeper: Keeper, row: OwnRow) {
  const { id, state, until, proposedBy, decidedBy, endingBy } = row;
  const { names, ...facts } = factsOf(keeper, row);
  return {
    ...{ ...facts, names: [...names], id, state, until, proposedBy },
    proposedAt: row.proposedAt.toISOString(),
    ...(decidedBy !== undefined && { decidedBy }),
    ...(endingBy !== undefined && { endingBy }),
  };
}
