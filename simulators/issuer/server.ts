/** The issuer gateway over HTTP: checks signatures, lets faults happen on demand, signs what it answers. */
import { createHash, createHmac, generateKeyPairSync, sign, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Desk, type Request, type Said } from './desk.ts';
import { demoCards, demoPage } from './page.ts';
import { type Teller, tell } from './teller.ts';
import { type Issuer, issuers } from './world.ts';

export const DEMO_SECRET = 'huiquan-demo-issuer-secret';
const CLOCK_SKEW_SECONDS_MAX = 300;
const BODY_BYTES_MAX = 64 * 1024;

/** What goes wrong at one issuer; the counters name how many of the next requests it happens to. */
interface Faults {
  outage: boolean;
  latencyMs: number;
  timeoutAfterCommit: number;
  timeoutBeforeCommit: number;
  rateLimited: number;
  badSignature: number;
  refused: number;
  badChainSignature: number;
}
const HEALTHY: Faults = {
  outage: false,
  latencyMs: 0,
  timeoutAfterCommit: 0,
  timeoutBeforeCommit: 0,
  rateLimited: 0,
  badSignature: 0,
  refused: 0,
  badChainSignature: 0,
};
/** Ready-made moods of an issuer, for demos. */
const PROFILES: Readonly<Record<string, Partial<Faults>>> = {
  healthy: HEALTHY,
  slow: { latencyMs: 2_500 },
  outage: { outage: true },
  timeout_after_commit: { timeoutAfterCommit: 1_000_000 },
  flaky: { timeoutBeforeCommit: 2, timeoutAfterCommit: 2, rateLimited: 2 },
};

export interface SimulatorOptions {
  port?: number;
  host?: string;
  secret?: string;
  clock?: { now(): Date };
  /** The house that is told what happens to cards. */
  house?: string;
}
export interface Simulator {
  url: string;
  port: number;
  close(): Promise<void>;
}

interface State extends Teller {
  desk: Desk;
  faults: Map<string, Faults>;
  publicKeyPem: string;
}

export async function startIssuerSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const now = (): number => (options.clock?.now() ?? new Date()).getTime();
  const state: State = {
    desk: new Desk(now),
    faults: new Map(),
    house: options.house ?? '',
    secret: options.secret ?? DEMO_SECRET,
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    signFacts: (text) => sign(null, Buffer.from(text), privateKey).toString('base64'),
    now,
  };
  const server = createServer((request, response) => {
    serve(state, request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  const host = options.host ?? '127.0.0.1';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  state: State,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://issuer');
  const [, top = '', first = '', second = ''] = url.pathname.split('/');
  const body = await read(request);
  if (body === undefined) return json(response, 413, { error: 'too_large' });
  if (top === 'healthz') return json(response, 200, { ok: true });
  if (top === 'v1' && first === 'key') return text(response, 'text/plain', state.publicKeyPem);
  if (top === 'v1' && request.method === 'POST')
    return gateway(
      state,
      { issuerId: first, op: second, path: url.pathname, body },
      request,
      response,
    );
  if (top === 'control')
    return control(state, [first, second], request.method ?? '', body, response);
  if (top === 'tell' && request.method === 'POST')
    return await tellByPage(state, new URLSearchParams(body), response);
  const html = request.headers.accept?.includes('text/html') ?? false;
  const isTouched = (number: string): boolean => state.desk.knows(number);
  if (top === 'demo-cards' && !html) {
    const n = Number(url.searchParams.get('n') ?? 1);
    const cards = demoCards(url.searchParams.get('sku'), n, isTouched);
    return cards ? json(response, 200, { cards }) : json(response, 404, { error: 'unknown_sku' });
  }
  if (top === '' || top === 'demo-cards')
    return text(response, 'text/html; charset=utf-8', demoPage(url.searchParams, isTouched));
  return json(response, 404, { error: 'not_found' });
}

async function read(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const json = (response: ServerResponse, status: number, value: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(value));
};
const text = (response: ServerResponse, type: string, value: string): void => {
  response.writeHead(200, { 'content-type': type });
  response.end(value);
};

interface Ask {
  issuerId: string;
  op: string;
  path: string;
  body: string;
}

async function gateway(
  state: State,
  ask: Ask,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isAuthentic(state, ask, request)) return json(response, 401, { error: 'auth' });
  const issuer = issuers.get(ask.issuerId);
  if (!issuer) return json(response, 404, { error: 'unknown_issuer' });
  const faults = faultsOf(state, issuer.id);
  if (faults.latencyMs > 0) await sleep(faults.latencyMs);
  if (faults.outage) return json(response, 503, { error: 'outage' });
  if (spend(faults, 'rateLimited')) {
    response.setHeader('retry-after', '2');
    return json(response, 429, { error: 'rate_limited' });
  }
  const input = JSON.parse(ask.body) as Request;
  if (ask.op === 'outcome') {
    const before = state.desk.answerTo(input.requestNo);
    if (before) return answer(state, issuer, before.op, input.requestNo, before.said, response);
    const unknown = JSON.stringify({ known: false });
    response.setHeader('x-signature', authentication(state, input.requestNo, unknown));
    response.writeHead(404, { 'content-type': 'application/json' });
    response.end(unknown);
    return;
  }
  if (spend(faults, 'timeoutBeforeCommit')) return cut(response);
  const said = state.desk.handle(issuer, ask.op, input, {
    refuses: spend(faults, 'refused'),
    signsWrongly: ask.op === 'reissue' && spend(faults, 'badChainSignature'),
  });
  if (spend(faults, 'timeoutAfterCommit')) return cut(response);
  return answer(state, issuer, ask.op, input.requestNo, said, response);
}

/** The line breaks: whoever asked cannot know whether it was done. */
const cut = (response: ServerResponse): void => {
  response.socket?.destroy();
};

function answer(
  state: State,
  issuer: Issuer,
  op: string,
  requestNo: string,
  said: Said,
  response: ServerResponse,
): void {
  const at = new Date(state.now()).toISOString();
  const outcome = said.ok ? { ok: true, value: said.value } : { ok: false, error: said.error };
  const facts = JSON.stringify({ requestNo, op, issuer: issuer.id, at, ...outcome });
  const isSigned = issuer.caps.includes('signed');
  const isBad = spend(faultsOf(state, issuer.id), 'badSignature');
  const signature = isSigned && state.signFacts(isBad ? `${facts} ` : facts);
  const body = JSON.stringify({
    facts,
    ...(signature && { signature }),
    ...(said.ok && said.fresh && { fresh: said.fresh }),
  });
  const mac = authentication(state, requestNo, isBad && !isSigned ? `${body} ` : body);
  response.writeHead(200, { 'content-type': 'application/json', 'x-signature': mac });
  response.end(body);
}

const digestOf = (body: string): string => createHash('sha256').update(body).digest('hex');
const authentication = ({ secret }: State, requestNo: string, body: string): string =>
  createHmac('sha256', secret)
    .update(`${requestNo}\n${digestOf(body)}`)
    .digest('hex');

function isAuthentic({ secret }: State, { path, body }: Ask, request: IncomingMessage): boolean {
  const timestamp = String(request.headers['x-timestamp'] ?? '');
  const given = Buffer.from(String(request.headers['x-signature'] ?? ''), 'hex');
  const mac = createHmac('sha256', secret)
    .update(`${timestamp}\nPOST\n${path}\n${digestOf(body)}`)
    .digest();
  const skew = Math.abs(Date.now() / 1_000 - Number(timestamp));
  return (
    given.length === mac.length && timingSafeEqual(given, mac) && skew < CLOCK_SKEW_SECONDS_MAX
  );
}

function faultsOf({ faults }: State, issuerId: string): Faults {
  const known = faults.get(issuerId) ?? { ...HEALTHY };
  faults.set(issuerId, known);
  return known;
}

type Counter = Exclude<keyof Faults, 'outage' | 'latencyMs'>;
function spend(faults: Faults, counter: Counter): boolean {
  if (faults[counter] <= 0) return false;
  faults[counter] -= 1;
  return true;
}

/** POST /control/issuers/ID, /control/cards, /control/tell, /control/reset; GET /control/state. Local use only. */
async function control(
  state: State,
  [what, which]: [string, string],
  method: string,
  body: string,
  response: ServerResponse,
): Promise<void> {
  const input = (body ? JSON.parse(body) : {}) as Record<string, unknown>;
  if (what === 'state')
    return json(response, 200, {
      faults: Object.fromEntries(state.faults),
      done: state.desk.counts(),
      profiles: Object.keys(PROFILES),
    });
  if (method !== 'POST') return json(response, 405, { error: 'post' });
  if (what === 'reset') {
    state.faults.clear();
    state.desk = new Desk(state.now);
    return json(response, 200, { ok: true });
  }
  if (what === 'issuers' && issuers.has(which)) {
    const faults = faultsOf(state, which);
    const profile = PROFILES[String(input['profile'] ?? '')];
    if (profile) Object.assign(faults, HEALTHY, profile);
    for (const key of Object.keys(HEALTHY) as (keyof Faults)[])
      if (input[key] !== undefined) Object.assign(faults, { [key]: input[key] });
    return json(response, 200, faults);
  }
  if (what === 'cards') {
    const { sku, number, ...change } = input as Record<string, string>;
    const done = state.desk.control(sku ?? '', number ?? '', { action: 'set', ...change });
    return json(response, done ? 200 : 404, { done });
  }
  if (what === 'tell') {
    const said = await tellHouse(state, input as Record<string, string>);
    return json(response, said ? 200 : 404, said ?? { error: 'not_found' });
  }
  return json(response, 404, { error: 'not_found' });
}

/** The card changes here, and the house is told; `only: told` leaves it as it is here. */
async function tellHouse(state: State, input: Record<string, string>) {
  const { sku = '', number = '', what = 'blocked', eventId, house, only } = input;
  const action = what === 'used' ? 'drain' : 'freeze';
  if (only !== 'told' && !state.desk.control(sku, number, { action })) return undefined;
  const event = { sku, number, what, ...(eventId !== undefined && { eventId }) };
  return await tell({ ...state, ...(house !== undefined && { house }) }, event);
}

/** The form of the page: somebody at the issuer's desk reports a card. */
async function tellByPage(
  state: State,
  form: URLSearchParams,
  response: ServerResponse,
): Promise<void> {
  const said = await tellHouse(state, Object.fromEntries(form));
  const words = said
    ? `已通知平台，回应 ${said.status}。The house was told and answered ${said.status}.`
    : '没有这张卡，或没有可通知的平台。No such card, or no house to tell.';
  text(response, 'text/plain; charset=utf-8', words);
}
