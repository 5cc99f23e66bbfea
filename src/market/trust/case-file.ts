/** What the two sides of an order wrote to each other, for the file of a claim. */
import type { Keys, Reader } from '#platform';
import { findOrder } from '../order-store.ts';
import { threadForCase } from './messages.ts';

export interface Line {
  readonly from: 'buyer' | 'seller';
  readonly text: string;
  readonly at: Date;
}

/** Empty for what is no order of the market. What the platform told them is in the file's own history. */
export async function threadOfOrder(reader: Reader, keys: Keys, orderId: string): Promise<Line[]> {
  const order = await findOrder(reader, orderId);
  if (!order) return [];
  const sides = { orderId, buyerId: order.buyer_id, sellerId: order.seller_id };
  const thread = await threadForCase(reader, keys, sides);
  return thread.flatMap(({ from, text, at }) =>
    text !== undefined && (from === 'buyer' || from === 'seller') ? [{ from, text, at }] : [],
  );
}
