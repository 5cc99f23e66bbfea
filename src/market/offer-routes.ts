/** Routes of bargaining: an offer below the price, and what the other side answers. */
import { Type } from 'typebox';
import {
  type App,
  Body,
  callerOf,
  Id,
  PageQuery,
  Problem,
  pageOf,
  parseFen,
  Refused,
} from '#platform';
import { type Answer, answer, bid } from './bargain.ts';
import type { MarketRoutesDeps } from './deps.ts';
import { listOffers } from './order-store.ts';
import { OfferBody, OfferPage, OfferView } from './schema.ts';
import { offerView, type Side } from './view.ts';

const tags = ['market'];
const no = { '4xx': Problem };
const OnOne = Body({ id: Id });
const Empty = Body({});

const ANSWERS = {
  accept: {
    summary: 'Take the offer; the buyer has a day to order.',
    side: 'seller',
    transition: 'accept',
  },
  decline: { summary: 'Decline the offer.', side: 'seller', transition: 'decline' },
  take: { summary: 'Take the counter-offer.', side: 'buyer', transition: 'take' },
  'take-back': { summary: 'Take the offer back.', side: 'buyer', transition: 'take_back' },
} as const satisfies Record<
  string,
  { summary: string; side: Side; transition: Answer['transition'] }
>;
const PRICED = {
  counter: { summary: 'Name another price.', side: 'seller', transition: 'counter' },
  'bid-again': {
    summary: 'Answer a counter-offer with another one.',
    side: 'buyer',
    transition: 'bid_again',
  },
} as const satisfies Record<
  string,
  { summary: string; side: Side; transition: Answer['transition'] }
>;

const priceIn = (text: string) => {
  const amount = parseFen(text);
  if (amount === undefined) throw new Refused('invalid_input');
  return amount;
};

export function offerRoutes(app: App, { db, clock }: MarketRoutesDeps): void {
  const response = { 200: OfferView, ...no };
  app.post(
    '/v1/market/listings/:id/offers',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Offer less than the price; the seller has a day to answer.',
        params: OnOne,
        body: OfferBody,
        response: { 201: OfferView, ...no },
      },
    },
    async (request, reply) => {
      const made = await bid(db, {
        listingId: request.params.id,
        userId: callerOf(request).userId,
        priceFen: priceIn(request.body.priceFen),
        at: clock.now(),
      });
      return reply.code(201).send(await offerView(db, made, 'buyer'));
    },
  );
  app.get(
    '/v1/market/offers',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Offers I made, or was made, newest first.',
        querystring: Body({ ...PageQuery, role: Type.Optional(Type.Enum(['buyer', 'seller'])) }),
        response: { 200: OfferPage, ...no },
      },
    },
    async (request) => {
      const { limit = 20, cursor, role = 'buyer' } = request.query;
      const { userId } = callerOf(request);
      const mine = role === 'buyer' ? { buyerId: userId } : { sellerId: userId };
      const page = pageOf(await listOffers(db, { ...mine, cursor, limit }), limit, (row) => row);
      return {
        ...page,
        items: await Promise.all(page.items.map((row) => offerView(db, row, role))),
      };
    },
  );
  for (const [name, { summary, side, transition }] of Object.entries(ANSWERS))
    app.post(
      `/v1/market/offers/:id/${name}`,
      {
        config: { access: 'user' },
        schema: { tags, summary, params: OnOne, body: Empty, response },
      },
      async (request) => {
        const input = { offerId: request.params.id, userId: callerOf(request).userId };
        const after = await answer(db, { ...input, transition, at: clock.now() });
        return await offerView(db, after, side);
      },
    );
  for (const [name, { summary, side, transition }] of Object.entries(PRICED))
    app.post(
      `/v1/market/offers/:id/${name}`,
      {
        config: { access: 'user' },
        schema: { tags, summary, params: OnOne, body: OfferBody, response },
      },
      async (request) => {
        const input = { offerId: request.params.id, userId: callerOf(request).userId };
        const priceFen = priceIn(request.body.priceFen);
        const after = await answer(db, { ...input, transition, priceFen, at: clock.now() });
        return await offerView(db, after, side);
      },
    );
}
