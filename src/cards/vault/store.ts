/** SQL of the vault: cards, sealed secrets, fingerprints, promises. No plaintext passes through here. */
import { type Fen, fen, type Reader, Refused, type Tx, violated } from '#platform';
import type { Validity } from '../domain.ts';
import type { Grade } from '../schema.ts';

export type Custody = 'seller' | 'vault' | 'buyer' | 'issuer' | 'chain' | 'shredded';
export type EncumbranceKind =
  | 'quote'
  | 'order'
  | 'listing'
  | 'auction'
  | 'lot'
  | 'token'
  | 'dispute';

/** All that may be known of a card without opening it. */
export interface Card {
  readonly cardId: string;
  readonly ownerId: string;
  readonly sku: string;
  readonly productVersion: number;
  readonly issuerId: string;
  readonly last4: string;
  readonly faceFen: Fen;
  readonly expiresOn: string | undefined;
  readonly validity: Validity;
  readonly custody: Custody;
  readonly balanceFen: Fen | undefined;
  readonly grade: Grade | undefined;
  readonly sealedAt: Date;
}

export interface SealedSecret {
  readonly kekId: string;
  readonly wrappedDek: Buffer;
  readonly numberCt: Buffer;
  readonly pinCt: Buffer | undefined;
}

export async function insertCard(
  tx: Tx,
  card: Pick<
    Card,
    | 'cardId'
    | 'ownerId'
    | 'sku'
    | 'productVersion'
    | 'issuerId'
    | 'last4'
    | 'faceFen'
    | 'expiresOn'
    | 'sealedAt'
  >,
): Promise<void> {
  await tx
    .insertInto('cards.card')
    .values({
      id: card.cardId,
      owner_id: card.ownerId,
      sku: card.sku,
      product_version: card.productVersion,
      issuer_id: card.issuerId,
      last4: card.last4,
      face_fen: card.faceFen,
      expires_on: card.expiresOn ?? null,
      validity: 'unknown',
      custody: 'vault',
      sealed_at: card.sealedAt,
    })
    .execute();
}

const selectCard = (reader: Reader, cardId: string) =>
  reader.selectFrom('cards.card').selectAll().where('id', '=', cardId);

export async function findCard(reader: Reader, cardId: string): Promise<Card | undefined> {
  const row = await selectCard(reader, cardId).executeTakeFirst();
  return row && toCard(row);
}

/** Locks the card until commit. */
export async function lockCard(tx: Tx, cardId: string): Promise<Card | undefined> {
  const row = await selectCard(tx, cardId).forUpdate().executeTakeFirst();
  return row && toCard(row);
}

type CardRow = NonNullable<Awaited<ReturnType<ReturnType<typeof selectCard>['executeTakeFirst']>>>;

const toCard = (row: CardRow): Card => ({
  cardId: row.id,
  ownerId: row.owner_id,
  sku: row.sku,
  productVersion: row.product_version,
  issuerId: row.issuer_id,
  last4: row.last4,
  faceFen: fen(row.face_fen),
  expiresOn: row.expires_on ?? undefined,
  validity: row.validity as Validity,
  custody: row.custody as Custody,
  balanceFen: row.balance_fen === null ? undefined : fen(row.balance_fen),
  grade: (row.grade ?? undefined) as Grade | undefined,
  sealedAt: row.sealed_at,
});

export async function saveCustody(tx: Tx, cardId: string, custody: Custody): Promise<void> {
  await tx.updateTable('cards.card').set({ custody }).where('id', '=', cardId).execute();
}

export async function saveVerdict(
  tx: Tx,
  verdict: {
    cardId: string;
    validity: Validity;
    balanceFen: Fen | undefined;
    grade: Grade;
    at: Date;
  },
): Promise<void> {
  const { cardId, validity, balanceFen, grade, at } = verdict;
  await tx
    .updateTable('cards.card')
    .set({
      validity,
      grade,
      verified_at: at,
      ...(balanceFen !== undefined && { balance_fen: balanceFen }),
    })
    .where('id', '=', cardId)
    .execute();
}

/** Takes the number for this card. Two sellers racing with one number: the second waits, then is refused. */
export async function claimFingerprint(
  tx: Tx,
  { cardId, hmac, at }: { cardId: string; hmac: Buffer; at: Date },
): Promise<void> {
  try {
    await tx
      .insertInto('cards.fingerprint')
      .values({ card_id: cardId, hmac, started_at: at })
      .execute();
  } catch (error) {
    if (violated(error) === 'fingerprint_live') throw new Refused('card_already_here');
    throw error;
  }
}

/** Fingerprints of all numbers that a card has had here, re-issued ones too. */
export async function listPrints(reader: Reader, cardId: string): Promise<Buffer[]> {
  const rows = await reader
    .selectFrom('cards.fingerprint')
    .select('hmac')
    .where('card_id', '=', cardId)
    .orderBy('started_at')
    .execute();
  return rows.map(({ hmac }) => hmac);
}

export async function endFingerprints(tx: Tx, cardId: string, at: Date): Promise<void> {
  await tx
    .updateTable('cards.fingerprint')
    .set({ ended_at: at })
    .where('card_id', '=', cardId)
    .where('ended_at', 'is', null)
    .execute();
}

export async function putSecret(
  tx: Tx,
  { cardId, secret, at }: { cardId: string; secret: SealedSecret; at: Date },
): Promise<void> {
  const columns = {
    kek_id: secret.kekId,
    wrapped_dek: secret.wrappedDek,
    number_ct: secret.numberCt,
    pin_ct: secret.pinCt ?? null,
    sealed_at: at,
  };
  await tx
    .insertInto('cards.secret')
    .values({ card_id: cardId, ...columns })
    .onConflict((on) => on.column('card_id').doUpdateSet(columns))
    .execute();
}

/** Undefined when the card is unknown; `shredded` when its key is gone. */
export async function getSecret(
  reader: Reader,
  cardId: string,
): Promise<SealedSecret | 'shredded' | undefined> {
  const row = await reader
    .selectFrom('cards.secret')
    .selectAll()
    .where('card_id', '=', cardId)
    .executeTakeFirst();
  if (!row) return undefined;
  if (row.wrapped_dek === null || row.kek_id === null) return 'shredded';
  return {
    kekId: row.kek_id,
    wrappedDek: row.wrapped_dek,
    numberCt: row.number_ct,
    pinCt: row.pin_ct ?? undefined,
  };
}

/** Forgets the data key: what is left in the row, and in every backup of it, cannot be read by anyone. */
export async function dropKey(tx: Tx, cardId: string, at: Date): Promise<boolean> {
  const row = await tx
    .updateTable('cards.secret')
    .set({ wrapped_dek: null, kek_id: null, shredded_at: at })
    .where('card_id', '=', cardId)
    .where('wrapped_dek', 'is not', null)
    .returning('card_id')
    .executeTakeFirst();
  return row !== undefined;
}

/** How many data keys are wrapped under one of these. */
export async function countKeysUnder(reader: Reader, kekIds: readonly string[]): Promise<number> {
  const { count } = await reader
    .selectFrom('cards.secret')
    .select((eb) => eb.fn.countAll<bigint>().as('count'))
    .where('wrapped_dek', 'is not', null)
    .where('kek_id', 'in', kekIds)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Data keys still wrapped by another key than `kekId`, locked; other workers skip them. */
export async function lockOldKeys(
  tx: Tx,
  { kekId, limit }: { kekId: string; limit: number },
): Promise<{ cardId: string; kekId: string; wrappedDek: Buffer }[]> {
  const rows = await tx
    .selectFrom('cards.secret')
    .select(['card_id', 'kek_id', 'wrapped_dek'])
    .where('wrapped_dek', 'is not', null)
    .where('kek_id', '<>', kekId)
    .orderBy('card_id')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  return rows.flatMap((row) =>
    row.wrapped_dek && row.kek_id
      ? [{ cardId: row.card_id, kekId: row.kek_id, wrappedDek: row.wrapped_dek }]
      : [],
  );
}

export async function saveKey(
  tx: Tx,
  { cardId, kekId, wrappedDek }: { cardId: string; kekId: string; wrappedDek: Buffer },
): Promise<void> {
  await tx
    .updateTable('cards.secret')
    .set({ kek_id: kekId, wrapped_dek: wrappedDek })
    .where('card_id', '=', cardId)
    .execute();
}

export async function insertEncumbrance(
  tx: Tx,
  input: { id: string; cardId: string; kind: EncumbranceKind; ref: string; at: Date },
): Promise<void> {
  const { id, cardId, kind, ref, at } = input;
  try {
    await tx
      .insertInto('cards.encumbrance')
      .values({ id, card_id: cardId, kind, ref, started_at: at })
      .execute();
  } catch (error) {
    if (violated(error) === 'encumbrance_live') throw new Refused('card_encumbered');
    throw error;
  }
}

export async function liveEncumbrance(
  reader: Reader,
  cardId: string,
): Promise<{ kind: EncumbranceKind; ref: string } | undefined> {
  const row = await reader
    .selectFrom('cards.encumbrance')
    .select(['kind', 'ref'])
    .where('card_id', '=', cardId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return row && { kind: row.kind as EncumbranceKind, ref: row.ref };
}

/** True when this promise was live and has now ended. */
export async function endEncumbrance(
  tx: Tx,
  { cardId, ref, at }: { cardId: string; ref: string; at: Date },
): Promise<boolean> {
  const row = await tx
    .updateTable('cards.encumbrance')
    .set({ ended_at: at })
    .where('card_id', '=', cardId)
    .where('ref', '=', ref)
    .where('ended_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** False when this cause was opened before. */
export async function insertOpening(
  tx: Tx,
  opening: { cardId: string; cause: string; personId: string; at: Date },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows = 0n } = await tx
    .insertInto('cards.opening')
    .values({
      card_id: opening.cardId,
      cause: opening.cause,
      person_id: opening.personId,
      opened_at: opening.at,
    })
    .onConflict((on) => on.columns(['card_id', 'cause']).doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows > 0n;
}

export async function findOpening(
  reader: Reader,
  { cardId, cause }: { cardId: string; cause: string },
): Promise<{ personId: string; openedAt: Date } | undefined> {
  const row = await reader
    .selectFrom('cards.opening')
    .selectAll()
    .where('card_id', '=', cardId)
    .where('cause', '=', cause)
    .executeTakeFirst();
  return row && { personId: row.person_id, openedAt: row.opened_at };
}

/** How many issuers' cards this person brought after `since`. */
export async function countIssuers(
  reader: Reader,
  { ownerId, since }: { ownerId: string; since: Date },
): Promise<number> {
  const { count } = await reader
    .selectFrom('cards.card')
    .select((eb) => eb.fn.count<bigint>('issuer_id').distinct().as('count'))
    .where('owner_id', '=', ownerId)
    .where('sealed_at', '>', since)
    .executeTakeFirstOrThrow();
  return Number(count);
}
