/**
 * How many sales does one api and one worker bring to their end, and how long does each take? Real processes over
 * loopback on a durable PostgreSQL of its own: quote → accept → hand over → verified → settled.
 * `node bench/sales.ts [seconds] [lanes]` prints a table, then JSON.
 */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chinaDay, chinaInstant, FakeClock, nextWorkday, systemClock } from '#platform';
import { openTestHouse, type Person, type TestHouse } from '#test/house.ts';
import { startPart } from '#test/parts.ts';
import { makeTemplate } from '#test/setup.ts';
import { freePort, startPostgres } from '../src/platform/postgres.ts';

const SECONDS = Math.min(Number(process.argv[2] ?? 15), 25);
const SELLERS = 24;
/** Sellers who quote, or sell, side by side. */
const LANES = Number(process.argv[3] ?? 16);
const SKUS = ['weihe-gift', 'weihe-ecard', 'manhecang-card', 'chizhang-card', 'yunlu-card'];
const FACE_FEN = 20_000n;
/** Often enough to see the end, seldom enough not to be the load itself. */
const POLL_MS = 200;

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

async function sale(world: World, round: number): Promise<void> {
  const as = world.sellers[round % SELLERS];
  if (!as) return;
  const { sku, number, pin } = world.house.card(SKUS[round % SKUS.length] ?? '', 'good', FACE_FEN);
  const { quoteId, signature } = await quoteFor(world, as, sku);
  const { id } = await ask<{ id: string }>(world, as, 'POST /v1/orders', { quoteId, signature });
  await ask(world, as, `POST /v1/orders/${id}/card`, { number, ...(pin !== undefined && { pin }) });
  for (;;) {
    const { state } = await ask<{ state: string }>(world, as, `GET /v1/orders/${id}`);
    if (state === 'settled') return;
    if (!/^(submitted|verified)$/.test(state)) throw new Error(`a sale came to be ${state}`);
    await sleep(POLL_MS);
  }
}

async function openWorld(closing: (() => Promise<void>)[]): Promise<World> {
  const directory = join(tmpdir(), `huiquan-bench-${process.pid}`);
  closing.push(async () => rmSync(directory, { recursive: true, force: true }));
  const server = await startPostgres({ directory, durable: true });
  closing.push(() => server.stop());
  await makeTemplate(server.url);
  process.env['HUIQUAN_TEST_PG'] = server.url;
  const morning = chinaInstant(nextWorkday(chinaDay(systemClock.now())), 10);
  const house = await openTestHouse(
    { after: (work) => void closing.push(work) },
    { clock: new FakeClock(morning) },
  );
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
  const results = [
    await load('POST /v1/quotes', async (round) => {
      const as = world.sellers[round % SELLERS];
      if (as) await quoteFor(world, as, SKUS[round % SKUS.length] ?? '');
    }),
    await load('sale, to settled', (round) => sale(world, round)),
  ];
  console.log(
    `${LANES} lanes, ${SECONDS} s each, one api, one worker, durable PostgreSQL, loopback`,
  );
  console.table(Object.fromEntries(results.map(({ name, ...rest }) => [name, rest])));
  console.log(JSON.stringify(results));
} finally {
  for (const close of closing.reverse()) await close();
}
