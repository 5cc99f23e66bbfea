/** Routes of standing offers to buy: a buyer states and takes back, sellers of such a card see and answer. */
import assert from 'node:assert/strict';
import { Type } from 'typebox';
import {
  type App,
  Body,
  callerOf,
  type Fen,
  Id,
  PageQuery,
  Problem,
  pageOf,
  parseFen,
  plus,
  Refused,
} from '#platform';
import { AmountText } from '#platform/schema';
import { OFFER_MS } from '../life.ts';
import type { FindDeps } from './routes.ts';
import { AnswerBody, OpenWants, Sku, WantBody, WantPage } from './schema.ts';
import { kindsOf } from './text.ts';
import type { MyWant, Want } from './want-store.ts';
import { answerWant, listWants, putWant, turnWant, wantsFor } from './wants.ts';

const tags = ['market'];
const no = { '4xx': Problem };
const OnOne = Body({ id: Id });
const DAYS = 90;

const amountOf = (text: string): Fen => {
  const amount = parseFen(text);
  if (amount === undefined) throw new Refused('invalid_input');
  return amount;
};
const amountIn = (text: string | undefined): Fen | undefined =>
  text === undefined ? undefined : amountOf(text);

const wishOf = (one: Want) => ({
  id: one.id,
  ...(one.sku !== null && { sku: one.sku }),
  category: one.category as 'dining',
  valueMinFen: one.value_min_fen.toString(),
  valueMaxFen: one.value_max_fen.toString(),
  maxBps: one.max_bps,
  ...(one.max_price_fen !== null && { maxPriceFen: one.max_price_fen.toString() }),
  gradeMin: `V${one.grade_min}` as 'V0',
  ...(one.expires_from !== null && { expiresFrom: one.expires_from }),
  without: kindsOf(one.refused),
  left: one.wished - one.bought,
  until: one.until.toISOString(),
});

const mineOf = (one: MyWant) => ({
  ...wishOf(one),
  state: one.state as 'open',
  ...{ wished: one.wished, bought: one.bought },
  ...(one.state === 'answered' && { offer: answerOf(one) }),
  createdAt: one.created_at.toISOString(),
});

function answerOf(one: MyWant) {
  const { offer_id: id, listing_id: listingId, price_fen: price, agreed_at: agreedAt } = one;
  assert(id !== null && listingId !== null && price !== null && agreedAt !== null);
  return {
    ...{ id, listingId, title: one.title ?? '', priceFen: price.toString() },
    until: plus(agreedAt, OFFER_MS).toISOString(),
    ...(one.order_id !== null && { orderId: one.order_id }),
  };
}

const TURNS = {
  pause: { summary: 'Pauses an offer to buy: sellers do not see it.', transition: 'pause' },
  resume: { summary: 'Shows an offer to buy again.', transition: 'resume' },
  'take-back': {
    summary: 'Ends an offer to buy; what a seller promised is free again.',
    transition: 'take_back',
  },
} as const;

export function wantRoutes(app: App, { db, clock }: FindDeps): void {
  const mine = async (buyerId: string, from: { cursor?: string; limit?: number } = {}) => {
    const { cursor, limit = 50 } = from;
    return pageOf(await listWants(db, { buyerId, cursor, limit }), limit, mineOf);
  };
  const response = { 200: WantPage, ...no };
  app.get(
    '/v1/market/wants',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'What I offer to buy, newest first.',
        querystring: Body(PageQuery),
        response,
      },
    },
    async (request) => await mine(callerOf(request).userId, request.query),
  );
  app.post(
    '/v1/market/wants',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Offers to buy a product at a price; sellers see the price, not the person.',
        body: WantBody,
        response: { 201: WantPage, ...no },
      },
    },
    async (request, reply) => {
      const { userId: buyerId } = callerOf(request);
      const { valueMinFen, valueMaxFen, maxPriceFen, gradeMin = 'V0', without } = request.body;
      const { sku, category, maxBps, expiresFrom, wished = 1, days = DAYS } = request.body;
      await putWant(db, {
        ...{ buyerId, sku, category, maxBps, expiresFrom, wished, days, at: clock.now() },
        valueMinFen: amountOf(valueMinFen),
        valueMaxFen: amountOf(valueMaxFen),
        maxPriceFen: amountIn(maxPriceFen),
        gradeMin: Number(gradeMin.slice(1)),
        without: without?.split(',') ?? [],
      });
      return reply.code(201).send(await mine(buyerId));
    },
  );
  for (const [name, { summary, transition }] of Object.entries(TURNS))
    app.post(
      `/v1/market/wants/:id/${name}`,
      {
        config: { access: 'user' },
        schema: { tags, summary, params: OnOne, body: Body({}), response },
      },
      async (request) => {
        const { userId: buyerId } = callerOf(request);
        const { id } = request.params;
        await turnWant(db, { id, buyerId, transition, at: clock.now() });
        return await mine(buyerId);
      },
    );
  sellersSide(app, { db, clock });
}

function sellersSide(app: App, { db, clock }: FindDeps): void {
  app.get(
    '/v1/market/wanted',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'What buyers would pay at once for a card, the best first.',
        querystring: Body({ sku: Sku, valueFen: Type.Optional(AmountText) }),
        response: { 200: OpenWants, ...no },
      },
    },
    async ({ query: { sku, valueFen } }) => {
      const asked = { sku, valueFen: amountIn(valueFen), at: clock.now() };
      const items = (await wantsFor(db, asked)).map(({ wish, priceFen }) => ({
        ...wishOf(wish),
        priceFen: priceFen.toString(),
      }));
      return { items };
    },
  );
  app.post(
    '/v1/market/wants/:id/answer',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Answers an offer to buy with my listing; the buyer has a day to order.',
        params: OnOne,
        body: AnswerBody,
        response: { 201: Type.Object({ offerId: Id }), ...no },
      },
    },
    async (request, reply) => {
      const offerId = await answerWant(db, {
        wantId: request.params.id,
        listingId: request.body.listingId,
        sellerId: callerOf(request).userId,
        priceFen: amountOf(request.body.priceFen),
        at: clock.now(),
      });
      return reply.code(201).send({ offerId });
    },
  );
}
