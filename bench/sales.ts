/**
 * How many sales does one api and one worker bring to their end, how long does each take, and where does the time go?
 * Real processes over loopback on a durable PostgreSQL of its own: quote → accept → hand over → verified → settled;
 * beside it, in the same run, the same number of bare round trips and bare commits: no house could be faster than that.
 * `node bench/sales.ts [seconds] [lanes] [statements]` prints tables, then JSON; `statements` lists the dearest ones.
 */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chinaDay, chinaInstant, FakeClock, nextWorkday, openPool, systemClock } from '#platform';
import { openTestHouse, type Person, type TestHouse } from '#test/house.ts';
import { startPart } from '#test/parts.ts';
import { makeTemplate } from '#test/setup.ts';
import { freePort, type OwnPostgres, startPostgres } from '../src/platform/postgres.ts';
import { type Counted, countStatements, cpuMs, dearest, phases } from './sales/where.ts';

const SECONDS = Math.min(Number(process.argv[2] ?? 15), 25);
const SELLERS = 24;
/** Sellers who quote, or sell, side by side. */
const LANES = Number(process.argv[3] ?? 16);
const SKUS = ['weihe-gift', 'weihe-ecard', 'manhecang-card', 'chizhang-card', 'yunlu-card'];
const FACE_FEN = 20_000n;
/** Often enough to see the end, seldom enough not to be the load itself. */
const POLL_MS = 50;
const WITH_STATEMENTS = process.argv[4] === 'statements';

interface Load {
  name: string;
  done: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

interface World {
  house: TestHouse;
  url: string;
  sellers: Person[];
}

async function ask<T>({ url }: World, as: Person, line: string, body?: unknown): Promise<T> {
  const [method = '', path = ''] = line.split(' ');
  asked++;
  const reply = await fetch(url + path, {
    method,
    headers: {
      // Each seller sits at an address of their own: the limit of requests a minute is not what is measured.
      ...{
        cookie: as.cookie,
        'x-forwarded-for': `198.51.100.${1 + Math.floor(Math.random() * 250)}`,
      },
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!reply.ok) throw new Error(`${line}: ${reply.status} ${await reply.text()}`);
  return (await reply.json()) as T;
}

/** Lanes that begin anew as soon as they are done, for SECONDS. */
async function load(name: string, once: (round: number) => Promise<void>): Promise<Load> {
  const times: number[] = [];
  const start = performance.now();
  const end = start + SECONDS * 1_000;
  let round = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() < end) {
      const begun = performance.now();
      await once(round++);
      times.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const seconds = (performance.now() - start) / 1_000;
  times.sort((a, b) => a - b);
  const at = (part: number): number =>
    Math.round((times[Math.floor((times.length - 1) * part)] ?? 0) * 10) / 10;
  const perSecond = Math.round((times.length / seconds) * 10) / 10;
  return { name, done: times.length, perSecond, p50Ms: at(0.5), p99Ms: at(0.99) };
}

interface Quote {
  quoteId: string;
  signature: string;
}

const quoteFor = async (world: World, as: Person, sku: string): Promise<Quote> =>
  await ask(world, as, 'POST /v1/quotes', { sku, faceFen: String(FACE_FEN) });

/** Sums over all sales, in milliseconds: what a seller waits for. */
const waited = { quote: 0, accept: 0, 'hand over': 0, 'until credited': 0 };
let asked = 0;

async function timed<T>(phase: keyof typeof waited, work: Promise<T>): Promise<T> {
  const begun = performance.now();
  const answer = await work;
  waited[phase] += performance.now() - begun;
  return answer;
}

async function sale(world: World, round: number): Promise<void> {
  const as = world.sellers[round % SELLERS];
  if (!as) return;
  const { sku, number, pin } = world.house.card(SKUS[round % SKUS.length] ?? '', 'good', FACE_FEN);
  const { quoteId, signature } = await timed('quote', quoteFor(world, as, sku));
  const { id } = await timed(
    'accept',
    ask<{ id: string }>(world, as, 'POST /v1/orders', { quoteId, signature }),
  );
  const card = { number, ...(pin !== undefined && { pin }) };
  await timed('hand over', ask(world, as, `POST /v1/orders/${id}/card`, card));
  await timed('until credited', credited(world, as, id));
}

async function credited(world: World, as: Person, id: string): Promise<void> {
  for (;;) {
    await sleep(POLL_MS);
    const { state } = await ask<{ state: string }>(world, as, `GET /v1/orders/${id}`);
    if (state === 'settled') return;
    if (!/^(submitted|verified)$/.test(state)) throw new Error(`a sale came to be ${state}`);
  }
}

interface Cost {
  requests: number;
  database: Counted;
  cpu: ReturnType<typeof cpuMs>;
}

async function spent(world: World): Promise<Cost> {
  const database = await countStatements(world.house.pool);
  return { requests: asked, database, cpu: cpuMs() };
}

/** Sales, and what one of them costs. */
async function measureSales(world: World): Promise<{ sales: Load; per: Record<string, number> }> {
  for (const phase of Object.keys(waited)) waited[phase as keyof typeof waited] = 0;
  const { rows } = await world.house.pool.query<{ at: Date }>(
    'select max(at) as at from process.step',
  );
  const before = await spent(world);
  const sales = await load('sale, to settled', (round) => sale(world, round));
  const after = await spent(world);
  const history = await phases(world.house.pool, rows[0]?.at ?? new Date());
  const each = (amount: number): number => Math.round((amount / sales.done) * 10) / 10;
  const { database: was } = before;
  const { database: is } = after;
  const per: Record<string, number> = {};
  for (const [phase, ms] of Object.entries(waited)) per[`seller waits, ms: ${phase}`] = each(ms);
  for (const [phase, ms] of Object.entries(history))
    if (phase !== 'sales') per[`of that, ms: ${phase}`] = Math.round(ms * 10) / 10;
  per['requests'] = each(after.requests - before.requests);
  per['statements'] = each(is.statements - was.statements);
  per['commits'] = each(is.commits - was.commits);
  per['database ms: planning'] = each(is.planningMs - was.planningMs);
  per['database ms: executing'] = each(is.executingMs - was.executingMs);
  for (const [group, ms] of Object.entries(after.cpu))
    per[`CPU ms: ${group}`] = each(ms - before.cpu[group as keyof typeof after.cpu]);
  return { sales, per };
}

/** As many round trips to an empty route and as many one-row commits as a sale has, and nothing else. */
async function bareLimit(world: World, per: { requests: number; commits: number }): Promise<Load> {
  const { pool } = world.house;
  await pool.query('create table bench_commit (id int8 generated always as identity, at text)');
  return await load('limit: bare round trips and commits', async () => {
    for (let request = 0; request < Math.round(per.requests); request++) {
      const reply = await fetch(`${world.url}/healthz`);
      await reply.arrayBuffer();
    }
    for (let commit = 0; commit < Math.round(per.commits); commit++)
      await pool.query(`insert into bench_commit (at) values ('now')`);
  });
}

/** Durable, as in earnest, and counting its statements. */
async function startCounting(directory: string): Promise<OwnPostgres> {
  const first = await startPostgres({ directory, durable: true });
  const admin = openPool(first.url, { max: 1 });
  await admin.query(`alter system set shared_preload_libraries = 'pg_stat_statements'`);
  await admin.query(`alter system set pg_stat_statements.track_planning = on`);
  await admin.end();
  await first.stop();
  return await startPostgres({ directory, durable: true });
}

async function openWorld(closing: (() => Promise<void>)[]): Promise<World> {
  const directory = join(tmpdir(), `huiquan-bench-${process.pid}`);
  closing.push(async () => rmSync(directory, { recursive: true, force: true }));
  const server = await startCounting(directory);
  closing.push(() => server.stop());
  await makeTemplate(server.url);
  process.env['HUIQUAN_TEST_PG'] = server.url;
  const morning = chinaInstant(nextWorkday(chinaDay(systemClock.now())), 10);
  const house = await openTestHouse(
    { after: (work) => void closing.push(work) },
    { clock: new FakeClock(morning) },
  );
  await house.pool.query('create extension pg_stat_statements');
  const sellers: Person[] = [];
  for (let index = 0; index < SELLERS; index++) sellers.push(await house.seller());
  const aheadMs = morning.getTime() - Date.now();
  await house.control('psp', '/control/clock', { aheadMs });
  await house.pool.query('insert into platform.demo_clock values (true, $1)', [aheadMs]);
  const PORT = await freePort();
  const config = { ...house.config, PORT, DEMO: true, TRUSTED_PROXIES: '127.0.0.1' };
  for (const part of ['api', 'worker'] as const) {
    const started = await startPart(part, config);
    closing.push(() => started.stop());
  }
  return { house, url: `http://127.0.0.1:${PORT}`, sellers };
}

const closing: (() => Promise<void>)[] = [];
try {
  const world = await openWorld(closing);
  for (let round = 0; round < LANES; round++) await sale(world, round);
  const quotes = await load('POST /v1/quotes', async (round) => {
    const as = world.sellers[round % SELLERS];
    if (as) await quoteFor(world, as, SKUS[round % SKUS.length] ?? '');
  });
  await world.house.pool.query('select pg_stat_statements_reset()');
  const { sales, per } = await measureSales(world);
  if (WITH_STATEMENTS) console.table(await dearest(world.house.pool, 60));
  const { requests = 0, commits = 0 } = per;
  const limit = await bareLimit(world, { requests, commits });
  const results = [quotes, sales, limit];
  console.log(
    `${LANES} lanes, ${SECONDS} s each, one api, one worker, durable PostgreSQL, loopback`,
  );
  console.table(Object.fromEntries(results.map(({ name, ...rest }) => [name, rest])));
  console.log('one sale, on average');
  console.table(per);
  console.log(JSON.stringify({ results, per }));
} finally {
  for (const close of closing.reverse()) await close();
}
