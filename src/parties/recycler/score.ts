/** How well a recycler keeps its word: formulas over its deeds of half a year. Pure; a scorecard shows nothing else. */
import type { Fen } from '#platform';
import type { Reason } from './domain.ts';

export const DEEDS = [
  'settled',
  'reported',
  'report_true',
  'report_false',
  'dispute_lost',
  'defaulted',
] as const;
export type DeedKind = (typeof DEEDS)[number];

/** Older deeds no longer count. */
export const WINDOW_DAYS = 180;

/** Sums of the window. */
export interface Deeds {
  readonly settled: number;
  readonly settledFen: Fen;
  readonly reports: number;
  /** Reports that a signed probe confirmed, or that were decided for the recycler. */
  readonly trueReports: number;
  /** Reports that a signed probe contradicts. */
  readonly falseReports: number;
  /** Decided against the recycler without proof that it lied. */
  readonly disputesLost: number;
  /** Won and not paid for, or owed and not paid. */
  readonly defaults: number;
  /** Half of its reports came within so many minutes of the day the card was its own. */
  readonly reportMinutes: number | undefined;
}

export interface Scorecard extends Deeds {
  readonly honestyBps: number;
  readonly speedBps: number;
  readonly defaultBps: number;
  readonly lossBps: number;
  /** 0 to 100. Size is no merit: volume counts only as evidence beside what went wrong. */
  readonly score: number;
  /** Of equal bids the lower rank buys first: 0 proven, 1 ordinary, 2 doubtful. */
  readonly rank: Rank;
}
export type Rank = 0 | 1 | 2;

/** So much good faith is presumed: one mistake of a newcomer is not half of all it did. */
const PRESUMED_REPORTS = 4;
const PRESUMED_ORDERS = 20;
const SPEED_BEST_MINUTES = 120;
const SPEED_WORST_MINUTES = 7 * 24 * 60;
/** A tenth of all orders gone wrong leaves nothing of that part. */
const HARSHNESS = 10;
const WEIGHTS = { honesty: 45, defaults: 30, disputes: 15, speed: 10 } as const;
const PROVEN = { score: 90, settled: 20 } as const;
const DOUBTFUL_SCORE = 85;

const ALL = 10_000;
const bps = (part: number, whole: number): number => Math.floor((part * ALL) / whole);

/** true / (true + false), both sides begun with the presumption. */
const honesty = ({ trueReports, falseReports }: Deeds): number =>
  bps(trueReports + PRESUMED_REPORTS, trueReports + falseReports + PRESUMED_REPORTS);

const defaultRate = ({ settled, defaults }: Deeds): number =>
  bps(defaults, settled + defaults + PRESUMED_ORDERS);

const lossRate = ({ settled, disputesLost }: Deeds): number =>
  bps(disputesLost, settled + disputesLost + PRESUMED_ORDERS);

function speed({ reportMinutes: minutes }: Deeds): number {
  if (minutes === undefined || minutes <= SPEED_BEST_MINUTES) return ALL;
  if (minutes >= SPEED_WORST_MINUTES) return 0;
  return ALL - bps(minutes - SPEED_BEST_MINUTES, SPEED_WORST_MINUTES - SPEED_BEST_MINUTES);
}

const spared = (rateBps: number): number => Math.max(0, ALL - HARSHNESS * rateBps);

export function scorecard(deeds: Deeds): Scorecard {
  const honestyBps = honesty(deeds);
  const speedBps = speed(deeds);
  const defaultBps = defaultRate(deeds);
  const lossBps = lossRate(deeds);
  const sum =
    WEIGHTS.honesty * honestyBps +
    WEIGHTS.defaults * spared(defaultBps) +
    WEIGHTS.disputes * spared(lossBps) +
    WEIGHTS.speed * speedBps;
  const score = Math.floor(sum / ALL);
  return { ...deeds, honestyBps, speedBps, defaultBps, lossBps, score, rank: rankOf(score, deeds) };
}

/** The best rank wants evidence as well: a name without a history is neither proven nor doubtful. */
function rankOf(score: number, { settled }: Deeds): Rank {
  if (score < DOUBTFUL_SCORE) return 2;
  return score >= PROVEN.score && settled >= PROVEN.settled ? 0 : 1;
}

/** Less than this, and the account may only settle what is open until staff have looked. */
export const LIMITS = {
  falseReports: { least: 3, honestyBps: 7_000 },
  defaults: { least: 3, defaultBps: 500 },
  disputesLost: { least: 5, lossBps: 1_000 },
} as const;

/** Why such deeds restrict an account; undefined: they do not. */
export function restrictionFor(deeds: Deeds): Reason | undefined {
  const { falseReports, defaults, disputesLost } = LIMITS;
  if (deeds.falseReports >= falseReports.least && honesty(deeds) < falseReports.honestyBps)
    return 'false_reports';
  if (deeds.defaults >= defaults.least && defaultRate(deeds) > defaults.defaultBps)
    return 'default';
  if (deeds.disputesLost >= disputesLost.least && lossRate(deeds) > disputesLost.lossBps)
    return 'complaints';
  return undefined;
}
