/** The accidents, each a function of its size: short in `npm test`, long by `node test/crash/long.ts`. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { openPool, sqlState } from '#platform';
import { chance } from '../../src/demo-people.ts';
import {
  type Answers,
  type Client,
  judge,
  startClient,
  untilProgress,
  type Verdict,
  withDatabase,
} from './clients.ts';
import { type After, type Cluster, makeMigrated, type Settings, smallDisk } from './cluster.ts';
import { openProxy } from './proxy.ts';
import { makeWorld, type World } from './world.ts';

export const CLIENTS = 3;

export interface Size {
  readonly seed: number;
  /** Units of the stream, besides the funding. */
  readonly count: number;
  /** How often the accident happens. */
  readonly times: number;
}

export interface Story {
  readonly verdict: Verdict;
  /** What happened by the way, in numbers: kills, repeats, troubles by SQLSTATE. */
  readonly seen: Readonly<Record<string, number>>;
}

export const clientsOf = (
  world: World,
  url: () => string,
  options: Pick<Parameters<typeof startClient>[0], 'batchMax' | 'pause'> = {},
): Client[] =>
  Array.from({ length: CLIENTS }, (_, seed) =>
    startClient({ url, units: world.units, seed: seed + 1, ...options }),
  );

export function seenBy(clients: readonly Client[]): Record<string, number> {
  const seen: Record<string, number> = {};
  for (const { repeats, troubles } of clients) {
    seen['repeats'] = (seen['repeats'] ?? 0) + repeats;
    for (const [name, times] of troubles) seen[name] = (seen[name] ?? 0) + times;
  }
  return seen;
}

const all = (clients: readonly Client[]): Promise<unknown> =>
  Promise.all(clients.map(({ done }) => done));
const answersOf = (clients: readonly Client[]): Answers[] => clients.map(({ answers }) => answers);
const worldOf = (cluster: Cluster, { seed, count }: Size): Promise<World> =>
  withDatabase(cluster.url, (db) => makeWorld(db, { seed, count }));

/** Every process of PostgreSQL is killed in the middle of batches, again and again. */
export async function killServer(
  t: After,
  size: Size,
  bite: { settings?: Settings; forget?: string } = {},
): Promise<Story> {
  const cluster = await makeMigrated(t, 'server', bite.settings);
  const world = await worldOf(cluster, size);
  const clients = clientsOf(world, () => cluster.url);
  const dice = chance(size.seed);
  const forgetting = bite.forget === undefined ? undefined : forget(cluster, bite.forget, clients);
  let died = 0;
  for (let kill = 1; kill <= size.times; kill++) {
    await untilProgress(clients, kill / (size.times + 1));
    await sleep(dice.within(0, 25));
    died += await cluster.kill();
    await cluster.start(bite.settings);
  }
  await Promise.race([all(clients), forgetting ?? all(clients)]);
  await all(clients);
  const verdict = await withDatabase(cluster.url, (db) => judge(db, world, answersOf(clients)));
  return { verdict, seen: { kills: size.times, processes: died, ...seenBy(clients) } };
}

/** A fault put in by hand, to see that the judge finds it: `statement` runs over and over beside the clients. */
async function forget(
  cluster: Cluster,
  statement: string,
  clients: readonly Client[],
): Promise<void> {
  while (clients.some(({ progress }) => progress < 1)) {
    await withDatabase(cluster.url, async () => {
      const client = new pg.Client({ connectionString: cluster.url });
      client.on('error', () => undefined);
      await client.connect();
      await client.query(`set session_replication_role = replica; ${statement}`);
      await client.end();
    }).catch(() => undefined);
    await sleep(20);
  }
}

/** One client's answers are lost after the commit, another one's statements time out, the third has no trouble. */
export async function loseAnswers(t: After, size: Size): Promise<Story> {
  const cluster = await makeMigrated(t, 'answers');
  const world = await worldOf(cluster, size);
  const dice = chance(size.seed);
  const proxy = await openProxy(cluster.port, () => dice.within(0, 3) === 0);
  const { units } = world;
  const unlucky = startClient({
    url: () => cluster.url.replace(`:${cluster.port}/`, `:${proxy.port}/`),
    units,
    seed: 1,
    batchMax: 40,
  });
  const hasty = startClient({
    url: () => cluster.url,
    units,
    seed: 2,
    batchMax: 80,
    settings: () => `-c statement_timeout=${dice.pick([1, 3, 5_000])}`,
  });
  const calm = startClient({ url: () => cluster.url, units, seed: 3, batchMax: 60 });
  const clients = [unlucky, hasty, calm];
  await all(clients);
  const { lost } = proxy;
  await proxy.close();
  const verdict = await withDatabase(cluster.url, (db) => judge(db, world, answersOf(clients)));
  return { verdict, seen: { answersLost: lost, ...seenBy(clients) } };
}

/** A process with the queue is killed and started again; another client sends the same ids beside it. */
export async function killQueue(t: After, size: Size): Promise<Story> {
  const cluster = await makeMigrated(t, 'queue');
  const world = await worldOf(cluster, size);
  const [unitsFile, answersFile] = [
    join(cluster.directory, 'units'),
    join(cluster.directory, 'answers'),
  ];
  writeFileSync(
    unitsFile,
    JSON.stringify(world.units, (_, value) => textOf(value)),
  );
  writeFileSync(answersFile, '');
  const beside = startClient({ url: () => cluster.url, units: world.units, seed: 1, batchMax: 20 });
  const dice = chance(size.seed);
  const count = (): number => readFileSync(answersFile, 'utf8').split('\n').length - 1;
  let kills = 0;
  for (;;) {
    const child = spawnSender([cluster.url, unitsFile, answersFile]);
    t.after(async () => void child.process.kill('SIGKILL'));
    if (kills === size.times) {
      assert.equal(await child.ended, 0, child.said());
      break;
    }
    const goal = count() + Math.ceil(world.units.length / (size.times + 2));
    while (count() < goal && child.process.exitCode === null) await sleep(3);
    await sleep(dice.within(0, 20));
    child.process.kill('SIGKILL');
    assert.equal(await child.ended, 'SIGKILL', child.said());
    kills++;
  }
  await beside.done;
  const lives = livesOf(readFileSync(answersFile, 'utf8'), world);
  const verdict = await withDatabase(cluster.url, (db) =>
    judge(db, world, [beside.answers, ...lives]),
  );
  return { verdict, seen: { kills, answers: count(), lives: lives.length } };
}

const textOf = (value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

function spawnSender(args: string[]) {
  const script = join(import.meta.dirname, 'sender.ts');
  const child: ChildProcess = spawn(process.execPath, [script, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = new Promise<number | string | null>((done) =>
    child.once('exit', (code, signal) => done(signal ?? code)),
  );
  return { process: child, ended, said: () => said };
}

/** First answers in one list, what was said when they were asked again in others, filled up with the first. */
function livesOf(text: string, world: World): Answers[] {
  const places = world.units.map((unit, index) => ({ unit, index }));
  const starts: number[] = [];
  let at = 0;
  for (const { unit } of places) {
    starts.push(at);
    at += unit.length;
  }
  const lives: Answers[] = [];
  for (const line of text.split('\n').filter((one) => one.endsWith(','))) {
    const [index = -1, ...codes] = line.slice(0, -1).split(' ').map(Number);
    const start = starts[index];
    assert(start !== undefined, line);
    let life = lives.find((answers) => answers[start] === undefined);
    if (!life) {
      life = [];
      lives.push(life);
    }
    for (const [leg, code] of codes.entries()) life[start + leg] = code;
  }
  const [first = []] = lives;
  return lives.map((answers) =>
    Array.from({ length: at }, (_, place) => answers[place] ?? first[place]),
  );
}

/**
 * The disk under the data, or under the log, is full for a while. Undefined where no small disk can be mounted.
 * A full log makes PostgreSQL stop itself; then it is started again, with room.
 */
export async function fillDisk(
  t: After,
  size: Size,
  folder: 'base' | 'pg_wal',
): Promise<Story | undefined> {
  const cluster = await makeMigrated(t, folder);
  const world = await worldOf(cluster, size);
  await cluster.stop();
  const disk = smallDisk(t, folder, 200);
  if (!disk) return undefined;
  await disk.move(join(cluster.directory, 'pgdata', folder));
  await cluster.start();
  // Fast clients would be done before the disk is full: they wait for it once.
  const filled = Promise.withResolvers<void>();
  const pause = { at: 1 / (size.times + 1), until: filled.promise };
  const clients = clientsOf(world, () => cluster.url, { batchMax: 60, pause });
  let over = false;
  const ended = all(clients).finally(() => {
    over = true;
  });
  ended.catch(() => undefined);
  let stops = 0;
  for (let time = 1; time <= size.times; time++) {
    await untilProgress(clients, time / (size.times + 1));
    const before = clients.map(({ repeats }) => repeats);
    fill(disk.path);
    if (folder === 'pg_wal') await fillLog(cluster);
    filled.resolve();
    while (!over && clients.every(({ repeats }, index) => repeats === before[index]))
      await sleep(5);
    await sleep(200);
    rmSync(join(disk.path, 'ballast'));
    await sleep(200);
    if (cluster.isDead()) {
      stops++;
      await cluster.start();
    }
  }
  await ended;
  const verdict = await withDatabase(cluster.url, (db) => judge(db, world, answersOf(clients)));
  return { verdict, seen: { stops, ...seenBy(clients) } };
}

/** Somebody else's file takes all there is. */
function fill(path: string): void {
  try {
    for (;;) appendFileSync(join(path, 'ballast'), Buffer.alloc(1 << 20));
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
  }
}

/** A segment that is begun has room; write until none is left. */
async function fillLog(cluster: Cluster): Promise<void> {
  const pool = openPool(cluster.url, { max: 1 });
  try {
    for (;;) await pool.query(`select pg_logical_emit_message(true, 'fill', repeat('x', 2000000))`);
  } catch (error) {
    const state = sqlState(error);
    assert(state === undefined || /^(53|57|08)/.test(state), String(error));
  } finally {
    await pool.end();
  }
}
