/** What is true of webhooks: what a message may hold, when it is tried again, how long it is kept. Pure. */
import assert from 'node:assert/strict';
import { DAY, HOUR, MINUTE, plus, SECOND } from '#platform';
import type { StateOf } from '#process';
import type { webhookDelivery } from './life.ts';

export type DeliveryState = StateOf<typeof webhookDelivery>;

/** Sent by the button only; nobody subscribes to it. */
export const TEST_EVENT = 'webhook.test';

/** Ids, states, codes, instants, amounts in fen: the receiver asks for the rest. */
export type MessageData = Readonly<Record<string, string>>;

const VALUE = /^[A-Za-z0-9_.:-]{1,64}$/;
/** Eight digits and more are a card number, a PIN or a phone number unless the name says that they are money. */
const DIGITS = /^\d{8,}$/;

/** The bytes that are signed and sent. What is not thin is a bug of ours and stops here, before it is stored. */
export function bodyOf(message: { type: string; at: Date; data: MessageData }): string {
  const { type, at, data } = message;
  for (const [name, value] of Object.entries(data)) {
    assert(VALUE.test(value), `${type}: ${name} is not an id, a state, an amount or an instant`);
    assert(name.endsWith('Fen') || !DIGITS.test(value), `${type}: ${name} looks like a number`);
  }
  return JSON.stringify({ type, timestamp: at.toISOString(), data });
}

/** The wait after each try that failed; the last of the ten tries comes after 75 h 35 min and the jitter. */
const WAITS_MS = [
  ...[5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR],
  ...[5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR],
];
export const TRIES_MAX = WAITS_MS.length + 1;
/** Up to a tenth later, so that what failed together does not come back together. */
export const JITTER_PERCENT = 10;

/** A receiver may ask for more patience than we have planned, up to this; asking for less changes nothing. */
export const RETRY_AFTER_MS_MAX = DAY;

interface AfterTry {
  readonly tries: number;
  readonly at: Date;
  /** 0 to 255. */
  readonly dice: number;
}

/** After so many tries. Undefined: there is no further one. */
export function nextTry(after: AfterTry, retryAfterMs = 0): Date | undefined {
  const planned = WAITS_MS[after.tries - 1];
  if (planned === undefined) return undefined;
  const wait = Math.max(planned, Math.min(retryAfterMs, RETRY_AFTER_MS_MAX));
  // Rounded down to the millisecond; nobody owns what is left.
  const jitter = Math.floor((wait * JITTER_PERCENT * after.dice) / (100 * 255));
  return plus(after.at, wait + jitter);
}

/** Answers whose `Retry-After` says when they want to hear from us again: too many, and not now. */
const ASK_FOR_PATIENCE: ReadonlySet<number> = new Set([429, 503]);

/**
 * What `Retry-After` asks for, RFC 9110 §10.2.3: seconds, or an instant, which is counted from the answer's own `Date`,
 * since our clocks may differ. Undefined when it asks for nothing that we understand.
 */
export function retryAfterIn(answer: {
  status: number;
  retryAfter: string | undefined;
  date: string | undefined;
}): number | undefined {
  const { status, retryAfter = '', date = '' } = answer;
  if (!ASK_FOR_PATIENCE.has(status)) return undefined;
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter) * SECOND;
  const ms = Date.parse(retryAfter) - Date.parse(date);
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

/** Messages that nothing is to come of any more are forgotten after this. */
export const KEEP_MS = 30 * DAY;

/** Nothing arrived for so long: the endpoint is disabled and its owners are texted. */
export const FAILING_MS = 3 * DAY;
/** After a rotation the secret before it signs too, so that receivers may change when they like. */
export const OVERLAP_MS = DAY;
export const ENDPOINTS_MAX = 10;

export type Failure =
  | 'address_refused'
  | 'name_unknown'
  | 'timed_out'
  | 'not_reached'
  | 'tls'
  | 'broken'
  | 'lost';
/** How one try went. */
export type Outcome =
  | {
      readonly status: number;
      readonly statusLine: string;
      readonly ms: number;
      readonly retryAfterMs?: number | undefined;
    }
  | { readonly failure: Failure; readonly ms: number };

export type Verdict =
  | { readonly step: 'arrive' }
  | { readonly step: 'miss'; readonly nextAt: Date }
  | { readonly step: 'give_up'; readonly isGone: boolean };

const GONE = 410;

/** 2xx arrived; 410 wants no more; a redirect is no answer, whatever it points to. */
export function judgeTry(outcome: Outcome, after: AfterTry): Verdict {
  const status = 'status' in outcome ? outcome.status : 0;
  if (status >= 200 && status < 300) return { step: 'arrive' };
  if (status === GONE) return { step: 'give_up', isGone: true };
  const nextAt = nextTry(after, 'status' in outcome ? outcome.retryAfterMs : undefined);
  return nextAt ? { step: 'miss', nextAt } : { step: 'give_up', isGone: false };
}
