/** Routes of staff about recyclers: the list, one with its history and licence, and what stops its business. */
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
  Refused,
  type Role,
} from '#platform';
import { scorecardOf } from './deed.ts';
import { openLicencePhoto } from './licence.ts';
import type { RecyclerRoutesDeps } from './route-deps.ts';
import {
  ById,
  ConsoleRecycler,
  ConsoleRecyclerRow,
  Picture,
  ReasonBody,
  RecyclerStateName,
  ScorecardView,
} from './schema.ts';
import { judge } from './standing.ts';
import { listRecyclers, readRecycler } from './store.ts';
import { consoleRow, consoleView, scorecardView } from './view.ts';

const readers: readonly Role[] = ['support', 'risk', 'finance', 'compliance', 'auditor', 'admin'];
const judges: readonly Role[] = ['risk', 'compliance', 'admin'];
const tags = ['console'];
const no = { '4xx': Problem };

export function consoleRecyclerRoutes(app: App, deps: RecyclerRoutesDeps): void {
  reads(app, deps);
  acts(app, deps);
}

function reads(app: App, { db, keys, clock, money }: RecyclerRoutesDeps): void {
  app.get(
    '/v1/console/recyclers/:id/scorecard',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: 'How a recycler keeps its word, and the limits that restrict it.',
        params: ById,
        response: { 200: ScorecardView, ...no },
      },
    },
    async ({ params: { id: recyclerId } }) => {
      if (!(await readRecycler(db, recyclerId))) throw new Refused('not_found');
      return scorecardView(await scorecardOf(db, { recyclerId, at: clock.now() }));
    },
  );
  app.get(
    '/v1/console/recyclers',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: 'Recyclers, newest first.',
        querystring: Body({ ...PageQuery, state: Type.Optional(RecyclerStateName) }),
        response: { 200: Page(ConsoleRecyclerRow), ...no },
      },
    },
    async ({ query: { cursor, limit = 20, state } }) =>
      pageOf(await listRecyclers(db, { cursor, limit, state }), limit, consoleRow),
  );
  app.get(
    '/v1/console/recyclers/:id',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: 'One recycler with its checklist, money and history.',
        params: ById,
        response: { 200: ConsoleRecycler, ...no },
      },
    },
    async ({ params: { id } }) => {
      const row = await readRecycler(db, id);
      if (!row) throw new Refused('not_found');
      return await consoleView(db, { keys, money }, row);
    },
  );
  app.get(
    '/v1/console/recyclers/:id/licence-photo',
    {
      config: { access: judges },
      schema: {
        ...{ tags, summary: 'The photo of a recycler’s licence.', params: ById },
        response: { 200: { content: { 'image/webp': { schema: Picture } } }, ...no },
      },
    },
    async ({ params: { id } }, reply) =>
      reply.type('image/webp').send(await openLicencePhoto(db, keys, id)),
  );
}

function acts(app: App, { db, keys, money, news, clock }: RecyclerRoutesDeps): void {
  const summaries = {
    restrict: 'No new bids; what is open is settled.',
    suspend: 'Stop all business and every API key at once.',
    restore: 'Let it do business again, on probation.',
    expel: 'Send a suspended recycler away; its deposit goes back after the tail.',
  } as const;
  for (const act of Object.keys(summaries) as (keyof typeof summaries)[])
    app.post(
      `/v1/console/recyclers/:id/${act}`,
      {
        config: { access: judges, stepUp: true },
        schema: {
          tags,
          summary: summaries[act],
          params: ById,
          body: ReasonBody,
          response: { 200: ConsoleRecycler, ...no },
        },
      },
      async (request) => {
        const { id: recyclerId } = request.params;
        const { reason } = request.body;
        const { userId: actor } = callerOf(request);
        const at = clock.now();
        await inTransaction(db, (tx) => judge(tx, { recyclerId, act, reason, actor, at, news }));
        const row = await readRecycler(db, recyclerId);
        if (!row) throw new Refused('not_found');
        return await consoleView(db, { keys, money }, row);
      },
    );
}
