/** The life of a bid on a card that somebody else holds: open until its owner accepts it, withdrawn, void or lapsed. */
import { DAY } from '#platform';
import { defineProcess, type StateOf } from '#process';

/** The longest bid. Its money stays in the wallet, so nothing has to be given back. */
export const BID_MS_MAX = 30 * DAY;
/** Longer than a transaction of the house is tried; it ends by its own outcome long before. */
export const FILL_LATE_MS = 4 * DAY;
const ACCEPTS_MAX = 20;

export const bidLife = defineProcess({
  name: 'bid_on_chain',
  version: 1,
  initial: 'open',
  roles: ['bidder', 'owner', 'system'],
  states: {
    open: { zh: '出价有效', en: 'Open' },
    filling: { zh: '卖方已接受，成交上链中', en: 'Accepted, being settled on chain' },
    filled: { zh: '已成交', en: 'Filled', terminal: true },
    withdrawn: { zh: '已撤回', en: 'Withdrawn', terminal: true },
    void: { zh: '已失效', en: 'Void', terminal: true },
    lapsed: { zh: '已过期', en: 'Lapsed', terminal: true },
  },
  transitions: {
    accept: { by: ['owner'], from: ['open'], to: 'filling', atMost: ACCEPTS_MAX },
    settle: { by: ['system'], from: ['open', 'filling'], to: 'filled' },
    put_back: { by: ['system'], from: ['filling'], to: 'open' },
    withdraw: { by: ['bidder'], from: ['open'], to: 'withdrawn' },
    annul: { by: ['system'], from: ['open', 'filling'], to: 'void' },
    lapse: { by: ['clock'], from: ['open'], to: 'lapsed', after: 'due', within: BID_MS_MAX },
    fill_late: { by: ['clock'], from: ['filling'], to: 'void', after: FILL_LATE_MS },
  },
});
export type BidState = StateOf<typeof bidLife>;
