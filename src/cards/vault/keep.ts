/** What the house does with a card it keeps: seal, promise, hand over, give back, destroy, re-wrap. */
import assert from 'node:assert/strict';
import {
  type Db,
  type Fen,
  inTransaction,
  type Keys,
  newId,
  type Reader,
  Refused,
  type Secret,
  sameBytes,
  type Tx,
} from '#platform';
import { append } from '#record';
import type { Product } from '../catalogue.ts';
import { refuseGuessing } from '../issuer/guard.ts';
import { dropCallSecrets } from '../issuer/store.ts';
import { refuseNamed, refuseStopped } from '../stop/gate.ts';
import { stoppedAmong } from '../stop/store.ts';
import { type CardSecret, fingerprintOf, openSecret, sealSecret } from './envelope.ts';
import {
  type Card,
  type Custody,
  claimFingerprint,
  dropKey,
  type EncumbranceKind,
  endEncumbrance,
  endFingerprints,
  findCard,
  getSecret,
  insertCard,
  insertEncumbrance,
  listPrints,
  liveEncumbrance,
  lockCard,
  lockOldKeys,
  putSecret,
  saveCustody,
  saveKey,
} from './store.ts';

/** Undefined when the product is sold with this face value. */
export function checkFaceOffered(product: Product, faceFen: Fen): 'face_not_offered' | undefined {
  const { openAmount } = product;
  const open = openAmount && faceFen >= openAmount.minFen && faceFen <= openAmount.maxFen;
  return open || product.denominationsFen.includes(faceFen) ? undefined : 'face_not_offered';
}

/**
 * Takes a parsed card into the vault. Refusals: face_not_offered, too_many (guessing), card_stopped, card_already_here.
 * Races on one number are decided by the unique index of live fingerprints.
 */
export async function sealCard(
  tx: Tx,
  input: {
    keys: Keys;
    userId: string;
    product: Product;
    number: Secret;
    pin?: Secret | undefined;
    faceFen: Fen;
    expiresOn?: string | undefined;
    at: Date;
  },
): Promise<{ cardId: string }> {
  const { keys, userId, product, number, pin, faceFen, expiresOn, at } = input;
  assert.notEqual(product.transferability, 'none', 'parseCard refuses these');
  assert.equal(pin !== undefined, product.pinRule !== undefined, 'parseCard sees to the PIN');
  const notOffered = checkFaceOffered(product, faceFen);
  if (notOffered) throw new Refused(notOffered);
  await refuseGuessing(tx, { userId, issuerId: product.issuerId, at });
  const hmac = fingerprintOf(keys, product.issuerId, number);
  await refuseNamed(tx, hmac, { userId, at });
  const cardId = newId(at);
  await insertCard(tx, {
    cardId,
    ownerId: userId,
    sku: product.sku,
    productVersion: product.version,
    issuerId: product.issuerId,
    last4: number.reveal().slice(-4),
    faceFen,
    expiresOn,
    sealedAt: at,
  });
  await claimFingerprint(tx, { cardId, hmac, at });
  const secret: CardSecret = pin ? { number, pin } : { number };
  await putSecret(tx, { cardId, secret: sealSecret(keys, cardId, secret), at });
  const data = { sku: product.sku, version: product.version, faceFen: String(faceFen) };
  await append(tx, { subject: cardId, type: 'card.sealed', data, at });
  return { cardId };
}

/** The vault's own way in; whoever calls it has recorded why. Refused: card_shredded. */
export async function takeOut(reader: Reader, keys: Keys, cardId: string): Promise<CardSecret> {
  const sealed = await getSecret(reader, cardId);
  assert(sealed, 'every card has a secret');
  if (sealed === 'shredded') throw new Refused('card_shredded');
  return openSecret(keys, cardId, sealed);
}

/**
 * For what is computed from a secret without anybody seeing it: a commitment, an encryption to one key. That it was
 * used, and for what, is recorded first. Refused: card_stopped, card_shredded.
 */
export async function deriveFromSecret<T>(
  tx: Tx,
  input: { keys: Keys; cardId: string; cause: string; at: Date },
  derive: (secret: CardSecret) => T,
): Promise<T> {
  const { keys, cardId, cause, at } = input;
  await refuseStopped(tx, [cardId]);
  await append(tx, { subject: cardId, type: 'card.derived', data: { cause }, at });
  return derive(await takeOut(tx, keys, cardId));
}

/** After a transfer or a re-issue the new secret replaces the old one; the fingerprint of an old number stays known. */
export async function renewSecret(
  tx: Tx,
  input: { keys: Keys; card: Card; secret: CardSecret; at: Date },
): Promise<void> {
  const { keys, card, secret, at } = input;
  const hmac = fingerprintOf(keys, card.issuerId, secret.number);
  const known = (await listPrints(tx, card.cardId)).at(-1);
  // A new PIN leaves the number as it is.
  const isSame = known !== undefined && sameBytes(known, hmac);
  if (!isSame) await claimFingerprint(tx, { cardId: card.cardId, hmac, at });
  await putSecret(tx, {
    cardId: card.cardId,
    secret: sealSecret(keys, card.cardId, secret),
    at,
  });
}

/** Promises the card to one cause. The same cause again is fine; another one is Refused card_encumbered, or card_stopped. */
export async function encumber(
  tx: Tx,
  { cardId, kind, ref, at }: { cardId: string; kind: EncumbranceKind; ref: string; at: Date },
): Promise<void> {
  const card = await lockCard(tx, cardId);
  if (!card) throw new Refused('not_found');
  const live = await liveEncumbrance(tx, cardId);
  if (live?.kind === kind && live.ref === ref) return;
  if (live) throw new Refused('card_encumbered');
  await refuseStopped(tx, [cardId]);
  await insertEncumbrance(tx, { id: newId(at), cardId, kind, ref, at });
  await append(tx, { subject: cardId, type: 'card.encumbered', data: { kind, ref }, at });
}

/** Ends the promise; ending one that is not live changes nothing. */
export async function disencumber(
  tx: Tx,
  { cardId, ref, at }: { cardId: string; ref: string; at: Date },
): Promise<void> {
  await lockCard(tx, cardId);
  if (!(await endEncumbrance(tx, { cardId, ref, at }))) return;
  await append(tx, { subject: cardId, type: 'card.disencumbered', data: { ref }, at });
}

/** Who holds the card from now on; giving it back is `returnCard`, destroying it `shredCard`. */
export async function setCustody(
  tx: Tx,
  {
    cardId,
    custody,
    at,
  }: { cardId: string; custody: 'buyer' | 'issuer' | 'vault' | 'chain'; at: Date },
): Promise<void> {
  const card = await lockCard(tx, cardId);
  assert(card, 'unknown card');
  assert(card.custody !== 'seller' && card.custody !== 'shredded', 'the card has left the house');
  if (card.custody === custody) return;
  await saveCustody(tx, cardId, custody);
  const data = { from: card.custody, to: custody };
  await append(tx, { subject: cardId, type: 'card.custody', data, at });
}

/**
 * Back to the seller, who still holds the card: our copy is destroyed, its number may be given again.
 * Ends the promise `ref`; Refused card_encumbered when another one is live. A card that a notice names is kept for who sent it.
 */
export async function returnCard(
  tx: Tx,
  { cardId, ref, at }: { cardId: string; ref: string; at: Date },
): Promise<void> {
  await leave(tx, { cardId, ref, at, custody: 'seller', type: 'card.returned' });
}

/** Destroys our copy for good (erasure, end of keeping); the number may be given again. */
export async function shredCard(
  tx: Tx,
  { cardId, ref, at }: { cardId: string; ref?: string | undefined; at: Date },
): Promise<void> {
  await leave(tx, { cardId, ref, at, custody: 'shredded', type: 'card.shredded' });
}

async function leave(
  tx: Tx,
  input: { cardId: string; ref?: string | undefined; at: Date; custody: Custody; type: string },
): Promise<void> {
  const { cardId, ref, at, custody, type } = input;
  const card = await lockCard(tx, cardId);
  if (!card) throw new Refused('not_found');
  if (card.custody === custody) return;
  if (ref !== undefined) await endEncumbrance(tx, { cardId, ref, at });
  if (await liveEncumbrance(tx, cardId)) throw new Refused('card_encumbered');
  if ((await stoppedAmong(tx, [cardId])).size > 0) {
    await append(tx, { subject: cardId, type: 'card.kept', data: { instead: custody }, at });
    return;
  }
  await dropKey(tx, cardId, at);
  await dropCallSecrets(tx, cardId);
  await endFingerprints(tx, cardId, at);
  await saveCustody(tx, cardId, custody);
  await append(tx, { subject: cardId, type, data: { from: card.custody }, at });
}

/** Facts about a card, never its secret. */
export async function cardOf(
  reader: Reader,
  cardId: string,
): Promise<(Card & { encumbrance?: { kind: EncumbranceKind; ref: string } }) | undefined> {
  const card = await findCard(reader, cardId);
  if (!card) return undefined;
  const encumbrance = await liveEncumbrance(reader, cardId);
  return { ...card, ...(encumbrance && { encumbrance }) };
}

const REWRAP_BATCH = 200;

/** After a rotation: wraps the data keys anew, without touching a secret. Returns how many are done now. */
export async function rewrapSecrets(db: Db, keys: Keys): Promise<number> {
  for (let done = 0; ; ) {
    const batch = await inTransaction(db, async (tx) => {
      const rows = await lockOldKeys(tx, { kekId: keys.kekId, limit: REWRAP_BATCH });
      for (const { cardId, kekId, wrappedDek } of rows) {
        const dataKey = keys.unwrap(kekId, wrappedDek);
        await saveKey(tx, { cardId, kekId: keys.kekId, wrappedDek: keys.wrap(dataKey) });
        dataKey.fill(0);
      }
      return rows.length;
    });
    done += batch;
    if (batch < REWRAP_BATCH) return done;
  }
}
