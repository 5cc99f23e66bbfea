#!/usr/bin/env node
// The front door, in plain JavaScript so that any Node ≥ 20 can open it: installs what is missing, finds a
// Node 24 (its own copy comes from npm), and hands over to src/main.ts or the gates.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [command = 'help', ...rest] = process.argv.slice(2);
const NODE_MAJOR = 24;
// Modules stay compiled between processes: half a second less for each that loads the house (1.1 s instead of 2.1).
process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules/.cache/huiquan-node');

install();
const node = findNode();
if (command === 'test' || command === 'check') process.exitCode = await gates(command);
else if (command === 'bench') bench();
else run([join(root, 'src/main.ts'), command, ...rest]);

/** `npm run bench -- ledger`: one file per claim, each with its peer in the same run. */
function bench() {
  const known = readdirSync(join(root, 'bench')).flatMap(
    (file) => /^(\w+)\.ts$/.exec(file)?.[1] ?? [],
  );
  const [name, ...args] = rest;
  if (known.includes(name)) return run([join(root, 'bench', `${name}.ts`), ...args]);
  console.error(`npm run bench -- ${known.join(' | ')}`);
  process.exit(1);
}

/** npm install, not npm ci: some packages' binaries for other platforms are not in every registry. */
function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules/.huiquan');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  const started = Date.now();
  console.log('· installing packages (about a minute, once)');
  const result = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) {
    console.error(
      '✗ npm install failed; its message is above. Check the network and that this folder may be written to.',
    );
    process.exit(1);
  }
  const after = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  writeFileSync(stamp, after);
  console.log(`✓ packages installed (${Math.round((Date.now() - started) / 1000)} s)`);
}

function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR) return process.execPath;
  const own = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin/node');
  if (existsSync(own)) return own;
  console.error(
    `✗ Huiquan runs on Node ${NODE_MAJOR}; this is ${process.version}, and npm has no copy for ${process.platform} ${process.arch}. Please install Node ${NODE_MAJOR}.`,
  );
  process.exit(1);
}

function run(args) {
  const child = spawn(node, args, { cwd: root, stdio: 'inherit' });
  // Ctrl-C reaches the child from the terminal itself; we stay until it has put everything away.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 130 : 1)));
}

/** `check` is the quick gate; `test` is everything, node:test's summary last. */
async function gates(which) {
  const env = { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}` };
  const said = (name, started, status) => {
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    console.log(`${status === 0 ? '✓' : '✗'} ${name} (${seconds} s)`);
  };
  const step = (name, args) => {
    const started = Date.now();
    const { status } = spawnSync(node, args, { cwd: root, stdio: 'inherit', env });
    said(name, started, status);
    if (status !== 0) process.exit(1);
  };
  /** What it says is kept for when it is over. */
  const beside = async (name, args) => {
    const started = Date.now();
    const child = spawn(node, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env });
    const parts = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (part) => parts.push(part));
    const [status] = await once(child, 'close');
    said(name, started, status);
    return { status, text: Buffer.concat(parts) };
  };
  // Remembers what it saw: the second look costs a sixth of the first (3 s of 18, measured).
  const memory = ['--incremental', '--tsBuildInfoFile', 'node_modules/.cache/huiquan.tsbuildinfo'];
  const types = ['node_modules/typescript/bin/tsc', '-p', '.', ...memory];
  const lint = ['node_modules/@biomejs/biome/bin/biome', 'check', '.'];
  const only = rest.length > 0 ? rest : undefined;
  if (which === 'check') {
    const pure = [
      'src/**/domain.test.ts',
      'src/**/*pure.test.ts',
      'test/{architecture,process-names}.test.ts',
    ];
    // Pure tests share nothing that could be spoilt, so one process does for all: 19 s instead of 29, on one core of two.
    const tests = ['--test', '--test-isolation=none', ...(only ?? pure)];
    const looks = await Promise.all([
      beside('types', types),
      beside('lint and format', lint),
      beside('pure tests', tests),
    ]);
    for (const { text } of looks) process.stdout.write(text);
    return looks.every(({ status }) => status === 0) ? 0 : 1;
  }
  step('types', types);
  step('lint and format', lint);
  step('generated files', ['db/generate.ts', '--check']);
  step('generated documents', ['docs/generate.ts', '--check']);
  step('contract artifacts', ['contracts/build.ts', '--check']);
  step('web build', ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn']);
  const args = [
    '--test',
    '--test-global-setup=test/setup.ts',
    '--test-concurrency=2',
    '--test-timeout=300000',
    ...(only ?? ['{src,test,simulators,web,contracts}/**/*.test.ts']),
  ];
  return spawnSync(node, args, { cwd: root, stdio: 'inherit', env }).status;
}
