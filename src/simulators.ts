/** Starts the simulators of the outside as processes of their own, each on its port or the next free one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '#platform';
import { freePort } from './platform/postgres.ts';

const NAMES = {
  SMS_URL: 'sms',
  REALNAME_URL: 'realname',
  PSP_URL: 'psp',
  ISSUER_URL: 'issuer',
  REGISTRY_URL: 'registry',
} as const;
type UrlKey = keyof typeof NAMES;
const READY_MS_MAX = 15_000;

export interface Simulators {
  urls: Record<UrlKey, string>;
  stop(): Promise<void>;
}

export async function startSimulators(config: Config): Promise<Simulators> {
  const dataDir = resolve(config.DATA_DIR);
  const pidFile = join(dataDir, 'simulators.json');
  endOrphans(pidFile);
  const children: ChildProcess[] = [];
  const urls = {} as Record<UrlKey, string>;
  await Promise.all(
    (Object.keys(NAMES) as UrlKey[]).map(async (key) => {
      const wanted = Number(new URL(config[key]).port);
      const port = (await answers(`http://127.0.0.1:${wanted}/`)) ? await freePort() : wanted;
      urls[key] = `http://127.0.0.1:${port}`;
      const main = join(import.meta.dirname, `../simulators/${NAMES[key]}/main.ts`);
      // Own session: Ctrl-C reaches only us, and we stop them after the app no longer needs them.
      const more = {
        psp: ['--state', join(dataDir, 'simulator-psp.json')],
        issuer: ['--house', config.PUBLIC_URL || `http://127.0.0.1:${config.PORT}`],
        ...{ sms: [], realname: [], registry: [] },
      }[NAMES[key]];
      const child = spawn(process.execPath, [main, '--port', String(port), ...more], {
        stdio: ['ignore', 'ignore', 'inherit'],
        detached: true,
      });
      children.push(child);
      const deadline = Date.now() + READY_MS_MAX;
      while (!(await answers(urls[key]))) {
        if (child.exitCode !== null || Date.now() > deadline)
          throw new Error(`the ${NAMES[key]} simulator did not start on port ${port}`);
        await sleep(50);
      }
    }),
  );
  writeFileSync(pidFile, JSON.stringify(children.map(({ pid }) => pid)));
  return {
    urls,
    stop: async () => {
      await Promise.all(children.map(end));
    },
  };
}

/** Simulators of a run that was killed: known by their process ids, and told from strangers by what they run. */
function endOrphans(pidFile: string): void {
  if (!existsSync(pidFile)) return;
  for (const pid of JSON.parse(readFileSync(pidFile, 'utf8')) as number[]) {
    try {
      if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('simulators/'))
        process.kill(pid, 'SIGTERM');
    } catch {
      // Gone, or a system without /proc: then the next free port is used.
    }
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url, { signal: AbortSignal.timeout(1_000) });
    return true;
  } catch {
    return false;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((done) => {
    child.once('exit', () => done());
  });
  child.kill('SIGTERM');
  await Promise.race([ended, sleep(3_000).then(() => child.kill('SIGKILL'))]);
}
