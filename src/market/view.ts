/** Listings, orders, baskets and offers as their sides see them. */
import assert from 'node:assert/strict';
import type { Static } from 'typebox';
import { findProduct, type Product, probesOf } from '#cards';
import { claimOf } from '#disputes';
import { findRecycler } from '#parties';
import { chinaDay, type Keys, type Reader } from '#platform';
import { allowedFor, historyOf, type Instance, look } from '#process';
import { delayView } from '#risk';
import { payInOf, payoutOf } from '#settlement';
import { SHIP_TO, type ShipTo } from './buy.ts';
import { canTakeBack } from './card.ts';
import type { MarketDeps } from './deps.ts';
import { linesOf, mayExtend, STEPS, WAIVER } from './domain.ts';
import { listing, marketOrder, offer } from './life.ts';
import {
  type Basket,
  findBasket,
  findOrder,
  type Offer,
  type Order,
  orderOfListing,
} from './order-store.ts';
import type {
  BasketView,
  ConsoleListing,
  ListingView,
  OfferView,
  OrderView,
  OwnListingView,
} from './schema.ts';
import { findListing, type Listing, policyOn } from './store.ts';
import { countUnread } from './trust/store.ts';

export type OrderSeen = Static<typeof OrderView>;
export type Side = 'buyer' | 'seller';

const productOf = (product: Product): OrderSeen['product'] => ({
  sku: product.sku,
  name: product.name,
  category: product.category,
  form: product.form,
  issuerName: product.issuerName,
  brandColour: product.brandColour,
});

async function theProduct(reader: Reader, sku: string): Promise<OrderSeen['product']> {
  const product = await findProduct(reader, sku);
  assert(product, 'what is on the market has a known product');
  return productOf(product);
}

const deadlineOf = ({ dueAt, dueTransition }: Instance) =>
  dueAt ? { deadline: { at: dueAt.toISOString(), what: dueTransition ?? '' } } : {};

async function shopOf(reader: Reader, { recycler_id: id }: Listing) {
  const shop = id === null ? undefined : await findRecycler(reader, id);
  return shop ? { shop: { id: shop.id, name: shop.name } } : {};
}

async function listedOf(reader: Reader, of: Listing) {
  return {
    id: of.id,
    state: of.state,
    sellerId: of.recycler_id ?? of.seller_id,
    ...(await shopOf(reader, of)),
    product: await theProduct(reader, of.sku),
    faceFen: of.face_fen.toString(),
    declaredFen: of.declared_fen.toString(),
    priceFen: of.price_fen.toString(),
    delivery: of.delivery,
    ...(of.grade > 0 && {
      verification: {
        grade: `V${of.grade}`,
        ...(of.balance_fen !== null && { balanceFen: of.balance_fen.toString() }),
        ...(of.listed_at && { at: of.listed_at.toISOString() }),
      },
    }),
    ...(of.expires_on !== null && { expiresOn: of.expires_on }),
    restrictions: of.restrictions,
    ...{ title: of.title, note: of.note },
    ...(of.charity_id !== null && { charity: { id: of.charity_id, shareBps: of.charity_bps } }),
    marksDown: of.markdown_floor_fen !== null,
    ...(of.listed_at && { listedAt: of.listed_at.toISOString() }),
    ...(of.ends_at && { endsAt: of.ends_at.toISOString() }),
  };
}

export const listingView = async (
  reader: Reader,
  of: Listing,
  viewer: string | undefined,
): Promise<Static<typeof ListingView>> => ({
  ...(await listedOf(reader, of)),
  isMine: of.seller_id === viewer,
});

/** With what it would bring at today's fees. */
export async function ownListingView(
  { db }: Pick<MarketDeps, 'db'>,
  of: Listing,
  at: Date,
): Promise<Static<typeof OwnListingView>> {
  const instance = await look(db, of.id);
  assert(instance, 'a listing has its process');
  const policy = await policyOn(db, chinaDay(at));
  const chosen = { charityBps: of.charity_bps, guaranteeDays: policy.guaranteeDays };
  const lines = linesOf(of.price_fen, policy, chosen);
  const order = await orderOfListing(db, of.id);
  return {
    ...(await listedOf(db, of)),
    stateSince: instance.enteredAt.toISOString(),
    seq: instance.seq,
    ...deadlineOf(instance),
    ...(of.suspended_reason !== null && { suspendedReason: of.suspended_reason }),
    ...(of.markdown_floor_fen !== null && { markdownFloorFen: of.markdown_floor_fen.toString() }),
    ...(of.card_last4 !== null && { cardLast4: of.card_last4 }),
    lines: sellersLines(lines, policy.version),
    ...(order && { orderId: order.id }),
    canTakeBack: await canTakeBack({ db }, of),
    allowed: await allowedFor(db, listing, of.id, 'seller'),
    createdAt: of.created_at.toISOString(),
  };
}

export async function consoleListing(
  reader: Reader,
  of: Listing,
): Promise<Static<typeof ConsoleListing>> {
  const instance = await look(reader, of.id);
  assert(instance, 'a listing has its process');
  return {
    ...(await listedOf(reader, of)),
    stateSince: instance.enteredAt.toISOString(),
    ...deadlineOf(instance),
    ...(of.suspended_reason !== null && { suspendedReason: of.suspended_reason }),
    ...(of.card_id !== null && { cardId: of.card_id }),
    ...(of.card_last4 !== null && { cardLast4: of.card_last4 }),
    allowed: await allowedFor(reader, listing, of.id, 'operator'),
  };
}

type Line = OrderSeen['lines'][number];
const line = (code: Line['code'], amount: bigint, basis?: string): Line => ({
  ...{ code, fen: amount.toString() },
  ...(basis !== undefined && { basis }),
});

/** What is taken off has a minus, so that the lines above the net add up to it. */
const sellersLines = (
  lines: { price: bigint; fee: bigint; charity: bigint; tax: bigint; net: bigint },
  policyVersion: number,
): Line[] => [
  line('PRICE', lines.price),
  line('COMMISSION', -lines.fee, `policy ${policyVersion}`),
  line('CHARITY', -lines.charity),
  line('TAX', -lines.tax, `policy ${policyVersion}`),
  line('NET', lines.net),
];
const buyersLines = (order: Order): Line[] => [
  line('PRICE', order.price_fen),
  line('PREMIUM', order.premium_fen, `${order.guarantee_days} d`),
  line('TOTAL', order.total_fen),
];

/** The row is read after its `seq`: a page keeps the view with the highest, so none may say more than it knew. */
export async function orderView(
  deps: MarketDeps,
  { id }: Pick<Order, 'id'>,
  role: Side,
): Promise<OrderSeen> {
  const { db: reader } = deps;
  const instance = await look(reader, id);
  const order = await findOrder(reader, id);
  assert(instance && order, 'an order has its process');
  const of = await findListing(reader, order.listing_id);
  const basket = await findBasket(reader, order.basket_id);
  assert(of && basket, 'an order has its listing and its basket');
  const claim = await claimOf(reader, { venue: 'market', subject: order.id });
  const isBuyer = role === 'buyer';
  const personId = isBuyer ? order.buyer_id : order.seller_id;
  const unread = await countUnread(reader, { orderIds: [id], personId });
  const sellers = {
    ...{ price: order.price_fen, fee: order.fee_fen, charity: order.charity_fen },
    ...{ tax: order.tax_fen, net: order.net_fen },
  };
  return {
    ...{ id: order.id, basketId: order.basket_id, listingId: order.listing_id, role },
    state: order.state,
    stateSince: instance.enteredAt.toISOString(),
    seq: instance.seq,
    ...deadlineOf(instance),
    product: await theProduct(reader, order.sku),
    ...{ title: of.title, restrictions: of.restrictions },
    ...(of.expires_on !== null && { expiresOn: of.expires_on }),
    faceFen: order.face_fen.toString(),
    promisedFen: order.promised_fen.toString(),
    delivery: order.delivery,
    priceFen: order.price_fen.toString(),
    totalFen: order.total_fen.toString(),
    netFen: order.net_fen.toString(),
    lines: isBuyer ? buyersLines(order) : sellersLines(sellers, order.policy_version),
    policyVersion: order.policy_version,
    guarantee: {
      days: order.guarantee_days,
      ...(order.guarantee_until && { until: order.guarantee_until.toISOString() }),
    },
    ...(isBuyer && { payment: await paymentOf(reader, basket) }),
    waiver: {
      ...{ version: WAIVER.version, zh: WAIVER.zh, en: WAIVER.en },
      ...(order.waiver_at && { at: order.waiver_at.toISOString() }),
    },
    ...(await probeOf(reader, order)),
    ...(order.revealed_at && { revealedAt: order.revealed_at.toISOString() }),
    ...(order.inspect_until && { inspectUntil: order.inspect_until.toISOString() }),
    canExtend:
      (order.state === 'revealed' || order.state === 'shipped') &&
      mayExtend(order.inspect_until, deps.clock.now()),
    ...postOf(deps.keys, order, role),
    ...(order.refund_fen !== null && {
      refund: { fen: order.refund_fen.toString(), reason: order.refund_reason ?? '' },
    }),
    ...(!isBuyer && (await payoutView(reader, order))),
    unread: unread.get(id) ?? 0,
    ...(claim && { claimId: claim.id }),
    steps: await stepsOf(reader, order),
    allowed: await allowedFor(reader, marketOrder, order.id, role),
    createdAt: order.created_at.toISOString(),
  };
}

async function paymentOf(
  reader: Reader,
  basket: Basket,
): Promise<Static<typeof BasketView>['payment']> {
  const paid = await payInOf(reader, basket.id);
  return {
    state: paid?.state ?? 'unknown',
    payBy: basket.pay_by.toISOString(),
    amountFen: basket.total_fen.toString(),
    channel: basket.channel as 'alipay' | 'wechat' | 'bank',
    ...(paid?.payUrl !== undefined && { payUrl: paid.payUrl }),
  };
}

/** Both sides may keep the signed words: they decide who held an empty card. */
async function probeOf(reader: Reader, order: Order): Promise<Pick<OrderSeen, 'probe'>> {
  if (order.probe_code === null) return {};
  const probes = order.card_id ? await probesOf(reader, order.card_id) : [];
  const probe = probes.find(({ probeId }) => probeId === order.probe_id);
  return {
    probe: {
      code: order.probe_code,
      ...(probe && {
        at: probe.at.toISOString(),
        ...{ probeId: probe.probeId, signature: probe.signature, seen: probe.seen },
      }),
    },
  };
}

/** The address is for the seller who has to send something, and for as long as it has to be sent. */
function postOf(keys: Keys, order: Order, role: Side): Pick<OrderSeen, 'post'> {
  if (order.delivery !== 'mail') return {};
  const sees = role === 'buyer' || order.state === 'preparing' || order.state === 'shipped';
  const shipTo =
    sees && order.ship_to
      ? (JSON.parse(keys.open(SHIP_TO, order.ship_to, order.id)) as ShipTo)
      : undefined;
  return {
    post: {
      ...(order.carrier !== null && { carrier: order.carrier }),
      ...(order.tracking !== null && { tracking: order.tracking }),
      ...(shipTo && { shipTo }),
    },
  };
}

async function payoutView(reader: Reader, order: Order): Promise<Pick<OrderSeen, 'payout'>> {
  const payout = await payoutOf(reader, order.id);
  if (!payout) return {};
  const check = await delayView(reader, order.id);
  return {
    payout: {
      ...{ state: payout.state, promisedOn: payout.promisedOn },
      amountFen: payout.amountFen.toString(),
      ...(payout.paidAt && { paidAt: payout.paidAt.toISOString() }),
      ...(check && { check }),
    },
  };
}

/** When each station was first reached; a card in the post is revealed when it is sent. */
async function stepsOf(reader: Reader, order: Order): Promise<OrderSeen['steps']> {
  const first = new Map<string, Date>();
  for (const step of await historyOf(reader, order.id)) {
    const key = step.to === 'shipped' ? 'revealed' : step.to;
    if (!first.has(key)) first.set(key, step.at);
  }
  return STEPS.map((key) => {
    const at = first.get(key);
    return { key, ...(at && { at: at.toISOString() }) };
  });
}

export async function basketView(
  deps: MarketDeps,
  basket: Basket,
  { orders, leftOut }: Pick<Static<typeof BasketView>, 'leftOut'> & { orders: readonly Order[] },
): Promise<Static<typeof BasketView>> {
  return {
    ...{ id: basket.id, fill: basket.fill as 'all' | 'partial' },
    totalFen: basket.total_fen.toString(),
    payment: await paymentOf(deps.db, basket),
    orders: await Promise.all(orders.map((order) => orderView(deps, order, 'buyer'))),
    leftOut,
  };
}

export async function offerView(
  reader: Reader,
  made: Offer,
  role: Side,
): Promise<Static<typeof OfferView>> {
  const instance = await look(reader, made.id);
  const of = await findListing(reader, made.listing_id);
  assert(instance && of, 'an offer has its process and its listing');
  return {
    ...{ id: made.id, listingId: made.listing_id, role, state: made.state },
    stateSince: instance.enteredAt.toISOString(),
    ...deadlineOf(instance),
    priceFen: made.price_fen.toString(),
    askedFen: of.price_fen.toString(),
    productName: { zh: of.product_name_zh, en: of.product_name_en },
    title: of.title,
    allowed: await allowedFor(reader, offer, made.id, role),
    createdAt: made.created_at.toISOString(),
  };
}
