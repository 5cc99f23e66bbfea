/** Once a day, each party's money of the day before is summed, and whoever reached the figure of the rule is reported (R50). */
import {
  addDays,
  addJob,
  chinaDay,
  chinaInstant,
  type Db,
  HOUR,
  inTransaction,
  plus,
} from '#platform';
import { append } from '#record';
import { inForce } from '#rules';
import type { RiskDeps } from './deps.ts';
import { daySums, largeReasons } from './domain.ts';
import { makeReport } from './report.ts';
import { claimFlowDay, lastFlowDay, saveFlowDay } from './store.ts';

export const DAY_SUMS_JOB = 'risk.day_sums';
/** No transaction books for so long: by then a day is complete. */
const COMPLETE_AFTER_MS = HOUR;
/** Days queued at a time; a house that slept for longer catches up in several rounds. */
const DAYS_MAX = 31;

/** Queues each day that is over and was not summed; to be called as often as you like. */
export async function queueDaySums(
  db: Db,
  { firstFlow }: Pick<RiskDeps, 'firstFlow'>,
  at: Date,
): Promise<void> {
  const last = await lastFlowDay(db);
  const first = last === undefined ? await firstFlow(db) : undefined;
  if (last === undefined && !first) return;
  const over = addDays(chinaDay(plus(at, -COMPLETE_AFTER_MS)), -1);
  const days: string[] = [];
  let day = last === undefined ? chinaDay(first ?? at) : addDays(last, 1);
  for (; day <= over && days.length < DAYS_MAX; day = addDays(day, 1)) days.push(day);
  if (days.length === 0) return;
  await inTransaction(db, async (tx) => {
    for (const due of days)
      await addJob(tx, DAY_SUMS_JOB, { day: due }, { key: `${DAY_SUMS_JOB}/${due}` });
  });
}

/** The task. The day, its reports and their jobs are one commit: a crash leaves all of it or nothing. */
export async function sumDay(deps: RiskDeps, day: string): Promise<void> {
  const { db, clock, flows } = deps;
  await inTransaction(db, async (tx) => {
    const at = clock.now();
    if (!(await claimFlowDay(tx, { day, at }))) return;
    const rule = inForce('R50', day);
    const from = { personFen: rule?.params['personFen'], entityFen: rule?.params['entityFen'] };
    const span = { from: chinaInstant(day), to: chinaInstant(addDays(day, 1)) };
    const sums = daySums(await flows(tx, span));
    let reports = 0;
    for (const sum of sums) {
      const { personFen, entityFen } = from;
      if (personFen === undefined || entityFen === undefined) break;
      const reasons = largeReasons(sum, { personFen, entityFen });
      if (reasons.length === 0) continue;
      const made = { kind: 'large', ...sum, day, reasons, regulation: 'R50', at } as const;
      if ((await makeReport(tx, deps, made)) !== undefined) reports += 1;
    }
    await saveFlowDay(tx, { day, parties: sums.length, reports });
    const data = { parties: sums.length, reports };
    await append(tx, { subject: `flow-day/${day}`, type: 'flow_day.summed', data, at });
  });
}
