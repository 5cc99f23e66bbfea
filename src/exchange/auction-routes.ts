/**
 * Routes of auctions on the chain: terms put up and taken down, and how they stand. Bids are the wallets' own transactions
 * (POST /v1/exchange/transactions).
 */
import type { Hex } from 'viem';
import { type App, Body, broadcast, callerOf, Id, type Live, Problem, Refused } from '#platform';
import { cancelAuction, putUpEnglish } from './auction.ts';
import { ChainAuctionList, ChainAuctionView, EnglishBody } from './auction-schema.ts';
import { auctionsOf, type ChainAuction, findAuction, openAuctions } from './auction-store.ts';
import { auctionView } from './auction-view.ts';
import { amountOf } from './delivery-routes.ts';
import type { ChainDeps } from './deps.ts';
import { hasFeature } from './profile.ts';
import { walletsOf } from './store.ts';

const tags = ['exchange'];
const no = { '4xx': Problem };
const OnOne = Body({ id: Id });
const LIST_MAX = 50;

type Deps = ChainDeps & { readonly live: Live };

export function auctionRoutes(app: App, deps: Deps): void {
  lists(app, deps);
  one(app, deps);
  const { clock } = deps;
  if (hasFeature(deps.profile, 'english'))
    app.post(
      '/v1/exchange/auctions/english',
      {
        config: { access: 'user' },
        schema: {
          ...{ tags, summary: 'Put my card up: whoever bids most by the end has it.' },
          ...{ body: EnglishBody, response: { 201: ChainAuctionView, ...no } },
        },
      },
      async (request, reply) => {
        const { userId } = callerOf(request);
        const { reserveFen, ...rest } = request.body;
        const signed = { ...signedBy(rest), userId, at: clock.now() };
        const made = await putUpEnglish(deps, {
          ...{ ...rest, ...signed, reserveFen: amountOf(reserveFen) },
        });
        reply.code(201);
        return await seen(deps, made.id, userId);
      },
    );
  app.post(
    '/v1/exchange/auctions/:id/cancel',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'Take my auction down, before anybody has bid.', params: OnOne },
        ...{ body: Body({}), response: { 200: ChainAuctionView, ...no } },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const { id } = request.params;
      await cancelAuction(deps, { id, userId, at: clock.now() });
      return await seen(deps, id, userId);
    },
  );
}

const signedBy = (of: { tokenId: string; nonce: string; signature: string }) => ({
  ...{ tokenId: of.tokenId as Hex, nonce: BigInt(of.nonce), signature: of.signature as Hex },
});

async function seen({ db, on }: Deps, id: string, viewer: string | undefined) {
  const found = await findAuction(db, id);
  const view = found && (await auctionView(db, found, { viewer, house: on.exchange }));
  if (!view) throw new Refused('not_found');
  return view;
}

function lists(app: App, { db, on }: Deps): void {
  const all = async (rows: readonly ChainAuction[], viewer: string | undefined) => {
    const views = rows.map((row) => auctionView(db, row, { viewer, house: on.exchange }));
    return { items: (await Promise.all(views)).filter((view) => view !== undefined) };
  };
  app.get(
    '/v1/exchange/auctions',
    {
      config: { access: 'public' },
      schema: {
        ...{ tags, summary: 'Auctions on the chain that can be bid in, newest first.' },
        response: { 200: ChainAuctionList, ...no },
      },
    },
    async (request) => await all(await openAuctions(db, LIST_MAX), request.caller?.userId),
  );
  app.get(
    '/v1/exchange/my/auctions',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'Auctions that I put up, bid in or won, newest first.' },
        response: { 200: ChainAuctionList, ...no },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const addresses = (await walletsOf(db, userId)).map(({ address }) => address);
      return await all(await auctionsOf(db, { userId, addresses, limit: LIST_MAX }), userId);
    },
  );
}

function one(app: App, deps: Deps): void {
  app.get(
    '/v1/exchange/auctions/:id',
    {
      config: { access: 'public' },
      schema: {
        ...{ tags, summary: 'One auction on the chain: terms, bids, how it ends.', params: OnOne },
        response: { 200: ChainAuctionView, ...no },
      },
    },
    async (request) => await seen(deps, request.params.id, request.caller?.userId),
  );
  app.get(
    '/v1/exchange/auctions/:id/events',
    {
      config: { access: 'public' },
      schema: {
        ...{ tags, summary: 'Server-sent events: the auction now and after each change.' },
        ...{ params: OnOne, response: no },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      await seen(deps, id, undefined);
      const look = async () => await seen(deps, id, undefined);
      const topic = `chain_auction:${id}`;
      await broadcast({ request, reply, live: deps.live, topic, look });
    },
  );
}
