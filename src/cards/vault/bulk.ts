/**
 * The vault for many cards at once, with the guarantees of one: sealed under a key each, one live number each, one
 * promise each, written down before it is opened. Hides how that takes a handful of statements instead of thousands.
 */
import assert from 'node:assert/strict';
import { type Fen, type Keys, newId, type Reader, Refused, type Secret, type Tx } from '#platform';
import { appendMany } from '#record';
import type { Product } from '../catalogue.ts';
import { noteOffered, refuseStopped } from '../stop/gate.ts';
import { stoppedAmong, stoppedPrints } from '../stop/store.ts';
import {
  endEncumbrances,
  giveBack,
  insertCards,
  insertEncumbrances,
  insertOpenings,
  insertPrints,
  insertSecrets,
  livePrints,
  openedBy,
  readSecrets,
  saveCustodies,
  shareCards,
} from './bulk-store.ts';
import { type CardSecret, fingerprintOf, openSecret, sealSecret } from './envelope.ts';
import type { Custody, EncumbranceKind } from './store.ts';

/** So many cards in one statement: more does not go faster, and a transaction stays short. */
export const BULK_MAX = 2_000;

export interface BulkCard {
  readonly product: Product;
  readonly number: Secret;
  readonly pin?: Secret | undefined;
  readonly faceFen: Fen;
  readonly expiresOn?: string | undefined;
}
/** What became of one: sealed, the double of an earlier one of this call, of a card that is here, or named by a notice. */
export type BulkSealed =
  | { readonly cardId: string; readonly last4: string }
  | { readonly doubleOf: number }
  | { readonly alreadyHere: string }
  | { readonly stopped: true };

/**
 * Seals parsed cards of one owner and promises them to one cause, in the order given. A number that is here, or comes
 * twice, is not sealed. Races on a number end in a unique violation of `fingerprint_live`: roll back and come again.
 * It does not count guesses, as `sealCard` does: whoever calls it bounds them by other means.
 */
export async function sealCards(
  tx: Tx,
  input: {
    keys: Keys;
    ownerId: string;
    cards: readonly BulkCard[];
    promise: { kind: EncumbranceKind; ref: string };
    at: Date;
  },
): Promise<BulkSealed[]> {
  const { keys, ownerId, cards, promise, at } = input;
  assert(cards.length <= BULK_MAX, 'too many cards at once');
  const prints = cards.map(({ product, number }) => fingerprintOf(keys, product.issuerId, number));
  const named = await stoppedPrints(tx, prints);
  const here = await livePrints(tx, prints);
  const first = new Map<string, number>();
  const results = cards.map(({ number }, index): BulkSealed => {
    const print = prints[index]?.toString('hex') ?? '';
    if (named.has(print)) return { stopped: true };
    const known = here.get(print);
    if (known !== undefined) return { alreadyHere: known };
    const before = first.get(print);
    if (before !== undefined) return { doubleOf: before };
    first.set(print, index);
    return { cardId: newId(at), last4: number.reveal().slice(-4) };
  });
  const kept = cards.flatMap((card, index) => {
    const result = results[index];
    const print = prints[index];
    return result && print && 'cardId' in result ? [{ ...card, ...result, print }] : [];
  });
  for (const print of prints) {
    const noticeId = named.get(print.toString('hex'));
    if (noticeId) await noteOffered(tx, { noticeId, print, userId: ownerId, at });
  }
  if (kept.length === 0) return results;
  await insertCards(tx, { ownerId, at, cards: kept });
  await insertPrints(tx, { at, prints: kept });
  const sealed = kept.map(({ cardId, number, pin }) => ({
    cardId,
    secret: sealSecret(keys, cardId, pin ? { number, pin } : { number }),
  }));
  await insertSecrets(tx, { at, sealed });
  await insertEncumbrances(tx, { cards: kept, promise, at, idOf: () => newId(at) });
  await appendMany(
    tx,
    kept.map(({ cardId, product: { sku, version }, faceFen }) => ({
      ...{ subject: cardId, type: 'card.sealed', at },
      data: { sku, version, faceFen: String(faceFen), ...promise },
    })),
  );
  return results;
}

/** Ends the promise `ref` and says who holds the cards from now on. Those whose promise is not live stay as they are. */
export async function handOverCards(
  tx: Tx,
  input: {
    cardIds: readonly string[];
    ref: string;
    custody: Custody & ('buyer' | 'vault');
    at: Date;
  },
): Promise<void> {
  const { cardIds, ref, custody, at } = input;
  assert(cardIds.length <= BULK_MAX, 'too many cards at once');
  const ended = await endEncumbrances(tx, { cardIds, ref, at });
  await saveCustodies(tx, { cardIds: ended, custody });
  const entry = { type: 'card.custody', data: { to: custody, ref }, at };
  await appendMany(
    tx,
    ended.map((subject) => ({ subject, ...entry })),
  );
}

/**
 * As `returnCard`: back to the owner, who still holds the cards; our copies are destroyed and the numbers may be given
 * again. Only of cards that the issuer holds nothing of for us any more. What a notice names is kept for who sent it.
 */
export async function returnCards(
  tx: Tx,
  input: { cardIds: readonly string[]; ref: string; at: Date },
): Promise<void> {
  const { cardIds, ref, at } = input;
  assert(cardIds.length <= BULK_MAX, 'too many cards at once');
  await endEncumbrances(tx, { cardIds, ref, at });
  const stopped = await stoppedAmong(tx, cardIds);
  const gone = await giveBack(tx, { cardIds: cardIds.filter((one) => !stopped.has(one)), at });
  const entry = { type: 'card.returned', data: { ref }, at };
  await appendMany(
    tx,
    gone.map((subject) => ({ subject, ...entry })),
  );
}

/** As `recordOpening`, for cards that became one person's together; cards opened before for this cause are no fault. Refused: card_stopped. */
export async function recordOpenings(
  tx: Tx,
  input: { cardIds: readonly string[]; cause: string; personId: string; at: Date },
): Promise<void> {
  const { cardIds, cause, personId, at } = input;
  assert(cardIds.length <= BULK_MAX, 'too many cards at once');
  await shareCards(tx, cardIds);
  await refuseStopped(tx, cardIds);
  const fresh = await insertOpenings(tx, { cardIds, cause, personId, at });
  const entry = { type: 'card.opened', data: { cause, personId }, at };
  await appendMany(
    tx,
    fresh.map((subject) => ({ subject, ...entry })),
  );
}

/** Only after a recorded opening of this very person. Refused: not_found for another, card_stopped, card_shredded. */
export async function openManyRecorded(
  { db, keys }: { db: Reader; keys: Keys },
  input: { cardIds: readonly string[]; cause: string; personId: string },
): Promise<Map<string, CardSecret>> {
  const { cardIds, cause, personId } = input;
  const opened = await openedBy(db, { cardIds, cause, personId });
  if (cardIds.some((cardId) => !opened.has(cardId))) throw new Refused('not_found');
  await refuseStopped(db, cardIds);
  const secrets = await readSecrets(db, cardIds);
  return new Map(
    cardIds.map((cardId) => {
      const sealed = secrets.get(cardId);
      if (!sealed) throw new Refused('card_shredded');
      return [cardId, openSecret(keys, cardId, sealed)];
    }),
  );
}
