/** The life of one delivery: tried, tried again for three days, arrived or given up. */
import { DAY, HOUR } from '#platform';
import { defineProcess } from '#process';

/** A job that was lost, or that waited so long behind its endpoint's others, counts as a try that failed. */
const LOST_MS = 6 * HOUR;

export const webhookDelivery = defineProcess({
  name: 'webhook_delivery',
  version: 1,
  initial: 'sending',
  states: {
    sending: { zh: '发送中', en: 'Being sent' },
    waiting: { zh: '等待重试', en: 'Waiting for the next try' },
    delivered: { zh: '已送达', en: 'Delivered', terminal: true },
    failed: { zh: '未送达', en: 'Given up', terminal: true },
    dropped: { zh: '已取消', en: 'Dropped', terminal: true },
  },
  roles: ['system'],
  transitions: {
    arrive: { by: ['system'], from: ['sending'], to: 'delivered' },
    miss: { by: ['system'], from: ['sending'], to: 'waiting' },
    lose: { by: ['clock'], from: ['sending'], to: 'waiting', after: LOST_MS },
    retry: { by: ['clock'], from: ['waiting'], to: 'sending', after: 'due', within: 2 * DAY },
    give_up: { by: ['system'], from: ['sending'], to: 'failed' },
    /** Its endpoint is disabled or removed, or its recycler has left. */
    drop: { by: ['system'], from: ['sending', 'waiting'], to: 'dropped' },
  },
});
