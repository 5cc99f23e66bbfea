/** The lives of bulk lots (M5): the lot until its parts are awarded, the deal over one part, the tranche and its money. */
import { DAY, HOUR } from '#platform';
import { defineProcess, type StateOf, type TransitionOf } from '#process';

/** Sealed bids come in for so long at most. */
export const OPEN_DAYS_MAX = 7;
export const OPEN_MS_MIN = HOUR;
/** Both sides sign within this time. */
export const SIGN_MS = 3 * DAY;
/** The buyer says within this time which cards fail; silence accepts. */
export const REPORT_MS = 2 * DAY;
export const DECIDE_MS = 3 * DAY;
/** The hold-back stays so long after the report. */
export const BACK_MS = 7 * DAY;
/** A tranche that is not delivered by then, counted from the award, is not delivered any more. */
const RESERVED_MS = 18 * DAY;
const PAUSE_MS = 3 * DAY;

export const lotProcess = defineProcess({
  name: 'lot',
  version: 1,
  initial: 'draft',
  roles: ['seller', 'system', 'operator'],
  states: {
    draft: { zh: '待上传', en: 'Waiting for the file' },
    validating: { zh: '导入中', en: 'Importing' },
    papers: { zh: '待提交材料', en: 'Waiting for the papers' },
    kyb_pending: { zh: '材料审核中', en: 'Papers under review' },
    checking: { zh: '逐张验卡中', en: 'Checking every card' },
    sampling: { zh: '抽检中', en: 'Sampling' },
    ready: { zh: '待开放报价', en: 'Ready to open' },
    open: { zh: '报价中', en: 'Open for bids' },
    choosing: { zh: '待定标', en: 'Choosing' },
    awarded: { zh: '履约中', en: 'Awarded' },
    closed: { zh: '已结束', en: 'Closed', terminal: true },
    withdrawn: { zh: '已撤回，卡已退回', en: 'Withdrawn, cards returned', terminal: true },
    terminated: { zh: '未通过，卡已退回', en: 'Ended, cards returned', terminal: true },
  },
  transitions: {
    upload: { by: ['seller'], from: ['draft'], to: 'validating' },
    import: { by: ['system'], from: ['validating'], to: 'papers' },
    refuse: { by: ['system', 'clock'], from: ['validating'], to: 'draft', after: 6 * HOUR },
    /** All cards go back, and a better file comes. */
    again: { by: ['seller'], from: ['papers'], to: 'draft' },
    submit: { by: ['seller'], from: ['papers'], to: 'kyb_pending' },
    approve: { by: ['operator'], from: ['kyb_pending'], to: 'checking' },
    send_back: { by: ['operator'], from: ['kyb_pending'], to: 'papers' },
    check: { by: ['system'], from: ['checking'], to: 'sampling' },
    pass: { by: ['operator'], from: ['sampling'], to: 'ready' },
    open: { by: ['seller'], from: ['ready'], to: 'open' },
    close: {
      by: ['clock'],
      from: ['open'],
      to: 'choosing',
      after: 'due',
      within: OPEN_DAYS_MAX * DAY,
    },
    award: { by: ['seller', 'system'], from: ['choosing'], to: 'awarded' },
    /** Nobody bid, or the seller takes none of the bids. */
    decline: { by: ['seller', 'system', 'clock'], from: ['choosing'], to: 'withdrawn', after: DAY },
    finish: { by: ['system', 'clock'], from: ['awarded'], to: 'closed', after: 60 * DAY },
    withdraw: {
      by: ['seller', 'clock'],
      from: ['draft', 'papers', 'ready'],
      to: 'withdrawn',
      after: 14 * DAY,
    },
    /** Before the first bid only. */
    take_back: { by: ['seller'], from: ['open'], to: 'withdrawn' },
    stop: {
      by: ['operator', 'system', 'clock'],
      from: ['kyb_pending', 'checking', 'sampling'],
      to: 'terminated',
      after: 5 * DAY,
    },
  },
});

export const dealProcess = defineProcess({
  name: 'lot_deal',
  version: 1,
  initial: 'contracting',
  roles: ['seller', 'buyer', 'system', 'operator'],
  states: {
    contracting: { zh: '待双方签约', en: 'Waiting for both sides to sign' },
    delivering: { zh: '分批交付中', en: 'Delivering in tranches' },
    paused: { zh: '坏卡过多，已暂停', en: 'Paused: too many cards failed' },
    settled: { zh: '已结清', en: 'Settled', terminal: true },
    lapsed: { zh: '未签约，已失效', en: 'Not signed, lapsed', terminal: true },
    stopped: { zh: '已中止，余下退回', en: 'Stopped, the rest returned', terminal: true },
  },
  transitions: {
    sign: { by: ['seller', 'buyer'], from: ['contracting'], to: 'contracting' },
    contract: { by: ['seller', 'buyer'], from: ['contracting'], to: 'delivering' },
    lapse: { by: ['clock'], from: ['contracting'], to: 'lapsed', after: 'due', within: SIGN_MS },
    pause: { by: ['system'], from: ['delivering'], to: 'paused' },
    resume: { by: ['buyer'], from: ['paused'], to: 'delivering' },
    stop: {
      by: ['seller', 'buyer', 'operator', 'clock'],
      from: ['paused'],
      to: 'stopped',
      after: PAUSE_MS,
    },
    settle: { by: ['system'], from: ['delivering'], to: 'settled' },
    /** Something of ours hangs: what is not delivered goes back. */
    expire: { by: ['clock'], from: ['delivering'], to: 'stopped', after: 40 * DAY },
  },
});

/** The price is held from the award, captured at delivery; what nobody disputes is paid at the report, less the hold-back. */
export const trancheProcess = defineProcess({
  name: 'lot_tranche',
  version: 1,
  initial: 'reserved',
  roles: ['seller', 'buyer', 'system', 'operator'],
  states: {
    reserved: { zh: '货款已冻结', en: 'Its money is held' },
    delivered: { zh: '已交付，待验收', en: 'Delivered, waiting for the report' },
    disputed: { zh: '坏卡待处理', en: 'Failing cards to be decided' },
    kept: { zh: '已付款，留有尾款', en: 'Paid, less the hold-back' },
    late_disputed: { zh: '尾款期坏卡待处理', en: 'Late failing cards to be decided' },
    settled: { zh: '已结清', en: 'Settled', terminal: true },
    cancelled: { zh: '已取消，货款解冻', en: 'Cancelled, its money is free', terminal: true },
  },
  transitions: {
    deliver: { by: ['system'], from: ['reserved'], to: 'delivered', money: [{ do: 'capture' }] },
    cancel: {
      by: ['system', 'clock'],
      from: ['reserved'],
      to: 'cancelled',
      money: [{ do: 'release' }],
      after: RESERVED_MS,
    },
    accept: {
      by: ['buyer', 'clock'],
      from: ['delivered'],
      to: 'kept',
      after: REPORT_MS,
      money: [
        { from: 'ESCROW', to: 'SELLER', amount: 'all_net' },
        { from: 'ESCROW', to: 'FEE', amount: 'all_fee' },
      ],
    },
    /** Cards that were handed over late: the time to look begins again. */
    look_anew: { by: ['system'], from: ['delivered'], to: 'delivered', atMost: 5 },
    /** By the system: of cards that a notice stopped before the buyer looked. */
    report: {
      by: ['buyer', 'system'],
      from: ['delivered'],
      to: 'disputed',
      money: [
        { from: 'ESCROW', to: 'SELLER', amount: 'good_net' },
        { from: 'ESCROW', to: 'FEE', amount: 'good_fee' },
      ],
    },
    decide: {
      by: ['seller', 'operator', 'clock'],
      from: ['disputed'],
      to: 'kept',
      after: DECIDE_MS,
      money: [
        { from: 'ESCROW', to: 'BUYER', amount: 'refund' },
        { from: 'ESCROW', to: 'SELLER', amount: 'upheld_net' },
        { from: 'ESCROW', to: 'FEE', amount: 'upheld_fee' },
      ],
    },
    report_late: { by: ['buyer'], from: ['kept'], to: 'late_disputed' },
    release: {
      by: ['clock'],
      from: ['kept'],
      to: 'settled',
      after: BACK_MS,
      money: [
        { from: 'ESCROW', to: 'SELLER', amount: 'back_net' },
        { from: 'ESCROW', to: 'FEE', amount: 'back_fee' },
      ],
    },
    decide_late: {
      by: ['seller', 'operator', 'clock'],
      from: ['late_disputed'],
      to: 'settled',
      after: DECIDE_MS,
      money: [
        { from: 'ESCROW', to: 'BUYER', amount: 'late_refund' },
        { from: 'ESCROW', to: 'SELLER', amount: 'late_net' },
        { from: 'ESCROW', to: 'FEE', amount: 'late_fee' },
      ],
    },
  },
  opening: [{ do: 'hold', from: 'WALLET', to: 'ESCROW', amount: 'price' }],
  identities: {
    price: [
      ['all_net', 'all_fee', 'back'],
      ['good_net', 'good_fee', 'failing', 'back'],
    ],
    failing: ['refund', 'upheld_net', 'upheld_fee'],
    back: [
      ['back_net', 'back_fee'],
      ['late_refund', 'late_net', 'late_fee'],
    ],
  },
  escrow: ['ESCROW'],
  escrowDaysMax: 25,
});

export type LotState = StateOf<typeof lotProcess>;
export type LotTransition = TransitionOf<typeof lotProcess>;
export type DealState = StateOf<typeof dealProcess>;
export type TrancheState = StateOf<typeof trancheProcess>;
