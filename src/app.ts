/** The house: the only file that knows every room, and hands each of them the plain arguments it needs. */
import scalar from '@scalar/fastify-api-reference';
import type pg from 'pg';
import {
  type AuctionHouse,
  auctionProcess,
  auctionRoutes,
  auctionTasks,
  bestBid,
  freeAuctioned,
  hasOpenBids,
  liveAuctionRoutes,
  onAuctionClock,
  type RecyclerNews,
  type Recyclers,
  runRounds,
  stopAuctioned,
} from '#auctions';
import {
  auditReports,
  settledSalesOf as boughtSalesOf,
  buyback,
  buybackRoutes,
  buybackTasks,
  counterVisit,
  executeCase,
  exportOrders,
  freeBought,
  fulfilWin,
  hasLiveOrders,
  hasOpenOrders,
  holdQuote,
  onBuybackClock,
  onCounterClock,
  orderOfWin,
  provedByReport,
  type Resale,
  recyclerNews,
  revealWon,
  soldSince as soldByBuyback,
  stopBought,
} from '#buyback';
import {
  type CardActs,
  cardNotice,
  cardsRoutes,
  cardsTasks,
  findProduct,
  type GatewayOptions,
  gradeWithin,
  type IssuerDeps,
  isNamed,
  issuerEventRoutes,
  issuerGateway,
  listProducts,
  noticeClock,
  noticeRoutes,
} from '#cards';
import {
  caseClock,
  caseProcess,
  claimClock,
  claimProcess,
  disputesRoutes,
  disputesTasks,
  executeByVenue,
} from '#disputes';
import {
  assignmentLife,
  assignmentPaid,
  assignmentUnpaid,
  bidLife,
  cardCase,
  cardLock,
  chainAuction,
  deliveryLife,
  type ExchangeDeps,
  exchangeClock,
  exchangeRoutes,
  settledSalesOf as exchangeSalesOf,
  exchangeTasks,
  freeAssigned,
  freeTokens,
  type OnChain,
  prepareExchange,
  reissueLife,
  relayLife,
  requireProfile,
  signedOrder,
  stopAssigned,
  stopTold,
  swapLife,
  tendExchange,
  tickExchange,
  tokenLife,
} from '#exchange';
import { ledgerRoutes } from '#ledger';
import {
  dealProcess,
  freeLotCards,
  hasLiveLot,
  type LotDeps,
  lotClock,
  lotProcess,
  lotRoutes,
  settledSalesOf as lotSalesOf,
  lotTasks,
  stopLotCard,
  trancheProcess,
} from '#lots';
import {
  anyOnMarket,
  countPaid,
  executeClaim as executeMarketClaim,
  exportMarket,
  forgetSearches,
  forgetWants,
  freeListed,
  listing,
  type MarketDeps,
  marketClock,
  marketOrder,
  marketRoutes,
  settledSalesOf as marketSalesOf,
  marketTasks,
  netOfSale,
  offer,
  paidIn,
  payInClosed,
  resaleFacts,
  resell,
  soldSince as soldOnMarket,
  stopListed,
  threadOfOrder,
  unlist,
  want,
} from '#market';
import {
  depositChanged,
  findRecycler,
  HOUSE,
  type Holds,
  isRelated,
  makeAuth,
  noteDeed,
  ownClock,
  ownEntry,
  partiesRoutes,
  partiesTasks,
  type RecyclerMoney,
  realNameOf,
  recyclerAccount,
  recyclerClock,
  recyclerRoutes,
  recyclersOf,
  requireBidder,
  requireMember,
  sendSms,
  tellMembers,
  watchCase,
  watchClock,
  watchRoutes,
} from '#parties';
import {
  type App,
  buildHttp,
  type Clock,
  type Config,
  chinaDay,
  chinaMinute,
  type Db,
  drainJobs,
  type Fen,
  fen,
  type Keys,
  type Live,
  type Log,
  notify,
  openDatabase,
  openLive,
  type Reader,
  startWorker,
  type Tasks,
  type Tx,
  yuan,
  ZERO,
} from '#platform';
import {
  type BidOffer,
  currentTable,
  feesOf,
  forgetSubscriber,
  type PricingDeps,
  pricingRoutes,
  quote,
  quoteFor,
} from '#pricing';
import { checkProcess, type Process, processRoutes } from '#process';
import { append, recordRoutes } from '#record';
import {
  amlReport,
  isExposed,
  queueDaySums,
  type RiskDeps,
  reportExposures,
  riskCase,
  riskClock,
  riskRoutes,
  riskTasks,
} from '#risk';
import { checkFace, noticeDays, rulesRoutes } from '#rules';
import {
  accountOf,
  charityProcess,
  coverDefault,
  createPayout,
  firstFlow,
  flowsBetween,
  forgetAccounts,
  freePayouts,
  freeSales,
  hasCompanyAccount,
  hasHeldMoney,
  hasPayoutAccount,
  hasUnpaid,
  holdPayouts,
  holdSales,
  openPsp,
  openRegistry,
  payDebts,
  payInProcess,
  payoutProcess,
  refundProcess,
  refundRecycler,
  type SettlementDeps,
  settlementClock,
  settlementRoutes,
  settlementTasks,
  splitProcess,
  topUpProcess,
  walletOfRecycler,
} from '#settlement';
import {
  announce,
  type Outside,
  type Resolve,
  resolvePublic,
  webhookDelivery,
  webhooksClock,
  webhooksRoutes,
  webhooksTasks,
} from '#webhooks';
import { type DemoControls, demoRoutes } from './demo-routes.ts';
import { sandboxRoutes } from './sandbox-routes.ts';
import { healthRoutes, jobsRoutes, webRoutes } from './serve.ts';
import { type Sweep, startSweep, sweep, tidy } from './sweep.ts';

export interface HouseInput {
  readonly config: Config;
  readonly pool: pg.Pool;
  readonly keys: Keys;
  readonly clock: Clock;
  readonly log: Log;
  readonly demo?: DemoControls;
  /** Who may bid and for whom: the accounts of recyclers, but for tests that know better. */
  readonly recyclers?: Recyclers;
  /** The chain and our contracts on it, where the profile has one. */
  readonly chain?: OnChain | undefined;
  /** How names of strangers' servers become addresses; by DNS unless a test says otherwise. */
  readonly resolve?: Resolve;
}

export interface House {
  readonly app: App;
  readonly db: Db;
  readonly settlement: SettlementDeps;
  readonly issuers: IssuerDeps;
  readonly market: MarketDeps;
  readonly exchange: ExchangeDeps;
  /** Starts listening; gives the address. */
  listen(): Promise<string>;
  /** Starts the worker and the sweep of deadlines; gives how to stop both. */
  work(): Promise<() => Promise<void>>;
  /** All that is due now and all jobs that follow, until nothing moves any more; for tests and the demo. */
  settleDown(jobsSideBySide?: number): Promise<void>;
  /** What the house does once an hour: spot checks, falling prices, scores, reconciliation; for tests. */
  tidyUp(): Promise<void>;
  close(): Promise<void>;
}

export const PROCESSES: readonly Process[] = [
  buyback,
  counterVisit,
  auctionProcess,
  listing,
  marketOrder,
  offer,
  want,
  payoutProcess,
  topUpProcess,
  payInProcess,
  refundProcess,
  splitProcess,
  charityProcess,
  caseProcess,
  claimProcess,
  recyclerAccount,
  watchCase,
  ownEntry,
  amlReport,
  riskCase,
  webhookDelivery,
  lotProcess,
  dealProcess,
  trancheProcess,
  tokenLife,
  signedOrder,
  relayLife,
  bidLife,
  cardCase,
  cardLock,
  cardNotice,
  chainAuction,
  deliveryLife,
  reissueLife,
  swapLife,
  assignmentLife,
];
/** What a recycler's account has to know of its money. */
const recyclerMoney: RecyclerMoney = {
  hasPayoutAccount: hasCompanyAccount,
  hasOpenBusiness: async (reader, id) =>
    (await hasHeldMoney(reader, id)) ||
    (await hasOpenOrders(reader, id)) ||
    (await hasOpenBids(reader, id)) ||
    (await hasLiveLot(reader, id)),
  refund: refundRecycler,
};
/** A party on a watch list is neither paid nor told why. */
const holds: Holds = { hold: holdPayouts, free: freePayouts };
/** Who acts when somebody tells that a card is bad: whoever has promised something of it, and its unsent money. */
const cardActs: CardActs = {
  stop: [stopAssigned, stopLotCard, stopAuctioned, stopListed, stopBought],
  hold: holdSales,
  free: [freeSales, freeAssigned, freeTokens, freeLotCards, freeAuctioned, freeListed, freeBought],
};
/** Who moves the money of a claim; a venue whose people may open claims is named here. */
const executeClaim = executeByVenue({ market: executeMarketClaim });

export async function openHouse(input: HouseInput): Promise<House> {
  const { config, pool, clock, log } = input;
  const faults = PROCESSES.flatMap((process) => checkProcess(process));
  if (faults.length > 0) throw new Error(`life cycles are not sound:\n${faults.join('\n')}`);
  const db = openDatabase(pool);
  const live = await openLive(config.DATABASE_URL);
  const { address, ...rooms } = outside(input, db);
  const { settlement, issuers, market, auctions, lots, exchange } = rooms;
  await prepareExchange(exchange, clock.now());
  const app = await openApp(input, { db, live, ...rooms });
  const tasks = tasksOf(input, rooms);
  // Workers of their own: a stranger's slow server holds up nothing of the house.
  const sending = webhooksTasks({ keys: input.keys, outside: rooms.webhooks });
  const worker = { pool, db, clock, log, tasks };
  const postman = { ...worker, tasks: sending };
  const drain = { ...worker, tasks: { ...tasks, ...sending } };
  const rounds: Sweep = {
    db,
    clock,
    keys: input.keys,
    log,
    handlers: {
      buyback: onBuybackClock,
      counter_visit: onCounterClock,
      auction: async (within, due) => await onAuctionClock(auctions, within, due),
      ...marketClock,
      ...caseClock(executeCase, provedByReport),
      ...claimClock(input.keys, executeClaim),
      ...settlementClock(settlement),
      ...recyclerClock(recyclerMoney, recyclerNews),
      ...watchClock,
      ...ownClock({ keys: input.keys }),
      ...noticeClock,
      ...riskClock,
      ...webhooksClock,
      ...lotClock(lots),
      ...exchangeClock(exchange),
    },
    rounds: async (at) => await runRounds(auctions, at),
    daySums: async (at) => await queueDaySums(db, rooms.risk, at),
    audit: async (at) => await auditReports({ db, cards: issuers }, at),
    chain: {
      tick: async () => await tickExchange(exchange),
      tend: async (at) => await tendExchange(exchange, at),
    },
  };
  return {
    app,
    db,
    settlement,
    issuers,
    market,
    exchange,
    listen: async () => {
      address.own = await listen(app, config);
      return address.own;
    },
    work: async () => {
      const runner = await startWorker(worker, config.WORKER_CONCURRENCY);
      const sender = await startWorker(postman, config.WEBHOOK_CONCURRENCY);
      const stopSweep = startSweep(rounds);
      return async () => {
        await stopSweep();
        await Promise.all([runner.stop(), sender.stop()]);
      };
    },
    settleDown: async (jobsSideBySide) => {
      for (;;) {
        const moved = await sweep(rounds);
        await drainJobs(drain, jobsSideBySide);
        if (moved === 0) return;
      }
    },
    tidyUp: async () => await tidy(rounds),
    close: async () => {
      await app.close();
      await live.close();
    },
  };
}

const everybody: Recyclers = {
  ...{ find: findRecycler, requireMember, requireBidder, isRelated },
  tell: tellOfAuction,
};

const AUCTION_NEWS = {
  won: { template: 'auction_won', type: 'auction.won' },
  pay_now: { template: 'auction_pay', type: 'auction.pay_now' },
  outbid: { template: 'auction_outbid', type: 'auction.outbid' },
  used_up: { template: 'bid_used_up', type: 'bid.used_up' },
} as const;

/** Owners by text message, programs by webhook. */
async function tellOfAuction(tx: Tx, news: RecyclerNews): Promise<void> {
  const { recyclerId, what, subject, productName, amountFen, until, at } = news;
  const recycler = await findRecycler(tx, recyclerId);
  if (!recycler) return;
  const { template, type } = AUCTION_NEWS[what];
  const params = {
    ...{ shop: recycler.name, product: productName, amount: yuan(amountFen).slice(1) },
    ...(until && { deadline: chinaMinute(until) }),
  };
  await tellMembers(tx, { recyclerId, template, params, at });
  const data = {
    subject,
    amountFen: String(amountFen),
    ...(until && { until: until.toISOString() }),
  };
  await announce(tx, { recycler: recyclerId, type, data, at });
}

/** The adapters to the world outside, and the address under which it finds us. */
function outside(
  { config, keys, clock, log, resolve, recyclers = everybody, chain }: HouseInput,
  db: Db,
): Rooms & { address: { own: string } } {
  const address = { own: `http://${config.HOST}:${config.PORT}` };
  const psp = openPsp({
    url: config.PSP_URL,
    merchant: config.PSP_MERCHANT,
    publicKeyPem: config.PSP_PUBLIC_KEY,
    sandbox: config.DEMO,
    keys,
    clock,
    callbackUrl: () => `${config.PUBLIC_URL || address.own}/v1/psp/callback`,
  });
  const settlement: SettlementDeps = {
    db,
    clock,
    keys,
    psp,
    registry: openRegistry(config.CHARITY_URL || config.REALNAME_URL),
    log,
    realNameOf,
    sendSms: async (tx, message) => await sendSms(tx, { ...message, at: clock.now() }),
    changed: async (tx, { subject }) => {
      notify(tx, `buyback:${subject}`);
      notify(tx, `market_order:${subject}`);
    },
    // A payment is for an assignment or for a basket of the market; each knows its own.
    paidIn: async (tx, paid) =>
      (await assignmentPaid(tx, exchange, paid)) ?? (await paidIn(tx, paid)),
    payInClosed: async (tx, closed) => {
      await assignmentUnpaid(tx, closed);
      await payInClosed(tx, closed);
    },
    toppedUp: async (tx, { recycler, target, amountFen, at }) => {
      if (target === 'reserve') return;
      if (target === 'deposit') await depositChanged(tx, { recyclerId: recycler, at });
      else await payDebts(tx, { recyclerId: recycler, from: walletOfRecycler(recycler), at });
      const data = { amountFen: String(amountFen) };
      await announce(tx, { recycler, type: `${target}.topped_up`, data, at });
    },
  };
  const issuers: IssuerDeps = { db, keys, issuers: issuerGateway(gatewayOf(config)) };
  const market: MarketDeps = { db, clock, keys, cards: issuers };
  const auctions: AuctionHouse = {
    ...{ db, clock, keys, cards: issuers, recyclers, hasPayoutAccount, createPayout },
    feesOf: async (reader, price, at) => feesOf((await currentTable(reader, at)).table, price),
    fulfil: fulfilWin,
    orderOf: orderOfWin,
    openWon: async (who) => await revealWon({ db, keys }, who),
    onDefault: chargeDefault,
    ownPrice,
  };
  const lots: LotDeps = {
    ...{ db, clock, keys, cards: issuers, news: announce },
    feesOf: async (reader, at) => {
      const { table } = await currentTable(reader, at);
      return (amount) => feesOf(table, amount);
    },
  };
  const webhooks: Outside = {
    resolve: resolve ?? resolvePublic,
    loopback: config.WEBHOOK_LOOPBACK,
  };
  const exchange: ExchangeDeps = {
    ...{ db, clock, keys, log, config, cards: issuers, on: chain },
    profile: requireProfile(config, clock.now()),
  };
  const risk: RiskDeps = {
    db,
    clock,
    keys,
    log,
    desk: psp,
    flows: flowsBetween,
    firstFlow,
    tradedCards,
  };
  return { settlement, issuers, market, auctions, lots, webhooks, exchange, risk, address };
}

/** Who sold which card to whom, by every way; a house that buys for itself is no party. */
const tradedCards: RiskDeps['tradedCards'] = async (reader, cardIds) => [
  ...(await boughtSalesOf(reader, cardIds)).map(({ sellerId, recycler, ...sale }) => ({
    ...{ ...sale, seller: person(sellerId) },
    buyer: recycler === HOUSE ? undefined : entity(recycler),
  })),
  ...(await marketSalesOf(reader, cardIds)).map(({ sellerId, shopId, buyerId, ...sale }) => ({
    ...{ ...sale, seller: shopId === undefined ? person(sellerId) : entity(shopId) },
    buyer: person(buyerId),
  })),
  ...(await lotSalesOf(reader, cardIds)).map(({ sellerId, buyerId, ...sale }) => ({
    ...{ ...sale, seller: entity(sellerId), buyer: entity(buyerId) },
  })),
  ...(await exchangeSalesOf(reader, cardIds)).map(({ sellerId, buyerId, ...sale }) => ({
    ...{ ...sale, seller: sellerId === undefined ? undefined : person(sellerId) },
    buyer: buyerId === undefined ? undefined : person(buyerId),
  })),
];
const person = (id: string) => ({ kind: 'person' as const, id });
const entity = (id: string) => ({ kind: 'entity' as const, id });

const gatewayOf = (config: Config): GatewayOptions => ({
  ...{ url: config.ISSUER_URL, secret: config.ISSUER_SECRET },
  publicKeyPem: config.ISSUER_PUBLIC_KEY,
});

/** A recycler sells its stock on the market. */
const resale: Resale = {
  resell,
  unlist,
  facts: resaleFacts,
  soldSince: soldOnMarket,
  netOfSale,
};

/** A winner that did not pay: the seller is made good, and the recycler is the worse for it. */
const chargeDefault: AuctionHouse['onDefault'] = async (tx, unpaid) => {
  const { auctionId: subject, sellerId: payeeId, recyclerId, owedFen, at } = unpaid;
  const reason = 'auction_unpaid';
  const { walletFen } =
    owedFen > ZERO
      ? await coverDefault(tx, { recyclerId, payeeId, subject, reason, owedFen, at })
      : { walletFen: ZERO };
  const value = owedFen - walletFen;
  await noteDeed(tx, { recyclerId, kind: 'defaulted', subject, value, at, news: recyclerNews });
};

/** What rooms were given by `outside`, for those who need more than one. */
interface Rooms {
  readonly settlement: SettlementDeps;
  readonly issuers: IssuerDeps;
  readonly market: MarketDeps;
  readonly auctions: AuctionHouse;
  readonly lots: LotDeps;
  readonly webhooks: Outside;
  readonly exchange: ExchangeDeps;
  readonly risk: RiskDeps;
}

function tasksOf(
  { config, keys }: HouseInput,
  { settlement, issuers, market, auctions, lots, exchange, risk }: Rooms,
): Tasks {
  return {
    ...partiesTasks({ config, keys, holds, news: recyclerNews }),
    ...cardsTasks({ keys, acts: cardActs }),
    ...settlementTasks(settlement),
    ...buybackTasks({ keys, cards: issuers }),
    ...disputesTasks({ keys }),
    ...marketTasks(market),
    ...auctionTasks(auctions),
    ...lotTasks(lots),
    ...exchangeTasks(exchange),
    ...riskTasks(risk),
  };
}

async function openApp(
  input: HouseInput,
  { db, live, ...rooms }: Rooms & { db: Db; live: Live },
): Promise<App> {
  const { config, keys, clock, log, pool } = input;
  const { recyclers } = rooms.auctions;
  const { authenticate } = makeAuth({ db, clock, config });
  const app = await buildHttp({ config, log, clock, db, authenticate });
  // A quote belongs to whoever asked for it while signed in. Pricing itself never learns who that is.
  app.addHook('preSerialization', async (request, _reply, payload) => {
    const quote = request.method === 'POST' && request.routeOptions.url === '/v1/quotes';
    // An answer without content has no payload.
    const { quoteId } = (payload ?? {}) as { quoteId?: string };
    if (quote && quoteId && request.caller) await holdQuote(db, quoteId, request.caller.userId);
    return payload;
  });
  await app.register(scalar, { routePrefix: '/reference' });
  partiesRoutes(app, {
    db,
    keys,
    clock,
    config,
    live,
    exporters: {
      orders: exportOrders,
      market: exportMarket,
      payoutAccount: (_reader, userId) => accountOf({ db, keys }, userId),
    },
    erasers: {
      pricing: async (tx, userId) => {
        await forgetSubscriber(tx, userId);
        return [];
      },
      settlement: forgetAccounts,
      market: async (tx, userId) => {
        await forgetSearches(tx, userId);
        await forgetWants(tx, userId, clock.now());
        return [];
      },
    },
    mayErase: async (tx, userId) =>
      !(await hasLiveOrders(tx, userId)) &&
      !(await anyOnMarket(tx, userId)) &&
      !(await isNamed(tx, userId)) &&
      !(await isExposed(tx, rooms.risk, {
        partyIds: [userId, ...(await recyclersOf(tx, userId)).map(({ id }) => id)],
        at: clock.now(),
      })) &&
      !(await hasUnpaid(tx, userId)),
  });
  recyclerRoutes(app, { db, keys, clock, config, money: recyclerMoney, news: recyclerNews });
  watchRoutes(app, { db, keys, clock, holds });
  riskRoutes(app, rooms.risk);
  webhooksRoutes(app, { db, keys, clock, outside: rooms.webhooks });
  rulesRoutes(app, { db, clock });
  cardsRoutes(app, { db, keys, clock });
  noticeRoutes(app, {
    ...{ db, keys, clock, atOnce: stopTold },
    onConfirmed: async (tx, by) => await reportExposures(tx, rooms.risk, by),
  });
  const gateway = gatewayOf(config);
  issuerEventRoutes(app, { db, keys, clock, log, gateway, atOnce: stopTold });
  const pricing = pricingOf(input, { db, recyclers });
  pricingRoutes(app, pricing);
  venueRoutes(app, input, { ...rooms, db, live, pricing });
  ledgerRoutes(app, { db, clock, noted: append });
  recordRoutes(app, { db, clock });
  processRoutes(app, { db, processes: PROCESSES });
  jobsRoutes(app, db);
  if (input.demo) demoRoutes(app, input.demo);
  if (input.demo && config.SANDBOX)
    sandboxRoutes(app, {
      ...{ db, keys, recyclers, controls: input.demo, settlement: rooms.settlement },
      price: async (card) => await quoteFor(pricing, card),
    });
  healthRoutes(app, pool);
  await webRoutes(app);
  return app;
}

/** What pricing is told of products, rules and bids. */
function pricingOf(
  { keys, clock }: HouseInput,
  { db, recyclers }: { db: Db; recyclers: Recyclers },
): PricingDeps {
  return {
    db,
    keys,
    clock,
    noticeDays,
    findProduct: (sku) => findProduct(db, sku),
    listProducts: () => listProducts(db),
    checkFace: async (facts, faceFen, day) => {
      const product = await findProduct(db, facts.sku);
      return product && checkFace(product, faceFen, day);
    },
    bestBid: async (card) => await offerFor(db, recyclers, card),
  };
}

/** What people do with cards: bid, sell, buy, pay, dispute. */
function venueRoutes(
  app: App,
  { keys, clock, config }: HouseInput,
  {
    db,
    live,
    settlement,
    issuers,
    market,
    auctions,
    lots,
    exchange,
    pricing,
  }: Rooms & { db: Db; live: Live; pricing: PricingDeps },
): void {
  const { recyclers } = auctions;
  const soldSince = async (reader: Reader, since: Date) => [
    ...(await soldByBuyback(reader, since)),
    ...(await soldOnMarket(reader, since)),
  ];
  auctionRoutes(app, {
    ...{ db, clock, live, recyclers, soldSince },
    knowsProduct: async (sku) => (await findProduct(db, sku)) !== undefined,
  });
  liveAuctionRoutes(app, { ...auctions, live });
  settlementRoutes(app, settlement);
  disputesRoutes(app, {
    ...{ db, keys, clock, live, execute: executeClaim },
    thread: async (reader, subject) => await threadOfOrder(reader, keys, subject),
    countOrders: async (span) => await countPaid(db, span),
  });
  buybackRoutes(app, {
    ...{ db, clock, keys, live, config, cards: issuers, recyclers, soldSince, resale },
    price: async ({ sku, faceFen, expiresOn }) =>
      await quoteFor(pricing, { sku, faceFen: String(faceFen), ...(expiresOn && { expiresOn }) }),
  });
  marketRoutes(app, { ...market, live });
  lotRoutes(app, { ...lots, live });
  exchangeRoutes(app, { ...exchange, live });
}

/** What the platform itself pays by the price table; undefined for what it does not buy. */
const ownPrice: AuctionHouse['ownPrice'] = async (reader, card) => {
  const { sku, faceFen, expiresOn, at } = card;
  const product = await findProduct(reader, sku);
  if (!product || (expiresOn !== undefined && expiresOn < chinaDay(at))) return undefined;
  const { table } = await currentTable(reader, at);
  const { priceFen, belowFloor } = quote(
    table,
    { product, faceFen, expiresOn, at },
    { houseAsked: true },
  );
  return belowFloor ? undefined : fen(BigInt(priceFen));
};

/** The best bid for such a card, as pricing sees it. What the issuer can do says how well the card will be verified. */
async function offerFor(
  db: Db,
  recyclers: Recyclers,
  card: { sku: string; faceFen: Fen; expiresOn: string | undefined; at: Date },
): Promise<BidOffer | undefined> {
  const product = await findProduct(db, card.sku);
  if (!product) return undefined;
  const grade = gradeWithin(product.issuerCaps);
  const best = await bestBid(db, recyclers, { ...card, grade });
  if (!best) return undefined;
  const { faceMinFen, faceMaxFen } = best.bid.terms;
  return {
    bidId: best.bid.id,
    recyclerId: best.recycler.id,
    recyclerName: best.recycler.name,
    rateBps: best.rateBps,
    faceMinFen,
    faceMaxFen,
  };
}

/** The API as a document, of a house that is never opened: no database is asked and nothing listens. */
export async function describeApi(input: HouseInput): Promise<object> {
  const db = openDatabase(input.pool);
  const live: Live = { subscribe: () => () => undefined, close: async () => undefined };
  const { address: _, ...rooms } = outside(input, db);
  const app = await openApp(input, { db, live, ...rooms });
  await app.ready();
  // They compile when first called; here is where one that is no schema is found, by `npm test`.
  app.compileAll();
  const document = app.swagger();
  await app.close();
  return document;
}

async function listen(app: App, { HOST: host, PORT: port }: Config): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    const message = `port ${port} is in use; choose another with --port, e.g. npm start -- --port ${port + 10}`;
    throw Object.assign(new Error(message), { expected: true });
  }
}
