/** A small world for the tests of settlement: database, clock, worker, api and a custody bank of its own process. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { balanceOf, post, reconcile, trialBalance } from '#ledger';
import {
  type App,
  buildHttp,
  type Caller,
  chinaInstant,
  drainJobs,
  FakeClock,
  fen,
  fileKeys,
  inTransaction,
  newId,
  type Role,
  readConfig,
  Secret,
  silentLog,
  type Tasks,
} from '#platform';
import { runClock } from '#process';
import { freshDatabase } from '#test/database.ts';
import {
  createPayout,
  openPsp,
  openRegistry,
  type PaidIn,
  payoutOf,
  type SettlementDeps,
  settlementClock,
  settlementRoutes,
  settlementTasks,
  topUp,
} from './index.ts';

export const NAME = '张三';
export const CARD = '4111111111111111';
const ROOT = join(import.meta.dirname, '../..');

export interface BankEntry {
  kind: string;
  outNo: string;
  amountFen: string;
  account: string;
  remark: string;
  status: string;
  submits: number;
}
export interface BankState {
  entries: BankEntry[];
  orders: { outNo: string; status: string; submits: number; payments: { tradeNo: string }[] }[];
  requests: { kind: string; outNo: string; status: string; amountFen: string; submits: number }[];
  held: { outNo: string; status: string }[];
  deliveries: { status: string; answer: number; tries: number }[];
}
export type World = Awaited<ReturnType<typeof openWorld>>;

/** A working Tuesday, an hour before the cut-off. */
const START = '2026-03-10T16:00:00+08:00';

/** The recycler whose money pays for everything here. */
export const RECYCLER = 'r1';
const FUNDS = fen(1_000_000_00);

export async function openWorld(t: TestContext, start = START) {
  const ground = await openGround(t, start);
  const world = { ...ground, ...timeIn(ground), ...peopleIn(ground), ...booksIn(ground) };
  await world.control('clock', { now: world.clock.now().toISOString() });
  await inTransaction(world.db, (tx) =>
    topUp(tx, { recycler: RECYCLER, amountFen: FUNDS, by: 'test', at: world.clock.now() }),
  );
  await world.run();
  await world.control('settle', {});
  await world.run();
  assert.equal(await world.balance(`WALLET:${RECYCLER}`), FUNDS);
  return world;
}

type Ground = Awaited<ReturnType<typeof openGround>>;

async function openGround(t: TestContext, start: string) {
  const { db, pool } = await freshDatabase(t);
  const clock = new FakeClock(start);
  const folder = mkdtempSync(join(tmpdir(), 'huiquan-settlement-'));
  const keys = fileKeys(join(folder, 'keys.json'));
  const bank = await startOutside('psp', '--settle-ms', '60000');
  const registry = await startOutside('realname');
  const shop = openShop();
  const changes: { part: string; state: string }[] = [];
  const texts: string[] = [];
  let address = '';
  const deps: SettlementDeps = {
    ...{ db, clock, keys, log: silentLog },
    psp: openPsp({
      ...{ url: bank.url, merchant: 'shop', publicKeyPem: '', sandbox: true, keys, clock },
      callbackUrl: () => `${address}/v1/psp/callback`,
    }),
    realNameOf: async (_reader, _keys, userId) =>
      userId.startsWith('nobody') ? undefined : { name: new Secret(NAME) },
    sendSms: async (_tx, { template }) => void texts.push(template),
    registry: openRegistry(registry.url),
    paidIn: shop.paidIn,
    payInClosed: async (_tx, { subject }) => void shop.closed.push(subject),
    changed: async (_tx, { part, state }) => void changes.push({ part, state }),
  };
  const app: App = await buildHttp({
    ...{ log: silentLog, clock, db },
    config: readConfig({}, { RATE_PER_MINUTE: '100000' }),
    authenticate: async ({ headers }) => callerIn(String(headers['x-test'] ?? ''), clock.now()),
  });
  settlementRoutes(app, deps);
  await app.listen({ port: 0, host: '127.0.0.1' });
  const at = app.server.address();
  assert(at !== null && typeof at === 'object');
  address = `http://127.0.0.1:${at.port}`;
  t.after(async () => {
    await app.close();
    bank.stop();
    registry.stop();
    rmSync(folder, { recursive: true });
  });
  const control = async (path: string, body?: unknown): Promise<unknown> => {
    const reply = await fetch(`${bank.url}/control/${path}`, {
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    });
    assert.equal(reply.status, 200, `control ${path}`);
    return await reply.json();
  };
  const tasks: Tasks = settlementTasks(deps);
  return {
    ...{ db, pool, clock, keys, deps, app, address, tasks, changes, texts, control, shop },
    registryUrl: registry.url,
    bankUrl: bank.url,
    handlers: settlementClock(deps),
    state: async () => (await control('state')) as BankState,
    work: () => drainJobs({ pool, db, clock, log: silentLog, tasks }),
  };
}

/** Whoever sells: takes every payment into escrow unless the order is `over`, as the market will. */
function openShop() {
  const over = new Set<string>();
  const closed: string[] = [];
  const paidIn: PaidIn = async (tx, { subject, payInId, amountFen, from, at }) => {
    if (over.has(subject)) return 'late';
    over.add(subject);
    const legs = [{ from, to: `ESCROW:${subject}`, amount: amountFen }];
    await post(tx, { kind: 'test.paid', ref: payInId, subject, at, legs });
    return 'taken';
  };
  return { over, closed, paidIn };
}

function timeIn({ db, clock, handlers, control, work }: Ground) {
  /** Runs due jobs, then what the clock owes, until neither has anything left to do at this instant. */
  const run = async (): Promise<void> => {
    do await work();
    while ((await runClock(db, { at: clock.now(), handlers })) > 0);
  };
  /** Time passes for us and for the bank. */
  const moveTo = async (at: Date | string): Promise<void> => {
    clock.moveTo(at);
    await control('clock', { now: clock.now().toISOString() });
    await run();
  };
  return {
    ...{ run, moveTo },
    advance: (ms: number) => moveTo(new Date(clock.now().getTime() + ms)),
    cutOff: (day: string) => moveTo(chinaInstant(day, 17)),
  };
}

function peopleIn({ db, clock, app }: Ground) {
  /** As `userId roles`, with a fresh second factor unless the text ends in `!`. */
  const call = async (
    as: string,
    method: 'GET' | 'POST' | 'PUT',
    url: string,
    body?: Record<string, unknown>,
  ): Promise<{ status: number; body: Record<string, unknown> }> => {
    const reply = await app.inject({
      ...{ method, url, headers: { 'x-test': as } },
      ...(body && { payload: body }),
    });
    return { status: reply.statusCode, body: reply.json() };
  };
  const account = async (userId: string, accountNumber = CARD): Promise<void> => {
    const body = { bankCode: 'state', accountNumber, accountName: NAME };
    const reply = await call(userId, 'PUT', '/v1/me/payout-account', body);
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
  };
  /** A person with money owed, an account unless told otherwise, and a payout of that money. */
  const owe = async (yuan: number, options: { userId?: string; account?: boolean } = {}) => {
    const { userId = newId(clock.now()) } = options;
    const subject = newId(clock.now());
    const amountFen = fen(Math.round(yuan * 100));
    if (options.account ?? true) await account(userId);
    const at = clock.now();
    const made = await inTransaction(db, async (tx) => {
      const legs = [{ from: `WALLET:${RECYCLER}`, to: `PAYABLE:${userId}`, amount: amountFen }];
      await post(tx, { kind: 'test.owe', ref: subject, subject, at, legs });
      return await createPayout(tx, { userId, subject, amountFen, at });
    });
    return { ...made, userId, subject, amountFen };
  };
  return { call, account, owe };
}

function booksIn({ db, state }: Ground) {
  return {
    stateOf: async (subject: string, part?: string): Promise<string | undefined> =>
      (await payoutOf(db, subject, part))?.state,
    /** How often the bank paid this payout for good. */
    timesPaid: async (payoutId: string): Promise<number> =>
      (await state()).entries.filter((one) => one.remark === payoutId && one.status === 'paid')
        .length,
    balance: async (code: string): Promise<bigint> => (await balanceOf(db, code)).balance,
    inFlight: async (): Promise<bigint> =>
      (await trialBalance(db)).classes.find((row) => row.class === 'IN_FLIGHT')?.balance ?? 0n,
    /** No fen appeared or vanished, and balances are what their entries say. */
    checkBooks: async (): Promise<void> => {
      const { debit, credit } = await trialBalance(db);
      assert.equal(debit, credit, 'the books do not balance');
      assert.deepEqual(await reconcile(db), []);
    },
  };
}

/** `userId role,role`: signed in with a fresh second factor; `!` at the end: without it. */
function callerIn(text: string, at: Date): Caller | undefined {
  const [userId, roles = ''] = text.replace('!', '').split(' ');
  if (!userId) return undefined;
  return {
    userId,
    sessionId: 'test',
    roles: new Set(roles.split(',').filter((role) => role !== '')) as ReadonlySet<Role>,
    steppedUpAt: text.endsWith('!') ? undefined : at,
  };
}

async function startOutside(
  name: 'psp' | 'realname',
  ...flags: string[]
): Promise<{ url: string; stop: () => void }> {
  const child = spawn(process.execPath, [`simulators/${name}/main.ts`, '--port', '0', ...flags], {
    ...{ cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] },
  });
  const url = await new Promise<string>((done, failed) => {
    child.once('error', failed);
    child.once('exit', () => failed(new Error('the simulator ended')));
    child.stdout.on('data', (text: Buffer) => {
      const found = /http:\S+/.exec(text.toString())?.[0];
      if (found) done(found);
    });
  });
  return { url, stop: () => void child.kill() };
}
