/** The life of a claim and its clocks; pure. Every path ends within DISPUTE_DAYS_MAX days. */
import { chinaDay, chinaHour, DAY, HOUR, isWorkday, MINUTE, plus } from '#platform';
import { defineProcess } from '#process';

/** With the longest order before it, money is with the house for at most 25 days. */
export const DISPUTE_DAYS_MAX = 12;
export const ANSWER_MS_MAX = DAY;
export const DESK_MS = 3 * DAY;
export const APPEAL_MS = 3 * DAY;

const ANSWER_MS = 4 * HOUR;
/** Four hours that begin between these hours of a working day end before people sleep. */
const ANSWER_FROM_HOUR = 8;
const ANSWER_UNTIL_HOUR = 18;

/** When the other side must have answered: four hours of a working day, or else a day. */
export function answerBy(at: Date): Date {
  const hour = chinaHour(at);
  const isAwake = hour >= ANSWER_FROM_HOUR && hour < ANSWER_UNTIL_HOUR;
  return plus(at, isAwake && isWorkday(chinaDay(at)) ? ANSWER_MS : ANSWER_MS_MAX);
}

export const claimProcess = defineProcess({
  name: 'claim',
  version: 1,
  initial: 'awaiting_answer',
  roles: ['claimant', 'respondent', 'operator', 'system'],
  states: {
    awaiting_answer: { zh: '等待对方答复', en: 'waiting for the answer' },
    evidence: { zh: '举证中', en: 'gathering evidence' },
    arbitration: { zh: '仲裁中', en: 'at the arbitration desk' },
    decided: { zh: '已裁决，可申诉', en: 'decided, open to appeal' },
    appealed: { zh: '申诉复核中', en: 'on appeal' },
    settled_between_parties: { zh: '双方已和解', en: 'settled between the parties' },
    final: { zh: '已生效，待执行', en: 'final, to be executed' },
    closed: { zh: '已执行', en: 'executed and closed', terminal: true },
    withdrawn: { zh: '已撤回', en: 'withdrawn', terminal: true },
  },
  transitions: {
    // Signed probes or an issuer's event settle it, at once or as soon as they are known.
    rule: {
      by: ['system'],
      from: ['awaiting_answer', 'evidence', 'arbitration'],
      to: 'decided',
    },
    agree: {
      by: ['respondent'],
      from: ['awaiting_answer', 'evidence', 'arbitration'],
      to: 'final',
    },
    contest: { by: ['respondent'], from: ['awaiting_answer'], to: 'evidence' },
    // Who does not answer does not object.
    stay_silent: {
      by: ['clock'],
      from: ['awaiting_answer'],
      to: 'decided',
      after: 'due',
      within: ANSWER_MS_MAX,
    },
    settle: {
      by: ['claimant', 'respondent'],
      from: ['awaiting_answer', 'evidence', 'arbitration'],
      to: 'settled_between_parties',
    },
    withdraw: {
      by: ['claimant'],
      from: ['awaiting_answer', 'evidence', 'arbitration'],
      to: 'withdrawn',
    },
    hear: { by: ['clock', 'operator'], from: ['evidence'], to: 'arbitration', after: DAY },
    decide: { by: ['operator'], from: ['arbitration'], to: 'decided' },
    // The desk was late, and nobody shall wait longer for that: the burden of proof decides.
    lapse: {
      by: ['clock'],
      from: ['arbitration'],
      to: 'decided',
      after: 'due',
      within: DESK_MS,
    },
    appeal: { by: ['claimant', 'respondent'], from: ['decided'], to: 'appealed' },
    become_final: { by: ['clock'], from: ['decided'], to: 'final', after: APPEAL_MS },
    decide_appeal: { by: ['operator'], from: ['appealed'], to: 'final' },
    uphold: { by: ['clock'], from: ['appealed'], to: 'final', after: APPEAL_MS },
    execute: {
      by: ['system', 'clock'],
      from: ['final', 'settled_between_parties'],
      to: 'closed',
      after: MINUTE,
    },
  },
});

/** States in which the parties may still add to the file. */
export const HEARING = ['awaiting_answer', 'evidence', 'arbitration', 'appealed'] as const;
