/** What an order costs and pays, how a markdown falls, how long one may look: pure, all of it. */
import { allocate, daysBetween, type Fen, fen, HOUR, plus, share, sum, ZERO } from '#platform';
import { EXTEND_MS, INSPECT_MS, LISTED_MS } from './life.ts';

export const DELIVERIES = ['vault', 'seller', 'mail'] as const;
export type Delivery = (typeof DELIVERIES)[number];

/** Fees as published; the cap is a constraint of the table as well. */
export interface Policy {
  readonly version: number;
  readonly commissionBps: number;
  readonly capBps: number;
  readonly taxBps: number;
  readonly guaranteeDays: number;
  readonly longer: readonly { readonly days: number; readonly premiumBps: number }[];
}

export interface Lines {
  readonly price: Fen;
  readonly fee: Fen;
  readonly tax: Fen;
  readonly charity: Fen;
  readonly net: Fen;
  readonly premium: Fen;
  readonly total: Fen;
}

/** Every line rounds down, so the odd fen stays with the seller. price = net + fee + tax + charity. */
export function linesOf(
  price: Fen,
  policy: Policy,
  chosen: { charityBps: number; guaranteeDays: number },
): Lines {
  const fee = share(price, policy.commissionBps, 'down');
  const tax = share(price, policy.taxBps, 'down');
  const before = fen(price - fee - tax);
  const charity = share(before, chosen.charityBps, 'down');
  const premium = premiumOf(price, policy, chosen.guaranteeDays);
  const net = fen(before - charity);
  return { price, fee, tax, charity, net, premium, total: sum([price, premium]) };
}

/** The guarantee that everybody has costs nothing; a longer one is paid by the buyer, rounded up. */
function premiumOf(price: Fen, policy: Policy, days: number): Fen {
  const option = policy.longer.find((one) => one.days === days);
  return option ? share(price, option.premiumBps, 'up') : ZERO;
}

export const isGuaranteeOffered = (policy: Policy, days: number): boolean =>
  days === policy.guaranteeDays || policy.longer.some((one) => one.days === days);

export interface Kept {
  readonly refund: Fen;
  readonly keptNet: Fen;
  readonly keptFee: Fen;
  readonly keptCharity: Fen;
  readonly keptTax: Fen;
  readonly keptPremium: Fen;
}

/**
 * The buyer gets `refund` of the total back; the rest is shared among the lines as before, by largest remainder,
 * ties to the seller. The parts and the refund sum to the total.
 */
export function splitRefund(lines: Omit<Lines, 'price'>, refund: Fen): Kept | undefined {
  if (refund <= 0n || refund >= lines.total) return undefined;
  const { net, fee, charity, tax, premium } = lines;
  const parts = allocate(fen(lines.total - refund), [net, fee, charity, tax, premium]);
  const [keptNet = ZERO, keptFee = ZERO, keptCharity = ZERO, keptTax = ZERO, keptPremium = ZERO] =
    parts;
  return { refund, keptNet, keptFee, keptCharity, keptTax, keptPremium };
}

/**
 * The asking price falls in a straight line from the day it was listed to the floor on the last day. Rounded up,
 * so the price is never below what was promised to the seller.
 */
export function markedDown(input: {
  askedFen: Fen;
  floorFen: Fen;
  listedOn: string;
  endsOn: string;
  day: string;
}): Fen {
  const { askedFen, floorFen, listedOn, endsOn, day } = input;
  const span = Math.max(1, daysBetween(listedOn, endsOn));
  const passed = Math.min(Math.max(daysBetween(listedOn, day), 0), span);
  const fall = ((askedFen - floorFen) * BigInt(passed)) / BigInt(span);
  return fen(askedFen - fall);
}

/** A card that expires is taken down the day before, when nobody could use it in peace any more. */
export function endOfListing(at: Date, expiresOn: string | undefined): Date {
  const longest = plus(at, LISTED_MS);
  if (expiresOn === undefined) return longest;
  // Midnight in China of the day it expires on.
  const dies = new Date(Date.parse(`${expiresOn}T00:00:00Z`) - 8 * HOUR);
  return dies < longest ? dies : longest;
}

export const inspectUntil = (delivery: Delivery, at: Date): Date => plus(at, INSPECT_MS[delivery]);

/** Asked for early, two more days from now would be fewer days than before. */
export const mayExtend = (until: Date | null, at: Date): boolean =>
  until !== null && at < until && plus(at, EXTEND_MS) >= until;

export const gradeNumber = (grade: string | undefined): number => Number(grade?.slice(1) ?? 0);

/** What a buyer gives up, in words a person understands; a new wording is a new version. */
export const WAIVER = {
  version: 1,
  zh: '卡密一经查看就无法收回，因此查看后不能再“无理由退货”。若卡余额不符、不可用或被提前使用，您仍可在验卡期和余额保障期内申请退款，这项权利不受影响。',
  en: 'A card code cannot be unseen, so once you have looked at it you cannot return it for no reason. If the balance is wrong, the card does not work or somebody used it first, you may still ask for your money back while you inspect it and during the balance guarantee; that right stays.',
} as const;

/** The stations that both sides see. */
export const STEPS = ['placed', 'ready', 'revealed', 'confirmed', 'completed'] as const;
