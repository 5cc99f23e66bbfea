/** Routes of those who buy lots, and of both sides of a deal: look, bid, sign, take the cards, report, answer. */
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { MEDIA, sendFile } from '#ledger';
import { requireMember } from '#parties';
import {
  type App,
  Body,
  callerOf,
  inTransaction,
  languageOf,
  PageQuery,
  Problem,
  pageOf,
  parseFen,
  Refused,
  stream,
  type Tx,
} from '#platform';
import { dealFor, dealTopic, resumeDeal, signDeal, stopDeal } from './deal.ts';
import type { LotRoutesDeps } from './deps.ts';
import { placeLotBid } from './offer.ts';
import {
  BidBody,
  ByCompany,
  DealPage,
  DealView,
  OfferPage,
  OfferView,
  OnDealParams,
  OnLotParams,
  OnTrancheParams,
  ReportBody,
  SignBody,
} from './schema.ts';
import { cardsFile } from './sheet.ts';
import { statementOf } from './statement.ts';
import { findLot, listLots } from './store.ts';
import { bidsOn, dealsOfCompany } from './store-deal.ts';
import { openTranche } from './take-cards.ts';
import { acceptTranche, agreeTranche, reportTranche } from './tranche.ts';
import { dealSummary, dealView, offerSummary, offerView } from './view.ts';

const tags = ['lots'];
const no = { '4xx': Problem };
const FORMATS = ['csv', 'xlsx'] as const;

export function bidderRoutes(app: App, deps: LotRoutesDeps): void {
  const { db, keys, clock } = deps;
  const memberOf = async (request: FastifyRequest<{ Params: { id: string } }>) => {
    const who = { recyclerId: request.params.id, userId: callerOf(request).userId };
    await requireMember(db, who);
    return who;
  };
  app.get(
    '/v1/recyclers/:id/lot-offers',
    {
      config: { access: 'user', scope: 'read' },
      schema: {
        tags,
        summary: 'Lots that are open for bids, newest first; whose they are is not said.',
        params: ByCompany,
        querystring: Body(PageQuery),
        response: { 200: OfferPage, ...no },
      },
    },
    async (request) => {
      await memberOf(request);
      const { cursor, limit = 20 } = request.query;
      const lots = await listLots(db, { states: ['open'], cursor, limit });
      const page = pageOf(lots, limit, (lot) => lot);
      const items = await Promise.all(page.items.map((lot) => offerSummary(db, lot)));
      return { ...page, items };
    },
  );
  const offer = async (lotId: string, bidderId: string) => {
    const lot = await findLot(db, lotId);
    const isOpen = lot?.state === 'open';
    // Afterwards only those who bid look back at it.
    const bids = lot && !isOpen ? await bidsOn(db, lotId) : [];
    if (!lot || !(isOpen || bids.some(({ bidder_id }) => bidder_id === bidderId)))
      throw new Refused('not_found');
    return await offerView({ reader: db, keys }, lot, bidderId);
  };
  app.get(
    '/v1/recyclers/:id/lot-offers/:lotId',
    {
      config: { access: 'user', scope: 'read' },
      schema: {
        tags,
        summary: 'The make-up of one open lot by product, face and expiry, and my sealed bids.',
        params: OnLotParams,
        response: { 200: OfferView, ...no },
      },
    },
    async (request) => {
      const { recyclerId } = await memberOf(request);
      return await offer(request.params.lotId, recyclerId);
    },
  );
  app.post(
    '/v1/recyclers/:id/lot-offers/:lotId/bids',
    {
      config: { access: 'user', scope: 'bid', stepUp: true },
      schema: {
        tags,
        summary: 'One sealed bid for one part; the whole price is held in the wallet at once.',
        params: OnLotParams,
        body: BidBody,
        response: { 201: OfferView, ...no },
      },
    },
    async (request, reply) => {
      const { recyclerId: bidderId, userId } = await memberOf(request);
      const { lotId } = request.params;
      const { part, priceFen: text } = request.body;
      const priceFen = parseFen(text);
      if (priceFen === undefined) throw new Refused('invalid_input');
      const at = clock.now();
      await placeLotBid(deps, { lotId, part, bidderId, userId, priceFen, at });
      return reply.code(201).send(await offer(lotId, bidderId));
    },
  );
}

type OnDealRequest = FastifyRequest<{ Params: { id: string; dealId: string } }>;
const whoOn = (request: OnDealRequest) => ({
  companyId: request.params.id,
  dealId: request.params.dealId,
  userId: callerOf(request).userId,
});

export function dealRoutes(app: App, deps: LotRoutesDeps): void {
  dealReads(app, deps);
  dealActs(app, deps);
  trancheActs(app, deps);
  cardFiles(app, deps);
}

async function viewFor({ db }: LotRoutesDeps, who: ReturnType<typeof whoOn>): Promise<DealView> {
  return await dealView(db, { ...(await dealFor(db, who)), userId: who.userId });
}

function dealReads(app: App, deps: LotRoutesDeps): void {
  const { db, live } = deps;
  app.get(
    '/v1/recyclers/:id/lot-deals',
    {
      config: { access: 'user', scope: 'read' },
      schema: {
        ...{
          tags,
          summary: 'Deals of my company on either side, newest first.',
          params: ByCompany,
        },
        querystring: Body(PageQuery),
        response: { 200: DealPage, ...no },
      },
    },
    async (request) => {
      const { id: companyId } = request.params;
      const { cursor, limit = 20 } = request.query;
      await requireMember(db, { recyclerId: companyId, userId: callerOf(request).userId });
      const page = pageOf(await dealsOfCompany(db, { companyId, cursor, limit }), limit, (d) => d);
      const items = await Promise.all(
        page.items.map((deal) =>
          dealSummary(db, deal, deal.seller_id === companyId ? 'seller' : 'buyer'),
        ),
      );
      return { ...page, items };
    },
  );
  app.get(
    '/v1/recyclers/:id/lot-deals/:dealId',
    {
      config: { access: 'user', scope: 'read' },
      schema: {
        tags,
        summary: 'One deal: contract, signatures, tranches and what is disputed.',
        params: OnDealParams,
        response: { 200: DealView, ...no },
      },
    },
    async (request) => await viewFor(deps, whoOn(request)),
  );
  app.get(
    '/v1/recyclers/:id/lot-deals/:dealId/events',
    {
      config: { access: 'user' },
      schema: {
        tags,
        summary: 'Server-sent events: the deal now and after each change.',
        params: OnDealParams,
        response: no,
      },
    },
    async (request, reply) => {
      const who = whoOn(request);
      await stream(request, reply, live, dealTopic(who.dealId), () => viewFor(deps, who));
    },
  );
  for (const format of FORMATS)
    app.get(
      `/v1/recyclers/:id/lot-deals/:dealId/statement.${format}`,
      {
        config: { access: 'user' },
        schema: {
          tags,
          summary: 'One line a card of this deal, and the sums.',
          params: OnDealParams,
          response: { 200: { content: { [MEDIA[format]]: { schema: Type.String() } } }, ...no },
        },
      },
      async (request, reply) => {
        const { deal } = await dealFor(db, whoOn(request));
        const language = languageOf(request.headers['accept-language']);
        const { lot_id: lotId, part_no: partNo } = deal;
        const file = await statementOf(db, { lotId, partNo, format, language });
        return sendFile(reply, { format, name: `statement_${deal.id}`, file });
      },
    );
}

function dealActs(app: App, deps: LotRoutesDeps): void {
  const { db, clock } = deps;
  const act = async (
    request: OnDealRequest,
    work: (tx: Tx, on: ReturnType<typeof whoOn> & { at: Date }) => Promise<unknown>,
  ) => {
    const who = whoOn(request);
    await inTransaction(db, (tx) => work(tx, { ...who, at: clock.now() }));
    return await viewFor(deps, who);
  };
  const on = (summary: string) => ({
    ...{ tags, summary, params: OnDealParams, response: { 200: DealView, ...no } },
  });
  app.post(
    '/v1/recyclers/:id/lot-deals/:dealId/sign',
    {
      config: { access: 'user', stepUp: true },
      schema: {
        ...on('Confirm exactly this contract, as the maker or the checker of my side.'),
        body: SignBody,
      },
    },
    async (request) =>
      await act(request, (tx, who) =>
        signDeal(tx, deps, { ...who, hash: request.body.contractHash }),
      ),
  );
  app.post(
    '/v1/recyclers/:id/lot-deals/:dealId/resume',
    {
      config: { access: 'user' },
      schema: on('Go on with the next tranche although many cards failed.'),
    },
    async (request) => await act(request, (tx, who) => resumeDeal(tx, deps, who)),
  );
  app.post(
    '/v1/recyclers/:id/lot-deals/:dealId/stop',
    {
      config: { access: 'user' },
      schema: on('End a paused deal; what is not delivered goes back, its money is free.'),
    },
    async (request) => await act(request, (tx, who) => stopDeal(tx, who)),
  );
}

type OnTrancheRequest = FastifyRequest<{ Params: { id: string; dealId: string; tranche: string } }>;

function trancheActs(app: App, deps: LotRoutesDeps): void {
  const { db, clock } = deps;
  const act = async (
    request: OnTrancheRequest,
    work: (tx: Tx, on: ReturnType<typeof whoOn> & { no: number; at: Date }) => Promise<unknown>,
  ) => {
    const who = whoOn(request);
    const on = { ...who, no: Number(request.params.tranche), at: clock.now() };
    await inTransaction(db, (tx) => work(tx, on));
    return await viewFor(deps, who);
  };
  const on = (summary: string) => ({
    ...{ tags, summary, params: OnTrancheParams, response: { 200: DealView, ...no } },
  });
  app.post(
    '/v1/recyclers/:id/lot-deals/:dealId/tranches/:tranche/accept',
    { config: { access: 'user' }, schema: on('All cards of this tranche are good: pay it.') },
    async (request) => await act(request, (tx, who) => acceptTranche(tx, deps, who)),
  );
  app.post(
    '/v1/recyclers/:id/lot-deals/:dealId/tranches/:tranche/report',
    {
      config: { access: 'user' },
      schema: {
        ...on('Name the failing cards; all others are paid, and only these are disputed.'),
        body: ReportBody,
      },
    },
    async (request) =>
      await act(request, (tx, who) => {
        const rows = request.body.rows.map(({ row, failing }) => ({ no: row, code: failing }));
        return reportTranche(tx, deps, { ...who, rows });
      }),
  );
  app.post(
    '/v1/recyclers/:id/lot-deals/:dealId/tranches/:tranche/agree',
    {
      config: { access: 'user', stepUp: true },
      schema: on('As the seller: the failing cards are refunded at once.'),
    },
    async (request) => await act(request, (tx, who) => agreeTranche(tx, deps, who)),
  );
}

/** Numbers leave only by POST: no address of ours gives them to whoever has the link. */
function cardFiles(app: App, deps: LotRoutesDeps): void {
  const { db, clock } = deps;
  for (const format of FORMATS)
    app.post(
      `/v1/recyclers/:id/lot-deals/:dealId/tranches/:tranche/cards.${format}`,
      {
        config: { access: 'user', stepUp: true, secret: true },
        schema: {
          tags,
          summary: 'Take the card numbers of a delivered tranche; recorded before it is opened.',
          params: OnTrancheParams,
          response: { 200: { content: { [MEDIA[format]]: { schema: Type.String() } } }, ...no },
        },
      },
      async (request, reply) => {
        const no = Number(request.params.tranche);
        const opened = await openTranche(deps, { ...whoOn(request), no, at: clock.now() });
        const language = languageOf(request.headers['accept-language']);
        const file = await cardsFile(db, { opened, format, language });
        return sendFile(reply, { format, name: `cards_${request.params.dealId}_${no}`, file });
      },
    );
}
