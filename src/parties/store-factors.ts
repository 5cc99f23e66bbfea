/** SQL about what proves a person: codes by text message, authenticator apps, passkeys, and how often one may try. */

import { sql } from 'kysely';
import type { Reader, Tx } from '#platform';
import type { Factors, Gate, LiveCode } from './domain.ts';

/** Counts one pass and says how many there were in the window that began at `openedAt`. One statement: no race. */
export async function countPass(
  reader: Reader,
  input: { gate: Gate; key: Buffer; at: Date; windowFrom: Date },
): Promise<{ used: number; openedAt: Date }> {
  const { gate, key, at, windowFrom } = input;
  const { rows } = await sql<{ used: number; opened_at: Date }>`
    insert into parties.throttle as t (gate, key, opened_at, used)
    values (${gate}, ${key}, ${at}, 1)
    on conflict (gate, key) do update set
      opened_at = case when t.opened_at <= ${windowFrom} then excluded.opened_at else t.opened_at end,
      used = case when t.opened_at <= ${windowFrom} then 1 else least(t.used + 1, 1000000) end
    returning used, opened_at`.execute(reader);
  const [row] = rows;
  if (!row) throw new Error('an upsert returns its row');
  return { used: row.used, openedAt: row.opened_at };
}

// codes

export type CodePurpose = 'sign_in' | 'step_up' | 'counter';

/** The one live code for a number and a purpose; an earlier one stops working. */
export async function saveCode(
  tx: Tx,
  code: { print: Buffer; purpose: CodePurpose; id: string; digest: Buffer; expiresAt: Date },
): Promise<void> {
  const fresh = { id: code.id, digest: code.digest, expires_at: code.expiresAt, wrong_tries: 0 };
  await tx
    .insertInto('parties.code')
    .values({ phone_print: code.print, purpose: code.purpose, ...fresh })
    .onConflict((on) => on.columns(['phone_print', 'purpose']).doUpdateSet(fresh))
    .execute();
}

/** Locks the code, so that parallel guesses are counted one by one. */
export async function lockCode(
  tx: Tx,
  input: { print: Buffer; purpose: CodePurpose },
): Promise<(LiveCode & { id: string; digest: Buffer }) | undefined> {
  return await tx
    .selectFrom('parties.code')
    .select(['id', 'digest', 'wrong_tries as wrongTries', 'expires_at as expiresAt'])
    .where('phone_print', '=', input.print)
    .where('purpose', '=', input.purpose)
    .forUpdate()
    .executeTakeFirst();
}

export async function countWrongTry(tx: Tx, id: string): Promise<void> {
  await tx
    .updateTable('parties.code')
    .set((eb) => ({ wrong_tries: eb('wrong_tries', '+', 1) }))
    .where('id', '=', id)
    .execute();
}

export async function deleteCode(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('parties.code').where('id', '=', id).execute();
}

// authenticator apps

export interface Totp {
  secretSealed: Buffer;
  confirmedAt: Date | null;
  lastStep: bigint;
}

/** A new secret until it is confirmed; false when a confirmed one stands. */
export async function saveTotpSecret(
  tx: Tx,
  input: { personId: string; secretSealed: Buffer; at: Date },
): Promise<boolean> {
  const row = await tx
    .insertInto('parties.totp')
    .values({ person_id: input.personId, secret_sealed: input.secretSealed, created_at: input.at })
    .onConflict((on) =>
      on
        .column('person_id')
        .doUpdateSet({ secret_sealed: input.secretSealed, created_at: input.at, last_step: 0n })
        .where('parties.totp.confirmed_at', 'is', null),
    )
    .returning('person_id')
    .executeTakeFirst();
  return row !== undefined;
}

export async function lockTotp(tx: Tx, personId: string): Promise<Totp | undefined> {
  return await tx
    .selectFrom('parties.totp')
    .select([
      'secret_sealed as secretSealed',
      'confirmed_at as confirmedAt',
      'last_step as lastStep',
    ])
    .where('person_id', '=', personId)
    .forUpdate()
    .executeTakeFirst();
}

/** Remembers the step a code was good for, so that it is not good again. */
export async function spendTotpStep(
  tx: Tx,
  input: { personId: string; step: bigint; confirmedAt: Date },
): Promise<void> {
  await tx
    .updateTable('parties.totp')
    .set({ last_step: input.step, confirmed_at: input.confirmedAt })
    .where('person_id', '=', input.personId)
    .execute();
}

export async function deleteTotp(tx: Tx, personId: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('parties.totp')
    .where('person_id', '=', personId)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

export async function factorsOf(reader: Reader, personId: string): Promise<Factors> {
  const { rows } = await sql<Factors>`select
    exists (select 1 from parties.totp
            where person_id = ${personId} and confirmed_at is not null) as totp,
    (select count(*)::int from parties.passkey where person_id = ${personId}) as passkeys`.execute(
    reader,
  );
  return rows[0] ?? { totp: false, passkeys: 0 };
}

// passkeys

export interface Passkey {
  id: string;
  personId: string;
  credentialId: string;
  publicKey: Buffer;
  signCount: bigint;
  transports: string[];
  name: string;
  createdAt: Date;
  usedAt: Date | null;
}
const PASSKEY = [
  'id',
  'person_id as personId',
  'credential_id as credentialId',
  'public_key as publicKey',
  'sign_count as signCount',
  'transports',
  'name',
  'created_at as createdAt',
  'used_at as usedAt',
] as const;

/** False when the credential is known already. */
export async function insertPasskey(
  tx: Tx,
  passkey: Passkey & { backedUp: boolean },
): Promise<boolean> {
  const row = await tx
    .insertInto('parties.passkey')
    .values({
      id: passkey.id,
      person_id: passkey.personId,
      credential_id: passkey.credentialId,
      public_key: passkey.publicKey,
      sign_count: passkey.signCount,
      transports: passkey.transports,
      name: passkey.name,
      backed_up: passkey.backedUp,
      created_at: passkey.createdAt,
    })
    .onConflict((on) => on.column('credential_id').doNothing())
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

export async function passkeysOf(reader: Reader, personId: string): Promise<Passkey[]> {
  return await reader
    .selectFrom('parties.passkey')
    .select(PASSKEY)
    .where('person_id', '=', personId)
    .orderBy('created_at')
    .execute();
}

export async function lockPasskey(tx: Tx, credentialId: string): Promise<Passkey | undefined> {
  return await tx
    .selectFrom('parties.passkey')
    .select(PASSKEY)
    .where('credential_id', '=', credentialId)
    .forUpdate()
    .executeTakeFirst();
}

export async function savePasskeyUse(
  tx: Tx,
  input: { id: string; signCount: bigint; at: Date },
): Promise<void> {
  await tx
    .updateTable('parties.passkey')
    .set({ sign_count: input.signCount, used_at: input.at })
    .where('id', '=', input.id)
    .execute();
}

export async function deletePasskey(
  tx: Tx,
  input: { id: string; personId: string },
): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('parties.passkey')
    .where('id', '=', input.id)
    .where('person_id', '=', input.personId)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

export async function deletePasskeys(tx: Tx, personId: string): Promise<void> {
  await tx.deleteFrom('parties.passkey').where('person_id', '=', personId).execute();
}

export type CeremonyKind = 'register' | 'sign_in' | 'step_up';

export async function insertCeremony(
  tx: Tx,
  row: {
    id: string;
    kind: CeremonyKind;
    sessionId: string | undefined;
    challenge: string;
    expiresAt: Date;
  },
): Promise<void> {
  await tx
    .insertInto('parties.ceremony')
    .values({
      id: row.id,
      kind: row.kind,
      session_id: row.sessionId ?? null,
      challenge: row.challenge,
      expires_at: row.expiresAt,
    })
    .execute();
}

/** Takes the challenge out for good: whatever comes of it, it is not used a second time. */
export async function takeCeremony(
  reader: Reader,
  input: { id: string; kind: CeremonyKind; sessionId: string | undefined; at: Date },
): Promise<string | undefined> {
  const row = await reader
    .deleteFrom('parties.ceremony')
    .where('id', '=', input.id)
    .where('kind', '=', input.kind)
    .where('session_id', 'is not distinct from', input.sessionId ?? null)
    .returning(['challenge', 'expires_at'])
    .executeTakeFirst();
  return row && input.at < row.expires_at ? row.challenge : undefined;
}
