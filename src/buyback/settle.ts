/** The money leaves escrow: the seller's part becomes payable and its payout is promised in the same commit. */
import { noteDeed, noteSettled } from '#parties';
import { type Fen, fen, type Reader, type Tx, ZERO } from '#platform';
import { delayOf } from '#risk';
import { createPayout, type PayoutFacts, payoutOf } from '#settlement';
import { type Change, change } from './change.ts';
import { recyclerNews } from './news.ts';
import type { Order } from './store.ts';

/** Name of the payout of what is left after a clawback. */
export const REST = 'rest';

/**
 * The payout is written first, since FEE is every sale's account and is locked from the first posting to the commit.
 * `part` is what the seller is owed when it is less than the whole net.
 */
export async function settle(tx: Tx, order: Order, step: Change, part?: Fen): Promise<Order> {
  const owed = part ?? order.net_fen;
  await countFor(tx, order, { refundFen: step.amounts?.refund ?? ZERO, at: step.at });
  if (owed > ZERO) {
    const { id: subject, user_id: userId, card_id: cardId, sku } = order;
    const sale = { subject, userId, amountFen: owed, at: step.at };
    const notBefore = await delayOf(tx, { ...sale, cardId, sku });
    await createPayout(tx, { ...sale, cardId, ...(notBefore && { notBefore }) });
  }
  return await change(tx, order, { ...step, save: { ...step.save, settled_at: step.at } });
}

/** What a recycler settled raises its cap, and is the volume beside which its wrongs are weighed. */
async function countFor(
  tx: Tx,
  { id: subject, recycler: recyclerId, price_fen: price }: Order,
  { refundFen, at }: { refundFen: Fen; at: Date },
): Promise<void> {
  const amountFen = fen(price - refundFen);
  await noteSettled(tx, { recyclerId, amountFen, at });
  const deed = { recyclerId, kind: 'settled', subject, value: amountFen } as const;
  await noteDeed(tx, { ...deed, at, news: recyclerNews });
}

/** The payout that counts: after a clawback it is the one of the rest. */
export const paymentOf = async (
  reader: Reader,
  orderId: string,
): Promise<PayoutFacts | undefined> =>
  (await payoutOf(reader, orderId, REST)) ?? (await payoutOf(reader, orderId));
