/** Routes of a sale by buyback: the seller's and the operator's. */
import { Type } from 'typebox';
import type { Recyclers } from '#auctions';
import type { IssuerDeps } from '#cards';
import {
  type App,
  Body,
  type Clock,
  type Config,
  callerOf,
  type Db,
  Id,
  type Keys,
  type Live,
  PageQuery,
  Problem,
  pageOf,
  parseFen,
  Refused,
  Secret,
  stream,
} from '#platform';
import { accept } from './accept.ts';
import { decideDispute, openDispute } from './after-sale.ts';
import { cancel } from './cancel.ts';
import { consoleView, detailOf } from './console-view.ts';
import type { Price } from './counter/intake.ts';
import { counterRoutes } from './counter/routes.ts';
import { handOver } from './hand-over.ts';
import { overview } from './overview.ts';
import { provePayout } from './prove.ts';
import { recyclerRoutes } from './recycler-routes.ts';
import { answerReport } from './report.ts';
import { acceptRequote, declineRequote } from './requote.ts';
import { review } from './review.ts';
import {
  AcceptBody,
  AnswerBody,
  CardBody,
  ConsoleOrderDetail,
  ConsoleOrderPage,
  DecideBody,
  DisputeBody,
  OrderPage,
  OrderView,
  Overview,
  ReviewBody,
} from './schema.ts';
import { type StockRoutesDeps, stockRoutes } from './stock/routes.ts';
import { findOrder, listOrders, type Order } from './store.ts';
import { viewOf } from './view.ts';

export interface BuybackRoutesDeps extends StockRoutesDeps {
  db: Db;
  clock: Clock;
  keys: Keys;
  live: Live;
  cards: IssuerDeps;
  recyclers: Recyclers;
  config: Config;
  /** What a card brings now, for the counter. */
  price: Price;
}

const OnOrder = Body({ id: Id });
const Empty = Body({});
const no = { '4xx': Problem };

export function buybackRoutes(app: App, deps: BuybackRoutesDeps): void {
  sellerReads(app, deps);
  sellerActs(app, deps);
  sellerAnswers(app, deps);
  consoleReads(app, deps);
  consoleActs(app, deps);
  recyclerRoutes(app, deps);
  stockRoutes(app, deps);
  counterRoutes(app, deps);
}

/** An order of the caller, or nothing: strangers learn not even that it exists. */
async function own(db: Db, id: string, userId: string): Promise<Order> {
  const order = await findOrder(db, id);
  if (order?.user_id !== userId) throw new Refused('not_found');
  return order;
}

function sellerReads(app: App, { db, live }: BuybackRoutesDeps): void {
  const tags = ['orders'];
  app.get(
    '/v1/orders',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'My orders, newest first.',
        querystring: Body(PageQuery),
        response: { 200: OrderPage, ...no },
      },
    },
    async (request) => {
      const { limit = 20, cursor } = request.query;
      const rows = await listOrders(db, { userId: callerOf(request).userId, cursor, limit });
      const page = pageOf(rows, limit, (row) => row);
      return { ...page, items: await Promise.all(page.items.map((row) => viewOf(db, row))) };
    },
  );
  app.get(
    '/v1/orders/:id',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'One of my orders.',
        params: OnOrder,
        response: { 200: OrderView, ...no },
      },
    },
    async (request) => await viewOf(db, await own(db, request.params.id, callerOf(request).userId)),
  );
  app.get(
    '/v1/orders/:id/events',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Server-sent events: the order now and after each change.',
        params: OnOrder,
        response: no,
      },
    },
    async (request, reply) => {
      const { userId } = callerOf(request);
      const { id } = request.params;
      await own(db, id, userId);
      await stream(
        request,
        reply,
        live,
        `buyback:${id}`,
        async () => await viewOf(db, await own(db, id, userId)),
      );
    },
  );
}

function sellerActs(app: App, { db, keys, clock, recyclers }: BuybackRoutesDeps): void {
  const tags = ['orders'];
  const schema = { tags, params: OnOrder, body: Empty, response: { 200: OrderView, ...no } };
  app.post(
    '/v1/orders',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Accept a signed quote; the price is reserved for 30 minutes.',
        body: AcceptBody,
        response: { 201: OrderView, ...no },
      },
    },
    async (request, reply) => {
      const { userId } = callerOf(request);
      const order = await accept(
        { db, keys, recyclers },
        { userId, ...request.body, at: clock.now() },
      );
      return reply.code(201).send(await viewOf(db, order));
    },
  );
  app.post(
    '/v1/orders/:id/card',
    {
      config: { access: 'user', secret: true },
      schema: {
        ...schema,
        summary: 'Hand the card over; it is sealed before anything else happens.',
        body: CardBody,
      },
    },
    async (request) => {
      const { number, pin } = request.body;
      const order = await handOver(db, keys, {
        orderId: request.params.id,
        userId: callerOf(request).userId,
        at: clock.now(),
        number: new Secret(number),
        pin: pin === undefined ? undefined : new Secret(pin),
      });
      return await viewOf(db, order);
    },
  );
  app.post(
    '/v1/orders/:id/cancel',
    {
      config: { access: 'user' },
      schema: { ...schema, summary: 'Cancel before the card is handed over.' },
    },
    async (request) =>
      await viewOf(
        db,
        await cancel(db, {
          orderId: request.params.id,
          userId: callerOf(request).userId,
          at: clock.now(),
        }),
      ),
  );
  app.post(
    '/v1/orders/:id/accept-requote',
    { config: { access: 'user' }, schema: { ...schema, summary: 'Accept the new price.' } },
    async (request) =>
      await viewOf(
        db,
        await acceptRequote(db, keys, {
          orderId: request.params.id,
          userId: callerOf(request).userId,
          at: clock.now(),
        }),
      ),
  );
  app.post(
    '/v1/orders/:id/decline-requote',
    {
      config: { access: 'user' },
      schema: { ...schema, summary: 'Decline the new price; the card is returned intact.' },
    },
    async (request) =>
      await viewOf(
        db,
        await declineRequote(db, {
          orderId: request.params.id,
          userId: callerOf(request).userId,
          at: clock.now(),
        }),
      ),
  );
}

function sellerAnswers(app: App, { db, keys, clock }: BuybackRoutesDeps): void {
  app.post(
    '/v1/orders/:id/answer',
    {
      config: { access: 'user' },
      schema: {
        tags: ['orders'],
        summary: 'Agree to what the buyer reports, or contest it and say why.',
        params: OnOrder,
        body: AnswerBody,
        response: { 200: OrderView, ...no },
      },
    },
    async (request) => {
      const { id: orderId } = request.params;
      const said = { orderId, userId: callerOf(request).userId, ...request.body };
      await answerReport(db, keys, { ...said, at: clock.now() });
      return await viewOf(db, { id: orderId });
    },
  );
  app.post(
    '/v1/orders/:id/prove-payout',
    {
      config: { access: 'user', stepUp: true },
      schema: {
        ...{ tags: ['orders'], params: OnOrder, body: Empty, response: { 200: OrderView, ...no } },
        summary: 'I am the one who sold this: a payout that waits for that is paid next.',
      },
    },
    async (request) => {
      const { id: subject } = request.params;
      const { userId } = callerOf(request);
      await provePayout(db, { subject, userId, at: clock.now() });
      return await viewOf(db, { id: subject });
    },
  );
}

const STAFF = ['support', 'risk', 'finance', 'compliance', 'auditor', 'admin'] as const;

function consoleReads(app: App, { db, keys, clock }: BuybackRoutesDeps): void {
  const tags = ['console'];
  app.get(
    '/v1/console/orders',
    {
      config: { access: STAFF },
      schema: {
        tags,
        summary: 'All orders, newest first, by state.',
        querystring: Body({ ...PageQuery, state: Type.Optional(Type.String({ maxLength: 200 })) }),
        response: { 200: ConsoleOrderPage, ...no },
      },
    },
    async (request) => {
      const { limit = 20, cursor, state } = request.query;
      const rows = await listOrders(db, { states: state?.split(','), cursor, limit });
      const page = pageOf(rows, limit, (row) => row);
      return { ...page, items: await Promise.all(page.items.map((row) => consoleView(db, row))) };
    },
  );
  app.get(
    '/v1/console/orders/:id',
    {
      config: { access: STAFF },
      schema: {
        tags,
        summary: 'One order with everything that ever happened to it.',
        params: OnOrder,
        response: { 200: ConsoleOrderDetail, ...no },
      },
    },
    async (request) => await detailOf(db, keys, request.params.id),
  );
  app.get(
    '/v1/console/reviews',
    {
      config: { access: ['risk', 'support', 'auditor', 'admin'] },
      schema: {
        tags,
        summary: 'Orders that wait for a person, oldest first.',
        querystring: Body(PageQuery),
        response: { 200: ConsoleOrderPage, ...no },
      },
    },
    async (request) => {
      const { limit = 50, cursor } = request.query;
      const rows = await listOrders(db, { states: ['manual_review'], cursor, limit });
      const page = pageOf(rows, limit, (row) => row);
      const items = await Promise.all(page.items.map((row) => consoleView(db, row)));
      return { ...page, items: items.sort((a, b) => (a.stateSince < b.stateSince ? -1 : 1)) };
    },
  );
  app.get(
    '/v1/console/overview',
    {
      config: { access: STAFF },
      schema: {
        tags,
        summary: 'Volume, price index, time to cash and queues of the last 30 days.',
        response: { 200: Overview, ...no },
      },
    },
    async () => await overview(db, clock.now()),
  );
}

function consoleActs(app: App, { db, keys, clock }: BuybackRoutesDeps): void {
  const tags = ['console'];
  const schema = { tags, params: OnOrder, response: { 200: ConsoleOrderDetail, ...no } };
  app.post(
    '/v1/console/orders/:id/review',
    {
      config: { access: ['risk', 'admin'] },
      schema: { ...schema, summary: 'Decide what the issuer could not.', body: ReviewBody },
    },
    async (request) => {
      const { code, balanceFen, note } = request.body;
      await review(db, keys, {
        orderId: request.params.id,
        operator: callerOf(request).userId,
        code,
        note,
        at: clock.now(),
        balanceFen: balanceFen === undefined ? undefined : parseFen(balanceFen),
      });
      return await detailOf(db, keys, request.params.id);
    },
  );
  app.post(
    '/v1/console/orders/:id/dispute',
    {
      config: { access: ['support', 'risk', 'admin'] },
      schema: {
        ...schema,
        summary: 'Open a case; only the money of this order is frozen.',
        body: DisputeBody,
      },
    },
    async (request) => {
      await openDispute(db, keys, {
        orderId: request.params.id,
        actor: callerOf(request).userId,
        ...request.body,
        at: clock.now(),
      });
      return await detailOf(db, keys, request.params.id);
    },
  );
  app.post(
    '/v1/console/disputes/:id/decide',
    {
      config: { access: ['risk', 'admin'] },
      schema: {
        ...schema,
        summary: 'Decide a case: release, partial or clawback.',
        body: DecideBody,
      },
    },
    async (request) => {
      const { outcome, amountFen, reason } = request.body;
      const order = await decideDispute(db, {
        caseId: request.params.id,
        operator: callerOf(request).userId,
        outcome,
        reason,
        at: clock.now(),
        amountFen: amountFen === undefined ? undefined : parseFen(amountFen),
      });
      return await detailOf(db, keys, order.id);
    },
  );
}
