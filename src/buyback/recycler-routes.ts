/** What a recycler does with the cards its bids have bought: sees them, takes the secret once, reports what is wrong. */
import { type Static, Type } from 'typebox';
import type { Recyclers } from '#auctions';
import { type CardSecret, findProduct, type IssuerDeps } from '#cards';
import {
  type App,
  Body,
  type Clock,
  callerOf,
  type Db,
  FenText,
  Id,
  Instant,
  type Keys,
  Page,
  PageQuery,
  Problem,
  pageOf,
  type Reader,
  Refused,
} from '#platform';
import { allowed, look } from '#process';
import { buyback, type State } from './life.ts';
import { orderExport } from './recycler-export.ts';
import { reportBought } from './report.ts';
import { reportView } from './report-view.ts';
import { isInStock, mayReveal, revealBought } from './reveal.ts';
import { DisputeBody, ReportView } from './schema.ts';
import { findOrder, listOrders, type Order } from './store.ts';
import { findReport } from './store-report.ts';

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
  stateSaid: Type.Object({ zh: Type.String(), en: Type.String() }),
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
  openedAt: Type.Optional(Instant),
  auctionId: Type.Optional(Id),
  report: Type.Optional(ReportView),
  mayReport: Type.Boolean(),
  allowed: Type.Array(Type.String()),
  createdAt: Instant,
});
const BoughtPage = Page(BoughtView);
const SecretView = Type.Object({ number: Type.String(), pin: Type.Optional(Type.String()) });

async function viewOf(reader: Reader, order: Order): Promise<Static<typeof BoughtView>> {
  const instance = await look(reader, order.id);
  const product = await findProduct(reader, order.sku);
  const report = await findReport(reader, order.id);
  const stays = order.resale_id === null || (await isInStock(reader, order));
  const since = instance?.enteredAt ?? order.created_at;
  return {
    id: order.id,
    state: order.state,
    stateSaid: saidOf(order.state),
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
    mayReveal: mayReveal(order) && stays,
    ...(order.opened_at && { openedAt: order.opened_at.toISOString() }),
    ...(order.auction_id && { auctionId: order.auction_id }),
    ...(report && { report: reportView(report) }),
    mayReport: !report && (stays || order.opened_at !== null) && REPORTABLE.has(order.state),
    allowed: allowed(buyback, order.state, 'recycler'),
    createdAt: order.created_at.toISOString(),
  };
}

/** Silence accepts: a week after the money went to the seller nothing can be reported any more. */
const REPORTABLE: ReadonlySet<State> = new Set(['verified', 'settled']);

const saidOf = (state: State): { zh: string; en: string } => {
  const { zh, en } = buyback.states[state] ?? { zh: state, en: state };
  return { zh, en };
};

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
      return secretView(await revealBought(deps, { ...who, at: clock.now() }));
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
      const { id: recyclerId, orderId } = request.params;
      const { userId } = callerOf(request);
      await recyclers.requireMember(db, { recyclerId, userId, role: 'buyer' });
      const said = { orderId, recyclerId, userId, ...request.body };
      return await viewOf(db, await reportBought(db, keys, { ...said, at: clock.now() }));
    },
  );
}

const secretView = ({ number, pin }: CardSecret): Static<typeof SecretView> => ({
  number: number.reveal(),
  ...(pin && { pin: pin.reveal() }),
});
