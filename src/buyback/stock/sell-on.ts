/** One card of the stock goes to the market, and comes back when that is undone: one promise on it at every moment. */
import { cardOf } from '#cards';
import { type Db, type Fen, inTransaction, Refused } from '#platform';
import { append } from '#record';
import { heldBy } from '../card.ts';
import { takeOrder } from '../change.ts';
import { type Order, saveOrder } from '../store.ts';
import type { Resale } from './stock.ts';

export interface SellOn {
  readonly recyclerId: string;
  readonly userId: string;
  readonly orderId: string;
  readonly at: Date;
}

/**
 * Refuses not_found for another's card, wrong_state before the sale is settled or while it is argued about,
 * already_revealed once somebody has seen the card, card_resold while it is up or after it was sold.
 */
export async function sellOn(
  db: Db,
  resale: Resale,
  { priceFen, ...who }: SellOn & { priceFen: Fen },
): Promise<void> {
  const { recyclerId, userId, orderId, at } = who;
  await inTransaction(db, async (tx) => {
    const order = ownOrder(await takeOrder(tx, orderId), recyclerId);
    const { card_id: cardId, card_last4: cardLast4 } = order;
    if (order.opened_at) throw new Refused('already_revealed');
    if (order.state !== 'settled' && order.state !== 'closed') throw new Refused('wrong_state');
    const card = cardId ? await cardOf(tx, cardId) : undefined;
    if (!cardId || !cardLast4 || card?.encumbrance?.ref !== orderId)
      throw new Refused('card_resold');
    const stock = { stockId: orderId, recyclerId, cardId, cardLast4, heldRef: heldBy(order) };
    const listingId = await resale.resell(
      tx,
      { ...stock, sku: order.sku, faceFen: order.face_fen, expiresOn: order.expires_on },
      { userId, priceFen, at },
    );
    await saveOrder(tx, orderId, { resale_id: listingId });
    const data = { listing: listingId, by: userId, priceFen: String(priceFen) };
    await append(tx, { subject: orderId, type: 'buyback.resold', data, at });
  });
}

/** Refuses wrong_state when nothing is up, or somebody is buying it. */
export async function takeOff(db: Db, resale: Resale, who: SellOn): Promise<void> {
  const { recyclerId, userId, orderId, at } = who;
  await inTransaction(db, async (tx) => {
    const order = ownOrder(await takeOrder(tx, orderId), recyclerId);
    if (order.resale_id === null) throw new Refused('wrong_state');
    await resale.unlist(tx, { listingId: order.resale_id, stockId: orderId, userId, at });
    const data = { listing: order.resale_id, by: userId };
    await append(tx, { subject: orderId, type: 'buyback.resale_undone', data, at });
  });
}

function ownOrder(order: Order, recyclerId: string): Order {
  if (order.recycler !== recyclerId) throw new Refused('not_found');
  return order;
}
