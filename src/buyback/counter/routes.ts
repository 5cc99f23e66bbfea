/** Routes of the counter: the till's, the seller's who stands before it, and the public check of a receipt. */
import { Type } from 'typebox';
import {
  type App,
  BOX_BYTES_MAX,
  Body,
  type Clock,
  type Config,
  callerOf,
  Id,
  type Live,
  Problem,
  pageOf,
  parseFen,
  Refused,
  stream,
} from '#platform';
import {
  agree,
  agreeByCode,
  askCode,
  decline,
  priceAgain,
  topicOf,
  visitOf,
  withdraw,
} from './answer.ts';
import { dayRoutes } from './day-routes.ts';
import { type CounterDeps, takeIn } from './intake.ts';
import { freshSlips, idOfToken } from './number.ts';
import {
  CodeBody,
  CodeSent,
  IntakeBody,
  ReceiptView,
  SellerVisit,
  Slips,
  SlipsBody,
  VisitPage,
  VisitQuery,
  VisitView,
} from './schema.ts';
import { listVisits } from './store.ts';
import { receiptView, sellerView, visitView } from './view.ts';

export interface CounterRoutesDeps extends CounterDeps {
  readonly clock: Clock;
  readonly live: Live;
  readonly config: Config;
}

const tags = ['counter'];
const no = { '4xx': Problem };
const OnShop = Body({ id: Id });
const OnVisit = Body({ id: Id, visitId: Id });
/** As in the address on the slip. */
const OnToken = Body({ token: Type.String({ pattern: '^[A-Za-z0-9_-]{20,200}$' }) });
const OnNumber = Body({ number: Type.String({ pattern: '^[A-Za-z0-9_-]{20,200}$' }) });

export function counterRoutes(app: App, deps: CounterRoutesDeps): void {
  intakeRoutes(app, deps);
  tillReads(app, deps);
  tillActs(app, deps);
  sellerRoutes(app, deps);
  receiptRoute(app, deps);
  dayRoutes(app, deps);
}

function intakeRoutes(app: App, deps: CounterRoutesDeps): void {
  const { db, keys, clock, recyclers } = deps;
  app.post(
    '/v1/recyclers/:id/counter/slips',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Numbers of receipts in advance, so that a till can give one out while offline.',
        params: OnShop,
        body: SlipsBody,
        response: { 201: Slips, ...no },
      },
    },
    async (request, reply) => {
      const { id: recyclerId } = request.params;
      const { userId } = callerOf(request);
      const at = clock.now();
      await recyclers.requireMember(db, { recyclerId, userId, role: 'buyer' });
      await recyclers.requireBidder(db, { recyclerId, at });
      const items = freshSlips(keys, request.body.count, at);
      return reply.code(201).send({ items, boxKey: keys.boxKey.toString('base64url') });
    },
  );
  app.post(
    '/v1/recyclers/:id/counter/visits',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'A card is handed in; it is priced and waits for its seller. One card a number.',
        params: OnShop,
        body: IntakeBody,
        response: { 201: VisitView, ...no },
      },
    },
    async (request, reply) => {
      const { id: recycler } = request.params;
      const { userId: clerkId } = callerOf(request);
      await recyclers.requireMember(db, { recyclerId: recycler, userId: clerkId, role: 'buyer' });
      const { faceFen: face, takenAt, offline: isOffline, box: text, ...facts } = request.body;
      const faceFen = parseFen(face);
      const box = Buffer.from(text, 'base64url');
      if (faceFen === undefined || box.length > BOX_BYTES_MAX) throw new Refused('invalid_input');
      const taken = { takenAt: new Date(takenAt), isOffline, box };
      const card = { recycler, clerkId, ...facts, faceFen, ...taken, at: clock.now() };
      const visit = await takeIn(deps, card);
      return reply.code(201).send(await visitView(db, keys, visit));
    },
  );
}

function tillReads(app: App, deps: CounterRoutesDeps): void {
  const { db, keys, live, recyclers } = deps;
  const member = async (recyclerId: string, userId: string): Promise<void> =>
    void (await recyclers.requireMember(db, { recyclerId, userId }));
  app.get(
    '/v1/recyclers/:id/counter/visits',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Cards that came over the counter, newest first.',
        params: OnShop,
        querystring: VisitQuery,
        response: { 200: VisitPage, ...no },
      },
    },
    async (request) => {
      const { id: recycler } = request.params;
      await member(recycler, callerOf(request).userId);
      const { limit = 20, cursor, till } = request.query;
      const rows = await listVisits(db, { recycler, till, cursor, limit });
      const page = pageOf(rows, limit, (row) => row);
      const items = await Promise.all(page.items.map((row) => visitView(db, keys, row)));
      return { ...page, items };
    },
  );
  app.get(
    '/v1/recyclers/:id/counter/visits/:visitId',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'One of them.',
        params: OnVisit,
        response: { 200: VisitView, ...no },
      },
    },
    async (request) => {
      const { id: recycler, visitId } = request.params;
      await member(recycler, callerOf(request).userId);
      return await visitView(db, keys, await visitOf(db, recycler, visitId));
    },
  );
  app.get(
    '/v1/recyclers/:id/counter/visits/:visitId/events',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Server-sent events: the visit now and after each change.',
        params: OnVisit,
        response: no,
      },
    },
    async (request, reply) => {
      const { id: recycler, visitId } = request.params;
      await member(recycler, callerOf(request).userId);
      const look = async () => await visitView(db, keys, await visitOf(db, recycler, visitId));
      await stream(request, reply, live, topicOf(visitId), look);
    },
  );
}

function tillActs(app: App, deps: CounterRoutesDeps): void {
  const { db, keys, clock, recyclers } = deps;
  const clerk = async (recyclerId: string, userId: string): Promise<void> =>
    void (await recyclers.requireMember(db, { recyclerId, userId, role: 'buyer' }));
  const on = (summary: string) => ({ tags, summary, params: OnVisit });
  app.post(
    '/v1/recyclers/:id/counter/visits/:visitId/code',
    {
      config: { access: 'user', secret: true },
      schema: {
        ...on('Texts the seller the price and a code to say yes with.'),
        body: Body({}),
        response: { 202: CodeSent, ...no },
      },
    },
    async (request, reply) => {
      const { id: recycler, visitId } = request.params;
      await clerk(recycler, callerOf(request).userId);
      const asked = { recycler, visitId, address: request.ip, at: clock.now() };
      return reply.code(202).send(await askCode(deps, asked));
    },
  );
  app.post(
    '/v1/recyclers/:id/counter/visits/:visitId/confirm',
    {
      config: { access: 'user', secret: true },
      schema: {
        ...on('The code that the seller read out: their yes to the price in the text.'),
        body: CodeBody,
        response: { 200: VisitView, ...no },
      },
    },
    async (request) => {
      const { id: recycler, visitId } = request.params;
      await clerk(recycler, callerOf(request).userId);
      const { code } = request.body;
      const said = { recycler, visitId, code, address: request.ip, at: clock.now() };
      return await visitView(db, keys, await agreeByCode(deps, said));
    },
  );
  for (const [act, summary] of [
    ['price', 'A new price, when the one before has run out.'],
    ['withdraw', 'Taken back by the clerk: the card goes back to its seller.'],
  ] as const)
    app.post(
      `/v1/recyclers/:id/counter/visits/:visitId/${act}`,
      {
        config: { access: 'user' },
        schema: { ...on(summary), body: Body({}), response: { 200: VisitView, ...no } },
      },
      async (request) => {
        const { id: recycler, visitId } = request.params as { id: string; visitId: string };
        const { userId } = callerOf(request);
        await clerk(recycler, userId);
        await visitOf(db, recycler, visitId);
        const done =
          act === 'price'
            ? await priceAgain(deps, { visitId })
            : await withdraw(db, { recycler, visitId, userId, at: clock.now() });
        return await visitView(db, keys, done);
      },
    );
}

function sellerRoutes(app: App, deps: CounterRoutesDeps): void {
  const { db, keys, clock, live } = deps;
  app.get(
    '/v1/visits/:token',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'What a shop offers for the card on the counter; the address is on the slip.',
        params: OnToken,
        response: { 200: SellerVisit, ...no },
      },
    },
    async (request) => await sellerView(db, deps, idOfToken(keys, request.params.token)),
  );
  app.get(
    '/v1/visits/:token/events',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'The same, and again after each change.',
        params: OnToken,
        response: no,
      },
    },
    async (request, reply) => {
      const id = idOfToken(keys, request.params.token);
      await stream(request, reply, live, topicOf(id), async () => await sellerView(db, deps, id));
    },
  );
  const acts = {
    price: 'A new price, when the one before has run out.',
    decline: 'The seller says no and takes the card back.',
  } as const;
  for (const [act, summary] of Object.entries(acts))
    app.post(
      `/v1/visits/:token/${act}`,
      {
        config: { access: 'user' },
        schema: {
          tags,
          summary,
          params: OnToken,
          body: Body({}),
          response: { 200: SellerVisit, ...no },
        },
      },
      async (request) => {
        const visitId = idOfToken(keys, (request.params as { token: string }).token);
        const { userId } = callerOf(request);
        if (act === 'price') await priceAgain(deps, { visitId, userId });
        else await decline(deps, { visitId, userId, at: clock.now() });
        return await sellerView(db, deps, visitId);
      },
    );
  app.post(
    '/v1/visits/:token/agree',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'The seller says yes to the signed quote: a sale like every other from here on.',
        params: OnToken,
        body: Body({ quoteId: Id, signature: Type.String({ maxLength: 200 }) }),
        response: { 200: SellerVisit, ...no },
      },
    },
    async (request) => {
      const visitId = idOfToken(keys, request.params.token);
      const { userId } = callerOf(request);
      await agree(deps, { visitId, userId, ...request.body, at: clock.now() });
      return await sellerView(db, deps, visitId);
    },
  );
}

function receiptRoute(app: App, deps: CounterRoutesDeps): void {
  app.get(
    '/v1/receipts/:number',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Is this receipt genuine, and how far is what it promised? Nothing personal.',
        params: OnNumber,
        response: { 200: ReceiptView, ...no },
      },
    },
    async (request) => await receiptView(deps.db, deps, request.params.number),
  );
}
