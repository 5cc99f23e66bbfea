/** The accidents that need a second machine: the primary dies and its standby takes over; a backup is restored. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { openPool } from '#platform';
import { verifyRecord } from '#record';
import { sealAll, verifyLedgerSeals } from '../../src/seal.ts';
import { judge, untilProgress, withDatabase } from './clients.ts';
import {
  type After,
  archiveFolder,
  archiveTo,
  baseBackup,
  type Cluster,
  followAs,
  makeCluster,
  makeMigrated,
  restoreFrom,
  type Settings,
} from './cluster.ts';
import { clientsOf, type Size, type Story, seenBy } from './scenarios.ts';
import { makeWorld } from './world.ts';

const END_MS_MAX = 60_000;
const AT = new Date('2026-03-02T02:00:00Z');
const STANDBY = 'standby';

/**
 * A standby is made of a running primary and becomes synchronous; the primary is killed in the middle of batches and
 * the standby promoted. Whatever a client was told by either of them must be on the one that is left.
 */
export async function failOver(t: After, size: Size, isSynchronous = true): Promise<Story> {
  const primary = await makeMigrated(t, 'primary');
  const world = await withDatabase(primary.url, (db) => makeWorld(db, size));
  let serving: Cluster = primary;
  let goOn = (): void => undefined;
  const until = new Promise<void>((done) => {
    goOn = done;
  });
  const pause = { at: 0.4, until };
  const clients = clientsOf(world, () => serving.url, { batchMax: 20, pause });
  await untilProgress(clients, 0.1);
  let following: Settings = {};
  const standby = await makeCluster(t, STANDBY, async (pgdata) => {
    await baseBackup(primary, pgdata);
    following = await followAs(pgdata, primary, STANDBY);
  });
  await standby.start(following);
  if (isSynchronous) await makeSynchronous(primary);
  const before = clients.reduce((sum, { answers }) => sum + answers.length, 0);
  goOn();
  await untilProgress(clients, 0.6);
  const processes = await primary.kill();
  const told = clients.reduce((sum, { answers }) => sum + answers.length, 0);
  await ask(standby, 'select pg_promote(true, 60)');
  serving = standby;
  await Promise.all(clients.map(({ done }) => done));
  const answers = clients.map((client) => client.answers);
  const verdict = await withDatabase(standby.url, (db) => judge(db, world, answers));
  const acknowledged = told - before;
  return { verdict, seen: { processes, acknowledged, ...seenBy(clients) } };
}

async function makeSynchronous(primary: Cluster): Promise<void> {
  await ask(primary, `alter system set synchronous_standby_names = '${STANDBY}'`);
  await ask(primary, 'select pg_reload_conf()');
  await untilTrue(async () => {
    const [row] = await ask(primary, 'select sync_state from pg_stat_replication');
    return row?.['sync_state'] === 'sync';
  });
}

/** What is left of a house when its server is gone: a base backup made at work, and the archived log. */
export async function restoreBackup(t: After, size: Size): Promise<Story> {
  const lost = await makeMigrated(t, 'lost');
  await lost.stop();
  const archive = await archiveFolder(lost);
  await lost.start(archiveTo(archive));
  const world = await withDatabase(lost.url, (db) => makeWorld(db, size));
  const clients = clientsOf(world, () => lost.url, { batchMax: 60 });
  await untilProgress(clients, 0.3);
  await withDatabase(lost.url, (db) => sealAll(db, AT));
  let restoring: Settings = {};
  const restored = await makeCluster(t, 'restored', async (pgdata) => {
    await baseBackup(lost, pgdata);
    restoring = await restoreFrom(pgdata, archive);
  });
  await Promise.all(clients.map(({ done }) => done));
  const before = await sealAndVerify(lost);
  // The server writes on by itself, so what is waited for is this file and not whichever is written now.
  const [switched] = await ask(lost, 'select pg_walfile_name(pg_switch_wal()) as file');
  await untilTrue(async () => {
    const [row] = await ask(
      lost,
      `select last_archived_wal >= '${switched?.['file']}' as done from pg_stat_archiver`,
    );
    return row?.['done'] === true;
  });
  await lost.kill();
  await restored.start(restoring);
  await untilTrue(async () => {
    const [row] = await ask(restored, 'select pg_is_in_recovery() as busy');
    return row?.['busy'] === false;
  });
  const answers = clients.map((client) => client.answers);
  const verdict = await withDatabase(restored.url, (db) => judge(db, world, answers));
  assert.deepEqual(await sealAndVerify(restored), before, 'both chains end where they ended');
  return { verdict, seen: { seals: before.seals, rows: before.rows, ...seenBy(clients) } };
}

async function sealAndVerify(cluster: Cluster) {
  return await withDatabase(cluster.url, async (db) => {
    await sealAll(db, AT);
    const record = await verifyRecord(db);
    assert(record.ok, JSON.stringify(record));
    const { findings, ...ledger } = await verifyLedgerSeals(db);
    assert.deepEqual(findings, []);
    return { ...ledger, head: record.head };
  });
}

async function ask(cluster: Cluster, text: string): Promise<pg.QueryResultRow[]> {
  const pool = openPool(cluster.url, { max: 1 });
  try {
    return (await pool.query(text)).rows;
  } finally {
    await pool.end();
  }
}

async function untilTrue(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + END_MS_MAX;
  while (!(await holds())) {
    assert(Date.now() < deadline, 'comes true in time');
    await sleep(20);
  }
}
