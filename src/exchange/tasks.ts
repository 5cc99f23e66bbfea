/** The jobs of this room: all that talks to the chain or to an issuer happens here, after a commit. */

import { addJob, type Db, inTransaction, type Tasks } from '#platform';
import type { ClockHandler } from '#process';
import {
  ASSIGN_CHECK_TASK,
  ASSIGN_LET_GO_TASK,
  ASSIGN_UNLOCK_TASK,
  assignmentClock,
  checkAssignment,
  giveNotice,
  letGoAssigned,
  NOTICE_TASK,
  unlockAssigned,
} from './assign.ts';
import { auctionClock } from './auction.ts';
import { bidClock } from './bid.ts';
import { CASE_TASK, carryOut, caseClock } from './case.ts';
import { deliveryClock } from './delivery.ts';
import type { ChainDeps, ExchangeDeps } from './deps.ts';
import { relayEnded, settleLog } from './effects.ts';
import { type FollowDeps, follow } from './follow.ts';
import { LOCK_TASK, lockClock, renewLock } from './lock-renew.ts';
import { moneyAbi } from './money-abi.ts';
import { PROBE_TASK } from './probe-soon.ts';
import { reconcileChain } from './reconcile.ts';
import { askIssuer, REISSUE_TASK, reissueClock } from './reissue.ts';
import { type RelayDeps, relayClock, SEND_TASK, sendRelay } from './relay.ts';
import { swapClock } from './swap.ts';
import {
  CHECK_TASK,
  checkToken,
  LET_GO_TASK,
  letGo,
  tokenClock,
  UNLOCK_TASK,
  unlockToken,
} from './token.ts';
import { orderClock } from './trade.ts';
import { LOOK_AT_WALLET, lookAtWallet } from './wallet.ts';
import { probeToken } from './watch.ts';

export const FOLLOW_TASK = 'exchange.follow';
export const RECONCILE_TASK = 'exchange.reconcile';

export const relayDeps = ({ db, on, config, log }: ChainDeps): RelayDeps => ({
  ...{ db, log, chain: on.chain, relayer: on.relayer, ended: relayEnded },
  gasPerDay: BigInt(config.RELAY_GAS_PER_DAY),
  finality: config.CHAIN_FINALITY,
});

export const followDeps = ({ db, on, config, log }: ChainDeps): FollowDeps => ({
  ...{ db, log, chain: on.chain, from: on.from, settle: settleLog },
  finality: config.CHAIN_FINALITY,
  contracts: [
    { name: 'Exchange', address: on.exchange, abi: on.abis.exchange },
    { name: 'SandboxMoney', address: on.money, abi: moneyAbi },
  ],
});

export function exchangeTasks(deps: ExchangeDeps): Tasks {
  const { on } = deps;
  return { ...assignmentTasks(deps), ...(on && chainTasks({ ...deps, on })) };
}

function assignmentTasks(deps: ExchangeDeps): Tasks {
  return {
    [ASSIGN_CHECK_TASK]: async ({ assignmentId = '' }, { clock }) =>
      await checkAssignment(deps, assignmentId, clock.now()),
    [NOTICE_TASK]: async ({ assignmentId = '' }, { clock }) =>
      await giveNotice(deps, assignmentId, clock.now()),
    [ASSIGN_LET_GO_TASK]: async ({ assignmentId = '' }, { clock }) =>
      await letGoAssigned(deps, assignmentId, clock.now()),
    [ASSIGN_UNLOCK_TASK]: async ({ assignmentId = '' }, { clock }) =>
      await unlockAssigned(deps, assignmentId, clock.now()),
  };
}

function chainTasks(here: ChainDeps): Tasks {
  return {
    [SEND_TASK]: async ({ relayId = '' }, { clock }) =>
      await sendRelay(relayDeps(here), relayId, clock.now()),
    [FOLLOW_TASK]: async (_payload, { clock }) =>
      void (await follow(followDeps(here), clock.now())),
    [RECONCILE_TASK]: async (_payload, { clock }) => void (await reconcileChain(here, clock.now())),
    [CHECK_TASK]: async ({ tokenRef = '' }, { clock }) =>
      await checkToken(here, tokenRef, clock.now()),
    [LET_GO_TASK]: async ({ tokenRef = '' }, { clock }) => await letGo(here, tokenRef, clock.now()),
    [UNLOCK_TASK]: async ({ tokenRef = '' }, { clock }) =>
      await unlockToken(here, tokenRef, clock.now()),
    [LOCK_TASK]: async ({ lockId = '' }, { clock }) => await renewLock(here, lockId, clock.now()),
    [PROBE_TASK]: async ({ tokenRef = '', cause = '' }, { clock }) =>
      await probeToken(here, { tokenRef, cause }, clock.now()),
    [CASE_TASK]: async ({ caseId = '' }, { clock }) => await carryOut(here, caseId, clock.now()),
    [REISSUE_TASK]: async ({ reissueId = '' }, { clock }) =>
      await askIssuer(here, reissueId, clock.now()),
    [LOOK_AT_WALLET]: async ({ walletId = '' }, { clock }) =>
      await lookAtWallet(here, walletId, clock.now()),
  };
}

export const exchangeClock = (deps: ExchangeDeps): Record<string, ClockHandler> => ({
  ...tokenClock(),
  ...orderClock(),
  ...bidClock(),
  ...swapClock(),
  ...assignmentClock(),
  ...caseClock(deps),
  ...lockClock(deps),
  ...deliveryClock(deps),
  ...reissueClock(deps),
  ...auctionClock(deps),
  ...relayClock({ ended: relayEnded, log: deps.log }),
});

/** Once a second: the chain is read on. The key keeps it to one job, however slow the chain is. */
export async function tickExchange(deps: ExchangeDeps): Promise<void> {
  if (deps.on) await queue(deps.db, FOLLOW_TASK);
}

export async function queueReconciliation(deps: ExchangeDeps): Promise<void> {
  if (deps.on) await queue(deps.db, RECONCILE_TASK);
}

async function queue(db: Db, task: string): Promise<void> {
  // A round that failed is not tried again by itself: the next one comes in a second.
  await inTransaction(db, (tx) => addJob(tx, task, {}, { key: task, attempts: 1 }));
}
