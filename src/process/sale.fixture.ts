/** A small life cycle with every kind of row, for the tests of the kernel. */
import { DAY, HOUR, MINUTE } from '#platform';
import { defineProcess } from './define.ts';

const toSeller = [
  { from: 'ESCROW', to: 'PAYABLE', amount: 'net' },
  { from: 'ESCROW', to: 'FEE', amount: 'fees' },
] as const;
const toBuyer = [{ from: 'ESCROW', to: 'WALLET', amount: 'price' }] as const;

export const sale = defineProcess({
  name: 'sale',
  version: 1,
  initial: 'placed',
  roles: ['buyer', 'seller', 'operator'],
  states: {
    placed: { zh: '已下单', en: 'placed' },
    paid: { zh: '已付款', en: 'paid' },
    delivered: { zh: '已发卡', en: 'delivered' },
    disputed: { zh: '争议中', en: 'disputed' },
    released: { zh: '已放款', en: 'released', terminal: true },
    refunded: { zh: '已退款', en: 'refunded', terminal: true },
    shared: { zh: '部分退款', en: 'shared', terminal: true },
    cancelled: { zh: '已取消', en: 'cancelled', terminal: true },
  },
  opening: [{ do: 'hold', from: 'WALLET', to: 'ESCROW', amount: 'price' }],
  transitions: {
    pay: { by: ['buyer'], from: ['placed'], to: 'paid', money: [{ do: 'capture' }] },
    cancel: { by: ['buyer'], from: ['placed'], to: 'cancelled', money: [{ do: 'release' }] },
    lapse: {
      by: ['clock'],
      from: ['placed'],
      to: 'cancelled',
      after: 15 * MINUTE,
      money: [{ do: 'release' }],
    },
    deliver: { by: ['seller'], from: ['paid'], to: 'delivered' },
    give_up: { by: ['clock'], from: ['paid'], to: 'refunded', after: 2 * DAY, money: toBuyer },
    remind: { by: ['clock'], from: ['delivered'], to: 'delivered', after: 6 * HOUR, atMost: 2 },
    confirm: {
      by: ['buyer', 'clock'],
      from: ['delivered'],
      to: 'released',
      after: DAY,
      money: toSeller,
    },
    dispute: { by: ['buyer'], from: ['delivered'], to: 'disputed' },
    give: { by: ['operator'], from: ['disputed'], to: 'released', money: toSeller },
    refund: {
      by: ['operator', 'clock'],
      from: ['disputed'],
      to: 'refunded',
      after: 'due',
      within: 12 * DAY,
      money: toBuyer,
    },
    split: {
      by: ['operator'],
      from: ['disputed'],
      to: 'shared',
      money: [
        { from: 'ESCROW', to: 'WALLET', amount: 'back' },
        { from: 'ESCROW', to: 'PAYABLE', amount: 'kept' },
        { from: 'ESCROW', to: 'FEE', amount: 'fees' },
      ],
    },
  },
  identities: {
    price: [
      ['net', 'fees'],
      ['back', 'kept', 'fees'],
    ],
  },
  escrow: ['ESCROW'],
});
