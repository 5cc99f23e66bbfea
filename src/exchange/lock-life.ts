/** The life of an issuer's lock on a card of the chain: it is renewed in time for as long as the token lives. */
import { LOCK_TTL_MS } from '#cards';
import { DAY, HOUR } from '#platform';
import { defineProcess, type StateOf, type TransitionOf } from '#process';

/** Renewed when a fifth is left, which of 25 days is five: patience with an issuer that is away. */
export const LEFT_OF_LOCK = 5;
/** An issuer that is away is asked once an hour: through the last five days of each of 150 locks in ten years. */
const TRIES_MAX = 18_000;
/** A lock that is over is asked for once a day, for three years. */
const ANEW_MAX = 3 * 365;
export const OVER_LATE_MS = HOUR;

export const cardLock = defineProcess({
  name: 'card_lock',
  version: 1,
  initial: 'held',
  roles: ['system'],
  states: {
    held: { zh: '发卡方锁定中', en: 'Locked at its issuer' },
    renewing: { zh: '正在请发卡方续锁', en: 'Its issuer is asked for longer' },
    ending: { zh: '发卡方不再续锁', en: 'Its issuer locks it no longer' },
    lapsed: { zh: '锁定已到期', en: 'The lock is over' },
    ended: { zh: '不再需要锁定', en: 'No lock is needed any more', terminal: true },
  },
  transitions: {
    renew: { by: ['clock'], from: ['held'], to: 'renewing', after: 'due', within: LOCK_TTL_MS },
    ask_again: {
      by: ['clock'],
      from: ['renewing'],
      to: 'renewing',
      after: HOUR,
      atMost: TRIES_MAX,
    },
    keep: { by: ['system'], from: ['renewing', 'lapsed'], to: 'held' },
    refuse: { by: ['system'], from: ['renewing'], to: 'ending' },
    lapse: {
      by: ['clock'],
      from: ['renewing', 'ending'],
      to: 'lapsed',
      after: 'due',
      within: LOCK_TTL_MS,
    },
    ask_anew: { by: ['clock'], from: ['lapsed'], to: 'lapsed', after: DAY, atMost: ANEW_MAX },
    give_up: { by: ['clock'], from: ['lapsed'], to: 'ended', after: 2 * DAY },
    end: { by: ['system'], from: ['held', 'renewing', 'ending', 'lapsed'], to: 'ended' },
  },
});
export type LockState = StateOf<typeof cardLock>;
export type LockTransition = TransitionOf<typeof cardLock>;
