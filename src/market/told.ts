/** A card on the market that somebody tells is bad: it comes down, and a buyer who has not seen it gets the money back. */
import { type CardTold, TOLD_CODES } from '#cards';
import { sendSms } from '#parties';
import { addJob, type Tx } from '#platform';
import { closePayIn } from '#settlement';
import { payInClosed } from './buy.ts';
import { changeListing, takeListing } from './change.ts';
import { findOrder, lockOrder, type Order, orderOfListing } from './order-store.ts';
import { refundOrder } from './settle.ts';
import { findListing } from './store.ts';

const UNSEEN: readonly string[] = ['ready', 'probing', 'proven'];
const UP: readonly string[] = ['live', 'paused'];

export async function stopListed(tx: Tx, told: CardTold): Promise<void> {
  const { promise, reason, at } = told;
  const order = await orderUnder(tx, promise);
  if (order) await stopOrder(tx, order, told);
  if (promise.kind !== 'listing' || !(await findListing(tx, promise.ref))) return;
  const listing = await takeListing(tx, promise.ref);
  const isChecking = listing.state === 'checking';
  if (!isChecking && !UP.includes(listing.state)) return;
  await changeListing(tx, listing, {
    ...{ transition: isChecking ? 'turn_down' : 'suspend', by: 'system', at, record: { reason } },
    save: { suspended_reason: TOLD_CODES[reason] },
  });
  const params = { product: listing.product_name_zh };
  await sendSms(tx, {
    ...{ userId: listing.seller_id, template: 'listing_stopped', params, at },
  });
}

/** The order that the card was promised to, or that has its listing. */
const orderUnder = async (
  tx: Tx,
  { kind, ref }: CardTold['promise'],
): Promise<Order | undefined> =>
  kind === 'listing'
    ? await orderOfListing(tx, ref)
    : kind === 'order'
      ? await findOrder(tx, ref)
      : undefined;

async function stopOrder(tx: Tx, seen: Order, { reason, at }: CardTold): Promise<void> {
  // One payment for the whole basket: the payment is locked before its orders.
  if (seen.state === 'placed') {
    await closePayIn(tx, { subject: seen.basket_id, at });
    await payInClosed(tx, { subject: seen.basket_id, at });
    return;
  }
  const order = await lockOrder(tx, seen.id);
  if (!order || !UNSEEN.includes(order.state)) return;
  await refundOrder(tx, order, {
    step: { transition: 'stop', by: 'system', at, record: { reason } },
    ...{ reason: TOLD_CODES[reason], fate: 'suspend' },
  });
}

const NOT_SOLD: readonly string[] = ['refunded', 'cancelled'];

/** The notice was lifted: a card that did not sell goes back now. */
export async function freeListed(tx: Tx, { refs }: { refs: readonly string[] }): Promise<void> {
  for (const ref of refs) {
    const listing = await findListing(tx, ref);
    if (listing?.card_back === 'pending') await addJob(tx, 'market.let_go', { listingId: ref });
    const order = await findOrder(tx, ref);
    if (order && NOT_SOLD.includes(order.state))
      await addJob(tx, 'market.let_go_ordered', { orderId: ref });
  }
}
