/** Keys by which a recycler's programs call: shown once, kept as a digest, bound to scopes and networks. */
import { isIP } from 'node:net';
import {
  type Caller,
  DAY,
  type Db,
  newId,
  plus,
  Refused,
  randomToken,
  sha256,
  type Tx,
} from '#platform';
import { append } from '#record';
import { SEEN_EVERY_MS } from '../domain.ts';
import type { Scope } from './domain.ts';
import { lockRecycler } from './store.ts';
import { insertKey, keysOf, liveKey, revokeKey, touchKey } from './store-team.ts';
import type { RecyclerNews } from './tell.ts';

const KEYS_MAX = 20;
const NETWORKS_MAX = 20;
const PREFIX = 'hq_';
const SHAPE = /^hq_[A-Za-z0-9_-]{43}$/;

/** Gives the only copy of the key. Refuses `key_limit` and `network_invalid`. */
export async function makeKey(
  tx: Tx,
  input: {
    recyclerId: string;
    userId: string;
    name: string;
    scopes: readonly Scope[];
    networks: readonly string[];
    days: number | undefined;
    at: Date;
  },
): Promise<string> {
  const { recyclerId, userId, name, days, at } = input;
  if (!(await lockRecycler(tx, recyclerId))) throw new Refused('not_found');
  const networks = input.networks.map(parseNetwork);
  const live = (await keysOf(tx, recyclerId)).filter(({ revokedAt }) => !revokedAt);
  if (live.length >= KEYS_MAX || networks.length > NETWORKS_MAX)
    throw new Refused('key_limit', { most: KEYS_MAX });
  const key = `${PREFIX}${randomToken()}`;
  const id = newId(at);
  const scopes = [...new Set(input.scopes)].sort();
  await insertKey(tx, {
    ...{ id, recyclerId, name: name.trim() || 'key', scopes, networks, madeBy: userId, madeAt: at },
    ...{ digest: sha256(key), tail: key.slice(-4) },
    expiresAt: days === undefined ? undefined : plus(at, days * DAY),
  });
  const data = { keyId: id, scopes, by: userId };
  await append(tx, { subject: recyclerId, type: 'recycler.key_made', data, at });
  return key;
}

/** An address, or a network: `203.0.113.7`, `203.0.113.0/24`, `2001:db8::/32`. */
export function parseNetwork(text: string): string {
  const [address = '', mask, ...rest] = text.trim().split('/');
  const version = isIP(address);
  const bits = version === 4 ? 32 : 128;
  const size = mask === undefined ? bits : Number(mask);
  const isMask = mask === undefined || (/^\d{1,3}$/.test(mask) && size >= 1 && size <= bits);
  if (version === 0 || rest.length > 0 || !isMask || address.includes('%'))
    throw new Refused('network_invalid');
  return `${address}/${size}`;
}

export async function dropKey(
  tx: Tx,
  input: { recyclerId: string; keyId: string; userId: string; at: Date; news: RecyclerNews },
): Promise<void> {
  const { recyclerId, keyId, userId, at, news } = input;
  if (!(await revokeKey(tx, { id: keyId, recyclerId, at }))) throw new Refused('not_found');
  const data = { keyId, by: userId };
  await append(tx, { subject: recyclerId, type: 'recycler.key_revoked', data, at });
  await news(tx, { recycler: recyclerId, type: 'key.revoked', data: { keyId }, at });
}

/** Whoever made the key is the caller, for one shop and some scopes only; their own role bounds it too. */
export async function callerByKey(
  db: Db,
  { authorization, address, at }: { authorization: string; address: string; at: Date },
): Promise<Caller | undefined> {
  const token = /^Bearer (\S+)$/i.exec(authorization)?.[1] ?? '';
  if (!SHAPE.test(token)) return undefined;
  const from = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  const key = await liveKey(db, { digest: sha256(token), address: from, at });
  if (!key) return undefined;
  if (!key.usedAt || at.getTime() - key.usedAt.getTime() > SEEN_EVERY_MS)
    await touchKey(db, key.id, at);
  return {
    userId: key.madeBy,
    sessionId: key.id,
    roles: new Set(),
    steppedUpAt: undefined,
    key: { id: key.id, recyclerId: key.recyclerId, scopes: new Set(key.scopes) },
  };
}
