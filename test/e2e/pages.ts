/** Builds the web pages before a journey when they are missing or older than what they are made of. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { buildWeb } from '../../src/web-build.ts';

const ROOT = join(import.meta.dirname, '../..');
/** What ends up in the pages: the web itself and the schemas and words it shares with the server. */
const SOURCES = [
  ...['web', 'src/cards', 'src/settlement', 'src/exchange/schema.ts', 'src/platform'],
  ...['contracts/typed-data.ts', 'vite.config.ts'],
];

export function buildPages(): void {
  const page = join(ROOT, 'dist/web/console.html');
  const newest = Math.max(...SOURCES.map((path) => newestIn(join(ROOT, path))));
  if (!existsSync(page) || statSync(page).mtimeMs < newest) buildWeb();
}

function newestIn(path: string): number {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  const inside = readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(tsx?|css|html|svg|js|webmanifest)$/.test(file) && !/test\.ts$/.test(file))
    .map((file) => statSync(join(path, file)).mtimeMs);
  return Math.max(0, ...inside);
}
