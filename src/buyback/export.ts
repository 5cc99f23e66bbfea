/** What this room holds on a person, for their export. */
import type { Reader } from '#platform';
import { listOrders } from './store.ts';

const ORDERS_MAX = 10_000;

export async function exportOrders(reader: Reader, userId: string): Promise<unknown> {
  const orders = await listOrders(reader, { userId, limit: ORDERS_MAX });
  return orders.map((order) => ({
    id: order.id,
    state: order.state,
    sku: order.sku,
    faceFen: order.face_fen.toString(),
    netFen: order.net_fen.toString(),
    cardLast4: order.card_last4,
    verification: order.verification_code,
    createdAt: order.created_at.toISOString(),
    settledAt: order.settled_at?.toISOString() ?? null,
  }));
}
