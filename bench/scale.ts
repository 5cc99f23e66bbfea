/**
 * What do ten million transfers weigh, and does the ledger slow down under them? Loaded through `post_batch` on a
 * durable PostgreSQL of its own: size, audit, seal, balance at a time, statement of a month, and the rate of posting
 * in turns with an empty ledger beside it. `npm run bench -- scale [transfers] [seconds a turn]`: a table, then JSON.
 */
import { rmSync } from 'node:fs';
import { loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type AccountId, accountIds, batchQuery, POST_BATCH, reconcile, statement } from '#ledger';
import { DAY, type Db, migrate, newId, openDatabase, openPool, plus, systemClock } from '#platform';
import { freePort, startPostgres } from '../src/platform/postgres.ts';
import { sealAll, verifyLedgerSeals } from '../src/seal.ts';

const TRANSFERS = Number(process.argv[2] ?? 10_000_000);
const SECONDS = Number(process.argv[3] ?? 3);
const ROUNDS = 5;
const USERS = 10_000;
const FUNDS = 1_000_000_000n;
/** Large batches to load; to measure, what a thousand callers make. */
const LOAD_BATCH = 8_000;
const BATCH = 1_000;
const DAYS = 360;
const BEGIN = new Date('2026-01-01T00:00:00+08:00');
const HUB = 'ESCROW:scale';
const LOOKS = 200;

interface Ledger {
  readonly db: Db;
  readonly client: pg.Client;
  readonly users: readonly AccountId[];
  readonly hub: AccountId;
  /** Transfers so far, and the time of the last. */
  posted: number;
  at: Date;
}

const closing: (() => Promise<unknown>)[] = [];
try {
  await main();
} finally {
  for (const close of closing.reverse()) await close();
}

async function main(): Promise<void> {
  const directory = join(tmpdir(), `huiquan-bench-${process.pid}`);
  closing.push(async () => rmSync(directory, { recursive: true, force: true }));
  const quarterMb = Math.floor(totalmem() / 4 / 2 ** 20);
  const settings = { shared_buffers: `${quarterMb}MB`, max_wal_size: '8GB', work_mem: '128MB' };
  const server = await startPostgres({
    directory,
    durable: true,
    port: await freePort(),
    settings,
  });
  closing.push(() => server.stop());
  const figures: Record<string, number | string> = {};
  const empty = await openLedger(server.url, 'scale_empty');
  const full = await openLedger(server.url, 'scale_full');
  await load(full, figures);
  await measureSize(full, figures);
  await measureSeal(full, figures);
  await measureReads(full, figures);
  await measureRates(empty, full, figures);
  await measureAudit(full, figures);
  console.table(figures);
  console.log(JSON.stringify({ ...figures, load: loadavg() }));
}

async function openLedger(url: string, name: string): Promise<Ledger> {
  const admin = openPool(url, { max: 1 });
  await admin.query(`create database ${name}`);
  await admin.end();
  const own = new URL(url);
  own.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: own.href, max: 2 });
  pool.on('error', () => undefined);
  closing.push(() => pool.end());
  await migrate(pool);
  const db = openDatabase(pool);
  const client = new pg.Client({ connectionString: own.href });
  await client.connect();
  closing.push(() => client.end());
  const names = Array.from({ length: USERS }, (_, index) => `WALLET:scale-${index}`);
  const users = await accountIds(db, names);
  const [hub = 0n, custody = 0n] = await accountIds(db, [HUB, 'CUSTODY:scale']);
  const ledger: Ledger = { db, client, users, hub, posted: 0, at: BEGIN };
  for (let from = 0; from < USERS; from += BATCH)
    await send(
      ledger,
      users.slice(from, from + BATCH).map((user) => [custody, user, FUNDS]),
    );
  return ledger;
}

async function send(
  { client, at }: Ledger,
  pairs: readonly (readonly [AccountId, AccountId, bigint])[],
): Promise<void> {
  const now = systemClock.now();
  const batch = pairs.map(([debit, credit, amount]) => {
    return { id: newId(now), kind: 'post' as const, debit, credit, amount, code: 1, at };
  });
  const values = [...batchQuery(batch)];
  const { rows } = await client.query({ name: 'post', text: POST_BATCH, values });
  if (rows[0].answers.some((answer: number) => answer !== 0)) throw new Error('all are posted');
}

/** Everybody pays into one account: the hardest, and the one with the longest history. */
async function pay(ledger: Ledger, count: number, stepMs: number): Promise<void> {
  const { users, hub, posted } = ledger;
  const pairs = Array.from({ length: count }, (_, index) => {
    const user = users[(posted + index) % USERS] ?? hub;
    return [user, hub, BigInt(1 + ((posted + index) % 97))] as const;
  });
  ledger.at = plus(ledger.at, stepMs);
  await send(ledger, pairs);
  ledger.posted += count;
}

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const start = performance.now();
  const result = await work();
  return { ms: performance.now() - start, result };
}

async function load(full: Ledger, figures: Record<string, number | string>): Promise<void> {
  const stepMs = Math.floor((DAYS * DAY * LOAD_BATCH) / TRANSFERS);
  const { ms } = await timed(async () => {
    while (full.posted < TRANSFERS) {
      await pay(full, Math.min(LOAD_BATCH, TRANSFERS - full.posted), stepMs);
      if (full.posted % 1_000_000 < LOAD_BATCH)
        console.log(`${full.posted} transfers, load ${loadavg()[0]?.toFixed(1)}`);
    }
  });
  figures['transfers'] = TRANSFERS;
  figures['loaded per second'] = Math.round(TRANSFERS / (ms / 1_000));
  await full.client.query('vacuum analyze');
}

async function measureSize(full: Ledger, figures: Record<string, number | string>): Promise<void> {
  const { rows } = await full.client.query<{ heap: number; indexes: number }>(
    `select pg_relation_size('ledger.transfer')::float8 as heap,
       pg_indexes_size('ledger.transfer')::float8 as indexes`,
  );
  const [{ heap = 0, indexes = 0 } = {}] = rows;
  figures['heap bytes per transfer'] = Math.round(heap / TRANSFERS);
  figures['index bytes per transfer'] = Math.round(indexes / TRANSFERS);
}

async function measureSeal(full: Ledger, figures: Record<string, number | string>): Promise<void> {
  const sealing = await timed(() => sealAll(full.db, full.at));
  const { rows } = await full.client.query<{ prints: number }>(
    `select sum(pg_column_size(digest) + pg_column_size(prints))::float8 as prints from ledger.batch`,
  );
  const verifying = await timed(() => verifyLedgerSeals(full.db));
  if (verifying.result.findings.length > 0) throw new Error('the seals verify');
  figures['seal us per transfer'] = round((sealing.ms * 1_000) / TRANSFERS);
  figures['seal bytes per transfer'] = round((rows[0]?.prints ?? 0) / TRANSFERS);
  figures['seal verified us per transfer'] = round((verifying.ms * 1_000) / TRANSFERS);
}

async function measureReads(full: Ledger, figures: Record<string, number | string>): Promise<void> {
  const span = full.at.getTime() - BEGIN.getTime();
  const times: number[] = [];
  for (let look = 0; look < LOOKS; look++) {
    const moment = plus(BEGIN, Math.floor((span * look) / LOOKS));
    const { ms } = await timed(() => statement(full.db, HUB, { from: moment, to: moment }));
    times.push(ms);
  }
  times.sort((a, b) => a - b);
  figures['balance at a time, largest account, p50 ms'] = round(times[LOOKS / 2] ?? 0);
  figures['balance at a time, largest account, max ms'] = round(times.at(-1) ?? 0);
  const from = plus(BEGIN, span / 2);
  const to = plus(from, 30 * DAY);
  const month = await timed(() => statement(full.db, 'WALLET:scale-7', { from, to }));
  figures['statement of a month ms'] = round(month.ms);
  figures['entries in it'] = month.result.entries.length;
}

/** In turns, so that whatever else the machine does hits both; the median of the ratios counts. */
async function measureRates(
  empty: Ledger,
  full: Ledger,
  figures: Record<string, number | string>,
): Promise<void> {
  const rate = async (ledger: Ledger): Promise<number> => {
    const before = ledger.posted;
    const start = performance.now();
    while (performance.now() - start < SECONDS * 1_000) await pay(ledger, BATCH, 1);
    return ((ledger.posted - before) * 1_000) / (performance.now() - start);
  };
  const rounds: { empty: number; full: number }[] = [];
  for (let round = 0; round < ROUNDS; round++)
    rounds.push({ empty: await rate(empty), full: await rate(full) });
  figures['posted per second, empty'] = Math.round(median(rounds.map((one) => one.empty)));
  figures['posted per second, full'] = Math.round(median(rounds.map((one) => one.full)));
  figures['full / empty'] = round(median(rounds.map((one) => one.full / one.empty)));
}

async function measureAudit(full: Ledger, figures: Record<string, number | string>): Promise<void> {
  const audit = await timed(() => reconcile(full.db));
  if (audit.result.length > 0) throw new Error('the books are right');
  figures['audit s'] = round(audit.ms / 1_000);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
