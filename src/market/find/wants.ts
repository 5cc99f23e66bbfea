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
import { type ClockHandler, move, start } from '#process';
import { notAStranger } from '../buy.ts';
import { changeOffer, takeListing, takeOffer } from '../change.ts';
import { offer } from '../life.ts';
import { findOffer, insertOffer } from '../order-store.ts';
import { type WantTransition, want } from './want-life.ts';
import {
  countOpen,
  insertWant,
  lockWant,
  openWants,
  saveWant,
  type Want,
  wantsOf,
} from './want-store.ts';

export const WANTS_MAX = 20;
const SHOWN_MAX = 20;

export interface WantInput {
  readonly buyerId: string;
  readonly sku: string;
  readonly valueMinFen: Fen;
  readonly valueMaxFen: Fen;
  readonly maxBps: number;
  readonly gradeMin: number;
  readonly days: number;
  readonly at: Date;
}

/** Refuses real_name_needed, unknown_product, invalid_input (an empty range), want_limit. */
export async function putWant(db: Db, input: WantInput): Promise<string> {
  const { buyerId, sku, valueMinFen, valueMaxFen, at } = input;
  if (valueMinFen > valueMaxFen) throw new Refused('invalid_input');
  const id = newId(at);
  const until = plus(at, input.days * DAY);
  await inTransaction(db, async (tx) => {
    await requireRealName(tx, buyerId);
    if (!(await findProduct(tx, sku))) throw new Refused('unknown_product');
    if ((await countOpen(tx, buyerId)) >= WANTS_MAX)
      throw new Refused('want_limit', { most: WANTS_MAX });
    await insertWant(tx, {
      ...{ id, buyer_id: buyerId, state: want.initial, sku, until, created_at: at },
      ...{ value_min_fen: valueMinFen, value_max_fen: valueMaxFen },
      ...{ max_bps: input.maxBps, grade_min: input.gradeMin },
    });
    await start(tx, want, { id, at, by: 'buyer', actor: buyerId, due: until });
  });
  return id;
}

export const listWants = async (reader: Reader, buyerId: string): Promise<Want[]> =>
  await wantsOf(reader, buyerId, 100);

/** What sellers of a card see: the price each would pay, and nothing of who they are. */
export async function wantsFor(
  reader: Reader,
  of: { sku: string; valueFen: Fen; at: Date },
): Promise<{ id: string; priceFen: Fen; gradeMin: number; until: Date }[]> {
  return (await openWants(reader, of, SHOWN_MAX)).map((one) => ({
    id: one.id,
    priceFen: share(of.valueFen, one.max_bps, 'down'),
    gradeMin: one.grade_min,
    until: one.until,
  }));
}

/** Refuses not_found for what is another's, and wrong_state. */
export async function takeBackWant(db: Db, id: string, buyerId: string, at: Date): Promise<void> {
  await inTransaction(db, async (tx) => {
    const before = await lockWant(tx, id);
    if (before?.buyer_id !== buyerId) throw new Refused('not_found');
    await changeWant(tx, before, { transition: 'take_back', by: 'buyer', actor: buyerId, at });
  });
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
 * The seller's listing for the buyer's wish: an offer of the buyer that the seller has taken, good for a day.
 * Refuses not_found, listing_gone, want_not_met, own_listing, related_parties, offer_open, wrong_state.
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
  const buyerId = wish.buyer_id;
  const related = await notAStranger(tx, { buyer: buyerId, seller: sellerId, at });
  if (related) throw new Refused(related);
  const meets =
    of.sku === wish.sku &&
    of.declared_fen >= wish.value_min_fen &&
    of.declared_fen <= wish.value_max_fen &&
    of.grade >= wish.grade_min &&
    wish.until > at &&
    priceFen <= share(fen(of.declared_fen), wish.max_bps, 'down') &&
    priceFen <= of.price_fen;
  if (!meets) throw new Refused('want_not_met');
  const id = newId(at);
  await insertOffer(tx, {
    ...{ id, listing_id: listingId, buyer_id: buyerId, seller_id: sellerId },
    ...{ state: offer.initial, price_fen: priceFen, created_at: at, updated_at: at },
  });
  const record = { listing: listingId, want: wantId, priceFen: String(priceFen) };
  await start(tx, offer, { id, at, by: 'buyer', actor: buyerId, record });
  const step = { transition: 'accept', by: 'seller', actor: sellerId, at } as const;
  await changeOffer(tx, await takeOffer(tx, id, { sellerId }), step);
  const answered = {
    transition: 'answer',
    by: 'seller',
    actor: sellerId,
    at,
    offerId: id,
  } as const;
  await changeWant(tx, wish, answered);
  const params = { product: of.product_name_zh, amount: yuan(priceFen).slice(1) };
  await sendSms(tx, { userId: buyerId, template: 'want_answered', params, at });
  return id;
}

async function changeWant(
  tx: Tx,
  before: Want,
  step: {
    transition: WantTransition;
    by: 'buyer' | 'seller' | 'system' | 'clock';
    actor?: string;
    at: Date;
    offerId?: string | null;
  },
): Promise<void> {
  const { offerId, ...rest } = step;
  // Open again for what is left of its time; a wish whose time is up lapses in the next round.
  const due = before.until > rest.at ? before.until : rest.at;
  const after = await move(tx, want, { id: before.id, ...rest, due });
  const change = offerId === undefined ? {} : { offer_id: offerId };
  await saveWant(tx, before.id, { state: after.state, ...change });
}

/** A day after the answer: bought, or open for the next seller. */
export const wantClock: ClockHandler = async (db, { id, transition, at }) =>
  await inTransaction(db, async (tx) => {
    const before = await lockWant(tx, id);
    if (!before) throw new Refused('not_found');
    const given = before.offer_id === null ? undefined : await findOffer(tx, before.offer_id);
    if (transition === 'reopen' && given?.state === 'ordered')
      return await changeWant(tx, before, { transition: 'meet', by: 'system', at });
    const step = { transition: transition as WantTransition, by: 'clock', at } as const;
    await changeWant(tx, before, { ...step, ...(transition === 'reopen' && { offerId: null }) });
  });

/** When the buyer leaves, nobody waits for them. */
export async function forgetWants(tx: Tx, buyerId: string, at: Date): Promise<void> {
  for (const { id, state } of await wantsOf(tx, buyerId, WANTS_MAX * 10)) {
    const before = state === 'open' || state === 'answered' ? await lockWant(tx, id) : undefined;
    if (before) await changeWant(tx, before, { transition: 'take_back', by: 'buyer', at });
  }
}
