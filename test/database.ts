/** A database of one's own for a test: a clone of the migrated template, dropped when the test ends. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { type Db, openDatabase, openPool } from '#platform';

export interface TestDatabase {
  db: Db;
  pool: pg.Pool;
  url: string;
}

export async function freshDatabase(t: {
  after(work: () => Promise<void>): void;
}): Promise<TestDatabase> {
  const server = process.env['HUIQUAN_TEST_PG'];
  assert(server, 'run tests with: npm test, or node --test --test-global-setup=test/setup.ts FILE');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = openPool(server, { max: 1 });
  await admin.query(`create database ${name} template template_huiquan`);
  const url = server.replace(/\/postgres$/, `/${name}`);
  const pool = openPool(url, { max: 20 });
  t.after(async () => {
    if (!pool.ended) await pool.end();
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
  });
  return { db: openDatabase(pool), pool, url };
}
