/** Routes of the exchange: what each of them takes, who may call it. A profile without a feature has no such route. */
import { Type } from 'typebox';
import type { Hex } from 'viem';
import {
  type App,
  Body,
  callerOf,
  Id,
  type Live,
  PageQuery,
  Problem,
  pageOf,
  Refused,
  Secret,
} from '#platform';
import { assignmentRoutes } from './assign-routes.ts';
import { auctionRoutes } from './auction-routes.ts';
import { basketRoutes } from './basket-routes.ts';
import { bidRoutes } from './bid-routes.ts';
import { caseRoutes } from './case-routes.ts';
import { deliveryRoutes } from './delivery-routes.ts';
import type { ChainDeps, ExchangeDeps } from './deps.ts';
import { fractionRoutes } from './fraction-routes.ts';
import { amountOf, permitOf } from './inputs.ts';
import { hasFeature } from './profile.ts';
import { sendRaw } from './raw.ts';
import { reissueRoutes } from './reissue-routes.ts';
import {
  BindBody,
  BuyBody,
  ChainStatusView,
  ChallengeView,
  ExchangeView,
  ListBody,
  ListingOnChainPage,
  ListingOnChainView,
  RawBody,
  ReconciliationList,
  RelayList,
  TokeniseBody,
  TokenList,
  TokenSecret,
  TokenView,
  WalletList,
  WalletView,
} from './schema.ts';
import { signInRoutes } from './sign-in.ts';
import { siteOf } from './site.ts';
import { chainStatus } from './status.ts';
import {
  findOrder,
  findToken,
  listOrders,
  listReconciliations,
  portfolio,
  walletsOf,
} from './store.ts';
import { swapRoutes } from './swap-routes.ts';
import { openToken, tokenise } from './token.ts';
import { buyListing, cancelListing, placeListing } from './trade.ts';
import { exchangeView, orderView, relayList, tokenView, walletView } from './view.ts';
import { bindWallet, challenge, endWallet } from './wallet.ts';
import { lookNow } from './watch.ts';

const tags = ['exchange'];
const no = { '4xx': Problem };
const OnOne = Body({ id: Id });
const Empty = Body({});
const DESK = ['risk', 'finance', 'compliance', 'auditor', 'admin'] as const;
const RECONCILIATIONS_SHOWN = 30;

export function exchangeRoutes(app: App, deps: ExchangeDeps & { live: Live }): void {
  app.get(
    '/v1/exchange',
    {
      config: { access: 'public' },
      schema: {
        ...{ tags, summary: 'The profile of this house, what it has switched on, and its chain.' },
        response: { 200: ExchangeView, ...no },
      },
    },
    async () => await exchangeView(deps),
  );
  assignmentRoutes(app, deps);
  if (!hasFeature(deps.profile, 'mint')) return;
  // Routes need the chain only when they are called; the API as a document is written without one.
  const here = deps as ChainDeps & { live: Live };
  signInRoutes(app, here);
  walletRoutes(app, here);
  tokenRoutes(app, here);
  saleRoutes(app, here);
  basketRoutes(app, here);
  if (hasFeature(deps.profile, 'bid')) bidRoutes(app, here);
  if (hasFeature(deps.profile, 'swap')) swapRoutes(app, here);
  if (hasFeature(deps.profile, 'deliver')) deliveryRoutes(app, here);
  auctionRoutes(app, here);
  if (hasFeature(deps.profile, 'fractions')) fractionRoutes(app, here);
  deskRoutes(app, here);
  caseRoutes(app, here);
  if (hasFeature(deps.profile, 'reissue')) reissueRoutes(app, here);
}

function walletRoutes(app: App, deps: ChainDeps): void {
  const { db, clock, config } = deps;
  app.post(
    '/v1/exchange/wallets/challenge',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'A number for one wallet sign-in message (EIP-4361).', body: Empty },
        response: { 200: ChallengeView, ...no },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const { nonce, expiresAt } = await challenge(deps, { userId, at: clock.now() });
      return { nonce, expiresAt: expiresAt.toISOString() };
    },
  );
  app.post(
    '/v1/exchange/wallets',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'Bind a wallet to my account by its signed message.', body: BindBody },
        response: { 200: WalletView, ...no },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const { message, signature, kind } = request.body;
      const site = siteOf(config, request.headers.host);
      const at = clock.now();
      const proof = { userId, message, signature: signature as Hex, kind, site, at };
      return await walletView(db, await bindWallet(deps, proof));
    },
  );
  app.get(
    '/v1/exchange/wallets',
    {
      config: { access: 'user' },
      schema: { tags, summary: 'My wallets.', response: { 200: WalletList, ...no } },
    },
    async (request) => {
      const mine = await walletsOf(db, callerOf(request).userId);
      return { items: await Promise.all(mine.map((one) => walletView(db, one))) };
    },
  );
  app.post(
    '/v1/exchange/wallets/:id/end',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'This wallet speaks for me no more.', params: OnOne, body: Empty },
        response: { 200: Empty, ...no },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      await endWallet(deps, { walletId: request.params.id, userId, at: clock.now() });
      return {};
    },
  );
  app.post(
    '/v1/exchange/transactions',
    {
      config: { access: 'user' },
      schema: {
        ...{
          tags,
          summary: 'Pass on a transaction that my wallet has signed, to our contracts only.',
        },
        ...{ body: RawBody, response: { 200: Type.Object({ id: Id }), ...no } },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const { walletId, raw } = request.body;
      return { id: await sendRaw(deps, { userId, walletId, raw: raw as Hex, at: clock.now() }) };
    },
  );
  app.get(
    '/v1/exchange/transactions',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'What was sent to the chain for me, and the gas I have left today.' },
        response: { 200: RelayList, ...no },
      },
    },
    async (request) => await relayList(deps, callerOf(request).userId, clock.now()),
  );
}

function tokenRoutes(app: App, deps: ChainDeps): void {
  const { db, clock } = deps;
  app.post(
    '/v1/exchange/tokens',
    {
      config: { access: 'user', secret: true },
      schema: {
        ...{ tags, summary: 'Bring a card on chain: sealed, checked with its issuer, minted.' },
        ...{ body: TokeniseBody, response: { 201: TokenView, ...no } },
      },
    },
    async (request, reply) => {
      const { userId } = callerOf(request);
      const { number, pin, faceFen, ...rest } = request.body;
      const token = await tokenise(deps, {
        ...{ ...rest, userId, faceFen: amountOf(faceFen), at: clock.now() },
        ...{ number: new Secret(number), pin: pin === undefined ? undefined : new Secret(pin) },
      });
      reply.code(201);
      return await tokenView(db, token, userId);
    },
  );
  app.get(
    '/v1/exchange/tokens',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'My cards on the chain, on their way there, and burnt.' },
        response: { 200: TokenList, ...no },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const mine = await portfolio(db, userId);
      return { items: await Promise.all(mine.map((one) => tokenView(db, one, userId))) };
    },
  );
  app.get(
    '/v1/exchange/tokens/:id',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'A card on the chain.', params: OnOne },
        response: { 200: TokenView, ...no },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const token = await findToken(db, request.params.id);
      const view = token && (await tokenView(db, token, userId));
      // What is on the chain is public; what is not there yet, or not any more, is for who brought it and who held it.
      const visible = token?.user_id === userId || view?.mine || view?.owner !== undefined;
      if (!view || !visible) throw new Refused('not_found');
      return view;
    },
  );
  app.post(
    '/v1/exchange/tokens/:id/secret',
    {
      config: { access: 'user', secret: true },
      schema: {
        ...{ tags, summary: 'Fetch the secret of a burnt card: its last owner, once.' },
        ...{ params: OnOne, body: Empty, response: { 200: TokenSecret, ...no } },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const { id } = request.params;
      const { number, pin } = await openToken(deps, { id, userId, at: clock.now() });
      return { number: number.reveal(), ...(pin && { pin: pin.reveal() }) };
    },
  );
}

function saleRoutes(app: App, deps: ChainDeps): void {
  const { db, clock } = deps;
  const pageFor = async (
    of: { userId?: string; viewer: string | undefined },
    query: { cursor?: string | undefined; limit?: number | undefined },
  ) => {
    const { limit = 20, cursor } = query;
    const rows = await listOrders(db, { userId: of.userId, cursor, limit });
    const page = pageOf(rows, limit, (row) => row);
    const views = await Promise.all(page.items.map((row) => orderView(db, row, of.viewer)));
    return { ...page, items: views.filter((one) => one !== undefined) };
  };
  app.get(
    '/v1/exchange/listings',
    {
      config: { access: 'public' },
      schema: {
        ...{ tags, summary: 'Cards on offer at a fixed price, newest first.' },
        querystring: Body(PageQuery),
        response: { 200: ListingOnChainPage, ...no },
      },
    },
    async (request) => await pageFor({ viewer: request.caller?.userId }, request.query),
  );
  app.get(
    '/v1/exchange/my/listings',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'Offers that I made or took, newest first.' },
        querystring: Body(PageQuery),
        response: { 200: ListingOnChainPage, ...no },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      return await pageFor({ userId, viewer: userId }, request.query);
    },
  );
  app.get(
    '/v1/exchange/listings/:id',
    {
      config: { access: 'public' },
      schema: {
        ...{ tags, summary: 'One offer.', params: OnOne },
        response: { 200: ListingOnChainView, ...no },
      },
    },
    async (request) => await seen(deps, request.params.id, request.caller?.userId),
  );
  saleActs(app, deps);
  app.post(
    '/v1/exchange/listings/:id/cancel',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'Take my offer down.', params: OnOne, body: Empty },
        response: { 200: ListingOnChainView, ...no },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const { id: orderId } = request.params;
      await cancelListing(deps, { orderId, userId, at: clock.now() });
      return await seen(deps, orderId, userId);
    },
  );
}

async function seen({ db }: ChainDeps, id: string, viewer: string | undefined) {
  const order = await findOrder(db, id);
  const view = order && (await orderView(db, order, viewer));
  if (!view || (view.state !== 'open' && !view.mine && !view.taken)) throw new Refused('not_found');
  return view;
}

function saleActs(app: App, deps: ChainDeps): void {
  const { clock } = deps;
  app.post(
    '/v1/exchange/listings',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'Put my card on offer by the signature of my wallet.', body: ListBody },
        response: { 201: ListingOnChainView, ...no },
      },
    },
    async (request, reply) => {
      const { userId } = callerOf(request);
      const { tokenId, priceFen, nonce, signature, ...rest } = request.body;
      const order = await placeListing(deps, {
        ...{ ...rest, userId, tokenId: tokenId as Hex, priceFen: amountOf(priceFen) },
        ...{ nonce: BigInt(nonce), signature: signature as Hex, at: clock.now() },
      });
      reply.code(201);
      return await seen(deps, order.id, userId);
    },
  );
  app.post(
    '/v1/exchange/listings/:id/buy',
    {
      config: { access: 'user' },
      schema: {
        ...{ tags, summary: 'Take an offer by the signatures of my wallet; the house sends them.' },
        ...{ params: OnOne, body: BuyBody, response: { 200: ListingOnChainView, ...no } },
      },
    },
    async (request) => {
      const { userId } = callerOf(request);
      const { permit, epoch, signature, ...rest } = request.body;
      const order = await buyListing(deps, {
        ...{ ...rest, orderId: request.params.id, userId, at: clock.now() },
        ...{ epoch: BigInt(epoch), signature: signature as Hex },
        ...(permit && { permit: permitOf(permit) }),
      });
      return await seen(deps, order.id, userId);
    },
  );
}

function deskRoutes(app: App, deps: ChainDeps): void {
  const { db, clock } = deps;
  app.post(
    '/v1/console/exchange/tokens/:id/look',
    {
      config: { access: ['risk'] },
      schema: {
        ...{
          tags,
          summary: 'The issuer has said something: look at the card now, freeze it if it is bad.',
        },
        ...{ params: OnOne, body: Empty, response: { 200: Empty, ...no } },
      },
    },
    async (request) => {
      const { userId: by } = callerOf(request);
      await lookNow(deps, { id: request.params.id, by, at: clock.now() });
      return {};
    },
  );
  app.get(
    '/v1/console/exchange/chain',
    {
      config: { access: DESK },
      schema: {
        ...{ tags, summary: 'How far the chain has been read, and what waits to be sent.' },
        response: { 200: ChainStatusView, ...no },
      },
    },
    async () => await chainStatus(db),
  );
  app.get(
    '/v1/console/exchange/reconciliations',
    {
      config: { access: DESK },
      schema: {
        ...{ tags, summary: 'Ledger, chain and custody laid beside each other, newest first.' },
        response: { 200: ReconciliationList, ...no },
      },
    },
    async () => {
      const rows = await listReconciliations(db, RECONCILIATIONS_SHOWN);
      const items = rows.map(({ id, block, at, checked, findings }) => ({
        ...{ id, block: String(block), at: at.toISOString(), checked },
        findings: findings as { kind: string; subject: string }[],
      }));
      return { items };
    },
  );
}
