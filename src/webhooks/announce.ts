/** Publishing: message and deliveries are written in the transaction of whatever happened, or not at all. */
import { newId, type Tx } from '#platform';
import { type FollowUp, start } from '#process';
import { bodyOf, type MessageData, type TEST_EVENT } from './domain.ts';
import type { EventType } from './events.ts';
import { webhookDelivery } from './life.ts';
import {
  type Cause,
  type Delivery,
  insertDelivery,
  insertMessage,
  type Message,
  subscribers,
} from './store.ts';

export const SEND_JOB = 'webhooks.send';
/** Deliveries to one endpoint at a time: whoever is slow waits for itself. */
const LANES = 2;

export const sendJob = ({ id, endpointId }: Pick<Delivery, 'id' | 'endpointId'>): FollowUp => ({
  task: SEND_JOB,
  payload: { deliveryId: id },
  queue: `webhook:${endpointId}:${Number.parseInt(id.slice(-1), 16) % LANES}`,
});

/** The house's own recycler has a name instead of an id, and nobody to tell. */
const isRecycler = (id: string): boolean => /^[0-9a-f-]{36}$/.test(id);

/** Cheap where nobody listens: one indexed look-up, and nothing is kept. Gives how many will be told. */
export async function announce(
  tx: Tx,
  news: { recycler: string; type: EventType; data: MessageData; at: Date },
): Promise<number> {
  const { recycler: recyclerId, type, data, at } = news;
  if (!isRecycler(recyclerId)) return 0;
  const endpoints = await subscribers(tx, { recyclerId, type });
  if (endpoints.length === 0) return 0;
  const message = await write(tx, { recyclerId, type, data, at });
  for (const endpointId of endpoints)
    await deliver(tx, { messageId: message.id, endpointId, cause: 'event', at });
  return endpoints.length;
}

export async function write(
  tx: Tx,
  news: { recyclerId: string; type: EventType | typeof TEST_EVENT; data: MessageData; at: Date },
): Promise<Message> {
  const { recyclerId, type, at } = news;
  const message = { id: newId(at), recyclerId, type, body: bodyOf(news), at };
  await insertMessage(tx, message);
  return message;
}

/** A message sets out to an endpoint; the same one again is another delivery with the same `webhook-id`. */
export async function deliver(
  tx: Tx,
  letter: { messageId: string; endpointId: string; cause: Cause; at: Date },
): Promise<string> {
  const { at, cause, endpointId, messageId } = letter;
  const id = newId(at);
  await insertDelivery(tx, { id, ...letter, state: 'sending' });
  await start(tx, webhookDelivery, {
    ...{ id, at, by: 'system', record: { messageId, endpointId, cause } },
    jobs: [sendJob({ id, endpointId })],
  });
  return id;
}
