/** What anybody may ask of pricing over HTTP: the prices, a quote, its key, its history, a reminder. */
import { type Static, Type } from 'typebox';
import {
  type App,
  type Clock,
  callerOf,
  chinaDay,
  type Db,
  type Fen,
  inTransaction,
  type Keys,
  Problem,
  parseFen,
  type Refusal,
  Refused,
} from '#platform';
import { Body, Id, Instant } from '#platform/schema';
import type { BidOffer } from './buyer.ts';
import { consoleRoutes } from './console-routes.ts';
import { checkDenomination, findQuote, issueQuote } from './issue.ts';
import { priceHistory, priceList } from './prices.ts';
import { remindMe } from './remind.ts';
import {
  FaceText,
  PriceHistory,
  PriceList,
  type ProductFacts,
  QuoteDoc,
  RealDay,
  Sku,
} from './schema.ts';

export interface PricingDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly keys: Keys;
  readonly findProduct: (sku: string) => Promise<ProductFacts | undefined>;
  readonly listProducts: () => Promise<readonly ProductFacts[]>;
  /** The legal limits on a face; a refusal of theirs is passed on. */
  readonly checkFace?: (
    product: ProductFacts,
    faceFen: Fen,
    day: string,
  ) => Refusal | undefined | Promise<Refusal | undefined>;
  /** The best bid for such a card that could be executed now; it is told nothing of who asks. */
  readonly bestBid?: (card: {
    sku: string;
    faceFen: Fen;
    expiresOn: string | undefined;
    at: Date;
  }) => Promise<BidOffer | undefined>;
  /** Days a lower price is announced before it starts; the law of the day. */
  readonly noticeDays?: (day: string) => number | Promise<number>;
  /** From one address; a quote costs us a row and a signature. */
  readonly quotesPerMinute?: number;
}

const tags = ['pricing'];
const QUOTES_PER_MINUTE = 60;
const HISTORY_DAYS = 30;

const QuoteBodyIn = Body({
  sku: Sku,
  faceFen: FaceText,
  expiresOn: Type.Optional(RealDay),
  buyer: Type.Optional(
    Type.Literal('house', { description: "Only the platform's own price, whatever others bid" }),
  ),
});
const ReminderView = Type.Object({
  id: Id,
  quoteId: Id,
  dueAt: Instant,
  targetFen: Type.String({ description: 'We write when the card pays at least this' }),
});
const KeyView = Type.Object({
  algorithm: Type.Literal('Ed25519'),
  publicKeyPem: Type.String(),
  signed: Type.String({ description: 'How to rebuild the signed bytes' }),
});

export function pricingRoutes(app: App, deps: PricingDeps): void {
  priceRoutes(app, deps);
  quoteRoutes(app, deps);
  reminderRoute(app, deps);
  consoleRoutes(app, deps);
}

function priceRoutes(app: App, { db, clock, findProduct, listProducts }: PricingDeps): void {
  app.get(
    '/v1/prices',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'What each product pays now, against yesterday, and when it pays more.',
        response: { 200: PriceList, '4xx': Problem, 503: Problem },
      },
    },
    async () => priceList(db, { products: await listProducts(), at: clock.now() }),
  );

  app.get(
    '/v1/price-history',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'The closing price of a product, day by day.',
        querystring: Body({
          sku: Sku,
          days: Type.Optional(Type.Integer({ minimum: 1, maximum: 366, default: HISTORY_DAYS })),
        }),
        response: { 200: PriceHistory, '4xx': Problem },
      },
    },
    async ({ query: { sku, days = HISTORY_DAYS } }) => {
      const product = await findProduct(sku);
      if (!product) throw new Refused('unknown_product');
      return await priceHistory(db, { product, at: clock.now(), days });
    },
  );
}

/** The whole way of a request for a price. It sees the card and the clock; the caller never reaches it. */
export async function quoteFor(
  deps: PricingDeps,
  body: Static<typeof QuoteBodyIn>,
): Promise<QuoteDoc> {
  const { db, clock, keys, findProduct, checkFace } = deps;
  const product = await findProduct(body.sku);
  if (!product) throw new Refused('unknown_product');
  const at = clock.now();
  const faceFen = parseFen(body.faceFen);
  if (faceFen === undefined) throw new Refused('invalid_input');
  const refusal = await checkFace?.(product, faceFen, chinaDay(at));
  if (refusal) throw new Refused(refusal);
  checkDenomination(product, faceFen);
  const { sku, expiresOn } = body;
  const houseAsked = body.buyer === 'house';
  const bid = houseAsked ? undefined : await deps.bestBid?.({ sku, faceFen, expiresOn, at });
  return await issueQuote(db, { keys, product, faceFen, expiresOn, at, bid, houseAsked });
}

function quoteRoutes(app: App, deps: PricingDeps): void {
  const { db, keys, quotesPerMinute: max = QUOTES_PER_MINUTE } = deps;
  app.post(
    '/v1/quotes',
    {
      config: { access: 'public', rateLimit: { max, timeWindow: 60_000 } },
      schema: {
        tags,
        summary: 'A binding, itemised and signed price for a card, for 15 minutes.',
        body: QuoteBodyIn,
        response: { 201: QuoteDoc, '4xx': Problem, 503: Problem },
      },
    },
    async ({ body }, reply) => reply.code(201).send(await quoteFor(deps, body)),
  );

  app.get(
    '/v1/quotes/:id',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'A quote as it was issued, with its signature.',
        params: Body({ id: Id }),
        response: { 200: QuoteDoc, '4xx': Problem },
      },
    },
    async ({ params: { id } }) => {
      const doc = await findQuote(db, id);
      if (!doc) throw new Refused('quote_not_found');
      return doc;
    },
  );

  app.get(
    '/v1/quote-key',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'The public key that quotes are signed with.',
        response: { 200: KeyView, '4xx': Problem },
      },
    },
    async () => ({
      algorithm: 'Ed25519' as const,
      publicKeyPem: keys.publicKeyPem,
      signed: 'UTF-8 JSON of the quote without "signature": keys sorted, no spaces',
    }),
  );
}

function reminderRoute(app: App, { db, clock }: PricingDeps): void {
  app.post(
    '/v1/quotes/:id/reminder',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Tells the caller when the card of this quote pays more.',
        params: Body({ id: Id }),
        response: { 200: ReminderView, '4xx': Problem },
      },
    },
    async (request) => {
      const { userId: subscriber } = callerOf(request);
      const at = clock.now();
      const quoteId = request.params.id;
      const reminder = await inTransaction(db, (tx) => remindMe(tx, { quoteId, subscriber, at }));
      return {
        id: reminder.id,
        quoteId,
        dueAt: reminder.dueAt.toISOString(),
        targetFen: reminder.targetFen.toString(),
      };
    },
  );
}
