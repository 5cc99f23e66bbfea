/** Routes of a recycler's stock: its cards, its figures, selling one on and taking it off again, and the file. */
import { Type } from 'typebox';
import type { PastSale, Recyclers } from '#auctions';
import { MEDIA, sendFile, sheetFile } from '#ledger';
import {
  type App,
  Body,
  type Clock,
  callerOf,
  type Db,
  fen,
  Id,
  languageOf,
  PageQuery,
  Problem,
  pageOf,
  type Reader,
  Refused,
} from '#platform';
import { PriceAdvice, SellOnBody, StockCard, StockFigures, StockPage } from './schema.ts';
import { sellOn, takeOff } from './sell-on.ts';
import { figuresOf, type Held, priceFor, type Resale, stockOf } from './stock.ts';
import { cardView, figuresView, namesOf, stockSheet } from './view.ts';

export interface StockRoutesDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly recyclers: Recyclers;
  readonly resale: Resale;
  /** Every sale of every way, with nothing of who sold: what others can learn from. */
  readonly soldSince: (reader: Reader, since: Date) => Promise<readonly PastSale[]>;
}

const OnRecycler = Body({ id: Id });
const OnOrder = Body({ id: Id, orderId: Id });
const no = { '4xx': Problem };
const tags = ['recyclers'];

type Request = Parameters<typeof callerOf>[0] & { params: { id: string } };

export function stockRoutes(app: App, deps: StockRoutesDeps): void {
  reads(app, deps);
  files(app, deps);
  acts(app, deps);
}

async function member(
  { db, clock, recyclers }: StockRoutesDeps,
  request: Request,
  role?: 'buyer',
): Promise<{ recyclerId: string; userId: string; at: Date }> {
  const { id: recyclerId } = request.params;
  const { userId } = callerOf(request);
  await recyclers.requireMember(db, { recyclerId, userId, ...(role && { role }) });
  return { recyclerId, userId, at: clock.now() };
}

async function oneOf(
  { db, resale }: StockRoutesDeps,
  who: { recyclerId: string; orderId: string; at: Date },
): Promise<Held> {
  const found = (await stockOf(db, resale, who)).find(({ orderId }) => orderId === who.orderId);
  if (!found) throw new Refused('not_found');
  return found;
}

function reads(app: App, deps: StockRoutesDeps): void {
  const { db, resale, soldSince } = deps;
  app.get(
    '/v1/recyclers/:id/stock',
    {
      config: { access: 'user', scope: 'read' },
      schema: {
        tags,
        summary: 'Cards bought here and where each of them is, newest first.',
        params: OnRecycler,
        querystring: Body({
          ...PageQuery,
          place: Type.Optional(Type.Enum(['vault', 'listed', 'sold', 'opened'])),
        }),
        response: { 200: StockPage, ...no },
      },
    },
    async (request) => {
      const { limit = 20, cursor, place } = request.query;
      const who = await member(deps, request);
      const all = (await stockOf(db, resale, who)).filter(
        (one) =>
          (place === undefined || one.place === place) &&
          (cursor === undefined || one.orderId < cursor),
      );
      const rows = all.slice(0, limit + 1).map((one) => ({ ...one, id: one.orderId }));
      const page = pageOf(rows, limit, (row) => row);
      const names = await namesOf(
        db,
        page.items.map(({ sku }) => sku),
      );
      return { ...page, items: page.items.map((one) => cardView(one, names, who.at)) };
    },
  );
  app.get(
    '/v1/recyclers/:id/stock/figures',
    {
      config: { access: 'user', scope: 'read' },
      schema: {
        tags,
        summary: 'Stock by product and age, turnover, margin, what expires, and what prices win.',
        params: OnRecycler,
        response: { 200: StockFigures, ...no },
      },
    },
    async (request) => {
      const who = await member(deps, request);
      const found = await figuresOf(db, resale, { ...who, soldSince });
      const skus = [...found.stock, ...found.prices, ...found.expiring].map(({ sku }) => sku);
      return figuresView(found, await namesOf(db, skus), who.at);
    },
  );
  app.get(
    '/v1/recyclers/:id/stock/:orderId/price',
    {
      config: { access: 'user', scope: 'read' },
      schema: {
        tags,
        summary: 'What to ask for this card on the market, from what others got.',
        params: OnOrder,
        response: { 200: PriceAdvice, ...no },
      },
    },
    async (request) => {
      const who = await member(deps, request);
      const card = await oneOf(deps, { ...who, orderId: request.params.orderId });
      const { priceFen, netFen, fromSales } = await priceFor(db, resale, { card, at: who.at });
      return { priceFen: String(priceFen), netFen: String(netFen), fromSales };
    },
  );
}

function files(app: App, deps: StockRoutesDeps): void {
  const { db, resale } = deps;
  for (const format of ['csv', 'xlsx'] as const)
    app.get(
      `/v1/recyclers/:id/stock.${format}`,
      {
        config: { access: 'user', scope: 'read' },
        schema: {
          tags,
          summary: 'The stock for spreadsheets, in yuan.',
          params: OnRecycler,
          response: { 200: { content: { [MEDIA[format]]: { schema: Type.String() } } }, ...no },
        },
      },
      async (request, reply) => {
        const who = await member(deps, request);
        const cards = await stockOf(db, resale, who);
        const names = await namesOf(
          db,
          cards.map(({ sku }) => sku),
        );
        const language = languageOf(request.headers['accept-language']);
        const file = await sheetFile(stockSheet(cards, { names, language, at: who.at }), format);
        return sendFile(reply, { format, name: 'stock', file });
      },
    );
}

function acts(app: App, deps: StockRoutesDeps): void {
  const { db, resale } = deps;
  const viewOf = async (who: { recyclerId: string; orderId: string; at: Date }) => {
    const card = await oneOf(deps, who);
    return cardView(card, await namesOf(db, [card.sku]), who.at);
  };
  app.post(
    '/v1/recyclers/:id/stock/:orderId/sell',
    {
      config: { access: 'user', scope: 'bid' },
      schema: {
        tags,
        summary: 'Put this card on the market; the money of its sale comes to the wallet.',
        params: OnOrder,
        body: SellOnBody,
        response: { 200: StockCard, ...no },
      },
    },
    async (request) => {
      const who = { ...(await member(deps, request, 'buyer')), orderId: request.params.orderId };
      await sellOn(db, resale, { ...who, priceFen: fen(BigInt(request.body.priceFen)) });
      return await viewOf(who);
    },
  );
  app.post(
    '/v1/recyclers/:id/stock/:orderId/take-off',
    {
      config: { access: 'user', scope: 'bid' },
      schema: {
        tags,
        summary: 'Take it off the market again; the card stays in the vault.',
        params: OnOrder,
        body: Body({}),
        response: { 200: StockCard, ...no },
      },
    },
    async (request) => {
      const who = { ...(await member(deps, request, 'buyer')), orderId: request.params.orderId };
      await takeOff(db, resale, who);
      return await viewOf(who);
    },
  );
}
