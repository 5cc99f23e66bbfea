/** Routes of a company's lots: make, second pair of eyes, open, choose; files for spreadsheets. */
import { Type } from 'typebox';
import { MEDIA, sendFile } from '#ledger';
import { requireMember } from '#parties';
import {
  type App,
  Body,
  callerOf,
  inTransaction,
  languageOf,
  PageQuery,
  pageOf,
  parseFen,
  Refused,
  stream,
  type Tx,
  ZERO,
} from '#platform';
import { type Asked, no, tags, viewFor, whoOn } from './asked.ts';
import { consoleLotRoutes } from './console-routes.ts';
import { bidderRoutes, dealRoutes } from './deal-routes.ts';
import type { LotRoutesDeps } from './deps.ts';
import { lotFileRoutes } from './file-routes.ts';
import {
  beginAgain,
  createLot,
  lotFor,
  lotTopic,
  type OnLot,
  submitLot,
  withdrawLot,
} from './lot.ts';
import { chooseOffers, declineOffers, openLot, takeBackLot } from './offer.ts';
import {
  ByCompany,
  ChooseBody,
  CreateBody,
  LotPage,
  LotView,
  OnLotParams,
  OpenBody,
} from './schema.ts';
import { cardsFile, resultFile, templateFile } from './sheet.ts';
import { statementOf } from './statement.ts';
import { listLots } from './store.ts';
import { openReissued } from './take-cards.ts';
import { lotSummary } from './view.ts';

const FORMATS = ['csv', 'xlsx'] as const;
const fileSchema = (format: (typeof FORMATS)[number]) => ({
  200: { content: { [MEDIA[format]]: { schema: Type.String() } } },
  ...no,
});

export function lotRoutes(app: App, deps: LotRoutesDeps): void {
  reads(app, deps);
  files(app, deps);
  returned(app, deps);
  making(app, deps);
  lotFileRoutes(app, deps);
  acts(app, deps);
  bidderRoutes(app, deps);
  dealRoutes(app, deps);
  consoleLotRoutes(app, deps);
}

function reads(app: App, deps: LotRoutesDeps): void {
  const { db, live } = deps;
  app.get(
    '/v1/recyclers/:id/lots',
    {
      config: { access: 'user', scope: 'read' },
      schema: {
        ...{ tags, summary: 'Lots of my company, newest first.', params: ByCompany },
        querystring: Body(PageQuery),
        response: { 200: LotPage, ...no },
      },
    },
    async (request) => {
      const { id: companyId } = request.params;
      const { cursor, limit = 20 } = request.query;
      await requireMember(db, { recyclerId: companyId, userId: callerOf(request).userId });
      return pageOf(await listLots(db, { companyId, cursor, limit }), limit, lotSummary);
    },
  );
  app.get(
    '/v1/recyclers/:id/lots/:lotId',
    {
      config: { access: 'user', scope: 'read' },
      schema: {
        tags,
        summary: 'One lot of my company: its file, faults, check, sample, parts and best bids.',
        params: OnLotParams,
        response: { 200: LotView, ...no },
      },
    },
    async (request) => await viewFor(deps, whoOn(request)),
  );
  app.get(
    '/v1/recyclers/:id/lots/:lotId/events',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Server-sent events: the lot now and after each change, progress included.',
        params: OnLotParams,
        response: no,
      },
    },
    async (request, reply) => {
      const who = whoOn(request);
      await stream(request, reply, live, lotTopic(who.lotId), () => viewFor(deps, who));
    },
  );
}

function files(app: App, deps: LotRoutesDeps): void {
  const { db } = deps;
  for (const format of FORMATS) {
    app.get(
      `/v1/lots/template.${format}`,
      {
        config: { access: 'user' },
        schema: {
          tags,
          summary: 'The template: heads, and columns that keep long numbers as text.',
          response: fileSchema(format),
        },
      },
      async (_request, reply) =>
        sendFile(reply, { format, name: 'huiquan-lot', file: templateFile(format) }),
    );
    app.get(
      `/v1/recyclers/:id/lots/:lotId/result.${format}`,
      {
        config: { access: 'user' },
        schema: {
          tags,
          summary: 'Every row of the file: taken or not, why, and the cure; no card numbers.',
          params: OnLotParams,
          response: fileSchema(format),
        },
      },
      async (request, reply) => {
        const lot = await lotFor(db, whoOn(request));
        const language = languageOf(request.headers['accept-language']);
        const file = resultFile(db, { lotId: lot.id, format, language });
        return sendFile(reply, { format, name: `result_${lot.id}`, file });
      },
    );
    app.get(
      `/v1/recyclers/:id/lots/:lotId/statement.${format}`,
      {
        config: { access: 'user' },
        schema: {
          tags,
          summary: 'One line a card with its price, tranche and outcome, and the sums.',
          params: OnLotParams,
          response: fileSchema(format),
        },
      },
      async (request, reply) => {
        const lot = await lotFor(db, whoOn(request));
        const language = languageOf(request.headers['accept-language']);
        const file = await statementOf(db, { lotId: lot.id, format, language });
        return sendFile(reply, { format, name: `statement_${lot.id}`, file });
      },
    );
  }
}

/** Numbers leave only by POST: no address of ours gives them to whoever has the link. */
function returned(app: App, deps: LotRoutesDeps): void {
  const { db, clock } = deps;
  for (const format of FORMATS)
    app.post(
      `/v1/recyclers/:id/lots/:lotId/returned-cards.${format}`,
      {
        config: { access: 'user', stepUp: true, secret: true },
        schema: {
          tags,
          summary: 'Take the new numbers of unsold cards whose re-issue could not be undone.',
          params: OnLotParams,
          response: fileSchema(format),
        },
      },
      async (request, reply) => {
        const who = { ...whoOn(request), at: clock.now() };
        const opened = await openReissued(deps, who);
        const language = languageOf(request.headers['accept-language']);
        const file = await cardsFile(db, { opened, format, language });
        return sendFile(reply, { format, name: `returned_${who.lotId}`, file });
      },
    );
}

function making(app: App, deps: LotRoutesDeps): void {
  const { db, keys, clock } = deps;
  app.post(
    '/v1/recyclers/:id/lots',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Begin a lot; the seed of its sample is committed to before the file comes.',
        params: ByCompany,
        body: CreateBody,
        response: { 201: LotView, ...no },
      },
    },
    async (request, reply) => {
      const { id: companyId } = request.params;
      const { userId } = callerOf(request);
      const lotId = await inTransaction(db, (tx) =>
        createLot(tx, { keys, companyId, userId, ...request.body, at: clock.now() }),
      );
      return reply.code(201).send(await viewFor(deps, { companyId, lotId, userId }));
    },
  );
}

function acts(app: App, deps: LotRoutesDeps): void {
  const { db, clock } = deps;
  const act = async (request: Asked, work: (tx: Tx, on: OnLot) => Promise<unknown>) => {
    const who = whoOn(request);
    await inTransaction(db, (tx) => work(tx, { ...who, at: clock.now() }));
    return await viewFor(deps, who);
  };
  const on = (summary: string) => ({
    ...{ tags, summary, params: OnLotParams, response: { 200: LotView, ...no } },
  });
  const simple = {
    again: ['Another file instead; the cards of this one go back.', beginAgain],
    submit: ['The second person stands for file and papers.', submitLot],
    withdraw: ['Take the lot back before it is open.', withdrawLot],
    'take-back': ['Take an open lot back before the first bid.', takeBackLot],
  } as const;
  for (const [name, [summary, work]] of Object.entries(simple))
    app.post(
      `/v1/recyclers/:id/lots/:lotId/${name}`,
      { config: { access: 'user' }, schema: on(summary) },
      async (request) => await act(request as Asked, work),
    );
  app.post(
    '/v1/recyclers/:id/lots/:lotId/open',
    {
      config: { access: 'user' },
      schema: {
        ...on('Open the good cards for sealed bids, whole or by product.'),
        body: OpenBody,
      },
    },
    async (request) =>
      await act(request, (tx, who) => {
        const { closesAt, reserves, ...terms } = request.body;
        return openLot(tx, {
          ...{ ...who, ...terms, closesAt: new Date(closesAt) },
          reserves: reserves.map(({ part, reserveFen }) => ({
            ...{ part, reserveFen: parseFen(reserveFen) ?? ZERO },
          })),
        });
      }),
  );
  app.post(
    '/v1/recyclers/:id/lots/:lotId/award',
    {
      config: { access: 'user', stepUp: true },
      schema: {
        ...on('Take the best bids of these parts; none of them: all cards go back.'),
        body: ChooseBody,
      },
    },
    async (request) =>
      await act(request, async (tx, who) => {
        const { parts } = request.body;
        if (parts.length > 0) return await chooseOffers(tx, deps, { ...who, parts });
        const { lotId, userId: actor, at } = who;
        await requireMember(tx, { recyclerId: who.companyId, userId: actor, role: 'buyer' });
        const lot = await lotFor(tx, who);
        if (lot.state !== 'choosing') throw new Refused('wrong_state', { state: lot.state });
        return await declineOffers(tx, { lotId, by: 'seller', actor, at });
      }),
  );
}
