/** Face of the ledger: double-entry books in whole fen. Hides locking, numbering and the checks of every balance. */
export {
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
export type { AccountClass, AccountCode, HoldState, Leg } from './domain.ts';
export { capture, expireHolds, type HoldKey, hold, type NewHold, release } from './hold.ts';
export { type Posting, post } from './post.ts';
export { ledgerRoutes } from './routes.ts';
export type { ClassTotal, Finding, Hold } from './store.ts';
