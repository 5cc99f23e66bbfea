/**
 * Hub accounts, pure: an account that everybody pays into is kept as several rows, its stripes, so that writers do
 * not wait for each other at one of them; its balance is the sum. Which stripe a transfer uses follows from the
 * transfer alone, never from the number of writers or processes, so that the same id sent again is the same transfer.
 */
import type { AccountId, Transfer } from './batch.ts';

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
