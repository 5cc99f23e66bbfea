/** The database: one pool, typed by the migrated schema, and transactions that retry only what may be retried. */
import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import type { DB } from './database.gen.ts';

export type Database = DB;
export type Db = Kysely<DB>;
export type Tx = Transaction<DB>;
/** Anything a query can run on: the pool or an open transaction. */
export type Reader = Db | Tx;

const INT8_OID = 20;
const DATE_OID = 1082;
pg.types.setTypeParser(INT8_OID, BigInt);
// A calendar day has no zone: keep the text, or it shifts by a day on machines west of Greenwich.
pg.types.setTypeParser(DATE_OID, (text) => text);

/** A pool on `url`; `application_name` tells the processes apart in pg_stat_activity. */
export function openPool(
  url: string,
  options: { max?: number; name?: string; relaxed?: boolean } = {},
): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    application_name: options.name ?? 'huiquan',
    // Only for what can be made again from nothing: a crash may lose the last commits, never tear one.
    ...(options.relaxed && { options: '-c synchronous_commit=off' }),
    // A statement that runs longer than this is a bug of ours; better an error than a pile-up.
    statement_timeout: 30_000,
  });
  // An idle connection that the server closes must not end the process; the next query opens a new one.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

export const openDatabase = (pool: pg.Pool): Db =>
  new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });

const RETRIES_MAX = 3;
const RETRYABLE = new Set(['40001', '40P01']); // serialization failure, deadlock

/** Runs `work` in one transaction; only serialization failures and deadlocks are tried again, at most 3 times. */
export async function inTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (attempt > RETRIES_MAX || !RETRYABLE.has(sqlState(error) ?? '')) throw error;
    }
  }
}

export function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}

/** Name of the constraint that said no, so that a refusal can be told from a bug beside the statement. */
export function violated(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.constraint : undefined;
}
