/** The issuer gateway over HTTP: signed requests out, checked answers in; hides the wire from everyone else. */

import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import {
  callWorld,
  canonicalJson,
  hmac,
  Secret,
  sameBytes,
  sha256,
  signedBy,
  WorldError,
  type WorldReply,
} from '#platform';
import type { Cap } from '../schema.ts';
import type { CardSecret } from '../vault/envelope.ts';
import {
  ANSWERS,
  type Answer,
  type CardRef,
  type Ctx,
  ERROR_KINDS,
  type ErrorKind,
  type Facts,
  type IssuerAdapter,
  type Issuers,
  type Op,
  type Outcome,
  type Past,
  type ReissueOrder,
} from './adapter.ts';

export interface GatewayOptions {
  readonly url: string;
  /** Shared with the gateway; authenticates both directions. */
  readonly secret: string;
  /** PEM the issuers' answers are signed with; empty: fetched once from the gateway (demo only). */
  readonly publicKeyPem?: string;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 8_000;

const Reply = Type.Object({
  /** JSON text of `FactsBody`, the signed part. */
  facts: Type.String(),
  signature: Type.Optional(Type.String()),
  fresh: Type.Optional(
    Type.Object({
      number: Type.String(),
      pin: Type.Optional(Type.String()),
      salt: Type.String(),
    }),
  ),
});
type Reply = Static<typeof Reply>;
const FactsBody = Type.Object({
  requestNo: Type.String(),
  op: Type.String(),
  issuer: Type.String(),
  ok: Type.Boolean(),
  value: Type.Optional(Type.Unknown()),
  error: Type.Optional(
    Type.Object({
      kind: Type.Enum(ERROR_KINDS),
      afterMs: Type.Optional(Type.Integer({ minimum: 0 })),
    }),
  ),
});

export function issuerGateway(options: GatewayOptions): Issuers {
  const publicKey = gatewayKey(options);
  return ({ id, caps }) => adapter({ options, publicKey, issuerId: id, caps: new Set(caps) });
}

/** The configured key, or the gateway's own, asked for once; a failed fetch is tried again next time. */
export function gatewayKey({ publicKeyPem, url }: GatewayOptions): () => Promise<string> {
  let known = publicKeyPem || undefined;
  return async () => {
    if (known) return known;
    const reply = await callWorld(`${url}/v1/key`, { method: 'GET', timeoutMs: TIMEOUT_MS });
    if (reply.status !== 200) throw new WorldError('retry', `key_${reply.status}`);
    known = reply.body;
    return known;
  };
}

interface Line {
  readonly options: GatewayOptions;
  readonly publicKey: () => Promise<string>;
  readonly issuerId: string;
  readonly caps: ReadonlySet<Cap>;
}

function adapter(line: Line): IssuerAdapter {
  const { issuerId, caps } = line;
  const ask = <O extends Op>(op: O, ctx: Ctx, input: object): Promise<Outcome<O>> =>
    send(line, op, ctx.requestNo, input);
  const plain = ({ sku, number, pin }: CardRef) => ({
    sku,
    number: number.reveal(),
    ...(pin && { pin: pin.reveal() }),
  });
  return {
    issuerId,
    caps,
    ...(caps.has('inquire') && {
      inquire: (card: CardRef, ctx: Ctx) => ask('inquire', ctx, plain(card)),
    }),
    ...(caps.has('lock') && {
      lock: (card: CardRef, terms: object, ctx: Ctx) =>
        ask('lock', ctx, { ...plain(card), ...terms }),
      release: (holdId: string, ctx: Ctx) => ask('release', ctx, { holdId }),
    }),
    ...(caps.has('transfer') && {
      transfer: (card: CardRef, ctx: Ctx) => ask('transfer', ctx, plain(card)),
    }),
    ...(caps.has('reissue') && {
      reissue: (card: CardRef, { chain, holdId }: ReissueOrder, ctx: Ctx) =>
        ask('reissue', ctx, { ...plain(card), chain, ...(holdId !== undefined && { holdId }) }),
      chainKey: (ctx: Ctx) => ask('chain_key', ctx, {}),
    }),
    ...(caps.has('redeem') && {
      redeem: (card: CardRef, terms: object, ctx: Ctx) =>
        ask('redeem', ctx, { ...plain(card), ...terms }),
    }),
    ...(caps.has('void') && { void: (id: string, ctx: Ctx) => ask('void', ctx, { id }) }),
    outcomeOf: (op, requestNo) => past(line, op, requestNo),
  };
}

/** They change nothing, so they may simply be asked again. */
const HARMLESS: ReadonlySet<Op> = new Set(['inquire', 'chain_key']);

async function send<O extends Op>(
  line: Line,
  op: O,
  requestNo: string,
  input: object,
): Promise<Outcome<O>> {
  try {
    const reply = await post(line, `/v1/${line.issuerId}/${op}`, { requestNo, ...input });
    return await read(line, op, requestNo, reply);
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    const harmless = error.kind === 'retry' || HARMLESS.has(op);
    return { ok: false, kind: harmless ? 'unavailable' : 'unknown_outcome' };
  }
}

async function past<O extends Op>(line: Line, op: O, requestNo: string): Promise<Past<O>> {
  try {
    const reply = await post(line, `/v1/${line.issuerId}/outcome`, { requestNo });
    if (reply.status === 404 && authentic(line, requestNo, reply)) return { known: false };
    if (reply.status !== 200) return { known: 'unreachable' };
    const outcome = await read(line, op, requestNo, reply);
    if (!outcome.ok && outcome.kind === 'unknown_outcome') return { known: 'unreachable' };
    return { known: true, outcome };
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    return { known: 'unreachable' };
  }
}

function post(line: Line, path: string, input: object): Promise<WorldReply> {
  const body = canonicalJson(input);
  // Freshness on the wire is measured in real time, whatever clock the business runs on.
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const digest = sha256(body).toString('hex');
  const signature = hmac(line.options.secret, `${timestamp}\nPOST\n${path}\n${digest}`);
  return callWorld(`${line.options.url}${path}`, {
    method: 'POST',
    timeoutMs: line.options.timeoutMs ?? TIMEOUT_MS,
    headers: {
      'content-type': 'application/json',
      'x-timestamp': timestamp,
      'x-signature': signature.toString('hex'),
    },
    body,
  });
}

const authentic = (line: Line, requestNo: string, reply: WorldReply): boolean =>
  sameBytes(
    Buffer.from(reply.headers.get('x-signature') ?? '', 'hex'),
    hmac(line.options.secret, `${requestNo}\n${sha256(reply.body).toString('hex')}`),
  );

const BY_STATUS: Readonly<Record<number, ErrorKind>> = {
  401: 'auth',
  429: 'rate_limited',
  503: 'unavailable',
};

/** An answer we cannot believe is no answer: the outcome stays unknown and is asked for by its number. */
async function read<O extends Op>(
  line: Line,
  op: O,
  requestNo: string,
  reply: WorldReply,
): Promise<Outcome<O>> {
  const unknown = {
    ok: false,
    kind: HARMLESS.has(op) ? 'unavailable' : 'unknown_outcome',
  } as const;
  const kind = BY_STATUS[reply.status];
  if (kind) {
    const seconds = Number(reply.headers.get('retry-after') ?? Number.NaN);
    return { ok: false, kind, ...(seconds > 0 && { afterMs: seconds * 1_000 }) };
  }
  if (reply.status !== 200 || !authentic(line, requestNo, reply)) return unknown;
  const body = parsed(Reply, reply.body);
  const said = body && parsed(FactsBody, body.facts);
  if (!body || !said || said.requestNo !== requestNo || said.op !== op) return unknown;
  if (said.issuer !== line.issuerId) return unknown;
  const isSigned = line.caps.has('signed');
  if (isSigned && !(await signatureHolds(line, body))) return unknown;
  const facts: Facts = { text: body.facts, ...(body.signature && { signature: body.signature }) };
  if (!said.ok) {
    const { error } = said;
    if (!error) return unknown;
    return {
      ok: false,
      kind: error.kind,
      facts,
      ...(error.afterMs !== undefined && { afterMs: error.afterMs }),
    };
  }
  if (!Value.Check(ANSWERS[op], said.value)) return unknown;
  const value = said.value as Answer<O>;
  if (op !== 'transfer' && op !== 'reissue') return { ok: true, value, facts };
  const { fresh } = body;
  if (!fresh) return unknown;
  const secret = secretOf(fresh);
  if (op === 'reissue')
    return { ok: true, value, facts, fresh: secret, salt: new Secret(fresh.salt) };
  return { ok: true, value, facts, fresh: secret, proven: isSigned && isBound(fresh, value) };
}

type Fresh = NonNullable<Reply['fresh']>;
const secretOf = ({ number, pin }: Fresh): CardSecret => ({
  number: new Secret(number),
  ...(pin !== undefined && { pin: new Secret(pin) }),
});

/** Whether the commitment that was signed is to this very card. */
const isBound = ({ number, pin, salt }: Fresh, value: unknown): boolean =>
  (value as Answer<'transfer'>).commitment ===
  sha256(`${salt}|${number}|${pin ?? ''}`).toString('hex');

async function signatureHolds(line: Line, body: Reply): Promise<boolean> {
  if (!body.signature) return false;
  const signature = Buffer.from(body.signature, 'base64');
  return signedBy(await line.publicKey(), Buffer.from(body.facts), signature);
}

function parsed<T extends typeof Reply | typeof FactsBody>(
  schema: T,
  text: string,
): Static<T> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Value.Check(schema, value) ? (value as Static<T>) : undefined;
  } catch {
    return undefined;
  }
}
