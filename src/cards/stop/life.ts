/** The life of a notice about cards: it stops them from the commit that keeps it, until two people lift it. */
import { DAY } from '#platform';
import { defineProcess, type StateOf } from '#process';

export const cardNotice = defineProcess({
  name: 'card_notice',
  version: 1,
  initial: 'in_force',
  roles: ['compliance'],
  states: {
    in_force: { zh: '已停用，待核实', en: 'Stopped, to be looked into' },
    overdue: { zh: '超时未核实', en: 'Not looked into in time' },
    confirmed: { zh: '已确认涉案', en: 'Confirmed' },
    lifting: { zh: '拟解除，待复核', en: 'To be lifted, waiting for a second person' },
    lifted: { zh: '已解除', en: 'Lifted', terminal: true },
  },
  transitions: {
    /** Time never frees a card: it only makes the notice louder. */
    remind: { by: ['clock'], from: ['in_force'], to: 'overdue', after: DAY },
    remind_again: { by: ['clock'], from: ['overdue'], to: 'overdue', after: DAY },
    confirm: { by: ['compliance'], from: ['in_force', 'overdue'], to: 'confirmed' },
    /** Whoever sent it may have said otherwise since. */
    review: { by: ['clock'], from: ['confirmed'], to: 'overdue', after: 90 * DAY },
    propose_lift: {
      by: ['compliance'],
      from: ['in_force', 'overdue', 'confirmed'],
      to: 'lifting',
    },
    lift: { by: ['compliance'], from: ['lifting'], to: 'lifted' },
    keep: { by: ['compliance'], from: ['lifting'], to: 'in_force' },
    keep_late: { by: ['clock'], from: ['lifting'], to: 'overdue', after: 3 * DAY },
  },
});
export type NoticeState = StateOf<typeof cardNotice>;
