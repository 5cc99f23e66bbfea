/** A seller writes a listing, shows the card to the vault or vouches for it, and puts it up. */
import assert from 'node:assert/strict';
import {
  checkFaceOffered,
  encumber,
  findProduct,
  type ParsedCard,
  type Product,
  parseCard,
  type Restriction,
  sealCard,
} from '#cards';
import { requireRealName } from '#parties';
import {
  canonicalJson,
  chinaDay,
  DAY,
  type Db,
  daysBetween,
  type Fen,
  inTransaction,
  type Keys,
  newId,
  plus,
  type Refusal,
  Refused,
  refuse,
  type Secret,
  type Tx,
  yuan,
} from '#platform';
import { start } from '#process';
import { checkFace, checkText } from '#rules';
import { hasPayoutAccount, mayGive } from '#settlement';
import { changeListing, takeListing } from './change.ts';
import type { MarketDeps } from './deps.ts';
import { type Delivery, endOfListing } from './domain.ts';
import { project } from './find/project.ts';
import { listing } from './life.ts';
import {
  countLive,
  countSeries,
  countSince,
  insertListing,
  type Listing,
  lockPersonsTurn,
} from './store.ts';
import { standingOf } from './trust/standing.ts';

/** More than an honest person has in a drawer; a firm sells in lots. */
export const LISTINGS_A_DAY_MAX = 50;
export const SERIES_A_DAY_MAX = 5;
/** A card that dies sooner is of no use to a buyer who has to inspect it first. */
export const DAYS_LEFT_MIN = 3;

export interface Charity {
  readonly id: string;
  readonly shareBps: number;
}
export interface DraftInput {
  readonly userId: string;
  readonly sku: string;
  readonly faceFen: Fen;
  readonly declaredFen?: Fen | undefined;
  readonly priceFen: Fen;
  readonly delivery: Delivery;
  readonly expiresOn?: string | undefined;
  readonly restrictions: readonly Restriction[];
  readonly title: string;
  readonly note?: string | undefined;
  readonly markdownFloorFen?: Fen | undefined;
  readonly charity?: Charity | undefined;
  readonly at: Date;
}

/** Refuses what the rules, the catalogue or good sense say no to; nothing is stored then. */
export async function draft(db: Db, input: DraftInput): Promise<Listing> {
  const { userId, at } = input;
  return await inTransaction(db, async (tx) => {
    await requireRealName(tx, userId);
    await lockPersonsTurn(tx, userId);
    const product = await findProduct(tx, input.sku);
    if (!product) throw new Refused('unknown_product');
    if ((await countSince(tx, userId, plus(at, -DAY))) >= LISTINGS_A_DAY_MAX)
      throw new Refused('too_many_listings', { max: LISTINGS_A_DAY_MAX });
    const declared = input.declaredFen ?? input.faceFen;
    const no = notListable(product, { ...input, declaredFen: declared });
    if (no) throw new Refused(no);
    await requireCharity(tx, input.charity, at);
    const id = newId(at);
    await insertListing(tx, {
      ...{ id, seller_id: userId, sku: product.sku, category: product.category },
      ...{ product_name_zh: product.name.zh, product_name_en: product.name.en },
      ...{ form: product.form, face_fen: input.faceFen, declared_fen: declared },
      ...{ price_fen: input.priceFen, asked_fen: input.priceFen, delivery: input.delivery },
      markdown_floor_fen: input.markdownFloorFen ?? null,
      expires_on: input.expiresOn ?? null,
      restrictions: JSON.stringify(input.restrictions),
      ...{ title: input.title.trim(), note: input.note?.trim() ?? '' },
      charity_id: input.charity?.id ?? null,
      charity_bps: input.charity?.shareBps ?? 0,
      ...{ state: listing.initial, created_at: at, updated_at: at },
    });
    const record = { sku: product.sku, priceFen: String(input.priceFen), delivery: input.delivery };
    await start(tx, listing, { id, at, by: 'seller', actor: userId, record });
    await project(tx, id);
    return await takeListing(tx, id);
  });
}

export async function requireCharity(
  tx: Tx,
  charity: Charity | undefined,
  at: Date,
): Promise<void> {
  if (charity && !(await mayGive(tx, charity.id, at))) throw new Refused('charity_not_choosable');
}

export interface Terms {
  readonly faceFen: Fen;
  readonly declaredFen: Fen;
  readonly priceFen: Fen;
  readonly expiresOn?: string | undefined;
  readonly restrictions: readonly Restriction[];
  readonly title: string;
  readonly note?: string | undefined;
  readonly markdownFloorFen?: Fen | undefined;
  readonly at: Date;
}

/** The first reason why these terms may not be shown to a buyer; undefined: they may. */
export function notListable(product: Product, terms: Terms): Refusal | undefined {
  const day = chinaDay(terms.at);
  const { faceFen, declaredFen, priceFen, expiresOn, markdownFloorFen: floor } = terms;
  if (product.transferability === 'none') return refuse('non_transferable');
  const offered = checkFaceOffered(product, faceFen);
  if (offered) return refuse(offered);
  if (declaredFen > faceFen || priceFen > declaredFen) return refuse('price_above_balance');
  if (floor !== undefined && floor >= priceFen) return refuse('floor_not_below_price');
  if (expiresOn !== undefined && daysBetween(day, expiresOn) < DAYS_LEFT_MIN)
    return refuse('expires_too_soon', { days: DAYS_LEFT_MIN });
  return (
    checkFace({ ...product, restrictions: terms.restrictions }, faceFen, day) ??
    notDisclosed(product, terms.restrictions) ??
    checkText(terms.title, day) ??
    (terms.note ? checkText(terms.note, day) : undefined)
  );
}

/** What the issuer set must be said; a seller may know of more, never of less. */
function notDisclosed(product: Product, restrictions: readonly Restriction[]): Refusal | undefined {
  const said = new Set(restrictions.map((one) => canonicalJson(one)));
  const silent = product.restrictions.some(
    (one) => one.kind !== 'none' && !said.has(canonicalJson(one)),
  );
  const contradicts = restrictions.some(({ kind }) => kind === 'none') && restrictions.length > 1;
  return silent || contradicts ? refuse('restrictions_incomplete') : undefined;
}

/** Nobody is listed whom we could not pay, and nobody beyond what their score unlocks. */
async function requireSeller(tx: Tx, of: Listing, at: Date): Promise<void> {
  const { seller_id: userId } = of;
  await requireRealName(tx, userId);
  if (!(await hasPayoutAccount(tx, userId))) throw new Refused('payout_account_needed');
  const { unlocks } = await standingOf(tx, userId, at);
  if (of.price_fen > unlocks.priceFenMax)
    throw new Refused('price_above_tier', { max: yuan(unlocks.priceFenMax) });
  await lockPersonsTurn(tx, userId);
  if ((await countLive(tx, userId)) >= unlocks.liveListingsMax)
    throw new Refused('listings_above_tier', { max: unlocks.liveListingsMax });
}

interface Act {
  readonly listingId: string;
  readonly userId: string;
  readonly at: Date;
}

/** The card goes into the vault before anybody can buy it; the issuer is asked by a job. */
export async function sealListed(
  { db, keys }: Pick<MarketDeps, 'db' | 'keys'>,
  input: Act & { number: Secret; pin: Secret | undefined },
): Promise<Listing> {
  const { listingId, userId, at } = input;
  return await inTransaction(db, async (tx) => {
    const before = await takeListing(tx, listingId, userId);
    if (before.state !== 'draft' || before.delivery !== 'vault') throw new Refused('wrong_state');
    await requireSeller(tx, before, at);
    const { cardId, last4, series } = await seal(tx, keys, { ...input, of: before });
    await encumber(tx, { cardId, kind: 'listing', ref: listingId, at });
    return await changeListing(tx, before, {
      ...{ transition: 'submit', by: 'seller', actor: userId, at },
      record: { card: cardId },
      jobs: [{ task: 'market.check', payload: { listingId } }],
      save: { card_id: cardId, card_last4: last4, series },
    });
  });
}

/** Parses and seals a card of a listing for its seller. Refuses numbers that come in a row. */
export async function seal(
  tx: Tx,
  keys: Keys,
  input: { of: Listing; userId: string; number: Secret; pin: Secret | undefined; at: Date },
): Promise<{ cardId: string; last4: string; series: Buffer }> {
  const { of, userId, at } = input;
  const product = await findProduct(tx, of.sku);
  assert(product, 'a listing has a known product');
  const card = parseCard(product, { number: input.number.reveal(), pin: input.pin?.reveal() });
  if (!card.ok) throw new Refused(card);
  const series = seriesOf(keys, product, card);
  await lockPersonsTurn(tx, userId);
  const since = plus(at, -DAY);
  if ((await countSeries(tx, { sellerId: userId, series, since })) >= SERIES_A_DAY_MAX)
    throw new Refused('numbers_in_series', { max: SERIES_A_DAY_MAX });
  const { cardId } = await sealCard(tx, {
    ...{ keys, userId, product, number: card.number, pin: card.pin },
    ...{ faceFen: of.face_fen, at },
    expiresOn: of.expires_on ?? undefined,
  });
  return { cardId, last4: card.number.reveal().slice(-4), series };
}

/** Two running places and a check digit cut off: cards of one stack share the rest. */
const SERIES_TAIL = 3;
const seriesOf = (keys: Keys, product: Product, card: ParsedCard): Buffer =>
  keys.fingerprint(`series/${product.issuerId}`, card.number.reveal().slice(0, -SERIES_TAIL));

/** A card that stays with its seller, or goes by post: shown as not verified, delivered in time or not at all. */
export async function publish(db: Db, { listingId, userId, at }: Act): Promise<Listing> {
  return await inTransaction(db, async (tx) => {
    const before = await takeListing(tx, listingId, userId);
    if (before.delivery === 'vault') throw new Refused('wrong_state', {}, ['submit']);
    await requireSeller(tx, before, at);
    return await changeListing(tx, before, {
      ...{ transition: 'publish', by: 'seller', actor: userId, at },
      save: putUp(before, at),
    });
  });
}

/** From now on, and until when. */
export const putUp = (before: Listing, at: Date): { listed_at: Date; ends_at: Date } => ({
  listed_at: at,
  ends_at: endOfListing(at, before.expires_on ?? undefined),
});
