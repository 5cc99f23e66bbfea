/** The jobs of risk, and what the clock does with what waits here. */
import assert from 'node:assert/strict';
import { type Db, inTransaction, type Tasks } from '#platform';
import type { ClockHandler } from '#process';
import { stepCase } from './case.ts';
import { DAY_SUMS_JOB, sumDay } from './day-sums.ts';
import type { RiskDeps } from './deps.ts';
import { HAND_OVER_JOB, handOver, pushReport } from './report.ts';

export const riskTasks = (deps: RiskDeps): Tasks => ({
  [DAY_SUMS_JOB]: ({ day = '' }) => sumDay(deps, day),
  [HAND_OVER_JOB]: ({ reportId = '' }) => handOver(deps, reportId),
});

export const riskClock: { aml_report: ClockHandler; risk_case: ClockHandler } = {
  risk_case: async (db: Db, { id, transition, at }) => {
    assert(transition === 'draft' || transition === 'remind');
    await inTransaction(db, (tx) => stepCase(tx, { id, transition, by: 'clock', at }));
  },
  aml_report: async (db: Db, { id, transition, at }) => {
    assert(transition === 'lose' || transition === 'chase' || transition === 'resend');
    await inTransaction(db, (tx) => pushReport(tx, { id, transition, by: 'clock', at }));
  },
};
