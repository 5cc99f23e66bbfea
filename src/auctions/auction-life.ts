/**
 * The life of one auction (M4): one shell for the five formats; what differs is how it is bid in and cleared. It moves
 * no money but bonds: a card that is paid for is an order, and settles as every order does.
 */
import { DAY, MINUTE } from '#platform';
import { defineProcess, type StateOf, type TransitionOf } from '#process';

/** The issuer has so long to confirm and lock the card. */
export const CHECK_MS = 30 * MINUTE;
/** From the end of sealed bidding until every envelope must be open. */
export const REVEAL_MS = 10 * MINUTE;
/** A winner who has not paid by then loses the bond. */
export const FUND_MS = 30 * MINUTE;
/** A seller has so long to say yes to the platform's own price. */
export const OFFER_MS = DAY;
export const LEAD_DAYS_MAX = 7;
/** An auction is open for so long at most, extensions not counted. */
export const OPEN_DAYS_MAX = 7;

/** A card of the batch goes back into the next round so often when its buyer does not pay. */
export const REJOIN_MAX = 10;

export const auctionProcess = defineProcess({
  name: 'auction',
  version: 1,
  initial: 'draft',
  roles: ['seller', 'recycler', 'system', 'operator'],
  states: {
    draft: { zh: '验卡中', en: 'Checking the card' },
    scheduled: { zh: '待开始', en: 'Scheduled' },
    open: { zh: '竞价中', en: 'Open' },
    closing: { zh: '开标中', en: 'Opening the bids' },
    cleared: { zh: '已出结果', en: 'Cleared' },
    awaiting_settlement: { zh: '等待中标方付款', en: 'Waiting for the winner to pay' },
    offered: { zh: '未成交，自营报价待答复', en: 'Unsold, our own price offered' },
    settled: { zh: '已成交', en: 'Settled', terminal: true },
    unsold: { zh: '未成交，卡已退回', en: 'Unsold, card returned', terminal: true },
    withdrawn: { zh: '卖家已撤回', en: 'Withdrawn by the seller', terminal: true },
    failed: { zh: '未能进行，卡已退回', en: 'Failed, card returned', terminal: true },
  },
  transitions: {
    schedule: { by: ['system'], from: ['draft'], to: 'scheduled' },
    check_late: { by: ['clock'], from: ['draft'], to: 'failed', after: CHECK_MS },
    open: {
      by: ['clock'],
      from: ['scheduled'],
      to: 'open',
      after: 'due',
      within: LEAD_DAYS_MAX * DAY,
    },
    extend: { by: ['system'], from: ['open'], to: 'open', atMost: 10 },
    close: {
      by: ['clock'],
      from: ['open'],
      to: 'closing',
      after: 'due',
      within: OPEN_DAYS_MAX * DAY,
    },
    take: { by: ['recycler'], from: ['open'], to: 'settled' },
    match: { by: ['system'], from: ['open'], to: 'cleared' },
    clear: { by: ['clock'], from: ['closing'], to: 'cleared', after: 'due', within: REVEAL_MS },
    award: { by: ['system'], from: ['cleared'], to: 'awaiting_settlement' },
    no_sale: {
      by: ['system', 'clock'],
      from: ['cleared'],
      to: 'unsold',
      after: 5 * MINUTE,
    },
    fund: { by: ['recycler', 'system'], from: ['awaiting_settlement'], to: 'settled' },
    default: {
      by: ['clock'],
      from: ['awaiting_settlement'],
      to: 'cleared',
      after: FUND_MS,
      atMost: 1,
    },
    give_up: {
      by: ['clock'],
      from: ['awaiting_settlement'],
      to: 'cleared',
      after: FUND_MS + MINUTE,
    },
    rejoin: { by: ['system'], from: ['cleared'], to: 'open', atMost: REJOIN_MAX },
    offer: { by: ['system'], from: ['cleared'], to: 'offered' },
    accept_offer: { by: ['seller'], from: ['offered'], to: 'settled' },
    decline_offer: { by: ['seller'], from: ['offered'], to: 'unsold' },
    offer_lapses: { by: ['clock'], from: ['offered'], to: 'unsold', after: OFFER_MS },
    withdraw: { by: ['seller'], from: ['draft', 'scheduled', 'open'], to: 'withdrawn' },
    fail: {
      by: ['operator', 'system'],
      from: ['draft', 'scheduled', 'open', 'closing', 'cleared', 'awaiting_settlement', 'offered'],
      to: 'failed',
    },
  },
});

export type AuctionState = StateOf<typeof auctionProcess>;
export type AuctionTransition = TransitionOf<typeof auctionProcess>;
