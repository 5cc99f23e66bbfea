/** The seller of a payout that waits proves again who they are: it joins the next cut-off. */
import { type Db, inTransaction } from '#platform';
import { proveSale } from '#risk';
import { hastenPayout } from '#settlement';
import { takeOrder } from './change.ts';

/** The fresh second factor is the route's. Refuses `not_found`, `wrong_state`. */
export async function provePayout(
  db: Db,
  proved: { subject: string; userId: string; at: Date },
): Promise<void> {
  const { subject, userId, at } = proved;
  await inTransaction(db, async (tx) => {
    await takeOrder(tx, subject, userId);
    await proveSale(tx, proved);
    await hastenPayout(tx, { subject, at, actor: userId });
  });
}
