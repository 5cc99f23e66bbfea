/** Sending: one try from a task, what comes of it, and what the clock does with deliveries that wait. */
import assert from 'node:assert/strict';
import { findRecycler, tellMembers } from '#parties';
import {
  type Clock,
  type Db,
  inTransaction,
  type Keys,
  sha256,
  type Task,
  type Tx,
} from '#platform';
import { type ClockHandler, move } from '#process';
import { append } from '#record';
import { sendJob } from './announce.ts';
import { FAILING_MS, judgeTry, type Outcome } from './domain.ts';
import { webhookDelivery } from './life.ts';
import { type Outside, postWebhook } from './post.ts';
import { signedHeaders } from './sign.ts';
import {
  type Delivery,
  type Endpoint,
  insertAttempt,
  lockDelivery,
  lockEndpoint,
  readEndpoint,
  readLetter,
  saveDelivery,
  saveEndpoint,
} from './store.ts';

export function sendTask({ keys, outside }: { keys: Keys; outside: Outside }): Task {
  return async ({ deliveryId = '' }, { db, clock }) => {
    const letter = await readLetter(db, deliveryId);
    if (letter?.delivery.state !== 'sending') return;
    const { delivery, message } = letter;
    const endpoint = await readEndpoint(db, delivery.endpointId);
    if (!endpoint || !(await mayHear(db, endpoint)))
      return await inTransaction(db, (tx) => drop(tx, { id: deliveryId, at: clock.now() }));
    const { id, body } = message;
    const headers = signedHeaders(keys, { id, body, endpoint, at: clock.now() });
    const outcome = await postWebhook(outside, { url: endpoint.url, headers, body });
    await settle(db, { delivery, outcome, clock });
  };
}

/** A suspended recycler still hears what becomes of what it has open; one that has left hears nothing. */
async function mayHear(db: Db, endpoint: Endpoint): Promise<boolean> {
  const recycler = await findRecycler(db, endpoint.recyclerId);
  return endpoint.state === 'live' && recycler !== undefined && recycler.state !== 'closed';
}

/** A job that ran twice counts once: the second finds another state, or another number of tries. */
async function settle(
  db: Db,
  tried: { delivery: Delivery; outcome: Outcome; clock: Clock },
): Promise<void> {
  const { delivery, outcome, clock } = tried;
  await inTransaction(db, async (tx) => {
    // Endpoint before delivery, as everywhere.
    const endpoint = await lockEndpoint(tx, delivery.endpointId);
    const now = await lockDelivery(tx, delivery.id);
    if (now?.state !== 'sending' || now.tries !== delivery.tries) return;
    await conclude(tx, { delivery: now, endpoint, outcome, at: clock.now(), by: 'system' });
  });
}

interface Tried {
  readonly delivery: Delivery;
  /** Undefined: it was removed while we were sending. */
  readonly endpoint: Endpoint | undefined;
  readonly outcome: Outcome;
  readonly at: Date;
  readonly by: 'system' | 'clock';
}

async function conclude(tx: Tx, { delivery, endpoint, outcome, at, by }: Tried): Promise<void> {
  const { id } = delivery;
  const tries = delivery.tries + 1;
  await insertAttempt(tx, { deliveryId: id, number: tries, at, outcome });
  // Not random, so that a test may foretell it: the first byte of what names this try.
  const [dice = 0] = sha256(`${id}/${tries}`);
  const verdict = judgeTry(outcome, { tries, at, dice });
  const to = { id, at, record: { tries } };
  if (verdict.step === 'miss') {
    const { nextAt: due } = verdict;
    if (by === 'clock') await move(tx, webhookDelivery, { ...to, transition: 'lose', by, due });
    else await move(tx, webhookDelivery, { ...to, transition: 'miss', by, due });
    await saveDelivery(tx, id, { state: 'waiting', tries, next_at: due });
  } else {
    const state = verdict.step === 'arrive' ? 'delivered' : 'failed';
    await move(tx, webhookDelivery, { ...to, transition: verdict.step, by: 'system' });
    await saveDelivery(tx, id, { state, tries, next_at: null });
  }
  if (endpoint) await judgeEndpoint(tx, { endpoint, verdict, at });
}

/** One message that arrives clears it; three days without one, or a 410, disable it. */
async function judgeEndpoint(
  tx: Tx,
  seen: { endpoint: Endpoint; verdict: ReturnType<typeof judgeTry>; at: Date },
): Promise<void> {
  const { endpoint, verdict, at } = seen;
  const { id, failingSince, state } = endpoint;
  if (verdict.step === 'arrive') {
    if (failingSince) await saveEndpoint(tx, id, { failing_since: null });
    return;
  }
  if (state !== 'live') return;
  const isGone = verdict.step === 'give_up' && verdict.isGone;
  const since = failingSince ?? at;
  if (isGone || at.getTime() - since.getTime() >= FAILING_MS)
    return await disable(tx, { endpoint, reason: isGone ? 'gone' : 'failing', at });
  if (!failingSince) await saveEndpoint(tx, id, { failing_since: at });
}

async function disable(
  tx: Tx,
  { endpoint, reason, at }: { endpoint: Endpoint; reason: 'gone' | 'failing'; at: Date },
): Promise<void> {
  const { id, recyclerId } = endpoint;
  await saveEndpoint(tx, id, { state: 'disabled', reason, failing_since: null });
  const data = { webhookId: id, reason };
  await append(tx, { subject: recyclerId, type: 'webhook.disabled', data, at });
  const shop = (await findRecycler(tx, recyclerId))?.name;
  assert(shop !== undefined, 'an endpoint has a recycler');
  await tellMembers(tx, { recyclerId, template: 'webhook_stopped', params: { shop }, at });
}

async function drop(tx: Tx, { id, at }: { id: string; at: Date }): Promise<void> {
  const delivery = await lockDelivery(tx, id);
  if (delivery?.state !== 'sending' && delivery?.state !== 'waiting') return;
  await move(tx, webhookDelivery, { id, transition: 'drop', by: 'system', at });
  await saveDelivery(tx, id, { state: 'dropped', next_at: null });
}

/** The clock's part: the next try is due, or a job was lost. */
export const webhooksClock = {
  webhook_delivery: (async (db, { id, transition, at }) => {
    const letter = await readLetter(db, id);
    assert(letter, 'what is due has a delivery');
    const { endpointId } = letter.delivery;
    await inTransaction(db, async (tx) => {
      const endpoint = await lockEndpoint(tx, endpointId);
      if (endpoint?.state !== 'live') return await drop(tx, { id, at });
      const delivery = await lockDelivery(tx, id);
      assert(delivery, 'a delivery is never deleted');
      if (transition === 'lose') {
        const outcome = { failure: 'lost', ms: 0 } as const;
        return await conclude(tx, { delivery, endpoint, outcome, at, by: 'clock' });
      }
      assert.equal(transition, 'retry');
      const jobs = [sendJob(delivery)];
      await move(tx, webhookDelivery, { id, transition, by: 'clock', at, jobs });
      await saveDelivery(tx, id, { state: 'sending', next_at: null });
    });
  }) satisfies ClockHandler,
};
