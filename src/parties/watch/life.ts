/** The life of a match on a watch list: the party is held from the first moment, until a person clears it. */
import { DAY } from '#platform';
import { defineProcess } from '#process';

export const watchCase = defineProcess({
  name: 'watch_case',
  version: 1,
  initial: 'opened',
  states: {
    opened: { zh: '待核对', en: 'To be looked at' },
    overdue: { zh: '超时未核对', en: 'Not looked at in a day' },
    confirmed: { zh: '已确认', en: 'Confirmed' },
    cleared: { zh: '已排除', en: 'Cleared', terminal: true },
  },
  roles: ['system', 'compliance'],
  transitions: {
    /** Time never frees whom a list names: it only makes the case louder. */
    remind: { by: ['clock'], from: ['opened'], to: 'overdue', after: DAY },
    remind_again: { by: ['clock'], from: ['overdue'], to: 'overdue', after: DAY },
    confirm: { by: ['compliance'], from: ['opened', 'overdue'], to: 'confirmed' },
    /** Whether the list still says so is looked at again. */
    review: { by: ['clock'], from: ['confirmed'], to: 'overdue', after: 90 * DAY },
    clear: { by: ['compliance'], from: ['opened', 'overdue', 'confirmed'], to: 'cleared' },
  },
});
