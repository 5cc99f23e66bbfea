/** Routes of trust: scores, reviews and messages. */

import { hasRealName } from '#parties';
import { type App, Body, callerOf, type Db, Id, inTransaction, Problem, Refused } from '#platform';
import type { MarketRoutesDeps } from '../deps.ts';
import { findOrder, type Order } from '../order-store.ts';
import { readThread, say } from './messages.ts';
import { type Reviewed, review, reviewsOf, reviewsOfOrder } from './review.ts';
import {
  MessageBody,
  OrderReviewsView,
  OwnScoreView,
  ReviewBody,
  ThreadView,
  TraderView,
} from './schema.ts';
import { DEEDS } from './score.ts';
import { standingOf } from './standing.ts';
import { isTrader, type ReviewRow } from './store.ts';

const tags = ['market'];
const no = { '4xx': Problem };
const OnOne = Body({ id: Id });

export function trustRoutes(app: App, deps: MarketRoutesDeps): void {
  scoreRoutes(app, deps);
  reviewRoutes(app, deps);
  messageRoutes(app, deps);
}

function scoreRoutes(app: App, { db, clock }: MarketRoutesDeps): void {
  app.get(
    '/v1/market/traders/:id',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'How a trader stands: score, badge and reviews, never a name.',
        params: OnOne,
        response: { 200: TraderView, ...no },
      },
    },
    async (request) => {
      const { id } = request.params;
      const at = clock.now();
      if (!(await isTrader(db, id))) throw new Refused('not_found');
      const [{ score, tier }, realName, reviews] = await Promise.all([
        standingOf(db, id, at),
        hasRealName(db, id),
        reviewsOf(db, id, at),
      ]);
      return { score, tier, realName, reviews: reviews.map(reviewView) };
    },
  );
  app.get(
    '/v1/market/my/score',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'My score: what raised it, what lowered it, what it unlocks.',
        response: { 200: OwnScoreView, ...no },
      },
    },
    async (request) => {
      const { unlocks, reasons, next, ...standing } = await standingOf(
        db,
        callerOf(request).userId,
        clock.now(),
      );
      return {
        ...standing,
        unlocks: { ...unlocks, priceFenMax: String(unlocks.priceFenMax) },
        reasons: reasons.map((reason) => {
          const { zh, en } = DEEDS[reason.kind];
          return { ...reason, text: { zh, en } };
        }),
        ...(next && { next }),
      };
    },
  );
}

const reviewView = ({ stars, body, at }: ReviewRow) => ({ stars, body, at: at.toISOString() });

/** An order of the caller; strangers learn not even that it exists. */
async function own(db: Db, id: string, userId: string): Promise<Order> {
  const order = await findOrder(db, id);
  if (order?.buyer_id !== userId && order?.seller_id !== userId) throw new Refused('not_found');
  return order;
}

function endedOrder(order: Order): Reviewed {
  if (!order.confirmed_at) throw new Refused('wrong_state', { state: order.state });
  return {
    orderId: order.id,
    buyerId: order.buyer_id,
    sellerId: order.seller_id,
    valueFen: order.price_fen,
    endedAt: order.confirmed_at,
  };
}

function reviewRoutes(app: App, { db, clock }: MarketRoutesDeps): void {
  const seen = async (order: Order, viewer: string) => {
    const at = clock.now();
    const { mine, theirs, mayWriteUntil } = await reviewsOfOrder(db, endedOrder(order), {
      ...{ viewer, at },
    });
    return {
      ...(mine && { mine: reviewView(mine) }),
      ...(theirs && { theirs: reviewView(theirs) }),
      ...(mayWriteUntil && { mayWriteUntil: mayWriteUntil.toISOString() }),
    };
  };
  const path = '/v1/market/orders/:id/reviews';
  app.get(
    path,
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'My review of this order, and the other side’s once both are open.',
        params: OnOne,
        response: { 200: OrderReviewsView, ...no },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      return await seen(await own(db, request.params.id, userId), userId);
    },
  );
  app.post(
    path,
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Review a settled order, blind and for good.',
        params: OnOne,
        body: ReviewBody,
        response: { 200: OrderReviewsView, ...no },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const order = await own(db, request.params.id, userId);
      await inTransaction(db, (tx) =>
        review(tx, endedOrder(order), { ...request.body, by: userId, at: clock.now() }),
      );
      return await seen(order, userId);
    },
  );
}

function messageRoutes(app: App, { db, keys, clock }: MarketRoutesDeps): void {
  const sidesOf = (order: Order) => ({
    ...{ orderId: order.id, buyerId: order.buyer_id, sellerId: order.seller_id },
  });
  const seen = async (order: Order, viewer: string) => {
    const thread = await inTransaction(db, (tx) =>
      readThread(tx, sidesOf(order), { keys, viewer, markRead: true }),
    );
    return {
      items: thread.map(({ id, from, text, code, at }) => ({
        ...{ id, at: at.toISOString() },
        from: from === 'me' || from === 'platform' ? from : ('other' as const),
        ...(text !== undefined && { text }),
        ...(code !== undefined && { code }),
      })),
    };
  };
  const path = '/v1/market/orders/:id/messages';
  app.get(
    path,
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'The thread of an order.',
        params: OnOne,
        response: { 200: ThreadView, ...no },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      return await seen(await own(db, request.params.id, userId), userId);
    },
  );
  app.post(
    path,
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Write to the other side; secrets and contact details are refused.',
        params: OnOne,
        body: MessageBody,
        response: { 200: ThreadView, ...no },
      },
    },
    async (request) => {
      const { userId: by } = callerOf(request);
      const order = await own(db, request.params.id, by);
      await inTransaction(db, (tx) =>
        say(tx, sidesOf(order), { keys, by, text: request.body.text, at: clock.now() }),
      );
      return await seen(order, by);
    },
  );
}
