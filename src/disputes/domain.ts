/** The life of a case and what a decision may say; pure. */

import { DAY, type Fen, type Refusal, refuse } from '#platform';
import { defineProcess } from '#process';

export const OUTCOMES = ['release', 'partial', 'clawback'] as const;
/** For the seller; a part goes back; all of it goes back. */
export type Outcome = (typeof OUTCOMES)[number];

/** Longest time to a decision: with the longest sale before it, escrow still ends within its limit. */
export const DECIDE_DAYS_MAX = 12;
/** The caller moves the money right after the decision; this is for the day when it could not. */
const EXECUTE_MS = DAY;

export const caseProcess = defineProcess({
  name: 'case',
  version: 1,
  initial: 'opened',
  roles: ['seller', 'recycler', 'operator', 'system'],
  states: {
    opened: { zh: '待裁决', en: 'opened' },
    decided: { zh: '已裁决', en: 'decided' },
    closed: { zh: '已执行', en: 'closed', terminal: true },
    withdrawn: { zh: '已撤回', en: 'withdrawn', terminal: true },
  },
  transitions: {
    // The system where a signed probe leaves no doubt; a seller who agrees.
    decide: { by: ['operator', 'system', 'seller'], from: ['opened'], to: 'decided' },
    // Nobody decided in time: what was proved does, and what was not leaves the money with the seller.
    lapse: {
      by: ['clock'],
      from: ['opened'],
      to: 'decided',
      after: 'due',
      within: DECIDE_DAYS_MAX * DAY,
    },
    withdraw: { by: ['seller', 'recycler', 'operator'], from: ['opened'], to: 'withdrawn' },
    close: { by: ['system', 'clock'], from: ['decided'], to: 'closed', after: EXECUTE_MS },
  },
});

export const LAPSE_REASON = 'burden_of_proof';

/** A part has an amount, a release has none; what goes back in full may name what it comes to. */
export function checkDecision(decision: {
  outcome: Outcome;
  amountFen?: Fen | undefined;
}): Refusal | undefined {
  const { outcome, amountFen } = decision;
  const fits =
    amountFen === undefined ? outcome !== 'partial' : outcome !== 'release' && amountFen > 0n;
  return fits ? undefined : refuse('case_amount');
}
