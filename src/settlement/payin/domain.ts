/** The pure part of money that comes in: channels and their limits, what a payment is worth, how splits are cut. */
import assert from 'node:assert/strict';
import { DAY, type Fen, fen, plus, type Refusal, refuse, share, sum } from '#platform';

export const CHANNELS = ['alipay', 'wechat', 'bank'] as const;
export type Channel = (typeof CHANNELS)[number];

export interface ChannelLimits {
  /** So long the institution keeps the money of an order apart; then it lets go by itself. */
  readonly freezeDays: number;
  /** Receivers of one request that is carried out at once, whole or not at all; 0: there is none such. */
  readonly syncReceivers: number;
  /** Receivers of one request that is carried out later, receiver by receiver. */
  readonly asyncReceivers: number;
  /** Requests about one pay-in. */
  readonly requests: number;
  /** What may go to others than the payees, of the whole pay-in, in basis points. */
  readonly othersBpsMax: number;
}

/**
 * Published limits of the institutions. The payees are the seller and whoever the seller gave the proceeds to;
 * the cap is on what the platform, the tax office and an insurer take.
 */
export const CHANNEL_LIMITS: Readonly<Record<Channel, ChannelLimits>> = {
  alipay: {
    freezeDays: 30,
    syncReceivers: 5,
    asyncReceivers: 50,
    requests: 50,
    othersBpsMax: 3_000,
  },
  wechat: {
    freezeDays: 180,
    syncReceivers: 0,
    asyncReceivers: 50,
    requests: 50,
    othersBpsMax: 10_000,
  },
  bank: {
    freezeDays: 180,
    syncReceivers: 50,
    asyncReceivers: 50,
    requests: 50,
    othersBpsMax: 10_000,
  },
};
export const FREEZE_DAYS_MAX = 180;
/** From here on people are told: our own escrow ends at 25 days, the shortest freeze at 30. */
export const AGING_DAYS = 20;

export const thawsAt = (channel: Channel, paidAt: Date): Date =>
  plus(paidAt, CHANNEL_LIMITS[channel].freezeDays * DAY);

export const SHARE_ROLES = ['payee', 'platform', 'tax', 'insurer'] as const;
export type ShareRole = (typeof SHARE_ROLES)[number];
export interface Share {
  /** The account in our books that it is for. */
  readonly receiver: string;
  readonly role: ShareRole;
  readonly amount: Fen;
}
export interface SplitPart {
  readonly mode: 'sync' | 'async';
  readonly shares: readonly Share[];
}

/**
 * Cuts shares into requests that the channel takes. Refuses `split_over_cap`, `split_too_many`, and
 * `split_too_much` when more is given away than is left of the pay-in.
 */
export function planSplit(
  channel: Channel,
  shares: readonly Share[],
  known: { paid: Fen; left: Fen; others: Fen; requests: number },
): readonly SplitPart[] | Refusal {
  assert(shares.length > 0, 'a split has a receiver');
  assert(
    new Set(shares.map(({ receiver }) => receiver)).size === shares.length,
    'a receiver has one share',
  );
  assert(
    shares.every(({ amount }) => amount > 0n),
    'a share is more than zero',
  );
  const limits = CHANNEL_LIMITS[channel];
  if (sum(shares.map(({ amount }) => amount)) > known.left) return refuse('split_too_much');
  const others = othersIn(shares) + known.others;
  if (others > share(known.paid, limits.othersBpsMax, 'down'))
    return refuse('split_over_cap', { percent: limits.othersBpsMax / 100 });
  if (shares.length <= limits.syncReceivers) return [{ mode: 'sync', shares }];
  const size = limits.asyncReceivers;
  const parts = Array.from({ length: Math.ceil(shares.length / size) }, (_, part): SplitPart => {
    return { mode: 'async', shares: shares.slice(part * size, (part + 1) * size) };
  });
  if (parts.length + known.requests > limits.requests) return refuse('split_too_many');
  return parts;
}

export const othersIn = (shares: readonly Share[]): Fen =>
  fen(sum(shares.filter(({ role }) => role !== 'payee').map(({ amount }) => amount)));

/** Where a pay-in can still be paid and taken. */
export const isUnpaid = (state: string): boolean =>
  state === 'requested' || state === 'open' || state === 'closing';

export type Fate = 'taken' | 'late' | 'twice' | 'other_amount';

/** What becomes of a payment before anybody is asked whether they want it. */
export function fateOf(
  payIn: { state: string; amount: Fen; hasTaken: boolean },
  amount: Fen,
): Fate | 'offer' {
  if (payIn.hasTaken) return 'twice';
  if (!isUnpaid(payIn.state)) return 'late';
  return amount === payIn.amount ? 'offer' : 'other_amount';
}
