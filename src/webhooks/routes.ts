/** Routes of a recycler's webhooks, for its owners and for its programs with the scope `webhooks`. */
import type { FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { requireMember } from '#parties';
import {
  type App,
  Body,
  type Clock,
  callerOf,
  type Db,
  inTransaction,
  type Keys,
  PageQuery,
  Problem,
  pageOf,
  type Tx,
} from '#platform';
import { EVENTS } from './events.ts';
import {
  addEndpoint,
  changeEndpoint,
  redeliver,
  removeEndpoint,
  requireEndpoint,
  rotateSecret,
  sendTest,
  type Who,
} from './manage.ts';
import type { Outside } from './post.ts';
import {
  ByRecycler,
  DeliveryPage,
  type DeliveryView,
  NewSecret,
  OnDelivery,
  OnWebhook,
  WebhookBody,
  WebhookChange,
  WebhookList,
} from './schema.ts';
import { publicKeyText } from './sign.ts';
import {
  type Attempt,
  attemptsOf,
  type Endpoint,
  endpointsOf,
  type Letter,
  lettersTo,
} from './store.ts';

const tags = ['webhooks'];
const no = { '4xx': Problem };
const scope = 'webhooks';
/** Each sends something to somebody else's server. */
const SENDS_PER_MINUTE = 30;
const LOG_PAGE = 20;

export interface WebhooksDeps {
  readonly db: Db;
  readonly keys: Keys;
  readonly clock: Clock;
  readonly outside: Outside;
}

type ById = FastifyRequest<{ Params: { id: string } }>;

export function webhooksRoutes(app: App, deps: WebhooksDeps): void {
  reads(app, deps);
  secrets(app, deps);
  changes(app, deps);
  sends(app, deps);
}

const whoIn = (request: ById, { clock }: WebhooksDeps): Who => ({
  recyclerId: request.params.id,
  userId: callerOf(request).userId,
  at: clock.now(),
});

function reads(app: App, deps: WebhooksDeps): void {
  const { db } = deps;
  app.get(
    '/v1/recyclers/:id/webhooks',
    {
      config: { access: 'user', scope },
      schema: {
        ...{ tags, summary: 'Where the shop’s programs are told, and of what.' },
        ...{ params: ByRecycler, response: { 200: WebhookList, ...no } },
      },
    },
    async (request) => {
      const who = whoIn(request, deps);
      await requireMember(db, { ...who, role: 'owner' });
      return await listOf(deps, who);
    },
  );
  app.get(
    '/v1/recyclers/:id/webhooks/:webhookId/deliveries',
    {
      config: { access: 'user', scope },
      schema: {
        ...{ tags, summary: 'What was sent to one address, newest first, with every try.' },
        ...{ params: OnWebhook, querystring: Body(PageQuery) },
        response: { 200: DeliveryPage, ...no },
      },
    },
    async (request) => {
      await requireMember(db, { ...whoIn(request, deps), role: 'owner' });
      const { id: recyclerId, webhookId } = request.params;
      await requireEndpoint(db, { recyclerId, webhookId });
      const { cursor, limit = LOG_PAGE } = request.query;
      return await logOf(db, { endpointId: webhookId, cursor, limit });
    },
  );
}

function secrets(app: App, deps: WebhooksDeps): void {
  const { db, keys, outside } = deps;
  const config = { access: 'user', scope, stepUp: true, secret: true } as const;
  const shown = async (who: Who, webhookId: string, secret: string) => ({
    ...{ secret, webhook: viewOf(await requireEndpoint(db, { ...who, webhookId }), who.at) },
  });
  app.post(
    '/v1/recyclers/:id/webhooks',
    {
      config,
      schema: {
        ...{ tags, summary: 'Add an address; the answer is the only one that shows its secret.' },
        ...{ params: ByRecycler, body: WebhookBody, response: { 201: NewSecret, ...no } },
      },
    },
    async (request, reply) => {
      const who = whoIn(request, deps);
      const { loopback } = outside;
      const { id, secret } = await inTransaction(db, (tx) =>
        addEndpoint(tx, { who, wish: request.body, keys, loopback }),
      );
      return reply.code(201).send(await shown(who, id, secret.reveal()));
    },
  );
  app.post(
    '/v1/recyclers/:id/webhooks/:webhookId/rotate',
    {
      config,
      schema: {
        ...{ tags, summary: 'A new secret, shown this once; the old one signs too for 24 hours.' },
        ...{ params: OnWebhook, response: { 200: NewSecret, ...no } },
      },
    },
    async (request) => {
      const who = whoIn(request, deps);
      const { webhookId } = request.params;
      const secret = await inTransaction(db, (tx) => rotateSecret(tx, { who, webhookId, keys }));
      return await shown(who, webhookId, secret.reveal());
    },
  );
}

function changes(app: App, deps: WebhooksDeps): void {
  const { db, outside } = deps;
  const on = (summary: string) => ({
    ...{ tags, summary, params: OnWebhook, response: { 200: WebhookList, ...no } },
  });
  app.put(
    '/v1/recyclers/:id/webhooks/:webhookId',
    {
      config: { access: 'user', scope, stepUp: true },
      schema: {
        ...on('Change address, events or signature; switch it off and on.'),
        body: WebhookChange,
      },
    },
    async (request) => {
      const who = whoIn(request, deps);
      const { webhookId } = request.params;
      const change = { who, webhookId, wish: request.body, loopback: outside.loopback };
      await inTransaction(db, (tx) => changeEndpoint(tx, change));
      return await listOf(deps, who);
    },
  );
  app.delete(
    '/v1/recyclers/:id/webhooks/:webhookId',
    {
      config: { access: 'user', scope },
      schema: on('Remove an address; nothing is sent there any more.'),
    },
    async (request) => {
      const who = whoIn(request, deps);
      await inTransaction(db, (tx) => removeEndpoint(tx, who, request.params.webhookId));
      return await listOf(deps, who);
    },
  );
}

function sends(app: App, deps: WebhooksDeps): void {
  const { db } = deps;
  const config = {
    access: 'user' as const,
    scope,
    rateLimit: { max: SENDS_PER_MINUTE, timeWindow: 60_000 },
  };
  /** Queues one delivery; the answer is the newest page of the log. */
  const queue = async (
    request: FastifyRequest<{ Params: { id: string; webhookId: string } }>,
    work: (tx: Tx, who: Who) => Promise<string>,
  ) => {
    const who = whoIn(request, deps);
    await inTransaction(db, (tx) => work(tx, who));
    const { webhookId: endpointId } = request.params;
    return await logOf(db, { endpointId, cursor: undefined, limit: LOG_PAGE });
  };
  const answer = { response: { 200: DeliveryPage, ...no } };
  app.post(
    '/v1/recyclers/:id/webhooks/:webhookId/test',
    { config, schema: { tags, summary: 'Send a test event.', params: OnWebhook, ...answer } },
    async (request) =>
      await queue(request, (tx, who) => sendTest(tx, who, request.params.webhookId)),
  );
  app.post(
    '/v1/recyclers/:id/webhooks/:webhookId/deliveries/:deliveryId/redeliver',
    {
      config,
      schema: {
        ...{ tags, summary: 'Send one message again, under the same webhook-id.' },
        ...{ params: OnDelivery, ...answer },
      },
    },
    async (request) => {
      const { webhookId, deliveryId } = request.params;
      return await queue(request, (tx, who) => redeliver(tx, { who, webhookId, deliveryId }));
    },
  );
}

// views

const viewOf = (endpoint: Endpoint, at: Date) => {
  const { id, url, events, signsV1a, state, reason, failingSince, oldUntil, madeAt } = endpoint;
  return {
    ...{ id, url, signsV1a, state: state === 'live' ? ('live' as const) : ('disabled' as const) },
    events: events.filter((one) =>
      EVENTS.some((known) => known === one),
    ) as (typeof EVENTS)[number][],
    madeAt: madeAt.toISOString(),
    ...(reason && { reason }),
    ...(failingSince && { failingSince: failingSince.toISOString() }),
    ...(oldUntil && at < oldUntil && { oldSecretUntil: oldUntil.toISOString() }),
  };
};

const listOf = async ({ db, keys }: WebhooksDeps, { recyclerId, at }: Who) => ({
  items: (await endpointsOf(db, recyclerId)).map((one) => viewOf(one, at)),
  events: [...EVENTS],
  publicKey: publicKeyText(keys),
});

async function logOf(
  db: Db,
  page: { endpointId: string; cursor: string | undefined; limit: number },
) {
  const letters = await lettersTo(db, page);
  const tries = await attemptsOf(
    db,
    letters.map(({ delivery }) => delivery.id),
  );
  const rows = letters.map((letter) => ({ id: letter.delivery.id, letter }));
  return pageOf(rows, page.limit, ({ letter }) =>
    deliveryView(
      letter,
      tries.filter(({ deliveryId }) => deliveryId === letter.delivery.id),
    ),
  );
}

function deliveryView(
  { delivery, message }: Letter,
  attempts: readonly Attempt[],
): Static<typeof DeliveryView> {
  const { id, messageId, cause, state, at, nextAt } = delivery;
  return {
    ...{ id, messageId, cause, state, type: message.type, body: message.body },
    at: at.toISOString(),
    ...(nextAt && { nextAt: nextAt.toISOString() }),
    attempts: attempts.map(({ number, at: triedAt, ms, status, statusLine, failure }) => ({
      ...{ number, ms, at: triedAt.toISOString() },
      ...(status !== undefined && { status }),
      ...(statusLine !== undefined && { statusLine }),
      ...(failure && { failure }),
    })),
  };
}
