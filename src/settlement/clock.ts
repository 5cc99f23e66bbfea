/** What the clock does in settlement: cut-offs, questions to the bank, ends. */
import assert from 'node:assert/strict';
import { inTransaction, type Tx } from '#platform';
import type { ClockHandler } from '#process';
import { tickCharity } from './charity/charity.ts';
import { isRecipientsFault, promiseAt } from './domain.ts';
import { tickPayIn } from './payin/pay_in.ts';
import { tickRefund } from './payin/refund.ts';
import { tickSplit } from './payin/split.ts';
import { makeRun } from './run.ts';
import { saveLapsed } from './run_store.ts';
import { askAgain, beginAttempt } from './send.ts';
import { backToCreated, jobFor, type SettlementDeps, SUBMIT_JOB, stepPayout } from './step.ts';
import { findPayout, lockPayout, type Payout } from './store.ts';
import { chaseTopUp } from './top_up.ts';

type Deps = Pick<SettlementDeps, 'log' | 'changed'>;

type Timed = 'payout' | 'top_up' | 'pay_in' | 'refund' | 'split' | 'charity';

/** For `runClock`, by process. */
export function settlementClock(deps: Deps): Readonly<Record<Timed, ClockHandler>> {
  return {
    payout: async (db, { id, transition, at }) => {
      if (transition === 'take') {
        // The first of the day takes all that are due; for the others nothing is left to do.
        const payout = await findPayout(db, id);
        if (payout?.state !== 'created') return;
        await inTransaction(db, (tx) => makeRun(tx, { by: 'clock', at }, deps.changed));
        return;
      }
      await inTransaction(db, async (tx) => {
        const payout = await lockPayout(tx, id);
        assert(payout, 'a payout process has a payout');
        await tick(tx, payout, { transition, at }, deps);
      });
    },
    top_up: async (db, { id, transition, at }) => {
      assert(transition === 'lose' || transition === 'chase');
      await inTransaction(db, (tx) => chaseTopUp(tx, { id, transition, at }));
    },
    pay_in: (db, due) => inTransaction(db, (tx) => tickPayIn(tx, due, deps.log)),
    refund: (db, due) => inTransaction(db, (tx) => tickRefund(tx, due, deps.log)),
    split: (db, due) => inTransaction(db, (tx) => tickSplit(tx, due, deps.log)),
    charity: (db, due) => tickCharity(db, due),
  };
}

async function tick(
  tx: Tx,
  payout: Payout,
  { transition, at }: { transition: string; at: Date },
  { log, changed }: Deps,
): Promise<void> {
  const to = promiseAt(at);
  switch (transition) {
    case 'lose':
    case 'chase':
    case 'ask':
      return await askAgain(tx, payout, { transition, at }, changed);
    case 'submit': {
      // The job was lost between approval and sending.
      await beginAttempt(
        tx,
        payout,
        { by: 'clock', at, jobs: [jobFor(SUBMIT_JOB, payout.id)] },
        changed,
      );
      return;
    }
    case 'recall':
      log.warn({ payout: payout.id, run: payout.runId }, 'nobody approved in a day: next run');
      if (payout.runId !== undefined) await saveLapsed(tx, payout.runId);
      return await backToCreated(
        tx,
        payout,
        { transition, by: 'clock', at, to, isOurs: true },
        changed,
      );
    case 'unfreeze':
      return await backToCreated(
        tx,
        payout,
        { transition, by: 'clock', at, to, isOurs: false },
        changed,
      );
    case 'retry': {
      const isOurs = !isRecipientsFault(payout.failure);
      return await backToCreated(tx, payout, { transition, by: 'clock', at, to, isOurs }, changed);
    }
    case 'close':
      await stepPayout(tx, payout, { transition, by: 'clock', at }, changed);
      return;
    default:
      assert.fail(`no clock for ${transition}`);
  }
}
