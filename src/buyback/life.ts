/** The life of one buyback order (M2): who may do what, from which state, by when, and what money moves. */
import { ASK_AGAIN_MS, ASKS_MAX } from '#cards';
import { DAY, HOUR, MINUTE } from '#platform';
import { defineProcess, type StateOf, type TransitionOf } from '#process';

/** Between accepting the price and handing over the card. */
export const HAND_OVER_MS = 30 * MINUTE;
/** A verification that neither answered nor failed by then is looked at by a person. */
export const VERIFY_MS = 10 * MINUTE;
/** Issuers undo a re-issue for a day: both waits end before that, so that a card can still be given back. */
export const REVIEW_MS = 20 * HOUR;
export const REQUOTE_MS = 20 * HOUR;
/** Grades below V4 leave the card spendable by its seller, so the money waits this long in escrow. */
export const INSPECTION_MS = 2 * HOUR;
export const CASE_MS = 5 * DAY;
/** A case decides itself at its deadline; should that fail, the order does not wait for it. */
export const CASE_LATE_MS = 7 * DAY;
/** After the payout the recycler may still report a problem for this long. */
export const AFTER_SALE_MS = 7 * DAY;

const fromWallet = [{ do: 'hold', from: 'WALLET', to: 'ESCROW', amount: 'price' }] as const;
const freeHold = [{ do: 'release', from: 'WALLET', to: 'ESCROW', amount: 'price' }] as const;
const takeHold = [{ do: 'capture', from: 'WALLET', to: 'ESCROW', amount: 'price' }] as const;
const payOut = [
  { from: 'ESCROW', to: 'PAYABLE', amount: 'net' },
  { from: 'ESCROW', to: 'FEE', amount: 'fees' },
] as const;
const payPart = [
  { from: 'ESCROW', to: 'WALLET', amount: 'refund' },
  { from: 'ESCROW', to: 'PAYABLE', amount: 'keptNet' },
  { from: 'ESCROW', to: 'FEE', amount: 'keptFees' },
] as const;
const giveBack = [{ from: 'ESCROW', to: 'WALLET', amount: 'price' }] as const;
/** After settlement: from what the seller still has with us, else as a claim on the seller. */
const recover = [{ from: 'SELLER', to: 'WALLET', amount: 'refund' }] as const;

export const buyback = defineProcess({
  name: 'buyback',
  version: 1,
  initial: 'accepted',
  roles: ['seller', 'recycler', 'system', 'operator'],
  states: {
    accepted: { zh: '等您交卡', en: 'Waiting for the card' },
    submitted: { zh: '验卡中', en: 'Checking the card' },
    waiting_issuer: { zh: '发卡方暂时无应答', en: 'Waiting for the issuer' },
    manual_review: { zh: '人工核验中', en: 'Checked by a person' },
    requoted: { zh: '新报价待您确认', en: 'New quote for you' },
    verified: { zh: '验卡通过，货款已锁定', en: 'Card verified, money secured' },
    disputed: { zh: '核查中，仅冻结本单', en: 'Under review, this order only' },
    settled: { zh: '已入账，等待打款', en: 'Credited, payout on its way' },
    contested: { zh: '售后核查中', en: 'After-sale review' },
    closed: { zh: '已完成', en: 'Completed', terminal: true },
    cancelled: { zh: '已取消', en: 'Cancelled', terminal: true },
    returned: { zh: '卡已原样退回', en: 'Card returned intact', terminal: true },
    rejected: { zh: '未通过核验', en: 'Not accepted', terminal: true },
    refunded: { zh: '已退回收方', en: 'Refunded to the recycler', terminal: true },
  },
  opening: fromWallet,
  transitions: {
    submit: { by: ['seller'], from: ['accepted'], to: 'submitted' },
    cancel: { by: ['seller'], from: ['accepted'], to: 'cancelled', money: freeHold },
    /** Won at auction: the card was confirmed and locked before anybody bid, so it is paid in at once. */
    win: { by: ['system'], from: ['accepted'], to: 'verified', money: takeHold },
    lapse: {
      by: ['clock'],
      from: ['accepted'],
      to: 'cancelled',
      after: HAND_OVER_MS,
      money: freeHold,
    },
    wait: { by: ['system'], from: ['submitted'], to: 'waiting_issuer' },
    ask_again: {
      by: ['clock'],
      from: ['waiting_issuer'],
      to: 'submitted',
      after: ASK_AGAIN_MS,
      atMost: ASKS_MAX,
    },
    ask_no_more: {
      by: ['clock'],
      from: ['waiting_issuer'],
      to: 'manual_review',
      after: 2 * ASK_AGAIN_MS,
    },
    refer: { by: ['system'], from: ['submitted'], to: 'manual_review' },
    refer_late: { by: ['clock'], from: ['submitted'], to: 'manual_review', after: VERIFY_MS },
    pass: {
      by: ['system', 'operator'],
      from: ['submitted', 'manual_review'],
      to: 'verified',
      money: takeHold,
    },
    requote: {
      by: ['system', 'operator'],
      from: ['submitted', 'manual_review'],
      to: 'requoted',
      money: freeHold,
    },
    reject: {
      by: ['system', 'operator'],
      from: ['submitted', 'manual_review'],
      to: 'rejected',
      money: freeHold,
    },
    give_up: {
      by: ['clock'],
      from: ['manual_review'],
      to: 'returned',
      after: REVIEW_MS,
      money: freeHold,
    },
    // Nobody held the card while the seller thought it over: it is checked again, and locked, at the new price.
    accept_requote: {
      by: ['seller'],
      from: ['requoted'],
      to: 'submitted',
      money: [{ do: 'hold', from: 'WALLET', to: 'ESCROW', amount: 'price' }],
    },
    decline_requote: { by: ['seller'], from: ['requoted'], to: 'returned' },
    requote_lapse: { by: ['clock'], from: ['requoted'], to: 'returned', after: REQUOTE_MS },
    settle: {
      by: ['clock'],
      from: ['verified'],
      to: 'settled',
      after: 'due',
      within: INSPECTION_MS,
      money: payOut,
    },
    /** Somebody who may says that the card is bad, and the recycler has not seen it. */
    stop: { by: ['system'], from: ['verified'], to: 'refunded', money: giveBack },
    dispute: { by: ['operator', 'recycler'], from: ['verified'], to: 'disputed' },
    release: { by: ['operator', 'system'], from: ['disputed'], to: 'settled', money: payOut },
    release_late: {
      by: ['clock'],
      from: ['disputed'],
      to: 'settled',
      after: CASE_LATE_MS,
      money: payOut,
    },
    settle_part: { by: ['operator', 'system'], from: ['disputed'], to: 'settled', money: payPart },
    give_back: { by: ['operator', 'system'], from: ['disputed'], to: 'refunded', money: giveBack },
    contest: { by: ['operator', 'recycler'], from: ['settled'], to: 'contested' },
    uphold: { by: ['operator', 'system'], from: ['contested'], to: 'settled' },
    uphold_late: { by: ['clock'], from: ['contested'], to: 'settled', after: CASE_LATE_MS },
    claw_back: { by: ['operator', 'system'], from: ['contested'], to: 'closed', money: recover },
    close: { by: ['clock'], from: ['settled'], to: 'closed', after: AFTER_SALE_MS },
  },
  identities: {
    price: [
      ['net', 'fees'],
      ['refund', 'keptNet', 'keptFees'],
    ],
  },
  escrow: ['ESCROW'],
  escrowDaysMax: 25,
});

export type Transition = TransitionOf<typeof buyback>;
export type State = StateOf<typeof buyback>;
