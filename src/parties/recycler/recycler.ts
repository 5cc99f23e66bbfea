/** Recyclers as other rooms see them: who they are, who may act for them, how much they may have open at once. */
import assert from 'node:assert/strict';
import { DAY, type Fen, fen, plus, type Reader, Refused, type Tx } from '#platform';
import { sharesDevice } from '../session.ts';
import { requireFree } from '../watch/hold.ts';
import {
  capOf,
  isRecyclerId,
  mayBid,
  outranks,
  type RecyclerState,
  type TeamRole,
  type Tier,
} from './domain.ts';
import type { Rank } from './score.ts';
import {
  lastSeen,
  lockRecycler,
  membersOf,
  type RecyclerRow,
  readRecycler,
  roleIn,
  sharesLicence,
} from './store.ts';

/** The operator's own recycler, 自营. It has no licence page of its own and no members: staff act for it. */
export const HOUSE = 'house';
const HOUSE_CAP: Fen = fen(100_000_000_000n);

export interface Recycler {
  /** Owner of WALLET:id, HELD:id and DEPOSIT:id. */
  readonly id: string;
  readonly name: string;
  readonly state: RecyclerState;
  readonly tier: Tier;
  /** Most that its open bids and orders may be at once. */
  readonly capFen: Fen;
  readonly isHouse: boolean;
  /** Of equal bids the lower one buys first: 0 proven, 1 ordinary, 2 doubtful. */
  readonly rank: Rank;
}

export const asRecycler = (row: RecyclerRow): Recycler => ({
  id: row.id,
  name: row.legalName,
  state: row.state,
  tier: row.tier,
  capFen: capOf(row),
  isHouse: false,
  rank: row.rank,
});

const house: Recycler = {
  id: HOUSE,
  name: '平台自营',
  state: 'active',
  tier: 'standard',
  capFen: HOUSE_CAP,
  isHouse: true,
  rank: 1,
};

export async function findRecycler(reader: Reader, id: string): Promise<Recycler | undefined> {
  if (id === HOUSE) return house;
  const row = isRecyclerId(id) ? await readRecycler(reader, id) : undefined;
  return row && asRecycler(row);
}

/** Locked until commit, for those who decide on its money; undefined for the house and for strangers. */
export async function lockedRecycler(tx: Tx, id: string): Promise<Recycler | undefined> {
  const row = isRecyclerId(id) ? await lockRecycler(tx, id) : undefined;
  return row && asRecycler(row);
}

/** The recycler for which the caller may act so. Refuses `not_found` to strangers, `team_role_needed` to members. */
export async function requireMember(
  reader: Reader,
  { recyclerId, userId, role = 'viewer' }: { recyclerId: string; userId: string; role?: TeamRole },
): Promise<Recycler> {
  return asRecycler(await requireMemberRow(reader, { recyclerId, userId, role }));
}

export async function requireMemberRow(
  reader: Reader,
  { recyclerId, userId, role = 'viewer' }: { recyclerId: string; userId: string; role?: TeamRole },
): Promise<RecyclerRow> {
  const has = isRecyclerId(recyclerId) ? await roleIn(reader, { recyclerId, userId }) : undefined;
  const row = has && (await readRecycler(reader, recyclerId));
  if (!has || !row) throw new Refused('not_found');
  if (!outranks(has, role)) throw new Refused('team_role_needed');
  if (role !== 'viewer') await requireFree(reader, userId);
  return row;
}

/**
 * Refuses `not_found`, and `recycler_not_active` to whoever may not bid now: not open yet, restricted, leaving, or
 * not confirmed by the register for six months, even when the clock has not come to restrict it; and `party_on_hold`.
 */
export async function requireBidder(
  reader: Reader,
  { recyclerId, at }: { recyclerId: string; at: Date },
): Promise<Recycler> {
  if (recyclerId === HOUSE) return house;
  const row = isRecyclerId(recyclerId) ? await readRecycler(reader, recyclerId) : undefined;
  if (!row) throw new Refused('not_found');
  const isFresh = row.verifiedUntil !== undefined && at < row.verifiedUntil;
  if (!mayBid(row.state) || !isFresh) throw new Refused('recycler_not_active');
  await requireFree(reader, recyclerId);
  return asRecycler(row);
}

/**
 * A company that may sell in bulk: its licence is confirmed and fresh, whether or not it has opened a shop. Refuses
 * `not_found` and `recycler_not_active`.
 */
export async function requireCompany(
  reader: Reader,
  { recyclerId, at }: { recyclerId: string; at: Date },
): Promise<Company> {
  const row = isRecyclerId(recyclerId) ? await readRecycler(reader, recyclerId) : undefined;
  if (!row) throw new Refused('not_found');
  const isFresh = row.verifiedUntil !== undefined && at < row.verifiedUntil;
  const isHere = mayBid(row.state) || row.state === 'kyb_verified' || row.state === 'deposit_paid';
  if (!isHere || !isFresh) throw new Refused('recycler_not_active');
  await requireFree(reader, recyclerId);
  return companyOf(row);
}

/** What stands in a contract. */
export interface Company {
  readonly id: string;
  readonly name: string;
  readonly creditCode: string;
}
const companyOf = ({ id, legalName, creditCode }: RecyclerRow): Company => ({
  ...{ id, name: legalName, creditCode },
});

export async function findCompany(reader: Reader, id: string): Promise<Company | undefined> {
  const row = isRecyclerId(id) ? await readRecycler(reader, id) : undefined;
  return row && companyOf(row);
}

const DEVICE_MS = 90 * DAY;

/**
 * Is this person one of them: a member, of a company with the same licence, or seen on one device with a member? A
 * person has one account a real name, so the name is the person. Payout accounts are compared by settlement.
 */
export async function isRelated(
  reader: Reader,
  { recyclerId, userId }: { recyclerId: string; userId: string },
): Promise<boolean> {
  if (recyclerId === HOUSE) return false;
  assert(isRecyclerId(recyclerId), 'a recycler has an id');
  const members = await membersOf(reader, recyclerId);
  if (members.some((one) => one.userId === userId)) return true;
  if (await sharesLicence(reader, { recyclerId, userId })) return true;
  // The window ends with the person's own last visit: no clock is needed, and old devices do not count for ever.
  const seen = await lastSeen(reader, userId);
  if (!seen) return false;
  const since = plus(seen, -DEVICE_MS);
  for (const { userId: member } of members)
    if (await sharesDevice(reader, { one: member, other: userId, since })) return true;
  return false;
}
