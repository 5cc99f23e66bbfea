/** Routes of standing bids: the recycler's own, the public book, and what the operator should look at. */
import { type Static, Type } from 'typebox';
import { balanceOf } from '#ledger';
import {
  type App,
  Body,
  broadcast,
  type Clock,
  callerOf,
  chinaDay,
  DAY,
  type Db,
  fen,
  Id,
  inTransaction,
  type Live,
  Problem,
  plus,
  type Reader,
  Refused,
} from '#platform';
import { bookTopic, placeBid, stopAllBids, stopBid, tryOut } from './bid.ts';
import { bidExport } from './bid-export.ts';
import { bookOf } from './book.ts';
import { type BidTerms, type PastSale, suggestRates, type Taken } from './domain.ts';
import type { Recyclers } from './recyclers.ts';
import { BidList, BidView, BookView, FlagView, HindsightView, Sku, TermsBody } from './schema.ts';
import { bidsOf, type Flag, listFlags, reviewFlag, type StandingBid, takenOn } from './store.ts';

export interface AuctionDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly live: Live;
  readonly recyclers: Recyclers;
  readonly knowsProduct: (sku: string) => Promise<boolean>;
  /** What cards went for since then, in all venues, with nothing of who sold. */
  readonly soldSince: (reader: Reader, since: Date) => Promise<readonly PastSale[]>;
}

const BIDS_SHOWN = 200;
const FLAGS_SHOWN = 100;
const OnRecycler = Body({ id: Id });
const OnBid = Body({ id: Id, bidId: Id });
const no = { '4xx': Problem };

export function auctionRoutes(app: App, deps: AuctionDeps): void {
  bookRoutes(app, deps);
  bidReads(app, deps);
  bidActs(app, deps);
  flagRoutes(app, deps);
  bidExport(app, deps);
}

function bookRoutes(app: App, { db, clock, live, recyclers, knowsProduct }: AuctionDeps): void {
  const tags = ['books'];
  const view = async (sku: string): Promise<Static<typeof BookView>> => {
    if (!(await knowsProduct(sku))) throw new Refused('not_found');
    const at = clock.now();
    return { sku, at: at.toISOString(), levels: await bookOf(db, recyclers, { sku, at }) };
  };
  app.get(
    '/v1/books/:sku',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'What recyclers pay for a product now: shares of the face, the best first.',
        params: Body({ sku: Sku }),
        response: { 200: BookView, ...no },
      },
    },
    async ({ params: { sku } }) => await view(sku),
  );
  app.get(
    '/v1/books/:sku/events',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Server-sent events: the book now and after each change.',
        params: Body({ sku: Sku }),
        response: no,
      },
    },
    async (request, reply) => {
      const { sku } = request.params;
      await view(sku);
      // Without the hour of looking: a book that did not change is not told again.
      const levels = async () => ({ sku, levels: (await view(sku)).levels });
      await broadcast({ request, reply, live, topic: bookTopic(sku), look: levels });
    },
  );
}

const viewOf = ({ id, active, terms, createdAt, stoppedAt }: StandingBid, today?: Taken) => ({
  id,
  active,
  sku: terms.sku,
  faceMinFen: terms.faceMinFen.toString(),
  faceMaxFen: terms.faceMaxFen.toString(),
  ...(terms.daysLeftMin !== undefined && { daysLeftMin: terms.daysLeftMin }),
  ...(terms.daysLeftMax !== undefined && { daysLeftMax: terms.daysLeftMax }),
  gradeMin: terms.gradeMin,
  weekdays: [...terms.weekdays],
  fromHour: terms.fromHour,
  toHour: terms.toHour,
  dailyBudgetFen: terms.dailyBudgetFen.toString(),
  curve: terms.curve.map((step) => ({ ...step })),
  createdAt: createdAt.toISOString(),
  ...(stoppedAt && { stoppedAt: stoppedAt.toISOString() }),
  today: { cards: today?.cards ?? 0, spentFen: (today?.fen ?? 0n).toString() },
});

const termsOf = ({ replaces: _, ...body }: TermsBody): BidTerms => ({
  ...body,
  faceMinFen: fen(BigInt(body.faceMinFen)),
  faceMaxFen: fen(BigInt(body.faceMaxFen)),
  dailyBudgetFen: fen(BigInt(body.dailyBudgetFen)),
});

function bidReads(app: App, deps: AuctionDeps): void {
  const { db, clock, recyclers } = deps;
  const tags = ['recyclers'];
  app.get(
    '/v1/recyclers/:id/bids',
    {
      config: { access: 'user', scope: 'read' },
      schema: {
        tags,
        summary: 'Standing bids of this recycler, live ones first, and its wallet.',
        params: OnRecycler,
        response: { 200: BidList, ...no },
      },
    },
    async (request) => {
      const { id: recyclerId } = request.params;
      await recyclers.requireMember(db, { recyclerId, userId: callerOf(request).userId });
      const bids = await bidsOf(db, { recyclerId, limit: BIDS_SHOWN });
      const day = chinaDay(clock.now());
      const taken = await takenOn(db, { bidIds: bids.map(({ id }) => id), day });
      const { balance, held } = await balanceOf(db, `WALLET:${recyclerId}`);
      return {
        items: bids.map((bid) => viewOf(bid, taken.get(bid.id))),
        walletFen: balance.toString(),
        heldFen: held.toString(),
      };
    },
  );
  app.post(
    '/v1/recyclers/:id/bids/try',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'What such a bid would have won of the last seven days; nothing is kept.',
        params: OnRecycler,
        body: TermsBody,
        response: { 200: HindsightView, ...no },
      },
    },
    async (request) => {
      const { id: recyclerId } = request.params;
      await recyclers.requireMember(db, { recyclerId, userId: callerOf(request).userId });
      const sold = await deps.soldSince(db, plus(clock.now(), -7 * DAY));
      const terms = termsOf(request.body);
      const { paidFen, faceFen, ...counts } = tryOut(terms, sold);
      const suggested = suggestRates(terms, sold);
      return {
        ...counts,
        ...(suggested && { suggested }),
        ...{ paidFen: paidFen.toString(), faceFen: faceFen.toString() },
      };
    },
  );
}

function bidActs(app: App, { db, clock, recyclers, knowsProduct }: AuctionDeps): void {
  const tags = ['recyclers'];
  const mayBuy = async (recyclerId: string, userId: string): Promise<void> => {
    await recyclers.requireMember(db, { recyclerId, userId, role: 'buyer' });
  };
  app.post(
    '/v1/recyclers/:id/bids',
    {
      config: { access: 'user', scope: 'bid' },
      schema: {
        tags,
        summary: 'Put up a standing bid, behind those that stand; it may replace one of your own.',
        params: OnRecycler,
        body: TermsBody,
        response: { 201: BidView, ...no },
      },
    },
    async (request, reply) => {
      const { id: recyclerId } = request.params;
      const { userId } = callerOf(request);
      await mayBuy(recyclerId, userId);
      const { replaces } = request.body;
      const terms = termsOf(request.body);
      if (!(await knowsProduct(terms.sku))) throw new Refused('unknown_product');
      const at = clock.now();
      const bid = await placeBid(db, recyclers, { recyclerId, userId, terms, replaces, at });
      return reply.code(201).send(viewOf(bid));
    },
  );
  app.post(
    '/v1/recyclers/:id/bids/:bidId/stop',
    {
      config: { access: 'user', scope: 'bid' },
      schema: {
        tags,
        summary: 'Stop one bid, at once.',
        params: OnBid,
        body: Body({}),
        response: { 200: Type.Object({ stopped: Type.Integer() }), ...no },
      },
    },
    async (request) => {
      const { id: recyclerId, bidId } = request.params;
      const { userId } = callerOf(request);
      await mayBuy(recyclerId, userId);
      await stopBid(db, { recyclerId, userId, bidId, at: clock.now() });
      return { stopped: 1 };
    },
  );
  app.post(
    '/v1/recyclers/:id/bids/stop',
    {
      config: { access: 'user', scope: 'bid' },
      schema: {
        tags,
        summary: 'Stop every bid of this recycler, at once.',
        params: OnRecycler,
        body: Body({}),
        response: { 200: Type.Object({ stopped: Type.Integer() }), ...no },
      },
    },
    async (request) => {
      const { id: recyclerId } = request.params;
      const { userId } = callerOf(request);
      await mayBuy(recyclerId, userId);
      return { stopped: await stopAllBids(db, { recyclerId, userId, at: clock.now() }) };
    },
  );
}

const flagView = ({ raisedAt, reviewedAt, recyclers, ...flag }: Flag) => ({
  ...flag,
  recyclers: [...recyclers],
  raisedAt: raisedAt.toISOString(),
  ...(reviewedAt && { reviewedAt: reviewedAt.toISOString() }),
});

function flagRoutes(app: App, { db, clock }: AuctionDeps): void {
  const tags = ['console'];
  app.get(
    '/v1/console/auctions/flags',
    {
      config: { access: ['risk', 'compliance', 'auditor', 'admin'] },
      schema: {
        tags,
        summary: 'Bids that look agreed between competitors, open ones first.',
        response: { 200: Type.Object({ items: Type.Array(FlagView) }), ...no },
      },
    },
    async () => ({ items: (await listFlags(db, FLAGS_SHOWN)).map(flagView) }),
  );
  app.post(
    '/v1/console/auctions/flags/:id/review',
    {
      config: { access: ['risk', 'compliance', 'admin'] },
      schema: {
        tags,
        summary: 'Somebody has looked at it.',
        params: OnRecycler,
        body: Body({}),
        response: { 200: Type.Object({ id: Id }), ...no },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { userId: by } = callerOf(request);
      const seen = await inTransaction(db, (tx) => reviewFlag(tx, { id, by, at: clock.now() }));
      if (!seen) throw new Refused('not_found');
      return { id };
    },
  );
}
