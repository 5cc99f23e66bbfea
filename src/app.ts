/** The house: the only file that knows every room, and hands each of them the plain arguments it needs. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import scalar from '@scalar/fastify-api-reference';
import type pg from 'pg';
import { Type } from 'typebox';
import {
  buyback,
  buybackRoutes,
  buybackTasks,
  executeCase,
  hasLiveOrders,
  holdQuote,
  onBuybackClock,
} from '#buyback';
import { cardsRoutes, findProduct, type IssuerDeps, issuerGateway } from '#cards';
import { caseClock, caseProcess, disputesRoutes } from '#disputes';
import { expireHolds, ledgerRoutes } from '#ledger';
import {
  makeAuth,
  type PartiesDeps,
  partiesRoutes,
  partiesTasks,
  realNameOf,
  sendSms,
} from '#parties';
import {
  type App,
  Body,
  buildHttp,
  type Clock,
  type Config,
  type Db,
  drainJobs,
  failedJobs,
  inTransaction,
  type Keys,
  type Live,
  type Log,
  metrics,
  openDatabase,
  openLive,
  Problem,
  Refused,
  retryJob,
  startWorker,
  type Tasks,
} from '#platform';
import { dueReminders, pricingRoutes } from '#pricing';
import { type ClockHandler, checkProcess, type Process, processRoutes, runClock } from '#process';
import { recordRoutes, seal } from '#record';
import { checkFace, rulesRoutes } from '#rules';
import {
  payoutProcess,
  settlementClock,
  settlementRoutes,
  settlementTasks,
  topUpProcess,
} from '#settlement';
import { type DemoControls, demoRoutes } from './demo-routes.ts';

export interface HouseInput {
  config: Config;
  pool: pg.Pool;
  keys: Keys;
  clock: Clock;
  log: Log;
  demo?: DemoControls;
}

export interface House {
  readonly app: App;
  readonly db: Db;
  /** Starts listening; gives the address. */
  listen(): Promise<string>;
  /** Starts the worker and the sweep of deadlines; gives how to stop both. */
  work(): Promise<() => Promise<void>>;
  /** All that is due now, and all jobs that follow; for tests and the demo. */
  settleDown(): Promise<void>;
  close(): Promise<void>;
}

export const PROCESSES: readonly Process[] = [buyback, payoutProcess, topUpProcess, caseProcess];
const SWEEP_MS = 1_000;
const WEB = join(import.meta.dirname, '../dist/web');

export async function openHouse(input: HouseInput): Promise<House> {
  const { config, pool, keys, clock, log } = input;
  const faults = PROCESSES.flatMap((process) => checkProcess(process));
  if (faults.length > 0) throw new Error(`life cycles are not sound:\n${faults.join('\n')}`);
  const db = openDatabase(pool);
  const live = await openLive(config.DATABASE_URL);
  const issuers: IssuerDeps = {
    db,
    keys,
    issuers: issuerGateway({
      url: config.ISSUER_URL,
      secret: config.ISSUER_SECRET,
      publicKeyPem: config.ISSUER_PUBLIC_KEY,
    }),
  };
  const tasks: Tasks = {
    ...partiesTasks({ config, keys }),
    ...settlementTasks({ config, keys }),
    ...buybackTasks({ keys, cards: issuers }),
  };
  const app = await openApp({ ...input, db, live });
  const worker = { pool, db, clock, log, tasks };
  return {
    app,
    db,
    listen: async () =>
      await app
        .listen({ host: config.HOST, port: config.PORT })
        .catch((error: NodeJS.ErrnoException) => {
          if (error.code !== 'EADDRINUSE') throw error;
          throw Object.assign(
            new Error(
              `port ${config.PORT} is in use; choose another with --port, e.g. npm start -- --port ${config.PORT + 10}`,
            ),
            { expected: true },
          );
        }),
    work: async () => {
      const runner = await startWorker(worker, config.WORKER_CONCURRENCY);
      const stopSweep = startSweep(async () => await sweep(db, keys, clock, log));
      return async () => {
        await stopSweep();
        await runner.stop();
      };
    },
    settleDown: async () => {
      for (;;) {
        const moved = await sweep(db, keys, clock, log);
        await drainJobs(worker);
        if (moved === 0) return;
      }
    },
    close: async () => {
      await app.close();
      await live.close();
    },
  };
}

function clockHandlers(keys: Keys): Record<string, ClockHandler> {
  return {
    buyback: async (db, due) => await onBuybackClock(db, due),
    ...caseClock(executeCase),
    ...settlementClock({ keys }),
  };
}

/** One round of what time brings. Cheap when nothing is due: four indexed look-ups. */
async function sweep(db: Db, keys: Keys, clock: Clock, log: Log): Promise<number> {
  const at = clock.now();
  const moved = await runClock(db, { at, handlers: clockHandlers(keys), log });
  await expireHolds(db, at);
  await remind(db, at);
  await seal(db, at);
  return moved;
}

/** Sellers who wanted to hear of a better time; pricing knows them only by an opaque reference. */
async function remind(db: Db, at: Date): Promise<void> {
  for (const { subscriber, ...reminder } of await dueReminders(db, at)) {
    await inTransaction(
      db,
      async (tx) =>
        await sendSms(tx, {
          userId: subscriber,
          template: 'price_reminder',
          params: { product: reminder.productName },
          at,
        }),
    );
  }
}

/** Rounds never overlap; one that fails is logged and the next one tries again. */
function startSweep(round: () => Promise<unknown>): () => Promise<void> {
  let stopped = false;
  let running: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    running = running
      .then(async () => {
        if (!stopped) await round();
      })
      .catch(() => undefined);
  }, SWEEP_MS);
  return async () => {
    stopped = true;
    clearInterval(timer);
    await running;
  };
}

async function openApp(input: HouseInput & { db: Db; live: Live }): Promise<App> {
  const { config, keys, clock, log, db, live, pool } = input;
  const auth = makeAuth({ db, clock, config });
  const app = await buildHttp({ config, log, clock, db, authenticate: auth.authenticate });
  await app.register(scalar, { routePrefix: '/reference' });
  const people: PartiesDeps = {
    db,
    keys,
    clock,
    config,
    live,
    exporters: {},
    erasers: {},
    mayErase: async (tx, userId) => !(await hasLiveOrders(tx, userId)),
  };
  partiesRoutes(app, people);
  rulesRoutes(app, { db, clock });
  cardsRoutes(app, { db, keys, clock });
  pricingRoutes(app, { db, keys, clock, findProduct, checkFace, onIssued: holdQuote });
  settlementRoutes(app, { db, keys, clock, config, realNameOf, notify: sendSms });
  disputesRoutes(app, { db, keys });
  buybackRoutes(app, { db, clock, keys, live });
  ledgerRoutes(app, { db, clock });
  recordRoutes(app, { db, clock });
  processRoutes(app, { db, processes: PROCESSES });
  jobsRoutes(app, db);
  if (input.demo) demoRoutes(app, input.demo);
  healthRoutes(app, pool);
  await webRoutes(app);
  return app;
}

function jobsRoutes(app: App, db: Db): void {
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

function healthRoutes(app: App, pool: pg.Pool): void {
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
async function webRoutes(app: App): Promise<void> {
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
  const consoleFile = existsSync(join(WEB, 'console.html')) ? page('console.html') : consumer;
  for (const url of ['/console', '/console/*']) {
    app.get(url, async (_request, reply) =>
      reply.header('cache-control', 'no-cache').type('text/html').send(consoleFile),
    );
  }
  app.get('/*', async (request, reply) => {
    if (request.url.startsWith('/v1/') || request.url.startsWith('/assets/'))
      return reply.callNotFound();
    return reply.header('cache-control', 'no-cache').type('text/html').send(consumer);
  });
}
