/** The card holds another balance than promised: a new signed quote, which the seller may decline. */
import assert from 'node:assert/strict';
import { HOUSE, retakeBid, untakeBid } from '#auctions';
import { findProduct } from '#cards';
import { type Db, type Fen, fen, inTransaction, type Keys, Refused, type Tx } from '#platform';
import { acceptQuote, findQuote, issueQuote } from '#pricing';
import { orBuyerGone } from './accept.ts';
import { freeCard, letGo } from './card.ts';
import { change, takeOrder } from './change.ts';
import { holdQuote, type Order } from './store.ts';

export interface RequoteInput {
  balance: Fen;
  /** As the issuer knows it, where that is earlier than declared. */
  expiresOn: string | undefined;
  found: {
    verification_code: string;
    grade: string | null;
    balance_fen: Fen | null;
    verified_at: Date;
  };
  record: Record<string, string>;
  who: { by: 'system' | 'operator'; actor?: string; at: Date };
}

/**
 * The old reservation ends with the old price. A price below the floor is offered all the same and says so: the
 * card is here, and only its seller knows whether to wait for a better hour.
 */
export async function requote(
  tx: Tx,
  keys: Keys,
  order: Order,
  input: RequoteInput,
): Promise<void> {
  const { balance, expiresOn = order.expires_on, found, record, who } = input;
  const product = await findProduct(tx, order.sku);
  assert(product, 'an accepted order has a known product');
  const quote = await issueQuote(tx, {
    keys,
    product,
    faceFen: balance,
    expiresOn,
    at: who.at,
    ...(order.quote_id !== null && { replaces: order.quote_id }),
  });
  await holdQuote(tx, quote.quoteId, order.user_id);
  await change(tx, order, {
    transition: 'requote',
    ...who,
    record: { ...record, balanceFen: balance.toString(), quote: quote.quoteId },
    save: { ...found, requote_id: quote.quoteId },
  });
}

export interface AnswerInput {
  orderId: string;
  userId: string;
  at: Date;
}

/** Refuses buyer_gone as well. From here on the new price is the promise; the card is checked once more, since nobody held it meanwhile. */
export async function acceptRequote(db: Db, keys: Keys, input: AnswerInput): Promise<Order> {
  const { orderId, userId, at } = input;
  return await inTransaction(db, async (tx) => {
    const order = await takeOrder(tx, orderId, userId);
    if (order.state !== 'requoted') throw new Refused('wrong_state');
    const offer = order.requote_id && (await findQuote(tx, order.requote_id));
    assert(offer, 'a requoted order has its new quote');
    const { quoteId, signature } = offer;
    const quote = await acceptQuote(tx, { keys, quoteId, signature, at });
    const net = fen(BigInt(quote.netFen));
    const fees = fen(BigInt(quote.feesFen));
    const price = fen(net + fees);
    // The card may have fallen out of the bid's range: then the platform itself buys.
    const recycler = quote.buyer?.id ?? HOUSE;
    if (recycler === order.recycler) await retakeBid(tx, { orderId, priceFen: price });
    else await untakeBid(tx, { orderId, at });
    const agreed = {
      transition: 'accept_requote',
      by: 'seller',
      actor: userId,
      at,
      record: { quote: quoteId, priceFen: String(price), netFen: String(net), buyer: recycler },
      jobs: [{ task: 'buyback.verify', payload: { orderId } }],
      save: {
        recycler,
        net_fen: net,
        fees_fen: fees,
        price_fen: price,
        face_fen: BigInt(quote.faceFen),
        expires_on: quote.expiresOn,
        checks: order.checks + 1,
        waits: 0,
      },
    } as const;
    return await orBuyerGone(recycler, () => change(tx, order, agreed));
  });
}

export async function declineRequote(db: Db, input: AnswerInput): Promise<Order> {
  const { orderId, userId, at } = input;
  return await inTransaction(db, async (tx) => {
    const order = await takeOrder(tx, orderId, userId);
    const after = await change(tx, order, {
      transition: 'decline_requote',
      by: 'seller',
      actor: userId,
      at,
      jobs: [letGo(order)],
    });
    await freeCard(tx, order, at);
    return after;
  });
}
