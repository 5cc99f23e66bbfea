/** SQL about people, sessions and roles; factors and affairs have their own stores beside this one. */

import { sql } from 'kysely';
import { type Reader, ROLES, type Role, type Tx } from '#platform';
import type { Factors } from './domain.ts';

/** The house itself; its members with roles are staff. Made by the migration. */
export const OPERATOR_ID = '00000000-0000-7000-8000-000000000001';

const isRole = (text: string): text is Role => (ROLES as readonly string[]).includes(text);
const toRoles = (texts: readonly string[] | null): Role[] => (texts ?? []).filter(isRole);

// people

export interface Person {
  id: string;
  phoneSealed: Buffer;
  createdAt: Date;
}

/** Finds or makes the person behind a number; two racing sign-ins get the same one. */
export async function personOfPhone(
  tx: Tx,
  input: { id: string; print: Buffer; sealed: Buffer; at: Date },
): Promise<string> {
  const { id } = await tx
    .insertInto('parties.person')
    .values({
      id: input.id,
      phone_print: input.print,
      phone_sealed: input.sealed,
      created_at: input.at,
    })
    .onConflict((on) => on.column('phone_print').doUpdateSet({ phone_print: input.print }))
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export async function findByPrint(reader: Reader, print: Buffer): Promise<string | undefined> {
  const row = await reader
    .selectFrom('parties.person')
    .select('id')
    .where('phone_print', '=', print)
    .executeTakeFirst();
  return row?.id;
}

export async function findPerson(reader: Reader, id: string): Promise<Person | undefined> {
  const row = await reader
    .selectFrom('parties.person')
    .select(['id', 'phone_sealed', 'created_at'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row?.phone_sealed) return undefined;
  return { id: row.id, phoneSealed: row.phone_sealed, createdAt: row.created_at };
}

/** Locks the person until commit: the first lock of everything that changes one. */
export async function lockPerson(tx: Tx, id: string): Promise<Person | undefined> {
  const row = await tx
    .selectFrom('parties.person')
    .select(['id', 'phone_sealed', 'created_at'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!row?.phone_sealed) return undefined;
  return { id: row.id, phoneSealed: row.phone_sealed, createdAt: row.created_at };
}

/** Empties every personal column and deletes every personal row; the bare id stays. */
export async function clearPerson(tx: Tx, id: string, at: Date): Promise<void> {
  const { print } = await tx
    .selectFrom('parties.person')
    .select('phone_print as print')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  if (print) await tx.deleteFrom('parties.code').where('phone_print', '=', print).execute();
  await tx.deleteFrom('parties.session').where('person_id', '=', id).execute();
  await tx.deleteFrom('parties.totp').where('person_id', '=', id).execute();
  await tx.deleteFrom('parties.passkey').where('person_id', '=', id).execute();
  await tx.deleteFrom('parties.real_name').where('person_id', '=', id).execute();
  await tx.deleteFrom('parties.consent').where('person_id', '=', id).execute();
  await tx.deleteFrom('parties.message').where('person_id', '=', id).execute();
  await tx.deleteFrom('parties.membership').where('person_id', '=', id).execute();
  await tx
    .updateTable('parties.person')
    .set({ phone_sealed: null, phone_print: null, erased_at: at })
    .where('id', '=', id)
    .execute();
}

// sessions

export interface Session {
  id: string;
  personId: string;
  openedBy: string;
  openedAt: Date;
  seenAt: Date;
  secondFactorAt: Date | null;
  steppedUpAt: Date | null;
  agent: string;
  address: string;
}

export async function insertSession(
  tx: Tx,
  session: Session & { tokenDigest: Buffer },
): Promise<void> {
  await tx
    .insertInto('parties.session')
    .values({
      id: session.id,
      person_id: session.personId,
      token_digest: session.tokenDigest,
      rotated_at: session.openedAt,
      opened_by: session.openedBy,
      opened_at: session.openedAt,
      seen_at: session.seenAt,
      second_factor_at: session.secondFactorAt,
      stepped_up_at: session.steppedUpAt,
      agent: session.agent,
      address: session.address,
    })
    .execute();
}

/** The session behind a token, with the roles its person has this very moment: one query a request. */
export async function sessionByToken(
  reader: Reader,
  input: { digest: Buffer; graceFrom: Date },
): Promise<(Session & { granted: Role[]; replaced: boolean }) | undefined> {
  const row = await reader
    .selectFrom('parties.session as s')
    .leftJoin('parties.membership as m', (on) =>
      on.onRef('m.person_id', '=', 's.person_id').on('m.organisation_id', '=', OPERATOR_ID),
    )
    .selectAll('s')
    .select('m.roles')
    .where((eb) =>
      eb.or([
        eb('s.token_digest', '=', input.digest),
        eb.and([
          eb('s.previous_digest', '=', input.digest),
          eb('s.rotated_at', '>', input.graceFrom),
        ]),
      ]),
    )
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    ...toSession(row),
    granted: toRoles(row.roles),
    replaced: !row.token_digest.equals(input.digest),
  };
}

export async function touchSession(reader: Reader, id: string, at: Date): Promise<void> {
  await reader.updateTable('parties.session').set({ seen_at: at }).where('id', '=', id).execute();
}

/** Gives the session a new token and what the proof earned it. False when it was ended meanwhile. */
export async function raiseSession(
  tx: Tx,
  input: { id: string; tokenDigest: Buffer; at: Date; strong: boolean },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('parties.session')
    .set((eb) => ({
      previous_digest: eb.ref('token_digest'),
      token_digest: input.tokenDigest,
      rotated_at: input.at,
      stepped_up_at: input.at,
      ...(input.strong && { second_factor_at: input.at }),
    }))
    .where('id', '=', input.id)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function sessionsOf(reader: Reader, personId: string): Promise<Session[]> {
  const rows = await reader
    .selectFrom('parties.session')
    .selectAll()
    .where('person_id', '=', personId)
    .orderBy('seen_at', 'desc')
    .execute();
  return rows.map(toSession);
}

/** False when the person has no such session. */
export async function deleteSession(
  tx: Reader,
  input: { id: string; personId: string },
): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('parties.session')
    .where('id', '=', input.id)
    .where('person_id', '=', input.personId)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

export async function deleteSessions(tx: Tx, personId: string, except?: string): Promise<void> {
  await tx
    .deleteFrom('parties.session')
    .where('person_id', '=', personId)
    .$if(except !== undefined, (query) => query.where('id', '!=', except ?? ''))
    .execute();
}

interface SessionRow {
  id: string;
  person_id: string;
  opened_by: string;
  opened_at: Date;
  seen_at: Date;
  second_factor_at: Date | null;
  stepped_up_at: Date | null;
  agent: string;
  address: string;
}
const toSession = (row: SessionRow): Session => ({
  id: row.id,
  personId: row.person_id,
  openedBy: row.opened_by,
  openedAt: row.opened_at,
  seenAt: row.seen_at,
  secondFactorAt: row.second_factor_at,
  steppedUpAt: row.stepped_up_at,
  agent: row.agent,
  address: row.address,
});

// organisations and roles

export async function insertOrganisation(
  tx: Tx,
  row: { id: string; kind: string; nameZh: string; nameEn: string; at: Date },
): Promise<void> {
  const { id, kind, nameZh, nameEn, at } = row;
  await tx
    .insertInto('parties.organisation')
    .values({ id, kind, name_zh: nameZh, name_en: nameEn, created_at: at })
    .execute();
}

export interface Membership {
  organisationId: string;
  kind: string;
  nameZh: string;
  nameEn: string;
  roles: string[];
  since: Date;
}

export async function membershipsOf(reader: Reader, personId: string): Promise<Membership[]> {
  return await reader
    .selectFrom('parties.membership as m')
    .innerJoin('parties.organisation as o', 'o.id', 'm.organisation_id')
    .select([
      'o.id as organisationId',
      'o.kind',
      'o.name_zh as nameZh',
      'o.name_en as nameEn',
      'm.roles',
      'm.since',
    ])
    .where('m.person_id', '=', personId)
    .orderBy('m.since')
    .execute();
}

/** Sets a member's roles; an empty list ends the membership. */
export async function saveMembership(
  tx: Tx,
  input: { organisationId: string; personId: string; roles: readonly string[]; at: Date },
): Promise<void> {
  const { organisationId, personId, at } = input;
  const roles = [...input.roles];
  if (roles.length === 0) {
    await tx
      .deleteFrom('parties.membership')
      .where('organisation_id', '=', organisationId)
      .where('person_id', '=', personId)
      .execute();
    return;
  }
  await tx
    .insertInto('parties.membership')
    .values({
      organisation_id: organisationId,
      person_id: personId,
      roles,
      since: at,
      changed_at: at,
    })
    .onConflict((on) =>
      on.columns(['organisation_id', 'person_id']).doUpdateSet({ roles, changed_at: at }),
    )
    .execute();
}

export async function grantedRoles(reader: Reader, personId: string): Promise<Role[]> {
  const row = await reader
    .selectFrom('parties.membership')
    .select('roles')
    .where('organisation_id', '=', OPERATOR_ID)
    .where('person_id', '=', personId)
    .executeTakeFirst();
  return toRoles(row?.roles ?? null);
}

/** Locks the house's own row, so that two changes of roles take turns and cannot both remove the last admin. */
export async function lockHouse(tx: Tx): Promise<void> {
  await tx
    .selectFrom('parties.organisation')
    .select('id')
    .where('id', '=', OPERATOR_ID)
    .forUpdate()
    .executeTakeFirstOrThrow();
}

export interface Staff {
  id: string;
  phoneSealed: Buffer;
  roles: Role[];
  factors: Factors;
  since: Date;
  changedAt: Date;
}

export async function staff(reader: Reader): Promise<Staff[]> {
  const rows = await reader
    .selectFrom('parties.membership as m')
    .innerJoin('parties.person as p', 'p.id', 'm.person_id')
    .leftJoin('parties.totp as t', (on) =>
      on.onRef('t.person_id', '=', 'p.id').on('t.confirmed_at', 'is not', null),
    )
    .select(['p.id', 'p.phone_sealed', 'm.roles', 'm.since', 'm.changed_at', 't.person_id as totp'])
    .select(
      sql<number>`(select count(*)::int from parties.passkey k where k.person_id = p.id)`.as(
        'passkeys',
      ),
    )
    .where('m.organisation_id', '=', OPERATOR_ID)
    .orderBy('m.since')
    .execute();
  return rows.flatMap((row) =>
    row.phone_sealed === null
      ? []
      : [
          {
            id: row.id,
            phoneSealed: row.phone_sealed,
            roles: toRoles(row.roles),
            factors: { totp: row.totp !== null, passkeys: row.passkeys },
            since: row.since,
            changedAt: row.changed_at,
          },
        ],
  );
}

/** Where both people have had the same program running at the same address. */
export async function sharedPlaces(
  reader: Reader,
  { one, other, since }: { one: string; other: string; since: Date },
): Promise<{ address: string }[]> {
  return await reader
    .selectFrom('parties.session as a')
    .innerJoin('parties.session as b', (join) =>
      join.onRef('b.address', '=', 'a.address').onRef('b.agent', '=', 'a.agent'),
    )
    .select('a.address')
    .distinct()
    .where('a.person_id', '=', one)
    .where('b.person_id', '=', other)
    .where('a.seen_at', '>', since)
    .where('b.seen_at', '>', since)
    .where('a.agent', '<>', '')
    .limit(20)
    .execute();
}
