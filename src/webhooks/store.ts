/** SQL of webhooks: endpoints, messages, deliveries and their tries. */
import { type Selectable, sql } from 'kysely';
import type { Database, Reader, Tx } from '#platform';
import type { DeliveryState, Failure, Outcome } from './domain.ts';

export type StopReason = 'gone' | 'failing' | 'owner';

export interface Endpoint {
  readonly id: string;
  readonly recyclerId: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly signsV1a: boolean;
  readonly secretSealed: Buffer;
  readonly oldSecretSealed: Buffer | undefined;
  readonly oldUntil: Date | undefined;
  readonly state: 'live' | 'disabled' | 'removed';
  readonly reason: StopReason | undefined;
  readonly failingSince: Date | undefined;
  readonly madeAt: Date;
}

const toEndpoint = (row: Selectable<Database['webhooks.endpoint']>): Endpoint => ({
  id: row.id,
  recyclerId: row.recycler_id,
  url: row.url,
  events: row.events,
  signsV1a: row.signs_v1a,
  secretSealed: row.secret_sealed,
  oldSecretSealed: row.old_secret_sealed ?? undefined,
  oldUntil: row.old_until ?? undefined,
  state: row.state as Endpoint['state'],
  reason: (row.reason ?? undefined) as StopReason | undefined,
  failingSince: row.failing_since ?? undefined,
  madeAt: row.made_at,
});

export async function insertEndpoint(
  tx: Tx,
  endpoint: Pick<
    Endpoint,
    'id' | 'recyclerId' | 'url' | 'events' | 'signsV1a' | 'secretSealed' | 'madeAt'
  > & { madeBy: string },
): Promise<void> {
  await tx
    .insertInto('webhooks.endpoint')
    .values({
      id: endpoint.id,
      recycler_id: endpoint.recyclerId,
      url: endpoint.url,
      events: [...endpoint.events],
      signs_v1a: endpoint.signsV1a,
      secret_sealed: endpoint.secretSealed,
      state: 'live',
      made_by: endpoint.madeBy,
      made_at: endpoint.madeAt,
    })
    .execute();
}

export async function saveEndpoint(
  tx: Tx,
  id: string,
  change: {
    url?: string;
    events?: string[];
    signs_v1a?: boolean;
    secret_sealed?: Buffer;
    old_secret_sealed?: Buffer | null;
    old_until?: Date | null;
    state?: Endpoint['state'];
    reason?: StopReason | null;
    failing_since?: Date | null;
  },
): Promise<void> {
  await tx
    .updateTable('webhooks.endpoint')
    .set(change)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

/** Removed ones are nobody's any more. Newest first. */
export async function endpointsOf(reader: Reader, recyclerId: string): Promise<Endpoint[]> {
  const rows = await reader
    .selectFrom('webhooks.endpoint')
    .selectAll()
    .where('recycler_id', '=', recyclerId)
    .where('state', '<>', 'removed')
    .orderBy('id', 'desc')
    .execute();
  return rows.map(toEndpoint);
}

export async function readEndpoint(reader: Reader, id: string): Promise<Endpoint | undefined> {
  const row = await reader
    .selectFrom('webhooks.endpoint')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row && toEndpoint(row);
}

/** Locked until commit: the first lock of everything that changes one. Removed ones are not found. */
export async function lockEndpoint(tx: Tx, id: string): Promise<Endpoint | undefined> {
  const row = await tx
    .selectFrom('webhooks.endpoint')
    .selectAll()
    .where('id', '=', id)
    .where('state', '<>', 'removed')
    // Deliveries name their endpoint by a foreign key: adding one does not wait for us, nor we for it.
    .forNoKeyUpdate()
    .executeTakeFirst();
  return row && toEndpoint(row);
}

/** Who wants to hear of it now. */
export async function subscribers(
  reader: Reader,
  { recyclerId, type }: { recyclerId: string; type: string },
): Promise<string[]> {
  const rows = await reader
    .selectFrom('webhooks.endpoint')
    .select('id')
    .where('recycler_id', '=', recyclerId)
    .where('state', '=', 'live')
    .where(sql<boolean>`${type} = any(events)`)
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}

// messages and deliveries

export interface Message {
  readonly id: string;
  readonly recyclerId: string;
  readonly type: string;
  readonly body: string;
  readonly at: Date;
}

export async function insertMessage(tx: Tx, message: Message): Promise<void> {
  const { recyclerId, ...row } = message;
  await tx
    .insertInto('webhooks.message')
    .values({ ...row, recycler_id: recyclerId })
    .execute();
}

export type Cause = 'event' | 'redelivery' | 'test';
export interface Delivery {
  readonly id: string;
  readonly messageId: string;
  readonly endpointId: string;
  readonly cause: Cause;
  readonly state: DeliveryState;
  readonly tries: number;
  readonly nextAt: Date | undefined;
  readonly at: Date;
}

const toDelivery = (row: Selectable<Database['webhooks.delivery']>): Delivery => ({
  id: row.id,
  messageId: row.message_id,
  endpointId: row.endpoint_id,
  cause: row.cause as Cause,
  state: row.state as DeliveryState,
  tries: row.tries,
  nextAt: row.next_at ?? undefined,
  at: row.at,
});

export async function insertDelivery(
  tx: Tx,
  delivery: Pick<Delivery, 'id' | 'messageId' | 'endpointId' | 'cause' | 'state' | 'at'>,
): Promise<void> {
  await tx
    .insertInto('webhooks.delivery')
    .values({
      id: delivery.id,
      message_id: delivery.messageId,
      endpoint_id: delivery.endpointId,
      cause: delivery.cause,
      state: delivery.state,
      at: delivery.at,
    })
    .execute();
}

export async function lockDelivery(tx: Tx, id: string): Promise<Delivery | undefined> {
  const row = await tx
    .selectFrom('webhooks.delivery')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row && toDelivery(row);
}

export async function saveDelivery(
  tx: Tx,
  id: string,
  change: { state: DeliveryState; tries?: number; next_at: Date | null },
): Promise<void> {
  await tx
    .updateTable('webhooks.delivery')
    .set(change)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

export interface Letter {
  readonly delivery: Delivery;
  readonly message: Pick<Message, 'id' | 'type' | 'body'>;
}

const letters = (reader: Reader) =>
  reader
    .selectFrom('webhooks.delivery as d')
    .innerJoin('webhooks.message as m', 'm.id', 'd.message_id')
    .selectAll('d')
    .select(['m.type', 'm.body']);
const toLetter = (
  row: Selectable<Database['webhooks.delivery']> & { type: string; body: string },
): Letter => ({
  delivery: toDelivery(row),
  message: { id: row.message_id, type: row.type, body: row.body },
});

export async function readLetter(reader: Reader, deliveryId: string): Promise<Letter | undefined> {
  const row = await letters(reader).where('d.id', '=', deliveryId).executeTakeFirst();
  return row && toLetter(row);
}

/** Newest first. */
export async function lettersTo(
  reader: Reader,
  page: { endpointId: string; cursor: string | undefined; limit: number },
): Promise<Letter[]> {
  const { endpointId, cursor, limit } = page;
  const rows = await letters(reader)
    .where('d.endpoint_id', '=', endpointId)
    .$if(cursor !== undefined, (query) => query.where('d.id', '<', cursor ?? ''))
    .orderBy('d.id', 'desc')
    .limit(limit + 1)
    .execute();
  return rows.map(toLetter);
}

// tries

export interface Attempt {
  readonly deliveryId: string;
  readonly number: number;
  readonly at: Date;
  readonly ms: number;
  readonly status: number | undefined;
  readonly statusLine: string | undefined;
  readonly failure: Failure | undefined;
}

export async function insertAttempt(
  tx: Tx,
  attempt: { deliveryId: string; number: number; at: Date; outcome: Outcome },
): Promise<void> {
  const { deliveryId, number, at, outcome } = attempt;
  await tx
    .insertInto('webhooks.attempt')
    .values({
      ...{ delivery_id: deliveryId, number, at, ms: outcome.ms },
      ...('status' in outcome
        ? { status: outcome.status, status_line: outcome.statusLine }
        : { failure: outcome.failure }),
    })
    .execute();
}

export async function attemptsOf(
  reader: Reader,
  deliveryIds: readonly string[],
): Promise<Attempt[]> {
  if (deliveryIds.length === 0) return [];
  const rows = await reader
    .selectFrom('webhooks.attempt')
    .selectAll()
    .where('delivery_id', 'in', [...deliveryIds])
    .orderBy('delivery_id')
    .orderBy('number')
    .execute();
  return rows.map((row) => ({
    deliveryId: row.delivery_id,
    number: row.number,
    at: row.at,
    ms: row.ms,
    status: row.status ?? undefined,
    statusLine: row.status_line ?? undefined,
    failure: (row.failure ?? undefined) as Failure | undefined,
  }));
}

// forgetting

/** Forgets up to `limit` messages older than `before` of which nothing is under way, with their tries. Gives how many. */
export async function deleteOld(
  tx: Tx,
  { before, limit }: { before: Date; limit: number },
): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    with old as (
      select m.id from webhooks.message m
      where m.at < ${before} and not exists (
        select 1 from webhooks.delivery d
        where d.message_id = m.id and (d.state in ('sending', 'waiting') or d.at >= ${before}))
      order by m.at limit ${limit} for update skip locked),
    tries as (
      delete from webhooks.attempt a using webhooks.delivery d, old
      where a.delivery_id = d.id and d.message_id = old.id)
    select id from old`.execute(tx);
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return 0;
  await tx.deleteFrom('webhooks.delivery').where('message_id', 'in', ids).execute();
  await tx.deleteFrom('webhooks.message').where('id', 'in', ids).execute();
  return ids.length;
}
