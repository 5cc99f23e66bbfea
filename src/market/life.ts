/** The lives of a listing, an order and an offer on the market (M3): who may do what, by when, moving what money. */
import { ASK_AGAIN_MS, ASKS_MAX } from '#cards';
import { DAY, HOUR, MINUTE } from '#platform';
import { defineProcess, type StateOf, type TransitionOf } from '#process';

/** A draft that nobody publishes is put away. */
const DRAFT_MS = 7 * DAY;
/** The longest a listing stays up; a card that expires earlier ends it earlier. */
export const LISTED_MS = 90 * DAY;
const PUT_AWAY_MS = 30 * DAY;
/** Longer than any order may take, so that only an order that got lost ends a reservation by time. */
const RESERVED_MS = 40 * DAY;

export const listing = defineProcess({
  name: 'listing',
  version: 1,
  initial: 'draft',
  roles: ['seller', 'buyer', 'system', 'operator'],
  states: {
    draft: { zh: '待发布', en: 'Draft' },
    checking: { zh: '验卡中', en: 'Checking the card' },
    live: { zh: '在售', en: 'On sale' },
    paused: { zh: '已暂停', en: 'Paused' },
    reserved: { zh: '交易中', en: 'Being sold' },
    suspended: { zh: '已被平台下架', en: 'Suspended' },
    sold: { zh: '已售出', en: 'Sold', terminal: true },
    withdrawn: { zh: '已撤回', en: 'Withdrawn', terminal: true },
    expired: { zh: '已到期下架', en: 'Expired', terminal: true },
  },
  transitions: {
    submit: { by: ['seller'], from: ['draft'], to: 'checking' },
    publish: { by: ['seller'], from: ['draft'], to: 'live' },
    abandon: { by: ['clock'], from: ['draft'], to: 'withdrawn', after: DRAFT_MS },
    admit: { by: ['system'], from: ['checking'], to: 'live' },
    turn_down: { by: ['system'], from: ['checking'], to: 'suspended' },
    ask_again: {
      by: ['clock'],
      from: ['checking'],
      to: 'checking',
      after: ASK_AGAIN_MS,
      atMost: ASKS_MAX,
    },
    unanswered: { by: ['clock'], from: ['checking'], to: 'suspended', after: 2 * ASK_AGAIN_MS },
    pause: { by: ['seller'], from: ['live'], to: 'paused' },
    resume: { by: ['seller'], from: ['paused'], to: 'live' },
    put_away: { by: ['clock'], from: ['paused'], to: 'withdrawn', after: PUT_AWAY_MS },
    expire: { by: ['clock'], from: ['live'], to: 'expired', after: 'due', within: LISTED_MS },
    withdraw: { by: ['seller'], from: ['draft', 'live', 'paused', 'suspended'], to: 'withdrawn' },
    reserve: { by: ['buyer'], from: ['live'], to: 'reserved' },
    release: { by: ['system'], from: ['reserved'], to: 'live' },
    sell: { by: ['system'], from: ['reserved'], to: 'sold' },
    drop: { by: ['system'], from: ['reserved'], to: 'withdrawn' },
    suspend: {
      by: ['system', 'operator'],
      from: ['live', 'paused', 'reserved'],
      to: 'suspended',
    },
    reserved_late: { by: ['clock'], from: ['reserved'], to: 'suspended', after: RESERVED_MS },
    reinstate: { by: ['operator'], from: ['suspended'], to: 'live' },
    clear_out: { by: ['clock'], from: ['suspended'], to: 'withdrawn', after: PUT_AWAY_MS },
  },
});
export type ListingTransition = TransitionOf<typeof listing>;
export type ListingState = StateOf<typeof listing>;

export const PAY_MS = 15 * MINUTE;
export const DELIVER_MS = 2 * DAY;
/** Paid and never looked at: the money goes back and the card stays what it was. */
export const UNSEEN_MS = 5 * DAY;
/** A proof of the card is fresh for so long; then nobody is shown a card that nobody looked at since. */
export const PROVEN_MS = 2 * HOUR;
/** How long a buyer may look: the secret was vaulted and proved, other secrets, cards in the post. */
export const INSPECT_MS = { vault: DAY, seller: 2 * DAY, mail: 8 * DAY } as const;
/** One extension, asked for near the end. */
export const EXTEND_MS = 2 * DAY;
/** A claim and its appeal end within twelve days; should that fail, the order does not wait for it. */
const CLAIM_LATE_MS = 12 * DAY + 12 * HOUR;
const GUARANTEE_MS_MAX = 365 * DAY;

const pay = [{ from: 'BUYER_IN', to: 'ESCROW', amount: 'total' }] as const;
const giveBack = [{ from: 'ESCROW', to: 'BUYER', amount: 'total' }] as const;
const settle = [
  { from: 'ESCROW', to: 'PAYABLE', amount: 'net' },
  { from: 'ESCROW', to: 'FEE', amount: 'fee' },
  { from: 'ESCROW', to: 'CHARITY', amount: 'charity' },
  { from: 'ESCROW', to: 'TAX', amount: 'tax' },
  { from: 'ESCROW', to: 'PREMIUM', amount: 'premium' },
] as const;
const settlePart = [
  { from: 'ESCROW', to: 'BUYER', amount: 'refund' },
  { from: 'ESCROW', to: 'PAYABLE', amount: 'keptNet' },
  { from: 'ESCROW', to: 'FEE', amount: 'keptFee' },
  { from: 'ESCROW', to: 'CHARITY', amount: 'keptCharity' },
  { from: 'ESCROW', to: 'TAX', amount: 'keptTax' },
  { from: 'ESCROW', to: 'PREMIUM', amount: 'keptPremium' },
] as const;

export const marketOrder = defineProcess({
  name: 'market_order',
  version: 1,
  initial: 'placed',
  roles: ['buyer', 'seller', 'system', 'operator'],
  states: {
    placed: { zh: '待付款', en: 'Waiting for payment' },
    preparing: { zh: '已付款，等卖家交卡', en: 'Paid, waiting for the seller' },
    ready: { zh: '可以查看卡密', en: 'Ready to reveal' },
    probing: { zh: '查看前再验一次卡', en: 'Proving the card once more' },
    proven: { zh: '验卡通过，可以查看', en: 'Proved, ready to be seen' },
    revealed: { zh: '已查看，请验卡', en: 'Revealed, please check it' },
    shipped: { zh: '卡已寄出', en: 'On its way by post' },
    extended: { zh: '验卡期已延长', en: 'Inspection extended' },
    disputed: { zh: '核查中，货款已冻结', en: 'Under review, money frozen' },
    confirmed: { zh: '已成交，余额保障中', en: 'Settled, guaranteed' },
    claimed: { zh: '保障理赔核查中', en: 'Guarantee claim under review' },
    completed: { zh: '已完成', en: 'Completed', terminal: true },
    reimbursed: { zh: '已由保障金赔付', en: 'Reimbursed by the guarantee', terminal: true },
    payment_expired: { zh: '超时未付款', en: 'Not paid in time', terminal: true },
    cancelled: { zh: '已取消', en: 'Cancelled', terminal: true },
    refunded: { zh: '已退款', en: 'Refunded', terminal: true },
  },
  transitions: {
    pay: { by: ['system'], from: ['placed'], to: 'ready', money: pay },
    pay_first: { by: ['system'], from: ['placed'], to: 'preparing', money: pay },
    call_off: { by: ['buyer', 'system'], from: ['placed'], to: 'cancelled' },
    payment_lapse: { by: ['clock'], from: ['placed'], to: 'payment_expired', after: PAY_MS },

    deliver: { by: ['seller'], from: ['preparing'], to: 'ready' },
    ship: { by: ['seller'], from: ['preparing'], to: 'shipped' },
    not_delivered: {
      by: ['clock'],
      from: ['preparing'],
      to: 'refunded',
      after: DELIVER_MS,
      money: giveBack,
    },
    cancel: {
      by: ['buyer', 'seller'],
      from: ['preparing', 'ready'],
      to: 'cancelled',
      money: giveBack,
    },

    look: { by: ['buyer'], from: ['ready'], to: 'probing' },
    never_seen: {
      by: ['clock'],
      from: ['ready'],
      to: 'refunded',
      after: UNSEEN_MS,
      money: giveBack,
    },
    ask_again: {
      by: ['clock'],
      from: ['probing'],
      to: 'probing',
      after: ASK_AGAIN_MS,
      atMost: ASKS_MAX,
    },
    prove: { by: ['system'], from: ['probing'], to: 'proven' },
    fail: { by: ['system'], from: ['probing'], to: 'refunded', money: giveBack },
    /** Somebody who may says that the card is bad, and the buyer has not seen it. */
    stop: {
      by: ['system'],
      from: ['ready', 'probing', 'proven'],
      to: 'refunded',
      money: giveBack,
    },
    unanswered: {
      by: ['clock'],
      from: ['probing'],
      to: 'refunded',
      after: 2 * ASK_AGAIN_MS,
      money: giveBack,
    },
    reveal: { by: ['buyer'], from: ['proven'], to: 'revealed' },
    not_opened: {
      by: ['clock'],
      from: ['proven'],
      to: 'refunded',
      after: PROVEN_MS,
      money: giveBack,
    },

    confirm: {
      by: ['buyer', 'clock'],
      from: ['revealed'],
      to: 'confirmed',
      after: 'due',
      within: INSPECT_MS.seller,
      money: settle,
    },
    receive: {
      by: ['buyer', 'clock'],
      from: ['shipped'],
      to: 'confirmed',
      after: INSPECT_MS.mail,
      money: settle,
    },
    extend: { by: ['buyer'], from: ['revealed', 'shipped'], to: 'extended' },
    confirm_extended: {
      by: ['buyer', 'clock'],
      from: ['extended'],
      to: 'confirmed',
      after: EXTEND_MS,
      money: settle,
    },
    dispute: { by: ['buyer'], from: ['revealed', 'shipped', 'extended'], to: 'disputed' },
    settle_claim: {
      by: ['system', 'operator'],
      from: ['disputed'],
      to: 'confirmed',
      money: settle,
    },
    settle_part: {
      by: ['system', 'operator'],
      from: ['disputed'],
      to: 'confirmed',
      money: settlePart,
    },
    give_back: {
      by: ['system', 'operator'],
      from: ['disputed'],
      to: 'refunded',
      money: giveBack,
    },
    // Nobody could prove who was at fault: the reserve pays the buyer, and the seller keeps the sale.
    make_whole: {
      by: ['system', 'operator'],
      from: ['disputed'],
      to: 'reimbursed',
      money: settle,
    },
    undecided: {
      by: ['clock'],
      from: ['disputed'],
      to: 'refunded',
      after: CLAIM_LATE_MS,
      money: giveBack,
    },

    complete: {
      by: ['clock'],
      from: ['confirmed'],
      to: 'completed',
      after: 'due',
      within: GUARANTEE_MS_MAX,
    },
    claim: { by: ['buyer'], from: ['confirmed'], to: 'claimed', atMost: 3 },
    deny: { by: ['system', 'operator'], from: ['claimed'], to: 'confirmed' },
    deny_late: { by: ['clock'], from: ['claimed'], to: 'confirmed', after: CLAIM_LATE_MS },
    reimburse: { by: ['system', 'operator'], from: ['claimed'], to: 'reimbursed' },
  },
  identities: {
    total: [
      ['net', 'fee', 'charity', 'tax', 'premium'],
      ['refund', 'keptNet', 'keptFee', 'keptCharity', 'keptTax', 'keptPremium'],
    ],
  },
  escrow: ['ESCROW'],
  escrowDaysMax: 25,
});
export type OrderTransition = TransitionOf<typeof marketOrder>;
export type OrderState = StateOf<typeof marketOrder>;

/** Each side has a day to answer, and a day to pay what was agreed. */
export const OFFER_MS = DAY;

export const offer = defineProcess({
  name: 'offer',
  version: 1,
  initial: 'open',
  roles: ['buyer', 'seller'],
  states: {
    open: { zh: '等卖家答复', en: 'Waiting for the seller' },
    countered: { zh: '卖家已还价', en: 'The seller made a counter-offer' },
    agreed: { zh: '已谈妥，等买家下单', en: 'Agreed, waiting for the order' },
    ordered: { zh: '已下单', en: 'Ordered', terminal: true },
    declined: { zh: '未成交', en: 'Declined', terminal: true },
    taken_back: { zh: '买家已撤回', en: 'Taken back', terminal: true },
    lapsed: { zh: '已过期', en: 'Lapsed', terminal: true },
  },
  transitions: {
    accept: { by: ['seller'], from: ['open'], to: 'agreed' },
    counter: { by: ['seller'], from: ['open'], to: 'countered', atMost: 3 },
    decline: { by: ['seller'], from: ['open'], to: 'declined' },
    take: { by: ['buyer'], from: ['countered'], to: 'agreed' },
    bid_again: { by: ['buyer'], from: ['countered'], to: 'open' },
    take_back: { by: ['buyer'], from: ['open', 'countered', 'agreed'], to: 'taken_back' },
    order: { by: ['buyer'], from: ['agreed'], to: 'ordered' },
    lapse: {
      by: ['clock'],
      from: ['open', 'countered', 'agreed'],
      to: 'lapsed',
      after: OFFER_MS,
    },
  },
});
export type OfferTransition = TransitionOf<typeof offer>;
export type OfferState = StateOf<typeof offer>;
