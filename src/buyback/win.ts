/** A card that was won at auction: from the winner's money on it takes the one way that every bought card takes. */
import type { AuctionHouse } from '#auctions';
import { disencumber, encumber } from '#cards';
import { fen, newId, type Reader, type Tx } from '#platform';
import { start } from '#process';
import { accountsOf, change } from './change.ts';
import { settleDue } from './domain.ts';
import { buyback } from './life.ts';
import { mayReveal } from './reveal.ts';
import { findOrder, findWon, insertOrder } from './store.ts';

type Win = Parameters<AuctionHouse['fulfil']>[1];

/** The auction's promise on the card becomes the order's, and its price is paid in. Refuses insufficient_funds. */
export async function fulfilWin(tx: Tx, win: Win): Promise<string> {
  const { auctionId, sellerId: userId, recyclerId: recycler, cardId, at } = win;
  const { priceFen: price, feesFen: fees } = win;
  const id = newId(at);
  const order = await insertOrder(tx, {
    ...{ id, user_id: userId, recycler, state: 'accepted', auction_id: auctionId },
    ...{ sku: win.sku, face_fen: win.faceFen, expires_on: win.expiresOn, created_at: at },
    ...{ price_fen: price, net_fen: fen(price - fees), fees_fen: fees },
    ...{ card_id: cardId, card_last4: win.cardLast4, balance_fen: win.faceFen },
    ...{ verification_code: 'OK', grade: win.grade, verified_at: at },
  });
  await disencumber(tx, { cardId, ref: auctionId, at });
  await encumber(tx, { cardId, kind: 'order', ref: id, at });
  await start(tx, buyback, {
    ...{ id, at, by: 'seller', actor: userId },
    accounts: accountsOf({ id, user_id: userId, recycler }),
    amounts: { price },
    record: { auction: auctionId, priceFen: String(price), buyer: recycler },
  });
  const due = settleDue(win.grade, at);
  await change(tx, order, { transition: 'win', by: 'system', at, due });
  return id;
}

export async function orderOfWin(
  reader: Reader,
  auctionId: string,
): Promise<{ orderId: string; mayReveal: boolean } | undefined> {
  const orderId = await findWon(reader, auctionId);
  const order = orderId && (await findOrder(reader, orderId));
  return order ? { orderId, mayReveal: mayReveal(order) } : undefined;
}
