/** Commands that do one thing and end; the exit code says how it went. */
import { join, resolve } from 'node:path';
import { replayAuction } from '#auctions';
import { deployExchange, nextRelayer, type RelayerState, relayersShown } from '#exchange';
import { reconcile } from '#ledger';
import { createStaff } from '#parties';
import {
  type Config,
  type Db,
  fileKeys,
  inTransaction,
  migrate,
  openDatabase,
  openLog,
  openPool,
  ROLES,
  type Role,
  rotateKek,
  systemClock,
} from '#platform';
import { verifyRecord } from '#record';
import { DemoClock } from './demo-clock.ts';
import { startPostgres } from './platform/postgres.ts';
import { publishAll } from './publish.ts';
import { leftToRewrap } from './rewrap.ts';
import { sealAll, verifyLedgerSeals } from './seal.ts';

type Command = 'migrate' | 'demo' | 'staff' | 'ledger' | 'auction' | 'record' | 'chain' | 'keys';

/** Uses DATABASE_URL, or the embedded database of DATA_DIR, which then must not be running. */
export async function runOnce(config: Config, command: Command, rest: string[]): Promise<number> {
  const dataDir = resolve(config.DATA_DIR);
  const own = config.DATABASE_URL
    ? undefined
    : await startPostgres({ directory: join(dataDir, 'postgres'), durable: true });
  const pool = openPool(own?.url ?? config.DATABASE_URL, { max: 4 });
  try {
    await migrate(pool);
    const db = openDatabase(pool);
    switch (command) {
      case 'migrate':
        await publishAll(db, systemClock.now());
        console.log('✓ the database is up to date');
        return 0;
      case 'demo':
        return await demo({ ...config, DATABASE_URL: own?.url ?? config.DATABASE_URL }, db, pool);
      case 'staff':
        return await staff(config, db, rest);
      case 'ledger':
        return await books(db);
      case 'auction':
        return await auction(db, rest);
      case 'keys':
        return await keysOf(config, db, rest);
      case 'chain':
        return await chain(config, db, rest);
      default:
        command satisfies 'record';
        return await record(db);
    }
  } finally {
    await pool.end();
    await own?.stop();
  }
}

async function demo(
  config: Config,
  db: Db,
  pool: Parameters<typeof openDatabase>[0],
): Promise<number> {
  const { loadDemo } = await import('./demo.ts');
  const { startSimulators } = await import('./simulators.ts');
  const simulators = await startSimulators(config);
  try {
    const keys = fileKeys(join(resolve(config.DATA_DIR), 'keys.json'));
    const log = openLog({ level: 'warn', name: 'huiquan' });
    const full = { ...config, DEMO: true, ...simulators.urls };
    await loadDemo({
      config: full,
      pool,
      db,
      keys,
      clock: new DemoClock(db),
      log,
      say: console.log,
    });
    return 0;
  } finally {
    await simulators.stop();
  }
}

async function staff(config: Config, db: Db, [phone, ...roles]: string[]): Promise<number> {
  const unknown = roles.filter((role) => !ROLES.includes(role as Role));
  if (!phone || roles.length === 0 || unknown.length > 0) {
    console.error(`usage: huiquan staff PHONE ROLE…, roles: ${ROLES.join(' ')}`);
    return 1;
  }
  const keys = fileKeys(join(resolve(config.DATA_DIR), 'keys.json'));
  await inTransaction(
    db,
    async (tx) =>
      await createStaff(tx, { keys, phone, roles: roles as Role[], at: systemClock.now() }),
  );
  console.log(
    `✓ staff with ${roles.join(', ')}; outside the demo a passkey or TOTP is needed to use them`,
  );
  return 0;
}

async function chain(config: Config, db: Db, [what]: string[]): Promise<number> {
  if (what !== 'deploy') {
    console.error('usage: huiquan chain deploy --profile INTL --chain-url URL --chain-id ID');
    return 1;
  }
  const keys = fileKeys(join(resolve(config.DATA_DIR), 'keys.json'));
  const made = await deployExchange({ db, keys, config, at: systemClock.now() });
  const { exchange, settlement, deployer } = made;
  const place = exchange
    ? `the exchange is at ${exchange}`
    : `the settlement is at ${settlement}, and profile CN has no exchange`;
  console.log(`✓ ${place}; deployed by ${deployer}`);
  return 0;
}

/**
 * `keys`: what still is under an older key of keys, and from which keys the house sends to its chain; `keys rotate` makes a
 * new key of keys first, `keys rotate relayer` the next key that sends.
 */
async function keysOf(config: Config, db: Db, [verb, which]: string[]): Promise<number> {
  const known = verb === undefined || (verb === 'rotate' && [undefined, 'relayer'].includes(which));
  if (!known) {
    console.error('huiquan keys [rotate [relayer]]');
    return 1;
  }
  const path = join(resolve(config.DATA_DIR), 'keys.json');
  if (verb === 'rotate' && which === 'relayer') {
    const keys = fileKeys(path);
    const made = await inTransaction(db, (tx) => nextRelayer(tx, keys, systemClock.now()));
    if (!made) {
      console.error('this house has no chain yet; start it once with one');
      return 1;
    }
  } else if (verb === 'rotate') {
    const before = fileKeys(path).kekId;
    console.log(
      `✓ ${rotateKek(path)} follows ${before}; back the file up, then restart api and worker`,
    );
  }
  const keys = fileKeys(path);
  for (const { what, left } of await leftToRewrap(db, keys))
    console.log(`${left === 0 ? '✓' : '…'} ${what}: ${left} not yet under ${keys.kekId}`);
  for (const { version, address, state, left } of await relayersShown(db))
    console.log(`${RELAYER_WORDS[state]}: relayer ${version}, ${address}, ${left} on the way`);
  return 0;
}
const RELAYER_WORDS: Readonly<Record<RelayerState, string>> = {
  coming: '… gets coins and roles (after two days on a chain of others), then sends',
  sending: '✓ sends',
  ending: '… ends what it has begun',
  retired: '✓ retired',
};

async function books(db: Db): Promise<number> {
  const findings = await reconcile(db);
  for (const finding of findings) console.error(finding);
  console.log(
    findings.length === 0
      ? '✓ every balance is what its entries make it, and they sum to zero'
      : `✗ ${findings.length} findings`,
  );
  return findings.length === 0 ? 0 : 2;
}

/** `auction replay ID`: clears again from what was published; exit code 2 when the result differs. */
async function auction(db: Db, [verb, id = '']: string[]): Promise<number> {
  if (verb !== 'replay' || !/^[0-9a-f-]{36}$/.test(id)) {
    console.error('huiquan auction replay ID');
    return 1;
  }
  const clearings = await replayAuction(db, id);
  if (clearings.length === 0) console.error('nothing was cleared under this id');
  for (const { entryId, inputKept, same, again } of clearings) {
    console.log(`${inputKept && same ? '✓' : '✗'} ${entryId} ${JSON.stringify(again)}`);
    if (!inputKept) console.error('  the published input is not what its hash says');
    if (!same) console.error('  it clears to another result than was published');
  }
  if (clearings.length === 0) return 1;
  return clearings.every(({ inputKept, same }) => inputKept && same) ? 0 : 2;
}

async function record(db: Db): Promise<number> {
  await sealAll(db, systemClock.now());
  const verdict = await verifyRecord(db);
  console.log(
    verdict.ok
      ? `✓ ${verdict.entries} entries, the chain is whole; head ${verdict.head.seq} ${verdict.head.hash}`
      : '✗ the chain is broken',
  );
  if (!verdict.ok) console.error(verdict);
  const { seals, rows, findings } = await verifyLedgerSeals(db);
  for (const finding of findings) console.error(finding);
  console.log(
    findings.length === 0
      ? `✓ ${rows} ledger rows under ${seals} seals are what they were when they were sealed`
      : `✗ ${findings.length} findings in the ledger's seals`,
  );
  return verdict.ok && findings.length === 0 ? 0 : 2;
}
