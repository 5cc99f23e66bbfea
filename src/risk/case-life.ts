/** The life of a suspicion: looked into within a day, else drafted by itself; reported or cleared by a person. */
import { DAY, HOUR } from '#platform';
import { defineProcess } from '#process';

/** R51: what nobody looked at by then is a draft. */
export const REVIEW_MS = 24 * HOUR;

export const riskCase = defineProcess({
  name: 'risk_case',
  version: 1,
  initial: 'opened',
  states: {
    opened: { zh: '待审查', en: 'To be looked into' },
    drafted: { zh: '报告已起草', en: 'Report drafted' },
    reported: { zh: '已报送', en: 'Reported', terminal: true },
    cleared: { zh: '已排除', en: 'Cleared', terminal: true },
  },
  roles: ['system', 'compliance'],
  transitions: {
    draft: { by: ['compliance', 'clock'], from: ['opened'], to: 'drafted', after: REVIEW_MS },
    /** Time neither reports nor clears: it only asks again. */
    remind: { by: ['clock'], from: ['drafted'], to: 'drafted', after: DAY },
    report: { by: ['compliance'], from: ['drafted'], to: 'reported' },
    clear: { by: ['compliance'], from: ['opened', 'drafted'], to: 'cleared' },
  },
});
