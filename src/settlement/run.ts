/** A payout run: all that is due goes to the bank together; large sums wait for a second person. */
import { newId, Refused, sum, type Tx } from '#platform';
import { haveAccounts } from './account_store.ts';
import { lastCutOff, needsChecker, promiseAt } from './domain.ts';
import { withoutHeld } from './on_hold.ts';
import { insertRun, lockRun, type Run, saveApproved } from './run_store.ts';
import { type Changed, jobFor, SUBMIT_JOB, stepPayout } from './step.ts';
import { lockCreated, lockRunPayouts, type Payout } from './store.ts';

/** One transaction takes so many; what is left makes the next run. */
const RUN_MAX = 200;

interface Making {
  by: 'maker' | 'clock';
  /** User id of the maker. */
  actor?: string;
  at: Date;
}

/**
 * Gathers what waits: for the clock what is due, for a maker everything. Who has no account to be paid to goes to
 * `failed`; whoever is on hold, to `frozen`; the rest is approved, or waits for a checker from the published amount on. Undefined: nothing waits.
 */
export async function makeRun(tx: Tx, making: Making, changed?: Changed): Promise<Run | undefined> {
  const { by, actor, at } = making;
  const settleOnMax = by === 'clock' ? lastCutOff(at) : undefined;
  const waiting = await withoutHeld(tx, await lockCreated(tx, { settleOnMax, limit: RUN_MAX }), at);
  const payable = await haveAccounts(tx, [...new Set(waiting.map(({ userId }) => userId))]);
  const step = { by, at, ...(actor !== undefined && { actor }) };
  for (const payout of waiting.filter(({ userId }) => !payable.has(userId)))
    await stepPayout(
      tx,
      payout,
      { ...step, transition: 'lack', patch: { failure: 'no_account' } },
      changed,
    );
  const taken = waiting.filter(({ userId }) => payable.has(userId));
  if (taken.length === 0) return undefined;

  const run = runOf(taken, making);
  await insertRun(tx, run);
  for (const payout of taken)
    await stepPayout(
      tx,
      payout,
      needsChecker(payout.amount)
        ? { ...step, transition: 'escalate', record: { run: run.id }, patch: { runId: run.id } }
        : {
            ...{ ...step, transition: 'take', record: { run: run.id }, patch: { runId: run.id } },
            jobs: [jobFor(SUBMIT_JOB, payout.id)],
          },
      changed,
    );
  return run;
}

function runOf(taken: readonly Payout[], { actor, at }: Making): Run {
  const over = taken.filter(({ amount }) => needsChecker(amount));
  return {
    id: newId(at),
    day: promiseAt(at).settleOn,
    maker: actor ?? 'clock',
    checker: undefined,
    state: over.length > 0 ? 'awaiting_approval' : 'done',
    count: taken.length,
    total: sum(taken.map(({ amount }) => amount)),
    overCount: over.length,
    over: sum(over.map(({ amount }) => amount)),
    madeAt: at,
    checkedAt: undefined,
  };
}

/** Refuses `maker_cannot_approve`, and `wrong_state` when the run was approved or its day is over. */
export async function approveRun(
  tx: Tx,
  { runId, checker, at }: { runId: string; checker: string; at: Date },
  changed?: Changed,
): Promise<Run> {
  const run = await lockRun(tx, runId);
  if (!run) throw new Refused('not_found');
  if (run.maker === checker) throw new Refused('maker_cannot_approve');
  if (run.state !== 'awaiting_approval') throw new Refused('wrong_state', { state: run.state });
  for (const payout of await lockRunPayouts(tx, runId))
    await stepPayout(
      tx,
      payout,
      {
        ...{ transition: 'approve', by: 'checker', actor: checker, at },
        record: { run: runId, maker: run.maker },
        jobs: [jobFor(SUBMIT_JOB, payout.id)],
      },
      changed,
    );
  await saveApproved(tx, runId, { checker, at });
  return { ...run, state: 'approved', checker, checkedAt: at };
}
