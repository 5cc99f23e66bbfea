/** The life of a sale by re-issue: the issuer is asked, its word paid out on, or the money goes back when the window is over. */
import { ASK_AGAIN_MS } from '#cards';
import { DAY, HOUR, MINUTE } from '#platform';
import { defineProcess, type StateOf, type TransitionOf } from '#process';

/** The contract's own (REISSUE_WINDOW of ExchangeBase). */
export const REISSUE_WINDOW_MS = 3 * DAY;
/** Past the end on the chain's clock too. */
export const REFUND_LATER_MS = MINUTE;
/** A sale in the last second is read from the chain a little later. */
const READ_LATE_MS = HOUR;
export const WINDOW_MS_MAX = REISSUE_WINDOW_MS + REFUND_LATER_MS + READ_LATE_MS;
/** Longer than a transaction of the house is tried; it ends by its own outcome long before. */
const CONFIRM_LATE_MS = 4 * DAY;
/** Once an hour for thirty days. */
const REFUND_TRIES_MAX = 720;
/** After the money has moved an issuer that may have re-issued is asked this often, for thirty days. */
const RESOLVE_AGAIN_MS = 10 * MINUTE;
export const RESOLVE_MS = 30 * DAY;
/** So often the desk may have it asked for another thirty days. */
const ASKED_MORE_MAX = 24;
/** The term of limitation, year by year. */
const TERM_YEARS = 3;
const YEAR_MS = 365 * DAY;

export const reissueLife = defineProcess({
  name: 'reissue',
  version: 1,
  initial: 'asking',
  roles: ['system', 'operator'],
  states: {
    asking: {
      zh: '款已锁在合约，正在请发卡方换发',
      en: 'Paid into the contract, the issuer is asked',
    },
    confirming: { zh: '发卡方已换发，正在付款过户', en: 'Re-issued, being paid out on chain' },
    waiting: { zh: '没有换发成，到期退款', en: 'Not re-issued, paid back when the window is over' },
    refunding: { zh: '正在退款', en: 'Being paid back' },
    resolving: {
      zh: '款项已结，等发卡方说明哪个密码有效',
      en: 'Money settled, the issuer has yet to say which PIN is good',
    },
    sold: { zh: '已换发并成交', en: 'Re-issued and sold', terminal: true },
    kept: {
      zh: '卖方已收款，买方资格失效，卡由合约冻结保管',
      en: 'Seller paid, buyer not admitted, card frozen with the contract',
      terminal: true,
    },
    refunded: {
      zh: '已退款，卡仍归卖方',
      en: 'Paid back, the card stays the seller’s',
      terminal: true,
    },
    stuck: { zh: '退款未能上链，已报警', en: 'Not paid back on chain, raised', terminal: true },
    unresolved: {
      zh: '发卡方始终没有答复，卡已冻结',
      en: 'The issuer never answered, card frozen',
    },
    shelved: {
      zh: '三年没有答复，已归档',
      en: 'No answer in three years, put away',
      terminal: true,
    },
  },
  transitions: {
    ask_again: {
      by: ['clock'],
      from: ['asking'],
      to: 'asking',
      after: ASK_AGAIN_MS,
      atMost: REISSUE_WINDOW_MS / ASK_AGAIN_MS,
    },
    confirm: { by: ['system'], from: ['asking', 'refunding'], to: 'confirming' },
    give_up: { by: ['system'], from: ['asking', 'confirming'], to: 'waiting' },
    window_over: {
      by: ['clock'],
      from: ['asking', 'waiting'],
      to: 'refunding',
      after: 'due',
      within: WINDOW_MS_MAX,
    },
    confirm_late: { by: ['clock'], from: ['confirming'], to: 'refunding', after: CONFIRM_LATE_MS },
    refund_again: {
      by: ['clock'],
      from: ['refunding'],
      to: 'refunding',
      after: HOUR,
      atMost: REFUND_TRIES_MAX,
    },
    unrefunded: { by: ['clock'], from: ['refunding'], to: 'stuck', after: 2 * HOUR },
    sell: { by: ['system'], from: ['asking', 'confirming', 'waiting', 'refunding'], to: 'sold' },
    keep: { by: ['system'], from: ['asking', 'confirming', 'waiting', 'refunding'], to: 'kept' },
    pay_back: {
      by: ['system'],
      from: ['asking', 'confirming', 'waiting', 'refunding'],
      to: 'refunded',
    },
    /** The chain has ended it before the issuer's answer came here. */
    over_unknown: { by: ['system'], from: ['asking', 'refunding'], to: 'resolving' },
    resolve_again: {
      by: ['clock'],
      from: ['resolving'],
      to: 'resolving',
      after: RESOLVE_AGAIN_MS,
      atMost: (RESOLVE_MS / RESOLVE_AGAIN_MS) * (1 + ASKED_MORE_MAX),
    },
    resolve_refunded: { by: ['system'], from: ['resolving'], to: 'refunded' },
    resolve_sold: { by: ['system'], from: ['resolving'], to: 'sold' },
    resolve_kept: { by: ['system'], from: ['resolving'], to: 'kept' },
    never_told: {
      by: ['clock'],
      from: ['resolving'],
      to: 'unresolved',
      after: 'due',
      within: RESOLVE_MS,
    },
    ask_more: { by: ['operator'], from: ['unresolved'], to: 'resolving', atMost: ASKED_MORE_MAX },
    still_silent: {
      by: ['clock'],
      from: ['unresolved'],
      to: 'unresolved',
      after: YEAR_MS,
      atMost: TERM_YEARS - 1,
    },
    shelve: { by: ['clock'], from: ['unresolved'], to: 'shelved', after: YEAR_MS + DAY },
  },
});
export type ReissueState = StateOf<typeof reissueLife>;
export type ReissueTransition = TransitionOf<typeof reissueLife>;
/** While the price lies in the contract. */
export const HELD_STATES = ['asking', 'confirming', 'waiting', 'refunding'] as const;
