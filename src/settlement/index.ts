/** Face of settlement: people are paid T+1 through the custody bank. Hides the bank, its numbers and its faults. */
import type { Reader } from '#platform';
import { findAccount, sharedAccount } from './account_store.ts';

export { type AccountFacts, accountOf, forgetAccounts, putAccount } from './account.ts';
export { settlementClock } from './clock.ts';
export {
  cancelPayout,
  createPayout,
  freezePayout,
  type NewPayout,
  type PayoutFacts,
  payoutOf,
  unfreezePayout,
} from './create.ts';
export { promiseAt } from './domain.ts';
export { countLate, hasUnpaid, type Paid, paidSince, waitingApproval } from './figures.ts';
export { payoutProcess, topUpProcess } from './life.ts';
export { openPsp, type Psp, type PspOptions } from './psp.ts';
export { dailyReconcile } from './reconcile.ts';
export { settlementRoutes } from './routes.ts';
export { approveRun } from './run.ts';
export { listRuns } from './run_store.ts';
export type { Changed, SettlementDeps } from './step.ts';
export { settlementTasks } from './tasks.ts';
export { topUp } from './top_up.ts';

export const hasPayoutAccount = async (reader: Reader, userId: string): Promise<boolean> =>
  (await findAccount(reader, userId)) !== undefined;

/** Are these two people paid to one bank account? */
export const sharesAccount = async (
  reader: Reader,
  pair: { one: string; other: string },
): Promise<boolean> => await sharedAccount(reader, pair);
