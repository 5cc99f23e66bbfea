/** Who works in a shop: invited by phone number, in one of three roles; the last owner stays. */
import {
  addJob,
  DAY,
  type Keys,
  newId,
  notify,
  plus,
  type Reader,
  Refused,
  type Tx,
} from '#platform';
import { append } from '#record';
import { maskPhone } from '../domain.ts';
import { openPhone, printOf, requirePhone } from '../person.ts';
import { requireRealName } from '../real-name.ts';
import { findPerson, saveMembership } from '../store.ts';
import { insertMessage } from '../store-affairs.ts';
import type { TeamRole } from './domain.ts';
import { lockRecycler, membersOf, type RecyclerRow, roleIn } from './store.ts';
import {
  findInvite,
  type Invite,
  insertInvite,
  invitesOf,
  invitesTo,
  saveInvite,
} from './store-team.ts';

const INVITE_MS = 7 * DAY;
const INVITES_MAX = 20;
const MEMBERS_MAX = 50;

type Who = { recyclerId: string; userId: string; at: Date };

async function locked(tx: Tx, id: string): Promise<RecyclerRow> {
  const row = await lockRecycler(tx, id);
  if (!row) throw new Refused('not_found');
  return row;
}

/**
 * Texts the number, whether or not anybody has an account with it: the answer does not tell. A new invitation to the
 * same number replaces the one before. Refuses `phone_invalid`, `team_full` and `team_member`.
 */
export async function invite(
  tx: Tx,
  input: Who & { keys: Keys; phone: string; role: TeamRole },
): Promise<void> {
  const { keys, recyclerId, userId, role, at } = input;
  const phone = requirePhone(input.phone);
  const shop = await locked(tx, recyclerId);
  const members = await membersOf(tx, recyclerId);
  const open = (await invitesOf(tx, recyclerId)).filter(({ expiresAt }) => at < expiresAt);
  if (open.length >= INVITES_MAX || members.length >= MEMBERS_MAX)
    throw new Refused('team_full', { invites: INVITES_MAX, members: MEMBERS_MAX });
  const isMember = members.some(
    ({ userId: id, phoneSealed, since: createdAt }) =>
      phoneSealed && openPhone(keys, { id, phoneSealed, createdAt }).reveal() === phone,
  );
  if (isMember) throw new Refused('team_member');
  const id = newId(at);
  await insertInvite(tx, {
    ...{ id, recyclerId, role, invitedBy: userId, at, expiresAt: plus(at, INVITE_MS) },
    ...{ phonePrint: printOf(keys, phone), phoneMasked: maskPhone(phone) },
  });
  const messageId = newId(at);
  await insertMessage(tx, {
    ...{ id: messageId, template: 'shop_invite', at },
    toSealed: keys.seal('message.to', phone, messageId),
    params: { shop: shop.legalName },
  });
  await addJob(tx, 'parties.send_sms', { messageId });
  const data = { inviteId: id, role, by: userId };
  await append(tx, { subject: recyclerId, type: 'recycler.invited', data, at });
  notify(tx, `recycler_account:${recyclerId}`);
}

/** Refuses `not_found` to every other number. A buyer or owner needs a real name. */
export async function answerInvite(
  tx: Tx,
  input: { keys: Keys; id: string; userId: string; accept: boolean; at: Date },
): Promise<string> {
  const { id, userId, accept, at } = input;
  const asked = await myInvite(tx, input);
  const { recyclerId, role } = asked;
  await locked(tx, recyclerId);
  // Somebody may have taken it back while we waited.
  const now = await findInvite(tx, id);
  if (now?.state !== 'open') throw new Refused('not_found');
  if (accept) {
    if (role !== 'viewer') await requireRealName(tx, userId);
    await saveMembership(tx, { organisationId: recyclerId, personId: userId, roles: [role], at });
  }
  await saveInvite(tx, { id, state: accept ? 'accepted' : 'withdrawn' });
  const data = { inviteId: id, userId, role, accept };
  await append(tx, { subject: recyclerId, type: 'recycler.invite_answered', data, at });
  notify(tx, `recycler_account:${recyclerId}`);
  return recyclerId;
}

async function myInvite(
  reader: Reader,
  { keys, id, userId, at }: { keys: Keys; id: string; userId: string; at: Date },
): Promise<Invite> {
  const mine = (await openInvitesTo(reader, { keys, userId, at })).find((one) => one.id === id);
  if (!mine) throw new Refused('not_found');
  return mine;
}

export async function openInvitesTo(
  reader: Reader,
  { keys, userId, at }: { keys: Keys; userId: string; at: Date },
): Promise<(Invite & { shop: string })[]> {
  const person = await findPerson(reader, userId);
  if (!person) return [];
  const print = printOf(keys, openPhone(keys, person).reveal());
  return await invitesTo(reader, { print, at });
}

export async function withdrawInvite(
  tx: Tx,
  { recyclerId, userId, inviteId, at }: Who & { inviteId: string },
): Promise<void> {
  await locked(tx, recyclerId);
  const asked = await findInvite(tx, inviteId);
  if (asked?.recyclerId !== recyclerId || asked.state !== 'open') throw new Refused('not_found');
  await saveInvite(tx, { id: inviteId, state: 'withdrawn' });
  const data = { inviteId, by: userId };
  await append(tx, { subject: recyclerId, type: 'recycler.invite_withdrawn', data, at });
}

/** Undefined lets the member go. Refuses `last_owner`. Works at once: the role is read with every request. */
export async function setTeamRole(
  tx: Tx,
  input: Who & { memberId: string; role: TeamRole | undefined },
): Promise<void> {
  const { recyclerId, userId, memberId, role, at } = input;
  await locked(tx, recyclerId);
  const has = await roleIn(tx, { recyclerId, userId: memberId });
  if (!has) throw new Refused('not_found');
  const owners = (await membersOf(tx, recyclerId)).filter((one) => one.role === 'owner');
  if (has === 'owner' && role !== 'owner' && owners.length === 1) throw new Refused('last_owner');
  if (role === 'owner' || role === 'buyer') await requireRealName(tx, memberId);
  const roles = role === undefined ? [] : [role];
  await saveMembership(tx, { organisationId: recyclerId, personId: memberId, roles, at });
  const data = { userId: memberId, role: role ?? 'none', by: userId };
  await append(tx, { subject: recyclerId, type: 'recycler.role_set', data, at });
  notify(tx, `recycler_account:${recyclerId}`);
}
