/** Routes of standing offers to buy: a buyer states and takes back, sellers of such a card see and answer. */
import { Type } from 'typebox';
import { type App, Body, callerOf, type Fen, Id, Problem, parseFen, Refused } from '#platform';
import { AmountText } from '#platform/schema';
import type { FindDeps } from './routes.ts';
import { AnswerBody, OpenWants, Sku, WantBody, WantList } from './schema.ts';
import type { Want } from './want-store.ts';
import { answerWant, listWants, putWant, takeBackWant, wantsFor } from './wants.ts';

const tags = ['market'];
const no = { '4xx': Problem };
const OnOne = Body({ id: Id });

const amountOf = (text: string): Fen => {
  const amount = parseFen(text);
  if (amount === undefined) throw new Refused('invalid_input');
  return amount;
};
const gradeText = (grade: number) => `V${grade}` as 'V0';
const view = (one: Want) => ({
  id: one.id,
  state: one.state as 'open',
  sku: one.sku,
  valueMinFen: one.value_min_fen.toString(),
  valueMaxFen: one.value_max_fen.toString(),
  maxBps: one.max_bps,
  gradeMin: gradeText(one.grade_min),
  until: one.until.toISOString(),
  ...(one.state === 'answered' && one.offer_id !== null && { offerId: one.offer_id }),
  createdAt: one.created_at.toISOString(),
});

export function wantRoutes(app: App, { db, clock }: FindDeps): void {
  const mine = async (userId: string) => ({ items: (await listWants(db, userId)).map(view) });
  const response = { 200: WantList, ...no };
  app.get(
    '/v1/market/wants',
    {
      config: { access: 'user' },
      schema: { tags, summary: 'What I offer to buy.', response },
    },
    async (request) => await mine(callerOf(request).userId),
  );
  app.post(
    '/v1/market/wants',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Offers to buy a product at a price; sellers see the price, not the person.',
        body: WantBody,
        response: { 201: WantList, ...no },
      },
    },
    async (request, reply) => {
      const { userId: buyerId } = callerOf(request);
      const { sku, valueMinFen, valueMaxFen, maxBps, gradeMin = 'V0', days = 90 } = request.body;
      await putWant(db, {
        ...{ buyerId, sku, maxBps, days, at: clock.now() },
        valueMinFen: amountOf(valueMinFen),
        valueMaxFen: amountOf(valueMaxFen),
        gradeMin: Number(gradeMin.slice(1)),
      });
      return reply.code(201).send(await mine(buyerId));
    },
  );
  app.post(
    '/v1/market/wants/:id/take-back',
    {
      config: { access: 'user' },
      schema: { tags, summary: 'Ends an offer to buy.', params: OnOne, body: Body({}), response },
    },
    async (request) => {
      const { userId } = callerOf(request);
      await takeBackWant(db, request.params.id, userId, clock.now());
      return await mine(userId);
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
        querystring: Body({ sku: Sku, valueFen: AmountText }),
        response: { 200: OpenWants, ...no },
      },
    },
    async ({ query: { sku, valueFen } }) => {
      const wants = await wantsFor(db, { sku, valueFen: amountOf(valueFen), at: clock.now() });
      return {
        items: wants.map(({ id, priceFen, gradeMin, until }) => ({
          ...{ id, priceFen: priceFen.toString(), gradeMin: gradeText(gradeMin) },
          until: until.toISOString(),
        })),
      };
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
