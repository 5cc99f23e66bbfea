/** Buying: listings are reserved for the first who asks, for fifteen minutes, and one payment covers the basket. */
import assert from 'node:assert/strict';
import { isRelated, requireRealName, sharesDevice } from '#parties';
import {
  canonicalJson,
  chinaDay,
  DAY,
  type Db,
  type Fen,
  inTransaction,
  isRefusal,
  newId,
  plus,
  type Reader,
  type Refusal,
  Refused,
  refuse,
  sum,
  type Tx,
  violated,
  yuan,
} from '#platform';
import { start } from '#process';
import { type Channel, closePayIn, openPayIn, sharesAccount } from '#settlement';
import { changeListing, changeOffer, changeOrder, takeOrder } from './change.ts';
import type { MarketDeps } from './deps.ts';
import { isGuaranteeOffered, type Lines, linesOf, type Policy } from './domain.ts';
import { wantPaid } from './find/want-move.ts';
import { isKeptFrom } from './find/want-store.ts';
import { marketOrder, PAY_MS } from './life.ts';
import {
  countUnpaid,
  findBasket,
  findOrder,
  insertBasket,
  insertOrder,
  lockBasket,
  lockOffer,
  type Offer,
  type Order,
  ordersOf,
} from './order-store.ts';
import { freeListing } from './settle.ts';
import { findListing, type Listing, lockListing, lockPersonsTurn, policyOn } from './store.ts';

/** Each unpaid order keeps a listing from everybody else. */
const UNPAID_MAX = 20;
/** People who shared a device this recently do not trade with one another. */
const DEVICE_MS = 90 * DAY;
export const SHIP_TO = 'market.ship_to';

export interface Wanted {
  readonly listingId: string;
  readonly maxPriceFen: Fen;
  readonly offerId?: string | undefined;
  readonly guaranteeDays?: number | undefined;
}
export interface ShipTo {
  readonly name: string;
  readonly phone: string;
  readonly address: string;
}
export interface BuyInput {
  readonly userId: string;
  readonly items: readonly Wanted[];
  readonly fill: 'all' | 'partial';
  readonly channel: Channel;
  readonly shipTo?: ShipTo | undefined;
  readonly at: Date;
}
export interface Bought {
  readonly basketId: string;
  readonly orders: readonly Order[];
  readonly leftOut: readonly { listingId: string; code: string }[];
}

/**
 * Refuses the first item that cannot be had (all), or only when none can (partial). Of any number of buyers of one
 * listing exactly one gets past the lock of its row; the unique index of live orders stands behind it.
 */
export async function buy(deps: MarketDeps, input: BuyInput): Promise<Bought> {
  const ids = new Set(input.items.map(({ listingId }) => listingId));
  if (ids.size !== input.items.length) throw new Refused('invalid_input');
  await refuseEarly(deps.db, input);
  try {
    return await inTransaction(deps.db, (tx) => place(tx, deps, input));
  } catch (error) {
    if (violated(error) === 'order_one_live') throw new Refused('listing_taken');
    throw error;
  }
}

/** The crowd that comes too late is sent away without waiting for the lock. */
async function refuseEarly(reader: Reader, { items, fill }: BuyInput): Promise<void> {
  if (fill === 'partial' || items.length > 1) return;
  const [one] = items;
  const seen = one && (await findListing(reader, one.listingId));
  const no = seen && notOnSale(seen);
  if (no) throw new Refused(no);
}

interface Item {
  readonly wanted: Wanted;
  readonly of: Listing;
  readonly offer: Offer | undefined;
  readonly lines: Lines;
  readonly guaranteeDays: number;
}

async function place(tx: Tx, deps: MarketDeps, input: BuyInput): Promise<Bought> {
  const { userId, at } = input;
  await requireRealName(tx, userId);
  await lockPersonsTurn(tx, userId);
  if ((await countUnpaid(tx, userId)) + input.items.length > UNPAID_MAX)
    throw new Refused('too_many_unpaid', { max: UNPAID_MAX });
  const policy = await policyOn(tx, chinaDay(at));
  const found = new Map<string, Item | Refusal>();
  // Always in the order of their ids, or two baskets could wait for one another.
  for (const wanted of input.items.toSorted((a, b) => (a.listingId < b.listingId ? -1 : 1)))
    found.set(wanted.listingId, await check(tx, policy, input, wanted));
  const { items, leftOut } = sortOut(input, found);
  const basketId = newId(at);
  const total = sum(items.map(({ lines }) => lines.total));
  const payBy = plus(at, PAY_MS);
  await insertBasket(tx, {
    ...{ id: basketId, buyer_id: userId, fill: input.fill, channel: input.channel },
    ...{ total_fen: total, created_at: at, pay_by: payBy },
  });
  for (const item of items) await reserve(tx, deps, input, { item, basketId, policy });
  await openPayIn(tx, {
    ...{ subject: basketId, payerId: userId, amountFen: total, channel: input.channel },
    ...{ at, expiresAt: payBy },
  });
  return { basketId, orders: await ordersOf(tx, basketId), leftOut };
}

/** What is bought and what is left out, in the buyer's order; throws when the buyer would rather have nothing. */
function sortOut(
  { items: wanted, fill }: BuyInput,
  found: ReadonlyMap<string, Item | Refusal>,
): { items: Item[]; leftOut: { listingId: string; code: string }[] } {
  const items: Item[] = [];
  const leftOut: { listingId: string; code: string }[] = [];
  for (const [index, { listingId }] of wanted.entries()) {
    const one = found.get(listingId);
    assert(one, 'every item was looked at');
    if (!isRefusal(one)) items.push(one);
    else if (wanted.length === 1) throw new Refused(one);
    else if (fill === 'all')
      throw new Refused('basket_incomplete', { position: index + 1, code: one.code });
    else leftOut.push({ listingId, code: one.code });
  }
  if (items.length === 0)
    throw new Refused('basket_incomplete', { position: 1, code: leftOut[0]?.code ?? '' });
  return { items, leftOut };
}

function notOnSale(of: Listing): Refusal | undefined {
  if (of.state === 'live') return undefined;
  if (of.state === 'reserved') return refuse('listing_taken');
  return refuse(of.state === 'draft' || of.state === 'checking' ? 'not_found' : 'listing_gone');
}

/** Locks the listing and says what keeps this buyer from it; nothing is written yet. */
async function check(
  tx: Tx,
  policy: Policy,
  { userId, shipTo, at }: BuyInput,
  wanted: Wanted,
): Promise<Item | Refusal> {
  const of = await lockListing(tx, wanted.listingId);
  if (!of) return refuse('not_found');
  const gone = notOnSale(of);
  if (gone) return gone;
  if (of.ends_at && at >= of.ends_at) return refuse('listing_gone');
  const related =
    (await notAStranger(tx, { buyer: userId, seller: of.seller_id, at })) ??
    (await ofTheShop(tx, of, userId));
  if (related) return related;
  if (await isKeptFrom(tx, { listingId: of.id, buyerId: userId })) return refuse('listing_kept');
  const offer = await agreedOffer(tx, wanted, userId);
  if (offer && isRefusal(offer)) return offer;
  const price = offer?.price_fen ?? of.price_fen;
  if (price > wanted.maxPriceFen)
    return refuse('price_changed', { priceYuan: yuan(price).slice(1) });
  const guaranteeDays = wanted.guaranteeDays ?? policy.guaranteeDays;
  if (!isGuaranteeOffered(policy, guaranteeDays)) return refuse('guarantee_not_offered');
  if (of.delivery === 'mail' && !shipTo) return refuse('ship_to_needed');
  const lines = linesOf(price, policy, { charityBps: of.charity_bps, guaranteeDays });
  return { wanted, of, offer, lines, guaranteeDays };
}

/** One real name is one account already; a device or a payout account in common is as good as one person. */
export async function notAStranger(
  reader: Reader,
  { buyer, seller, at }: { buyer: string; seller: string; at: Date },
): Promise<Refusal | undefined> {
  if (buyer === seller) return refuse('own_listing');
  const pair = { one: buyer, other: seller };
  if (await sharesAccount(reader, pair)) return refuse('related_parties');
  if (await sharesDevice(reader, { ...pair, since: plus(at, -DEVICE_MS) }))
    return refuse('related_parties');
  return undefined;
}

/** Nobody buys from a shop of one's own. */
async function ofTheShop(
  reader: Reader,
  { recycler_id: recyclerId }: Listing,
  userId: string,
): Promise<Refusal | undefined> {
  const isOne = recyclerId !== null && (await isRelated(reader, { recyclerId, userId }));
  return isOne ? refuse('related_parties') : undefined;
}

async function agreedOffer(
  tx: Tx,
  { offerId, listingId }: Wanted,
  buyerId: string,
): Promise<Offer | Refusal | undefined> {
  if (offerId === undefined) return undefined;
  const offer = await lockOffer(tx, offerId);
  if (offer?.buyer_id !== buyerId || offer.listing_id !== listingId) return refuse('not_found');
  return offer.state === 'agreed' ? offer : refuse('wrong_state', { state: offer.state });
}

async function reserve(
  tx: Tx,
  { keys }: MarketDeps,
  { userId, shipTo, at }: BuyInput,
  { item, basketId, policy }: { item: Item; basketId: string; policy: Policy },
): Promise<void> {
  const { of, lines, offer, guaranteeDays } = item;
  const id = newId(at);
  await insertOrder(tx, {
    ...{ id, basket_id: basketId, listing_id: of.id, buyer_id: userId, seller_id: of.seller_id },
    ...{ state: marketOrder.initial, sku: of.sku, delivery: of.delivery, created_at: at },
    ...{ face_fen: of.face_fen, promised_fen: of.declared_fen, offer_id: offer?.id ?? null },
    ...{ price_fen: lines.price, fee_fen: lines.fee, tax_fen: lines.tax, net_fen: lines.net },
    ...{ charity_fen: lines.charity, charity_id: of.charity_id },
    ...{ premium_fen: lines.premium, total_fen: lines.total },
    ...{ policy_version: policy.version, cap_bps: policy.capBps, guarantee_days: guaranteeDays },
    card_id: of.delivery === 'vault' ? of.card_id : null,
    ...{ recycler_id: of.recycler_id, held_ref: of.held_ref },
    ship_to:
      of.delivery === 'mail' && shipTo ? keys.seal(SHIP_TO, canonicalJson(shipTo), id) : null,
  });
  await start(tx, marketOrder, {
    ...{ id, at, by: 'buyer', actor: userId },
    record: {
      ...{ basket: basketId, listing: of.id, policy: policy.version },
      ...{ priceFen: String(lines.price), feeFen: String(lines.fee), netFen: String(lines.net) },
    },
  });
  const step = { by: 'buyer', actor: userId, at, record: { order: id } } as const;
  await changeListing(tx, of, { ...step, transition: 'reserve' });
  if (offer) await changeOffer(tx, offer, { ...step, transition: 'order', save: { order_id: id } });
}

/**
 * Settlement says that the money for a basket is here. `late`: somebody has called it off, or time has, or it is
 * another sum; then all of it goes back the way it came. `from` is the account where the money stands.
 */
export async function paidIn(
  tx: Tx,
  paid: { subject: string; amountFen: Fen; at: Date; from: string },
): Promise<'taken' | 'late'> {
  const { subject, amountFen, at, from } = paid;
  const orders = await lockBasket(tx, subject);
  const basket = await findBasket(tx, subject);
  const open = orders.every(({ state }) => state === 'placed');
  if (!basket || !open || at >= basket.pay_by || amountFen !== basket.total_fen) {
    // What the clock has not got to yet is over too: the buyer's money is not waited for.
    for (const order of orders)
      if (order.state === 'placed') await callOffOne(tx, order, { by: 'system', at });
    return 'late';
  }
  for (const order of orders) {
    const isReady = order.delivery === 'vault';
    await changeOrder(tx, order, {
      ...{ transition: isReady ? 'pay' : 'pay_first', by: 'system', at },
      accounts: { BUYER_IN: from },
      save: { paid_at: at, ...(isReady && { ready_at: at }) },
    });
    if (order.offer_id !== null) await wantPaid(tx, order.offer_id, at);
  }
  return 'taken';
}

/** The buyer changes their mind before paying: one payment, so the whole basket. */
export async function callOff(
  db: Db,
  { orderId, userId, at }: { orderId: string; userId: string; at: Date },
): Promise<Order> {
  return await inTransaction(db, async (tx) => {
    // Looked at first: the payment is locked before its orders, as where a payment comes in.
    const seen = await findOrder(tx, orderId);
    if (seen?.buyer_id !== userId) throw new Refused('not_found');
    await closePayIn(tx, { subject: seen.basket_id, at });
    for (const order of await lockBasket(tx, seen.basket_id))
      await callOffOne(tx, order, { by: 'buyer', actor: userId, at });
    return await takeOrder(tx, orderId);
  });
}

/** Nothing will be paid any more: what waited for it is free again. */
export async function payInClosed(
  tx: Tx,
  { subject, at }: { subject: string; at: Date },
): Promise<void> {
  for (const order of await lockBasket(tx, subject))
    if (order.state === 'placed') await callOffOne(tx, order, { by: 'system', at });
}

async function callOffOne(
  tx: Tx,
  order: Order,
  who: { by: 'buyer' | 'system'; actor?: string; at: Date },
): Promise<void> {
  const after = await changeOrder(tx, order, { ...who, transition: 'call_off' });
  await freeListing(tx, after, { fate: 'release', reason: 'CALLED_OFF', at: who.at });
}
