/**
 * Several offers taken at once by the buyer's own transaction (`buyMany`): all of them or none. The house says which of them
 * can be had now, and gives their signatures to a buyer who may trade.
 */
import { requireRealName } from '#parties';
import { inTransaction, Refused, type Tx } from '#platform';
import type { ChainDeps } from './deps.ts';
import { balanceOfAddress, findHolding } from './log-store.ts';
import { isPromised } from './promise-store.ts';
import { findOrder, type SignedOrder, tokenBy } from './store.ts';
import { requireWallet } from './wallet.ts';

export interface Basket {
  readonly ready: readonly SignedOrder[];
  /** Sold, withdrawn or being settled meanwhile. */
  readonly gone: readonly string[];
}

/** Refusals: not_found, own_offer, not_admitted, money_short. */
export async function fillBasket(
  { db }: ChainDeps,
  of: { userId: string; walletId: string; ids: readonly string[]; at: Date },
): Promise<Basket> {
  const { userId, walletId, ids, at } = of;
  return await inTransaction(db, async (tx) => {
    await requireRealName(tx, userId);
    const wallet = await requireWallet(tx, { walletId, userId });
    const { admitted_until: until } = wallet;
    if (!until || until <= at) throw new Refused('not_admitted');
    const ready: SignedOrder[] = [];
    const gone: string[] = [];
    for (const id of new Set(ids)) {
      const order = await findOrder(tx, id);
      if (!order) throw new Refused('not_found');
      if (order.user_id === userId) throw new Refused('own_offer');
      if (await isToBeHad(tx, order, at)) ready.push(order);
      else gone.push(id);
    }
    const total = ready.reduce((sum, one) => sum + one.price_fen, 0n);
    if ((await balanceOfAddress(tx, wallet.address)) < total) throw new Refused('money_short');
    return { ready, gone };
  });
}

async function isToBeHad(tx: Tx, order: SignedOrder, at: Date): Promise<boolean> {
  if (order.state !== 'open' || order.deadline <= at) return false;
  // The contract sells several at once only where nobody has to be waited for.
  if (order.delivery !== 'vault') return false;
  const holding = await findHolding(tx, order.token_id);
  const token = await tokenBy(tx, order.token_id);
  const asSigned = holding?.owner === order.signer && holding.nonce === order.nonce;
  const free = holding?.state === 'ACTIVE' && token?.state === 'on_chain';
  return asSigned && free && !(await isPromised(tx, [order.token_id]));
}
