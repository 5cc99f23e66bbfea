/** Deletes the data of this folder, after asking, and never under a running house. */
import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Config } from '#platform';
import { AlreadyRunning, ownerOf } from './lock.ts';
import { directoriesOf } from './platform/postgres.ts';

export async function reset(
  config: Config,
  sure: (question: string) => Promise<boolean>,
): Promise<void> {
  const dataDir = resolve(config.DATA_DIR);
  const owner = ownerOf(join(dataDir, 'running.json'));
  if (owner)
    throw new AlreadyRunning(`Huiquan runs here as process ${owner.pid}; stop it before a reset`);
  const folders = [
    ...new Set([
      ...directoriesOf(join(dataDir, 'postgres')),
      ...(existsSync(dataDir) ? [dataDir] : []),
    ]),
  ];
  if (folders.length === 0) {
    console.log('Nothing to delete.');
    return;
  }
  console.log(`This deletes for ever:\n${folders.map((folder) => `  ${folder}`).join('\n')}`);
  console.log(
    'All orders, the ledger, the record and the keys: sealed cards cannot be read again without them.',
  );
  if (config.DATABASE_URL) console.log('The database at DATABASE_URL is not touched.');
  if (!(await sure('Delete it all?'))) {
    console.log('Nothing was deleted.');
    return;
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  console.log('✓ deleted');
}
