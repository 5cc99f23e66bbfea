/** The batch: many transfers in one call, each with its own answer. The high-volume way, and the base of all others. */
import assert from 'node:assert/strict';
import type { Reader } from '#platform';
import { type BatchQuery, type LoneQuery, runBatch } from './batch_store.ts';
import {
  bigintArray,
  int2Array,
  int4Array,
  int8Array,
  timeArray,
  uuid,
  uuidArray,
} from './wire.ts';

/** Of the `ledger.account` row; as text in JSON, bigint here. */
export type AccountId = bigint;

const kinds = { post: 0, hold: 1, capture: 2, void: 3, expire: 4 } as const;
export type TransferKind = keyof typeof kinds;

/** One debit and one credit. The id is the caller's (UUIDv7) and names the transfer for ever. */
export interface Transfer {
  readonly id: string;
  readonly kind: TransferKind;
  readonly debit: AccountId;
  readonly credit: AccountId;
  readonly amount: bigint;
  /** The hold that a capture, void or expiry closes; its debit and credit are those of the hold. */
  readonly pendingId?: string | undefined;
  /** Of a hold: from this time on it can only be voided or expired. */
  readonly expiresAt?: Date | undefined;
  /** All or nothing together with the next one of the batch. */
  readonly linked?: boolean | undefined;
  /** Number in `ledger.reason`: why it was made. */
  readonly code: number;
  /** Whom it concerns: order, payout, posting. */
  readonly ref?: string | undefined;
  /** The caller's clock; stored later when the accounts have seen a later time. */
  readonly at: Date;
}

/** `ledger.reason` of transfers whose posting says why they were made. */
export const NAMED = 0;

const codes = {
  0: 'ok',
  1: 'exists',
  2: 'conflict',
  3: 'insufficient',
  4: 'no_account',
  5: 'asset_differs',
  6: 'amount',
  7: 'same_account',
  8: 'chain',
  9: 'no_hold',
  10: 'hold_closed',
  11: 'hold_amount',
  12: 'closed_account',
  13: 'expired',
  14: 'overflow',
  15: 'above_maximum',
  16: 'malformed',
  17: 'not_due',
} as const;
export type ResultCode = keyof typeof codes;
export type ResultName = (typeof codes)[ResultCode];

export interface Result {
  readonly code: ResultCode;
  readonly name: ResultName;
  /** The id was refused in an earlier call, for the reason that `name` says, and stays refused. */
  readonly replayed: boolean;
}

/** More in one call only makes others wait for its locks. */
export const BATCH_MAX = 8_000;
const REPLAYED = 100;

const results = new Map<number, Result>(
  Object.entries(codes).flatMap(([text, name]) => {
    const code = Number(text) as ResultCode;
    return [
      [code, { code, name, replayed: false }],
      [REPLAYED + code, { code, name, replayed: true }],
    ] as const;
  }),
);

/** Posts what can be posted and says of each transfer what became of it; in the caller's transaction, or in its own. */
export async function postBatch(executor: Reader, batch: readonly Transfer[]): Promise<Result[]> {
  if (batch.length === 0) return [];
  return (await runBatch(executor, batchQuery(batch))).map(resultOf);
}

/** An answer of `ledger.post_batch` in words. */
export function resultOf(answer: number): Result {
  const result = results.get(answer);
  assert(result, `answer without a name: ${answer}`);
  return result;
}

const INT8_MAX = 2n ** 63n - 1n;
/** What int8 cannot hold is refused like everything beyond the bound, not a failure of the whole batch. */
const int8 = (amount: bigint): bigint =>
  amount > INT8_MAX ? INT8_MAX : amount < -INT8_MAX ? -INT8_MAX : amount;

/** What only some batches have goes as text. */
const orNull = (items: readonly (string | undefined)[]): string | null =>
  items.some((item) => item !== undefined)
    ? `{${items.map((item) => item ?? 'NULL').join()}}`
    : null;

/** The call as SQL parameters, for callers that keep a prepared statement of their own. */
export function batchQuery(batch: readonly Transfer[]): BatchQuery {
  assert(batch.length <= BATCH_MAX, 'too many transfers in a batch');
  const [debits, credits] = [new Int32Array(batch.length), new Int32Array(batch.length)];
  const accounts = placeAccounts(batch, debits, credits);
  return [
    bigintArray(accounts),
    uuidArray(batch.map(({ id }) => id)),
    int2Array(batch.map(({ kind }) => kinds[kind])),
    int4Array(debits),
    int4Array(credits),
    bigintArray(batch.map(({ amount }) => int8(amount))),
    int2Array(batch.map(({ code }) => code)),
    timeArray(batch.map(({ at }) => at.getTime())),
    orNull(batch.map(({ ref }) => ref)),
    orNull(batch.map(({ pendingId }) => pendingId)),
    orNull(batch.map(({ expiresAt }) => expiresAt?.toISOString())),
    batch.some(({ linked }) => linked)
      ? `{${batch.map(({ linked }) => linked === true).join()}}`
      : null,
    ...guess(batch, { debits, credits, accounts: accounts.length }),
  ];
}

/** All accounts of a batch, sorted, each once; `debits` and `credits` are filled with their places, from 1 on. */
function placeAccounts(
  batch: readonly Transfer[],
  debits: Int32Array,
  credits: Int32Array,
): BigInt64Array {
  const places = new Map<AccountId, number>();
  for (const { debit, credit } of batch) places.set(debit, 0).set(credit, 0);
  const accounts = BigInt64Array.from(places.keys()).sort();
  for (let index = 0; index < accounts.length; index++)
    places.set(accounts[index] as AccountId, index + 1);
  assert(places.size === accounts.length, 'ids of accounts are int8');
  batch.forEach(({ debit, credit }, index) => {
    debits[index] = places.get(debit) ?? 0;
    credits[index] = places.get(credit) ?? 0;
  });
  return accounts;
}

/** The parameters of POST_ONE, where the batch is one transfer of the plain kind. */
export function loneQuery(batch: readonly Transfer[]): LoneQuery | undefined {
  const [one] = batch;
  if (!one || batch.length > 1 || one.kind !== 'post') return undefined;
  if (one.linked || one.pendingId || one.expiresAt) return undefined;
  const { id, debit, credit, amount, code, at, ref = null } = one;
  return [uuid(id), `${debit}`, `${credit}`, `${int8(amount)}`, code, at.toISOString(), ref];
}

const AMOUNT_MAX = 10n ** 15n;

/**
 * What each account will have moved if all is done, for a batch of which that is likely. Times as the books will keep
 * them: a transfer is as late as the last one of both its accounts, which makes the guess right for all whose accounts
 * have seen nothing later than `at`: those of one process, which come in the order of its clock.
 */
function guess(
  batch: readonly Transfer[],
  { debits, credits, accounts }: { debits: Int32Array; credits: Int32Array; accounts: number },
): [Buffer, Buffer, Buffer] | [null, null, null] {
  const isPlain = batch.every(
    ({ kind, linked, amount }) => kind === 'post' && !linked && amount > 0n && amount <= AMOUNT_MAX,
  );
  // Who guesses says that no id comes twice.
  if (!isPlain || new Set(batch.map(({ id }) => id)).size < batch.length) return [null, null, null];
  const deltas = new Float64Array(accounts);
  const steps = new Int32Array(accounts);
  const latests = new Float64Array(accounts).fill(Number.NEGATIVE_INFINITY);
  const move = (index: number, delta: number, then: number): void => {
    deltas[index] = (deltas[index] ?? 0) + delta;
    steps[index] = (steps[index] ?? 0) + 1;
    latests[index] = then;
  };
  batch.forEach(({ amount, at }, index) => {
    const payer = (debits[index] ?? 0) - 1;
    const payee = (credits[index] ?? 0) - 1;
    const then = Math.max(latests[payer] ?? 0, latests[payee] ?? 0, at.getTime());
    move(payer, -Number(amount), then);
    move(payee, Number(amount), then);
  });
  // No balance goes that far, and beyond it numbers have gaps.
  if (!deltas.every(Number.isSafeInteger)) return [null, null, null];
  return [int8Array(deltas), int4Array(steps), timeArray(latests)];
}
