/** Routes of the arbitration desk: its queue, one file, taking, hearing and deciding, and how well it does. */
import { Type } from 'typebox';
import {
  type App,
  Body,
  callerOf,
  chinaInstant,
  Day,
  Id,
  inTransaction,
  PageQuery,
  Problem,
  pageOf,
  parseFen,
  Refused,
  type Role,
} from '#platform';
import { assignClaim, decideClaim, deskFigures, hearClaim } from './desk.ts';
import { openPhoto } from './photo.ts';
import type { ClaimRoutesDeps } from './routes.ts';
import { ClaimFile, ClaimRows, DecideBody, Figures, Picture } from './schema.ts';
import { findClaim, listAtDesk, listClaims } from './store.ts';
import { claimFile, claimRow } from './view.ts';

const tags = ['disputes'];
const OnClaim = Body({ id: Id });
const no = { '4xx': Problem };
const DECIDERS: readonly Role[] = ['risk', 'support', 'admin'];
/** What people wrote and showed is for those who decide; auditors see the figures and the record. */
const READERS: readonly Role[] = ['risk', 'support', 'admin'];

export interface DeskRoutesDeps extends ClaimRoutesDeps {
  /** Orders of the venues paid in [from, to), for the dispute rate. */
  readonly countOrders?: ((span: { from: Date; to: Date }) => Promise<number>) | undefined;
}

export function deskRoutes(app: App, deps: DeskRoutesDeps): void {
  queue(app, deps);
  oneFile(app, deps);
  decides(app, deps);
}

function queue(app: App, { db, countOrders }: DeskRoutesDeps): void {
  app.get(
    '/v1/console/claims',
    {
      config: { access: READERS },
      schema: {
        tags,
        summary: 'What waits for the desk, the most urgent first; or all claims, the newest first.',
        querystring: Body({
          ...PageQuery,
          queue: Type.Optional(Type.Enum(['desk', 'all'], { default: 'desk' })),
        }),
        response: { 200: ClaimRows, ...no },
      },
    },
    async (request) => {
      const { cursor, limit = 20, queue: which = 'desk' } = request.query;
      if (which === 'desk') {
        const waiting = await listAtDesk(db);
        return { items: await Promise.all(waiting.map((claim) => claimRow(db, claim))) };
      }
      const page = pageOf(await listClaims(db, { cursor, limit }), limit, (row) => row);
      return { ...page, items: await Promise.all(page.items.map((one) => claimRow(db, one))) };
    },
  );
  app.get(
    '/v1/console/claims/figures',
    {
      config: { access: [...READERS, 'auditor', 'compliance'] },
      schema: {
        tags,
        summary: 'Claims opened on these days (China), and how they went.',
        querystring: Body({ from: Day, to: Day }),
        response: { 200: Figures, ...no },
      },
    },
    async (request) => {
      const from = chinaInstant(request.query.from);
      const to = chinaInstant(request.query.to, 24);
      const { hoursMedian, hoursP95, ...counts } = await deskFigures(db, { from, to });
      const orders = await countOrders?.({ from, to });
      return {
        ...{ ...counts, from: from.toISOString(), to: to.toISOString() },
        ...(hoursMedian !== undefined && { hoursMedian }),
        ...(hoursP95 !== undefined && { hoursP95 }),
        ...(orders !== undefined && { orders }),
      };
    },
  );
}

function oneFile(app: App, deps: DeskRoutesDeps): void {
  const { db, keys } = deps;
  app.get(
    '/v1/console/claims/:id',
    {
      config: { access: READERS },
      schema: {
        ...{ tags, summary: 'The evidence room of one claim.', params: OnClaim },
        response: { 200: ClaimFile, ...no },
      },
    },
    async (request) => await theFile(deps, request.params.id),
  );
  app.get(
    '/v1/console/claims/:id/photos/:photoId',
    {
      config: { access: READERS },
      schema: {
        ...{ tags, summary: 'One photo of a claim.', params: Body({ id: Id, photoId: Id }) },
        response: { 200: { content: { 'image/webp': { schema: Picture } } }, ...no },
      },
    },
    async (request, reply) => {
      const { id: claimId, photoId } = request.params;
      return reply.type('image/webp').send(await openPhoto(db, keys, { claimId, photoId }));
    },
  );
}

function decides(app: App, deps: DeskRoutesDeps): void {
  const { db, clock, execute } = deps;
  const config = { access: DECIDERS };
  const on = (summary: string) => ({
    ...{ tags, summary, params: OnClaim, response: { 200: ClaimFile, ...no } },
  });
  app.post(
    '/v1/console/claims/:id/assign',
    { config, schema: { ...on('Take this claim.'), body: Body({}) } },
    async (request) => {
      const act = { id: request.params.id, actor: callerOf(request).userId, at: clock.now() };
      await inTransaction(db, (tx) => assignClaim(tx, act));
      return await theFile(deps, act.id);
    },
  );
  app.post(
    '/v1/console/claims/:id/hear',
    { config, schema: { ...on('Both have said enough: on to the desk.'), body: Body({}) } },
    async (request) => {
      const act = { id: request.params.id, actor: callerOf(request).userId, at: clock.now() };
      await inTransaction(db, (tx) => hearClaim(tx, act));
      return await theFile(deps, act.id);
    },
  );
  app.post(
    '/v1/console/claims/:id/decide',
    {
      config: { ...config, stepUp: true },
      schema: { ...on('Decide; on appeal, for good.'), body: DecideBody },
    },
    async (request) => {
      const { refundFen: text, ...made } = request.body;
      const act = { id: request.params.id, actor: callerOf(request).userId, at: clock.now() };
      const refundFen = text === undefined ? undefined : parseFen(text);
      await inTransaction(db, (tx) => decideClaim(tx, execute, { ...made, ...act, refundFen }));
      return await theFile(deps, act.id);
    },
  );
}

async function theFile(deps: DeskRoutesDeps, id: string) {
  const claim = await findClaim(deps.db, id);
  if (!claim) throw new Refused('not_found');
  return await claimFile(deps.db, deps, claim);
}
