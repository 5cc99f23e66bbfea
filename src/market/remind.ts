/** Buyers are reminded before the clock confirms for them: once for each end of their inspection. */
import { type Db, HOUR, inTransaction, plus } from '#platform';
import { tellBeforeConfirm } from './notices.ts';
import { lockEnding, saveOrder } from './order-store.ts';

/** Early enough to try the card, and late enough not to nag who is still trying it. */
export const REMIND_MS = 4 * HOUR;
const BATCH = 100;

/** Cheap when nothing is due; safe to run side by side. */
export async function remindBuyers(db: Db, at: Date): Promise<number> {
  return await inTransaction(db, async (tx) => {
    const orders = await lockEnding(tx, { from: at, until: plus(at, REMIND_MS), limit: BATCH });
    for (const order of orders) {
      await saveOrder(tx, order.id, { reminded_at: at });
      await tellBeforeConfirm(tx, order, at);
    }
    return orders.length;
  });
}
