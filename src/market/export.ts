/** What this room holds on a person, for their export, and whether anything of theirs is still open. */
import type { Reader } from '#platform';
import { listSaved } from './find/alerts.ts';
import { listWants } from './find/wants.ts';
import { anyOrders, listOffers, listOrders, type Order } from './order-store.ts';
import { anyListed, listListings } from './store.ts';

const ROWS_MAX = 10_000;

export async function exportMarket(reader: Reader, userId: string): Promise<unknown> {
  const listings = await listListings(reader, { sellerId: userId, limit: ROWS_MAX });
  const bought = await listOrders(reader, { buyerId: userId, limit: ROWS_MAX });
  const sold = await listOrders(reader, { sellerId: userId, limit: ROWS_MAX });
  const offers = await listOffers(reader, { buyerId: userId, limit: ROWS_MAX });
  return {
    listings: listings.map((of) => ({
      ...{ id: of.id, state: of.state, sku: of.sku, title: of.title, note: of.note },
      ...{ faceFen: of.face_fen.toString(), priceFen: of.price_fen.toString() },
      ...{ cardLast4: of.card_last4, createdAt: of.created_at.toISOString() },
    })),
    bought: bought.map((order) => ({ ...summary(order), paidFen: order.total_fen.toString() })),
    sold: sold.map((order) => ({ ...summary(order), netFen: order.net_fen.toString() })),
    offers: offers.map((made) => ({
      ...{ id: made.id, state: made.state, priceFen: made.price_fen.toString() },
      createdAt: made.created_at.toISOString(),
    })),
    searches: await listSaved(reader, userId),
    wants: (await listWants(reader, { buyerId: userId, limit: ROWS_MAX })).map((wish) => ({
      ...{ id: wish.id, state: wish.state, sku: wish.sku, category: wish.category },
      ...{ wished: wish.wished, bought: wish.bought, maxBps: wish.max_bps },
      valueMinFen: wish.value_min_fen.toString(),
      valueMaxFen: wish.value_max_fen.toString(),
      createdAt: wish.created_at.toISOString(),
    })),
  };
}

const summary = (order: Order) => ({
  ...{ id: order.id, state: order.state, sku: order.sku },
  createdAt: order.created_at.toISOString(),
  confirmedAt: order.confirmed_at?.toISOString() ?? null,
});

/** Money or cards of this person that are not where they belong yet. */
export const anyOnMarket = async (reader: Reader, userId: string): Promise<boolean> =>
  (await anyListed(reader, userId)) || (await anyOrders(reader, userId));
