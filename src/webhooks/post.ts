/** One POST to a stranger's server: a checked and pinned address, one deadline for all of it, no redirects, no body kept. */
import { Resolver } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import { isIPv6, type LookupFunction } from 'node:net';
import { addressIn, isLoopback, isPublicAddress } from './address.ts';
import { type Failure, type Outcome, retryAfterIn } from './domain.ts';

/** All addresses of a name, asked anew with each try: yesterday's answer says nothing about today's. */
export type Resolve = (hostname: string) => Promise<string[]>;

export interface Outside {
  readonly resolve: Resolve;
  /** May http go to this very machine? */
  readonly loopback: boolean;
  readonly timeoutMs?: number;
}

export const TIMEOUT_MS = 15_000;
const ANSWER_BYTES_MAX = 64 * 1_024;
/** The status decides; the rest of an answer is heard out for so long, and thrown away. */
const REST_MS = 1_000;
const STATUS_LINE_MAX = 1_024;
const DNS_MS = 3_000;
const DNS_TRIES = 2;

/** By DNS itself, not by the system: its look-ups share a few threads, which one slow name server could hold. */
export const resolvePublic: Resolve = async (hostname) => {
  const resolver = new Resolver({ timeout: DNS_MS, tries: DNS_TRIES });
  const answers = await Promise.allSettled([
    resolver.resolve4(hostname),
    resolver.resolve6(hostname),
  ]);
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
};

export async function postWebhook(
  outside: Outside,
  letter: { url: string; headers: Readonly<Record<string, string>>; body: string },
): Promise<Outcome> {
  const began = performance.now();
  const spent = (): number => Math.round(performance.now() - began);
  const signal = AbortSignal.timeout(outside.timeoutMs ?? TIMEOUT_MS);
  try {
    const url = new URL(letter.url);
    const addresses = await allowedAddresses(outside, url, signal);
    if (typeof addresses === 'string') return { failure: addresses, ms: spent() };
    const answer = await exchange(url, { ...letter, addresses, signal });
    return { ...answer, ms: spent() };
  } catch (error) {
    return { failure: signal.aborted ? 'timed_out' : failureOf(error), ms: spent() };
  }
}

/** One address that is not allowed spoils the name: whoever mixes them tries something. */
async function allowedAddresses(
  { resolve, loopback }: Outside,
  url: URL,
  signal: AbortSignal,
): Promise<string[] | 'address_refused' | 'name_unknown'> {
  const literal = addressIn(url.hostname);
  if (isLoopback(url)) return loopback ? [literal ?? '127.0.0.1'] : 'address_refused';
  if (url.protocol !== 'https:') return 'address_refused';
  const addresses = literal ? [literal] : await within(resolve(url.hostname), signal);
  if (addresses.length === 0) return 'name_unknown';
  return addresses.every(isPublicAddress) ? addresses : 'address_refused';
}

const within = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  await new Promise<T>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });

interface Answer {
  readonly status: number;
  readonly statusLine: string;
  readonly retryAfterMs: number | undefined;
}
interface Exchange {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly addresses: readonly string[];
  readonly signal: AbortSignal;
}

/** The connection goes to the checked addresses and nowhere else; TLS still asks for the name. */
async function exchange(url: URL, { headers, body, addresses, signal }: Exchange): Promise<Answer> {
  const { request: open } = url.protocol === 'https:' ? https : http;
  return await new Promise((resolve, reject) => {
    const request = open(url, {
      method: 'POST',
      // A connection of its own: one kept from before would go where the name pointed then.
      agent: false,
      lookup: pinned(addresses),
      headers: {
        ...headers,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'Huiquan-Webhooks/1',
      },
      signal,
    });
    request.on('error', reject);
    request.on('response', (response) => {
      const status = response.statusCode ?? 0;
      const said = `HTTP/${response.httpVersion} ${status} ${response.statusMessage ?? ''}`;
      const statusLine = said
        .replace(/[^\x20-\x7e]/g, '?')
        .trim()
        .slice(0, STATUS_LINE_MAX);
      const { 'retry-after': retryAfter, date } = response.headers;
      const retryAfterMs = retryAfterIn({ status, retryAfter, date });
      hearOut(response, () => resolve({ status, statusLine, retryAfterMs }));
    });
    request.end(body);
  });
}

export const pinned =
  (addresses: readonly string[]): LookupFunction =>
  (_hostname, options, answer) => {
    const all = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
    const [first] = all;
    if (options.all || !first) answer(null, all);
    else answer(null, first.address, first.family);
  };

/** Calls `done` once, whatever the rest of the answer does. */
function hearOut(response: http.IncomingMessage, done: () => void): void {
  let bytes = 0;
  const end = (): void => {
    clearTimeout(timer);
    done();
    response.destroy();
  };
  const timer = setTimeout(end, REST_MS);
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) end();
  });
  response.on('end', end);
  response.on('close', end);
  response.on('error', end);
}

function failureOf(error: unknown): Failure {
  const { code = '' } = error as { code?: string };
  if (/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EADDRNOTAVAIL)$/.test(code))
    return 'not_reached';
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(code)) return 'tls';
  return 'broken';
}
