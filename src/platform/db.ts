/** The database: one pool, typed by the migrated schema, and transactions that retry only what may be retried. */
import assert from 'node:assert/strict';
import {
  type BinaryOperationNode,
  Kysely,
  OperatorNode,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
  PostgresQueryCompiler,
  PrimitiveValueListNode,
  type Transaction,
  ValueListNode,
} from 'kysely';
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

/** Texts of one shape with another number of values count as others; what comes after so many is planned each time. */
const PREPARED_MAX = 1_000;
const STALE_PLAN = '0A000'; // cached plan must not change result type

/**
 * Connections whose statements are parsed and planned once, not with every call: planning was a third of what short
 * statements cost the database. A migration under our feet gives every statement a new name for its next call.
 */
function prepared(pool: pg.Pool): PostgresPool {
  // Two handles on one pool share its connections, so they must share the names too.
  const before = preparedPools.get(pool);
  if (before) return before;
  let names = new Map<string, string>();
  let generation = 0;
  const nameOf = (text: string): string | undefined => {
    const known = names.get(text);
    if (known !== undefined || names.size >= PREPARED_MAX) return known;
    const name = `s${generation}_${names.size}`;
    names.set(text, name);
    return name;
  };
  const query = async (client: pg.PoolClient, text: string, values: unknown[]) => {
    const name = values.length > 0 ? nameOf(text) : undefined;
    try {
      return await client.query({ text, values, ...(name !== undefined && { name }) });
    } catch (error) {
      if (sqlState(error) === STALE_PLAN) {
        names = new Map();
        generation++;
      }
      throw error;
    }
  };
  const known = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  const ours = (client: pg.PoolClient): PostgresPoolClient => ({
    // Kysely asks for text and values only; its other way, a cursor, needs a class that we never hand in.
    query: ((text: string, values: unknown[]) =>
      query(client, text, values)) as unknown as PostgresPoolClient['query'],
    release: (destroy) => client.release(destroy),
  });
  const made: PostgresPool = {
    options: pool.options,
    end: () => pool.end(),
    connect: async () => {
      const client = await pool.connect();
      const wrapped = known.get(client) ?? ours(client);
      known.set(client, wrapped);
      return wrapped;
    },
  };
  preparedPools.set(pool, made);
  return made;
}
const preparedPools = new WeakMap<pg.Pool, PostgresPool>();

/** SQL has no word for an empty list, `in ()` is an error of syntax: nothing is in it, and everything is not. */
class Compiler extends PostgresQueryCompiler {
  protected override visitBinaryOperation(node: BinaryOperationNode): void {
    const { operator, rightOperand: list } = node;
    const isList = PrimitiveValueListNode.is(list) || ValueListNode.is(list);
    const word = OperatorNode.is(operator) ? operator.operator : '';
    if (isList && list.values.length === 0 && (word === 'in' || word === 'not in'))
      this.append(word === 'in' ? 'false' : 'true');
    else super.visitBinaryOperation(node);
  }
}
class Dialect extends PostgresDialect {
  override createQueryCompiler = (): Compiler => new Compiler();
}

export const openDatabase = (pool: pg.Pool): Db =>
  new Kysely<DB>({ dialect: new Dialect({ pool: prepared(pool) }) });

const RETRIES_MAX = 3;
const RETRYABLE = new Set(['40001', '40P01', STALE_PLAN]); // serialization failure, deadlock

/** Runs `work` in one transaction; only what left nothing behind by its nature is tried again, at most 3 times. */
export async function inTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const then: (() => void)[] = [];
    const kept: ((own: Tx) => Promise<void>)[] = [];
    try {
      const result = await db.transaction().execute(async (tx) => {
        afterwards.set(tx, { db, then, kept });
        return await work(tx);
      });
      for (const act of then) act();
      return result;
    } catch (error) {
      if (attempt <= RETRIES_MAX && RETRYABLE.has(sqlState(error) ?? '')) continue;
      for (const keep of kept) await inTransaction(db, keep);
      throw error;
    }
  }
}

const afterwards = new WeakMap<
  Tx,
  { db: Db; then: (() => void)[]; kept: ((own: Tx) => Promise<void>)[] }
>();

/** Calls `act` when `tx` has committed, and never otherwise. What a crash may lose only: it is not part of the commit. */
export function afterCommit(tx: Tx, act: (db: Db) => void): void {
  const known = afterwards.get(tx);
  assert(known, 'a transaction is begun by inTransaction');
  known.then.push(() => act(known.db));
}

/** Does `keep` in a transaction of its own when `tx` does not commit: what must stay though the request is refused. */
export function afterRefusal(tx: Tx, keep: (own: Tx) => Promise<void>): void {
  const known = afterwards.get(tx);
  assert(known, 'a transaction is begun by inTransaction');
  known.kept.push(keep);
}

export function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}

/** Name of the constraint that said no, so that a refusal can be told from a bug beside the statement. */
export function violated(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.constraint : undefined;
}
