/** Routes of swaps: propose, see, accept by an own transaction, refuse, withdraw. */
import type { Static } from 'typebox';
import type { Hex } from 'viem';
import { type App, Body, callerOf, fen, Id, PageQuery, Problem, Refused } from '#platform';
import type { ChainDeps } from './deps.ts';
import { feeOf } from './domain.ts';
import { amountOf, permitOf } from './inputs.ts';
import { shownPage } from './shown-page.ts';
import { findToken } from './store.ts';
import { acceptSwap, endSwap, isSwapFunded, proposeSwap } from './swap.ts';
import { AcceptSwapBody, SwapBody, SwapPage, SwapView } from './swap-schema.ts';
import { findSwap, listSwaps, type Swap } from './swap-store.ts';
import { tokenView } from './view.ts';

const tags = ['exchange'];
const no = { '4xx': Problem };
const OnOne = Body({ id: Id });

async function viewOf(
  { db, clock }: ChainDeps,
  of: Swap,
  viewer: string,
): Promise<Static<typeof SwapView>> {
  const [give, want] = [await findToken(db, of.give_ref), await findToken(db, of.want_ref)];
  if (!give || !want) throw new Refused('not_found');
  const funded = await isSwapFunded(db, of, clock.now());
  const role = of.maker_id === viewer ? 'maker' : 'taker';
  return {
    ...{ id: of.id, role, state: of.state },
    ...{ give: await tokenView(db, give, viewer), want: await tokenView(db, want, viewer) },
    ...{ topUpFen: String(of.top_up_fen), makerPays: of.maker_pays },
    ...{ feeFen: String(feeOf(of.top_up_fen)), maker: of.maker, taker: of.taker },
    ...{ nonce: String(of.nonce), epoch: String(of.epoch), funded },
    ...{ deadline: of.deadline.toISOString(), at: of.created_at.toISOString() },
    ...(role === 'taker' && of.state === 'open' && funded && { signature: of.signature }),
    ...(of.reason && { reason: of.reason }),
  };
}

/** Whoever is asked is shown what could be settled now, and what was accepted; the maker all of the own. */
const isShown = ({ role, state, funded }: Static<typeof SwapView>): boolean =>
  role === 'maker' || (state === 'open' ? funded : state !== 'withdrawn' && state !== 'lapsed');

export function swapRoutes(app: App, deps: ChainDeps): void {
  reads(app, deps);
  proposals(app, deps);
  endings(app, deps);
}

function reads(app: App, deps: ChainDeps): void {
  const { db } = deps;
  app.get(
    '/v1/exchange/swaps',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'Swaps that I proposed and that were proposed to me, newest first.' },
        ...{ querystring: Body(PageQuery), response: { 200: SwapPage, ...no } },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const { limit = 20, cursor } = request.query;
      return await shownPage({
        ...{ cursor, limit },
        read: async (from) => await listSwaps(db, { userId, cursor: from, limit }),
        shown: async (rows: readonly Swap[]) =>
          (await Promise.all(rows.map((row) => viewOf(deps, row, userId)))).filter(isShown),
      });
    },
  );
  app.get(
    '/v1/exchange/swaps/:id',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'One swap, for either side.', params: OnOne },
        response: { 200: SwapView, ...no },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const found = await findSwap(db, request.params.id);
      if (found?.maker_id !== userId && found?.taker_id !== userId) throw new Refused('not_found');
      return await viewOf(deps, found, userId);
    },
  );
}

function proposals(app: App, deps: ChainDeps): void {
  const { clock } = deps;
  app.post(
    '/v1/exchange/swaps',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'Offer my card for another one, with money on top from either side.' },
        ...{ body: SwapBody, response: { 201: SwapView, ...no } },
      },
    },
    async (request, reply) => {
      const { userId } = callerOf(request);
      const { topUpFen, epoch, signature, permit, ...rest } = request.body;
      const made = await proposeSwap(deps, {
        ...{ ...rest, userId, at: clock.now(), epoch: BigInt(epoch) },
        topUpFen: topUpFen === '0' ? fen(0n) : amountOf(topUpFen),
        ...{ signature: signature as Hex, ...(permit && { permit: permitOf(permit) }) },
      });
      reply.code(201);
      return await viewOf(deps, made, userId);
    },
  );
  app.post(
    '/v1/exchange/swaps/:id/accept',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'Swap: the transaction that my wallet has signed is passed on.' },
        ...{ params: OnOne, body: AcceptSwapBody, response: { 200: SwapView, ...no } },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const { walletId, raw } = request.body;
      const input = { swapId: request.params.id, userId, walletId, at: clock.now() };
      return await viewOf(deps, await acceptSwap(deps, { ...input, raw: raw as Hex }), userId);
    },
  );
}

function endings(app: App, deps: ChainDeps): void {
  const ways = { withdraw: 'Withdraw the swap I proposed.', refuse: 'Refuse a swap.' } as const;
  for (const how of ['withdraw', 'refuse'] as const)
    app.post(
      `/v1/exchange/swaps/:id/${how}`,
      {
        config: { access: 'user' },
        schema: {
          ...{ tags, summary: ways[how], params: OnOne, body: Body({}) },
          response: { 200: SwapView, ...no },
        },
      },
      async (request) => {
        const { userId } = callerOf(request);
        const of = { swapId: request.params.id, userId, how, at: deps.clock.now() };
        return await viewOf(deps, await endSwap(deps, of), userId);
      },
    );
}
