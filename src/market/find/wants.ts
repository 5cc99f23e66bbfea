/** Standing offers to buy: what a buyer would take at once, and how a seller answers with a listing. */
import { findProduct } from '#cards';
import { requireRealName, sendSms } from '#parties';
import {
  DAY,
  type Db,
  type Fen,
  fen,
  inTransaction,
  newId,
  plus,
  type Reader,
  Refused,
  share,
  type Tx,
  violated,
  yuan,
} from '#platform';
import { start } from '#process';
import { notAStranger } from '../buy.ts';
import { changeOffer, takeListing, takeOffer } from '../change.ts';
import { offer } from '../life.ts';
import { findOffer, insertOffer } from '../order-store.ts';
import type { Listing } from '../store.ts';
import { restrictionBits } from './text.ts';
import { want } from './want-life.ts';
import { changeWant } from './want-move.ts';
import {
  countOpen,
  insertWant,
  isKeptFrom,
  lockWant,
  type MyWant,
  openWants,
  type Want,
  wantsOf,
} from './want-store.ts';

export const WANTS_MAX = 20;
const SHOWN_MAX = 20;

export interface WantInput {
  readonly buyerId: string;
  /** One of the two: a product, or any of a category. */
  readonly sku?: string | undefined;
  readonly category?: string | undefined;
  readonly valueMinFen: Fen;
  readonly valueMaxFen: Fen;
  readonly maxBps: number;
  readonly maxPriceFen?: Fen | undefined;
  readonly gradeMin: number;
  readonly expiresFrom?: string | undefined;
  /** Kinds of restrictions that the buyer does not take. */
  readonly without?: readonly string[];
  readonly wished?: number;
  readonly days: number;
  readonly at: Date;
}

/** Refuses real_name_needed, unknown_product, invalid_input (an empty range), want_limit. */
export async function putWant(db: Db, input: WantInput): Promise<string> {
  const { buyerId, sku, valueMinFen, valueMaxFen, wished = 1, at } = input;
  if (valueMinFen > valueMaxFen || (sku === undefined) === (input.category === undefined))
    throw new Refused('invalid_input');
  const id = newId(at);
  const until = plus(at, input.days * DAY);
  await inTransaction(db, async (tx) => {
    await requireRealName(tx, buyerId);
    const product = sku === undefined ? undefined : await findProduct(tx, sku);
    const category = product?.category ?? input.category;
    if (category === undefined) throw new Refused('unknown_product');
    if ((await countOpen(tx, buyerId)) >= WANTS_MAX)
      throw new Refused('want_limit', { most: WANTS_MAX });
    await insertWant(tx, {
      ...{ id, buyer_id: buyerId, state: want.initial, until, created_at: at, wished },
      ...{ sku: sku ?? null, category, max_price_fen: input.maxPriceFen ?? null },
      ...{ value_min_fen: valueMinFen, value_max_fen: valueMaxFen },
      ...{ max_bps: input.maxBps, grade_min: input.gradeMin },
      ...{ expires_from: input.expiresFrom ?? null },
      refused: restrictionBits(input.without ?? []),
    });
    await start(tx, want, { id, at, by: 'buyer', actor: buyerId, due: until });
  });
  return id;
}

export const listWants = async (reader: Reader, buyerId: string): Promise<MyWant[]> =>
  await wantsOf(reader, buyerId, 100);

/** What sellers of a card see: the price each would pay, and nothing of who they are. */
export async function wantsFor(
  reader: Reader,
  of: { sku: string; valueFen?: Fen | undefined; at: Date },
): Promise<{ wish: Want; priceFen: Fen }[]> {
  const product = await findProduct(reader, of.sku);
  if (!product) throw new Refused('unknown_product');
  const asked = { ...of, category: product.category, valueFen: of.valueFen };
  const rows = await openWants(reader, asked, SHOWN_MAX);
  return rows.map(({ price, ...wish }) => ({ wish, priceFen: fen(price) }));
}

/** Refuses not_found for what is another's, and wrong_state. What was agreed is off when the wish ends. */
export async function turnWant(
  db: Db,
  input: { id: string; buyerId: string; transition: 'pause' | 'resume' | 'take_back'; at: Date },
): Promise<void> {
  const { id, buyerId, transition, at } = input;
  await inTransaction(db, async (tx) => {
    const before = await lockWant(tx, id);
    if (before?.buyer_id !== buyerId) throw new Refused('not_found');
    await changeWant(tx, before, { transition, by: 'buyer', actor: buyerId, at });
    if (transition === 'take_back') await callOffAnswer(tx, before, at);
  });
}

async function callOffAnswer(tx: Tx, { offer_id: id, buyer_id }: Want, at: Date): Promise<void> {
  const given = id === null ? undefined : await findOffer(tx, id);
  if (given?.state !== 'agreed') return;
  const taken = await takeOffer(tx, given.id, { buyerId: buyer_id });
  await changeOffer(tx, taken, { transition: 'take_back', by: 'buyer', actor: buyer_id, at });
}

export interface AnswerInput {
  readonly wantId: string;
  readonly listingId: string;
  readonly sellerId: string;
  /** At most what the buyer would pay, and at most the price of the listing. */
  readonly priceFen: Fen;
  readonly at: Date;
}

/**
 * The seller's listing for the buyer's wish: an offer of the buyer that the seller has taken; for a day the listing
 * is nobody else's. Refuses not_found, listing_gone, want_not_met, own_listing, related_parties, offer_open,
 * listing_kept (promised to another), wrong_state.
 */
export async function answerWant(db: Db, input: AnswerInput): Promise<string> {
  try {
    return await inTransaction(db, (tx) => agree(tx, input));
  } catch (error) {
    if (violated(error) === 'offer_one_live') throw new Refused('offer_open');
    throw error;
  }
}

async function agree(tx: Tx, input: AnswerInput): Promise<string> {
  const { wantId, listingId, sellerId, priceFen, at } = input;
  const of = await takeListing(tx, listingId, sellerId);
  if (of.state !== 'live') throw new Refused('listing_gone');
  const wish = await lockWant(tx, wantId);
  if (!wish) throw new Refused('not_found');
  const { buyer_id: buyerId } = wish;
  const related = await notAStranger(tx, { buyer: buyerId, seller: sellerId, at });
  if (related) throw new Refused(related);
  if (await isKeptFrom(tx, { listingId, buyerId })) throw new Refused('listing_kept');
  const isMet = meets(wish, of) && wish.until > at;
  if (!isMet || priceFen > priceOf(wish, of.declared_fen) || priceFen > of.price_fen)
    throw new Refused('want_not_met');
  const id = newId(at);
  await insertOffer(tx, {
    ...{ id, listing_id: listingId, buyer_id: buyerId, seller_id: sellerId },
    ...{ state: offer.initial, price_fen: priceFen, created_at: at, updated_at: at },
  });
  const record = { listing: listingId, want: wantId, priceFen: String(priceFen) };
  await start(tx, offer, { id, at, by: 'buyer', actor: buyerId, record });
  const step = { by: 'seller', actor: sellerId, at } as const;
  await changeOffer(tx, await takeOffer(tx, id, { sellerId }), { ...step, transition: 'accept' });
  await changeWant(tx, wish, { ...step, transition: 'answer', save: { offer_id: id } });
  const params = { product: of.product_name_zh, amount: yuan(priceFen).slice(1) };
  await sendSms(tx, { userId: buyerId, template: 'want_answered', params, at });
  return id;
}

/** The most the wish pays for this value, to the fen. */
export function priceOf(wish: Want, valueFen: Fen): Fen {
  const most = share(valueFen, wish.max_bps, 'down');
  return wish.max_price_fen !== null && wish.max_price_fen < most ? fen(wish.max_price_fen) : most;
}

/** Everything of a wish but its price and time. */
export function meets(wish: Want, of: Listing): boolean {
  const restrictions = restrictionBits(of.restrictions.map(({ kind }) => kind));
  return (
    (wish.sku === null ? of.category === wish.category : of.sku === wish.sku) &&
    of.declared_fen >= wish.value_min_fen &&
    of.declared_fen <= wish.value_max_fen &&
    of.grade >= wish.grade_min &&
    (restrictions & wish.refused) === 0 &&
    (wish.expires_from === null || of.expires_on === null || of.expires_on >= wish.expires_from)
  );
}

/** When the buyer leaves, nobody waits for them. */
export async function forgetWants(tx: Tx, buyerId: string, at: Date): Promise<void> {
  for (const { id, state } of await wantsOf(tx, buyerId, WANTS_MAX * 50)) {
    if (state === 'met' || state === 'taken_back' || state === 'lapsed') continue;
    const before = await lockWant(tx, id);
    if (!before) continue;
    await changeWant(tx, before, { transition: 'take_back', by: 'buyer', at });
    await callOffAnswer(tx, before, at);
  }
}
