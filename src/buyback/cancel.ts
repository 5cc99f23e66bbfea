/** The seller changes their mind before the card is handed over. */
import { type Db, inTransaction } from '#platform';
import { change, takeOrder } from './change.ts';
import type { Order } from './store.ts';

export async function cancel(
  db: Db,
  { orderId, userId, at }: { orderId: string; userId: string; at: Date },
): Promise<Order> {
  return await inTransaction(
    db,
    async (tx) =>
      await change(tx, await takeOrder(tx, orderId, userId), {
        transition: 'cancel',
        by: 'seller',
        actor: userId,
        at,
      }),
  );
}
