/** Face of webhooks: tells a recycler's programs what happened, signed, and again until it arrives. */
export { announce } from './announce.ts';
export { EVENTS, type EventType, type MessageData } from './domain.ts';
export { webhookDelivery } from './life.ts';
export { type Outside, type Resolve, resolvePublic } from './post.ts';
export { type WebhooksDeps, webhooksRoutes } from './routes.ts';
export { webhooksClock } from './send.ts';
export { webhooksTasks } from './tasks.ts';
