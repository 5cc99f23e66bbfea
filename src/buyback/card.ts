/** What becomes of the card when its order ends without a sale: free again at the issuer, shredded here. */
import { disencumber, type IssuerDeps, releaseAtIssuer, returnCard, unlockAtIssuer } from '#cards';
import { inTransaction, type Payload, type Tx } from '#platform';
import { findOrder, type Order } from './store.ts';

/** The issuer is told after the commit; until then its lock only keeps the card safe. */
export const letGo = (order: Order): { task: string; payload: Payload } => ({
  task: 'buyback.let_go',
  payload: { orderId: order.id },
});

/** The promise on the card ends with the order. */
export async function freeCard(tx: Tx, order: Order, at: Date): Promise<void> {
  if (order.card_id) await disencumber(tx, { cardId: order.card_id, ref: order.id, at });
}

/**
 * Each check of a card has a cause of its own at the issuer: the first, and one after each accepted new quote. A card
 * won at auction was checked and locked for the auction.
 */
export const checkRef = ({ id, auction_id }: Order, check: number): string =>
  check === 1 ? (auction_id ?? id) : `${id}/${check}`;
/** The cause that holds the card at its issuer now. */
export const heldBy = (order: Order): string => checkRef(order, order.checks);

/**
 * Gives up the locks at the issuer, then shreds our copy of the secret. Safe to run again. A card that the issuer
 * cannot give back stays sealed, and the job fails in plain view: only a person can make that good.
 */
export async function letCardGo(deps: IssuerDeps, orderId: string, at: Date): Promise<void> {
  const order = await findOrder(deps.db, orderId);
  const cardId = order?.card_id;
  if (!cardId) return;
  for (let check = order.checks; check > 0; check--) {
    const ref = checkRef(order, check);
    const { released, code } = await releaseAtIssuer(deps, { cardId, ref, at });
    if (code === 'card_stopped') return;
    if (!released) throw new Error(`the issuer did not give the card back: ${code ?? 'unknown'}`);
  }
  await inTransaction(deps.db, (tx) => returnCard(tx, { cardId, ref: orderId, at }));
}

/** The recycler has paid and seen the secret: our lock no longer keeps it from spending the card. Safe to run again. */
export async function unlock(deps: IssuerDeps, orderId: string, at: Date): Promise<void> {
  const order = await findOrder(deps.db, orderId);
  if (!order?.card_id) return;
  const ref = heldBy(order);
  await unlockAtIssuer(deps, { cardId: order.card_id, ref, at });
}
