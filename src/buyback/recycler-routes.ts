/** What a recycler does with the cards its bids have bought: sees them, takes the secret once, reports what is wrong. */
import { type Static, Type } from 'typebox';
import type { Recyclers } from '#auctions';
import {
  type CardSecret,
  findOpening,
  findProduct,
  type IssuerDeps,
  openRecorded,
  recordOpening,
} from '#cards';
import {
  type App,
  addJob,
  Body,
  type Clock,
  callerOf,
  type Db,
  FenText,
  Id,
  Instant,
  inTransaction,
  type Keys,
  Page,
  PageQuery,
  Problem,
  pageOf,
  type Reader,
  Refused,
} from '#platform';
import { allowed, look } from '#process';
import { openDispute } from './after-sale.ts';
import { takeOrder } from './change.ts';
import { buyback, type State } from './life.ts';
import { orderExport } from './recycler-export.ts';
import { DisputeBody } from './schema.ts';
import { findOrder, listOrders, type Order } from './store.ts';

export interface RecyclerRoutesDeps {
  db: Db;
  clock: Clock;
  keys: Keys;
  cards: IssuerDeps;
  recyclers: Recyclers;
}

const OnRecycler = Body({ id: Id });
const OnOrder = Body({ id: Id, orderId: Id });
const no = { '4xx': Problem };
const tags = ['recyclers'];

/** Nothing of the seller: a recycler buys a card, not an acquaintance. */
export const BoughtView = Type.Object({
  id: Id,
  state: Type.Enum(buyback.names.states),
  stateSince: Instant,
  deadline: Type.Optional(Type.Object({ at: Instant, what: Type.String() })),
  sku: Type.String(),
  productName: Type.Object({ zh: Type.String(), en: Type.String() }),
  faceFen: FenText,
  priceFen: FenText,
  expiresOn: Type.Optional(Type.String()),
  cardLast4: Type.Optional(Type.String()),
  grade: Type.Optional(Type.String()),
  verificationCode: Type.Optional(Type.String()),
  mayReveal: Type.Boolean({ description: 'The money is paid in and nobody has seen the secret' }),
  allowed: Type.Array(Type.String()),
  createdAt: Instant,
});
const BoughtPage = Page(BoughtView);
const SecretView = Type.Object({ number: Type.String(), pin: Type.Optional(Type.String()) });

/** The money has left the wallet, and the card is not being argued about. */
const PAID_IN: ReadonlySet<State> = new Set(['verified', 'settled', 'closed']);

async function viewOf(reader: Reader, order: Order): Promise<Static<typeof BoughtView>> {
  const instance = await look(reader, order.id);
  const product = await findProduct(reader, order.sku);
  const { card_id: cardId } = order;
  const opened = cardId && (await findOpening(reader, { cardId, cause: order.id }));
  const since = instance?.enteredAt ?? order.created_at;
  return {
    id: order.id,
    state: order.state,
    stateSince: since.toISOString(),
    ...(instance?.dueAt && {
      deadline: { at: instance.dueAt.toISOString(), what: instance.dueTransition ?? '' },
    }),
    sku: order.sku,
    productName: product?.name ?? { zh: order.sku, en: order.sku },
    faceFen: order.face_fen.toString(),
    priceFen: order.price_fen.toString(),
    ...(order.expires_on && { expiresOn: order.expires_on }),
    ...(order.card_last4 && { cardLast4: order.card_last4 }),
    ...(order.grade && { grade: order.grade }),
    ...(order.verification_code && { verificationCode: order.verification_code }),
    mayReveal: PAID_IN.has(order.state) && cardId !== null && !opened,
    allowed: allowed(buyback, order.state, 'recycler'),
    createdAt: order.created_at.toISOString(),
  };
}

export function recyclerRoutes(app: App, deps: RecyclerRoutesDeps): void {
  reads(app, deps);
  acts(app, deps);
  orderExport(app, deps);
}

async function bought(
  { db, recyclers }: RecyclerRoutesDeps,
  who: { recyclerId: string; userId: string; orderId: string },
): Promise<Order> {
  await recyclers.requireMember(db, who);
  const order = await findOrder(db, who.orderId);
  if (order?.recycler !== who.recyclerId) throw new Refused('not_found');
  return order;
}

function reads(app: App, deps: RecyclerRoutesDeps): void {
  const { db, recyclers } = deps;
  app.get(
    '/v1/recyclers/:id/orders',
    {
      config: { access: 'user', scope: 'read' },
      schema: {
        tags,
        summary: 'Cards that bids of this recycler have bought, newest first.',
        params: OnRecycler,
        querystring: Body(PageQuery),
        response: { 200: BoughtPage, ...no },
      },
    },
    async (request) => {
      const { id: recycler } = request.params;
      const { userId } = callerOf(request);
      await recyclers.requireMember(db, { recyclerId: recycler, userId });
      const { limit = 20, cursor } = request.query;
      const page = pageOf(await listOrders(db, { recycler, cursor, limit }), limit, (row) => row);
      return { ...page, items: await Promise.all(page.items.map((row) => viewOf(db, row))) };
    },
  );
  app.get(
    '/v1/recyclers/:id/orders/:orderId',
    {
      config: { access: 'user', scope: 'read' },
      schema: {
        tags,
        summary: 'One of them.',
        params: OnOrder,
        response: { 200: BoughtView, ...no },
      },
    },
    async (request) => {
      const { id: recyclerId, orderId } = request.params;
      const { userId } = callerOf(request);
      return await viewOf(db, await bought(deps, { recyclerId, userId, orderId }));
    },
  );
}

function acts(app: App, deps: RecyclerRoutesDeps): void {
  const { db, keys, clock, recyclers } = deps;
  app.post(
    '/v1/recyclers/:id/orders/:orderId/card',
    {
      config: { access: 'user', scope: 'report', secret: true },
      schema: {
        tags,
        summary: 'The secret of a card that is paid for; shown once, and written down first.',
        params: OnOrder,
        body: Body({}),
        response: { 200: SecretView, ...no },
      },
    },
    async (request) => {
      const { id: recyclerId, orderId } = request.params;
      const { userId } = callerOf(request);
      await recyclers.requireMember(db, { recyclerId, userId, role: 'buyer' });
      const who = { recyclerId, userId, orderId };
      return secretView(await reveal(deps, { ...who, at: clock.now() }));
    },
  );
  app.post(
    '/v1/recyclers/:id/orders/:orderId/report',
    {
      config: { access: 'user', scope: 'report' },
      schema: {
        tags,
        summary: 'Says what is wrong with the card, by a canonical code; silence accepts it.',
        params: OnOrder,
        body: DisputeBody,
        response: { 200: BoughtView, ...no },
      },
    },
    async (request) => {
      const { id: recycler, orderId } = request.params;
      const { userId: actor } = callerOf(request);
      await recyclers.requireMember(db, { recyclerId: recycler, userId: actor, role: 'buyer' });
      const said = { orderId, by: 'recycler', actor, recycler, ...request.body } as const;
      return await viewOf(db, await openDispute(db, keys, { ...said, at: clock.now() }));
    },
  );
}

const secretView = ({ number, pin }: CardSecret): Static<typeof SecretView> => ({
  number: number.reveal(),
  ...(pin && { pin: pin.reveal() }),
});

/** Refuses wrong_state before the money is paid in, already_revealed the second time. The issuer's lock ends by a job. */
async function reveal(
  { db, keys }: RecyclerRoutesDeps,
  input: { recyclerId: string; userId: string; orderId: string; at: Date },
): Promise<CardSecret> {
  const { recyclerId, userId: personId, orderId: cause, at } = input;
  const cardId = await inTransaction(db, async (tx) => {
    const order = await takeOrder(tx, cause);
    if (order.recycler !== recyclerId) throw new Refused('not_found');
    if (!PAID_IN.has(order.state) || order.card_id === null) throw new Refused('wrong_state');
    await recordOpening(tx, { cardId: order.card_id, cause, personId, at });
    await addJob(tx, 'buyback.unlock', { orderId: cause });
    return order.card_id;
  });
  return await openRecorded({ db, keys }, { cardId, cause, personId });
}
