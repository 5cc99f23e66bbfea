/** Routes of the market: what each of them takes, who may call it, and which use case answers. */
import { Type } from 'typebox';
import {
  type App,
  Body,
  callerOf,
  chinaDay,
  type Fen,
  Id,
  PageQuery,
  Problem,
  pageOf,
  parseFen,
  Refused,
  Secret,
} from '#platform';
import { takeBack } from './card.ts';
import { marketConsoleRoutes } from './console-routes.ts';
import type { MarketRoutesDeps } from './deps.ts';
import { WAIVER } from './domain.ts';
import { edit, setUp, withdraw } from './edit.ts';
import { findRoutes } from './find/routes.ts';
import { draft, publish, sealListed } from './list.ts';
import { offerRoutes } from './offer-routes.ts';
import { orderRoutes } from './order-routes.ts';
import {
  CardBody,
  DraftBody,
  EditBody,
  FeesView,
  ListingView,
  OwnListingPage,
  OwnListingView,
  SecretView,
} from './schema.ts';
import { findListing, type Listing, listListings, policyOn } from './store.ts';
import { trustRoutes } from './trust/routes.ts';
import { listingView, ownListingView } from './view.ts';

const no = { '4xx': Problem };
const OnOne = Body({ id: Id });
const Empty = Body({});
const tags = ['market'];

/** The schema has seen to the digits; what is too large for money is refused here. */
function amountOf(text: string): Fen {
  const amount = parseFen(text);
  if (amount === undefined) throw new Refused('invalid_input');
  return amount;
}

export function marketRoutes(app: App, deps: MarketRoutesDeps): void {
  listingReads(app, deps);
  listingWrites(app, deps);
  secretRoutes(app, deps);
  listingActs(app, deps);
  orderRoutes(app, deps);
  offerRoutes(app, deps);
  trustRoutes(app, deps);
  marketConsoleRoutes(app, deps);
  findRoutes(app, deps);
}

/** States in which anybody may look at a listing. */
const PUBLIC = ['live', 'reserved', 'sold'];

function listingReads(app: App, deps: MarketRoutesDeps): void {
  const { db, clock } = deps;
  app.get(
    '/v1/market/fees',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Fees and guarantees in force today, and the words of the waiver.',
        response: { 200: FeesView, ...no },
      },
    },
    async () => {
      const { longer, ...policy } = await policyOn(db, chinaDay(clock.now()));
      return { ...policy, longerGuarantees: [...longer], waiver: { ...WAIVER } };
    },
  );
  app.get(
    '/v1/market/listings/:id',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'A card on sale.',
        params: OnOne,
        response: { 200: ListingView, ...no },
      },
    },
    async (request) => {
      const of = await findListing(db, request.params.id);
      const viewer = request.caller?.userId;
      if (!of || (of.seller_id !== viewer && !PUBLIC.includes(of.state)))
        throw new Refused('not_found');
      return await listingView(db, of, viewer);
    },
  );
  app.get(
    '/v1/market/my/listings',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'My listings, newest first.',
        querystring: Body({ ...PageQuery, state: Type.Optional(Type.String({ maxLength: 200 })) }),
        response: { 200: OwnListingPage, ...no },
      },
    },
    async (request) => {
      const { limit = 20, cursor, state } = request.query;
      const sellerId = callerOf(request).userId;
      const states = state?.split(',');
      const rows = await listListings(db, { sellerId, states, cursor, limit });
      const page = pageOf(rows, limit, (row) => row);
      const at = clock.now();
      const items = await Promise.all(page.items.map((row) => ownListingView(deps, row, at)));
      return { ...page, items };
    },
  );
  app.get(
    '/v1/market/my/listings/:id',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'One of my listings, with what it would bring.',
        params: OnOne,
        response: { 200: OwnListingView, ...no },
      },
    },
    async (request) => {
      const of = await findListing(db, request.params.id);
      if (of?.seller_id !== callerOf(request).userId) throw new Refused('not_found');
      return await ownListingView(deps, of, clock.now());
    },
  );
}

function listingWrites(app: App, deps: MarketRoutesDeps): void {
  const seen = async (of: Listing) => await ownListingView(deps, of, deps.clock.now());
  app.post(
    '/v1/market/listings',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Write a listing; its restrictions are said in structure or it is refused.',
        body: DraftBody,
        response: { 201: OwnListingView, ...no },
      },
    },
    async (request, reply) => {
      const { faceFen, declaredFen, priceFen, markdownFloorFen, ...rest } = request.body;
      const made = await draft(deps.db, {
        ...rest,
        userId: callerOf(request).userId,
        faceFen: amountOf(faceFen),
        priceFen: amountOf(priceFen),
        ...(declaredFen !== undefined && { declaredFen: amountOf(declaredFen) }),
        ...(markdownFloorFen !== undefined && { markdownFloorFen: amountOf(markdownFloorFen) }),
        at: deps.clock.now(),
      });
      return reply.code(201).send(await seen(made));
    },
  );
  app.post(
    '/v1/market/listings/:id/edit',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Change price or words while nobody is buying it.',
        params: OnOne,
        body: EditBody,
        response: { 200: OwnListingView, ...no },
      },
    },
    async (request) => {
      const { priceFen, markdownFloorFen: floor, ...rest } = request.body;
      const after = await edit(deps.db, {
        ...rest,
        listingId: request.params.id,
        userId: callerOf(request).userId,
        ...(priceFen !== undefined && { priceFen: amountOf(priceFen) }),
        ...(floor !== undefined && { markdownFloorFen: floor === null ? null : amountOf(floor) }),
        at: deps.clock.now(),
      });
      return await seen(after);
    },
  );
}

function secretRoutes(app: App, deps: MarketRoutesDeps): void {
  app.post(
    '/v1/market/listings/:id/card',
    {
      config: { access: 'user', secret: true },
      schema: {
        tags,
        summary: 'Seal the card in the vault; it goes on sale when its issuer has confirmed it.',
        params: OnOne,
        body: CardBody,
        response: { 200: OwnListingView, ...no },
      },
    },
    async (request) => {
      const { number, pin } = request.body;
      const after = await sealListed(deps, {
        listingId: request.params.id,
        userId: callerOf(request).userId,
        number: new Secret(number),
        pin: pin === undefined ? undefined : new Secret(pin),
        at: deps.clock.now(),
      });
      return await ownListingView(deps, after, deps.clock.now());
    },
  );
  app.post(
    '/v1/market/listings/:id/take-back',
    {
      config: { access: 'user', secret: true },
      schema: {
        tags,
        summary: 'See the new number of a re-issued card that did not sell; shown once.',
        params: OnOne,
        body: Empty,
        response: { 200: SecretView, ...no },
      },
    },
    async (request) => {
      const { number, pin } = await takeBack(deps, {
        listingId: request.params.id,
        userId: callerOf(request).userId,
        at: deps.clock.now(),
      });
      return { number: number.reveal(), ...(pin && { pin: pin.reveal() }) };
    },
  );
}

const ACTS = {
  publish: { summary: 'Put a card on sale that stays with me, or goes by post.', act: publish },
  pause: { summary: 'Take it off the shelf for a while.', act: undefined },
  resume: { summary: 'Put it back on the shelf.', act: undefined },
  withdraw: { summary: 'Take it down for good; the card comes back.', act: withdraw },
} as const;

function listingActs(app: App, deps: MarketRoutesDeps): void {
  const { db, clock } = deps;
  for (const [name, { summary, act }] of Object.entries(ACTS))
    app.post(
      `/v1/market/listings/:id/${name}`,
      {
        config: { access: 'user' },
        schema: {
          tags,
          summary,
          params: OnOne,
          body: Empty,
          response: { 200: OwnListingView, ...no },
        },
      },
      async (request) => {
        const { id: listingId } = request.params;
        const input = { listingId, userId: callerOf(request).userId, at: clock.now() };
        const transition = name === 'pause' ? 'pause' : 'resume';
        const after = act ? await act(db, input) : await setUp(db, { ...input, transition });
        return await ownListingView(deps, after, clock.now());
      },
    );
}
