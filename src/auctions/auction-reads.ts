/** What everybody sees of auctions: lists, one auction now and live, its proof, and the rounds of the batch. */
import { Type } from 'typebox';
import {
  type App,
  Body,
  broadcast,
  Id,
  type Live,
  PageQuery,
  Problem,
  pageOf,
  Refused,
} from '#platform';
import { type AuctionHouse, auctionTopic } from './auction.ts';
import { listAuctions, listRounds } from './auction-store.ts';
import { auctionView, roundView } from './auction-view.ts';
import { replayAuction } from './replay.ts';
import { AuctionPage, AuctionQuery, AuctionView, ReplayView, RoundPage } from './schema.ts';

export interface AuctionRoutesDeps extends AuctionHouse {
  readonly live: Live;
}

const no = { '4xx': Problem };
const OnAuction = Body({ id: Id });
const SHOWN = [
  'scheduled',
  'open',
  'closing',
  'cleared',
  'awaiting_settlement',
  'offered',
  'settled',
  'unsold',
] as const;
const OVER = ['offered', 'settled', 'unsold'] as const;

export function auctionReads(app: App, deps: AuctionRoutesDeps): void {
  auctionLooks(app, deps);
  auctionProof(app, deps);
  roundReads(app, deps);
}

function auctionLooks(app: App, deps: AuctionRoutesDeps): void {
  const { db, clock } = deps;
  const tags = ['auctions'];
  app.get(
    '/v1/auctions',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Auctions of single cards, newest first.',
        querystring: Body({
          ...{ ...PageQuery, ...AuctionQuery },
          state: Type.Optional(Type.Enum([...SHOWN, 'over'])),
        }),
        response: { 200: AuctionPage, ...no },
      },
    },
    async (request) => {
      const { limit = 20, cursor, state, sku } = request.query;
      const states = state === undefined ? SHOWN : state === 'over' ? OVER : [state];
      const asked = { states, sku, cursor, limit };
      const page = pageOf(await listAuctions(db, asked), limit, (row) => row);
      const at = clock.now();
      const items = await Promise.all(page.items.map(({ id }) => auctionView(deps, id, { at })));
      return { ...page, items };
    },
  );
  app.get(
    '/v1/auctions/:id',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'One auction now.',
        params: OnAuction,
        response: { 200: AuctionView, ...no },
      },
    },
    async (request) => {
      const { id } = request.params;
      return await auctionView(deps, id, { userId: request.caller?.userId, at: clock.now() });
    },
  );
}

function auctionProof(app: App, deps: AuctionRoutesDeps): void {
  const { db, clock, live } = deps;
  const tags = ['auctions'];
  app.get(
    '/v1/auctions/:id/events',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Server-sent events: the auction now and after each change.',
        params: OnAuction,
        response: no,
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const view = async () => {
        const { now: _, ...rest } = await auctionView(deps, id, { at: clock.now() });
        return rest;
      };
      await broadcast({ request, reply, live, topic: auctionTopic(id), look: view });
    },
  );
  app.get(
    '/v1/auctions/:id/replay',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Published inputs and outcome of an auction or a round, cleared again.',
        params: OnAuction,
        response: { 200: ReplayView, ...no },
      },
    },
    async ({ params: { id } }) => {
      const items = await replayAuction(db, id);
      if (items.length === 0) throw new Refused('not_found');
      return {
        items: items.map(({ entryId, seq, published, inputKept, same }) => ({
          ...{ entryId, inputHash: published.inputHash, input: published.input },
          ...{ outcome: published.outcome, inputKept, same },
          ...(seq !== undefined && { seq }),
        })),
      };
    },
  );
}

function roundReads(app: App, { db }: AuctionRoutesDeps): void {
  app.get(
    '/v1/rounds',
    {
      config: { access: 'public' },
      schema: {
        tags: ['auctions'],
        summary: 'Rounds of the batch, newest first; each is replayed by its own id.',
        querystring: Body({ ...PageQuery, ...AuctionQuery }),
        response: { 200: RoundPage, ...no },
      },
    },
    async (request) => {
      const { limit = 20, cursor, sku } = request.query;
      const rows = await listRounds(db, { sku, cursor, limit });
      const page = pageOf(rows, limit, (row) => row);
      return { ...page, items: page.items.map(roundView) };
    },
  );
}
