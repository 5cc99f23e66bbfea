/** Sessions: a random token in a cookie, its digest in the database. Hides the cookie, rotation and expiry. */

import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  type Caller,
  type Clock,
  type Config,
  type Db,
  newId,
  plus,
  type Reader,
  Refused,
  type Role,
  randomToken,
  sha256,
  type Tx,
} from '#platform';
import {
  ROTATION_GRACE_MS,
  rolesInForce,
  SEEN_EVERY_MS,
  SESSION_MS,
  sessionEndsAt,
} from './domain.ts';
import { callerByKey } from './recycler/key.ts';
import {
  insertSession,
  lockPerson,
  raiseSession,
  sessionByToken,
  sharedPlaces,
  touchSession,
} from './store.ts';

const AGENT_MAX = 160;

export interface Device {
  readonly agent: string;
  readonly address: string;
}

/** `request.ip` is the peer, or what a proxy of TRUSTED_PROXIES says; no header is read here. */
export const deviceOf = (request: FastifyRequest): Device => ({
  agent: (request.headers['user-agent'] ?? '').replace(/[^\x20-\x7e]/g, '').slice(0, AGENT_MAX),
  address: request.ip,
});

export type SessionProof = 'otp' | 'passkey' | 'wallet';

/**
 * Opens a session and returns the only copy of its token. A passkey proves the second factor at once.
 * Refuses not_signed_in when the person is being erased at this moment.
 */
export async function openSession(
  tx: Tx,
  input: { userId: string; how: SessionProof; device: Device; at: Date },
): Promise<{ sessionId: string; token: string }> {
  const { userId, how, device, at } = input;
  if (!(await lockPerson(tx, userId))) throw new Refused('not_signed_in');
  const token = randomToken();
  const sessionId = newId(at);
  await insertSession(tx, {
    id: sessionId,
    personId: userId,
    tokenDigest: sha256(token),
    openedBy: how,
    openedAt: at,
    seenAt: at,
    secondFactorAt: how === 'passkey' ? at : null,
    steppedUpAt: how === 'passkey' ? at : null,
    ...device,
  });
  return { sessionId, token };
}

/** After a fresh proof: a new token for the same session. Undefined when the session was ended meanwhile. */
export async function stepUp(
  tx: Tx,
  input: { sessionId: string; strong: boolean; at: Date },
): Promise<string | undefined> {
  const token = randomToken();
  const { sessionId: id, strong, at } = input;
  const raised = await raiseSession(tx, { id, tokenDigest: sha256(token), strong, at });
  return raised ? token : undefined;
}

export interface Auth {
  authenticate(request: FastifyRequest): Promise<Caller | undefined>;
}

/** Roles are read with every request, so a change of them works at once; so does the end of a session. */
export function makeAuth(deps: { db: Db; clock: Clock; config: Config }): Auth {
  const { db, clock, config } = deps;
  return {
    async authenticate(request) {
      const { authorization } = request.headers;
      // Whoever shows a key is that program, whatever cookie comes with it.
      if (authorization !== undefined)
        return await callerByKey(db, { authorization, address: request.ip, at: clock.now() });
      const token = tokenIn(request, config);
      if (token === undefined) return undefined;
      const at = clock.now();
      const graceFrom = plus(at, -ROTATION_GRACE_MS);
      const session = await sessionByToken(db, { digest: sha256(token), graceFrom });
      if (!session) return undefined;
      const { id, granted, openedAt, seenAt, secondFactorAt, steppedUpAt, replaced } = session;
      if (at >= sessionEndsAt(openedAt, granted.length > 0)) return undefined;
      if (at.getTime() - seenAt.getTime() > SEEN_EVERY_MS) await touchSession(db, id, at);
      const roles = rolesInForce<Role>(granted, { secondFactorAt, demo: config.DEMO });
      return {
        userId: session.personId,
        sessionId: id,
        roles: new Set(roles),
        steppedUpAt: replaced || !steppedUpAt ? undefined : steppedUpAt,
      };
    },
  };
}

const isSecure = (config: Config): boolean => config.PUBLIC_URL.startsWith('https://');
/** With `__Host-` no neighbouring sub-domain can plant a cookie of ours. */
const cookieName = (config: Config): string => (isSecure(config) ? '__Host-huiquan' : 'huiquan');

export function setCookie(reply: FastifyReply, config: Config, token: string): void {
  const seconds = token === '' ? 0 : SESSION_MS / 1000;
  const flags = `Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}${isSecure(config) ? '; Secure' : ''}`;
  reply.header('set-cookie', `${cookieName(config)}=${token}; ${flags}`);
}

export const clearCookie = (reply: FastifyReply, config: Config): void =>
  setCookie(reply, config, '');

/** Two cookies of our name mean that somebody planted one: neither is believed. */
function tokenIn(request: FastifyRequest, config: Config): string | undefined {
  const prefix = `${cookieName(config)}=`;
  const found = (request.headers.cookie ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(prefix));
  const token = found.length === 1 ? found[0]?.slice(prefix.length) : undefined;
  return token !== undefined && /^[A-Za-z0-9_-]{43}$/.test(token) ? token : undefined;
}

/** Addresses that many people are behind, or that only say "this machine", tell nobody apart. */
const SHARED = /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|::1$|::ffff:127\.|f[cd])/i;

/**
 * Have two people used one device since then: the same program at the same public address? It is a hint and no
 * proof, so it closes a trade between the two and nothing else.
 */
export async function sharesDevice(
  reader: Reader,
  pair: { one: string; other: string; since: Date },
): Promise<boolean> {
  const places = await sharedPlaces(reader, pair);
  return places.some(({ address }) => !SHARED.test(address));
}
