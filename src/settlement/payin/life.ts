/** The lives of money that comes in: a pay-in, a refund of it, and a split among those it belongs to. */
import { DAY, HOUR, MINUTE } from '#platform';
import { defineProcess } from '#process';
import { AGING_DAYS, FREEZE_DAYS_MAX } from './domain.ts';

/**
 * A pay-in: one number that a payer may pay until it expires. Expired or called off it is `closing` until the
 * institution has closed it, for it may have been paid meanwhile. The money itself is posted by each receipt.
 */
export const payInProcess = defineProcess({
  name: 'pay_in',
  version: 1,
  initial: 'requested',
  states: {
    requested: { zh: '正在创建支付单', en: 'Being set up for payment' },
    open: { zh: '等待付款', en: 'Waiting for payment' },
    closing: { zh: '正在关闭支付单', en: 'Being closed at the institution' },
    held: { zh: '已付款，资金存管中', en: 'Paid, in custody' },
    aging: { zh: '存管超过二十天', en: 'In custody for over twenty days' },
    settled: { zh: '已分账或退款', en: 'Split or refunded', terminal: true },
    thawed: {
      zh: '渠道冻结已自动解除',
      en: 'Freeze of the channel ended by itself',
      terminal: true,
    },
    returned: { zh: '款项已原路退回', en: 'Sent back to the payer', terminal: true },
    closed: { zh: '未付款，已关闭', en: 'Closed without payment', terminal: true },
  },
  roles: ['system', 'bank', 'buyer'],
  transitions: {
    create: { by: ['bank'], from: ['requested'], to: 'open' },
    /** No word of it: ask, and send the number again when nobody knows it. */
    call: { by: ['clock'], from: ['requested'], to: 'requested', after: 2 * MINUTE },
    look: { by: ['clock'], from: ['open'], to: 'open', after: 2 * MINUTE },
    expire: {
      by: ['clock'],
      from: ['requested', 'open'],
      to: 'closing',
      after: 'due',
      within: 2 * DAY,
    },
    cancel: { by: ['buyer', 'system'], from: ['requested', 'open'], to: 'closing' },
    chase: { by: ['clock'], from: ['closing'], to: 'closing', after: 10 * MINUTE },
    shut: { by: ['bank'], from: ['requested', 'open', 'closing'], to: 'closed' },
    take: { by: ['bank'], from: ['requested', 'open', 'closing'], to: 'held' },
    /** Paid, but nobody wants it any more, or it is another amount. */
    decline: { by: ['bank'], from: ['requested', 'open', 'closing'], to: 'returned' },
    age: { by: ['clock'], from: ['held'], to: 'aging', after: AGING_DAYS * DAY },
    settle: { by: ['system'], from: ['held', 'aging'], to: 'settled' },
    thaw: {
      by: ['clock'],
      from: ['aging'],
      to: 'thawed',
      after: 'due',
      within: FREEZE_DAYS_MAX * DAY,
    },
  },
});

/**
 * Money back to where it came from. It leaves its account at once, so nothing else can use it, and is in flight
 * until the institution has paid it; whatever fails is tried again and never forgotten.
 */
export const refundProcess = defineProcess({
  name: 'refund',
  version: 1,
  initial: 'sending',
  states: {
    sending: { zh: '正在提交退款', en: 'Being sent' },
    accepted: { zh: '退款已受理', en: 'Accepted' },
    unknown: { zh: '正在核实退款结果', en: 'Asking what became of it' },
    failed: { zh: '退款未成功，将重试', en: 'Not refunded, will be tried again' },
    parked: { zh: '退款待人工处理', en: 'Waiting for a person to look at it' },
    refunded: { zh: '已原路退回', en: 'Refunded', terminal: true },
    credited: { zh: '已转为银行付款', en: 'Paid to the bank account instead', terminal: true },
  },
  roles: ['system', 'bank', 'operator'],
  opening: [{ from: 'SOURCE', to: 'IN_FLIGHT', amount: 'amount' }],
  transitions: {
    accept: { by: ['bank'], from: ['sending', 'unknown'], to: 'accepted' },
    lose: { by: ['system', 'clock'], from: ['sending'], to: 'unknown', after: 10 * MINUTE },
    chase: { by: ['clock'], from: ['accepted'], to: 'accepted', after: 2 * HOUR },
    ask: { by: ['clock'], from: ['unknown'], to: 'unknown', after: 'due', within: 2 * HOUR },
    pay: {
      by: ['bank'],
      from: ['sending', 'accepted', 'unknown'],
      to: 'refunded',
      money: [{ from: 'IN_FLIGHT', to: 'CUSTODY', amount: 'amount' }],
    },
    reject: { by: ['bank'], from: ['sending', 'accepted', 'unknown'], to: 'failed' },
    retry: { by: ['clock'], from: ['failed'], to: 'sending', after: HOUR, atMost: 3 },
    park: { by: ['clock'], from: ['failed'], to: 'parked', after: 2 * HOUR },
    resend: {
      by: ['operator', 'clock'],
      from: ['failed', 'parked'],
      to: 'sending',
      after: 30 * DAY,
    },
    /** The way back is gone (an account that was closed): the person is paid like a seller. */
    credit: {
      by: ['operator'],
      from: ['failed', 'parked'],
      to: 'credited',
      money: [{ from: 'IN_FLIGHT', to: 'PAYABLE', amount: 'amount' }],
    },
  },
});

/** An instruction to the institution: what of a frozen pay-in belongs to whom. Our books were moved before. */
export const splitProcess = defineProcess({
  name: 'split',
  version: 1,
  initial: 'sending',
  states: {
    sending: { zh: '正在提交分账', en: 'Being sent' },
    accepted: { zh: '分账已受理', en: 'Accepted' },
    unknown: { zh: '正在核实分账结果', en: 'Asking what became of it' },
    failed: { zh: '分账未完成，将重试', en: 'Not all split, will be tried again' },
    parked: { zh: '分账待人工处理', en: 'Waiting for a person to look at it' },
    done: { zh: '分账完成', en: 'Split', terminal: true },
    waived: { zh: '人工核销', en: 'Settled by hand', terminal: true },
  },
  roles: ['system', 'bank', 'operator'],
  transitions: {
    accept: { by: ['bank'], from: ['sending', 'unknown'], to: 'accepted' },
    lose: { by: ['system', 'clock'], from: ['sending'], to: 'unknown', after: 10 * MINUTE },
    chase: { by: ['clock'], from: ['accepted'], to: 'accepted', after: 2 * HOUR },
    ask: { by: ['clock'], from: ['unknown'], to: 'unknown', after: 'due', within: 2 * HOUR },
    finish: { by: ['bank'], from: ['sending', 'accepted', 'unknown'], to: 'done' },
    reject: { by: ['bank'], from: ['sending', 'accepted', 'unknown'], to: 'failed' },
    retry: { by: ['clock'], from: ['failed'], to: 'sending', after: HOUR, atMost: 3 },
    park: { by: ['clock'], from: ['failed'], to: 'parked', after: 2 * HOUR },
    resend: { by: ['operator', 'clock'], from: ['failed', 'parked'], to: 'sending', after: DAY },
    waive: { by: ['operator'], from: ['failed', 'parked'], to: 'waived' },
  },
});
