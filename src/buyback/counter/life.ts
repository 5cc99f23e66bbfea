/** The life of one visit at a counter: a card in the clerk's hand until its seller says yes or no. No money moves here. */
import { defineProcess, type StateOf } from '#process';
import { LATER_MS } from './domain.ts';

export const counterVisit = defineProcess({
  name: 'counter_visit',
  version: 1,
  initial: 'waiting',
  roles: ['clerk', 'seller'],
  states: {
    waiting: { zh: '等卖家确认', en: 'Waiting for the seller' },
    agreed: {
      zh: '卖家已同意，按平台流程验卡打款',
      en: 'Agreed; checked and paid as every sale',
      terminal: true,
    },
    declined: { zh: '卖家不同意，请退卡', en: 'Declined: give the card back', terminal: true },
    withdrawn: { zh: '店员撤回，请退卡', en: 'Withdrawn: give the card back', terminal: true },
    lapsed: {
      zh: '超时未确认，请退卡',
      en: 'Not answered in time: give the card back',
      terminal: true,
    },
  },
  transitions: {
    agree: { by: ['seller'], from: ['waiting'], to: 'agreed' },
    decline: { by: ['seller'], from: ['waiting'], to: 'declined' },
    withdraw: { by: ['clerk'], from: ['waiting'], to: 'withdrawn' },
    lapse: { by: ['clock'], from: ['waiting'], to: 'lapsed', after: 'due', within: LATER_MS },
  },
});

export type VisitState = StateOf<typeof counterVisit>;
