/** SQL of invitations and API keys. */
import { type Selectable, sql } from 'kysely';
import type { Database, Reader, Tx } from '#platform';
import type { Scope, TeamRole } from './domain.ts';

export interface Invite {
  readonly id: string;
  readonly recyclerId: string;
  readonly phonePrint: Buffer;
  readonly phoneMasked: string;
  readonly role: TeamRole;
  readonly invitedBy: string;
  readonly at: Date;
  readonly expiresAt: Date;
  readonly state: 'open' | 'accepted' | 'withdrawn';
}

const toInvite = (row: Selectable<Database['parties.recycler_invite']>): Invite => ({
  id: row.id,
  recyclerId: row.recycler_id,
  phonePrint: row.phone_print,
  phoneMasked: row.phone_masked,
  role: row.role as TeamRole,
  invitedBy: row.invited_by,
  at: row.at,
  expiresAt: row.expires_at,
  state: row.state as Invite['state'],
});

/** Takes the place of an open one to the same number. */
export async function insertInvite(tx: Tx, invite: Omit<Invite, 'state'>): Promise<void> {
  await tx
    .updateTable('parties.recycler_invite')
    .set({ state: 'withdrawn' })
    .where('recycler_id', '=', invite.recyclerId)
    .where('phone_print', '=', invite.phonePrint)
    .where('state', '=', 'open')
    .execute();
  await tx
    .insertInto('parties.recycler_invite')
    .values({
      id: invite.id,
      recycler_id: invite.recyclerId,
      phone_print: invite.phonePrint,
      phone_masked: invite.phoneMasked,
      role: invite.role,
      invited_by: invite.invitedBy,
      at: invite.at,
      expires_at: invite.expiresAt,
      state: 'open',
    })
    .execute();
}

export async function findInvite(reader: Reader, id: string): Promise<Invite | undefined> {
  const row = await reader
    .selectFrom('parties.recycler_invite')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row && toInvite(row);
}

/** Open ones of a shop, newest first; their time may be over. */
export async function invitesOf(reader: Reader, recyclerId: string): Promise<Invite[]> {
  const rows = await reader
    .selectFrom('parties.recycler_invite')
    .selectAll()
    .where('recycler_id', '=', recyclerId)
    .where('state', '=', 'open')
    .orderBy('id', 'desc')
    .execute();
  return rows.map(toInvite);
}

/** Open ones to a number, with the name of the shop. */
export async function invitesTo(
  reader: Reader,
  { print, at }: { print: Buffer; at: Date },
): Promise<(Invite & { shop: string })[]> {
  const rows = await reader
    .selectFrom('parties.recycler_invite as i')
    .innerJoin('parties.recycler as r', 'r.id', 'i.recycler_id')
    .selectAll('i')
    .select('r.legal_name as shop')
    .where('i.phone_print', '=', print)
    .where('i.state', '=', 'open')
    .where('i.expires_at', '>', at)
    .orderBy('i.id', 'desc')
    .execute();
  return rows.map((row) => ({ ...toInvite(row), shop: row.shop }));
}

export async function saveInvite(
  tx: Tx,
  { id, state }: { id: string; state: 'accepted' | 'withdrawn' },
): Promise<void> {
  await tx
    .updateTable('parties.recycler_invite')
    .set({ state })
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

// keys

export interface ApiKey {
  readonly id: string;
  readonly recyclerId: string;
  readonly name: string;
  readonly tail: string;
  readonly scopes: readonly Scope[];
  readonly networks: readonly string[];
  readonly madeBy: string;
  readonly madeAt: Date;
  readonly usedAt: Date | undefined;
  readonly expiresAt: Date | undefined;
  readonly revokedAt: Date | undefined;
}

const toKey = (row: Omit<Selectable<Database['parties.api_key']>, 'digest'>): ApiKey => ({
  id: row.id,
  recyclerId: row.recycler_id,
  name: row.name,
  tail: row.tail,
  scopes: row.scopes as Scope[],
  networks: row.networks,
  madeBy: row.made_by,
  madeAt: row.made_at,
  usedAt: row.used_at ?? undefined,
  expiresAt: row.expires_at ?? undefined,
  revokedAt: row.revoked_at ?? undefined,
});

export async function insertKey(
  tx: Tx,
  key: Omit<ApiKey, 'usedAt' | 'revokedAt'> & { digest: Buffer },
): Promise<void> {
  await tx
    .insertInto('parties.api_key')
    .values({
      id: key.id,
      recycler_id: key.recyclerId,
      name: key.name,
      digest: key.digest,
      tail: key.tail,
      scopes: [...key.scopes],
      // What stands below the mask is cleared.
      networks: sql`array(select network(one::inet) from unnest(${[...key.networks]}::text[]) one)`,
      made_by: key.madeBy,
      made_at: key.madeAt,
      expires_at: key.expiresAt ?? null,
    })
    .execute();
}

/** Newest first, revoked ones too. */
export async function keysOf(reader: Reader, recyclerId: string): Promise<ApiKey[]> {
  const rows = await reader
    .selectFrom('parties.api_key')
    .selectAll()
    .where('recycler_id', '=', recyclerId)
    .orderBy('id', 'desc')
    .limit(200)
    .execute();
  return rows.map(toKey);
}

/** False when there is no such key, or it was revoked. */
export async function revokeKey(
  tx: Tx,
  { id, recyclerId, at }: { id: string; recyclerId: string; at: Date },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('parties.api_key')
    .set({ revoked_at: at })
    .where('id', '=', id)
    .where('recycler_id', '=', recyclerId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** The key, if it is good from this address now: one query a request, so that every change works at once. */
export async function liveKey(
  reader: Reader,
  { digest, address, at }: { digest: Buffer; address: string; at: Date },
): Promise<ApiKey | undefined> {
  const row = await reader
    .selectFrom('parties.api_key as k')
    .innerJoin('parties.recycler as r', 'r.id', 'k.recycler_id')
    .selectAll('k')
    .where('k.digest', '=', digest)
    .where('k.revoked_at', 'is', null)
    .where(({ or, eb }) => or([eb('k.expires_at', 'is', null), eb('k.expires_at', '>', at)]))
    .where('r.state', 'not in', ['suspended', 'closed'])
    .where(sql<boolean>`(k.networks = '{}' or ${address}::inet <<= any(k.networks))`)
    .executeTakeFirst();
  return row && toKey(row);
}

export async function touchKey(reader: Reader, id: string, at: Date): Promise<void> {
  await reader.updateTable('parties.api_key').set({ used_at: at }).where('id', '=', id).execute();
}
