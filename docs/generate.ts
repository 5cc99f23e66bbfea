/**
 * Regenerates the documents that are told by the code: configuration, life cycles, the API, refusals, and the types
 * by which the web calls the API. `node docs/generate.ts` writes them; with `--check` it fails when one differs.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  configPage,
  FakeClock,
  fileKeys,
  openPool,
  readConfig,
  refusals,
  silentLog,
} from '#platform';
import { processPages } from '#process';
import { describeApi, PROCESSES } from '../src/app.ts';
import { DemoClock } from '../src/demo-clock.ts';
import { openDatabase } from '../src/platform/db.ts';
import { clientTypes, type OpenApi } from '../web/client.ts';

const root = join(import.meta.dirname, '..');

export async function documents(): Promise<Record<string, string>> {
  const api = await openApi();
  return {
    'docs/config.md': configPage(),
    'docs/processes.md': processPages(PROCESSES),
    'docs/problems.md': problemsPage(),
    'docs/openapi.json': `${JSON.stringify(api, null, 2)}\n`,
    'web/api.gen.ts': clientTypes(api as OpenApi),
  };
}

/** With the demo's routes, which the pages of the demo call; keys in order, so that a diff shows what changed. */
async function openApi(): Promise<object> {
  const folder = mkdtempSync(join(tmpdir(), 'huiquan-docs-'));
  const config = { ...readConfig({}), DEMO: true, SANDBOX: true };
  // Nothing connects: no route is called.
  const pool = openPool('postgres://127.0.0.1:1/none', { max: 1 });
  try {
    return sorted(
      await describeApi({
        ...{ config, pool, log: silentLog, clock: new FakeClock('2026-01-01') },
        keys: fileKeys(join(folder, 'keys.json')),
        demo: {
          clock: new DemoClock(openDatabase(pool)),
          simulators: {
            urls: { SMS_URL: '', REALNAME_URL: '', PSP_URL: '', ISSUER_URL: '', REGISTRY_URL: '' },
          },
        },
      }),
    ) as object;
  } finally {
    await pool.end();
    rmSync(folder, { recursive: true });
  }
}

/** Keys by name, lists as they are: the order of alternatives and parameters means something. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => [
    key,
    sorted(inner),
  ]);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Every expected no: its code, its status, and what we say to a person. The address of a problem's `type`. */
function problemsPage(): string {
  const codes = Object.entries(refusals).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const rows = codes.flatMap(([code, { status, zh, en }]) => [
    `## ${code}`,
    '',
    `${status} · ${zh.title}：${zh.remedy} · ${en.title}: ${en.remedy}`,
    '',
  ]);
  return [
    '# 拒绝 Problems',
    '',
    'Generated from `src/platform/refusals.ts`; do not edit. Every error of the API is an RFC 9457 problem whose',
    '`code` is stable; `{name}` is filled from its `params`.',
    '',
    '由 `src/platform/refusals.ts` 生成，请勿手改。接口的每个错误都是 RFC 9457 格式，`code` 不变；`{name}` 取自 `params`。',
    '',
    ...rows,
  ].join('\n');
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(await documents())) {
    const at = join(root, path);
    if (!process.argv.includes('--check')) writeFileSync(at, text);
    else if (read(at) !== text) {
      console.error(`${path} is not what the code makes of it: run npm run docs`);
      process.exitCode = 1;
    }
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
