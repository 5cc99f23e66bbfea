/** Where an order's money ends: with the seller and the lines, or back with the buyer; and what becomes of the card. */
import { disencumber, setCustody } from '#cards';
import { DAY, type Fen, plus, type Tx, ZERO } from '#platform';
import { createPayout } from '#settlement';
import {
  buyersAccount,
  changeListing,
  changeOrder,
  type OrderStep,
  takeListing,
} from './change.ts';
import type { MarketDeps } from './deps.ts';
import { endListing } from './edit.ts';
import type { Order } from './order-store.ts';

/** `kept` is what the seller and the charity are owed when it is less than the whole. */
export async function settleOrder(
  tx: Tx,
  deps: MarketDeps,
  before: Order,
  step: OrderStep,
  kept: { netFen: Fen; charityFen: Fen } = {
    netFen: before.net_fen,
    charityFen: before.charity_fen,
  },
): Promise<Order> {
  const { at } = step;
  const until = plus(at, before.guarantee_days * DAY);
  const after = await changeOrder(tx, before, {
    due: until,
    ...step,
    save: { ...step.save, confirmed_at: at, guarantee_until: until },
  });
  const { id: subject, seller_id: userId, charity_id: charityId } = after;
  if (kept.netFen > ZERO) await createPayout(tx, { userId, subject, amountFen: kept.netFen, at });
  if (kept.charityFen > ZERO && charityId)
    await deps.money.recordGift(tx, {
      ...{ subject, donorId: userId, charityId, amountFen: kept.charityFen, at },
    });
  await handOverCard(tx, after, at);
  const of = await takeListing(tx, after.listing_id);
  // A listing that was taken down meanwhile stays down; its order is none the worse for it.
  if (of.state === 'reserved')
    await changeListing(tx, of, {
      transition: 'sell',
      by: 'system',
      at,
      record: { order: subject },
    });
  return after;
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
  deps: MarketDeps,
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
  await giveMoneyBack(tx, deps, after, { amountFen: after.total_fen, reason: ofOrder(after), at });
  await freeListing(tx, after, { fate, reason, at });
  return after;
}

/** Why a refund is made; the same reason again moves nothing. */
export const ofOrder = (order: Order): string => `order.${order.id}`;

export async function giveMoneyBack(
  tx: Tx,
  deps: MarketDeps,
  order: Order,
  { amountFen, reason, at }: { amountFen: Fen; reason: string; at: Date },
): Promise<void> {
  await deps.money.refund(tx, {
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
