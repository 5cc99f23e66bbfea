/** Before all tests: one throw-away PostgreSQL with a migrated template; after them it is gone. */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate, openPool } from '#platform';
import { type OwnPostgres, startPostgres, sweepOrphans } from '../src/platform/postgres.ts';

const PREFIX = 'huiquan-test-';
let server: OwnPostgres | undefined;

export async function globalSetup(): Promise<void> {
  if (process.env['HUIQUAN_TEST_PG']) return;
  sweepOrphans(tmpdir(), PREFIX);
  server = await startPostgres({
    directory: join(tmpdir(), `${PREFIX}${process.pid}`),
    durable: false,
  });
  await makeTemplate(server.url);
  process.env['HUIQUAN_TEST_PG'] = server.url;
}

export async function globalTeardown(): Promise<void> {
  if (!server) return;
  await server.stop();
  rmSync(server.directory, { recursive: true, force: true });
}

/** A migrated database that no test writes to; each test file clones it in about 50 ms. */
export async function makeTemplate(url: string): Promise<void> {
  const admin = openPool(url, { max: 1 });
  await admin.query('create database template_huiquan');
  await admin.end();
  const pool = openPool(url.replace(/\/postgres$/, '/template_huiquan'), { max: 2 });
  await migrate(pool);
  await pool.end();
}
