/** A standing bid while it is typed: every field as text, and what the server takes once all of them are sound. Pure. */
import { fenFromYuan, yuanInput } from '../../kit/yuan.ts';
import type { StandingBid, Terms } from '../api-types.ts';
import { bpsFromPercent, percentInput } from './rates.ts';

export interface StepTyped {
  readonly key: number;
  readonly rate: string;
  readonly quantity: string;
}
export interface BidTyped {
  readonly sku: string | undefined;
  readonly faceMin: string;
  readonly faceMax: string;
  readonly daysMin: string;
  readonly daysMax: string;
  readonly grade: Terms['gradeMin'];
  readonly weekdays: readonly number[];
  readonly fromHour: number;
  readonly toHour: number;
  readonly steps: readonly StepTyped[];
  readonly budget: string;
}

export const ALL_DAYS = [0, 1, 2, 3, 4, 5, 6] as const;

export const emptyBid = (sku: string | undefined): BidTyped => ({
  sku,
  ...{ faceMin: '100', faceMax: '1000', daysMin: '', daysMax: '', grade: 'V2' },
  ...{ weekdays: ALL_DAYS, fromHour: 0, toHour: 24, budget: '' },
  steps: [{ key: 0, rate: '', quantity: '10' }],
});

export const bidTyped = (bid: StandingBid): BidTyped => ({
  sku: bid.sku,
  faceMin: yuanInput(bid.faceMinFen),
  faceMax: yuanInput(bid.faceMaxFen),
  daysMin: bid.daysLeftMin === undefined ? '' : String(bid.daysLeftMin),
  daysMax: bid.daysLeftMax === undefined ? '' : String(bid.daysLeftMax),
  grade: bid.gradeMin,
  ...{ weekdays: bid.weekdays, fromHour: bid.fromHour, toHour: bid.toHour },
  steps: bid.curve.map(({ rateBps, quantity }, key) => ({
    ...{ key, rate: percentInput(rateBps), quantity: String(quantity) },
  })),
  budget: yuanInput(bid.dailyBudgetFen),
});

/** Undefined unless every step is sound and lower than the one before. */
export function curveOf(steps: readonly StepTyped[]): Terms['curve'] | undefined {
  const curve: Terms['curve'] = [];
  for (const { rate, quantity } of steps) {
    const rateBps = bpsFromPercent(rate);
    const cards = whole(quantity);
    if (rateBps === undefined || !cards || rateBps >= (curve.at(-1)?.rateBps ?? ABOVE_ALL))
      return undefined;
    curve.push({ rateBps, quantity: cards });
  }
  return curve.length > 0 ? curve : undefined;
}
const ABOVE_ALL = 10_001;

const whole = (text: string): number | undefined => {
  const plain = text.normalize('NFKC').trim();
  return /^\d{1,6}$/.test(plain) ? Number(plain) : undefined;
};

/** What the server takes, or undefined while something is missing. */
export function termsOf(typed: BidTyped): Terms | undefined {
  const { sku, weekdays, fromHour, toHour, grade: gradeMin } = typed;
  const [faceMinFen, faceMaxFen] = [fenFromYuan(typed.faceMin), fenFromYuan(typed.faceMax)];
  const [daysLeftMin, daysLeftMax] = [whole(typed.daysMin), whole(typed.daysMax)];
  const dailyBudgetFen = fenFromYuan(typed.budget);
  const curve = curveOf(typed.steps);
  if (!sku || !curve || !faceMinFen || !faceMaxFen || !dailyBudgetFen) return undefined;
  if (BigInt(faceMinFen) <= 0n || BigInt(faceMaxFen) < BigInt(faceMinFen)) return undefined;
  if (BigInt(dailyBudgetFen) <= 0n || weekdays.length === 0 || fromHour >= toHour) return undefined;
  const misread = (text: string, days: number | undefined): boolean =>
    text.trim() !== '' && days === undefined;
  if (misread(typed.daysMin, daysLeftMin) || misread(typed.daysMax, daysLeftMax)) return undefined;
  if ((daysLeftMin ?? 0) > (daysLeftMax ?? Number.POSITIVE_INFINITY)) return undefined;
  return {
    ...{ sku, faceMinFen, faceMaxFen, gradeMin, fromHour, toHour, curve, dailyBudgetFen },
    weekdays: [...weekdays],
    ...(daysLeftMin !== undefined && { daysLeftMin }),
    ...(daysLeftMax !== undefined && { daysLeftMax }),
  };
}
