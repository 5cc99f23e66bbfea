/** Where an order's money ends: with the seller and the lines, or back with the buyer; and what becomes of the card. */
import { disencumber, setCustody } from '#cards';
import { DAY, type Fen, fen, HOUR, plus, type Tx, ZERO } from '#platform';
import { delayOf } from '#risk';
import { collect, createPayout, donate, mayGive, payDebts, refund, splitPayIn } from '#settlement';
import {
  buyersAccount,
  changeListing,
  changeOrder,
  type OrderStep,
  sellersAccount,
  takeListing,
  takeOrder,
} from './change.ts';
import { endListing } from './edit.ts';
import { type Order, saveOrder } from './order-store.ts';
import { standingOf } from './trust/standing.ts';

/** What of the money is not the buyer's; less than the lines of the order when a part went back. */
export interface Kept {
  readonly net: Fen;
  readonly fee: Fen;
  readonly charity: Fen;
  readonly tax: Fen;
  readonly premium: Fen;
}
const all = (order: Order): Kept => ({
  ...{ net: order.net_fen, fee: order.fee_fen, charity: order.charity_fen },
  ...{ tax: order.tax_fen, premium: order.premium_fen },
});

/** The step names its own amounts when only a part is kept; `kept` says the same to the institution. */
export async function settleOrder(
  tx: Tx,
  found: Order,
  step: OrderStep,
  part?: Kept,
): Promise<Order> {
  const { at } = step;
  const before = part ? found : await giftedOrNot(tx, found, at);
  const kept = part ?? all(before);
  const until = plus(at, before.guarantee_days * DAY);
  const after = await changeOrder(tx, before, {
    due: until,
    ...step,
    save: { ...step.save, confirmed_at: at, guarantee_until: until },
  });
  await payOut(tx, after, kept, at);
  await handOverCard(tx, after, at);
  const of = await takeListing(tx, after.listing_id);
  // A listing that was taken down meanwhile stays down; its order is none the worse for it.
  const record = { order: after.id };
  if (of.state === 'reserved')
    await changeListing(tx, of, { transition: 'sell', by: 'system', at, record });
  return after;
}

/** A charity whose licence ended meanwhile can take no gift: its share is the seller's then. */
async function giftedOrNot(tx: Tx, order: Order, at: Date): Promise<Order> {
  const { charity_id: id, charity_fen: gift } = order;
  if (id === null || gift === ZERO || (await mayGive(tx, id, at))) return order;
  await saveOrder(tx, order.id, { net_fen: order.net_fen + gift, charity_fen: ZERO });
  return await takeOrder(tx, order.id);
}

/** Our books have moved already; the institution is told the same, and people are promised their day. */
async function payOut(tx: Tx, order: Order, kept: Kept, at: Date): Promise<void> {
  const { id: subject, seller_id: userId, charity_id: charityId } = order;
  const shares = [
    { receiver: sellersAccount(order), role: 'payee' as const, amount: kept.net },
    { receiver: `CHARITY:${charityId}`, role: 'payee' as const, amount: kept.charity },
    { receiver: 'FEE', role: 'platform' as const, amount: kept.fee },
    { receiver: 'TAX', role: 'tax' as const, amount: kept.tax },
    { receiver: 'PREMIUM:house', role: 'insurer' as const, amount: kept.premium },
  ].filter(({ amount }) => amount > ZERO);
  await splitPayIn(tx, { subject: order.basket_id, key: subject, shares, at });
  if (kept.charity > ZERO && charityId !== null)
    await donate(tx, {
      ...{ subject, donorId: userId, charityId, amountFen: kept.charity, isPublic: false, at },
    });
  if (kept.net === ZERO) return;
  if (order.recycler_id !== null) {
    const from = sellersAccount(order);
    await payDebts(tx, { recyclerId: order.recycler_id, from, at });
    return;
  }
  // What the seller owes the reserve from an earlier sale is taken first.
  const owed = await collect(tx, { userId, availableFen: kept.net, at });
  const rest = fen(kept.net - owed);
  if (rest === ZERO) return;
  const { unlocks } = await standingOf(tx, userId, at);
  const usual = plus(at, unlocks.holdBackHours * HOUR);
  const { card_id: cardId, sku } = order;
  const wait = await delayOf(tx, { subject, userId, cardId, sku, amountFen: rest, at });
  const notBefore = wait && wait > usual ? wait : usual;
  await createPayout(tx, { userId, subject, amountFen: rest, cardId, at, notBefore });
}

/** The card is the buyer's now. */
async function handOverCard(tx: Tx, order: Order, at: Date): Promise<void> {
  const { card_id: cardId } = order;
  if (!cardId) return;
  const ref = order.delivery === 'vault' ? order.listing_id : order.id;
  await disencumber(tx, { cardId, ref, at });
  await setCustody(tx, { cardId, custody: 'buyer', at });
}

export interface Refunding {
  readonly step: OrderStep;
  /** Canonical code, or the name of what ran out. */
  readonly reason: string;
  /** What becomes of the listing: up again, down with a reason, or gone. */
  readonly fate: 'release' | 'suspend' | 'drop';
}

/** All of the money leaves escrow for the buyer, the way it came. */
export async function refundOrder(
  tx: Tx,
  before: Order,
  { step, reason, fate }: Refunding,
): Promise<Order> {
  const { at } = step;
  const after = await changeOrder(tx, before, {
    ...step,
    save: { ...step.save, refund_fen: before.total_fen, refund_reason: reason },
    ...(before.delivery === 'seller' &&
      before.card_id && {
        jobs: [{ task: 'market.let_go_ordered', payload: { orderId: before.id } }],
      }),
  });
  await giveMoneyBack(tx, after, { amountFen: after.total_fen, reason: ofOrder(after), at });
  await freeListing(tx, after, { fate, reason, at });
  return after;
}

/** Why a refund is made; the same reason again moves nothing. */
export const ofOrder = (order: Order): string => `order.${order.id}`;

export async function giveMoneyBack(
  tx: Tx,
  order: Order,
  { amountFen, reason, at }: { amountFen: Fen; reason: string; at: Date },
): Promise<void> {
  await refund(tx, {
    ...{ subject: order.basket_id, amountFen, at },
    from: buyersAccount(order),
    reason,
  });
}

/** What an order that is over leaves behind on the market. */
export async function freeListing(
  tx: Tx,
  order: Order,
  { fate, reason, at }: { fate: Refunding['fate']; reason: string; at: Date },
): Promise<void> {
  if (order.delivery === 'seller' && order.card_id)
    await disencumber(tx, { cardId: order.card_id, ref: order.id, at });
  const of = await takeListing(tx, order.listing_id);
  if (of.state !== 'reserved') return;
  const step = { by: 'system', at, record: { order: order.id, reason } } as const;
  if (fate === 'release') await changeListing(tx, of, { ...step, transition: 'release' });
  else if (fate === 'suspend')
    await changeListing(tx, of, {
      ...{ ...step, transition: 'suspend' },
      save: { suspended_reason: reason },
    });
  else await endListing(tx, of, { ...step, transition: 'drop' });
}
