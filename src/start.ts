/** Starting and stopping: every step says what it does, and whatever was started is stopped in reverse order. */
import { join, resolve } from 'node:path';
import type pg from 'pg';
import { type OnChain, openExchange, requireProfile, startAnvil } from '#exchange';
import {
  type Config,
  fileKeys,
  type Keys,
  type Log,
  migrate,
  openDatabase,
  openLog,
  openPool,
} from '#platform';
import { type House, openHouse } from './app.ts';
import { demoSignIns, loadDemo } from './demo.ts';
import { DemoClock } from './demo-clock.ts';
import { seedExchange } from './demo-exchange.ts';
import { sandboxKey } from './demo-shop.ts';
import { takeLock } from './lock.ts';
import { startPostgres } from './platform/postgres.ts';
import { publishAll } from './publish.ts';
import { type Simulators, startSimulators } from './simulators.ts';
import { buildWeb, isWebStale } from './web-build.ts';

type Undo = () => Promise<void> | void;

const out = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** What a long step is at, on the line of the step. */
const progress = (what: string): void => {
  if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K· demo: a month of business … ${what}`);
};

/** Runs one step with a line before and after; long ones thus never look stuck. */
async function step<T>(name: string, work: () => Promise<T> | T): Promise<T> {
  const started = performance.now();
  if (process.stdout.isTTY) process.stdout.write(`· ${name} …`);
  const result = await work();
  const line = `✓ ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`;
  out(process.stdout.isTTY ? `\r\x1b[K${line}` : line);
  return result;
}

export async function startAll(config: Config): Promise<void> {
  const started = performance.now();
  const dataDir = resolve(config.DATA_DIR);
  const lock = takeLock(dataDir);
  const undo: Undo[] = [() => lock.free()];
  const log = openLog({
    level: config.LOG_LEVEL === 'info' ? 'warn' : config.LOG_LEVEL,
    name: 'huiquan',
  });
  const stop = stopper(undo, log);
  try {
    const url =
      config.DATABASE_URL ||
      (await step('database', async () => {
        const server = await startPostgres({ directory: join(dataDir, 'postgres'), durable: true });
        undo.push(() => server.stop());
        if (!server.directory.startsWith(dataDir))
          out(
            `  the database's user may not enter this folder; its files are in ${server.directory}`,
          );
        return server.url;
      }));
    const pool = openPool(url, { max: config.DATABASE_POOL });
    undo.push(() => pool.end());
    await step('tables', () => migrate(pool));
    const simulators = config.SIMULATORS
      ? await step('simulators of issuers, bank, SMS and real-name check', () =>
          startSimulators(config),
        )
      : undefined;
    if (simulators) undo.push(() => simulators.stop());
    const full: Config = { ...config, DATABASE_URL: url, ...simulators?.urls };
    const keys = fileKeys(join(dataDir, 'keys.json'));
    const clock = new DemoClock(openDatabase(pool));
    if (config.DEMO) await clock.load();
    if (isWebStale()) await step('web pages', buildWeb);
    if (config.DEMO) await step('demo', () => demoOn(full, { keys, clock, log }));
    if (simulators && clock.aheadMs > 0) await keepPace(full, clock);
    const chain = await chainFor(full, { keys, clock, dataDir, pool, undo });
    await step('catalogue, rules and prices', () => publishAll(openDatabase(pool), clock.now()));
    const house = await step(
      'app',
      async () =>
        await openHouse({
          config: full,
          pool,
          keys,
          clock,
          log,
          chain,
          ...(simulators && { demo: { clock, simulators } }),
        }),
    );
    undo.push(() => house.close());
    const address = (await house.listen()).replace('//127.0.0.1:', '//localhost:');
    undo.push(await house.work());
    await seedIfEmpty(full, house, address);
    lock.announce(address);
    welcome(config, address, simulators, (performance.now() - started) / 1000);
    if (config.DEMO && config.SANDBOX) {
      const stage = { house, db: openDatabase(pool), keys, now: () => clock.now() };
      const { shop, key } = await sandboxKey(stage);
      out(`\nSandbox: HUIQUAN_URL=${address} HUIQUAN_SHOP=${shop} HUIQUAN_KEY=${key}`);
    }
  } catch (error) {
    await stop(false);
    throw error;
  }
}

/** The chain of SANDBOX and INTL: the one that is configured, or an anvil of our own. CN needs none. */
async function chainFor(
  config: Config,
  of: { keys: Keys; clock: DemoClock; dataDir: string; pool: pg.Pool; undo: Undo[] },
): Promise<OnChain | undefined> {
  const { keys, clock, dataDir, pool, undo } = of;
  const at = clock.now();
  if (requireProfile(config, at) === 'CN') return undefined;
  const url =
    config.CHAIN_URL ||
    (await step('chain', async () => {
      const { CHAIN_PORT: port, CHAIN_ID: chainId } = config;
      const own = await startAnvil({ directory: join(dataDir, 'chain'), port, chainId, at });
      undo.push(() => own.stop());
      return own.url;
    }));
  return await step('contracts', () =>
    openExchange({ db: openDatabase(pool), keys, config: { ...config, CHAIN_URL: url }, at }),
  );
}

/** The worker is running, so the holders' cards go to the chain as anybody's would. */
async function seedIfEmpty(config: Config, { exchange }: House, address: string): Promise<void> {
  const { on } = exchange;
  if (!config.DEMO || !on) return;
  await step('a small exchange', () =>
    seedExchange({ deps: { ...exchange, on }, config, address }),
  );
}

/** A house that was moved forward and started again: its institution has to live in the same day, or trusts nothing. */
async function keepPace({ PSP_URL }: Config, { aheadMs }: DemoClock): Promise<void> {
  await fetch(`${PSP_URL}/control/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ aheadMs }),
  });
}

async function demoOn(
  config: Config,
  parts: { keys: Keys; clock: DemoClock; log: Log },
): Promise<void> {
  const pool = openPool(config.DATABASE_URL, { max: config.DATABASE_POOL, relaxed: true });
  try {
    await loadDemo({ config, pool, db: openDatabase(pool), ...parts, say: progress });
  } finally {
    await pool.end();
  }
}

/** One part alone, for operators who run several processes against one database. */
export async function runPart(config: Config, part: 'api' | 'worker'): Promise<void> {
  const log = openLog({ level: config.LOG_LEVEL, name: `huiquan-${part}` });
  const undo: Undo[] = [];
  const stop = stopper(undo, log);
  try {
    const house = await openPart(config, log, undo);
    if (part === 'api') log.info({ address: await house.listen() }, 'listening');
    else undo.push(await house.work());
    log.info({ part }, 'ready');
  } catch (error) {
    await stop(false);
    throw error;
  }
}

async function openPart(config: Config, log: Log, undo: Undo[]): Promise<House> {
  if (!config.DATABASE_URL)
    throw Object.assign(new Error('set DATABASE_URL: only `start` brings a database of its own'), {
      expected: true,
    });
  const pool = openPool(config.DATABASE_URL, { max: config.DATABASE_POOL });
  undo.push(() => pool.end());
  const clock = new DemoClock(openDatabase(pool));
  if (config.DEMO) await clock.load();
  const keys = fileKeys(join(resolve(config.DATA_DIR), 'keys.json'));
  const chain = await openExchange({ db: openDatabase(pool), keys, config, at: clock.now() });
  const house = await openHouse({ config, pool, keys, clock, log, chain });
  undo.push(() => house.close());
  return house;
}

/** One Ctrl-C may arrive twice, from the terminal and from npm; only a later one means "at once". */
const SAME_SIGNAL_MS = 1_000;

/** First Ctrl-C: everything is put away in reverse order. Second: at once. */
function stopper(undo: Undo[], log: Log): (exit: boolean) => Promise<void> {
  let since: number | undefined;
  const stop = async (exit: boolean): Promise<void> => {
    if (since !== undefined) {
      if (performance.now() - since > SAME_SIGNAL_MS) process.exit(130);
      return;
    }
    since = performance.now();
    for (const put of undo.reverse()) {
      try {
        await put();
      } catch (error) {
        log.error({ err: error }, 'while stopping');
      }
    }
    if (exit) process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (process.stdout.isTTY) out('\n· stopping');
      void stop(true);
    });
  }
  return stop;
}

function welcome(
  config: Config,
  address: string,
  simulators: Simulators | undefined,
  seconds: number,
): void {
  out(`\n回券 Huiquan is ready (${seconds.toFixed(1)} s)\n`);
  out(`  sell a card       ${address}/`);
  out(`  operator console  ${address}/console`);
  if (config.PROFILE !== 'CN') out(`  exchange          ${address}/exchange/offers`);
  out(`  API reference     ${address}/reference`);
  if (simulators) {
    out(`  SMS inbox         ${simulators.urls.SMS_URL}/        (sign-in codes arrive here)`);
    out(
      `  cards to try      ${simulators.urls.ISSUER_URL}/     (numbers that the issuer simulator knows)`,
    );
    out(`  bank              ${simulators.urls.PSP_URL}/`);
  }
  if (config.DEMO) out(`\n${demoSignIns()}`);
  out(
    '\nCtrl-C stops everything; the data stay in .data/. Delete them with: node bin/huiquan.mjs reset',
  );
}
