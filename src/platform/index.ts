/** Face of the platform: what every room stands on and none of them may write again. */
export * from './calendar.ts';
export * from './config.ts';
export * from './crypto.ts';
export * from './db.ts';
export * from './http.ts';
export * from './ids.ts';
export * from './jobs.ts';
export * from './live.ts';
export * from './log.ts';
export * from './metrics.ts';
export * from './migrate.ts';
export * from './money.ts';
export * from './refusals.ts';
export * from './schema.ts';
export * from './secret.ts';
export * from './time.ts';
export * from './world.ts';
