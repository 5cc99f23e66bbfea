/** The market as the operator's staff see it: listings, orders, their whole story; never a secret or a person. */
import { Type } from 'typebox';
import { type App, Body, callerOf, Id, PageQuery, Problem, pageOf } from '#platform';
import { consoleOrder, consoleOrderDetail } from './console-view.ts';
import type { MarketRoutesDeps } from './deps.ts';
import { reinstate, suspend } from './edit.ts';
import { listOrders } from './order-store.ts';
import {
  ConsoleListing,
  ConsoleListingPage,
  ConsoleOrderDetail,
  ConsoleOrderPage,
  SuspendBody,
} from './schema.ts';
import { listListings } from './store.ts';
import { consoleListing } from './view.ts';

const STAFF = ['support', 'risk', 'finance', 'compliance', 'auditor', 'admin'] as const;
const tags = ['console'];
const no = { '4xx': Problem };
const OnOne = Body({ id: Id });
const ByState = Body({ ...PageQuery, state: Type.Optional(Type.String({ maxLength: 200 })) });

export function marketConsoleRoutes(app: App, { db, clock }: MarketRoutesDeps): void {
  app.get(
    '/v1/console/market/listings',
    {
      config: { access: STAFF },
      schema: {
        tags,
        summary: 'All listings, newest first, by state.',
        querystring: ByState,
        response: { 200: ConsoleListingPage, ...no },
      },
    },
    async (request) => {
      const { limit = 20, cursor, state } = request.query;
      const rows = await listListings(db, { states: state?.split(','), cursor, limit });
      const page = pageOf(rows, limit, (row) => row);
      return {
        ...page,
        items: await Promise.all(page.items.map((row) => consoleListing(db, row))),
      };
    },
  );
  app.get(
    '/v1/console/market/orders',
    {
      config: { access: STAFF },
      schema: {
        tags,
        summary: 'All orders between people, newest first, by state.',
        querystring: ByState,
        response: { 200: ConsoleOrderPage, ...no },
      },
    },
    async (request) => {
      const { limit = 20, cursor, state } = request.query;
      const rows = await listOrders(db, { states: state?.split(','), cursor, limit });
      const page = pageOf(rows, limit, (row) => row);
      return { ...page, items: await Promise.all(page.items.map((row) => consoleOrder(db, row))) };
    },
  );
  app.get(
    '/v1/console/market/orders/:id',
    {
      config: { access: STAFF },
      schema: {
        tags,
        summary: 'One order with everything that ever happened to it.',
        params: OnOne,
        response: { 200: ConsoleOrderDetail, ...no },
      },
    },
    async (request) => await consoleOrderDetail(db, request.params.id),
  );
  app.post(
    '/v1/console/market/listings/:id/suspend',
    {
      config: { access: ['risk', 'compliance', 'admin'] },
      schema: {
        tags,
        summary: 'Take a listing down with a reason that its seller sees.',
        params: OnOne,
        body: SuspendBody,
        response: { 200: ConsoleListing, ...no },
      },
    },
    async (request) => {
      const { userId: operator } = callerOf(request);
      const input = { listingId: request.params.id, operator, at: clock.now() };
      return await consoleListing(db, await suspend(db, { ...input, ...request.body }));
    },
  );
  app.post(
    '/v1/console/market/listings/:id/reinstate',
    {
      config: { access: ['risk', 'compliance', 'admin'] },
      schema: {
        tags,
        summary: 'Put a suspended listing back on sale.',
        params: OnOne,
        body: Body({}),
        response: { 200: ConsoleListing, ...no },
      },
    },
    async (request) => {
      const { userId: operator } = callerOf(request);
      const input = { listingId: request.params.id, operator, at: clock.now() };
      return await consoleListing(db, await reinstate(db, input));
    },
  );
}
