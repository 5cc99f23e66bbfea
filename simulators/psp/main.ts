/**
 * A custody bank that stands in for the real one: an HTTP process of its own, signed both ways, state in memory.
 * `node simulators/psp/main.ts --port 8793`; everything under /control is for tests and demos only.
 */
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Bank, openBank } from './bank.ts';
import { type Clerk, openClerk } from './clerk.ts';
import { openLevers } from './levers.ts';
import { statusPage } from './page.ts';
import { openPost, type Post } from './post.ts';

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
  set(mode: { now: number } | 'real' | 'follow'): void;
  saw(at: number): void;
}

const BODY_BYTES_MAX = 64 * 1024;
const TICK_MS = 250;

export async function startPspSimulator(
  options: { port?: number; host?: string; settleMs?: number } = {},
): Promise<PspSimulator> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const time = openTime();
  const post: Post = openPost({
    key: privateKey,
    now: time.now,
    faults: () => bank.faults,
  });
  const bank: Bank = openBank({
    now: time.now,
    settleMs: options.settleMs ?? 2_000,
    tell: (event) => post.tell(event),
  });
  const clerk: Clerk = openClerk({ bank, time, key: privateKey, publicKeyPem });
  const levers = openLevers({ bank, post, time });

  const server = createServer((request, response) => {
    void serve(request, response).catch(() => response.destroy());
  });
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', headers } = request;
    const path = request.url ?? '/';
    const body = await readBody(request);
    if (path === '/' && method === 'GET') {
      bank.tick();
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(statusPage(bank, post, time.now()));
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

  const ticking = setInterval(() => bank.tick(), TICK_MS);
  ticking.unref();
  const host = options.host ?? '127.0.0.1';
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(options.port ?? 0, host, done);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}`,
    port,
    publicKeyPem,
    close: async () => {
      clearInterval(ticking);
      post.close();
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

function openTime(): BankTime {
  let fixed: number | undefined;
  let follows = false;
  return {
    now: () => fixed ?? Date.now(),
    set: (mode) => {
      follows = mode === 'follow';
      fixed = typeof mode === 'object' ? mode.now : undefined;
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
  const simulator = await startPspSimulator({
    port: Number(flag('port') ?? 8793),
    host: flag('host') ?? '127.0.0.1',
    ...(settleMs !== undefined && { settleMs: Number(settleMs) }),
  });
  console.log(`psp simulator on ${simulator.url}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void simulator.close().then(() => process.exit(0)));
}
