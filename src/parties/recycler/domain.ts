/** What is true of recyclers: caps, the deposit, the checklist, who may do what in a shop. Pure. */
import { addDays, chinaDay, chinaInstant, DAY, type Fen, fen, plus, ZERO } from '#platform';
import type { StateOf } from '#process';
import { type recyclerAccount, TAIL_DAYS, VERIFIED_DAYS } from './life.ts';

export type RecyclerState = StateOf<typeof recyclerAccount>;
export type Tier = 'tiny' | 'standard';

/** The house's own recycler has a name instead of an id; anything else is nobody's. */
export const isRecyclerId = (text: string): boolean =>
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

/** A small shop pays no deposit and keeps low caps; the others show with money that they mean it. */
export const DEPOSIT: Readonly<Record<Tier, Fen>> = { tiny: ZERO, standard: fen(2_000_000n) };

export const depositOf = (recyclerId: string): string => `DEPOSIT:${recyclerId}`;
export const walletOf = (recyclerId: string): string => `WALLET:${recyclerId}`;

interface Step {
  /** From this settled volume on. */
  readonly fromFen: bigint;
  readonly capFen: bigint;
}
/** Most that open bids and orders may be at once: it rises with what was settled without a complaint. */
export const CAPS: Readonly<Record<Tier, readonly Step[]>> = {
  tiny: [
    { fromFen: 0n, capFen: 200_000n },
    { fromFen: 500_000n, capFen: 500_000n },
    { fromFen: 2_000_000n, capFen: 1_000_000n },
    { fromFen: 10_000_000n, capFen: 2_000_000n },
  ],
  standard: [
    { fromFen: 0n, capFen: 5_000_000n },
    { fromFen: 10_000_000n, capFen: 20_000_000n },
    { fromFen: 50_000_000n, capFen: 50_000_000n },
    { fromFen: 200_000_000n, capFen: 200_000_000n },
  ],
};
/** While on probation nobody goes above the second step, whatever was settled. */
const TRIAL_STEPS = 2;
/** Probation ends after so many settled orders of so much in all. */
export const GRADUATION: Readonly<Record<Tier, { count: number; fen: Fen }>> = {
  tiny: { count: 20, fen: fen(500_000n) },
  standard: { count: 50, fen: fen(10_000_000n) },
};

export function capOf(shop: { tier: Tier; state: RecyclerState; settledFen: Fen }): Fen {
  if (!mayBid(shop.state)) return ZERO;
  const steps = CAPS[shop.tier].slice(0, shop.state === 'probation' ? TRIAL_STEPS : undefined);
  const step = steps.findLast(({ fromFen }) => shop.settledFen >= fromFen);
  return fen(step?.capFen ?? 0n);
}

/** The next step of the cap, for the shop to see what it works towards. */
export function nextCap(shop: {
  tier: Tier;
  state: RecyclerState;
  settledFen: Fen;
}): { fromFen: Fen; capFen: Fen } | undefined {
  const next = CAPS[shop.tier].find(({ fromFen }) => fromFen > shop.settledFen);
  return next && { fromFen: fen(next.fromFen), capFen: fen(next.capFen) };
}

export const graduates = (shop: { tier: Tier; settledFen: Fen; settledCount: number }): boolean => {
  const { count, fen: volume } = GRADUATION[shop.tier];
  return shop.settledCount >= count && shop.settledFen >= volume;
};

export const mayBid = (state: RecyclerState): boolean =>
  state === 'probation' || state === 'active';
/** Not yet open for business. */
export const isJoining = (state: RecyclerState): boolean =>
  state === 'applied' || state === 'kyb_verified' || state === 'deposit_paid';

export const verifiedUntil = (verifiedAt: Date, licenceUntil: string | undefined): Date => {
  const half = plus(verifiedAt, VERIFIED_DAYS * DAY);
  const ends = licenceUntil === undefined ? half : chinaInstant(addDays(licenceUntil, 1));
  return ends < half ? ends : half;
};
/** Asked again a week before, so that a slow register closes nobody's shop. */
export const RECHECK_AHEAD_MS = 7 * DAY;

/** The day on which the deposit goes back: at once to whoever never opened, else after the tail. */
export const refundAt = (left: { openedAt: Date | undefined; at: Date }): Date =>
  left.openedAt ? plus(left.at, TAIL_DAYS * DAY) : left.at;
export const refundDay = (at: Date): string => chinaDay(at);
export const EXTEND_MS = 7 * DAY;

// the licence

export const DOUBTS = [
  'not_registered',
  'name_differs',
  'person_differs',
  'revoked',
  'expired',
] as const;
export type Doubt = (typeof DOUBTS)[number];

/** What the register said. */
export type Verdict =
  | { readonly ok: true; readonly address?: string; readonly licenceUntil?: string }
  | { readonly ok: false; readonly doubt: Doubt };

/** A company's name as it is printed: brackets of either width, no blanks. Undefined when it is no name. */
export function parseLegalName(text: string): string | undefined {
  const name = text
    .normalize('NFKC')
    .replace(/\s+/gu, '')
    .replaceAll('(', '（')
    .replaceAll(')', '）');
  const length = [...name].length;
  return length >= 2 && length <= 100 && /^[\p{L}\p{N}（）·&.-]+$/u.test(name) ? name : undefined;
}

// what is still missing

export const CHECKS = [
  'real_name',
  'licence',
  'licence_photo',
  'payout_account',
  'deposit',
] as const;
export type CheckCode = (typeof CHECKS)[number];
export interface CheckItem {
  readonly code: CheckCode;
  readonly state: 'done' | 'waiting' | 'missing';
  /** Why it is not done: a code with words on the page. */
  readonly why?: string;
  /** Of the deposit: what is still to be paid. */
  readonly missingFen?: Fen;
}

export interface Progress {
  readonly hasRealName: boolean;
  readonly verified: boolean;
  /** The last question to the register. */
  readonly check: { readonly state: string; readonly doubt?: string } | undefined;
  readonly hasPhoto: boolean;
  readonly hasPayoutAccount: boolean;
  readonly tier: Tier;
  readonly depositFen: Fen;
}

export function checklist(now: Progress): CheckItem[] {
  const simple = (code: CheckCode, done: boolean): CheckItem =>
    done ? { code, state: 'done' } : { code, state: 'missing', why: `${code}_missing` };
  const missing = DEPOSIT[now.tier] - now.depositFen;
  return [
    simple('real_name', now.hasRealName),
    licenceItem(now),
    simple('licence_photo', now.hasPhoto),
    simple('payout_account', now.hasPayoutAccount),
    missing > 0n
      ? { code: 'deposit', state: 'missing', why: 'deposit_missing', missingFen: fen(missing) }
      : { code: 'deposit', state: 'done' },
  ];
}

function licenceItem({ verified, check }: Progress): CheckItem {
  const code = 'licence';
  if (check?.state === 'pending' && !verified)
    return { code, state: 'waiting', why: 'register_asked' };
  if (check?.state === 'doubtful') return { code, state: 'missing', why: check.doubt ?? 'unknown' };
  if (check?.state === 'unanswered' && !verified)
    return { code, state: 'missing', why: 'register_silent' };
  return verified ? { code, state: 'done' } : { code, state: 'missing', why: 'licence_missing' };
}

export const isComplete = (items: readonly CheckItem[]): boolean =>
  items.every(({ state }) => state === 'done');

// people in a shop

export const TEAM_ROLES = ['viewer', 'buyer', 'owner'] as const;
export type TeamRole = (typeof TEAM_ROLES)[number];
/** An owner may what a buyer may, and a buyer what a viewer may. */
export const outranks = (has: TeamRole, needs: TeamRole): boolean =>
  TEAM_ROLES.indexOf(has) >= TEAM_ROLES.indexOf(needs);

/** What a key may be used for; the role of whoever made it bounds it too. */
export const SCOPES = ['read', 'bid', 'report', 'top_up', 'webhooks'] as const;
export type Scope = (typeof SCOPES)[number];

// why a shop is restricted or suspended

export const REASONS = [
  'licence_expired',
  'licence_doubtful',
  'complaints',
  'default',
  'false_reports',
  'risk',
  'authority',
  'neglected',
] as const;
export type Reason = (typeof REASONS)[number];
/** What an operator may give as the reason; the others come from the register and the clock. */
export const OPERATOR_REASONS = [
  'complaints',
  'default',
  'false_reports',
  'risk',
  'authority',
] as const;
