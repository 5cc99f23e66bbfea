/** Runs forge as the tests and the long run need it: the native file, our foundry.toml, no network. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { foundryBinary } from './foundry.ts';

const root = join(import.meta.dirname, '..');

export interface ForgeRun {
  readonly status: number;
  readonly output: string;
}

export interface ForgeOptions {
  /** Goes into the child beside the parent's, e.g. FOUNDRY_EVM_VERSION. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Then it is stopped, which is no success. */
  readonly secondsMax?: number;
}

export function forge(
  args: readonly string[],
  { env = {}, cwd = root, secondsMax }: ForgeOptions = {},
): Promise<ForgeRun> {
  const child = spawn(foundryBinary('forge'), args, {
    cwd,
    env: { ...process.env, FOUNDRY_CONFIG: 'contracts/foundry.toml', NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(secondsMax ? { timeout: secondsMax * 1_000 } : {}),
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status: status ?? 1, output }));
  });
}
