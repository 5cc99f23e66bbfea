/**
 * The whole house for a test: every room wired, a database of its own, the five simulators over real HTTP, one fake
 * clock for all. People come by the use cases and act over the API; nothing of ours is mocked.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Recyclers } from '#auctions';
import type { OnChain } from '#exchange';
import { createStaff, openSession, signUp, submitRealName } from '#parties';
import {
  type Config,
  chinaDay,
  type Db,
  FakeClock,
  fen,
  fileKeys,
  inTransaction,
  type Keys,
  openLog,
  type Role,
  readConfig,
} from '#platform';
import { putAccount, topUp } from '#settlement';
import { freshDatabase, type TestDatabase } from '#test/database.ts';
import {
  type MadeCard,
  makeCard,
  type State,
  startIssuerSimulator,
} from '../simulators/issuer/index.ts';
import { startPspSimulator } from '../simulators/psp/main.ts';
import { startRealNameSimulator } from '../simulators/realname/index.ts';
import { startRegistrySimulator } from '../simulators/registry/index.ts';
import { startSmsSimulator } from '../simulators/sms/index.ts';
import { type House, openHouse } from '../src/app.ts';
import { chance, idNumberOf, luhnNumber } from '../src/demo-people.ts';
import { publishAll } from '../src/publish.ts';

/** A Monday, 10:00 in China, a working day far from a holiday. */
export const START = new Date('2026-11-23T02:00:00Z');
const FLOAT_FEN = fen(50_000_000n);

export interface Person {
  readonly userId: string;
  readonly phone: string;
  readonly name: string;
  readonly idNumber: string;
  readonly accountNumber: string;
  readonly roles: readonly Role[];
  /** Calls come from here, so that one person's tries do not shut another one out. */
  readonly address: string;
  cookie: string;
}

/** What answers have in common, for assertions to look at; other fields are unknown until named by a caller. */
export interface Common {
  id: string;
  state: string;
  code: string;
  title: string;
  remedy: string;
  items: Common[];
  [field: string]: unknown;
}

export interface Answer<T = Common> {
  status: number;
  /** Parsed JSON; `{}` when there is none. */
  body: T;
  text: string;
  headers: Record<string, unknown>;
}

export interface Sale {
  readonly card: MadeCard;
  /** What the seller saw last. */
  readonly order: Common;
}

export interface TestHouse extends TestDatabase {
  readonly house: House;
  readonly clock: FakeClock;
  readonly config: Config;
  readonly keys: Keys;
  /** Address of the house, for callers that want a real socket. */
  readonly url: string;
  readonly simulators: Record<'issuer' | 'psp' | 'sms' | 'realName' | 'registry', string>;
  /** Every line that was logged. */
  readonly logged: readonly string[];
  /** Without options: verified, with an account, signed in by a code, no fresh proof. */
  seller(options?: { verified?: boolean; account?: boolean }): Promise<Person>;
  staff(...roles: Role[]): Promise<Person>;
  /** A new session with a fresh second factor, good for the 5 minutes of a step-up. */
  prove(person: Person): Promise<void>;
  http<T = Common>(
    as: Person | undefined,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<T>>;
  /** A card that the issuer simulator knows; each call gives another one. */
  card(sku: string, state?: State, faceFen?: bigint): MadeCard;
  /** Quote, accept, hand over; stops where the API first says no. Jobs are not run. */
  sell(
    as: Person,
    options?: { sku?: string; state?: State; faceFen?: bigint; card?: MadeCard },
  ): Promise<Sale>;
  /** Moves all clocks on by milliseconds or to an instant, and runs what that brings until nothing moves. */
  forward(to: number | Date): Promise<void>;
  /** Runs all that is due now, the bank's callbacks included. */
  settle(): Promise<void>;
  /** A lever of a simulator: `/control/…`. */
  control(
    simulator: 'issuer' | 'psp' | 'sms' | 'realName' | 'registry',
    path: string,
    body?: unknown,
  ): Promise<unknown>;
}

export async function openTestHouse(
  t: { after(work: () => Promise<void>): void },
  options: {
    clock?: FakeClock;
    config?: Partial<Config>;
    bankSettleMs?: number;
    /** File for the bank's key and transfers, for tests that speak in the bank's name. */
    bankState?: string;
    demo?: boolean;
    /** The chain, made for this database and these keys; test/chain.ts has one. */
    chain?: (of: { db: Db; keys: Keys; config: Config; at: Date }) => Promise<OnChain | undefined>;
    /** Who may bid; test/shops.ts makes some. */
    recyclers?: Recyclers;
    /** Names of strangers' servers. */
    resolve?: (hostname: string) => Promise<string[]>;
  } = {},
): Promise<TestHouse> {
  const closing: (() => Promise<void> | void)[] = [];
  t.after(async () => {
    for (const close of closing.reverse()) await close();
  });
  const database = await freshDatabase({ after: (work) => void closing.push(work) });
  const folder = mkdtempSync(join(tmpdir(), 'huiquan-house-'));
  closing.push(() => rmSync(folder, { recursive: true }));
  const clock = options.clock ?? new FakeClock(START);
  const keys = fileKeys(join(folder, 'keys.json'));
  const { simulators, config: outside } = await startOutside({ ...options, clock, keys, closing });
  const config: Config = {
    ...readConfig({ HUIQUAN_PORT: '0', HUIQUAN_RATE_PER_MINUTE: '1000000' }),
    ...outside,
    DATABASE_URL: database.url,
    DATA_DIR: folder,
    DEMO: options.demo ?? false,
    ...options.config,
  };
  const logged: string[] = [];
  const log = openLog({
    level: 'debug',
    name: 'test',
    to: { write: (line) => void logged.push(line) },
  });
  await publishAll(database.db, clock.now());
  const urls = {
    SMS_URL: config.SMS_URL,
    REALNAME_URL: config.REALNAME_URL,
    PSP_URL: config.PSP_URL,
    ISSUER_URL: config.ISSUER_URL,
    REGISTRY_URL: config.REGISTRY_URL,
  };
  const demo = options.demo && { demo: { clock, simulators: { urls } } };
  const { resolve, recyclers } = options;
  const house = await openHouse({
    ...{ config, pool: database.pool, keys, clock, log, ...demo },
    chain: await options.chain?.({ db: database.db, keys, config, at: clock.now() }),
    ...(recyclers && { recyclers }),
    ...(resolve && { resolve }),
  });
  closing.push(() => house.close());
  const url = await house.listen();
  const made = { ...database, house, clock, config, keys, url, simulators, logged };
  const test: TestHouse = { ...made, ...moves(made), ...people(made), ...acts(made) };
  await fund(test);
  return test;
}

type Made = Pick<
  TestHouse,
  'house' | 'clock' | 'config' | 'keys' | 'url' | 'simulators' | 'db' | 'pool'
>;

async function startOutside(input: {
  clock: FakeClock;
  keys: Keys;
  bankSettleMs?: number;
  bankState?: string;
  closing: (() => Promise<void> | void)[];
}) {
  const { clock, keys, bankSettleMs: settleMs = 0, bankState: stateFile, closing } = input;
  const [issuer, psp, sms, realName, registry] = await Promise.all([
    startIssuerSimulator({ port: 0, clock }),
    startPspSimulator({ port: 0, settleMs, ...(stateFile !== undefined && { stateFile }) }),
    startSmsSimulator({ port: 0, now: () => clock.now() }),
    startRealNameSimulator({ port: 0 }),
    startRegistrySimulator({ port: 0 }),
  ]);
  for (const simulator of [issuer, psp, sms, realName, registry])
    closing.push(() => simulator.close());
  const merchant = readConfig({}).PSP_MERCHANT;
  await post(`${psp.url}/v1/merchants`, { merchant, publicKeyPem: keys.publicKeyPem });
  await post(`${psp.url}/control/clock`, { now: clock.now().toISOString() });
  const issuerKey = await (await fetch(`${issuer.url}/v1/key`)).text();
  return {
    simulators: {
      ...{ issuer: issuer.url, psp: psp.url, sms: sms.url },
      ...{ realName: realName.url, registry: registry.url },
    },
    config: {
      PSP_URL: psp.url,
      PSP_PUBLIC_KEY: psp.publicKeyPem,
      ISSUER_URL: issuer.url,
      ISSUER_PUBLIC_KEY: issuerKey,
      SMS_URL: sms.url,
      REALNAME_URL: realName.url,
      REGISTRY_URL: registry.url,
    },
  };
}

async function post(url: string, body: unknown): Promise<unknown> {
  const reply = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  const text = await reply.text();
  return text === '' ? {} : JSON.parse(text);
}

function moves({
  house,
  clock,
  simulators,
}: Made): Pick<TestHouse, 'forward' | 'settle' | 'control'> {
  const control: TestHouse['control'] = async (simulator, path, body) =>
    await post(`${simulators[simulator]}${path}`, body);
  const settle = async (): Promise<void> => {
    await house.settleDown();
    // The bank pays what it took, and its callbacks bring more to do.
    await control('psp', '/control/clock', { now: clock.now().toISOString() });
    await house.settleDown();
  };
  return {
    control,
    settle,
    forward: async (to) => {
      if (typeof to === 'number') clock.advance(to);
      else clock.moveTo(to);
      await control('psp', '/control/clock', { now: clock.now().toISOString() });
      await settle();
    },
  };
}

let born = 0;

function people({ db, keys, clock, house }: Made): Pick<TestHouse, 'seller' | 'staff' | 'prove'> {
  const open = async (person: Person, how: 'otp' | 'passkey'): Promise<void> => {
    const { userId, address } = person;
    const device = { agent: 'test', address };
    const { token } = await inTransaction(db, (tx) =>
      openSession(tx, { userId, how, device, at: clock.now() }),
    );
    person.cookie = `huiquan=${token}`;
  };
  const seller: TestHouse['seller'] = async ({ verified = true, account = verified } = {}) => {
    const person = await newcomer({ db, keys, clock });
    const { userId, name, idNumber, accountNumber } = person;
    if (verified) {
      await inTransaction(db, (tx) =>
        submitRealName(tx, { keys, userId, name, idNumber, at: clock.now() }),
      );
      await house.settleDown();
    }
    if (account) {
      const bankCode = 'state';
      await putAccount(house.settlement, { userId, bankCode, accountNumber, accountName: name });
    }
    await open(person, 'otp');
    return person;
  };
  return {
    seller,
    prove: (person) => open(person, 'passkey'),
    staff: async (...roles) => {
      const { phone, ...rest } = await newcomer({ db, keys, clock });
      await inTransaction(db, (tx) => createStaff(tx, { keys, phone, roles, at: clock.now() }));
      const person: Person = { ...rest, phone, roles };
      await open(person, 'passkey');
      return person;
    },
  };
}

async function newcomer({ db, keys, clock }: Pick<Made, 'db' | 'keys' | 'clock'>): Promise<Person> {
  const number = ++born;
  const dice = chance(number);
  const phone = `1390002${String(number).padStart(4, '0')}`;
  const userId = await inTransaction(db, (tx) => signUp(tx, { keys, phone, at: clock.now() }));
  return {
    userId,
    phone,
    name: `欧阳${[...'伟芳娜敏静丽强磊洋艳'][number % 10] ?? ''}`,
    idNumber: idNumberOf(dice, number),
    accountNumber: luhnNumber(dice, '622202', 19),
    roles: [],
    address: `198.51.${Math.floor(number / 250)}.${(number % 250) + 1}`,
    cookie: '',
  };
}

function acts({ house }: Made): Pick<TestHouse, 'http' | 'card' | 'sell'> {
  async function http<T = Common>(
    ...[as, method, path, body, headers = {}]: Parameters<TestHouse['http']>
  ): Promise<Answer<T>> {
    const reply = await house.app.inject({
      method: method as 'GET',
      url: path,
      remoteAddress: as?.address ?? '203.0.113.9',
      headers: { ...(as && { cookie: as.cookie }), ...headers },
      ...(body !== undefined && { payload: body as Record<string, unknown> }),
    });
    const json = String(reply.headers['content-type']).includes('json') && reply.body !== '';
    return {
      status: reply.statusCode,
      body: (json ? reply.json() : {}) as T,
      text: reply.body,
      headers: reply.headers,
    };
  }
  const serials = new Map<string, number>();
  const card: TestHouse['card'] = (sku, state = 'good', faceFen) => {
    const serial = (serials.get(sku) ?? 0) + 1;
    serials.set(sku, serial);
    return makeCard(sku, { state, serial, ...(faceFen !== undefined && { faceFen }) });
  };
  const sell: TestHouse['sell'] = async (
    as,
    { sku = 'weihe-gift', state, faceFen, card: given } = {},
  ) => {
    const one = given ?? card(sku, state, faceFen);
    const quote = await http(as, 'POST', '/v1/quotes', { sku: one.sku, faceFen: one.faceFen });
    if (quote.status >= 400) return { card: one, order: quote.body };
    const { quoteId, signature } = quote.body;
    const accepted = await http(as, 'POST', '/v1/orders', { quoteId, signature });
    if (accepted.status >= 400) return { card: one, order: accepted.body };
    const { number, pin } = one;
    const { body: order } = await http(as, 'POST', `/v1/orders/${accepted.body.id}/card`, {
      number,
      ...(pin !== undefined && { pin }),
    });
    return { card: one, order };
  };
  return { http, card, sell };
}

/** The house's own recycler gets money the way a recycler does: through the bank. */
async function fund(test: TestHouse): Promise<void> {
  const { db, clock } = test;
  const { userId: by } = await newcomer(test);
  const at = clock.now();
  await inTransaction(db, (tx) => topUp(tx, { recycler: 'house', amountFen: FLOAT_FEN, by, at }));
  await test.settle();
  // However slow the bank is set to be, this first money is there at once.
  await test.control('psp', '/control/settle', {});
  await test.settle();
  const wallet = await test.pool.query(
    `select balance from ledger.book where code = 'WALLET:house'`,
  );
  assert.equal(wallet.rows[0]?.balance, FLOAT_FEN, `the wallet is filled on ${chinaDay(at)}`);
}
