/** Routes by which anybody finds what is on sale and what it was sold for; nobody has to sign in to look. */
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import {
  type App,
  Body,
  type Clock,
  type Db,
  type Fen,
  Problem,
  parseFen,
  Refused,
} from '#platform';
import { AmountText } from '#platform/schema';
import { RealDay } from '#pricing';
import { alertRoutes } from './alert-routes.ts';
import { productsOnSale } from './price-store.ts';
import { soldPrices, suggest } from './prices.ts';
import {
  FacetsView,
  filters,
  ProductPage,
  SearchQuery,
  SearchView,
  Sku,
  SORTS,
  SoldPrices,
  Suggestion,
} from './schema.ts';
import { facets, productsCarrying, search } from './search.ts';
import { wantRoutes } from './want-routes.ts';

export interface FindDeps {
  readonly db: Db;
  readonly clock: Clock;
}

const tags = ['market'];
const no = { '4xx': Problem };
const HISTORY_DAYS = 90;
/** Searches from one address; each costs the database up to some 50 ms. */
const perMinute = { max: 240, timeWindow: 60_000 };

/** The same for everybody, so that whatever stands between may answer again for so long. */
const cached = (reply: FastifyReply, seconds: number): void => {
  reply.header('cache-control', `public, max-age=${seconds}`);
};

export function findRoutes(app: App, deps: FindDeps): void {
  searchRoutes(app, deps);
  priceRoutes(app, deps);
  alertRoutes(app, deps);
  wantRoutes(app, deps);
}

function searchRoutes(app: App, { db }: FindDeps): void {
  app.get(
    '/v1/market/search',
    {
      config: { access: 'public', rateLimit: perMinute },
      schema: {
        tags,
        summary: 'What is on sale, by words, filters and order, page by page.',
        querystring: SearchQuery,
        response: { 200: SearchView, ...no },
      },
    },
    async ({ query }, reply) => {
      cached(reply, 5);
      return await search(db, query);
    },
  );
  app.get(
    '/v1/market/search/counts',
    {
      config: { access: 'public', rateLimit: perMinute },
      schema: {
        tags,
        summary: 'How many there are of each kind, among the first thousand that are found.',
        querystring: Body({ ...filters, sort: Type.Optional(Type.Enum(SORTS)) }),
        response: { 200: FacetsView, ...no },
      },
    },
    async ({ query }, reply) => {
      cached(reply, 30);
      return await facets(db, query);
    },
  );
  app.get(
    '/v1/market/products',
    {
      config: { access: 'public', rateLimit: perMinute },
      schema: {
        tags,
        summary: 'Products with something on sale, with the best price of each.',
        querystring: Body({
          q: filters.q,
          category: filters.category,
          cursor: Type.Optional(Sku),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
        }),
        response: { 200: ProductPage, ...no },
      },
    },
    async ({ query: { q, category, cursor, limit = 20 } }, reply) => {
      cached(reply, 30);
      const nos = await productsCarrying(db, q ?? '');
      const rows = await productsOnSale(db, { nos, category, after: cursor, limit: limit + 1 });
      const items = rows.slice(0, limit);
      const last = items.at(-1);
      return {
        items: items.map((row) => ({
          sku: row.sku,
          name: { zh: row.name_zh, en: row.name_en },
          category: row.category as 'dining',
          form: row.form as 'code',
          count: row.count,
          fromFen: String(row.from_fen),
          fromBps: row.from_bps ?? 0,
        })),
        ...(rows.length > limit && last && { next: last.sku }),
      };
    },
  );
}

function priceRoutes(app: App, { db, clock }: FindDeps): void {
  app.get(
    '/v1/market/products/:sku/prices',
    {
      config: { access: 'public', rateLimit: perMinute },
      schema: {
        tags,
        summary: 'What a product was sold for, day by day.',
        params: Body({ sku: Sku }),
        querystring: Body({
          days: Type.Optional(Type.Integer({ minimum: 1, maximum: 366, default: HISTORY_DAYS })),
        }),
        response: { 200: SoldPrices, ...no },
      },
    },
    async ({ params: { sku }, query: { days = HISTORY_DAYS } }, reply) => {
      cached(reply, 60);
      return await soldPrices(db, { sku, days, at: clock.now() });
    },
  );
  app.get(
    '/v1/market/suggest',
    {
      config: { access: 'public', rateLimit: { max: 60, timeWindow: 60_000 } },
      schema: {
        tags,
        summary: 'What a card sells for, and how likely it is sold by day 1, 3 and 7.',
        querystring: Body({
          sku: Sku,
          faceFen: AmountText,
          valueFen: Type.Optional(AmountText),
          expiresOn: Type.Optional(RealDay),
          priceFen: Type.Optional(AmountText),
        }),
        response: { 200: Suggestion, ...no },
      },
    },
    async ({ query }, reply) => {
      const faceFen = amountOf(query.faceFen);
      const valueFen = query.valueFen === undefined ? faceFen : amountOf(query.valueFen);
      const priceFen = query.priceFen === undefined ? undefined : amountOf(query.priceFen);
      if (valueFen > faceFen || (priceFen !== undefined && priceFen > valueFen))
        throw new Refused('invalid_input');
      const { sku, expiresOn } = query;
      cached(reply, 60);
      return await suggest(db, {
        ...{ sku, faceFen, valueFen, expiresOn, priceFen },
        at: clock.now(),
      });
    },
  );
}

/** The schema has seen to the digits; what is too large for money is refused here. */
function amountOf(text: string): Fen {
  const amount = parseFen(text);
  if (amount === undefined) throw new Refused('invalid_input');
  return amount;
}
