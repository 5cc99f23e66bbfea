/** The life of an auction on the chain: terms signed, running, settled by the house's clock, or fallen. */
import { DAY, HOUR, MINUTE } from '#platform';
import { defineProcess, type StateOf } from '#process';
import { ORDER_MS_MAX } from './life.ts';

/** What happened in the last second is read from the chain a little later. */
export const READ_MS = MINUTE;
/** A sealed auction has two windows of at most 14 days, an English one a single window and two hours more. */
const RUN_MS_MAX = 28 * DAY + 3 * HOUR;
const SETTLE_AGAIN_MS = 5 * MINUTE;
/** About a week; an emergency at the chain is over by then, or its own exit has been used. */
const SETTLE_TRIES_MAX = 2_000;

export const chainAuction = defineProcess({
  name: 'chain_auction',
  version: 1,
  initial: 'offered',
  roles: ['seller', 'system'],
  states: {
    offered: { zh: '条款已签名，等待开始', en: 'Terms signed, waiting to begin' },
    running: { zh: '链上拍卖中', en: 'Running on chain' },
    settling: { zh: '已到期，正在链上结算', en: 'Ended, being settled on chain' },
    sold: { zh: '已成交', en: 'Sold', terminal: true },
    unwound: { zh: '未成交，卡已还给卖方', en: 'No sale, the card is free again', terminal: true },
    cancelled: { zh: '已撤下', en: 'Taken down', terminal: true },
    void: { zh: '已失效', en: 'Void', terminal: true },
    lapsed: { zh: '无人出价，已过期', en: 'Nobody came, lapsed', terminal: true },
  },
  transitions: {
    cancel: { by: ['seller'], from: ['offered'], to: 'cancelled' },
    lapse: {
      by: ['clock'],
      from: ['offered'],
      to: 'lapsed',
      after: 'due',
      within: ORDER_MS_MAX + HOUR,
    },
    annul: { by: ['system'], from: ['offered'], to: 'void' },
    begin: { by: ['system'], from: ['offered'], to: 'running' },
    bid: { by: ['system'], from: ['running', 'settling'], to: 'running' },
    close: { by: ['clock'], from: ['running'], to: 'settling', after: 'due', within: RUN_MS_MAX },
    settle_again: {
      by: ['clock'],
      from: ['settling'],
      to: 'settling',
      after: SETTLE_AGAIN_MS,
      atMost: SETTLE_TRIES_MAX,
    },
    unsettled: { by: ['clock'], from: ['settling'], to: 'void', after: HOUR },
    settle: { by: ['system'], from: ['offered', 'running', 'settling'], to: 'sold' },
    unwind: { by: ['system'], from: ['running', 'settling'], to: 'unwound' },
  },
});
export type ChainAuctionState = StateOf<typeof chainAuction>;
