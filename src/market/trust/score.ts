/** A person's credit score from what they did: explainable to the point, hard to raise among friends. Pure. */
import assert from 'node:assert/strict';
import { DAY, type Fen } from '#platform';

/** What raises or lowers a score. A good deed is proved by the issuer's answer, never by somebody's word alone. */
export const DEEDS = {
  sold: { good: 1, zh: '售出的卡经发卡方验证且过了检验期', en: 'Cards sold that stood the check' },
  bought: { good: 0.5, zh: '按时付款并确认收货', en: 'Purchases paid and confirmed' },
  spot_passed: { good: 0.25, zh: '抽检通过', en: 'Spot checks passed' },
  rated_well: { good: 0.25, zh: '获得好评', en: 'Good reviews' },
  rated_badly: { bad: 0.5, zh: '获得差评', en: 'Bad reviews' },
  cancelled: { bad: 1, zh: '付款后取消订单', en: 'Orders cancelled after payment' },
  delivered_late: { bad: 1, zh: '未按时交卡', en: 'Cards not handed over in time' },
  lost_claim: { bad: 4, zh: '纠纷判定负有责任', en: 'Claims decided against you' },
  false_claim: { bad: 5, zh: '不实的售后申请', en: 'Claims that proved untrue' },
  spot_failed: { bad: 6, zh: '抽检发现卡已失效或余额不足', en: 'Spot checks failed' },
} as const satisfies Record<string, { zh: string; en: string; good?: number; bad?: number }>;
export type DeedKind = keyof typeof DEEDS;

export interface Deed {
  readonly kind: DeedKind;
  readonly at: Date;
  readonly valueFen: Fen;
  readonly counterparty: string | undefined;
  /** False where this card was sold here before: sending one card round a ring earns nothing twice. */
  readonly freshCard: boolean;
  /** 0..1: how well the rest of the market knows the counterparty (see vouch.ts); undefined: not at all yet. */
  readonly vouch: number | undefined;
}

/** Beta(1.5, 1) before anything is known: most people are honest, and nobody is known to be. */
const PRIOR = { good: 1.5, bad: 1 } as const;
/** 10 % lower bound of the Beta, by its normal approximation: few deeds weigh little, whatever they say. */
const Z = 1.2816;
/** A deed of 100 yuan weighs 1, of 300 weighs 2; from 700 on it weighs 3, so that one big sale is not a career. */
const HUNDRED_YUAN = 10_000;
const WEIGHT_MAX = 3;
/** Good deeds fade in a year, bad ones in two. */
const GOOD_HALF_LIFE_DAYS = 365;
const BAD_HALF_LIFE_DAYS = 730;
/** What a stranger's trade is worth, and all strangers' trades together: 20 accounts of one ring stay strangers. */
const STRANGER_VOUCH = 0.2;
const STRANGERS_MAX = 3;

export const SCORE_MAX = 1_000;

export interface Unlocks {
  readonly liveListingsMax: number;
  readonly priceFenMax: Fen;
  /** Between the end of the inspection and the money. */
  readonly holdBackHours: number;
}
const yuan = (amount: number): Fen => (BigInt(amount) * 100n) as Fen;

/** What a score unlocks. Never another price or another fee: the price does not read the person. */
export const TIERS = [
  {
    name: 'new',
    from: 0,
    unlocks: { liveListingsMax: 10, priceFenMax: yuan(1_000), holdBackHours: 24 },
  },
  {
    name: 'known',
    from: 600,
    unlocks: { liveListingsMax: 30, priceFenMax: yuan(3_000), holdBackHours: 12 },
  },
  {
    name: 'trusted',
    from: 850,
    unlocks: { liveListingsMax: 100, priceFenMax: yuan(5_000), holdBackHours: 0 },
  },
  {
    name: 'excellent',
    from: 930,
    unlocks: { liveListingsMax: 300, priceFenMax: yuan(5_000), holdBackHours: 0 },
  },
] as const satisfies readonly { name: string; from: number; unlocks: Unlocks }[];
/** Somebody whose bad deeds outweigh the good sells one card at a time, and small ones. */
export const RESTRICTED = {
  name: 'restricted',
  from: 0,
  unlocks: { liveListingsMax: 1, priceFenMax: yuan(300), holdBackHours: 48 },
} as const;
const RESTRICTED_BELOW = 250;
export type TierName = (typeof TIERS)[number]['name'] | 'restricted';

export interface Reason {
  readonly kind: DeedKind;
  readonly count: number;
  /** How many points the score would lack (or regain) without these deeds. */
  readonly points: number;
}
export interface Score {
  /** 0..1000. */
  readonly score: number;
  readonly tier: TierName;
  readonly unlocks: Unlocks;
  /** Largest effect first. */
  readonly reasons: readonly Reason[];
  /** The next tier and what is missing to it. */
  readonly next: { readonly tier: TierName; readonly points: number } | undefined;
}

export function scoreOf(deeds: readonly Deed[], at: Date): Score {
  const score = points(deeds, at);
  const kinds = [...new Set(deeds.map((deed) => deed.kind))];
  const reasons = kinds
    .map((kind) => {
      const others = deeds.filter((deed) => deed.kind !== kind);
      return { kind, count: deeds.length - others.length, points: score - points(others, at) };
    })
    .filter((reason) => reason.points !== 0)
    .sort((a, b) => Math.abs(b.points) - Math.abs(a.points) || (a.kind < b.kind ? -1 : 1));
  const tier =
    score < RESTRICTED_BELOW
      ? RESTRICTED
      : (TIERS.findLast(({ from }) => from <= score) ?? TIERS[0]);
  const above = TIERS.find(({ from }) => from > score);
  const next = above && { tier: above.name, points: above.from - score };
  return { score, tier: tier.name, unlocks: tier.unlocks, reasons, next };
}

/** Lower bound of Beta(good, bad) in thousandths, rounded down: a score never promises more than is known. */
function points(deeds: readonly Deed[], at: Date): number {
  const good = PRIOR.good + goodWeight(deeds, at);
  const bad = PRIOR.bad + badWeight(deeds, at);
  const all = good + bad;
  const deviation = Math.sqrt((good * bad) / (all * all * (all + 1)));
  return Math.floor(SCORE_MAX * Math.max(0, good / all - Z * deviation));
}

const valueWeight = (valueFen: Fen): number => {
  assert(valueFen >= 0n);
  return Math.min(WEIGHT_MAX, Math.log2(1 + Number(valueFen) / HUNDRED_YUAN));
};
const faded = (deed: Deed, at: Date, halfLifeDays: number): number =>
  2 ** (-Math.max(0, at.getTime() - deed.at.getTime()) / (halfLifeDays * DAY));

/** With one counterparty the n-th largest deed counts one n-squared-th: a pair is worth at most 1.65 deeds. */
function goodWeight(deeds: readonly Deed[], at: Date): number {
  const pairs = new Map<string, { known: number[]; stranger: number[] }>();
  for (const deed of deeds) {
    const kind = DEEDS[deed.kind];
    if (!('good' in kind) || !deed.freshCard) continue;
    const pair = pairs.get(deed.counterparty ?? '') ?? { known: [], stranger: [] };
    pairs.set(deed.counterparty ?? '', pair);
    const weight = kind.good * valueWeight(deed.valueFen) * faded(deed, at, GOOD_HALF_LIFE_DAYS);
    // A spot check has no counterparty: the issuer itself answered.
    if (deed.counterparty === undefined) pair.known.push(weight);
    else if (deed.vouch === undefined) pair.stranger.push(weight * STRANGER_VOUCH);
    else pair.known.push(weight * Math.min(1, Math.max(0, deed.vouch)));
  }
  let known = 0;
  let strangers = 0;
  for (const pair of pairs.values()) {
    known += dwindling(pair.known);
    strangers += dwindling(pair.stranger);
  }
  return known + Math.min(STRANGERS_MAX, strangers);
}

const dwindling = (weights: number[]): number =>
  weights.sort((a, b) => b - a).reduce((sum, weight, index) => sum + weight / (index + 1) ** 2, 0);

/** Bad deeds are neither capped nor discounted: ten cheated strangers are ten. */
const badWeight = (deeds: readonly Deed[], at: Date): number =>
  deeds.reduce((sum, deed) => {
    const kind = DEEDS[deed.kind];
    if (!('bad' in kind)) return sum;
    return (
      sum +
      kind.bad * Math.max(0.5, valueWeight(deed.valueFen)) * faded(deed, at, BAD_HALF_LIFE_DAYS)
    );
  }, 0);
