/** Accounts: their numbers, stripes, credit lines and closing. Codes are for people, numbers are what transfers use. */
import assert from 'node:assert/strict';
import { FEN_MAX, type Fen, type Reader, type Tx, ZERO } from '#platform';
import {
  type AccountOpening,
  closeRows,
  findIds,
  insertAccounts,
  saveCreditLine,
} from './account_store.ts';
import type { AccountId } from './batch.ts';
import { type AccountCode, classOf, ruleOf } from './domain.ts';

/** A code, or one stripe of a hub: `FEE#3`. A code alone is its stripe 0. */
export type StripeCode = AccountCode | `${AccountCode}#${number}`;

export const STRIPES_MAX = 256;

/** Numbers never change, so what a pool once saw committed is kept; a transaction may yet roll back and is asked. */
const seen = new WeakMap<Reader, Map<StripeCode, AccountId>>();

/** Numbers of the accounts, opened where they are not there yet, in the order of `codes`. */
export async function accountIds(
  executor: Reader,
  codes: readonly StripeCode[],
): Promise<AccountId[]> {
  const known = executor.isTransaction ? new Map<StripeCode, AccountId>() : cacheOf(executor);
  const missing = [...new Set(codes)].filter((code) => !known.has(code)).sort();
  if (missing.length > 0) {
    const wanted = missing.map(openingOf);
    let found = await findIds(executor, wanted);
    if (found.length < wanted.length) {
      await insertAccounts(executor, wanted);
      found = await findIds(executor, wanted);
    }
    for (const { code, stripe, id } of found) known.set(stripe ? `${code}#${stripe}` : code, id);
  }
  return codes.map((code) => {
    const id = known.get(code);
    assert(id !== undefined, `account not opened: ${code}`);
    return id;
  });
}

function cacheOf(executor: Reader): Map<StripeCode, AccountId> {
  const cache = seen.get(executor) ?? new Map<StripeCode, AccountId>();
  seen.set(executor, cache);
  return cache;
}

function openingOf(name: StripeCode): AccountOpening {
  const [code = '', part = '0'] = name.split('#');
  const stripe = Number(part);
  assert(Number.isInteger(stripe) && stripe >= 0 && stripe < STRIPES_MAX, `no stripe: ${name}`);
  const accountClass = classOf(code);
  return { code, stripe, class: accountClass, ...ruleOf(accountClass) };
}

/** The numbers of a hub's stripes 0 … count − 1. Its balance is the sum of theirs. */
export const stripeIds = (
  executor: Reader,
  code: AccountCode,
  count: number,
): Promise<AccountId[]> =>
  accountIds(
    executor,
    Array.from({ length: count }, (_, stripe): StripeCode => (stripe ? `${code}#${stripe}` : code)),
  );

/** From now on the account may go `amount` below its bound. False when it stands deeper than that already. */
export async function setCreditLine(tx: Tx, code: AccountCode, amount: Fen): Promise<boolean> {
  assert(amount >= ZERO && amount <= FEN_MAX);
  const { min } = ruleOf(classOf(code));
  assert(min !== null, `${code} has no bound to extend`);
  const [id] = await accountIds(tx, [code]);
  assert(id !== undefined);
  return await saveCreditLine(tx, { id, creditLine: amount, min: min - amount });
}

/** Nothing moves in or out any more. False when something is in it, held from it or coming into it. */
export async function closeAccount(tx: Tx, code: AccountCode): Promise<boolean> {
  classOf(code);
  return await closeRows(tx, code);
}
