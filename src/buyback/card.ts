/** What becomes of the card when its order ends without a sale: free again at the issuer and in the vault. */
import { disencumber, type IssuerDeps, releaseAtIssuer, returnCard } from '#cards';
import type { Payload, Tx } from '#platform';
import { findOrder, type Order } from './store.ts';

/** The issuer is told after the commit; until then its lock only keeps the card safe. */
export const letGo = (order: Order): { task: string; payload: Payload } => ({
  task: 'buyback.let_go',
  payload: { orderId: order.id },
});

/** The promise ends and the secret is shredded: the seller still has the card, we have nothing of it. */
export async function freeCard(tx: Tx, order: Order, at: Date): Promise<void> {
  if (!order.card_id) return;
  await disencumber(tx, { cardId: order.card_id, ref: order.id, at });
}

/** Gives up the lock at the issuer, then shreds our copy of the secret. Safe to run again. */
export async function letCardGo(deps: IssuerDeps, orderId: string, at: Date): Promise<void> {
  const order = await findOrder(deps.db, orderId);
  if (!order?.card_id) return;
  await releaseAtIssuer(deps, { cardId: order.card_id, ref: order.id, at });
  await returnCard(deps, { cardId: order.card_id, ref: order.id, at });
}
