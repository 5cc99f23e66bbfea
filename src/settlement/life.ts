/** The life of a payout and of a top-up: two tables that say who may do what, when, and what money moves. */

import { DAY, HOUR, MINUTE } from '#platform';
import { defineProcess } from '#process';

/** Nothing waits longer for its cut-off than the longest holiday and a weekend on both sides. */
const CUT_OFF_WITHIN = 20 * DAY;

/**
 * A payout (M6). `approved` to `paid` is the only way out for money, under one number at the bank at a time;
 * an unknown outcome is resolved by asking for that number, however long it takes, and by nothing else.
 */
export const payoutProcess = defineProcess({
  name: 'payout',
  version: 1,
  initial: 'created',
  states: {
    created: { zh: '等待结算', en: 'Waiting for the cut-off' },
    awaiting_approval: { zh: '等待复核', en: 'Waiting for a second person' },
    approved: { zh: '已批准', en: 'Approved' },
    submitting: { zh: '正在提交银行', en: 'Being sent to the bank' },
    accepted: { zh: '银行已受理', en: 'Accepted by the bank' },
    unknown: { zh: '正在向银行核实', en: 'Asking the bank what became of it' },
    paid: { zh: '已到账', en: 'Paid' },
    failed: { zh: '付款未成功', en: 'Not paid' },
    returned: { zh: '银行已退回', en: 'Sent back by the bank' },
    frozen: { zh: '暂时冻结', en: 'Frozen for a dispute' },
    closed: { zh: '已完成', en: 'Closed', terminal: true },
    cancelled: { zh: '已取消', en: 'Cancelled', terminal: true },
  },
  roles: ['system', 'bank', 'maker', 'checker', 'operator', 'seller'],
  transitions: {
    take: {
      by: ['maker', 'clock'],
      from: ['created'],
      to: 'approved',
      after: 'due',
      within: CUT_OFF_WITHIN,
    },
    escalate: {
      by: ['maker', 'clock'],
      from: ['created'],
      to: 'awaiting_approval',
      after: 'due',
      within: CUT_OFF_WITHIN,
    },
    lack: {
      by: ['maker', 'clock'],
      from: ['created'],
      to: 'failed',
      after: 'due',
      within: CUT_OFF_WITHIN,
    },
    approve: { by: ['checker'], from: ['awaiting_approval'], to: 'approved' },
    /** Not approved in a day: it joins the next run, so that no forgotten list is paid out later. */
    recall: { by: ['clock'], from: ['awaiting_approval'], to: 'created', after: DAY },
    submit: {
      by: ['system', 'clock'],
      from: ['approved'],
      to: 'submitting',
      after: 10 * MINUTE,
      money: [{ from: 'PAYABLE', to: 'IN_FLIGHT', amount: 'amount' }],
    },
    starve: { by: ['system'], from: ['approved'], to: 'failed' },
    accept: { by: ['bank'], from: ['submitting', 'unknown'], to: 'accepted' },
    lose: { by: ['system', 'clock'], from: ['submitting'], to: 'unknown', after: 10 * MINUTE },
    /** No news for two hours: ask. */
    chase: { by: ['clock'], from: ['accepted'], to: 'accepted', after: 2 * HOUR },
    ask: { by: ['clock'], from: ['unknown'], to: 'unknown', after: 'due', within: 2 * HOUR },
    pay: {
      by: ['bank'],
      from: ['submitting', 'accepted', 'unknown'],
      to: 'paid',
      money: [{ from: 'IN_FLIGHT', to: 'CUSTODY', amount: 'amount' }],
    },
    reject: {
      by: ['bank'],
      from: ['submitting', 'accepted', 'unknown'],
      to: 'failed',
      money: [{ from: 'IN_FLIGHT', to: 'PAYABLE', amount: 'amount' }],
    },
    bounce: {
      by: ['bank'],
      from: ['paid'],
      to: 'returned',
      money: [{ from: 'CUSTODY', to: 'PAYABLE', amount: 'amount' }],
    },
    /** After 30 days the bank sends nothing back any more. */
    close: { by: ['clock'], from: ['paid'], to: 'closed', after: 30 * DAY },
    /** Mended by the recipient or by us; as long as we owe it, the clock tries again once a month. */
    retry: {
      by: ['operator', 'seller', 'clock'],
      from: ['failed', 'returned'],
      to: 'created',
      after: 30 * DAY,
    },
    freeze: {
      by: ['operator'],
      from: ['created', 'awaiting_approval', 'approved', 'failed', 'returned'],
      to: 'frozen',
    },
    /** A case that outlives its own deadlines does not keep the money from its owner. */
    unfreeze: { by: ['operator', 'clock'], from: ['frozen'], to: 'created', after: 20 * DAY },
    cancel: {
      by: ['operator'],
      from: ['created', 'awaiting_approval', 'approved', 'frozen', 'failed', 'returned'],
      to: 'cancelled',
    },
  },
});

/** A recycler's money on its way into custody: asked for at the bank, credited when the bank has it. */
export const topUpProcess = defineProcess({
  name: 'top_up',
  version: 1,
  initial: 'requested',
  states: {
    requested: { zh: '正在提交银行', en: 'Being sent to the bank' },
    waiting: { zh: '等待银行收款', en: 'Waiting for the bank to collect' },
    received: { zh: '已入账', en: 'Received', terminal: true },
    failed: { zh: '收款失败', en: 'Not collected', terminal: true },
  },
  roles: ['system', 'bank'],
  transitions: {
    accept: { by: ['bank'], from: ['requested'], to: 'waiting' },
    /** The job was lost or the answer was: from here on we ask. */
    lose: { by: ['system', 'clock'], from: ['requested'], to: 'waiting', after: 10 * MINUTE },
    chase: { by: ['clock'], from: ['waiting'], to: 'waiting', after: 10 * MINUTE },
    receive: {
      by: ['bank'],
      from: ['requested', 'waiting'],
      to: 'received',
      money: [{ from: 'CUSTODY', to: 'WALLET', amount: 'amount' }],
    },
    fail: { by: ['bank'], from: ['requested', 'waiting'], to: 'failed' },
  },
});
