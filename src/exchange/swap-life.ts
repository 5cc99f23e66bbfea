/** The life of a swap, card for card: open until the other side accepts or refuses, withdrawn, void or lapsed. */
import { defineProcess, type StateOf } from '#process';
import { BID_MS_MAX, FILL_LATE_MS } from './bid-life.ts';

/** As long as a bid may stand. */
export const SWAP_MS_MAX = BID_MS_MAX;
const ACCEPTS_MAX = 20;

export const swapLife = defineProcess({
  name: 'swap',
  version: 1,
  initial: 'open',
  roles: ['maker', 'taker', 'system'],
  states: {
    open: { zh: '等对方答复', en: 'Waiting for the other side' },
    filling: { zh: '对方已接受，换卡上链中', en: 'Accepted, being settled on chain' },
    swapped: { zh: '已换卡', en: 'Swapped', terminal: true },
    withdrawn: { zh: '已撤回', en: 'Withdrawn', terminal: true },
    refused: { zh: '对方已婉拒', en: 'Refused', terminal: true },
    void: { zh: '已失效', en: 'Void', terminal: true },
    lapsed: { zh: '已过期', en: 'Lapsed', terminal: true },
  },
  transitions: {
    accept: { by: ['taker'], from: ['open'], to: 'filling', atMost: ACCEPTS_MAX },
    settle: { by: ['system'], from: ['open', 'filling'], to: 'swapped' },
    put_back: { by: ['system'], from: ['filling'], to: 'open' },
    withdraw: { by: ['maker'], from: ['open'], to: 'withdrawn' },
    refuse: { by: ['taker'], from: ['open'], to: 'refused' },
    annul: { by: ['system'], from: ['open', 'filling'], to: 'void' },
    lapse: { by: ['clock'], from: ['open'], to: 'lapsed', after: 'due', within: SWAP_MS_MAX },
    fill_late: { by: ['clock'], from: ['filling'], to: 'void', after: FILL_LATE_MS },
  },
});
export type SwapState = StateOf<typeof swapLife>;
