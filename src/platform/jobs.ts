/** Follow-up work: queued in the transaction that causes it, run after its commit, the only way to the outside. */
import { Logger, type Runner, run, runOnce, type TaskList } from 'graphile-worker';
import { sql } from 'kysely';
import type pg from 'pg';
import type { Db, Tx } from './db.ts';
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
 * transition of a process, so that a fake clock can move it. The same `key` replaces a job not yet started.
 */
export async function addJob(
  tx: Tx,
  task: string,
  payload: Payload,
  options: { key?: string; attempts?: number } = {},
): Promise<void> {
  await sql`select graphile_worker.add_job(${task}, payload => ${JSON.stringify(payload)}::json,
    job_key => ${options.key ?? null}, max_attempts => ${options.attempts ?? 10})`.execute(tx);
}

interface WorkerInput {
  pool: pg.Pool;
  db: Db;
  clock: Clock;
  log: Log;
  tasks: Tasks;
}

/** Works until stopped; `stop()` waits for the jobs in hand. */
export async function startWorker(input: WorkerInput, concurrency = 4): Promise<Runner> {
  return await run({
    pgPool: input.pool,
    taskList: taskList(input),
    concurrency,
    noHandleSignals: true,
    pollInterval: 1_000,
    logger: quiet(input.log),
  });
}

/** Runs all jobs that are due, those they queue included, and returns when none is left. For tests and the demo. */
export async function drainJobs(input: WorkerInput): Promise<void> {
  for (;;) {
    await runOnce({
      pgPool: input.pool,
      taskList: taskList(input),
      noHandleSignals: true,
      logger: quiet(input.log),
    });
    const { rows } = await input.pool.query(
      'select 1 from graphile_worker.jobs where run_at <= now() and attempts < max_attempts and locked_at is null limit 1',
    );
    if (rows.length === 0) return;
  }
}

function taskList({ db, clock, log, tasks }: WorkerInput): TaskList {
  const wrap =
    (name: string, task: Task): TaskList[string] =>
    async (payload, helpers) => {
      const { attempts, max_attempts } = helpers.job;
      try {
        await task(payload as Payload, {
          db,
          clock,
          log,
          attempt: attempts,
          lastAttempt: attempts >= max_attempts,
        });
        jobsDone.inc({ task: name, result: 'ok' });
      } catch (error) {
        jobsDone.inc({ task: name, result: 'failed' });
        log.warn({ task: name, attempt: attempts, err: error }, 'job failed');
        throw error;
      }
    };
  return Object.fromEntries(Object.entries(tasks).map(([name, task]) => [name, wrap(name, task)]));
}

const quiet = (log: Log): Logger =>
  new Logger(() => (level, message) => {
    if (level === 'error') log.debug({ graphile: message }, 'worker');
  });
