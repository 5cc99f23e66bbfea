/** Routes of auctions for who takes part: the seller puts up and takes back, a recycler bids, wins, pays and opens. */
import { type Static, Type } from 'typebox';
import {
  type App,
  Body,
  callerOf,
  fen,
  Id,
  PageQuery,
  Problem,
  pageOf,
  Refused,
  Secret,
} from '#platform';
import { failAuction, putUp, withdrawAuction } from './auction.ts';
import { type AuctionRoutesDeps, auctionReads } from './auction-reads.ts';
import { listAuctions } from './auction-store.ts';
import { auctionView, standingIn } from './auction-view.ts';
import { bidMax, commitBid, revealBid, sayYes } from './bidding.ts';
import {
  AuctionPage,
  AuctionQuery,
  AuctionView,
  CommitBody,
  MaxBody,
  PutUpBody,
  RevealBody,
  Standing,
  StandingPage,
  YesBody,
} from './schema.ts';
import { answerOffer, fund } from './settle.ts';

const no = { '4xx': Problem };
const OnAuction = Body({ id: Id });
const OnBid = Body({ id: Id, auctionId: Id });
export function liveAuctionRoutes(app: App, deps: AuctionRoutesDeps): void {
  auctionReads(app, deps);
  sellerActs(app, deps);
  offerActs(app, deps);
  sellerReads(app, deps);
  bidderReads(app, deps);
  bidderActs(app, deps);
  winnerActs(app, deps);
}

const instant = (text: string): Date => {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new Refused('invalid_input');
  return at;
};
const amount = (text: string) => fen(BigInt(text));

function sellerActs(app: App, deps: AuctionRoutesDeps): void {
  const { db, clock } = deps;
  const tags = ['auctions'];
  app.post(
    '/v1/auctions',
    {
      config: { access: 'user', secret: true },
      schema: {
        tags,
        summary:
          'Put a card to auction; it is sealed first, then confirmed and locked at its issuer.',
        body: PutUpBody,
        response: { 201: AuctionView, ...no },
      },
    },
    async (request, reply) => {
      const { userId: sellerId } = callerOf(request);
      const { number, pin, dutch, opensAt, closesAt, faceFen, reserveFen, ...rest } = request.body;
      const at = clock.now();
      const { id } = await putUp(deps, {
        ...{ ...rest, sellerId, at, opensAt: instant(opensAt), closesAt: instant(closesAt) },
        ...{ faceFen: amount(faceFen), reserveFen: amount(reserveFen) },
        ...{ number: new Secret(number), pin: pin === undefined ? undefined : new Secret(pin) },
        ...(dutch && {
          dutch: {
            startFen: amount(dutch.startFen),
            stepFen: amount(dutch.stepFen),
            everyMs: dutch.everyMs,
          },
        }),
      });
      return reply.code(201).send(await auctionView(deps, id, { userId: sellerId, at }));
    },
  );
  app.post(
    '/v1/auctions/:id/withdraw',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Take the card back, before the first valid bid.',
        params: OnAuction,
        body: Body({}),
        response: { 200: AuctionView, ...no },
      },
    },
    async (request) => {
      const { userId: sellerId } = callerOf(request);
      const { id: auctionId } = request.params;
      const at = clock.now();
      await withdrawAuction(db, { auctionId, sellerId, at });
      return await auctionView(deps, auctionId, { userId: sellerId, at });
    },
  );
}

function offerActs(app: App, deps: AuctionRoutesDeps): void {
  for (const [answer, summary] of [
    ['accept', 'Sell an unsold card at the price of the platform itself, as offered.'],
    ['decline', 'Say no to it; the card goes back.'],
  ] as const)
    app.post(
      `/v1/auctions/:id/offer/${answer}`,
      {
        config: { access: 'user' },
        schema: {
          ...{ tags: ['auctions'], summary, params: OnAuction, body: Body({}) },
          response: { 200: AuctionView, ...no },
        },
      },
      async (request) => {
        const { userId: sellerId } = callerOf(request);
        const { id: auctionId } = request.params;
        const at = deps.clock.now();
        await answerOffer(deps, { auctionId, sellerId, yes: answer === 'accept', at });
        return await auctionView(deps, auctionId, { userId: sellerId, at });
      },
    );
}

function sellerReads(app: App, deps: AuctionRoutesDeps): void {
  const { db, clock } = deps;
  const tags = ['auctions'];
  app.get(
    '/v1/me/auctions',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Cards that I have put to auction, newest first.',
        querystring: Body(PageQuery),
        response: { 200: AuctionPage, ...no },
      },
    },
    async (request) => {
      const { userId: sellerId } = callerOf(request);
      const { limit = 20, cursor } = request.query;
      const page = pageOf(await listAuctions(db, { sellerId, cursor, limit }), limit, (row) => row);
      const who = { userId: sellerId, at: clock.now() };
      return {
        ...page,
        items: await Promise.all(page.items.map(({ id }) => auctionView(deps, id, who))),
      };
    },
  );
  app.post(
    '/v1/console/auctions/:id/fail',
    {
      config: { access: ['risk', 'admin'] },
      schema: {
        tags: ['console'],
        summary: 'End an auction that cannot go on: every hold goes back, and so does the card.',
        params: OnAuction,
        body: Body({}),
        response: { 200: AuctionView, ...no },
      },
    },
    async (request) => {
      const { id: auctionId } = request.params;
      const { userId: operator } = callerOf(request);
      const at = clock.now();
      await failAuction(db, { auctionId, operator, at });
      return await auctionView(deps, auctionId, { at });
    },
  );
}

/** Who the caller bids for. Strangers to the recycler find nothing. */
async function bidder(
  { db, clock, recyclers }: AuctionRoutesDeps,
  request: Parameters<typeof callerOf>[0] & { params: Static<typeof OnBid> },
  role?: 'buyer',
) {
  const { id: recyclerId, auctionId } = request.params;
  const { userId } = callerOf(request);
  await recyclers.requireMember(db, { recyclerId, userId, ...(role && { role }) });
  return { auctionId, recyclerId, userId, at: clock.now() };
}

function bidderReads(app: App, deps: AuctionRoutesDeps): void {
  const { db, clock, recyclers } = deps;
  app.get(
    '/v1/recyclers/:id/auctions',
    {
      config: { access: 'user' },
      schema: {
        tags: ['recyclers'],
        summary: 'Auctions in which this recycler bids or has bid, newest first.',
        params: Body({ id: Id }),
        querystring: Body({ ...PageQuery, ...AuctionQuery }),
        response: { 200: StandingPage, ...no },
      },
    },
    async (request) => {
      const { id: recyclerId } = request.params;
      await recyclers.requireMember(db, { recyclerId, userId: callerOf(request).userId });
      const { limit = 20, cursor, sku } = request.query;
      const asked = { recyclerId, sku, cursor, limit };
      const page = pageOf(await listAuctions(db, asked), limit, (row) => row);
      const at = clock.now();
      const items = page.items.map(({ id: auctionId }) =>
        standingIn(deps, { auctionId, recyclerId, at }),
      );
      return { ...page, items: await Promise.all(items) };
    },
  );
  app.get(
    '/v1/recyclers/:id/auctions/:auctionId',
    {
      config: { access: 'user', scope: 'read' },
      schema: {
        tags: ['recyclers'],
        summary: 'Where this recycler stands in an auction.',
        params: OnBid,
        response: { 200: Standing, ...no },
      },
    },
    async (request) => await standingIn(deps, await bidder(deps, request)),
  );
}

function bidderActs(app: App, deps: AuctionRoutesDeps): void {
  const schema = { tags: ['recyclers'], params: OnBid, response: { 200: Standing, ...no } };
  app.post(
    '/v1/recyclers/:id/auctions/:auctionId/commit',
    {
      config: { access: 'user', scope: 'bid' },
      schema: { ...schema, summary: 'Hand in a sealed bid: its hash only.', body: CommitBody },
    },
    async (request) => {
      const who = await bidder(deps, request, 'buyer');
      await commitBid(deps, { ...who, ...request.body });
      return await standingIn(deps, who);
    },
  );
  app.post(
    '/v1/recyclers/:id/auctions/:auctionId/reveal',
    {
      config: { access: 'user', scope: 'bid' },
      schema: {
        ...schema,
        summary: 'Open the sealed bid, within ten minutes of the end.',
        body: RevealBody,
      },
    },
    async (request) => {
      const who = await bidder(deps, request, 'buyer');
      const { priceFen, salt } = request.body;
      await revealBid(deps, { ...who, priceFen: amount(priceFen), salt });
      return await standingIn(deps, who);
    },
  );
  app.post(
    '/v1/recyclers/:id/auctions/:auctionId/bid',
    {
      config: { access: 'user', scope: 'bid' },
      schema: {
        ...schema,
        summary: 'Bid in an English auction: the most you pay; others see what it takes to lead.',
        body: MaxBody,
      },
    },
    async (request) => {
      const who = await bidder(deps, request, 'buyer');
      await bidMax(deps, { ...who, maxFen: amount(request.body.maxFen) });
      return await standingIn(deps, who);
    },
  );
  app.post(
    '/v1/recyclers/:id/auctions/:auctionId/yes',
    {
      config: { access: 'user', scope: 'bid' },
      schema: {
        ...schema,
        summary:
          'Say yes to the price of a Dutch auction; the first has the card and pays at once.',
        body: YesBody,
      },
    },
    async (request) => {
      const who = await bidder(deps, request, 'buyer');
      const { maxFen, functionHash } = request.body;
      await sayYes(deps, { ...who, maxFen: amount(maxFen), functionHash });
      return await standingIn(deps, who);
    },
  );
}

function winnerActs(app: App, deps: AuctionRoutesDeps): void {
  app.post(
    '/v1/recyclers/:id/auctions/:auctionId/fund',
    {
      config: { access: 'user', scope: 'bid' },
      schema: {
        tags: ['recyclers'],
        summary: 'Pay for what was won, within half an hour.',
        params: OnBid,
        body: Body({}),
        response: { 200: Standing, ...no },
      },
    },
    async (request) => {
      const who = await bidder(deps, request, 'buyer');
      await fund(deps, { ...who, by: 'recycler' });
      return await standingIn(deps, who);
    },
  );
  app.post(
    '/v1/recyclers/:id/auctions/:auctionId/card',
    {
      config: { access: 'user', scope: 'report', secret: true },
      schema: {
        tags: ['recyclers'],
        summary: 'The secret of a card that was won and paid for; shown once, written down first.',
        params: OnBid,
        body: Body({}),
        response: {
          200: Type.Object({ number: Type.String(), pin: Type.Optional(Type.String()) }),
          ...no,
        },
      },
    },
    async (request) => {
      const { number, pin } = await deps.openWon(await bidder(deps, request, 'buyer'));
      return { number: number.reveal(), ...(pin && { pin: pin.reveal() }) };
    },
  );
}
