/**
 * How many transfers a second does the ledger post, and how long does a caller wait? On a durable PostgreSQL of its
 * own, beside the bare rows and a plain one-transfer-a-transaction ledger, all in turns in the same run, because on a
 * shared machine only ratios mean something. `npm run bench -- ledger [seconds a turn] [rounds]`: a table, then JSON.
 */
import { rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { migrate, openPool } from '#platform';
import { startPostgres } from '../src/platform/postgres.ts';
import { type Load, measure, median, type Sample } from './ledger-load.ts';
import { openPeers, type Peers, type Shape } from './ledger-peers.ts';
import { openSubject, type Subject } from './ledger-subject.ts';

const SECONDS = Number(process.argv[2] ?? 1.5);
const ROUNDS = Number(process.argv[3] ?? 3);
const CALLERS = [1, 10, 100, 1_000];
const SHAPES: readonly Shape[] = ['hot', 'spread', 'striped'];
const CLIENTS = [1, 2, 4, 8, 16];
const TRY_SECONDS = Math.min(SECONDS, 0.5);
/** More than a run writes. */
const LOG_MB = 2_048;
/** Room in memory for all that a run writes, too: what is measured is posting, not the disk behind it. */
const SETTINGS = { min_wal_size: '3GB', max_wal_size: '6GB', shared_buffers: '4GB' };

const closing: (() => Promise<void>)[] = [];
try {
  await main();
} finally {
  for (const close of closing.reverse()) await close();
}

async function main(): Promise<void> {
  const directory = join(tmpdir(), `huiquan-bench-${process.pid}`);
  closing.push(async () => rmSync(directory, { recursive: true, force: true }));
  const server = await startPostgres({ directory, durable: true, settings: SETTINGS });
  closing.push(() => server.stop());
  const pool = openPool(server.url, { max: 4 });
  closing.push(() => pool.end());
  await migrate(pool);
  await sayDurable(pool);
  const peers = await openPeers(server.url);
  closing.push(() => peers.close());
  const subject = await openSubject(pool, server.url);
  closing.push(() => subject.close());

  const loads = await choose(peers, subject);
  const samples = new Map(loads.map((load) => [load, [] as Sample[]]));
  for (const load of loads) await measure(load, TRY_SECONDS / 2);
  await settle(pool);
  for (let round = 0; round < ROUNDS; round++)
    for (const load of loads) samples.get(load)?.push(await measure(load, SECONDS));
  say([...samples].map(([load, taken]) => ({ load, ...median(taken) })));
}

/**
 * A server that has been running writes its log into files that it used before. One that has just begun makes a new
 * one every 16 MB, full of zeros, and once or twice a second everybody waits for that.
 */
async function settle(pool: pg.Pool): Promise<void> {
  for (let written = 0; written < LOG_MB; written += 8)
    await pool.query("select pg_logical_emit_message(false, 'bench', repeat('x', 8 << 20))");
  await pool.query('checkpoint');
}

/** What makes a commit durable is asked of the server itself, not taken from our own settings. */
async function sayDurable(pool: pg.Pool): Promise<void> {
  const names = ['fsync', 'synchronous_commit', 'full_page_writes'];
  const { rows } = await pool.query<{ name: string; setting: string }>(
    'select name, setting from pg_settings where name = any($1)',
    [names],
  );
  console.log(rows.map(({ name, setting }) => `${name} = ${setting}`).join(', '));
  if (rows.some(({ setting }) => setting !== 'on')) throw new Error('this server is not durable');
}

/** Peers at the number of clients that suits them best, found by trying. */
async function choose(peers: Peers, subject: Subject): Promise<Load[]> {
  const best = async (of: (clients: number) => Load): Promise<Load> => {
    const tried = [];
    for (const clients of CLIENTS) {
      const load = of(clients);
      await measure(load, TRY_SECONDS / 4);
      tried.push({ load, ...(await measure(load, TRY_SECONDS)) });
    }
    tried.sort((a, b) => b.perSecond - a.perSecond);
    return tried[0]?.load ?? of(1);
  };
  return [
    peers.bareRows('hot'),
    peers.bareRows('spread'),
    await best((clients) => peers.oneRow(clients)),
    peers.plain('hot', 1),
    await best((clients) => peers.plain('hot', clients)),
    await best((clients) => peers.plain('spread', clients)),
    ...CALLERS.flatMap((callers) => [
      ...SHAPES.map((shape) => subject.ours(shape, callers)),
      subject.holds(callers),
    ]),
  ];
}

interface Line extends Sample {
  load: Load;
}

function say(lines: readonly Line[]): void {
  const round = (value: number): number => Math.round(value * 100) / 100;
  const table = lines.map(({ load: { name, callers }, perSecond, p50Ms, p99Ms }) => ({
    name,
    callers,
    perSecond: Math.round(perSecond),
    p50Ms: round(p50Ms),
    p99Ms: round(p99Ms),
  }));
  console.table(table);
  const of = (name: string, callers?: number): number =>
    table
      .filter((line) => line.name === name && (callers ?? line.callers) === line.callers)
      .reduce((best, { perSecond }) => Math.max(best, perSecond), 0);
  const many = (name: string): number => of(name, 1_000);
  const ratios = {
    'hot, 1000 callers : bare INSERT': many('ledger, hot') / of('bare INSERT, hot'),
    'spread, 1000 callers : bare INSERT': many('ledger, spread') / of('bare INSERT, spread'),
    'hot, 1000 callers : plain ledger at its best': many('ledger, hot') / of('plain ledger, hot'),
    'striped, 1000 callers : plain ledger at its best':
      many('ledger, striped') / of('plain ledger, hot'),
    'hot, one caller : plain ledger, one client': of('ledger, hot', 1) / of('plain ledger, hot', 1),
  };
  for (const [name, ratio] of Object.entries(ratios)) console.log(`${round(ratio)}  ${name}`);
  console.log(JSON.stringify({ table, ratios, load: loadavg() }));
}
