/** What an issuer's answer means for a sale: pure, from what was seen and what was declared to one canonical code. */
import { MINUTE } from '#platform';
import type { ErrorKind, Snapshot } from './issuer/adapter.ts';
import type { Cap, Code, Grade } from './schema.ts';

/** How often a silent issuer is asked again about a card, and how many times, whoever sells it. */
export const ASK_AGAIN_MS = 2 * MINUTE;
export const ASKS_MAX = 15;

/** What is known of the card itself; custody and promises are other facts. */
export type Validity =
  | 'unknown'
  | 'valid'
  | 'short'
  | 'used'
  | 'inactive'
  | 'frozen'
  | 'expired'
  | 'fake';
export interface Declared {
  readonly faceFen: bigint;
  /** `YYYY-MM-DD`; undefined when the seller named none. */
  readonly expiresOn: string | undefined;
  /** Today in China. */
  readonly day: string;
}

/** The first reason not to pay, in the order in which a person would want to hear it; OK when there is none. */
export function judge(seen: Snapshot, declared: Declared): Code {
  const byState = BY_STATE[seen.state];
  if (byState) return byState;
  if (seen.expiresOn !== undefined && seen.expiresOn < declared.day) return 'EXPIRED';
  if (seen.bound) return 'RESTRICTED';
  if (seen.needs === 'receipt') return 'RECEIPT_REQUIRED';
  if (seen.needs === 'extra_check') return 'ISSUER_EXTRA_CHECK';
  if (seen.balanceFen === undefined) return 'OTHER';
  const balance = BigInt(seen.balanceFen);
  if (balance === 0n) return 'USED_OR_VOID';
  if (balance !== declared.faceFen) return 'FACE_MISMATCH_UNBOUND';
  return expiresEarlier(seen, declared) ? 'FACE_MISMATCH_UNBOUND' : 'OK';
}

/** A card that dies sooner than the price assumed needs a new price; one that lives longer does not. */
const expiresEarlier = (seen: Snapshot, { expiresOn }: Declared): boolean =>
  seen.expiresOn !== undefined && expiresOn !== undefined && seen.expiresOn < expiresOn;

const BY_STATE: Readonly<Record<Snapshot['state'], Code | undefined>> = {
  unknown_card: 'BAD_CREDENTIALS',
  inactive: 'NOT_ACTIVATED',
  active: undefined,
  held: 'DUPLICATE',
  redeemed: 'USED_OR_VOID',
  expired: 'EXPIRED',
  frozen: 'FROZEN_BY_ISSUER',
  refunding: 'USED_OR_VOID',
  void: 'USED_OR_VOID',
};

/** A refusal of the issuer as a code; `wait` means nothing is known yet and the same number is to be asked again. */
export function codeOf(kind: ErrorKind): Code | 'wait' {
  return BY_KIND[kind];
}

const BY_KIND: Readonly<Record<ErrorKind, Code | 'wait'>> = {
  // One answer for both, or the balance check becomes a way to find valid numbers.
  not_found: 'BAD_CREDENTIALS',
  bad_secret: 'BAD_CREDENTIALS',
  already_used: 'USED_OR_VOID',
  insufficient: 'USED_OR_VOID',
  expired: 'EXPIRED',
  frozen: 'FROZEN_BY_ISSUER',
  inactive: 'NOT_ACTIVATED',
  restricted: 'RESTRICTED',
  conflict: 'DUPLICATE',
  window_over: 'OTHER',
  auth: 'OTHER',
  rate_limited: 'wait',
  unknown_outcome: 'wait',
  unavailable: 'wait',
  cancelled: 'OTHER',
};

/** The validity field of a card after a verdict; `unknown` where the verdict says nothing about the card itself. */
export function validityAfter(code: Code, balanceFen: bigint | undefined): Validity {
  switch (code) {
    case 'OK':
      return 'valid';
    case 'FACE_MISMATCH_BOUND':
    case 'FACE_MISMATCH_UNBOUND':
      return balanceFen === undefined ? 'unknown' : 'short';
    case 'BAD_CREDENTIALS':
      return 'fake';
    case 'NOT_ACTIVATED':
      return 'inactive';
    case 'USED_OR_VOID':
      return 'used';
    case 'EXPIRED':
      return 'expired';
    case 'FROZEN_BY_ISSUER':
      return 'frozen';
    default:
      return 'unknown';
  }
}

/** How surely a good card is good, by the strongest thing the issuer has done for us. */
export function gradeAfter(done: {
  locked: boolean;
  transferred: boolean;
  proven: boolean;
}): Grade {
  if (done.transferred) return done.proven ? 'V6' : 'V5';
  return done.locked ? 'V4' : 'V2';
}

/** The grade that a good card of such an issuer will get, as far as anybody can say before it is handed over. */
export function gradeWithin(caps: readonly Cap[]): Grade {
  const has = (cap: Cap): boolean => caps.includes(cap);
  return gradeAfter({ locked: has('lock'), transferred: has('transfer'), proven: false });
}

/** Failures in a row before an issuer is left alone for a while. */
export const FAILURES_BEFORE_REST = 4;
const REST_MS_MIN = 30_000;
const REST_MS_MAX = 10 * 60_000;

/** How long to leave an issuer alone: nothing at first, then 30 s doubling up to 10 minutes. */
export function restMs(failures: number): number {
  if (failures < FAILURES_BEFORE_REST) return 0;
  const doublings = Math.min(failures - FAILURES_BEFORE_REST, 10);
  return Math.min(REST_MS_MIN * 2 ** doublings, REST_MS_MAX);
}

const RETRY_MS_MIN = 3_000;

/** When to ask again after `tries` attempts that brought no answer. */
export const retryMs = (tries: number): number =>
  Math.min(RETRY_MS_MIN * 2 ** Math.min(Math.max(tries - 1, 0), 8), REST_MS_MAX);
