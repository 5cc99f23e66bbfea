/** The one list of what a recycler's programs can be told of; free of server code, so that schemas may read it. */
export const EVENTS = [
  'buyback.accepted',
  'buyback.delivered',
  'buyback.requoted',
  'buyback.disputed',
  'buyback.settled',
  'buyback.cancelled',
  'buyback.refunded',
  'buyback.closed',
  'wallet.topped_up',
  'wallet.low',
  'deposit.topped_up',
  'account.restricted',
  'account.suspended',
  'account.restored',
  'key.revoked',
  'auction.won',
  'auction.pay_now',
  'auction.outbid',
  'bid.used_up',
] as const;
export type EventType = (typeof EVENTS)[number];
