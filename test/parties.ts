/** The room of parties with its simulators on a database of its own, and visitors who keep a cookie jar. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { makeAuth, type PartiesDeps, partiesRoutes, partiesTasks } from '#parties';
import {
  type App,
  buildHttp,
  type Config,
  drainJobs,
  FakeClock,
  fileKeys,
  openLive,
  readConfig,
  silentLog,
} from '#platform';
import { freshDatabase, type TestDatabase } from '#test/database.ts';
import { startRealNameSimulator } from '../simulators/realname/index.ts';
import { type SmsMessage, startSmsSimulator } from '../simulators/sms/index.ts';

export const START = new Date('2026-11-23T02:00:00Z');

export interface House extends TestDatabase {
  app: App;
  clock: FakeClock;
  config: Config;
  deps: PartiesDeps;
  /** Runs all jobs that are due. */
  work(): Promise<void>;
  /** The latest code texted to a number. */
  codeFor(phone: string): Promise<string>;
  messages(phone: string): Promise<SmsMessage[]>;
  realName(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown>;
}

export async function openHouse(
  t: TestContext,
  options: { config?: Partial<Config>; deps?: Partial<PartiesDeps>; live?: boolean } = {},
): Promise<House> {
  const database = await freshDatabase(t);
  const folder = mkdtempSync(join(tmpdir(), 'huiquan-parties-'));
  const [sms, realName] = await Promise.all([
    startSmsSimulator({ port: 0 }),
    startRealNameSimulator({ port: 0 }),
  ]);
  const config: Config = {
    ...readConfig({ HUIQUAN_RATE_PER_MINUTE: '1000000', HUIQUAN_PORT: '8790' }),
    SMS_URL: sms.url,
    REALNAME_URL: realName.url,
    ...options.config,
  };
  const clock = new FakeClock(START);
  const { db, pool } = database;
  const keys = fileKeys(join(folder, 'keys.json'));
  const live = options.live ? await openLive(database.url) : undefined;
  const deps: PartiesDeps = { db, keys, clock, config, ...(live && { live }), ...options.deps };
  const log = silentLog;
  const { authenticate } = makeAuth(deps);
  const app = await buildHttp({ config, log, clock, db, authenticate });
  partiesRoutes(app, deps);
  await app.ready();
  t.after(async () => {
    await app.close();
    await live?.close();
    await Promise.all([sms.close(), realName.close()]);
    rmSync(folder, { recursive: true });
  });
  const tasks = partiesTasks({
    ...{ config, keys, news: async () => undefined },
    holds: { hold: async () => undefined, free: async () => undefined },
  });
  const work = async () => await drainJobs({ pool, db, clock, log, tasks });
  const messages = async (phone: string) => {
    const reply = await fetch(`${sms.url}/messages?to=${phone}`);
    return ((await reply.json()) as { items: SmsMessage[] }).items;
  };
  return {
    ...database,
    app,
    clock,
    config,
    deps,
    work,
    messages,
    async codeFor(phone) {
      await work();
      const code = /\d{6}/.exec((await messages(phone))[0]?.text ?? '')?.[0];
      assert(code, `no code was texted to ${phone}`);
      return code;
    },
    async realName(method, path, body) {
      const reply = await fetch(`${realName.url}${path}`, {
        method,
        ...(body !== undefined && {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      });
      return await reply.json();
    },
  };
}

export interface Answer<T = Record<string, unknown>> {
  status: number;
  body: T;
  headers: Record<string, unknown>;
}

/** A browser: keeps the session cookie, and says where it comes from. */
export class Visitor {
  cookie = '';
  address = '203.0.113.7';
  readonly #app: App;
  constructor(app: App) {
    this.#app = app;
  }

  async call<T = Record<string, unknown>>(
    line: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const [method = '', url = ''] = line.split(' ');
    const reply = await this.#app.inject({
      method: method as 'GET',
      url,
      remoteAddress: this.address,
      headers: { ...(this.cookie && { cookie: this.cookie }), ...headers },
      ...(body !== undefined && { payload: body as Record<string, unknown> }),
    });
    const set = reply.headers['set-cookie'];
    if (typeof set === 'string') {
      const [pair = ''] = set.split(';');
      this.cookie = pair.endsWith('=') ? '' : pair;
    }
    return {
      status: reply.statusCode,
      body: (reply.body === '' ? {} : reply.json()) as T,
      headers: reply.headers,
    };
  }
}

export async function signIn(house: House, phone: string): Promise<Visitor> {
  const visitor = new Visitor(house.app);
  const asked = await visitor.call('POST /v1/auth/otp', { phone });
  assert.equal(asked.status, 202, JSON.stringify(asked.body));
  const code = await house.codeFor(phone);
  const { status, body } = await visitor.call('POST /v1/auth/otp/verify', { phone, code });
  assert.equal(status, 200, JSON.stringify(body));
  return visitor;
}

export async function stepUpByCode(house: House, visitor: Visitor, phone: string): Promise<void> {
  const asked = await visitor.call('POST /v1/me/step-up/otp', {});
  assert.equal(asked.status, 202, JSON.stringify(asked.body));
  const code = await house.codeFor(phone);
  const { status } = await visitor.call('POST /v1/me/step-up', { method: 'otp', code });
  assert.equal(status, 200);
}

/** Every row of every table as text, `schema.table` first: the place to look for what must not be kept. */
export async function everything({ pool }: TestDatabase): Promise<string[]> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await pool.query<{ row: string }>(`select t::text as row from ${name} t`);
    found.push(...rows.map(({ row }) => `${name} ${row}`));
  }
  return found;
}
