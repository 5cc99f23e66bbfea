/** Routes of bids: on which cards one may bid, the bids on a card and of a person, accept and withdraw. */
import type { Static } from 'typebox';
import type { Hex } from 'viem';
import { type App, Body, callerOf, Id, PageQuery, Problem, pageOf, Refused } from '#platform';
import { acceptBid, isFunded, placeBid, withdrawBid } from './bid.ts';
import { AcceptBody, BidBody, BidList, BidPage, BidView } from './bid-schema.ts';
import { type Bid, findBid, listBids, liveBidsOn } from './bid-store.ts';
import type { ChainDeps } from './deps.ts';
import { feeOf } from './domain.ts';
import { amountOf, permitOf } from './inputs.ts';
import { TokenPageView } from './schema.ts';
import { shownPage } from './shown-page.ts';
import { cardsOfOthers, findToken } from './store.ts';
import { tokenView } from './view.ts';

const tags = ['exchange'];
const no = { '4xx': Problem };
const OnOne = Body({ id: Id });
const ON_CARD_MAX = 50;

async function viewOf(
  { db, clock }: ChainDeps,
  of: Bid,
  viewer: string,
): Promise<Static<typeof BidView>> {
  const token = await findToken(db, of.token_ref);
  if (!token) throw new Refused('not_found');
  return {
    ...{ id: of.id, role: of.owner_id === viewer ? 'owner' : 'bidder', state: of.state },
    token: await tokenView(db, token, viewer),
    ...{ priceFen: String(of.price_fen), feeFen: String(feeOf(of.price_fen)) },
    ...{ owner: of.owner, bidder: of.bidder, nonce: String(of.nonce) },
    ...{ deadline: of.deadline.toISOString(), at: of.created_at.toISOString() },
    funded: await isFunded(db, of, clock.now()),
    ...(of.reason && { reason: of.reason }),
  };
}

/** The owner is shown what can pay, and what was accepted; the bidder all of the own. */
const isShown = ({ role, state, funded }: Static<typeof BidView>): boolean =>
  role === 'bidder' || state === 'filling' || state === 'filled' || (state === 'open' && funded);

export function bidRoutes(app: App, deps: ChainDeps): void {
  reads(app, deps);
  acts(app, deps);
}

function reads(app: App, deps: ChainDeps): void {
  const { db } = deps;
  const shown = async (rows: readonly Bid[], viewer: string) =>
    (await Promise.all(rows.map((row) => viewOf(deps, row, viewer)))).filter(isShown);
  app.get(
    '/v1/exchange/cards',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'Cards on the chain that others hold: to bid for, or to swap.' },
        ...{ querystring: Body(PageQuery), response: { 200: TokenPageView, ...no } },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const { limit = 20, cursor } = request.query;
      const page = pageOf(await cardsOfOthers(db, { userId, cursor, limit }), limit, (row) => row);
      const items = await Promise.all(page.items.map((row) => tokenView(db, row, userId)));
      return { ...page, items };
    },
  );
  app.get(
    '/v1/exchange/tokens/:id/bids',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'Live bids on a card: those that can pay for its owner, else my own.' },
        ...{ params: OnOne, response: { 200: BidList, ...no } },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const token = await findToken(db, request.params.id);
      const tokenId = token?.token_id;
      if (!tokenId) throw new Refused('not_found');
      const { items } = await shownPage({
        ...{ cursor: undefined, limit: ON_CARD_MAX },
        shown: async (rows: readonly Bid[]) => await shown(rows, userId),
        read: async (from) =>
          await liveBidsOn(db, { tokenId, userId, cursor: from, limit: ON_CARD_MAX }),
      });
      return { items };
    },
  );
  app.get(
    '/v1/exchange/bids',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'Bids that I made and bids on my cards, newest first.' },
        ...{ querystring: Body(PageQuery), response: { 200: BidPage, ...no } },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const { limit = 20, cursor } = request.query;
      return await shownPage({
        ...{ cursor, limit, shown: async (rows: readonly Bid[]) => await shown(rows, userId) },
        read: async (from) => await listBids(db, { userId, cursor: from, limit }),
      });
    },
  );
  app.get(
    '/v1/exchange/bids/:id',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'One bid, for who made it and who holds the card.', params: OnOne },
        response: { 200: BidView, ...no },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const found = await findBid(db, request.params.id);
      if (found?.owner_id !== userId && found?.bidder_id !== userId) throw new Refused('not_found');
      return await viewOf(deps, found, userId);
    },
  );
}

function acts(app: App, deps: ChainDeps): void {
  const { clock } = deps;
  app.post(
    '/v1/exchange/tokens/:id/bids',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'Bid for a card by the signature of my wallet.', params: OnOne },
        ...{ body: BidBody, response: { 201: BidView, ...no } },
      },
    },
    async (request, reply) => {
      const { userId } = callerOf(request);
      const { priceFen, epoch, signature, permit, ...rest } = request.body;
      const made = await placeBid(deps, {
        ...{ ...rest, userId, tokenRef: request.params.id, at: clock.now() },
        ...{ priceFen: amountOf(priceFen), epoch: BigInt(epoch), signature: signature as Hex },
        ...(permit && { permit: permitOf(permit) }),
      });
      reply.code(201);
      return await viewOf(deps, made, userId);
    },
  );
  app.post(
    '/v1/exchange/bids/:id/accept',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'Sell my card to this bid; the house sends both signatures.' },
        ...{ params: OnOne, body: AcceptBody, response: { 200: BidView, ...no } },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const { signature, ...rest } = request.body;
      const input = { ...rest, bidId: request.params.id, userId, at: clock.now() };
      return await viewOf(
        deps,
        await acceptBid(deps, { ...input, signature: signature as Hex }),
        userId,
      );
    },
  );
  app.post(
    '/v1/exchange/bids/:id/withdraw',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'Withdraw my bid.', params: OnOne, body: Body({}) },
        response: { 200: BidView, ...no },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const input = { bidId: request.params.id, userId, at: clock.now() };
      return await viewOf(deps, await withdrawBid(deps, input), userId);
    },
  );
}
