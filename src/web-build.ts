/** Builds the web pages when they are missing or older than what they are made of; a released package has them already. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
/** What ends up in the pages: the web itself, the schemas and words it shares with the server, and its libraries. */
const SOURCES = [
  ...['web', 'src/cards', 'src/settlement', 'src/exchange/schema.ts', 'src/platform'],
  ...['contracts/typed-data.ts', 'vite.config.ts', 'package-lock.json'],
];

/** After an update the old pages would ask the new house for what it does not know any more. */
export function isWebStale(): boolean {
  const page = join(ROOT, 'dist/web/console.html');
  const newest = Math.max(...SOURCES.map((path) => newestIn(join(ROOT, path))));
  return !existsSync(page) || statSync(page).mtimeMs < newest;
}

/** Throws with what the builder says. */
export function buildWeb(): void {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'error'],
    { cwd: ROOT, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`the web pages could not be built:\n${stderr}`);
}

function newestIn(path: string): number {
  if (!existsSync(path)) return 0;
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  const inside = readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(tsx?|css|html|svg|js|webmanifest)$/.test(file) && !/test\.ts$/.test(file))
    .map((file) => statSync(join(path, file)).mtimeMs);
  return Math.max(0, ...inside);
}
