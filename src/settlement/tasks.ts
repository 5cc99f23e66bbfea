/** The jobs of settlement: the only places from which the custody bank is called. */
import type { Tasks } from '#platform';
import { EVENT_JOB, handleEvent } from './callback.ts';
import { CHARITY_JOB, checkCharity } from './charity/charity.ts';
import { askPayIn, PAY_IN_JOB } from './payin/pay_in.ts';
import { pushRefund, REFUND_JOB } from './payin/refund.ts';
import { pushSplit, SPLIT_JOB } from './payin/split.ts';
import { RECONCILE_JOB, reconcileDay } from './reconcile.ts';
import { askPayout, submitPayout } from './send.ts';
import { ASK_JOB, type SettlementDeps, SUBMIT_JOB } from './step.ts';
import { COLLECT_JOB, collectTopUp } from './top_up.ts';

export const settlementTasks = (deps: SettlementDeps): Tasks => ({
  [SUBMIT_JOB]: ({ payoutId = '' }) => submitPayout(deps, payoutId),
  [ASK_JOB]: ({ payoutId = '' }) => askPayout(deps, payoutId),
  [EVENT_JOB]: ({ eventId = '' }) => handleEvent(deps, eventId),
  [RECONCILE_JOB]: ({ day = '' }) => reconcileDay(deps, day),
  [PAY_IN_JOB]: ({ payInId = '' }) => askPayIn(deps, payInId),
  [REFUND_JOB]: ({ refundId = '' }) => pushRefund(deps, refundId),
  [SPLIT_JOB]: ({ splitId = '' }) => pushSplit(deps, splitId),
  [CHARITY_JOB]: ({ charityId = '' }) => checkCharity(deps, charityId),
  [COLLECT_JOB]: ({ topUpId = '' }) => collectTopUp(deps, topUpId),
});
