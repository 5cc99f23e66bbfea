/** What a person sees of the own account: who one is here, what is proven, where one is signed in. */
import {
  type Caller,
  type Config,
  type Db,
  type Keys,
  type Reader,
  Refused,
  STEP_UP_MS,
} from '#platform';
import { maskPhone, rolesInForce, sessionEndsAt, steppedUpUntil, stepUpMethods } from './domain.ts';
import { openPhone } from './person.ts';
import { realNameView } from './real-name.ts';
import type { Me } from './schema.ts';
import { findPerson, grantedRoles, sessionsOf } from './store.ts';
import { factorsOf, type Passkey } from './store-factors.ts';

interface Looking {
  db: Db;
  keys: Keys;
  config: Config;
}

export async function meView(
  { db, keys, config }: Looking,
  caller: Pick<Caller, 'userId' | 'roles' | 'steppedUpAt'>,
  at: Date,
): Promise<Me> {
  const { userId, roles, steppedUpAt } = caller;
  const [person, granted, factors, realName] = await Promise.all([
    findPerson(db, userId),
    grantedRoles(db, userId),
    factorsOf(db, userId),
    realNameView(db, keys, userId),
  ]);
  if (!person) throw new Refused('not_signed_in');
  const isStaff = granted.length > 0;
  const fresh = steppedUpAt && at.getTime() - steppedUpAt.getTime() <= STEP_UP_MS;
  return {
    id: userId,
    phoneMasked: maskPhone(openPhone(keys, person).reveal()),
    roles: [...roles],
    secondFactorNeeded: isStaff && roles.size === 0,
    realName,
    factors,
    stepUpMethods: stepUpMethods({ isStaff, factors, demo: config.DEMO }),
    ...(fresh && { steppedUpUntil: steppedUpUntil(steppedUpAt).toISOString() }),
    demo: config.DEMO,
    createdAt: person.createdAt.toISOString(),
  };
}

/** The caller that a session just opened will be. */
export async function newcomer(
  { db, config }: Looking,
  { userId, strong, at }: { userId: string; strong: boolean; at: Date },
): Promise<Pick<Caller, 'userId' | 'roles' | 'steppedUpAt'>> {
  const granted = await grantedRoles(db, userId);
  const roles = rolesInForce(granted, { secondFactorAt: strong ? at : null, demo: config.DEMO });
  return { userId, roles: new Set(roles), steppedUpAt: strong ? at : undefined };
}

export async function sessionViews(
  reader: Reader,
  { userId, sessionId, at }: { userId: string; sessionId: string; at: Date },
) {
  const isStaff = (await grantedRoles(reader, userId)).length > 0;
  const sessions = await sessionsOf(reader, userId);
  return sessions
    .filter(({ openedAt }) => at < sessionEndsAt(openedAt, isStaff))
    .map(({ id, openedBy, openedAt, seenAt, agent, address }) => ({
      id,
      current: id === sessionId,
      openedBy,
      openedAt: openedAt.toISOString(),
      seenAt: seenAt.toISOString(),
      endsAt: sessionEndsAt(openedAt, isStaff).toISOString(),
      agent,
      address,
    }));
}

export const passkeyView = ({ id, name, createdAt, usedAt }: Passkey) => ({
  id,
  name,
  createdAt: createdAt.toISOString(),
  ...(usedAt && { usedAt: usedAt.toISOString() }),
});
