/** SQL of the vault for many cards at once: arrays in, one statement each. No plaintext passes through here. */
import { sql } from 'kysely';
import type { Fen, Reader, Tx } from '#platform';
import type { Custody, EncumbranceKind, SealedSecret } from './store.ts';

/** Which of these numbers are here, by the fingerprint in hex, and the card of each. */
export async function livePrints(
  reader: Reader,
  prints: readonly Buffer[],
): Promise<Map<string, string>> {
  const { rows } = await sql<{ print: string; card_id: string }>`
    select encode(hmac, 'hex') as print, card_id from cards.fingerprint
    where hmac = any(${prints}::bytea[]) and ended_at is null`.execute(reader);
  return new Map(rows.map(({ print, card_id }) => [print, card_id]));
}

interface NewCard {
  readonly cardId: string;
  readonly product: { readonly sku: string; readonly version: number; readonly issuerId: string };
  readonly last4: string;
  readonly faceFen: Fen;
  readonly expiresOn?: string | undefined;
}

export async function insertCards(
  tx: Tx,
  { ownerId, cards, at }: { ownerId: string; cards: readonly NewCard[]; at: Date },
): Promise<void> {
  await sql`
    insert into cards.card (id, owner_id, sku, product_version, issuer_id, last4, face_fen, expires_on,
      validity, custody, sealed_at)
    select id, ${ownerId}, sku, version, issuer_id, last4, face_fen, expires_on, 'unknown', 'vault', ${at}
    from unnest(
      ${cards.map(({ cardId }) => cardId)}::uuid[], ${cards.map(({ product }) => product.sku)}::text[],
      ${cards.map(({ product }) => product.version)}::int[],
      ${cards.map(({ product }) => product.issuerId)}::text[],
      ${cards.map(({ last4 }) => last4)}::text[],
      ${cards.map(({ faceFen }) => String(faceFen))}::int8[],
      ${cards.map(({ expiresOn }) => expiresOn ?? null)}::date[])
      as new (id, sku, version, issuer_id, last4, face_fen, expires_on)`.execute(tx);
}

export async function insertPrints(
  tx: Tx,
  { prints, at }: { prints: readonly { cardId: string; print: Buffer }[]; at: Date },
): Promise<void> {
  await sql`
    insert into cards.fingerprint (card_id, hmac, started_at)
    select card_id, hmac, ${at} from unnest(
      ${prints.map(({ cardId }) => cardId)}::uuid[],
      ${prints.map(({ print }) => print)}::bytea[]) as new (card_id, hmac)`.execute(tx);
}

export async function insertSecrets(
  tx: Tx,
  { sealed, at }: { sealed: readonly { cardId: string; secret: SealedSecret }[]; at: Date },
): Promise<void> {
  await sql`
    insert into cards.secret (card_id, kek_id, wrapped_dek, number_ct, pin_ct, sealed_at)
    select card_id, kek_id, wrapped_dek, number_ct, pin_ct, ${at} from unnest(
      ${sealed.map(({ cardId }) => cardId)}::uuid[],
      ${sealed.map(({ secret }) => secret.kekId)}::text[],
      ${sealed.map(({ secret }) => secret.wrappedDek)}::bytea[],
      ${sealed.map(({ secret }) => secret.numberCt)}::bytea[],
      ${sealed.map(({ secret }) => secret.pinCt ?? null)}::bytea[])
      as new (card_id, kek_id, wrapped_dek, number_ct, pin_ct)`.execute(tx);
}

export async function insertEncumbrances(
  tx: Tx,
  input: {
    cards: readonly { cardId: string }[];
    promise: { kind: EncumbranceKind; ref: string };
    idOf: () => string;
    at: Date;
  },
): Promise<void> {
  const { cards, promise, idOf, at } = input;
  await sql`
    insert into cards.encumbrance (id, card_id, kind, ref, started_at)
    select id, card_id, ${promise.kind}, ${promise.ref}, ${at} from unnest(
      ${cards.map(idOf)}::uuid[], ${cards.map(({ cardId }) => cardId)}::uuid[])
      as new (id, card_id)`.execute(tx);
}

/** The cards whose promise was live until now. */
export async function endEncumbrances(
  tx: Tx,
  { cardIds, ref, at }: { cardIds: readonly string[]; ref: string; at: Date },
): Promise<string[]> {
  const { rows } = await sql<{ card_id: string }>`
    update cards.encumbrance set ended_at = ${at}
    where card_id = any(${cardIds}::uuid[]) and ref = ${ref} and ended_at is null
    returning card_id`.execute(tx);
  return rows.map((row) => row.card_id).sort();
}

export async function saveCustodies(
  tx: Tx,
  { cardIds, custody }: { cardIds: readonly string[]; custody: Custody },
): Promise<void> {
  await sql`
    update cards.card set custody = ${custody}
    where id = any(${cardIds}::uuid[]) and custody not in ('seller', 'shredded')`.execute(tx);
}

/** Those that were not opened before for this cause. */
export async function insertOpenings(
  tx: Tx,
  input: { cardIds: readonly string[]; cause: string; personId: string; at: Date },
): Promise<string[]> {
  const { cardIds, cause, personId, at } = input;
  const { rows } = await sql<{ card_id: string }>`
    insert into cards.opening (card_id, cause, person_id, opened_at)
    select card_id, ${cause}, ${personId}::uuid, ${at}::timestamptz from unnest(${cardIds}::uuid[]) as card_id
    on conflict (card_id, cause) do nothing
    returning card_id`.execute(tx);
  return rows.map((row) => row.card_id);
}

/** Which of these cards this person has opened for this cause. */
export async function openedBy(
  reader: Reader,
  input: { cardIds: readonly string[]; cause: string; personId: string },
): Promise<Set<string>> {
  const { cardIds, cause, personId } = input;
  const { rows } = await sql<{ card_id: string }>`
    select card_id from cards.opening
    where card_id = any(${cardIds}::uuid[]) and cause = ${cause} and person_id = ${personId}::uuid`.execute(
    reader,
  );
  return new Set(rows.map((row) => row.card_id));
}

/** Without those whose key is gone. */
export async function readSecrets(
  reader: Reader,
  cardIds: readonly string[],
): Promise<Map<string, SealedSecret>> {
  const { rows } = await sql<{
    card_id: string;
    kek_id: string;
    wrapped_dek: Buffer;
    number_ct: Buffer;
    pin_ct: Buffer | null;
  }>`
    select card_id, kek_id, wrapped_dek, number_ct, pin_ct from cards.secret
    where card_id = any(${cardIds}::uuid[]) and wrapped_dek is not null`.execute(reader);
  return new Map(
    rows.map((row) => [
      row.card_id,
      {
        kekId: row.kek_id,
        wrappedDek: row.wrapped_dek,
        numberCt: row.number_ct,
        pinCt: row.pin_ct ?? undefined,
      },
    ]),
  );
}

/** Those that carry no live promise: key dropped, number free, custody with the seller. One lock order: by id. */
export async function giveBack(
  tx: Tx,
  { cardIds, at }: { cardIds: readonly string[]; at: Date },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with free as (
      select id from cards.card
      where id = any(${cardIds}::uuid[]) and custody not in ('seller', 'shredded')
        and not exists (
          select from cards.encumbrance e where e.card_id = card.id and e.ended_at is null)
      order by id for update),
    dropped as (
      update cards.secret set wrapped_dek = null, kek_id = null, shredded_at = ${at}
      where card_id in (select id from free) and wrapped_dek is not null),
    forgotten as (
      update cards.issuer_call set secret_ct = null
      where card_id in (select id from free) and secret_ct is not null),
    freed as (
      update cards.fingerprint set ended_at = ${at}
      where card_id in (select id from free) and ended_at is null)
    update cards.card set custody = 'seller' where id in (select id from free)
    returning id`.execute(tx);
  return rows.map(({ id }) => id).sort();
}

/**
 * No notice names one of these cards until commit: it locks them for itself. Shared with everybody else, as a reference to
 * the card is, so that a hand-over does not wait.
 */
export async function shareCards(tx: Tx, cardIds: readonly string[]): Promise<void> {
  await tx
    .selectFrom('cards.card')
    .select('id')
    .where('id', 'in', [...cardIds])
    .orderBy('id')
    .forKeyShare()
    .execute();
}
