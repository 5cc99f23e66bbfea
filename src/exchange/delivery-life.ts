/** The life of a delivery against payment: bid, delivered, looked at, paid out for good or paid back. */
import { DAY, HOUR } from '#platform';
import { defineProcess, type StateOf } from '#process';

/** The longest bid. Its money stays in the wallet until the seller delivers, so nothing has to be given back. */
export const DELIVERY_BID_MS_MAX = 7 * DAY;
/** A delivery in the last second of a bid is read from the chain a little later. */
export const READ_LATE_MS = HOUR;
/** The contract's window for a proof (CLAIM_WINDOW of ExchangeBase). */
export const CLAIM_MS = 3 * DAY;
const RELEASE_TRIES_MAX = 72;

export const deliveryLife = defineProcess({
  name: 'delivery',
  version: 1,
  initial: 'offered',
  roles: ['buyer', 'system'],
  states: {
    offered: { zh: '已出价，等卖方交付', en: 'Bid, waiting for the seller to deliver' },
    delivered: { zh: '已交付，验收期内', en: 'Delivered, the buyer may check it' },
    releasing: { zh: '验收期已过，正在退还押金', en: 'Window over, the bond is being freed' },
    closed: { zh: '已完成', en: 'Closed', terminal: true },
    refunded: {
      zh: '错误交付已证明，已赔付',
      en: 'Wrong delivery proven, paid back',
      terminal: true,
    },
    void: { zh: '已失效', en: 'Void', terminal: true },
    lapsed: { zh: '卖方未交付，出价已过期', en: 'Not delivered, the bid lapsed', terminal: true },
  },
  transitions: {
    deliver: { by: ['system'], from: ['offered'], to: 'delivered' },
    annul: { by: ['system'], from: ['offered'], to: 'void' },
    lapse: {
      by: ['clock'],
      from: ['offered'],
      to: 'lapsed',
      after: 'due',
      within: DELIVERY_BID_MS_MAX + READ_LATE_MS,
    },
    prove: { by: ['system'], from: ['delivered', 'releasing'], to: 'refunded' },
    window_over: {
      by: ['clock'],
      from: ['delivered'],
      to: 'releasing',
      after: 'due',
      within: CLAIM_MS + READ_LATE_MS,
    },
    close: { by: ['system'], from: ['delivered', 'releasing'], to: 'closed' },
    release_again: {
      by: ['clock'],
      from: ['releasing'],
      to: 'releasing',
      after: HOUR,
      atMost: RELEASE_TRIES_MAX,
    },
    unreleased: { by: ['clock'], from: ['releasing'], to: 'closed', after: 2 * HOUR },
  },
});
export type DeliveryState = StateOf<typeof deliveryLife>;
