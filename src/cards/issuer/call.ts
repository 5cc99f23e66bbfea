/**
 * One request to an issuer, whatever happens in between: its number is committed before it leaves, a lost answer
 * is asked for by that number, and nothing is ever done twice. Hides crashes, time-outs and resting issuers.
 */
import { type Db, type Keys, MINUTE, newId, plus, Secret } from '#platform';
import { FAILURES_BEFORE_REST, restMs, retryMs } from '../domain.ts';
import type { CardSecret } from '../vault/envelope.ts';
import type { Card } from '../vault/store.ts';
import type { Answer, Ctx, ErrorKind, Facts, IssuerAdapter, Outcome } from './adapter.ts';
import {
  type Call,
  type CallOp,
  cancelCall,
  findCall,
  healthOf,
  markNotDone,
  markSent,
  openCall,
  saveHealth,
  settleCall,
} from './store.ts';

export type Settled<O extends CallOp> =
  | {
      readonly state: 'done';
      readonly requestNo: string;
      readonly value: Answer<O>;
      readonly facts: Facts | undefined;
      readonly fresh: CardSecret | undefined;
      readonly salt: Secret | undefined;
      readonly proven: boolean;
    }
  | {
      readonly state: 'refused';
      readonly requestNo: string;
      readonly kind: ErrorKind;
      readonly facts: Facts | undefined;
    }
  | { readonly state: 'waiting'; readonly retryAfterMs: number };

export interface Asking<O extends CallOp> {
  readonly db: Db;
  readonly keys: Keys;
  readonly adapter: IssuerAdapter;
  readonly card: Card;
  readonly ref: string;
  readonly op: O;
  readonly at: Date;
  readonly send: (ctx: Ctx) => Promise<Outcome<O>>;
}

/** Settles this operation for this cause, or says when to try again. Repeating it continues where it stood. */
export async function ask<O extends CallOp>(asking: Asking<O>): Promise<Settled<O>> {
  const { db, card, ref, op, at } = asking;
  const { cardId, issuerId } = card;
  const call = await openCall(db, { requestNo: newId(at), cardId, ref, issuerId, op, at });
  const before = settled<O>(asking.keys, call);
  if (before) return before;
  const { openUntil, failures } = await healthOf(db, issuerId);
  if (openUntil && openUntil > at)
    return { state: 'waiting', retryAfterMs: openUntil.getTime() - at.getTime() };

  const outcome = await reach(asking, call);
  if (isSilence(outcome)) {
    const stored = await findCall(db, { cardId, ref, op });
    const meanwhile = stored && settled<O>(asking.keys, stored);
    return meanwhile ?? (await failed(asking, call, outcome, failures));
  }
  if (failures > 0)
    await saveHealth(db, { issuerId, failures: 0, openUntil: undefined, error: undefined, at });
  // Another worker may have settled the same call: what is stored is what counts.
  const after = settled<O>(asking.keys, await keep(asking, call, outcome));
  return after ?? { state: 'waiting', retryAfterMs: retryMs(1) };
}

/** A call that may have happened is asked for first; only one that surely has not is sent (again). */
async function reach<O extends CallOp>(asking: Asking<O>, call: Call): Promise<Outcome<O>> {
  const { db, adapter, op, send, at } = asking;
  const { requestNo } = call;
  if (call.state === 'unknown') {
    const past = await adapter.outcomeOf(op, requestNo);
    if (past.known === 'unreachable') return { ok: false, kind: 'unknown_outcome' };
    if (past.known) return past.outcome;
  }
  if (!(await markSent(db, requestNo, at))) return { ok: false, kind: 'unknown_outcome' };
  const outcome = await send({ requestNo });
  if (outcome.ok || outcome.kind !== 'unknown_outcome') return outcome;
  const past = await adapter.outcomeOf(op, requestNo);
  return past.known === true ? past.outcome : outcome;
}

/** A request that left may still be under way to the issuer, which does not know it yet; ours are given up after 8 s. */
const UNDER_WAY_MS = MINUTE;

/**
 * Ends a call whose sale is over: one that may have happened is asked for, one that surely has not is cancelled and
 * will never be sent. Undefined when there was none; `waiting` while the issuer does not say, or may yet get it.
 */
export async function settleOrCancel<O extends CallOp>(
  asking: Omit<Asking<O>, 'send'>,
): Promise<Settled<O> | undefined> {
  const { db, keys, adapter, card, ref, op, at } = asking;
  const key = { cardId: card.cardId, ref, op };
  const call = await findCall(db, key);
  if (!call) return undefined;
  const waiting = { state: 'waiting', retryAfterMs: retryMs(call.tries) } as const;
  if (call.state === 'unknown') {
    const past = await adapter.outcomeOf(op, call.requestNo);
    if (past.known === 'unreachable') return waiting;
    if (past.known) await keep(asking, call, past.outcome);
    else if (call.sentAt && at < plus(call.sentAt, UNDER_WAY_MS)) return waiting;
  }
  await cancelCall(db, call, at);
  const after = await findCall(db, key);
  return after && (settled<O>(keys, after) ?? waiting);
}

type Silence = Extract<Outcome<CallOp>, { ok: false }>;
const isSilence = (outcome: Outcome<CallOp>): outcome is Silence =>
  !outcome.ok && /^(unknown_outcome|unavailable|rate_limited)$/.test(outcome.kind);

async function failed<O extends CallOp>(
  { db, card, at }: Asking<O>,
  call: Call,
  { kind, afterMs }: Silence,
  failures: number,
): Promise<Settled<O>> {
  if (kind !== 'unknown_outcome') await markNotDone(db, call.requestNo, kind);
  const inARow = failures + 1;
  const rest = restMs(inARow);
  await saveHealth(db, {
    issuerId: card.issuerId,
    failures: inARow,
    openUntil: rest > 0 ? plus(at, rest) : undefined,
    error: kind,
    at,
  });
  const again = inARow >= FAILURES_BEFORE_REST ? rest : retryMs(call.tries + 1);
  return { state: 'waiting', retryAfterMs: Math.max(again, afterMs ?? 0) };
}

/** What a re-issue brings is sealed before it is stored; the facts hold neither number nor PIN. */
async function keep<O extends CallOp>(
  { db, keys, at }: Pick<Asking<O>, 'db' | 'keys' | 'at'>,
  { requestNo }: Call,
  outcome: Outcome<O>,
): Promise<Call> {
  if (!outcome.ok) {
    const result = outcome.facts ? { facts: outcome.facts } : {};
    return settleCall(db, { requestNo, state: 'refused', result, error: outcome.kind, at });
  }
  const { value, facts, fresh, salt, proven = false } = outcome;
  const secretCt = fresh && keys.seal(PURPOSE, pack(fresh, salt), requestNo);
  return settleCall(db, {
    requestNo,
    state: 'done',
    result: { value, facts, proven },
    secretCt,
    at,
  });
}

function settled<O extends CallOp>(keys: Keys, call: Call): Settled<O> | undefined {
  const { requestNo, result, secretCt } = call;
  if (call.state === 'refused')
    return {
      state: 'refused',
      requestNo,
      kind: call.error as ErrorKind,
      facts: result?.facts,
    };
  if (call.state !== 'done') return undefined;
  return {
    state: 'done',
    requestNo,
    value: result?.value as Answer<O>,
    facts: result?.facts,
    ...unpack(secretCt && keys.open(PURPOSE, secretCt, requestNo)),
    proven: result?.proven ?? false,
  };
}

const PURPOSE = 'issuer-call';
type Packed = readonly [string, (string | null)?, (string | null)?];
const pack = ({ number, pin }: CardSecret, salt: Secret | undefined): string =>
  JSON.stringify([number.reveal(), pin?.reveal() ?? null, salt?.reveal() ?? null]);
function unpack(text: string | undefined): {
  fresh: CardSecret | undefined;
  salt: Secret | undefined;
} {
  if (text === undefined) return { fresh: undefined, salt: undefined };
  const [number, pin, salt] = JSON.parse(text) as Packed;
  return {
    fresh: { number: new Secret(number), ...(pin && { pin: new Secret(pin) }) },
    salt: salt ? new Secret(salt) : undefined,
  };
}
