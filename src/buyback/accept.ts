/** The seller says yes to a signed quote: the recycler's money is reserved before any secret is asked for. */
import { findProduct } from '#cards';
import { type Db, fen, inTransaction, type Keys, newId, Refused } from '#platform';
import { acceptQuote } from '#pricing';
import { start } from '#process';
import { requireAccepted } from './card-rules.ts';
import { accountsOf, tellRecycler } from './change.ts';
import { buyback } from './life.ts';
import { countOpen, holdQuote, insertOrder, type Order } from './store.ts';

/** Enough for a wallet full of cards, too few to block a recycler's whole float. */
const OPEN_ORDERS_MAX = 20;
/** The operator's own recycler (自营), until others bid. */
export const HOUSE = 'house';

export interface AcceptInput {
  readonly userId: string;
  readonly quoteId: string;
  readonly signature: string;
  readonly at: Date;
}

/**
 * Refuses: not_found for another person's quote, quote_tampered, quote_expired, quote_used, below_floor,
 * too_many_open, what the rules refuse, and insufficient_funds when the recycler has no money left today.
 */
export async function accept(db: Db, keys: Keys, input: AcceptInput): Promise<Order> {
  const { userId, quoteId, signature, at } = input;
  return await inTransaction(db, async (tx) => {
    const quote = await acceptQuote(tx, { keys, quoteId, signature, at });
    if ((await holdQuote(tx, quoteId, userId)) !== userId) throw new Refused('not_found');
    if (quote.belowFloor) throw new Refused('below_floor');
    const product = await findProduct(tx, quote.sku);
    if (!product) throw new Refused('unknown_product');
    const faceFen = fen(BigInt(quote.faceFen));
    requireAccepted(product, faceFen, at);
    if ((await countOpen(tx, userId)) >= OPEN_ORDERS_MAX) {
      throw new Refused('too_many_open', { max: OPEN_ORDERS_MAX });
    }
    const id = newId(at);
    const net = fen(BigInt(quote.netFen));
    const fees = fen(BigInt(quote.feesFen));
    const price = fen(net + fees);
    const order = await insertOrder(tx, {
      id,
      user_id: userId,
      recycler: HOUSE,
      state: 'accepted',
      sku: quote.sku,
      face_fen: faceFen,
      expires_on: quote.expiresOn,
      quote_id: quoteId,
      price_fen: price,
      net_fen: net,
      fees_fen: fees,
      created_at: at,
    });
    const begun = await start(tx, buyback, {
      id,
      at,
      by: 'seller',
      actor: userId,
      accounts: accountsOf({ id, user_id: userId, recycler: HOUSE }),
      amounts: { price },
      record: { quote: quoteId, priceFen: price.toString(), netFen: net.toString() },
    });
    await tellRecycler(tx, order, { ...begun, at });
    return order;
  });
}
