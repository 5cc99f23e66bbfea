/** The engine that posts transfers, as a small face: what another engine must do to stand where our tables stand. */
import type { Db } from '#platform';
import { accountIds, type StripeCode } from './account.ts';
import { findHistory, findStandings } from './backend_store.ts';
import { type AccountId, postBatch, type Result, type Transfer } from './batch.ts';

export interface Standing {
  /** What came in less what went out. */
  readonly balance: bigint;
  /** Of the balance, kept for holds. */
  readonly held: bigint;
  /** Held by others, on its way here. */
  readonly incoming: bigint;
}

/** One transfer as an account sees it: money that came has a plus. */
export interface HistoryEntry {
  readonly transfer: string;
  readonly other: AccountId;
  readonly amount: bigint;
}

export interface LedgerBackend {
  /** Numbers of the accounts, opened where they are not there yet; the bounds follow from the class of the code. */
  createAccounts(codes: readonly StripeCode[]): Promise<AccountId[]>;
  /** One answer a transfer, judged in their order; a bad one fails no other, a chain is all or nothing. */
  post(batch: readonly Transfer[]): Promise<Result[]>;
  /** Accounts that do not exist are missing from the answer. */
  lookup(accounts: readonly AccountId[]): Promise<Map<AccountId, Standing>>;
  /** The oldest `limit` movements of an account, in their order. Holds are none until captured. */
  history(account: AccountId, limit: number): Promise<HistoryEntry[]>;
  close(): Promise<void>;
}

/** Our own tables. `db` stays open: it is the caller's. */
export const postgresBackend = (db: Db): LedgerBackend => ({
  createAccounts: (codes) => accountIds(db, codes),
  post: (batch) => postBatch(db, batch),
  lookup: (accounts) => findStandings(db, accounts),
  history: (account, limit) => findHistory(db, account, limit),
  close: async () => undefined,
});
