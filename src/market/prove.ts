/** The seller of a payout that waits proves again who they are: it joins the next cut-off. */
import { type Db, inTransaction } from '#platform';
import { proveSale } from '#risk';
import { hastenPayout } from '#settlement';
import { takeOrder } from './change.ts';
import type { Order } from './order-store.ts';

/** The fresh second factor is the route's. Refuses `not_found`, `wrong_state`. */
export async function provePayout(
  db: Db,
  proved: { subject: string; userId: string; at: Date },
): Promise<Order> {
  const { subject, userId, at } = proved;
  return await inTransaction(db, async (tx) => {
    const order = await takeOrder(tx, subject, { sellerId: userId });
    await proveSale(tx, proved);
    await hastenPayout(tx, { subject, at, actor: userId });
    return order;
  });
}
