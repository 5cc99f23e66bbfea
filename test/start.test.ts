// Goal: a newcomer's first minute and an operator's bad days: starting, starting twice, stopping, resetting.
// Method: the real command line as child processes in a folder of its own, on the embedded database.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { freePort } from '../src/platform/postgres.ts';

const main = join(import.meta.dirname, '../src/main.ts');
const folder = mkdtempSync(join(tmpdir(), 'huiquan-start-'));
// The database's own user has to get through.
chmodSync(folder, 0o755);
const data = join(folder, 'data');
/** Outside the demo the bank's key has to be known; nobody calls the bank here. */
const bankKey = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' });
const env = { ...process.env, HUIQUAN_PSP_PUBLIC_KEY: bankKey.toString() };
const started = new Set<ChildProcess>();
after(() => {
  for (const child of started) if (child.exitCode === null) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Run {
  child: ChildProcess;
  said: () => string;
  /** Resolves when the text was said, or fails with all that was said instead. */
  until(text: string): Promise<void>;
  ended: Promise<number | null>;
}

function huiquan(...words: string[]): Run {
  const child = spawn(process.execPath, [main, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  });
  started.add(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  return {
    child,
    said: () => text,
    ended,
    until: async (wanted) => {
      while (!text.includes(wanted)) {
        if (child.exitCode !== null) assert.fail(`ended without saying "${wanted}":\n${text}`);
        await new Promise((done) => setTimeout(done, 50));
      }
    },
  };
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test('start, start twice, stop with nothing left behind, start again with the data, reset', async () => {
  const port = String(await freePort());
  const bare = ['--demo', 'false', '--data-dir', data, '--port', port];
  const first = huiquan('start', ...bare);
  await first.until('is ready');
  assert.equal((await fetch(`http://127.0.0.1:${port}/readyz`)).status, 200);
  const prices = await fetch(`http://127.0.0.1:${port}/v1/prices`);
  assert(
    ((await prices.json()) as { items: unknown[] }).items.length >= 60,
    'prices without a demo',
  );
  const key = readFileSync(join(data, 'keys.json'), 'utf8');

  const second = huiquan('start', ...bare);
  assert.equal(await second.ended, 1);
  assert.match(second.said(), /already runs here as process \d+ at http/);
  const reset = huiquan('reset', '--data-dir', data);
  assert.equal(await reset.ended, 1);
  assert.match(reset.said(), /stop it before a reset/);

  const elsewhere = huiquan(
    'start',
    '--demo',
    'false',
    '--data-dir',
    join(folder, 'two'),
    '--port',
    port,
  );
  assert.equal(await elsewhere.ended, 1);
  assert.match(elsewhere.said(), new RegExp(`port ${port} is in use; choose another with --port`));

  const pid = Number(
    readFileSync(join(data, 'postgres/pgdata/postmaster.pid'), 'utf8').split('\n')[0],
  );
  assert(isAlive(pid));
  first.child.kill('SIGINT');
  assert.equal(await first.ended, 0);
  assert(!isAlive(pid), 'the database was stopped');
  assert(!existsSync(join(data, 'running.json')));

  const again = huiquan('start', ...bare);
  await again.until('is ready');
  assert.equal(
    readFileSync(join(data, 'keys.json'), 'utf8'),
    key,
    'keys and data survive a restart',
  );
  again.child.kill('SIGTERM');
  await again.ended;

  const unsure = huiquan('reset', '--data-dir', data);
  await unsure.ended;
  assert.match(unsure.said(), /Nobody is here to answer/);
  assert(existsSync(join(data, 'keys.json')));
  const sure = huiquan('reset', '--data-dir', data, '--yes');
  assert.equal(await sure.ended, 0);
  assert(!existsSync(data));
});

test('a killed house leaves a database that the next start takes over', async () => {
  const words = [
    'start',
    '--demo',
    'false',
    '--data-dir',
    join(folder, 'killed'),
    '--port',
    String(await freePort()),
  ];
  const first = huiquan(...words);
  await first.until('is ready');
  first.child.kill('SIGKILL');
  await first.ended;
  const second = huiquan(...words);
  await second.until('is ready');
  second.child.kill('SIGINT');
  assert.equal(await second.ended, 0);
});

test('commands check the books and the record, and a wrong word is named', async () => {
  const dir = ['--data-dir', join(folder, 'once')];
  for (const [words, says] of [
    [['ledger', 'reconcile'], /sum to zero/],
    [['record', 'verify'], /the chain is whole/],
    [['staff', '13900000009', 'finance', 'auditor'], /staff with finance, auditor/],
  ] as const) {
    const run = huiquan(...words, ...dir);
    assert.equal(await run.ended, 0, run.said());
    assert.match(run.said(), says);
  }
  for (const [words, says] of [
    [['start', '--nonsense', '1'], /unknown flag --nonsense/],
    [['start', '--port', 'banana'], /HUIQUAN_PORT/],
    [['staff', '13900000009', 'king'], /usage: huiquan staff/],
    [['dance'], /huiquan COMMAND/],
  ] as const) {
    const run = huiquan(...words, ...dir);
    assert.equal(await run.ended, 1, run.said());
    assert.match(run.said(), says);
  }
});
