/** The seller says yes to a signed quote: the recycler's money is reserved before any secret is asked for. */
import { HOUSE, type Recyclers, takeBid } from '#auctions';
import { findProduct } from '#cards';
import { type Db, fen, inTransaction, type Keys, newId, Refused, type Tx } from '#platform';
import { acceptQuote, type QuoteDoc } from '#pricing';
import { start } from '#process';
import { requireAccepted } from './card-rules.ts';
import { accountsOf, tellRecycler } from './change.ts';
import { buyback } from './life.ts';
import { countOpen, holdQuote, insertOrder, type Order } from './store.ts';

/** Enough for a wallet full of cards, too few to block a recycler's whole float. */
const OPEN_ORDERS_MAX = 20;
export interface AcceptDeps {
  readonly db: Db;
  readonly keys: Keys;
  readonly recyclers: Recyclers;
}

export interface AcceptInput {
  readonly userId: string;
  readonly quoteId: string;
  readonly signature: string;
  readonly at: Date;
}

/**
 * Refuses: not_found for another person's quote, quote_tampered, quote_expired, quote_used, below_floor,
 * too_many_open, what the rules refuse, own_card, buyer_gone when the bid behind the quote was stopped or its recycler
 * cannot pay any more, and insufficient_funds when the operator has no money left today.
 */
export async function accept({ db, ...deps }: AcceptDeps, input: AcceptInput): Promise<Order> {
  return await inTransaction(db, (tx) => acceptWithin(tx, deps, input));
}

/** The same in the caller's transaction. */
export async function acceptWithin(
  tx: Tx,
  { keys, recyclers }: Omit<AcceptDeps, 'db'>,
  { userId, quoteId, signature, at }: AcceptInput,
): Promise<Order> {
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
  const recycler = quote.buyer?.id ?? HOUSE;
  const order = await insertOrder(tx, {
    id,
    user_id: userId,
    recycler,
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
  await buyFor(tx, recyclers, { quote, order, at });
  const begin = async () =>
    await start(tx, buyback, {
      id,
      at,
      by: 'seller',
      actor: userId,
      accounts: accountsOf({ id, user_id: userId, recycler }),
      amounts: { price },
      record: { quote: quoteId, priceFen: String(price), netFen: String(net), buyer: recycler },
    });
  const begun = await orBuyerGone(recycler, begin);
  await tellRecycler(tx, order, { ...begun, at });
  return order;
}

/** A quote that a standing bid backs takes one card of it. */
async function buyFor(
  tx: Tx,
  recyclers: Recyclers,
  { quote, order, at }: { quote: QuoteDoc; order: Order; at: Date },
): Promise<void> {
  const bid = quote.buyer?.bid;
  if (!bid) return;
  const { bidId, rateBps } = bid;
  const { id: orderId, user_id: sellerId, face_fen: faceFen } = order;
  await takeBid(tx, recyclers, { bidId, orderId, sellerId, faceFen, rateBps, at });
}

/** To the seller a recycler's empty wallet is no fault of theirs: they ask again, and the next best buys. */
export async function orBuyerGone<T>(recycler: string, holdMoney: () => Promise<T>): Promise<T> {
  try {
    return await holdMoney();
  } catch (error) {
    const empty = error instanceof Refused && error.refusal.code === 'insufficient_funds';
    if (empty && recycler !== HOUSE) throw new Refused('buyer_gone');
    throw error;
  }
}
