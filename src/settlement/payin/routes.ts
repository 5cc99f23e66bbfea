/** Money that comes in over HTTP: the payer's own pay-in, and what finance sees and mends. */
import {
  type App,
  Body,
  callerOf,
  Id,
  inTransaction,
  Problem,
  pageOf,
  Refused,
  type Role,
} from '#platform';
import { allowedFor, historyOf } from '#process';
import type { SettlementDeps } from '../step.ts';
import { refundProcess, splitProcess } from './life.ts';
import { payInFacts } from './pay_in.ts';
import { creditRefund, resendRefund } from './refund.ts';
import {
  findRefund,
  findSplit,
  listRefunds,
  listSplits,
  refundsOfPayIn,
  requestsOf,
  sharesOf,
  splitsOf,
} from './request_store.ts';
import {
  ConsolePayInDetail,
  ConsolePayInPage,
  ConsoleRefundDetail,
  ConsoleRefundPage,
  ConsoleSplitDetail,
  ConsoleSplitPage,
  PayInView,
  StateQuery,
} from './schema.ts';
import { resendSplit, waiveSplit } from './split.ts';
import { findPayIn, listPayIns, receiptsOf } from './store.ts';
import {
  consolePayIn,
  payInView,
  receiptView,
  refundView,
  requestView,
  shareView,
  splitView,
} from './views.ts';

const readers: readonly Role[] = ['finance', 'auditor', 'admin'];
const writers: readonly Role[] = ['finance', 'admin'];
const tags = ['settlement'];
const params = Body({ id: Id });

export function payInRoutes(app: App, deps: SettlementDeps): void {
  payerRoute(app, deps);
  consolePayInRoutes(app, deps);
  consoleRefundRoutes(app, deps);
  refundActs(app, deps);
  consoleSplitRoutes(app, deps);
  splitActs(app, deps);
}

function payerRoute(app: App, { db }: SettlementDeps): void {
  app.get(
    '/v1/me/pay-ins/:id',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'A payment that is asked of me: where to pay it, until when, and whether it came.',
        params,
        response: { 200: PayInView, '4xx': Problem },
      },
    },
    async (request) => {
      const row = await findPayIn(db, { id: request.params.id });
      if (row?.payerId !== callerOf(request).userId) throw new Refused('not_found');
      return payInView(payInFacts(row));
    },
  );
}

function consolePayInRoutes(app: App, { db }: SettlementDeps): void {
  app.get(
    '/v1/console/pay-ins',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: 'Pay-ins, newest first, of one state or of all.',
        querystring: StateQuery,
        response: { 200: ConsolePayInPage, '4xx': Problem },
      },
    },
    async ({ query: { cursor, limit = 20, state } }) => {
      const of = state === undefined ? {} : { state };
      return pageOf(await listPayIns(db, { ...of, before: cursor, limit }), limit, consolePayIn);
    },
  );

  app.get(
    '/v1/console/pay-ins/:id',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: 'One pay-in: every payment for it, what went back, and who it was split among.',
        params,
        response: { 200: ConsolePayInDetail, '4xx': Problem },
      },
    },
    async ({ params: { id } }) => {
      const row = await findPayIn(db, { id });
      if (!row) throw new Refused('not_found');
      return {
        payIn: consolePayIn(row),
        receipts: (await receiptsOf(db, id)).map(receiptView),
        refunds: (await refundsOfPayIn(db, id)).map(refundView),
        splits: (await splitsOf(db, id)).map(splitView),
        timeline: (await historyOf(db, id)).map(({ at, transition, by, to }) => ({
          ...{ transition, by, to, at: at.toISOString() },
        })),
      };
    },
  );
}

async function refundDetail({ db }: SettlementDeps, id: string) {
  const row = await findRefund(db, { id });
  if (!row) throw new Refused('not_found');
  return {
    refund: refundView(row),
    allowed: await allowedFor(db, refundProcess, id, 'operator'),
    requests: (await requestsOf(db, id)).map(requestView),
  };
}

function consoleRefundRoutes(app: App, deps: SettlementDeps): void {
  app.get(
    '/v1/console/refunds',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: 'Refunds, newest first, of one state or of all.',
        querystring: StateQuery,
        response: { 200: ConsoleRefundPage, '4xx': Problem },
      },
    },
    async ({ query: { cursor, limit = 20, state } }) => {
      const of = state === undefined ? {} : { state };
      const rows = await listRefunds(deps.db, { ...of, before: cursor, limit });
      return pageOf(rows, limit, refundView);
    },
  );

  app.get(
    '/v1/console/refunds/:id',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: 'One refund with its numbers at the institution, and what may be done with it.',
        params,
        response: { 200: ConsoleRefundDetail, '4xx': Problem },
      },
    },
    ({ params: { id } }) => refundDetail(deps, id),
  );
}

function refundActs(app: App, deps: SettlementDeps): void {
  const { db, clock } = deps;
  app.post(
    '/v1/console/refunds/:id/retry',
    {
      config: { access: writers },
      schema: {
        tags,
        summary: 'A refund that failed is sent again, under a new number.',
        params,
        body: Body({}),
        response: { 200: ConsoleRefundDetail, '4xx': Problem },
      },
    },
    async (request) => {
      const { id } = request.params;
      const step = { id, transition: 'resend', by: 'operator', at: clock.now() } as const;
      const actor = callerOf(request).userId;
      await inTransaction(db, (tx) => resendRefund(tx, { ...step, actor }));
      return await refundDetail(deps, id);
    },
  );

  app.post(
    '/v1/console/refunds/:id/credit',
    {
      config: { access: writers, stepUp: true },
      schema: {
        tags,
        summary: 'The way back is gone: the payer is paid to the bank account instead.',
        params,
        body: Body({}),
        response: { 200: ConsoleRefundDetail, '4xx': Problem },
      },
    },
    async (request) => {
      const { id } = request.params;
      const step = { id, actor: callerOf(request).userId, at: clock.now() };
      await inTransaction(db, (tx) => creditRefund(tx, step));
      return await refundDetail(deps, id);
    },
  );
}

async function splitDetail({ db }: SettlementDeps, id: string) {
  const row = await findSplit(db, id);
  if (!row) throw new Refused('not_found');
  return {
    split: splitView(row),
    allowed: await allowedFor(db, splitProcess, id, 'operator'),
    shares: (await sharesOf(db, id)).map(shareView),
    requests: (await requestsOf(db, id)).map(requestView),
  };
}

function consoleSplitRoutes(app: App, deps: SettlementDeps): void {
  app.get(
    '/v1/console/splits',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: 'Splits, newest first, of one state or of all.',
        querystring: StateQuery,
        response: { 200: ConsoleSplitPage, '4xx': Problem },
      },
    },
    async ({ query: { cursor, limit = 20, state } }) => {
      const of = state === undefined ? {} : { state };
      return pageOf(await listSplits(deps.db, { ...of, before: cursor, limit }), limit, splitView);
    },
  );

  app.get(
    '/v1/console/splits/:id',
    {
      config: { access: readers },
      schema: {
        tags,
        summary: 'One split with its shares, its numbers at the institution, and what may be done.',
        params,
        response: { 200: ConsoleSplitDetail, '4xx': Problem },
      },
    },
    ({ params: { id } }) => splitDetail(deps, id),
  );
}

function splitActs(app: App, deps: SettlementDeps): void {
  const { db, clock } = deps;
  app.post(
    '/v1/console/splits/:id/retry',
    {
      config: { access: writers },
      schema: {
        tags,
        summary: 'What is left of a split is sent again, under a new number.',
        params,
        body: Body({}),
        response: { 200: ConsoleSplitDetail, '4xx': Problem },
      },
    },
    async (request) => {
      const { id } = request.params;
      const step = { id, transition: 'resend', by: 'operator', at: clock.now() } as const;
      const actor = callerOf(request).userId;
      await inTransaction(db, (tx) => resendSplit(tx, { ...step, actor }));
      return await splitDetail(deps, id);
    },
  );

  app.post(
    '/v1/console/splits/:id/waive',
    {
      config: { access: writers, stepUp: true },
      schema: {
        tags,
        summary: 'A split that was settled with the institution by hand is tried no more.',
        params,
        body: Body({}),
        response: { 200: ConsoleSplitDetail, '4xx': Problem },
      },
    },
    async (request) => {
      const { id } = request.params;
      const step = { id, actor: callerOf(request).userId, at: clock.now() };
      await inTransaction(db, (tx) => waiveSplit(tx, step));
      return await splitDetail(deps, id);
    },
  );
}
