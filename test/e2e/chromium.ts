/** A Chromium that comes from npm: unpacks it once a machine, and starts it with web security as people have it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const VERSION = '147.0.0';
/** The package's own arguments switch web security off and run everything in one process; a test must not. */
const ARGS = [
  '--no-sandbox',
  '--no-zygote',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--headless=shell',
  '--use-gl=angle',
  '--use-angle=swiftshader',
];

export async function launchChromium(): Promise<Browser> {
  const folder = await unpacked();
  const executablePath = join(folder, 'chromium');
  return await chromium.launch({ executablePath, args: ARGS, env: environment(folder) });
}

/** Unpacked beside its final place and then renamed, so that two test processes never see half a browser. */
async function unpacked(): Promise<string> {
  const folder = join(tmpdir(), `huiquan-chromium-${VERSION}-${userInfo().uid}`);
  if (existsSync(folder)) return folder;
  const own = mkdtempSync(`${folder}-`);
  const before = { tmp: process.env['TMPDIR'], aws: process.env['AWS_EXECUTION_ENV'] };
  // The package unpacks into the folder for temporary files, and its libraries only where it believes to be in a cloud.
  process.env['TMPDIR'] = own;
  process.env['AWS_EXECUTION_ENV'] = 'AWS_Lambda_nodejs24.x';
  try {
    const { default: packed } = await import('@sparticuz/chromium');
    await packed.executablePath();
  } finally {
    restore('TMPDIR', before.tmp);
    restore('AWS_EXECUTION_ENV', before.aws);
  }
  try {
    renameSync(own, folder);
  } catch {
    // Another process was faster.
    rmSync(own, { recursive: true });
  }
  return folder;
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

/** A machine without the browser's system libraries uses those of the package. */
function environment(folder: string): Record<string, string> {
  const env = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
  for (const name of ['LD_LIBRARY_PATH', 'FONTCONFIG_PATH', 'AWS_EXECUTION_ENV']) delete env[name];
  const { status } = spawnSync(join(folder, 'chromium'), ['--version', '--no-sandbox'], { env });
  if (status === 0) return env;
  const libraries = join(folder, 'al2023/lib');
  return readdirSync(folder).includes('al2023') ? { ...env, LD_LIBRARY_PATH: libraries } : env;
}
