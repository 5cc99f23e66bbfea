/** A chain of our own for SANDBOX and INTL on one machine: the native anvil as a child, its state kept in a file. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { foundryBinary } from '#contracts/foundry';

export interface OwnChain {
  readonly url: string;
  readonly pid: number;
  /** Writes the state to its file and ends. */
  stop(): Promise<void>;
}

export interface AnvilOptions {
  /** Folder of the state file; undefined: a chain that forgets everything, for tests. */
  readonly directory?: string | undefined;
  readonly port: number;
  readonly chainId: number;
  /** Time of the first block of a new chain. */
  readonly at: Date;
  /** Blocks by `evm_mine` only: automine loses transactions of senders that come at once. */
  readonly mining?: 'each' | 'manual';
  /** Wei; zero by default, as consortium chains have it, so that nobody needs a coin to sign. */
  readonly baseFee?: bigint;
}

const START_MS_MAX = 20_000;
/** A killed house loses at most what a few seconds of the chain did; the relayer sends it again. */
const STATE_EVERY_S = 5;

export async function startAnvil(options: AnvilOptions): Promise<OwnChain> {
  const { directory, port, chainId, at, mining = 'each', baseFee = 0n } = options;
  const state = directory && join(directory, 'anvil-state.json');
  const pidFile = directory && join(directory, 'anvil.pid');
  if (directory) mkdirSync(directory, { recursive: true });
  if (pidFile) await endOrphan(pidFile);
  const child = spawn(
    foundryBinary('anvil'),
    [
      ...['--host', '127.0.0.1', '--port', String(port), '--chain-id', String(chainId)],
      ...['--accounts', '1', '--quiet', '--hardfork', 'cancun', '--no-cors'],
      // States of old blocks are nobody's business, and written to the home folder they stay when anvil is killed.
      ...['--max-persisted-states', '0'],
      ...['--block-base-fee-per-gas', String(baseFee), '--disable-min-priority-fee'],
      ...(mining === 'manual' ? ['--no-mining'] : []),
      ...(state && existsSync(state) ? [] : ['--timestamp', String(seconds(at))]),
      ...(state ? ['--state', state, '--state-interval', String(STATE_EVERY_S)] : []),
    ],
    // Own session: Ctrl-C reaches only the house, which ends the chain after everybody who needs it.
    { stdio: ['ignore', 'ignore', 'inherit'], detached: true },
  );
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilReady(child, url);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  const { pid = 0 } = child;
  if (pidFile) writeFileSync(pidFile, String(pid));
  return {
    url,
    pid,
    stop: async () => {
      await end(child);
      if (pidFile) rmSync(pidFile, { force: true });
    },
  };
}

const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  let failed: Error | undefined;
  child.once('error', (error) => {
    failed = error;
  });
  for (const until = Date.now() + START_MS_MAX; Date.now() < until; await sleep(25)) {
    if (failed) throw failed;
    if (child.exitCode !== null) break;
    if (await answers(url)) return;
  }
  throw Object.assign(new Error(`the chain did not start on ${url}; is its port in use?`), {
    expected: true,
  });
}

async function answers(url: string): Promise<boolean> {
  try {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] });
    const headers = { 'content-type': 'application/json' };
    const reply = await fetch(url, {
      method: 'POST',
      body,
      headers,
      signal: AbortSignal.timeout(1_000),
    });
    return reply.ok;
  } catch {
    return false;
  }
}

const END_MS_MAX = 10_000;

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((done) => {
    child.once('exit', () => done());
  });
  child.kill('SIGTERM');
  await Promise.race([ended, sleep(END_MS_MAX).then(() => child.kill('SIGKILL'))]);
}

/** The chain of a house that was killed: known by its process id, and told from strangers by what it runs. */
async function endOrphan(pidFile: string): Promise<void> {
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8'));
  const command = `/proc/${pid}/cmdline`;
  const isOurs = (): boolean =>
    existsSync(command) && readFileSync(command, 'utf8').includes('anvil');
  if (!isOurs()) return;
  process.kill(pid, 'SIGTERM');
  for (const until = Date.now() + END_MS_MAX; isOurs() && Date.now() < until; ) await sleep(50);
}
