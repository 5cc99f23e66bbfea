/** The life of an entry of our own list: two people put it in force, two end it, and it ends by itself on its last day. */
import { DAY } from '#platform';
import { defineProcess, type StateOf } from '#process';

/** An entry has to be looked at again after so long at the latest: it is proposed anew. */
export const OWN_DAYS_MAX = 365;

export const ownEntry = defineProcess({
  name: 'own_entry',
  version: 1,
  initial: 'proposed',
  roles: ['compliance'],
  states: {
    proposed: { zh: '待他人复核', en: 'Waiting for a second person' },
    in_force: { zh: '生效中', en: 'In force' },
    ending: { zh: '拟移出，待复核', en: 'To be ended, waiting for a second person' },
    ended: { zh: '已移出', en: 'Ended', terminal: true },
    refused: { zh: '未通过', en: 'Not put in force', terminal: true },
  },
  transitions: {
    approve: { by: ['compliance'], from: ['proposed'], to: 'in_force' },
    refuse: { by: ['compliance', 'clock'], from: ['proposed'], to: 'refused', after: 7 * DAY },
    propose_end: { by: ['compliance'], from: ['in_force'], to: 'ending' },
    end: { by: ['compliance'], from: ['ending'], to: 'ended' },
    keep: { by: ['compliance', 'clock'], from: ['ending'], to: 'in_force', after: 3 * DAY },
    run_out: {
      by: ['clock'],
      from: ['in_force'],
      to: 'ended',
      after: 'due',
      within: (OWN_DAYS_MAX + 1) * DAY,
    },
  },
});
export type OwnState = StateOf<typeof ownEntry>;
