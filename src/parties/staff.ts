/** Organisations and roles: who works for the house, and who speaks for another one. Changes work at once. */
import { type Keys, newId, type Reader, Refused, type Role, type Tx } from '#platform';
import { append } from '#record';
import { maskPhone } from './domain.ts';
import { openPhone, signUp } from './person.ts';
import {
  deleteSessions,
  findPerson,
  grantedRoles,
  insertOrganisation,
  lockHouse,
  membershipsOf,
  OPERATOR_ID,
  type Staff,
  saveMembership,
  staff,
} from './store.ts';
import { deletePasskeys, deleteTotp, factorsOf } from './store-factors.ts';

export type OrganisationKind = 'recycler' | 'enterprise' | 'issuer';

/** Makes the person if need be and sets the roles. `by` is the admin; the command line and the demo have none. */
export async function createStaff(
  tx: Tx,
  input: { phone: string; roles: readonly Role[]; keys: Keys; at: Date; by?: string },
): Promise<string> {
  const { roles, keys, at, by } = input;
  const userId = await signUp(tx, { keys, phone: input.phone, at });
  await setRoles(tx, { userId, roles, at, ...(by !== undefined && { by }) });
  return userId;
}

/** Replaces the roles of a person in the house. Refuses last_admin and, for strangers, not_found. */
export async function setRoles(
  tx: Tx,
  input: { userId: string; roles: readonly Role[]; at: Date; by?: string },
): Promise<void> {
  const { userId, at, by } = input;
  const roles = [...new Set(input.roles)].sort();
  await lockHouse(tx);
  if (!(await findPerson(tx, userId))) throw new Refused('not_found');
  const losesAdmin = (await grantedRoles(tx, userId)).includes('admin') && !roles.includes('admin');
  const others = (await staff(tx)).filter(({ id }) => id !== userId);
  if (losesAdmin && !others.some((one) => one.roles.includes('admin')))
    throw new Refused('last_admin');
  await saveMembership(tx, { organisationId: OPERATOR_ID, personId: userId, roles, at });
  const data = { roles, ...(by !== undefined && { by }) };
  await append(tx, { subject: userId, type: 'staff.roles_set', data, at });
}

/** For a lost phone: factors and sessions end, and the person enrols again. */
export async function resetFactors(
  tx: Tx,
  { userId, by, at }: { userId: string; by: string; at: Date },
): Promise<void> {
  if ((await grantedRoles(tx, userId)).length === 0) throw new Refused('not_found');
  await deleteTotp(tx, userId);
  await deletePasskeys(tx, userId);
  await deleteSessions(tx, userId);
  await append(tx, { subject: userId, type: 'staff.factors_reset', data: { by }, at });
}

export const staffViews = async (reader: Reader, keys: Keys) =>
  (await staff(reader)).map((one) => viewOf(one, keys));

/** One of them; who has just left is shown once more, without roles. */
export async function staffView(
  reader: Reader,
  { keys, userId, at }: { keys: Keys; userId: string; at: Date },
) {
  const one = (await staff(reader)).find(({ id }) => id === userId);
  if (one) return viewOf(one, keys);
  const person = await findPerson(reader, userId);
  if (!person) throw new Refused('not_found');
  const factors = await factorsOf(reader, userId);
  return viewOf({ ...person, roles: [], factors, since: at, changedAt: at }, keys);
}

const viewOf = (one: Staff, keys: Keys) => ({
  id: one.id,
  phoneMasked: maskPhone(openPhone(keys, { ...one, createdAt: one.since }).reveal()),
  roles: one.roles,
  factors: one.factors,
  since: one.since.toISOString(),
  changedAt: one.changedAt.toISOString(),
});

export async function createOrganisation(
  tx: Tx,
  input: { kind: OrganisationKind; nameZh: string; nameEn: string; at: Date },
): Promise<string> {
  const id = newId(input.at);
  await insertOrganisation(tx, { id, ...input });
  const { kind, at } = input;
  await append(tx, { subject: id, type: 'organisation.created', data: { kind }, at });
  return id;
}

/** Roles inside another organisation; their meaning is that room's matter. */
export async function setMember(
  tx: Tx,
  input: { organisationId: string; userId: string; roles: readonly string[]; at: Date },
): Promise<void> {
  const { organisationId, userId, roles, at } = input;
  if (organisationId === OPERATOR_ID) throw new Error('the house has setRoles');
  if (!(await findPerson(tx, userId))) throw new Refused('not_found');
  await saveMembership(tx, { organisationId, personId: userId, roles, at });
  const data = { userId, roles: [...roles] };
  await append(tx, { subject: organisationId, type: 'organisation.member_set', data, at });
}

export interface OrganisationOf {
  organisationId: string;
  kind: string;
  nameZh: string;
  nameEn: string;
  roles: string[];
}
export const organisationsOf = async (reader: Reader, userId: string): Promise<OrganisationOf[]> =>
  await membershipsOf(reader, userId);
