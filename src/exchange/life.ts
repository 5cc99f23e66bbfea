/** The lives on the exchange: a tokenised card, a signed order, a transaction that the house sends. */
import { ASK_AGAIN_MS, ASKS_MAX } from '#cards';
import { DAY, HOUR, MINUTE, SECOND } from '#platform';
import { defineProcess, type StateOf, type TransitionOf } from '#process';

/** An attestation lives for a day at most; an hour later nobody can mint by it any more. */
export const ATTEST_MS = DAY;
const MINT_LATE_MS = ATTEST_MS + HOUR;
/** A card without a last day stays on the chain for ten years, a frozen or unfetched one for three: the term of limitation. */
const YEAR_MS = 365 * DAY;
const YEARS_MAX = 10;
const TERM_YEARS = 3;
const OVER_MS = YEAR_MS + DAY;

export const tokenLife = defineProcess({
  name: 'token',
  version: 1,
  initial: 'checking',
  roles: ['holder', 'system', 'operator'],
  states: {
    checking: { zh: '验卡中', en: 'Checking the card' },
    minting: { zh: '正在上链', en: 'Going on chain' },
    on_chain: { zh: '已上链', en: 'On chain' },
    frozen: { zh: '已冻结', en: 'Frozen' },
    burnt: { zh: '已销毁凭证，可取卡密', en: 'Burnt, the secret can be fetched' },
    opened: { zh: '卡密已取出', en: 'Secret fetched', terminal: true },
    turned_down: {
      zh: '未能上链，卡已退回',
      en: 'Not brought on chain, card given back',
      terminal: true,
    },
    expired: { zh: '卡已到期', en: 'Expired', terminal: true },
  },
  transitions: {
    admit: { by: ['system'], from: ['checking'], to: 'minting' },
    ask_again: {
      by: ['clock'],
      from: ['checking'],
      to: 'checking',
      after: ASK_AGAIN_MS,
      atMost: ASKS_MAX,
    },
    unanswered: { by: ['clock'], from: ['checking'], to: 'turned_down', after: 2 * ASK_AGAIN_MS },
    turn_down: { by: ['system'], from: ['checking', 'minting'], to: 'turned_down' },
    mint_late: { by: ['clock'], from: ['minting'], to: 'turned_down', after: MINT_LATE_MS },
    mint: { by: ['system'], from: ['minting'], to: 'on_chain' },
    freeze: { by: ['system', 'operator'], from: ['on_chain'], to: 'frozen' },
    unfreeze: { by: ['system', 'operator'], from: ['frozen'], to: 'on_chain' },
    burn: { by: ['system'], from: ['on_chain', 'frozen'], to: 'burnt' },
    open: { by: ['holder'], from: ['burnt'], to: 'opened' },
    another_year: {
      by: ['clock'],
      from: ['on_chain'],
      to: 'on_chain',
      after: YEAR_MS,
      atMost: YEARS_MAX,
    },
    still_frozen: {
      by: ['clock'],
      from: ['frozen'],
      to: 'frozen',
      after: YEAR_MS,
      atMost: TERM_YEARS,
    },
    expire: {
      by: ['system', 'clock'],
      from: ['on_chain', 'frozen'],
      to: 'expired',
      after: OVER_MS,
    },
    still_unopened: {
      by: ['clock'],
      from: ['burnt'],
      to: 'burnt',
      after: YEAR_MS,
      atMost: TERM_YEARS,
    },
    unopened: { by: ['clock'], from: ['burnt'], to: 'expired', after: OVER_MS },
  },
});
export type TokenState = StateOf<typeof tokenLife>;
export type TokenTransition = TransitionOf<typeof tokenLife>;

export const ORDER_MS_MAX = 90 * DAY;
/** Longer than a transaction of the house is tried; it ends by its own outcome long before. */
const FILL_LATE_MS = 4 * DAY;
/** The contract's three days, and the days in which a refund is tried; what comes of it is told by the re-issue itself. */
const HOLD_LATE_MS = 10 * DAY;

export const signedOrder = defineProcess({
  name: 'signed_order',
  version: 1,
  initial: 'open',
  roles: ['maker', 'taker', 'system'],
  states: {
    open: { zh: '挂单中', en: 'Open' },
    filling: { zh: '成交上链中', en: 'Being settled on chain' },
    held: { zh: '款已锁进合约', en: 'Paid into the contract' },
    filled: { zh: '已成交', en: 'Filled', terminal: true },
    refunded: { zh: '换发未成，已退款', en: 'Re-issue failed, paid back', terminal: true },
    cancelled: { zh: '已撤单', en: 'Cancelled', terminal: true },
    void: { zh: '已失效', en: 'Void', terminal: true },
    lapsed: { zh: '已过期', en: 'Lapsed', terminal: true },
  },
  transitions: {
    take: { by: ['taker'], from: ['open'], to: 'filling', atMost: 20 },
    settle: { by: ['system'], from: ['open', 'filling', 'held'], to: 'filled' },
    hold: { by: ['system'], from: ['open', 'filling'], to: 'held' },
    pay_back: { by: ['system'], from: ['held'], to: 'refunded' },
    hold_late: { by: ['clock'], from: ['held'], to: 'void', after: HOLD_LATE_MS },
    put_back: { by: ['system'], from: ['filling'], to: 'open' },
    cancel: { by: ['maker'], from: ['open'], to: 'cancelled' },
    annul: { by: ['system'], from: ['open', 'filling'], to: 'void' },
    lapse: { by: ['clock'], from: ['open'], to: 'lapsed', after: 'due', within: ORDER_MS_MAX },
    fill_late: { by: ['clock'], from: ['filling'], to: 'void', after: FILL_LATE_MS },
  },
});
export type OrderState = StateOf<typeof signedOrder>;
export type OrderTransition = TransitionOf<typeof signedOrder>;

export const LOOK_MS_MIN = 2 * SECOND;
export const LOOK_MS_MAX = 10 * MINUTE;
/** With waits that double up to ten minutes, about two days. */
const LOOKS_MAX = 320;

export const relayLife = defineProcess({
  name: 'relay',
  version: 1,
  initial: 'waiting',
  roles: ['system'],
  states: {
    waiting: { zh: '待发送', en: 'Waiting to be sent' },
    sent: { zh: '已发送，待上链', en: 'Sent, waiting to be mined' },
    mined: { zh: '已上链', en: 'Mined', terminal: true },
    reverted: { zh: '链上执行失败', en: 'Reverted', terminal: true },
    refused: { zh: '未发送：合约不接受', en: 'Not sent: the contract says no', terminal: true },
    lost: { zh: '长时间未上链', en: 'Lost', terminal: true },
  },
  transitions: {
    send: { by: ['system'], from: ['waiting'], to: 'sent' },
    refuse: { by: ['system'], from: ['waiting'], to: 'refused' },
    try_again: {
      by: ['clock'],
      from: ['waiting'],
      to: 'waiting',
      after: 'due',
      within: LOOK_MS_MAX,
      atMost: LOOKS_MAX,
    },
    look: {
      by: ['clock'],
      from: ['sent'],
      to: 'sent',
      after: 'due',
      within: LOOK_MS_MAX,
      atMost: LOOKS_MAX,
    },
    mine: { by: ['system'], from: ['sent'], to: 'mined' },
    revert: { by: ['system'], from: ['sent'], to: 'reverted' },
    give_up: { by: ['clock', 'system'], from: ['waiting'], to: 'refused', after: 2 * LOOK_MS_MAX },
    lose: { by: ['clock', 'system'], from: ['sent'], to: 'lost', after: 2 * LOOK_MS_MAX },
  },
});
export type RelayState = StateOf<typeof relayLife>;

/** An invitation that nobody takes up ends by itself. */
const INVITED_MS = 7 * DAY;
export const ASSIGN_PAY_MS = 30 * MINUTE;
/** So long may the issuer take to be told, before the buyer's money goes back. */
const NOTICE_LATE_MS = 3 * DAY;
/** The buyer has the right to the secret; one who does not fetch it has accepted after so long. */
const UNFETCHED_MS = 5 * DAY;

const giveBack = [{ from: 'ESCROW', to: 'BUYER', amount: 'price' }] as const;
const payOver = [
  { from: 'ESCROW', to: 'PAYABLE', amount: 'net' },
  { from: 'ESCROW', to: 'FEE', amount: 'fee' },
] as const;

export const assignmentLife = defineProcess({
  name: 'assignment',
  version: 1,
  initial: 'checking',
  roles: ['seller', 'buyer', 'system'],
  states: {
    checking: { zh: '验卡中', en: 'Checking the card' },
    attested: { zh: '已出具验真证书，等受让人同意', en: 'Attested, waiting for the assignee' },
    agreed: { zh: '已达成转让，等付款', en: 'Agreed, waiting for payment' },
    paid: { zh: '款已托管，正在通知发卡方', en: 'Paid into escrow, the issuer is being told' },
    noticed: {
      zh: '通知已送达，受让人可取卡密',
      en: 'Notice given, the assignee may fetch the secret',
    },
    settled: { zh: '已完成', en: 'Settled', terminal: true },
    refunded: { zh: '已退款', en: 'Refunded', terminal: true },
    withdrawn: { zh: '已撤回', en: 'Withdrawn', terminal: true },
    turned_down: { zh: '验卡未通过，卡已退回', en: 'Turned down, card given back', terminal: true },
  },
  transitions: {
    attest: { by: ['system'], from: ['checking'], to: 'attested' },
    ask_again: {
      by: ['clock'],
      from: ['checking'],
      to: 'checking',
      after: ASK_AGAIN_MS,
      atMost: ASKS_MAX,
    },
    unanswered: { by: ['clock'], from: ['checking'], to: 'turned_down', after: 2 * ASK_AGAIN_MS },
    turn_down: { by: ['system'], from: ['checking'], to: 'turned_down' },
    agree: { by: ['buyer'], from: ['attested'], to: 'agreed', atMost: 20 },
    withdraw: { by: ['seller', 'system'], from: ['attested'], to: 'withdrawn' },
    lapse: { by: ['clock'], from: ['attested'], to: 'withdrawn', after: INVITED_MS },
    pay: {
      by: ['system'],
      from: ['agreed'],
      to: 'paid',
      money: [{ from: 'BUYER_IN', to: 'ESCROW', amount: 'price' }],
    },
    pay_late: { by: ['system', 'clock'], from: ['agreed'], to: 'attested', after: ASSIGN_PAY_MS },
    notice: { by: ['system'], from: ['paid'], to: 'noticed' },
    fail: { by: ['system'], from: ['paid', 'noticed'], to: 'refunded', money: giveBack },
    notice_again: {
      by: ['clock'],
      from: ['paid'],
      to: 'paid',
      after: ASK_AGAIN_MS,
      atMost: ASKS_MAX,
    },
    notice_late: {
      by: ['clock'],
      from: ['paid'],
      to: 'refunded',
      after: NOTICE_LATE_MS,
      money: giveBack,
    },
    settle: {
      by: ['buyer', 'clock'],
      from: ['noticed'],
      to: 'settled',
      after: UNFETCHED_MS,
      money: payOver,
    },
  },
  identities: { price: ['net', 'fee'] },
  escrow: ['ESCROW'],
  escrowDaysMax: 10,
});
export type AssignmentState = StateOf<typeof assignmentLife>;
