/** A shop puts a card of its stock on the market, and takes it off again: the promise on the card moves, the card stays. */
import assert from 'node:assert/strict';
import { disencumber, encumber, findProduct } from '#cards';
import { requireRealName } from '#parties';
import { chinaDay, type Fen, newId, type Reader, Refused, type Tx } from '#platform';
import { start } from '#process';
import { changeListing, takeListing } from './change.ts';
import { linesOf } from './domain.ts';
import { endListing } from './edit.ts';
import { project } from './find/project.ts';
import { listing } from './life.ts';
import { notListable } from './list.ts';
import { insertListing, policyOn, type ResaleFacts, resalesOf } from './store.ts';

export interface StockCard {
  /** The purchase; the card carries its promise. */
  readonly stockId: string;
  readonly recyclerId: string;
  readonly cardId: string;
  readonly cardLast4: string;
  readonly sku: string;
  readonly faceFen: Fen;
  readonly expiresOn: string | null;
  /** The cause under which its issuer holds it. */
  readonly heldRef: string;
}

/**
 * Gives the listing. The card is asked about once more before anybody sees it. The purchase is locked by the caller.
 * Refuses card_encumbered when the card is promised elsewhere, and what any listing is refused for.
 */
export async function resell(
  tx: Tx,
  card: StockCard,
  { userId, priceFen, at }: { userId: string; priceFen: Fen; at: Date },
): Promise<string> {
  const { stockId, recyclerId, cardId, sku, faceFen, expiresOn, heldRef } = card;
  await requireRealName(tx, userId);
  const product = await findProduct(tx, sku);
  assert(product, 'stock has a known product');
  const { restrictions } = product;
  const title = product.name.zh.slice(0, TITLE_MAX);
  const terms = { ...{ faceFen, declaredFen: faceFen, priceFen, restrictions, title, at } };
  const no = notListable(product, { ...terms, ...(expiresOn !== null && { expiresOn }) });
  if (no) throw new Refused(no);
  const id = newId(at);
  await disencumber(tx, { cardId, ref: stockId, at });
  await encumber(tx, { cardId, kind: 'listing', ref: id, at });
  await insertListing(tx, {
    ...{ id, seller_id: userId, sku, category: product.category, form: product.form },
    ...{ product_name_zh: product.name.zh, product_name_en: product.name.en },
    ...{ face_fen: faceFen, declared_fen: faceFen, price_fen: priceFen, asked_fen: priceFen },
    ...{ delivery: 'vault', expires_on: expiresOn, title, note: '', charity_bps: 0 },
    restrictions: JSON.stringify(restrictions),
    ...{ state: listing.initial, created_at: at, updated_at: at },
    ...{ recycler_id: recyclerId, stock_id: stockId, held_ref: heldRef },
    ...{ card_id: cardId, card_last4: card.cardLast4, grade: 0 },
  });
  const by = { by: 'seller', actor: userId, at } as const;
  const record = { sku, priceFen: String(priceFen), delivery: 'vault', stock: stockId };
  await start(tx, listing, { id, ...by, record });
  await project(tx, id);
  const jobs = [{ task: 'market.check', payload: { listingId: id } }];
  await changeListing(tx, await takeListing(tx, id), {
    ...{ ...by, transition: 'submit', jobs, record: { card: cardId } },
  });
  return id;
}
const TITLE_MAX = 40;

/** The undo: refuses wrong_state once somebody is buying, not_found for what is not this purchase. */
export async function unlist(
  tx: Tx,
  back: { listingId: string; stockId: string; userId: string; at: Date },
): Promise<void> {
  const { listingId, stockId, userId: actor, at } = back;
  const before = await takeListing(tx, listingId);
  if (before.stock_id !== stockId) throw new Refused('not_found');
  await endListing(tx, before, { transition: 'withdraw', by: 'seller', actor, at });
}

/** What became of these listings, for the shop that made them. */
export const resaleFacts = async (
  reader: Reader,
  listingIds: readonly string[],
): Promise<ReadonlyMap<string, ResaleFacts>> => await resalesOf(reader, listingIds);

/** What a sale at this price brings after fees, by the policy of that day. */
export async function netOfSale(
  reader: Reader,
  { priceFen, at }: { priceFen: Fen; at: Date },
): Promise<Fen> {
  const policy = await policyOn(reader, chinaDay(at));
  return linesOf(priceFen, policy, { charityBps: 0, guaranteeDays: policy.guaranteeDays }).net;
}
