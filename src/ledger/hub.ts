/**
 * Hub accounts, pure: an account that everybody pays into is kept as several rows, its stripes, so that writers do
 * not wait for each other at one of them; its balance is the sum. Which stripe a transfer uses follows from the
 * transfer alone, never from the number of writers or processes, so that the same id sent again is the same transfer.
 */
import type { StripeCode } from './account.ts';
import type { AccountId, Transfer } from './batch.ts';
import { type AccountClass, type AccountCode, classOf } from './domain.ts';

/** For good: with another number, old ids sent again would meet other stripes and be refused as other transfers. */
export const STRIPES = 16;

/** Fibonacci hashing into 0 … STRIPES − 1: neighbouring account numbers spread evenly. */
export const bucketOf = (account: AccountId): number =>
  Number(BigInt.asUintN(64, account * 0x9e3779b97f4a7c15n) >> 60n);

/** Stripes of each hub by the number of its stripe 0. */
export type Hubs = ReadonlyMap<AccountId, readonly AccountId[]>;

/**
 * The account whose bucket says which stripe and, so, which writer: the one that pays, or where a hub pays, the one
 * that is paid. What one person pays into a hub and gets back from it meets the same stripe.
 */
export function keyAccount({ debit, credit }: Transfer, hubs: Hubs): AccountId {
  return hubs.has(debit) && !hubs.has(credit) ? credit : debit;
}

/** The same transfer between stripes, where a side of it is a hub. */
export function onStripes(transfer: Transfer, hubs: Hubs): Transfer {
  const debit = hubs.get(transfer.debit);
  const credit = hubs.get(transfer.credit);
  if (!debit && !credit) return transfer;
  const stripe = bucketOf(keyAccount(transfer, hubs));
  return {
    ...transfer,
    debit: debit?.[stripe] ?? transfer.debit,
    credit: credit?.[stripe] ?? transfer.credit,
  };
}

/** Everybody pays into these and next to nobody draws on them, so any of their stripes will do for a posting. */
const STRIPED: ReadonlySet<AccountClass> = new Set<AccountClass>(['FEE', 'TAX', 'LOSS']);

export const isHub = (code: AccountCode): boolean => STRIPED.has(classOf(code));

export const stripeCode = (code: AccountCode, stripe: number): StripeCode =>
  stripe === 0 ? code : `${code}#${stripe}`;

/** A digit of the hash that the id of a named posting is made of. */
export const stripeOfPosting = (postingId: string): number =>
  Number.parseInt(postingId.charAt(4), 16) % STRIPES;

/** From one stripe to another, both by their place. */
export interface Shift {
  readonly from: number;
  readonly to: number;
  readonly amount: bigint;
}

/** Brings every stripe to the mean, in as few moves as stripes; the first ones keep what does not divide. */
export function evenOut(available: readonly bigint[]): Shift[] {
  const count = BigInt(available.length);
  const total = available.reduce((sum, one) => sum + one, 0n);
  // Rounded towards minus infinity, so that what is left over is never negative.
  const mean = total >= 0n ? total / count : -((-total + count - 1n) / count);
  const rest = total - mean * count;
  const over = available.map((one, place) => one - mean - (BigInt(place) < rest ? 1n : 0n));
  const shifts: Shift[] = [];
  let to = 0;
  for (let from = 0; from < over.length; from++)
    while ((over[from] ?? 0n) > 0n) {
      while ((over[to] ?? 0n) >= 0n) to += 1;
      const [spare, lack] = [over[from] ?? 0n, -(over[to] ?? 0n)];
      const amount = spare < lack ? spare : lack;
      over[from] = spare - amount;
      over[to] = amount - lack;
      shifts.push({ from, to, amount });
    }
  return shifts;
}

/** The fullest stripe, and what must come to it first when it has less than `amount` and all together have enough. */
export function gather(
  available: readonly bigint[],
  amount: bigint,
): { stripe: number; shifts: Shift[] } {
  const order = available.map((_, place) => place);
  order.sort((a, b) => Number((available[b] ?? 0n) - (available[a] ?? 0n)) || a - b);
  const [stripe = 0, ...others] = order;
  let lack = amount - (available[stripe] ?? 0n);
  const shifts: Shift[] = [];
  for (const from of others) {
    const spare = available[from] ?? 0n;
    if (lack <= 0n || spare <= 0n) break;
    shifts.push({ from, to: stripe, amount: spare < lack ? spare : lack });
    lack -= spare;
  }
  return { stripe, shifts: lack > 0n ? [] : shifts };
}
