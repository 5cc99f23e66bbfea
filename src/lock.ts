/** One house a folder: a lock file with the owner's process id, so that a second start says so and does no harm. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export class AlreadyRunning extends Error {
  readonly expected = true;
}

interface Owner {
  pid: number;
  url: string;
}

export interface Lock {
  /** Lets others know where we are. */
  announce(url: string): void;
  free(): void;
}

export function takeLock(dataDir: string): Lock {
  mkdirSync(dataDir, { recursive: true });
  const path = join(dataDir, 'running.json');
  const owner = ownerOf(path);
  if (owner) {
    throw new AlreadyRunning(
      `Huiquan already runs here as process ${owner.pid}${owner.url && ` at ${owner.url}`}; stop it first, or use another --data-dir and --port`,
    );
  }
  const write = (url: string): void =>
    writeFileSync(path, JSON.stringify({ pid: process.pid, url } satisfies Owner));
  write('');
  return { announce: write, free: () => rmSync(path, { force: true }) };
}

/** The process that holds the folder, if it still lives. */
export function ownerOf(path: string): Owner | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const owner = JSON.parse(readFileSync(path, 'utf8')) as Owner;
    process.kill(owner.pid, 0);
    return owner.pid === process.pid ? undefined : owner;
  } catch (error) {
    // EPERM: alive, and somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? { pid: 0, url: '' } : undefined;
  }
}
