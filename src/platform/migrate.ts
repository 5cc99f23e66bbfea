/** Forward-only SQL migrations from db/migrations, each in its own transaction, under one advisory lock. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runMigrations } from 'graphile-worker';
import type pg from 'pg';
import { sha256 } from './crypto.ts';

export const MIGRATIONS_DIR = join(import.meta.dirname, '../../db/migrations');
/** Any constant will do; it only has to be the same in every process of ours. */
const LOCK_KEY = 7_205_911;

/** Applies what is missing and returns the names applied. A changed or vanished old migration is an error. */
export async function migrate(pool: pg.Pool): Promise<string[]> {
  await runMigrations({ pgPool: pool });
  const client = await pool.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK_KEY]);
    await client.query(`create schema if not exists platform;
      create table if not exists platform.migration (
        name text primary key, digest bytea not null, applied_at timestamptz not null default now())`);
    const { rows } = await client.query<{ name: string; digest: Buffer }>(
      'select name, digest from platform.migration order by name',
    );
    const done = new Map(rows.map((row) => [row.name, row.digest]));
    const applied: string[] = [];
    for (const name of readdirSync(MIGRATIONS_DIR)
      .filter((file) => file.endsWith('.sql'))
      .sort()) {
      const text = readFileSync(join(MIGRATIONS_DIR, name), 'utf8');
      const before = done.get(name);
      if (before && !before.equals(sha256(text)))
        throw new Error(`migration ${name} changed after it was applied`);
      if (before) continue;
      await client.query('begin');
      try {
        await client.query(text);
        await client.query('insert into platform.migration (name, digest) values ($1, $2)', [
          name,
          sha256(text),
        ]);
        await client.query('commit');
      } catch (error) {
        await client.query('rollback');
        throw new Error(`migration ${name} failed: ${(error as Error).message}`, { cause: error });
      }
      applied.push(name);
    }
    return applied;
  } finally {
    await client.query('select pg_advisory_unlock($1)', [LOCK_KEY]).catch(() => undefined);
    client.release();
  }
}
