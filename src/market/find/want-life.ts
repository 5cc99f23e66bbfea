/** The life of a standing offer to buy: open until somebody answers, for a day theirs, then open again or bought. */
import { DAY, HOUR } from '#platform';
import { defineProcess, type TransitionOf } from '#process';

export const WANT_DAYS_MAX = 90;
/** The agreed offer lives a day; what became of it is looked at just after. */
const ANSWERED_MS = DAY + HOUR;
const ANSWERS_MAX = 50;
const PAUSES_MAX = 50;

export const want = defineProcess({
  name: 'want',
  version: 1,
  initial: 'open',
  roles: ['buyer', 'seller', 'system'],
  states: {
    open: { zh: '求购中', en: 'Wanted' },
    paused: { zh: '已暂停', en: 'Paused' },
    answered: { zh: '有卖家应约，等您下单', en: 'Answered, waiting for your order' },
    met: { zh: '已买到', en: 'Bought', terminal: true },
    taken_back: { zh: '已撤回', en: 'Taken back', terminal: true },
    lapsed: { zh: '已到期', en: 'Lapsed', terminal: true },
  },
  transitions: {
    answer: { by: ['seller'], from: ['open'], to: 'answered', atMost: ANSWERS_MAX },
    // One of several is paid for; the wish goes on for the others.
    again: { by: ['system'], from: ['answered'], to: 'open' },
    meet: { by: ['system'], from: ['answered'], to: 'met' },
    reopen: { by: ['clock'], from: ['answered'], to: 'open', after: ANSWERED_MS },
    pause: { by: ['buyer'], from: ['open'], to: 'paused', atMost: PAUSES_MAX },
    resume: { by: ['buyer'], from: ['paused'], to: 'open' },
    take_back: { by: ['buyer'], from: ['open', 'paused', 'answered'], to: 'taken_back' },
    lapse: {
      by: ['clock'],
      from: ['open', 'paused'],
      to: 'lapsed',
      after: 'due',
      within: (WANT_DAYS_MAX + 1) * DAY,
    },
  },
});
export type WantTransition = TransitionOf<typeof want>;
