/** Face of the ledger: double-entry books in whole fen. Hides locking, numbering and the checks of every balance. */
export {
  accountIds,
  closeAccount,
  type StripeCode,
  setCreditLine,
  stripeIds,
} from './account.ts';
export type { Finding } from './audit_store.ts';
export { type LedgerBackend, postgresBackend, type Standing } from './backend.ts';
export {
  type AccountId,
  BATCH_MAX,
  batchQuery,
  postBatch,
  type Result,
  type ResultCode,
  type ResultName,
  resultOf,
  type Transfer,
  type TransferKind,
} from './batch.ts';
export { type BatchQuery, POST_BATCH } from './batch_store.ts';
export {
  balanceAt,
  balanceOf,
  type Movement,
  movementsOf,
  reconcile,
  type Statement,
  type StatementEntry,
  statement,
  type TrialBalance,
  trialBalance,
} from './books.ts';
export { BOM, csvLine, decimal } from './csv.ts';
export {
  type AccountClass,
  type AccountCode,
  closingId,
  type HoldState,
  type Leg,
} from './domain.ts';
export { MEDIA, sendFile } from './export.ts';
export { capture, expireHolds, type HoldKey, hold, type NewHold, release } from './hold.ts';
export { type Hubs, STRIPES } from './hub.ts';
export {
  closePeriod,
  type DayClass,
  type DayEnd,
  dayEnds,
  type Period,
  periods,
  proposeClose,
  takeDayEnds,
} from './period.ts';
export { type Posting, post } from './post.ts';
export { type Hold, openHoldsOf } from './posting_store.ts';
export { type LedgerQueue, type Outcome, openQueue, type QueueOptions } from './queue.ts';
export { ledgerRoutes } from './routes.ts';
export { type Seal, type SealFinding, type SealVerdict, sealBatches, verifySeals } from './seal.ts';
export { countUnsealedBatches } from './seal_store.ts';
export { type SheetColumn, type SheetInput, sheetFile } from './sheet.ts';
export { statementFile } from './statement_file.ts';
export type { ClassTotal } from './store.ts';
export { postStored, type StoredTransfers } from './stored.ts';
export { rebalance } from './stripes.ts';
export { tigerbeetleBackend } from './tigerbeetle.ts';
