/** What the app serves beside the rooms: failed jobs, health, metrics, the API document and the built pages. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type pg from 'pg';
import { Type } from 'typebox';
import {
  type App,
  Body,
  type Db,
  failedJobs,
  inTransaction,
  metrics,
  Problem,
  Refused,
  retryJob,
} from '#platform';

const WEB = join(import.meta.dirname, '../dist/web');

export function jobsRoutes(app: App, db: Db): void {
  const tags = ['jobs'];
  const Failed = Type.Object({
    id: Type.String(),
    task: Type.String(),
    attempts: Type.Integer(),
    maxAttempts: Type.Integer(),
    lastError: Type.String(),
    runAt: Type.String(),
  });
  app.get(
    '/v1/console/jobs/failed',
    {
      config: { access: ['support', 'risk', 'finance', 'compliance', 'auditor', 'admin'] },
      schema: {
        tags,
        summary: 'Jobs whose last try failed.',
        response: { 200: Type.Array(Failed), '4xx': Problem },
      },
    },
    async () => (await failedJobs(db)).map((job) => ({ ...job, runAt: job.runAt.toISOString() })),
  );
  app.post(
    '/v1/console/jobs/:id/retry',
    {
      config: { access: ['admin', 'support', 'finance'] },
      schema: {
        tags,
        summary: 'Run a failed job again now.',
        params: Body({ id: Type.String({ pattern: '^[0-9]{1,18}$' }) }),
        body: Body({}),
        response: { 204: Type.Null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      if (!(await inTransaction(db, async (tx) => await retryJob(tx, request.params.id))))
        throw new Refused('not_found');
      return reply.code(204).send(null);
    },
  );
}

export function healthRoutes(app: App, pool: pg.Pool): void {
  app.get('/healthz', { config: { rateLimit: false } }, async () => ({ ok: true }));
  app.get('/readyz', { config: { rateLimit: false } }, async (_request, reply) => {
    try {
      await pool.query('select 1');
      return { ok: true };
    } catch {
      return reply.code(503).send({ ok: false });
    }
  });
  app.get('/metrics', { config: { rateLimit: false } }, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.metrics()),
  );
  app.get('/openapi.json', async () => app.swagger());
}

/** The built pages: hashed files are kept for a year, the pages themselves are always asked for again. */
export async function webRoutes(app: App): Promise<void> {
  if (!existsSync(join(WEB, 'index.html'))) return;
  await app.register(fastifyStatic, {
    root: WEB,
    wildcard: false,
    index: false,
    setHeaders: (reply, path) =>
      reply.header(
        'cache-control',
        path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      ),
  });
  const page = (name: string): string => readFileSync(join(WEB, name), 'utf8');
  const consumer = page('index.html');
  for (const name of ['console', 'counter']) {
    const file = existsSync(join(WEB, `${name}.html`)) ? page(`${name}.html`) : consumer;
    for (const url of [`/${name}`, `/${name}/*`])
      app.get(url, async (_request, reply) =>
        reply.header('cache-control', 'no-cache').type('text/html').send(file),
      );
  }
  app.get('/*', async (request, reply) => {
    if (request.url.startsWith('/v1/') || request.url.startsWith('/assets/'))
      return reply.callNotFound();
    return reply.header('cache-control', 'no-cache').type('text/html').send(consumer);
  });
}
