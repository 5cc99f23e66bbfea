/** Face of webhooks: tells a recycler's programs what happened, signed, and again until it arrives. */
export { announce } from './announce.ts';
export type { MessageData } from './domain.ts';
export { EVENTS, type EventType } from './events.ts';
export { webhookDelivery } from './life.ts';
export { type Outside, type Resolve, resolvePublic } from './post.ts';
export { purgeMessages } from './purge.ts';
export { type WebhooksDeps, webhooksRoutes } from './routes.ts';
export { webhooksClock } from './send.ts';
export { webhooksTasks } from './tasks.ts';
