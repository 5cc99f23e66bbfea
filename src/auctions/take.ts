/** A seller said yes to a quote that a standing bid backs: the bid buys this card, or says honestly that it cannot. */
import { chinaDay, type Fen, fen, notify, Refused, type Tx } from '#platform';
import { bookTopic } from './bid.ts';
import { nextRate, priceAtRate } from './domain.ts';
import { tellIfUsedUp } from './notices.ts';
import type { Recyclers } from './recyclers.ts';
import { insertTake, lockBid, repriceTake, takenOn, undoTake } from './store.ts';

export interface TakeInput {
  readonly bidId: string;
  readonly orderId: string;
  readonly sellerId: string;
  readonly faceFen: Fen;
  /** As the quote promised it. */
  readonly rateBps: number;
  readonly at: Date;
}

/**
 * Locks the bid, so that a stop and another sale wait for this one. Refuses buyer_gone (stopped, suspended, the step
 * or the day used up), own_card when buyer and seller are one. The money is held by the order, in the same transaction.
 */
export async function takeBid(tx: Tx, recyclers: Recyclers, input: TakeInput): Promise<void> {
  const { bidId, orderId, sellerId, faceFen, rateBps, at } = input;
  const bid = await lockBid(tx, bidId);
  if (!bid?.active) throw new Refused('buyer_gone');
  const { recyclerId, terms } = bid;
  await requireAble(tx, recyclers, { recyclerId, at });
  if (await recyclers.isRelated(tx, { recyclerId, userId: sellerId }))
    throw new Refused('own_card');
  const day = chinaDay(at);
  const today = (await takenOn(tx, { bidIds: [bidId], day })).get(bidId);
  const priceFen = priceAtRate(faceFen, rateBps);
  // Two quotes may have promised the last card of one step: the curve is kept, and the second asks again.
  const rate = nextRate(terms.curve, today?.cards ?? 0);
  const spent = today?.fen ?? fen(0);
  if (rate === undefined || rate < rateBps || spent + priceFen > terms.dailyBudgetFen)
    throw new Refused('buyer_gone');
  await insertTake(tx, { orderId, bidId, day, priceFen, at });
  await tellIfUsedUp(tx, recyclers, { bid, at });
  notify(tx, bookTopic(terms.sku));
}

async function requireAble(
  tx: Tx,
  recyclers: Recyclers,
  who: { recyclerId: string; at: Date },
): Promise<void> {
  try {
    await recyclers.requireBidder(tx, who);
  } catch (error) {
    if (error instanceof Refused) throw new Refused('buyer_gone');
    throw error;
  }
}

/** The card held another balance and the seller agreed: the bid pays the same share of it. */
export const retakeBid = async (tx: Tx, again: { orderId: string; priceFen: Fen }): Promise<void> =>
  await repriceTake(tx, again);

/** The sale ended without the card: it no longer counts against the day. Harmless for a sale that no bid backed. */
export const untakeBid = async (tx: Tx, ended: { orderId: string; at: Date }): Promise<void> =>
  await undoTake(tx, ended);
