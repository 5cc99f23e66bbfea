/** Face of settlement: money comes in, is split, refunded, given, and paid out T+1. Hides the bank and its faults. */
import type { Reader } from '#platform';
import { findAccount, sharedAccount } from './account_store.ts';

export { type AccountFacts, accountOf, forgetAccounts, putAccount } from './account.ts';
export {
  type CharityFacts,
  charityAccount,
  charityOf,
  choosableCharities,
} from './charity/charity.ts';
export { disburse, donate, mayGive } from './charity/donation.ts';
export { charityProcess } from './charity/life.ts';
export { type CharityRegistry, openRegistry } from './charity/registry.ts';
export { settlementClock } from './clock.ts';
export {
  cancelPayout,
  createPayout,
  freezePayout,
  hastenPayout,
  type NewPayout,
  type PayoutFacts,
  payoutOf,
  unfreezePayout,
} from './create.ts';
export { promiseAt } from './domain.ts';
export { countLate, hasUnpaid, type Paid, paidSince, waitingApproval } from './figures.ts';
export { firstFlow, flowsBetween } from './flows.ts';
export { payoutProcess, topUpProcess } from './life.ts';
export { freePayouts, freeSales, holdPayouts, holdSales } from './on_hold.ts';
export type { Channel, Share, ShareRole } from './payin/domain.ts';
export { payInProcess, refundProcess, splitProcess } from './payin/life.ts';
export {
  clearingOf,
  closePayIn,
  openPayIn,
  type PayInFacts,
  payInOf,
} from './payin/pay_in.ts';
export { refund } from './payin/refund.ts';
export { splitPayIn } from './payin/split.ts';
export { openPsp, type Psp, type PspOptions } from './psp.ts';
export { dailyReconcile } from './reconcile.ts';
export { type Covered, coverDefault, coverRest } from './recycler/cover.ts';
export { payeeOfRecycler } from './recycler/domain.ts';
export {
  hasCompanyAccount,
  hasHeldMoney,
  payDebts,
  refundRecycler,
  sharesCompanyAccount,
  walletOf as walletOfRecycler,
} from './recycler/money.ts';
export {
  collect,
  payFromReserve,
  RESERVE_CASH,
  type ReserveFacts,
  recover,
  reserveFacts,
  watchReserve,
} from './reserve.ts';
export { settlementRoutes } from './routes.ts';
export { approveRun } from './run.ts';
export { listRuns } from './run_store.ts';
export type { Changed, PaidIn, PayInClosed, SettlementDeps } from './step.ts';
export { settlementTasks } from './tasks.ts';
export { topUp } from './top_up.ts';

export const hasPayoutAccount = async (reader: Reader, userId: string): Promise<boolean> =>
  (await findAccount(reader, userId)) !== undefined;

/** Are these two people paid to one bank account? */
export const sharesAccount = async (
  reader: Reader,
  pair: { one: string; other: string },
): Promise<boolean> => await sharedAccount(reader, pair);
