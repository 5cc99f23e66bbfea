/** Routes of staff about lots: the list, one whole, its papers, the yes or no, the sample, what is disputed. */
import { Type } from 'typebox';
import {
  type App,
  Body,
  callerOf,
  inTransaction,
  PageQuery,
  Problem,
  pageOf,
  Refused,
  type Role,
  type Tx,
} from '#platform';
import { recordSample } from './check.ts';
import type { LotRoutesDeps } from './deps.ts';
import { approvePapers, sendBack, stopLot } from './lot.ts';
import { openPaper } from './paper.ts';
import {
  ConsoleLot,
  ConsoleLotPage,
  ConsoleLotParams,
  ConsolePaper,
  ConsoleTranche,
  JudgeBody,
  LotStateName,
  ReasonBody,
  SampleBody,
} from './schema.ts';
import { findLot, listLots } from './store.ts';
import { findDeal } from './store-deal.ts';
import { judgeTranche } from './tranche.ts';
import { consoleLot, consoleRow } from './view.ts';

const readers: readonly Role[] = ['support', 'risk', 'finance', 'compliance', 'auditor', 'admin'];
const judges: readonly Role[] = ['risk', 'compliance', 'admin'];
const tags = ['console'];
const no = { '4xx': Problem };

export function consoleLotRoutes(app: App, deps: LotRoutesDeps): void {
  reads(app, deps);
  acts(app, deps);
}

const viewOf = async (
  { db }: LotRoutesDeps,
  lotId: string,
  userId: string,
): Promise<ConsoleLot> => {
  const lot = await findLot(db, lotId);
  if (!lot) throw new Refused('not_found');
  return await consoleLot(db, lot, userId);
};

function reads(app: App, deps: LotRoutesDeps): void {
  const { db, keys } = deps;
  app.get(
    '/v1/console/lots',
    {
      config: { access: readers },
      schema: {
        ...{ tags, summary: 'Lots, newest first.' },
        querystring: Body({ ...PageQuery, state: Type.Optional(LotStateName) }),
        response: { 200: ConsoleLotPage, ...no },
      },
    },
    async ({ query: { cursor, limit = 20, state } }) => {
      const asked = { cursor, limit, ...(state && { states: [state] }) };
      const page = pageOf(await listLots(db, asked), limit, (lot) => lot);
      return { ...page, items: await Promise.all(page.items.map((lot) => consoleRow(db, lot))) };
    },
  );
  app.get(
    '/v1/console/lots/:lotId',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: 'One lot: papers, check, the sample to look at, its deals.',
        params: ConsoleLotParams,
        response: { 200: ConsoleLot, ...no },
      },
    },
    async (request) => await viewOf(deps, request.params.lotId, callerOf(request).userId),
  );
  app.get(
    '/v1/console/lots/:lotId/papers/:paperId',
    {
      config: { access: judges },
      schema: {
        ...{ tags, summary: 'A paper of a lot.', params: ConsolePaper },
        response: {
          200: {
            content: {
              'application/octet-stream': {
                schema: Type.Unsafe<Buffer>({ type: 'string', format: 'binary' }),
              },
            },
          },
          ...no,
        },
      },
    },
    async ({ params }, reply) => await openPaper(reply, { db, keys }, params),
  );
}

function acts(app: App, deps: LotRoutesDeps): void {
  const { db, clock } = deps;
  const act = async (
    request: Parameters<typeof callerOf>[0] & { params: { lotId: string } },
    work: (tx: Tx, by: { lotId: string; operator: string; at: Date }) => Promise<unknown>,
  ) => {
    const { lotId } = request.params;
    const { userId: operator } = callerOf(request);
    await inTransaction(db, (tx) => work(tx, { lotId, operator, at: clock.now() }));
    return await viewOf(deps, lotId, operator);
  };
  const on = (summary: string) => ({
    ...{ tags, summary, params: ConsoleLotParams, response: { 200: ConsoleLot, ...no } },
  });
  const config = { access: judges, stepUp: true };
  app.post(
    '/v1/console/lots/:lotId/approve',
    { config, schema: on('The papers are in order: every card is asked of its issuer.') },
    async (request) => await act(request, approvePapers),
  );
  app.post(
    '/v1/console/lots/:lotId/send-back',
    {
      config,
      schema: { ...on('The papers are not in order; the seller may mend them.'), body: ReasonBody },
    },
    async (request) =>
      await act(request, (tx, by) => sendBack(tx, { ...by, reason: request.body.why })),
  );
  app.post(
    '/v1/console/lots/:lotId/stop',
    { config, schema: { ...on('End the lot; its cards go back.'), body: ReasonBody } },
    async (request) =>
      await act(request, (tx, by) => stopLot(tx, { ...by, reason: request.body.why })),
  );
  app.post(
    '/v1/console/lots/:lotId/sample',
    {
      config: { access: judges },
      schema: { ...on('What was found by hand, in the order of the draw.'), body: SampleBody },
    },
    async (request) =>
      await act(request, (tx, by) => {
        const results = request.body.results.map(({ row, ok }) => ({ no: row, ok }));
        return recordSample(tx, { ...by, results });
      }),
  );
  app.post(
    '/v1/console/lots/:lotId/deals/:dealId/tranches/:tranche/decide',
    {
      config,
      schema: {
        tags,
        summary: 'Decide over failing cards by what the issuer said, or name the bad ones.',
        params: ConsoleTranche,
        body: JudgeBody,
        response: { 200: ConsoleLot, ...no },
      },
    },
    async (request) =>
      await act(request, async (tx, { lotId, ...by }) => {
        const { dealId, tranche } = request.params;
        if ((await findDeal(tx, dealId))?.lot_id !== lotId) throw new Refused('not_found');
        const { bad } = request.body;
        return await judgeTranche(tx, deps, { ...by, dealId, no: Number(tranche), bad });
      }),
  );
}
