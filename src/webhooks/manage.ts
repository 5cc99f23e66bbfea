/** What owners do with their endpoints: add, change, rotate, remove, try out, send again. */
import { findRecycler, requireMember } from '#parties';
import { type Keys, newId, plus, type Reader, Refused, type Secret, type Tx } from '#platform';
import { append } from '#record';
import { parseUrl } from './address.ts';
import { deliver, write } from './announce.ts';
import { ENDPOINTS_MAX, OVERLAP_MS, TEST_EVENT } from './domain.ts';
import { freshSecret, sealSecret } from './sign.ts';
import {
  type Endpoint,
  endpointsOf,
  insertEndpoint,
  lockEndpoint,
  readEndpoint,
  readLetter,
  saveEndpoint,
} from './store.ts';

export interface Who {
  readonly recyclerId: string;
  readonly userId: string;
  readonly at: Date;
}
export interface Wish {
  readonly url: string;
  readonly events: readonly string[];
  readonly signsV1a: boolean;
}

/** Strangers learn nothing; owners of a shop that was stopped may look and remove, and nothing else. */
async function requireBusiness(tx: Tx, who: Who): Promise<void> {
  const { state } = await requireMember(tx, { ...who, role: 'owner' });
  if (state === 'suspended' || state === 'exiting' || state === 'closed')
    throw new Refused('webhook_shop_stopped');
}

async function locked(tx: Tx, who: Who, webhookId: string): Promise<Endpoint> {
  const endpoint = await lockEndpoint(tx, webhookId);
  if (endpoint?.recyclerId !== who.recyclerId) throw new Refused('not_found');
  return endpoint;
}

/** Of this recycler, and not removed. */
export async function requireEndpoint(
  reader: Reader,
  { recyclerId, webhookId }: { recyclerId: string; webhookId: string },
): Promise<Endpoint> {
  const endpoint = await readEndpoint(reader, webhookId);
  if (endpoint?.recyclerId !== recyclerId || endpoint.state === 'removed')
    throw new Refused('not_found');
  return endpoint;
}

/** Gives the only copy of the secret. Refuses `webhook_url`, `webhook_limit`, `webhook_shop_stopped`. */
export async function addEndpoint(
  tx: Tx,
  { who, wish, keys, loopback }: { who: Who; wish: Wish; keys: Keys; loopback: boolean },
): Promise<{ id: string; secret: Secret }> {
  const { recyclerId, userId, at } = who;
  await requireBusiness(tx, who);
  const url = parseUrl(wish.url, { loopback });
  if ((await endpointsOf(tx, recyclerId)).length >= ENDPOINTS_MAX)
    throw new Refused('webhook_limit', { most: ENDPOINTS_MAX });
  const id = newId(at);
  const secret = freshSecret();
  const secretSealed = sealSecret(keys, secret, id);
  await insertEndpoint(tx, {
    ...{ ...wish, id, recyclerId, url, secretSealed, madeBy: userId, madeAt: at },
  });
  await note(tx, who, 'webhook.added', id);
  return { id, secret };
}

/** Switched on again it begins anew; what was dropped meanwhile can be sent again from the log. */
export async function changeEndpoint(
  tx: Tx,
  input: { who: Who; webhookId: string; wish: Wish & { live: boolean }; loopback: boolean },
): Promise<void> {
  const { who, webhookId, wish, loopback } = input;
  await requireBusiness(tx, who);
  const before = await locked(tx, who, webhookId);
  const url = parseUrl(wish.url, { loopback });
  await saveEndpoint(tx, webhookId, {
    ...{ url, events: [...wish.events], signs_v1a: wish.signsV1a },
    ...(wish.live
      ? { state: 'live', reason: null }
      : { state: 'disabled', reason: before.reason ?? 'owner' }),
    ...(wish.live && before.state !== 'live' && { failing_since: null }),
  });
  await note(tx, who, 'webhook.changed', webhookId);
}

/** The secret before it signs for another day; one that was rotated out earlier ends now. */
export async function rotateSecret(
  tx: Tx,
  { who, webhookId, keys }: { who: Who; webhookId: string; keys: Keys },
): Promise<Secret> {
  await requireBusiness(tx, who);
  const { secretSealed } = await locked(tx, who, webhookId);
  const secret = freshSecret();
  await saveEndpoint(tx, webhookId, {
    secret_sealed: sealSecret(keys, secret, webhookId),
    ...{ old_secret_sealed: secretSealed, old_until: plus(who.at, OVERLAP_MS) },
  });
  await note(tx, who, 'webhook.rotated', webhookId);
  return secret;
}

export async function removeEndpoint(tx: Tx, who: Who, webhookId: string): Promise<void> {
  await requireMember(tx, { ...who, role: 'owner' });
  await locked(tx, who, webhookId);
  await saveEndpoint(tx, webhookId, { state: 'removed', reason: null });
  await note(tx, who, 'webhook.removed', webhookId);
}

/** The same message under the same `webhook-id`. Refuses `webhook_disabled`. Gives the new delivery. */
export async function redeliver(
  tx: Tx,
  { who, webhookId, deliveryId }: { who: Who; webhookId: string; deliveryId: string },
): Promise<string> {
  await requireBusiness(tx, who);
  const endpoint = await locked(tx, who, webhookId);
  const letter = await readLetter(tx, deliveryId);
  if (letter?.delivery.endpointId !== webhookId) throw new Refused('not_found');
  if (endpoint.state !== 'live') throw new Refused('webhook_disabled');
  const { id: messageId } = letter.message;
  return await deliver(tx, { messageId, endpointId: webhookId, cause: 'redelivery', at: who.at });
}

/** An event that means nothing, to see that it arrives and is verified. Refuses `webhook_disabled`. */
export async function sendTest(tx: Tx, who: Who, webhookId: string): Promise<string> {
  await requireBusiness(tx, who);
  const { recyclerId, at } = who;
  const endpoint = await locked(tx, who, webhookId);
  if (endpoint.state !== 'live') throw new Refused('webhook_disabled');
  const state = (await findRecycler(tx, recyclerId))?.state ?? 'unknown';
  const data = { webhookId, recyclerId, state };
  const { id: messageId } = await write(tx, { recyclerId, type: TEST_EVENT, data, at });
  return await deliver(tx, { messageId, endpointId: webhookId, cause: 'test', at });
}

async function note(tx: Tx, who: Who, type: string, webhookId: string): Promise<void> {
  const { recyclerId: subject, userId, at } = who;
  await append(tx, { subject, type, data: { webhookId, by: userId }, at });
}
