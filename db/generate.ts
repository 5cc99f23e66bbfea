/**
 * Regenerates what is derived from the migrations: db/schema.sql (the page to read) and the table types.
 * `node db/generate.ts` writes them; with `--check` it fails when the committed ones differ.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate, openPool } from '#platform';
import { startPostgres } from '../src/platform/postgres.ts';
import { dumpSchema } from './dump.ts';

const root = join(import.meta.dirname, '..');

export async function generate(url: string): Promise<Record<string, string>> {
  const pool = openPool(url, { max: 2 });
  await migrate(pool);
  const schema = await dumpSchema(pool);
  await pool.end();
  const out = join(tmpdir(), `huiquan-types-${process.pid}.ts`);
  execFileSync(
    process.execPath,
    [
      join(root, 'node_modules/kysely-codegen/dist/cli/bin.js'),
      '--dialect',
      'postgres',
      '--url',
      url,
      '--out-file',
      out,
      '--type-mapping',
      '{"int8":"bigint","date":"string"}',
      '--exclude-pattern',
      'graphile_worker.*',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'], cwd: root },
  );
  const types = readFileSync(out, 'utf8').replace(/^\/\*\*[\s\S]*?\*\/\n/, '');
  rmSync(out);
  return {
    'db/schema.sql': schema,
    'src/platform/database.gen.ts': `/** Generated from the migrated database by db/generate.ts; do not edit. */\n${types}`,
  };
}

if (import.meta.main) {
  const server = await startPostgres({
    directory: join(tmpdir(), `huiquan-generate-${process.pid}`),
    durable: false,
  });
  try {
    const files = await generate(server.url);
    for (const [path, text] of Object.entries(files)) {
      const at = join(root, path);
      if (!process.argv.includes('--check')) writeFileSync(at, text);
      else if (readFileSync(at, 'utf8') !== text) {
        console.error(`${path} is not what the migrations make of it: run npm run db`);
        process.exitCode = 1;
      }
    }
  } finally {
    await server.stop();
    rmSync(server.directory, { recursive: true, force: true });
  }
}
