/** The api and the worker as processes of their own that a test may kill and start again; hides pids and readiness. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '#platform';

const MAIN = join(import.meta.dirname, '../src/main.ts');
const READY_MS_MAX = 60_000;
const TAIL_MAX = 20;

export interface Part {
  /** How often it was killed so far. */
  readonly kills: number;
  /** SIGKILL: no handler runs, no connection is closed by us. Resolves when the successor is ready. */
  killAndRestart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one part of the house by its own command line; ready when it says so. */
export async function startPart(part: 'api' | 'worker', config: Config): Promise<Part> {
  const env = {
    PATH: process.env['PATH'],
    // A restart takes half the time when the code is compiled already.
    NODE_COMPILE_CACHE: join(config.DATA_DIR, 'compiled'),
    ...Object.fromEntries(
      Object.entries(config).map(([key, value]) => [`HUIQUAN_${key}`, String(value)]),
    ),
  };
  let child = await launch(part, env);
  const state = { kills: 0 };
  return {
    get kills() {
      return state.kills;
    },
    killAndRestart: async () => {
      assert.equal(await end(child, 'SIGKILL'), 'SIGKILL', `the ${part} was alive until now`);
      state.kills++;
      child = await launch(part, env);
    },
    stop: async () => {
      await end(child, 'SIGKILL');
    },
  };
}

async function launch(part: string, env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const child = spawn(process.execPath, [MAIN, part], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const tail: string[] = [];
  let ready = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('"msg":"ready"')) ready = true;
      tail.push(text);
      if (tail.length > TAIL_MAX) tail.shift();
    });
  }
  const deadline = Date.now() + READY_MS_MAX;
  while (!ready) {
    const isOver = child.exitCode !== null || Date.now() > deadline;
    assert(!isOver, `the ${part} did not start: ${tail.join('').slice(-2_000)}`);
    await sleep(20);
  }
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<string | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.signalCode;
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  child.kill(signal);
  await ended;
  return child.signalCode;
}
