/** Follow-up work: queued in the transaction that causes it, run after its commit, the only way to the outside. */

import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Logger,
  type Runner,
  run,
  runOnce,
  type TaskList,
  type WorkerEvents,
} from 'graphile-worker';
import { sql } from 'kysely';
import pg from 'pg';
import type { Db, Reader, Tx } from './db.ts';
import type { Log } from './log.ts';
import { jobsDone } from './metrics.ts';
import type { Clock } from './time.ts';

/** Ids only: a payload is kept in the database and shown to operators, so no secret may ever travel in it. */
export type Payload = Readonly<Record<string, string>>;

export interface TaskContext {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly lastAttempt: boolean;
}
export type Task = (payload: Payload, context: TaskContext) => Promise<void>;
export type Tasks = Readonly<Record<string, Task>>;

/**
 * Queues `task` to run at once after commit. Waiting is not a job's business: what must wait is a `clock`
 * transition of a process, so that a fake clock can move it. The same `key` replaces a job not yet started; jobs of
 * one `queue` run one after the other.
 */
export async function addJob(
  tx: Tx,
  task: string,
  payload: Payload,
  options: { key?: string; attempts?: number; queue?: string } = {},
): Promise<void> {
  await sql`select graphile_worker.add_job(${task}, payload => ${JSON.stringify(payload)}::json,
    queue_name => ${options.queue ?? null}, job_key => ${options.key ?? null}, max_attempts => ${options.attempts ?? 10})`.execute(
    tx,
  );
}

interface WorkerInput {
  pool: pg.Pool;
  db: Db;
  clock: Clock;
  log: Log;
  tasks: Tasks;
}

const CONNECTIONS_MAX = 8;

/** Works until stopped; `stop()` waits for the jobs in hand. */
export async function startWorker(input: WorkerInput, concurrency = 4): Promise<Runner> {
  // A job that waits for somebody else's server holds no connection, so many lanes need no more of them.
  const pgPool = workerPool(input.pool, Math.min(concurrency, CONNECTIONS_MAX) + 3);
  const events: WorkerEvents = new EventEmitter();
  const stopWatch = await watchWorkers(pgPool, events, input.log);
  const runner = await run({
    events,
    pgPool,
    taskList: taskList(input),
    concurrency,
    noHandleSignals: true,
    pollInterval: 1_000,
    logger: quiet(input.log),
  });
  runner.promise
    .finally(async () => {
      await stopWatch();
      await pgPool.end();
    })
    .catch(() => undefined);
  return runner;
}

/** Any constant will do; it only has to be the same in every process of ours. */
const ALIVE = 7_205_912;
const WATCH_MS = 1_000;

/**
 * The library waits 4 hours before it believes that the worker of a locked job is dead. Here each worker holds an
 * advisory lock under its name, which PostgreSQL drops when its process dies; the living free the jobs of the dead.
 * Should a living one lose its connection, a job may run twice: tasks are written for that.
 */
async function watchWorkers(
  pool: pg.Pool,
  events: WorkerEvents,
  log: Log,
): Promise<() => Promise<void>> {
  const client = await pool.connect();
  let locking: Promise<unknown> = Promise.resolve();
  events.on('worker:create', ({ worker }) => {
    const name = worker.workerId;
    locking = locking
      .then(() => client.query('select pg_advisory_lock($1, hashtext($2))', [ALIVE, name]))
      .catch((err: unknown) => log.error({ err }, 'a worker is not known to be alive'));
  });
  let watching: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    watching = pool
      .query(FREE_JOBS_OF_THE_DEAD, [ALIVE])
      .catch((err: unknown) => log.warn({ err }, 'dead workers were not looked for'));
  }, WATCH_MS);
  return async () => {
    clearInterval(timer);
    await watching;
    await locking;
    client.release(true);
  };
}

/** Two seconds are time enough for a new worker to take the lock of its name. */
const FREE_JOBS_OF_THE_DEAD = `
  with holder as materialized (
    select distinct locked_by as name from graphile_worker.jobs
    where locked_at < now() - interval '2 seconds'),
  dead as materialized (
    select name from holder where pg_try_advisory_xact_lock($1, hashtext(name)))
  select graphile_worker.force_unlock_workers(array_agg(name)) from dead having count(*) > 0`;

/** The library writes the ids of failed jobs as JSON, which knows no bigint: its connections read int8 as text. */
function workerPool(ours: pg.Pool, max: number): pg.Pool {
  const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8 ? String : pg.types.getTypeParser(oid, format ?? 'text');
  const pool = new pg.Pool({ ...ours.options, max, types: { getTypeParser } });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** Runs all jobs that are due, those they queue included, and returns when none is left. For tests and the demo. */
export async function drainJobs(input: WorkerInput, concurrency = 1): Promise<void> {
  const taskListOnce = taskList(input);
  const logger = quiet(input.log);
  for (let waits = 0; waits < DRAIN_WAITS_MAX; ) {
    const { due, locked } = await standing(input.pool);
    if (!due && !locked) return;
    if (due) {
      const pgPool = drainPool(input.pool);
      await runOnce({ pgPool, taskList: taskListOnce, concurrency, noHandleSignals: true, logger });
    } else {
      // The library returns before it has written down the last failure.
      waits++;
      await sleep(DRAIN_WAIT_MS);
    }
  }
}

const DRAIN_WAIT_MS = 5;
const DRAIN_WAITS_MAX = 400;

async function standing(pool: pg.Pool): Promise<{ due: boolean; locked: boolean }> {
  const { rows } = await pool.query<{ due: boolean | null; locked: boolean | null }>(`
    select bool_or(locked_at is null and run_at <= now() and attempts < max_attempts) as due,
           bool_or(locked_at is not null) as locked
    from graphile_worker.jobs`);
  return { due: rows[0]?.due ?? false, locked: rows[0]?.locked ?? false };
}

/** One small pool for all drains of a database: signing in again for each one was a third of the demo's time. */
const drainPools = new WeakMap<pg.Pool, pg.Pool>();
function drainPool(ours: pg.Pool): pg.Pool {
  const known = drainPools.get(ours);
  if (known) return known;
  const pool = workerPool(ours, 8);
  pool.options.idleTimeoutMillis = 2_000;
  pool.options.allowExitOnIdle = true;
  drainPools.set(ours, pool);
  return pool;
}

function taskList({ db, clock, log, tasks }: WorkerInput): TaskList {
  const wrap =
    (name: string, task: Task): TaskList[string] =>
    async (payload, helpers) => {
      // Our int8 is a bigint, but a failed job's id goes through JSON there: as text, or no failure is ever noted.
      Object.assign(helpers.job, { id: String(helpers.job.id) });
      const { attempts: attempt, max_attempts } = helpers.job;
      const about = Object.values(payload as Payload);
      const note = (error: string | null) =>
        db
          .insertInto('platform.job_run')
          .values({ task: name, about, attempt, at: clock.now(), error })
          .execute();
      try {
        await task(payload as Payload, {
          db,
          clock,
          log,
          attempt,
          lastAttempt: attempt >= max_attempts,
        });
        jobsDone.inc({ task: name, result: 'ok' });
        await note(null);
      } catch (error) {
        jobsDone.inc({ task: name, result: 'failed' });
        log.warn({ task: name, attempt, err: error }, 'job failed');
        await note(error instanceof Error ? error.message.slice(0, 300) : 'unknown').catch(
          () => undefined,
        );
        throw error;
      }
    };
  return Object.fromEntries(Object.entries(tasks).map(([name, task]) => [name, wrap(name, task)]));
}

export interface JobRun {
  at: Date;
  task: string;
  attempt: number;
  error: string | null;
}

/** The tries of all jobs whose payload names `id`. */
export async function jobRunsOf(reader: Reader, id: string): Promise<JobRun[]> {
  return await reader
    .selectFrom('platform.job_run')
    .select(['at', 'task', 'attempt', 'error'])
    .where(sql<boolean>`about @> array[${id}]::text[]`)
    .orderBy('id')
    .execute();
}

export interface FailedJob {
  id: string;
  task: string;
  attempts: number;
  maxAttempts: number;
  lastError: string;
  runAt: Date;
}

/** Jobs whose last try failed; those with tries left will run again by themselves. */
export async function failedJobs(reader: Reader): Promise<FailedJob[]> {
  const { rows } = await sql<FailedJob>`
    select id::text, task_identifier as task, attempts::int4, max_attempts::int4 as "maxAttempts",
           split_part(last_error, E'\n', 1) as "lastError", run_at as "runAt"
    from graphile_worker.jobs where last_error is not null order by id desc limit 200`.execute(
    reader,
  );
  return rows;
}

/** Lets a failed job run again now; false when there is no such job. */
export async function retryJob(tx: Tx, id: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from graphile_worker.reschedule_jobs(array[${id}::bigint], run_at => now(), attempts => 0)`.execute(
    tx,
  );
  return rows.length > 0;
}

const quiet = (log: Log): Logger =>
  new Logger(() => (level, message) => {
    if (level === 'error') log.debug({ graphile: message }, 'worker');
  });
