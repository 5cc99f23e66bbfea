/**
 * How fast is a price? The pure function, and POST /v1/quotes over HTTP with its signature and its row, beside an
 * empty route of the same server in the same run. `node bench/quote.ts [seconds]` prints a table, then JSON.
 */
import { rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  addDays,
  buildHttp,
  chinaInstant,
  fen,
  fileKeys,
  migrate,
  openDatabase,
  openPool,
  readConfig,
  silentLog,
  systemClock,
} from '#platform';
import {
  CATEGORIES,
  compile,
  type ProductFacts,
  pricingRoutes,
  publishSeedTable,
  quote,
  seedTable,
} from '#pricing';
import { freePort, startPostgres } from '../src/platform/postgres.ts';

const SECONDS = Number(process.argv[2] ?? 5);
const CONNECTIONS = 16;
const PURE_ROUNDS = 50_000;

const products = CATEGORIES.map(
  (category): ProductFacts => ({
    sku: `${category}-card`,
    name: { zh: category, en: category },
    category,
    form: 'code',
    denominationsFen: [fen(10_000)],
  }),
);

/** The pure function on cards, faces and hours that differ from call to call; CPU time tells on a busy machine. */
function pure(): { perSecond: number; cpuMicros: number } {
  const table = compile(seedTable, {
    version: 1,
    hash: '00'.repeat(32),
    effectiveFrom: new Date(0),
  });
  const ask = (round: number): void => {
    const product = products[round % products.length];
    if (!product) return;
    const day = addDays('2026-01-01', round % 365);
    const expiresOn = round % 3 === 0 ? undefined : addDays(day, round % 400);
    const faceFen = fen(1_000 + (round % 977) * 100);
    quote(table, { product, faceFen, expiresOn, at: chinaInstant(day, round % 24) });
  };
  for (let round = 0; round < 5_000; round++) ask(round);
  const start = process.hrtime.bigint();
  const cpu = process.cpuUsage();
  for (let round = 0; round < PURE_ROUNDS; round++) ask(round);
  const { user, system } = process.cpuUsage(cpu);
  return {
    perSecond: (PURE_ROUNDS * 1e9) / Number(process.hrtime.bigint() - start),
    cpuMicros: (user + system) / PURE_ROUNDS,
  };
}

interface Load {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

/** Sixteen kept-alive connections that ask again as soon as they are answered. */
async function load(port: number, path: string, body: () => string): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const times: number[] = [];
  const once = (): Promise<void> =>
    new Promise((done, fail) => {
      const start = performance.now();
      const headers = { 'content-type': 'application/json' };
      const call = request({ port, path, method: 'POST', agent, headers }, (reply) => {
        reply.resume().on('end', () => {
          times.push(performance.now() - start);
          if (reply.statusCode === 201) done();
          else fail(new Error(`${path} answered ${reply.statusCode}`));
        });
      });
      call.on('error', fail).end(body());
    });
  for (let warm = 0; warm < 200; warm++) await once();
  times.length = 0;
  const start = performance.now();
  const until = start + SECONDS * 1_000;
  const worker = async (): Promise<void> => {
    while (performance.now() < until) await once();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  const took = (performance.now() - start) / 1_000;
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (part: number): number => times[Math.floor(times.length * part)] ?? Number.NaN;
  return { perSecond: times.length / took, p50Ms: at(0.5), p99Ms: at(0.99) };
}

async function overHttp(): Promise<{ empty: Load; quotes: Load }> {
  const directory = join(tmpdir(), `huiquan-bench-${process.pid}`);
  const server = await startPostgres({ directory, durable: true });
  try {
    const pool = openPool(server.url, { max: 12 });
    await migrate(pool);
    const db = openDatabase(pool);
    await publishSeedTable(db, systemClock.now());
    const config = readConfig({}, { RATE_PER_MINUTE: '1000000' });
    const app = await buildHttp({
      config,
      log: silentLog,
      clock: systemClock,
      db,
      authenticate: async () => undefined,
    });
    pricingRoutes(app, {
      db,
      clock: systemClock,
      keys: fileKeys(join(directory, 'keys.json')),
      findProduct: async (sku) => products.find((one) => one.sku === sku),
      listProducts: async () => products,
      quotesPerMinute: 1_000_000,
    });
    app.post('/empty', async (_request, reply) => reply.code(201).send({ ok: true }));
    const port = await freePort();
    await app.listen({ port, host: '127.0.0.1' });
    let round = 0;
    const body = (): string => {
      round += 1;
      const sku = products[round % products.length]?.sku;
      return JSON.stringify({ sku, faceFen: '10000' });
    };
    const empty = await load(port, '/empty', body);
    const quotes = await load(port, '/v1/quotes', body);
    await app.close();
    await pool.end();
    return { empty, quotes };
  } finally {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

const alone = pure();
const { empty, quotes } = await overHttp();
const round = (value: number): number => Math.round(value * 100) / 100;
const result = {
  node: process.version,
  pure: {
    perSecond: Math.round(alone.perSecond),
    micros: round(1e6 / alone.perSecond),
    cpuMicros: round(alone.cpuMicros),
  },
  emptyRoute: {
    perSecond: Math.round(empty.perSecond),
    p50Ms: round(empty.p50Ms),
    p99Ms: round(empty.p99Ms),
  },
  postQuotes: {
    perSecond: Math.round(quotes.perSecond),
    p50Ms: round(quotes.p50Ms),
    p99Ms: round(quotes.p99Ms),
  },
  ratio: round(quotes.perSecond / empty.perSecond),
};
console.table({
  'quote(), pure': { 'per second': result.pure.perSecond, 'cpu µs': result.pure.cpuMicros },
  'empty route': {
    'per second': result.emptyRoute.perSecond,
    'p50 ms': result.emptyRoute.p50Ms,
    'p99 ms': result.emptyRoute.p99Ms,
  },
  'POST /v1/quotes': {
    'per second': result.postQuotes.perSecond,
    'p50 ms': result.postQuotes.p50Ms,
    'p99 ms': result.postQuotes.p99Ms,
  },
});
console.log(JSON.stringify(result));
