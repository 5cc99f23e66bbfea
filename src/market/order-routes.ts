/** Routes of buying: orders and baskets, and what each side does with them. */
import { Type } from 'typebox';
import {
  type App,
  Body,
  callerOf,
  type Db,
  Id,
  PageQuery,
  Problem,
  pageOf,
  parseFen,
  Refused,
  Secret,
  stream,
} from '#platform';
import { type Act, cancel, confirm, deliver, extend, lookAt, reveal, ship, waive } from './act.ts';
import { buy, callOff, type Wanted } from './buy.ts';
import { complain } from './claim.ts';
import type { MarketRoutesDeps } from './deps.ts';
import { findBasket, findOrder, listOrders, type Order, ordersOf } from './order-store.ts';
import { provePayout } from './prove.ts';
import {
  BasketBody,
  BasketView,
  BuyBody,
  CardBody,
  DisputeBody,
  OrderPage,
  OrderView,
  SecretView,
  ShipBody,
  WaiveBody,
} from './schema.ts';
import { basketView, orderView, type Side } from './view.ts';

const tags = ['market'];
const no = { '4xx': Problem };
const OnOne = Body({ id: Id });
const Empty = Body({});

export function orderRoutes(app: App, deps: MarketRoutesDeps): void {
  orderReads(app, deps);
  buyRoutes(app, deps);
  plainActs(app, deps);
  sellersActs(app, deps);
  buyersActs(app, deps);
}

/** An order of the caller and the side they are on, or nothing: strangers learn not even that it exists. */
async function own(db: Db, id: string, userId: string): Promise<{ order: Order; side: Side }> {
  const order = await findOrder(db, id);
  if (order?.buyer_id === userId) return { order, side: 'buyer' };
  if (order?.seller_id === userId) return { order, side: 'seller' };
  throw new Refused('not_found');
}

function orderReads(app: App, deps: MarketRoutesDeps): void {
  const { db, live } = deps;
  const seen = async (id: string, userId: string) => {
    const { order, side } = await own(db, id, userId);
    return await orderView(deps, order, side);
  };
  app.get(
    '/v1/market/orders',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'What I bought, or what I sold, newest first.',
        querystring: Body({
          ...PageQuery,
          role: Type.Optional(Type.Enum(['buyer', 'seller'])),
          state: Type.Optional(Type.String({ maxLength: 200 })),
        }),
        response: { 200: OrderPage, ...no },
      },
    },
    async (request) => {
      const { limit = 20, cursor, role = 'buyer', state } = request.query;
      const { userId } = callerOf(request);
      const mine = role === 'buyer' ? { buyerId: userId } : { sellerId: userId };
      const rows = await listOrders(db, { ...mine, states: state?.split(','), cursor, limit });
      const page = pageOf(rows, limit, (row) => row);
      const items = await Promise.all(page.items.map((row) => orderView(deps, row, role)));
      return { ...page, items };
    },
  );
  app.get(
    '/v1/market/orders/:id',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'One of my orders, from my side.',
        params: OnOne,
        response: { 200: OrderView, ...no },
      },
    },
    async (request) => await seen(request.params.id, callerOf(request).userId),
  );
  app.get(
    '/v1/market/orders/:id/events',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Server-sent events: the order now and after each change.',
        params: OnOne,
        response: no,
      },
    },
    async (request, reply) => {
      const { userId } = callerOf(request);
      const { id } = request.params;
      await own(db, id, userId);
      const topic = `market_order:${id}`;
      await stream(request, reply, live, topic, async () => await seen(id, userId));
    },
  );
  app.get(
    '/v1/market/baskets/:id',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'One of my baskets: one payment, several orders.',
        params: OnOne,
        response: { 200: BasketView, ...no },
      },
    },
    async (request) => {
      const basket = await findBasket(db, request.params.id);
      if (basket?.buyer_id !== callerOf(request).userId) throw new Refused('not_found');
      const orders = await ordersOf(db, basket.id);
      return await basketView(deps, basket, { orders, leftOut: [] });
    },
  );
}

function fenOf(text: string): Wanted['maxPriceFen'] {
  const amount = parseFen(text);
  if (amount === undefined) throw new Refused('invalid_input');
  return amount;
}

function buyRoutes(app: App, deps: MarketRoutesDeps): void {
  const { db, clock } = deps;
  app.post(
    '/v1/market/orders',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Reserve one card for 15 minutes, at no more than the named price.',
        body: BuyBody,
        response: { 201: OrderView, ...no },
      },
    },
    async (request, reply) => {
      const { channel, shipTo, maxPriceFen, ...wanted } = request.body;
      const { orders } = await buy(deps, {
        userId: callerOf(request).userId,
        items: [{ ...wanted, maxPriceFen: fenOf(maxPriceFen) }],
        ...{ fill: 'all', channel, shipTo, at: clock.now() },
      });
      const [order] = orders;
      if (!order) throw new Error('one item makes one order');
      return reply.code(201).send(await orderView(deps, order, 'buyer'));
    },
  );
  app.post(
    '/v1/market/baskets',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary:
          'Reserve several cards with one payment: all of them or none, or as many as can be had.',
        body: BasketBody,
        response: { 201: BasketView, ...no },
      },
    },
    async (request, reply) => {
      const { items, ...rest } = request.body;
      const bought = await buy(deps, {
        ...rest,
        userId: callerOf(request).userId,
        items: items.map((item) => ({ ...item, maxPriceFen: fenOf(item.maxPriceFen) })),
        at: clock.now(),
      });
      const basket = await findBasket(db, bought.basketId);
      if (!basket) throw new Error('the basket was just written');
      const { orders, leftOut } = bought;
      const view = await basketView(deps, basket, { orders, leftOut: [...leftOut] });
      return reply.code(201).send(view);
    },
  );
}

/** Acts that take nothing but the order. */
const PLAIN = {
  look: {
    summary: 'Ask to see the code: the issuer is asked once more first.',
    side: 'buyer',
    act: (deps: MarketRoutesDeps, input: Act) => lookAt(deps.db, input),
  },
  extend: {
    summary: 'Two more days to inspect, once.',
    side: 'buyer',
    act: (deps: MarketRoutesDeps, input: Act) => extend(deps.db, input),
  },
  confirm: {
    summary: 'The card works; the seller is paid.',
    side: 'buyer',
    act: (deps: MarketRoutesDeps, input: Act) => confirm(deps.db, input),
  },
} as const satisfies Record<
  string,
  {
    summary: string;
    side: Side;
    act: (deps: MarketRoutesDeps, input: Act) => Promise<Order>;
  }
>;

function plainActs(app: App, deps: MarketRoutesDeps): void {
  const { db, clock } = deps;
  for (const [name, { summary, side, act }] of Object.entries(PLAIN))
    app.post(
      `/v1/market/orders/:id/${name}`,
      {
        config: { access: 'user' },
        schema: { tags, summary, params: OnOne, body: Empty, response: { 200: OrderView, ...no } },
      },
      async (request) => {
        const { id: orderId } = request.params;
        const input = { orderId, userId: callerOf(request).userId, at: clock.now() };
        return await orderView(deps, await act(deps, input), side);
      },
    );
  app.post(
    '/v1/market/orders/:id/cancel',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Step back before the code was seen; unpaid, the whole basket is called off.',
        params: OnOne,
        body: Empty,
        response: { 200: OrderView, ...no },
      },
    },
    async (request) => {
      const { id: orderId } = request.params;
      const { userId } = callerOf(request);
      const input = { orderId, userId, at: clock.now() };
      const { order, side } = await own(db, orderId, userId);
      const isUnpaid = order.state === 'placed' && side === 'buyer';
      const after = isUnpaid ? await callOff(db, input) : await cancel(db, { ...input, by: side });
      return await orderView(deps, after, side);
    },
  );
}

function sellersActs(app: App, deps: MarketRoutesDeps): void {
  const { db, clock } = deps;
  app.post(
    '/v1/market/orders/:id/prove-payout',
    {
      config: { access: 'user', stepUp: true },
      schema: {
        ...{ tags, params: OnOne, body: Empty, response: { 200: OrderView, ...no } },
        summary: 'I am the one who sold this: a payout that waits for that is paid next.',
      },
    },
    async (request) => {
      const proved = { subject: request.params.id, userId: callerOf(request).userId };
      const order = await provePayout(db, { ...proved, at: clock.now() });
      return await orderView(deps, order, 'seller');
    },
  );
  app.post(
    '/v1/market/orders/:id/deliver',
    {
      config: { access: 'user', secret: true },
      schema: {
        tags,
        summary: 'The seller brings the card; it is sealed until the buyer looks.',
        params: OnOne,
        body: CardBody,
        response: { 200: OrderView, ...no },
      },
    },
    async (request) => {
      const { number, pin } = request.body;
      const after = await deliver(deps, {
        orderId: request.params.id,
        userId: callerOf(request).userId,
        number: new Secret(number),
        pin: pin === undefined ? undefined : new Secret(pin),
        at: clock.now(),
      });
      return await orderView(deps, after, 'seller');
    },
  );
  app.post(
    '/v1/market/orders/:id/ship',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'The seller has put the card in the post.',
        params: OnOne,
        body: ShipBody,
        response: { 200: OrderView, ...no },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const input = { orderId: request.params.id, userId, at: clock.now() };
      return await orderView(deps, await ship(db, { ...input, ...request.body }), 'seller');
    },
  );
}

function buyersActs(app: App, deps: MarketRoutesDeps): void {
  const { db, clock } = deps;
  app.post(
    '/v1/market/orders/:id/waive',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Accept that a code that was seen cannot be returned for no reason.',
        params: OnOne,
        body: WaiveBody,
        response: { 200: OrderView, ...no },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const input = { orderId: request.params.id, userId, at: clock.now() };
      const after = await waive(db, { ...input, version: request.body.version });
      return await orderView(deps, after, 'buyer');
    },
  );
  app.post(
    '/v1/market/orders/:id/reveal',
    {
      config: { access: 'user', secret: true },
      schema: {
        tags,
        summary: 'See the code, once; the inspection clock starts.',
        params: OnOne,
        body: Empty,
        response: { 200: SecretView, ...no },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const input = { orderId: request.params.id, userId, at: clock.now() };
      const { order, secret } = await reveal(deps, input);
      const { number, pin } = secret;
      return {
        number: number.reveal(),
        ...(pin && { pin: pin.reveal() }),
        ...(order.inspect_until && { inspectUntil: order.inspect_until.toISOString() }),
      };
    },
  );
  app.post(
    '/v1/market/orders/:id/dispute',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Say what is wrong: a dispute while inspecting, a guarantee claim afterwards.',
        params: OnOne,
        body: DisputeBody,
        response: { 200: OrderView, ...no },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const input = { orderId: request.params.id, userId, at: clock.now() };
      return await orderView(deps, await complain(deps, { ...input, ...request.body }), 'buyer');
    },
  );
}
