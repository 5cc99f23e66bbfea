/** The life of a case on a card of the chain: being carried out there, done, not needed any more, or stuck. */
import { HOUR, MINUTE } from '#platform';
import { defineProcess, type StateOf } from '#process';

const AGAIN_MS = 2 * MINUTE;
/** About three days: longer than a mint that is on its way, or a pause of the contract. */
const AGAIN_MAX = 2_200;

export const cardCase = defineProcess({
  name: 'card_case',
  version: 1,
  initial: 'sending',
  roles: ['system'],
  states: {
    sending: { zh: '正在链上办理', en: 'Being carried out on chain' },
    done: { zh: '已在链上生效', en: 'In force on chain', terminal: true },
    needless: { zh: '无需再办理', en: 'Not needed any more', terminal: true },
    stuck: {
      zh: '链上未能办理，需人工处理',
      en: 'Not carried out, people must look',
      terminal: true,
    },
  },
  transitions: {
    carry_out: { by: ['system'], from: ['sending'], to: 'done' },
    drop: { by: ['system'], from: ['sending'], to: 'needless' },
    again: {
      by: ['clock'],
      from: ['sending'],
      to: 'sending',
      after: AGAIN_MS,
      atMost: AGAIN_MAX,
    },
    give_up: { by: ['clock'], from: ['sending'], to: 'stuck', after: HOUR },
  },
});
export type CaseState = StateOf<typeof cardCase>;
