/** PostgreSQL clusters of a test's own that may die and come back: kill -9, base backup, standby, restore, small disk. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { chown, copyFile, mkdir, readdir, rename, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrate, openPool } from '#platform';
import {
  freePort,
  type OwnPostgres,
  startPostgres,
  sweepOrphans,
} from '../../src/platform/postgres.ts';

const PREFIX = 'huiquan-crash-';
const DISK_PREFIX = 'huiquan-disk-';
const END_MS_MAX = 30_000;
/** What belongs to the running server or to its own log of changes, not to a copy of its files. */
const NOT_COPIED = new Set(['postmaster.pid', 'postmaster.opts', 'pg_wal', 'pg_replslot']);

export type Settings = Readonly<Record<string, string | number>>;
export type After = { after(work: () => Promise<void>): unknown };

export interface Cluster {
  readonly url: string;
  readonly port: number;
  readonly password: string;
  /** The folder of the cluster; its data lie in `pgdata` below. */
  readonly directory: string;
  /** Starts it, or starts it again; crash recovery is PostgreSQL's own affair. Settings last for this run. */
  start(settings?: Settings): Promise<void>;
  /** SIGKILL to every process of this server at one moment; gives how many died. */
  kill(): Promise<number>;
  stop(): Promise<void>;
  /** True when the server ended by itself. */
  isDead(): boolean;
}

/** A cluster in a folder of its own, not started yet; `files` are those of another one. Gone when the test ends. */
export async function makeCluster(
  t: After,
  name: string,
  files?: (pgdata: string) => Promise<void>,
): Promise<Cluster> {
  sweepOrphans(tmpdir(), `${PREFIX}${name}-`);
  const directory = join(tmpdir(), `${PREFIX}${name}-${process.pid}`);
  const port = await freePort();
  let server: OwnPostgres | undefined;
  const cluster: Cluster = {
    get url() {
      assert(server, `${name} was started`);
      return server.url;
    },
    get password() {
      return readFileSync(join(directory, 'password'), 'utf8');
    },
    port,
    directory,
    start: async (settings = {}) => {
      server = await startPostgres({ directory, durable: true, port, settings });
      assert.equal(server.directory, directory, 'the database may enter the folder of the tests');
    },
    kill: async () => {
      assert(server);
      return await killAll(server.pid);
    },
    stop: async () => await server?.stop(),
    isDead: () => server === undefined || !isAlive(server.pid),
  };
  t.after(async () => {
    if (server && isAlive(server.pid)) await killAll(server.pid);
    rmSync(directory, { recursive: true, force: true });
  });
  mkdirSync(directory, { recursive: true });
  if (files) await files(join(directory, 'pgdata'));
  return cluster;
}

let template: Promise<Cluster> | undefined;

/** A migrated cluster, started; its files are copied from one that is made once a process and goes with it. */
export async function makeMigrated(
  t: After,
  name: string,
  settings: Settings = {},
): Promise<Cluster> {
  template ??= makeTemplate();
  const from = await template;
  const cluster = await makeCluster(t, name, (pgdata) => copyStopped(from, pgdata));
  await cluster.start(settings);
  return cluster;
}

async function makeTemplate(): Promise<Cluster> {
  const atExit = { after: () => undefined };
  const cluster = await makeCluster(atExit, 'template');
  process.on('exit', () => rmSync(cluster.directory, { recursive: true, force: true }));
  await cluster.start({ fsync: 'off' });
  const pool = openPool(cluster.url, { max: 2 });
  await migrate(pool);
  await pool.end();
  await cluster.stop();
  return cluster;
}

/** Stops the parent first so that it can neither clean up nor start anybody, then kills it with all its children. */
async function killAll(parent: number): Promise<number> {
  process.kill(parent, 'SIGSTOP');
  const pids = [parent, ...childrenOf(parent)];
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      /* ended by itself in between */
    }
  }
  const deadline = Date.now() + END_MS_MAX;
  // A dead parent that we have not waited for yet still keeps its lock file from the next one.
  while (isThere(parent) || pids.some(isAlive)) {
    assert(Date.now() < deadline, 'killed processes end');
    await sleep(2);
  }
  return pids.length;
}

function childrenOf(parent: number): number[] {
  const { stdout, status } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=']);
  const pairs =
    status === 0
      ? String(stdout)
          .trim()
          .split('\n')
          .map((line) => line.trim().split(/\s+/).map(Number))
      : pairsOfProc();
  return pairs.flatMap(([pid, ppid]) => (ppid === parent && pid !== undefined ? [pid] : []));
}

/** Small machines have no `ps`. After the name in brackets come the state and the parent. */
function pairsOfProc(): number[][] {
  const pids = readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
      return [[Number(pid), Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1])]];
    } catch {
      return [];
    }
  });
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A zombie, whose parent has not looked yet, is as dead as any. */
function isAlive(pid: number): boolean {
  if (!isThere(pid)) return false;
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2)[0] !== 'Z';
  } catch {
    return !existsSync('/proc');
  }
}

/**
 * A base backup as the manual makes it: start, copy the files while the server works on, stop, write the label.
 * The copy is whole only together with the log of changes from its start on.
 */
export async function baseBackup(from: Cluster, pgdata: string): Promise<void> {
  const pool = openPool(from.url, { max: 1 });
  const session = await pool.connect();
  try {
    await session.query(`select pg_backup_start('huiquan', fast => true)`);
    await copyTree(join(from.directory, 'pgdata'), pgdata);
    const { rows } = await session.query<{ labelfile: string; spcmapfile: string }>(
      'select labelfile, spcmapfile from pg_backup_stop(wait_for_archive => true)',
    );
    assert(rows[0]);
    assert.equal(rows[0].spcmapfile.trim(), '', 'no tablespaces elsewhere');
    for (const empty of ['pg_wal', 'pg_replslot']) await makeFolder(join(pgdata, empty), pgdata);
    await writeOwned(join(pgdata, 'backup_label'), rows[0].labelfile);
  } finally {
    session.release();
    await pool.end();
  }
  await copyOwned(join(from.directory, 'password'), join(pgdata, '../password'));
}

/** The files of a stopped cluster, its log included. */
export async function copyStopped(from: Cluster, pgdata: string): Promise<void> {
  assert(from.isDead(), 'stopped');
  await copyTree(join(from.directory, 'pgdata'), pgdata, new Set(['postmaster.opts']));
  await copyOwned(join(from.directory, 'password'), join(pgdata, '../password'));
}

async function copyTree(from: string, to: string, except = NOT_COPIED): Promise<void> {
  await makeFolder(to, from);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (except.has(entry.name)) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyTree(source, target, new Set());
    else await copyOwned(source, target);
  }
}

/** Files come and go while the server works; one that has gone is made good by the log. */
async function copyOwned(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  await giveToOwnerOf(join(to, '..'), to);
}

async function makeFolder(folder: string, like: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await giveToOwnerOf(like, folder);
}

export async function writeOwned(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  await giveToOwnerOf(join(path, '..'), path);
}

async function giveToOwnerOf(model: string, path: string): Promise<void> {
  const { uid, gid } = statSync(model);
  if (process.getuid?.() === 0) await chown(path, uid, gid);
}

/** A folder that the server may write to, for its archive of the log. */
export async function archiveFolder(cluster: Cluster): Promise<string> {
  const folder = join(cluster.directory, 'archive');
  await makeFolder(folder, join(cluster.directory, 'pgdata'));
  return folder;
}

/** Settings that keep each finished segment of the log in `folder`; never over one that is there. */
export const archiveTo = (folder: string): Settings => ({
  archive_mode: 'on',
  archive_command: `test ! -f '${folder}/%f' && cp '%p' '${folder}/%f'`,
});

/** Makes the copy follow `primary` under the name `standby` from its start on. */
export async function followAs(
  pgdata: string,
  primary: Cluster,
  standby: string,
): Promise<Settings> {
  await writeOwned(join(pgdata, 'standby.signal'), '');
  const at = `host=127.0.0.1 port=${primary.port} user=huiquan password=${primary.password}`;
  return { primary_conninfo: `${at} application_name=${standby}` };
}

/** Makes the copy read the archive to its end and then take up work. */
export async function restoreFrom(pgdata: string, archive: string): Promise<Settings> {
  await writeOwned(join(pgdata, 'recovery.signal'), '');
  return { restore_command: `cp '${archive}/%f' '%p'` };
}

/**
 * A disk of `megabytes`, or undefined where this user may not mount one. Folders given to `move` go there, the
 * cluster finds them by a link.
 */
export function smallDisk(
  t: After,
  name: string,
  megabytes: number,
): { path: string; move(folder: string): Promise<void> } | undefined {
  const path = join(tmpdir(), `${DISK_PREFIX}${name}-${process.pid}`);
  for (const old of readdirSync(tmpdir()).filter((one) => one.startsWith(DISK_PREFIX)))
    if (!isAlive(Number(old.split('-').at(-1)))) removeDisk(join(tmpdir(), old));
  mkdirSync(path, { recursive: true, mode: 0o755 });
  const options = ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', path];
  if (spawnSync('mount', options).status !== 0) {
    rmSync(path, { recursive: true });
    return undefined;
  }
  t.after(async () => removeDisk(path));
  return {
    path,
    move: async (folder) => {
      const target = join(path, `moved-${readdirSync(path).length}`);
      await copyTree(folder, target, new Set());
      await rename(folder, `${folder}.was`);
      await symlink(target, folder);
    },
  };
}

/** Lazily: whoever still has it open may finish first. */
function removeDisk(path: string): void {
  spawnSync('umount', ['-l', path]);
  rmSync(path, { recursive: true, force: true });
}
