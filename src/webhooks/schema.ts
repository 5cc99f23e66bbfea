/** What goes in and out over HTTP about webhooks. */
import { Type } from 'typebox';
import { Body, Id, Instant, Page } from '#platform/schema';
import { EVENTS } from './events.ts';

const EventName = Type.Enum([...EVENTS]);

const wish = {
  url: Type.String({
    minLength: 8,
    maxLength: 500,
    description: 'https, port 443 or 1024 and above, a public host, no name or password in it',
  }),
  events: Type.Array(EventName, { minItems: 1, maxItems: EVENTS.length, uniqueItems: true }),
  signsV1a: Type.Boolean({ description: 'Sign with the house’s Ed25519 key too (v1a)' }),
};
export const WebhookBody = Body(wish);
export const WebhookChange = Body({
  ...wish,
  live: Type.Boolean({ description: 'false: nothing is sent until it is true again' }),
});
export const ByRecycler = Body({ id: Id });
export const OnWebhook = Body({ id: Id, webhookId: Id });
export const OnDelivery = Body({ id: Id, webhookId: Id, deliveryId: Id });

const WebhookView = Type.Object({
  id: Id,
  url: Type.String(),
  events: Type.Array(EventName),
  signsV1a: Type.Boolean(),
  state: Type.Enum(['live', 'disabled']),
  reason: Type.Optional(Type.Enum(['gone', 'failing', 'owner'])),
  failingSince: Type.Optional(Instant),
  /** Until then the secret before signs too. */
  oldSecretUntil: Type.Optional(Instant),
  madeAt: Instant,
});
export const WebhookList = Type.Object({
  items: Type.Array(WebhookView),
  /** All there are. */
  events: Type.Array(EventName),
  publicKey: Type.String({ description: 'whpk_: the Ed25519 key that `v1a` is checked with' }),
});
export const NewSecret = Type.Object({
  secret: Type.String({ description: 'whsec_: shown this once' }),
  webhook: WebhookView,
});

export const DeliveryView = Type.Object({
  id: Id,
  messageId: Id,
  type: Type.String(),
  cause: Type.Enum(['event', 'redelivery', 'test']),
  state: Type.Enum(['sending', 'waiting', 'delivered', 'failed', 'dropped']),
  at: Instant,
  nextAt: Type.Optional(Instant),
  /** What was sent, without the headers. */
  body: Type.String(),
  attempts: Type.Array(
    Type.Object({
      number: Type.Integer(),
      at: Instant,
      ms: Type.Integer(),
      status: Type.Optional(Type.Integer()),
      statusLine: Type.Optional(Type.String()),
      failure: Type.Optional(
        Type.Enum([
          'address_refused',
          'name_unknown',
          'timed_out',
          'not_reached',
          'tls',
          'broken',
          'lost',
        ]),
      ),
    }),
  ),
});
export const DeliveryPage = Page(DeliveryView);
