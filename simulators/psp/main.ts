/**
 * A custody bank that stands in for the real one: an HTTP process of its own, signed both ways, state in memory.
 * `node simulators/psp/main.ts --port 8793`; everything under /control is for tests and demos only.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Bank, type Entry, openBank } from './bank.ts';
import { type Clerk, openClerk } from './clerk.ts';
import { parse } from './gate.ts';
import { openLevers } from './levers.ts';
import { statusPage } from './page.ts';
import { payPage } from './pay_page.ts';
import { openPost, type Post } from './post.ts';
import { type Filed, openReports, type Reports } from './reports.ts';
import { openTill, type Till, type TillState } from './till.ts';

export interface PspSimulator {
  readonly url: string;
  readonly port: number;
  readonly publicKeyPem: string;
  close(): Promise<void>;
}

/** A reply; `undefined` means that the line went dead. */
export type Answer = { status: number; body: unknown; signFor?: string } | undefined;
export interface Ask {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** The bank's time: real, fixed by a test, or following the latest signed request. */
export interface BankTime {
  now(): number;
  set(mode: { now: number } | { aheadMs: number } | 'real' | 'follow'): void;
  saw(at: number): void;
}

/** A report names each movement of a day. */
const BODY_BYTES_MAX = 4 * 1024 * 1024;
const TICK_MS = 250;

export async function startPspSimulator(
  options: { port?: number; host?: string; settleMs?: number; stateFile?: string } = {},
): Promise<PspSimulator> {
  const kept = readState(options.stateFile);
  const privateKey = kept
    ? createPrivateKey(kept.privateKeyPem)
    : generateKeyPairSync('ed25519').privateKey;
  const publicKeyPem = createPublicKey(privateKey)
    .export({ type: 'spki', format: 'pem' })
    .toString();
  const settleMs = options.settleMs ?? 2_000;
  const { time, post, bank, till, reports, address } = openDesks(privateKey, settleMs);
  const clerk: Clerk = openClerk({
    ...{ bank, till, reports, time, key: privateKey, publicKeyPem },
  });
  const levers = openLevers({ bank, till, reports, post, time });

  const server = createServer((request, response) => {
    void serve(request, response).catch(() => response.destroy());
  });
  const pageAt = (ask: Pick<Ask, 'method' | 'path' | 'body'>): HtmlPage | undefined => {
    if (ask.path.startsWith('/pay/')) return payerAt(till, ask, time.now());
    if (ask.path !== '/' || ask.method !== 'GET') return undefined;
    bank.tick();
    till.tick();
    return { status: 200, html: statusPage(bank, post, time.now()) };
  };
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', headers } = request;
    const path = request.url ?? '/';
    const body = await readBody(request);
    const page = pageAt({ method, path, body });
    if (page) {
      response.statusCode = page.status;
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(page.html);
      return;
    }
    const ask: Ask = { method, path, headers, body };
    const answer = path.startsWith('/control/') ? await levers(ask) : clerk.answer(ask);
    if (!answer) {
      response.destroy();
      return;
    }
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
    for (const [name, value] of Object.entries(clerk.sign(answer, text)))
      response.setHeader(name, value);
    const type = typeof answer.body === 'string' ? 'text/csv' : 'application/json';
    response.setHeader('content-type', `${type}; charset=utf-8`);
    response.statusCode = answer.status;
    response.end(text);
  }

  for (const entry of kept?.entries ?? []) bank.entries.set(entry.outNo, entry);
  if (kept?.till) till.load(kept.till);
  for (const filed of kept?.reports ?? []) reports.all.set(filed.outNo, filed);
  const keep = (): void =>
    writeState(options.stateFile, pemOf(privateKey), { bank, till, reports });
  const ticking = setInterval(() => {
    bank.tick();
    till.tick();
    keep();
  }, TICK_MS);
  ticking.unref();
  const host = options.host ?? '127.0.0.1';
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(options.port ?? 0, host, done);
  });
  const { port } = server.address() as AddressInfo;
  address.own = `http://${host}:${port}`;
  return {
    url: address.own,
    port,
    publicKeyPem,
    close: async () => {
      clearInterval(ticking);
      keep();
      post.close();
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

/** The bank, its till and its post; they know each other. */
function openDesks(key: KeyObject, settleMs: number) {
  const time = openTime();
  const address = { own: '' };
  const post: Post = openPost({ key, now: time.now, faults: () => bank.faults });
  const bank: Bank = openBank({
    ...{ now: time.now, settleMs, tell: (event) => post.tell(event) },
    tillLines: (merchant) => till.lines(merchant),
  });
  const till: Till = openTill({
    ...{ now: time.now, settleMs, faults: () => bank.faults, tell: (event) => post.tell(event) },
    pageUrl: (token) => `${address.own}/pay/${token}`,
  });
  const reports = openReports(() => bank.faults);
  return { time, post, bank, till, reports, address };
}

interface HtmlPage {
  status: number;
  html: string;
}

/** What a payer's browser asks: the page, or to pay or leave. Nobody signs in here; the address is the secret. */
function payerAt(
  till: Till,
  { method, path, body }: Pick<Ask, 'method' | 'path' | 'body'>,
  now: number,
): HtmlPage {
  till.tick();
  const order = till.byToken(path.slice('/pay/'.length));
  if (!order) return { status: 404, html: '没有这笔支付单 · No such payment' };
  if (method === 'POST') {
    const { action } = parse(body);
    const done = action === 'pay' ? till.pay(order.outNo) : till.leave(order.outNo);
    return { status: done ? 200 : 409, html: payPage(order, now) };
  }
  return { status: 200, html: payPage(order, now) };
}

interface State {
  privateKeyPem: string;
  entries: Entry[];
  till?: TillState;
  reports?: Filed[];
}

/** With a state file the bank remembers its transfers over a restart, as a bank does. */
const readState = (file: string | undefined): State | undefined =>
  file && existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as State) : undefined;

let written = '';
function writeState(
  file: string | undefined,
  privateKeyPem: string,
  { bank, till, reports }: { bank: Bank; till: Till; reports: Reports },
): void {
  if (!file) return;
  const text = JSON.stringify({
    privateKeyPem,
    entries: [...bank.entries.values()],
    till: { orders: [...till.orders.values()], requests: [...till.requests.values()] },
    reports: [...reports.all.values()],
  } satisfies State);
  if (text === written) return;
  writeFileSync(file, text, { mode: 0o600 });
  written = text;
}

function openTime(): BankTime {
  let fixed: number | undefined;
  let aheadMs = 0;
  let follows = false;
  return {
    now: () => fixed ?? Date.now() + aheadMs,
    set: (mode) => {
      follows = mode === 'follow';
      fixed = typeof mode === 'object' && 'now' in mode ? mode.now : undefined;
      aheadMs = typeof mode === 'object' && 'aheadMs' in mode ? mode.aheadMs : 0;
    },
    saw: (at) => {
      if (follows && at > (fixed ?? 0)) fixed = at;
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += (part as Buffer).length;
    if (size > BODY_BYTES_MAX) throw new Error('body too large');
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString();
}

if (import.meta.main) {
  const flag = (name: string): string | undefined => {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? undefined : process.argv[at + 1];
  };
  const settleMs = flag('settle-ms');
  const state = flag('state');
  const simulator = await startPspSimulator({
    port: Number(flag('port') ?? 8793),
    host: flag('host') ?? '127.0.0.1',
    ...(settleMs !== undefined && { settleMs: Number(settleMs) }),
    ...(state !== undefined && { stateFile: state }),
  });
  console.log(`psp simulator on ${simulator.url}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void simulator.close().then(() => process.exit(0)));
}
