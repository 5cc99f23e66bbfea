/** The one way the web talks to the API: typed calls, typed refusals, repeat-safe commands, live orders; hides fetch. */
import type { OrderView, Routes } from './api.gen.ts';

type Route = keyof Routes;
type Part<K extends Route, P extends 'params' | 'query' | 'body'> =
  Routes[K] extends Record<P, infer Value>
    ? Value extends undefined
      ? { [key in P]?: never }
      : Record<string, never> extends Value
        ? { [key in P]?: Value }
        : { [key in P]: Value }
    : { [key in P]?: never };
export type Input<K extends Route> = Part<K, 'params'> & Part<K, 'query'> & Part<K, 'body'>;
export type Reply<K extends Route> = Routes[K]['reply'];
type Args<K extends Route> =
  Partial<Input<K>> extends Input<K>
    ? [input?: Input<K>, options?: CallOptions]
    : [input: Input<K>, options?: CallOptions];

export interface CallOptions {
  /** Names one action of one person; the same key again is the same action again. */
  key?: string;
  /** Do not open the sign-in or step-up sheet: let the caller show the refusal. */
  quiet?: boolean;
  signal?: AbortSignal;
}

/** RFC 9457, as our API sends it; `network` and `internal` are added for what is not an answer of ours. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail?: string;
  remedy?: string;
  instance?: string;
  params?: Record<string, string | number>;
  allowedTransitions?: string[];
  fields?: { path: string; message: string }[];
}

export class ApiProblem extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.code);
    this.name = 'ApiProblem';
    this.problem = problem;
  }
  get code(): string {
    return this.problem.code;
  }
}

/** True when the request may never have reached us, so the same action with the same key is worth repeating. */
export const isTransient = (error: unknown): boolean =>
  error instanceof ApiProblem &&
  (['network', 'in_flight'].includes(error.code) || error.problem.status >= 500);

const NETWORK: Problem = { type: 'about:blank', title: '', status: 0, code: 'network' };
const TRIES_MAX = 3;
const PAUSE_MS = 700;

export type Challenge = 'sign_in' | 'step_up';
/** Opens the sheet that answers a challenge; resolves true when it was answered. */
type Challenger = (challenge: Challenge) => Promise<boolean>;
let challenger: Challenger | undefined;

/** The app sets this once, so that any call may ask the person to sign in or to confirm, and then go on. */
export function onChallenge(next: Challenger): () => void {
  challenger = next;
  return () => {
    if (challenger === next) challenger = undefined;
  };
}

export async function call<K extends Route>(
  route: K,
  ...[input, options]: Args<K>
): Promise<Reply<K>> {
  const [method = 'GET', path = ''] = route.split(' ', 2);
  const parts = (input ?? {}) as Parts;
  const init = request(method, parts.body, options);
  const address = addressOf(path, parts);
  const challenged = new Set<Challenge>();
  for (;;) {
    const answer = await send(address, init, isRepeatable(method, path));
    if (answer.ok) return (answer.status === 204 ? undefined : await answer.json()) as Reply<K>;
    const problem = await problemOf(answer);
    const challenge = challengeOf(problem, method);
    if (options?.quiet || !challenge || challenged.has(challenge)) throw new ApiProblem(problem);
    challenged.add(challenge);
    if (!(await challenger?.(challenge))) throw new ApiProblem(problem);
  }
}

/** Looks for a code in one photo. */
export const scanPhoto = async (
  photo: Blob,
  query: Routes['POST /v1/scan']['query'],
): Promise<Reply<'POST /v1/scan'>> =>
  (await upload(addressOf('/v1/scan', { query }), photo)) as Reply<'POST /v1/scan'>;

/** Puts one photo into the file of a claim. */
export const addPhoto = async (
  claimId: string,
  photo: Blob,
): Promise<Reply<'POST /v1/disputes/:id/photos'>> =>
  (await upload(
    addressOf('/v1/disputes/:id/photos', { params: { id: claimId } }),
    photo,
  )) as Reply<'POST /v1/disputes/:id/photos'>;

/** The photo of a shop's licence. */
export const addLicencePhoto = async (
  id: string,
  photo: Blob,
): Promise<Reply<'POST /v1/recyclers/:id/licence/photo'>> =>
  (await upload(
    addressOf('/v1/recyclers/:id/licence/photo', { params: { id } }),
    photo,
  )) as Reply<'POST /v1/recyclers/:id/licence/photo'>;

type LotReply = Reply<'GET /v1/recyclers/:id/lots/:lotId'>;
const PIECE_BYTES = 1024 * 1024;

/** The file of a lot, piece by piece: what has arrived is not sent again, so a broken line costs one piece. */
export async function uploadLot(
  params: { id: string; lotId: string },
  file: Blob,
  told: (share: number) => void,
): Promise<LotReply> {
  for (let piece = 0; piece * PIECE_BYTES < file.size; piece++) {
    const body = file.slice(piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES);
    const address = addressOf('/v1/recyclers/:id/lots/:lotId/file/:piece', {
      params: { ...params, piece },
    });
    const headers = {
      ...{ accept: 'application/json', 'accept-language': languages() },
      'content-type': 'application/octet-stream',
    };
    const answer = await send(address, { method: 'PUT', body, headers }, true);
    if (!answer.ok) throw new ApiProblem(await problemOf(answer));
    told(Math.min(1, ((piece + 1) * PIECE_BYTES) / file.size));
  }
  return await call('POST /v1/recyclers/:id/lots/:lotId/file', {
    params,
    body: { bytes: file.size },
  });
}

export const addLotPaper = async (
  params: { id: string; lotId: string },
  kind: 'authorisation' | 'purchase',
  paper: Blob,
): Promise<LotReply> =>
  (await upload(
    addressOf('/v1/recyclers/:id/lots/:lotId/papers', { params, query: { kind } }),
    paper,
  )) as LotReply;

/** Card numbers as a file, asked for by POST and kept by nobody but the person; proves again first where it must. */
export async function takeFile(address: string): Promise<Blob> {
  const init: RequestInit = { method: 'POST', headers: { 'accept-language': languages() } };
  for (let asked = false; ; asked = true) {
    const answer = await send(address, init, false);
    if (answer.ok) return await answer.blob();
    const problem = await problemOf(answer);
    const challenge = challengeOf(problem, 'POST');
    if (asked || !challenge || !(await challenger?.(challenge))) throw new ApiProblem(problem);
  }
}

/** Uploads one photo; the same refusals as any call. */
async function upload(address: string, photo: Blob): Promise<unknown> {
  const form = new FormData();
  form.append('photo', photo, 'photo.jpg');
  const init: RequestInit = {
    method: 'POST',
    body: form,
    headers: { accept: 'application/json', 'accept-language': languages() },
  };
  const answer = await send(address, init, false);
  if (!answer.ok) throw new ApiProblem(await problemOf(answer));
  return await answer.json();
}

interface Parts {
  params?: Record<string, unknown> | undefined;
  query?: Record<string, unknown> | undefined;
  body?: unknown;
}

function addressOf(path: string, { params = {}, query = {} }: Parts): string {
  const filled = path.replace(/:(\w+)/g, (_hole, name: string) =>
    encodeURIComponent(String(params[name])),
  );
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== '') search.set(name, String(value));
  return search.size > 0 ? `${filled}?${search}` : filled;
}

const languages = (): string => (document.documentElement.lang === 'en' ? 'en' : 'zh-CN');

function request(method: string, body: unknown, options: CallOptions = {}): RequestInit {
  const headers: Record<string, string> = {
    accept: 'application/json',
    'accept-language': languages(),
  };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (method === 'POST') headers['idempotency-key'] = options.key ?? newKey();
  return {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(options.signal && { signal: options.signal }),
  };
}

export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Codes and names are never stored for a replay on the server, so only the person may send those again. */
const isRepeatable = (method: string, path: string): boolean =>
  method === 'POST' && !path.startsWith('/v1/auth/') && !path.startsWith('/v1/me/');

/** Repeats what got no answer: a POST carries its key, so a repeat can never do the thing twice. */
async function send(address: string, init: RequestInit, repeat: boolean): Promise<Response> {
  for (let tried = 1; ; tried += 1) {
    try {
      const answer = await fetch(address, init);
      hearClock(answer);
      const waiting = answer.status === 409 && (await codeOf(answer)) === 'in_flight';
      if (!waiting || tried >= TRIES_MAX) return answer;
    } catch {
      if (init.signal?.aborted || !repeat || tried >= TRIES_MAX || !navigator.onLine)
        throw new ApiProblem(NETWORK);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * tried));
  }
}

async function codeOf(answer: Response): Promise<string | undefined> {
  const body: unknown = await answer
    .clone()
    .json()
    .catch(() => undefined);
  return isProblem(body) ? body.code : undefined;
}

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'code' in body && 'title' in body;

async function problemOf(answer: Response): Promise<Problem> {
  const body: unknown = await answer.json().catch(() => undefined);
  if (isProblem(body)) return body;
  return { type: 'about:blank', title: '', status: answer.status, code: 'internal' };
}

function challengeOf({ code }: Problem, method: string): Challenge | undefined {
  if (code === 'step_up_needed') return 'step_up';
  // A page that only reads shows its own way to sign in; what the person pressed goes on after signing in.
  return code === 'not_signed_in' && method !== 'GET' ? 'sign_in' : undefined;
}

let clockAheadMs = 0;
let clockIsMoved = false;

/** Each answer tells the server's time, so that countdowns do not trust the clock of the phone. */
function hearClock(answer: Response): void {
  const said = Date.parse(answer.headers.get('date') ?? '');
  if (Number.isNaN(said) || clockIsMoved) return;
  const ahead = said - Date.now();
  // The header has whole seconds: differences below that are noise.
  if (Math.abs(ahead - clockAheadMs) > 1500) clockAheadMs = ahead;
}

/** The demo's clock runs ahead of the machine's; from here on it is the one that counts. */
export function moveClock(now: string): void {
  clockIsMoved = true;
  clockAheadMs = Date.parse(now) - Date.now();
}

export const serverNow = (): number => Date.now() + clockAheadMs;

/** Hears that something under `address` changed; after a lost connection too, as news may have been missed. */
export function follow(address: string, changed: () => void): () => void {
  const source = new EventSource(address);
  let lost = false;
  source.onopen = () => {
    if (lost) changed();
    lost = false;
  };
  source.onmessage = changed;
  source.onerror = () => {
    lost = true;
  };
  return () => source.close();
}

const POLL_MS = 4000;

/** Follows one order by server-sent events; where they do not get through, asks every few seconds instead. */
export function followOrder(
  id: string,
  seen: (order: OrderView) => void,
  link: (state: 'live' | 'polling' | 'down') => void,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;
  const source = new EventSource(`/v1/orders/${encodeURIComponent(id)}/events`);
  const poll = async (): Promise<void> => {
    timer = undefined;
    try {
      const order = await call('GET /v1/orders/:id', { params: { id } }, { quiet: true });
      if (over) return;
      seen(order);
      if (source.readyState !== EventSource.OPEN) link('polling');
    } catch {
      if (!over) link('down');
    }
    if (!over && source.readyState !== EventSource.OPEN) timer = setTimeout(poll, POLL_MS);
  };
  source.onopen = () => {
    clearTimeout(timer);
    timer = undefined;
    link('live');
  };
  source.onmessage = (event: MessageEvent<string>) => {
    try {
      seen(JSON.parse(event.data) as OrderView);
    } catch {
      // Half a message: the next one is whole, for each carries the entire view.
    }
  };
  source.onerror = () => {
    if (!over) timer ??= setTimeout(poll, POLL_MS / 4);
  };
  return () => {
    over = true;
    clearTimeout(timer);
    source.close();
  };
}
