/** Offers and counter-offers: a day for each answer, and a day to order at the price that was agreed. */
import { requireRealName } from '#parties';
import { type Db, type Fen, inTransaction, newId, Refused, type Tx, violated } from '#platform';
import { look, start } from '#process';
import { notAStranger } from './buy.ts';
import { changeOffer, takeOffer } from './change.ts';
import { type OfferTransition, offer } from './life.ts';
import { tellOffer } from './notices.ts';
import { findOffer, insertOffer, type Offer } from './order-store.ts';
import { findListing } from './store.ts';

/** Refuses a second live offer of one buyer, an offer that is no lower, and a listing that is not on sale. */
export async function bid(
  db: Db,
  input: { listingId: string; userId: string; priceFen: Fen; at: Date },
): Promise<Offer> {
  const { listingId, userId, priceFen, at } = input;
  try {
    return await inTransaction(db, async (tx) => {
      await requireRealName(tx, userId);
      const of = await findListing(tx, listingId);
      if (!of || of.state === 'draft' || of.state === 'checking') throw new Refused('not_found');
      if (of.state !== 'live') throw new Refused('listing_gone');
      const related = await notAStranger(tx, { buyer: userId, seller: of.seller_id, at });
      if (related) throw new Refused(related);
      if (priceFen >= of.price_fen) throw new Refused('offer_not_lower');
      const id = newId(at);
      await insertOffer(tx, {
        ...{ id, listing_id: listingId, buyer_id: userId, seller_id: of.seller_id },
        ...{ state: offer.initial, price_fen: priceFen, created_at: at, updated_at: at },
      });
      const record = { listing: listingId, priceFen: String(priceFen) };
      await start(tx, offer, { id, at, by: 'buyer', actor: userId, record });
      const made = await findOffer(tx, id);
      if (!made) throw new Error('the offer was just written');
      await announce(tx, made, { transition: 'bid', at });
      return made;
    });
  } catch (error) {
    if (violated(error) === 'offer_one_live') throw new Refused('offer_open');
    throw error;
  }
}

export interface Answer {
  readonly offerId: string;
  readonly userId: string;
  readonly at: Date;
  readonly transition: Exclude<OfferTransition, 'lapse' | 'order'>;
  /** For `counter` and `bid_again`. */
  readonly priceFen?: Fen | undefined;
}

const SELLERS: readonly string[] = ['accept', 'counter', 'decline'];

/** Each side answers for itself; a price that is not below what is asked is no counter-offer. */
export async function answer(db: Db, input: Answer): Promise<Offer> {
  const { offerId, userId, transition, priceFen, at } = input;
  const isSeller = SELLERS.includes(transition);
  return await inTransaction(db, async (tx) => {
    const side = isSeller ? { sellerId: userId } : { buyerId: userId };
    const before = await takeOffer(tx, offerId, side);
    const of = await findListing(tx, before.listing_id);
    if (priceFen !== undefined && of && priceFen > of.price_fen)
      throw new Refused('offer_not_lower');
    const after = await changeOffer(tx, before, {
      ...{ transition, by: isSeller ? 'seller' : 'buyer', actor: userId, at },
      ...(priceFen !== undefined && {
        record: { priceFen: String(priceFen) },
        save: { price_fen: priceFen },
      }),
    });
    await announce(tx, after, { transition, at });
    return after;
  });
}

/** The other side has a day for it, and learns of it by text. */
async function announce(
  tx: Tx,
  of: Offer,
  step: { transition: OfferTransition | 'bid'; at: Date },
): Promise<void> {
  const instance = await look(tx, of.id);
  await tellOffer(tx, of, { ...step, dueAt: instance?.dueAt });
}
