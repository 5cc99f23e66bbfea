/**
 * Copies of the contracts to break on purpose: what is changed in one is compiled and tested there, and is gone afterwards.
 * Each keeps what forge compiled of the whole sources, so that only what depends on a change is compiled again.
 */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ForgeRun, forge } from './forge.ts';

const root = join(import.meta.dirname, '..');

export interface Slip {
  /** Under contracts/src. */
  readonly file: string;
  /** Counted from 0; undefined: wherever `from` is, which is once. */
  readonly line?: number;
  readonly from: string;
  readonly to: string;
}

/** Arguments of `forge test`, or a test of ours that reads what forge has compiled. */
export type Suite = readonly string[] | ((made: Made) => Promise<ForgeRun>);
/** What the broken sources became, by the contract's name. */
export type Made = (name: string) => { abi: readonly unknown[]; bytecode: `0x${string}` };

export interface Workshop {
  /** Runs the suites on broken sources. A change that does not compile has failed too: `output` tells. */
  tryOut(slip: Slip, ...suites: readonly Suite[]): Promise<ForgeRun>;
  close(): void;
}

/** Neither the answers of the compiler nor the shortest walk that fails is of use afterwards. */
const QUICK = { SOLC_ANSWERS: 'forget', FOUNDRY_INVARIANT_SHRINK_RUN_LIMIT: '0' };

/** A copy of the contracts, and what forge needs beside them. */
export function openPlace(): string {
  const place = mkdtempSync(join(tmpdir(), 'huiquan-contracts-'));
  cpSync(join(root, 'contracts'), join(place, 'contracts'), { recursive: true });
  mkdirSync(join(place, 'node_modules/.cache'), { recursive: true });
  mkdirSync(join(root, 'node_modules/.cache/solc'), { recursive: true });
  for (const name of ['@openzeppelin', 'solc', '@foundry-rs', '.cache/solc'])
    symlinkSync(join(root, 'node_modules', name), join(place, 'node_modules', name));
  const config = join(place, 'contracts/foundry.toml');
  // One set of settings for all: one question to the compiler instead of two.
  const toml = readFileSync(config, 'utf8');
  writeFileSync(config, toml.replaceAll('1_000_000', '2_000').replace(/^.*name = "hot".*\n/m, ''));
  return place;
}

/** What forge has compiled at `place`. */
export const madeAt =
  (place: string): Made =>
  (name) => {
    const file = join(place, `node_modules/.cache/forge/out/${name}.sol/${name}.json`);
    const { abi, bytecode } = JSON.parse(readFileSync(file, 'utf8'));
    return { abi, bytecode: bytecode.object };
  };

export async function openWorkshop(): Promise<Workshop> {
  const place = openPlace();
  const kept = join(place, 'kept');
  const run = (args: readonly string[], forget = false) =>
    forge(args, { cwd: place, env: forget ? QUICK : {} });
  const built = await run(['build']);
  if (built.status !== 0) throw new Error(`forge cannot build the whole: ${built.output}`);
  const cache = join(place, 'node_modules/.cache/forge');
  cpSync(cache, kept, { recursive: true });
  const made = madeAt(place);
  return {
    async tryOut(slip, ...suites) {
      const path = join(place, 'contracts/src', slip.file);
      const whole = readFileSync(path, 'utf8');
      writeFileSync(path, broken(whole, slip));
      try {
        let last: ForgeRun = { status: 0, output: '' };
        for (const suite of suites) {
          last = await (typeof suite === 'function' ? suite(made) : run(['test', ...suite], true));
          if (last.status !== 0) break;
        }
        return last;
      } finally {
        writeFileSync(path, whole);
        rmSync(cache, { recursive: true });
        cpSync(kept, cache, { recursive: true });
      }
    },
    close: () => rmSync(place, { recursive: true }),
  };
}

function broken(whole: string, { file, line, from, to }: Slip): string {
  if (line !== undefined) {
    const lines = whole.split('\n');
    if (lines[line] !== from) throw new Error(`${file}:${line + 1} does not say "${from}"`);
    return lines.with(line, to).join('\n');
  }
  if (whole.split(from).length !== 2) throw new Error(`${file} does not say "${from}" once`);
  return whole.replace(from, to);
}
