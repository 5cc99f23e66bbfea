/**
 * The official Chinese working-day calendar: which days are off, which weekends are worked (调休). Hides where
 * the days come from: one JSON file per year, copied from the State Council's yearly notice that it cites.
 */
import assert from 'node:assert/strict';
import year2024 from './calendar/2024.json' with { type: 'json' };
import year2025 from './calendar/2025.json' with { type: 'json' };
import year2026 from './calendar/2026.json' with { type: 'json' };
import { canonicalJson, sha256 } from './crypto.ts';
import { addDays, daysBetween } from './time.ts';

export interface HolidayName {
  readonly zh: string;
  readonly en: string;
}

/** One yearly notice: `from`–`to` are days off, `workdays` are Saturdays and Sundays that are worked. */
interface CalendarYear {
  readonly year: number;
  readonly notice: string;
  readonly title: string;
  readonly issuedOn: string;
  readonly source: string;
  readonly holidays: readonly (HolidayName & { readonly from: string; readonly to: string })[];
  readonly workdays: readonly string[];
}

/** The next year's notice comes in November; it becomes one more file and one more entry here. */
const YEARS: readonly CalendarYear[] = [year2024, year2025, year2026];

/** Named in every quote, so that a price can be computed again with the days it was computed with. */
export const calendarVersion: string = [
  'cn',
  `${YEARS[0]?.year}-${YEARS.at(-1)?.year}`,
  sha256(canonicalJson(YEARS)).toString('hex').slice(0, 8),
].join('/');

/** The last day the calendar knows; an operator is warned well before it. */
export const calendarEnd: string = `${YEARS.at(-1)?.year}-12-31`;

const years = new Set(YEARS.map(({ year }) => year));
const holidays = new Map<string, HolidayName>();
const madeUp = new Set(YEARS.flatMap(({ workdays }) => workdays));
const starts: string[] = [];
for (const { from, to, zh, en } of YEARS.flatMap((year) => year.holidays)) {
  starts.push(from);
  for (let day = from; day <= to; day = addDays(day, 1)) holidays.set(day, { zh, en });
}
starts.sort();

const DAY_TEXT = /^\d{4}-\d{2}-\d{2}$/;

/** True for a day that exists: `2026-02-30` is none, though JavaScript would read it as 2 March. */
export function isDay(text: string): boolean {
  if (!DAY_TEXT.test(text)) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return Number.isFinite(at.getTime()) && at.toISOString().startsWith(text);
}

/** False when no notice for that year is known: then only weekends count, and somebody should be told. */
export function calendarCovers(day: string): boolean {
  assert(DAY_TEXT.test(day), `not a day: ${day}`);
  return years.has(Number(day.slice(0, 4)));
}

/** 0 Sunday … 6 Saturday. */
export const weekday = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay();

/** A day off by the notice, weekends inside it included; an ordinary weekend is not a holiday. */
export function isHoliday(day: string): boolean {
  assert(DAY_TEXT.test(day), `not a day: ${day}`);
  return holidays.has(day);
}

export const holidayName = (day: string): HolidayName | undefined => holidays.get(day);

/** Banks and offices work: weekdays that are no holiday, and the weekends worked in exchange. */
export function isWorkday(day: string): boolean {
  if (isHoliday(day)) return false;
  const weekend = weekday(day) === 0 || weekday(day) === 6;
  return !weekend || madeUp.has(day);
}

/**
 * Days until the next holiday begins; 0 on a holiday. Undefined when the calendar cannot know: the year of
 * `day`, or the time after the last known holiday, has no notice yet.
 */
export function daysToNextHoliday(day: string): number | undefined {
  if (!calendarCovers(day)) return undefined;
  if (holidays.has(day)) return 0;
  const next = starts.find((start) => start > day);
  return next === undefined ? undefined : daysBetween(day, next);
}

/** No stretch of days off is this long; a longer one means broken data. */
const OFF_DAYS_MAX = 30;

/** The first working day after `day`, never `day` itself. */
export function nextWorkday(day: string): string {
  let next = addDays(day, 1);
  for (let tries = 0; !isWorkday(next); tries++) {
    assert(tries < OFF_DAYS_MAX, `no working day after ${day}`);
    next = addDays(next, 1);
  }
  return next;
}

/** T+n: the n-th working day after `day`; for 0, `day` itself when it is worked, else the next one. */
export function addWorkdays(day: string, n: number): string {
  assert(Number.isInteger(n) && n >= 0 && n <= 366, `cannot count ${n} working days`);
  if (n === 0) return isWorkday(day) ? day : nextWorkday(day);
  let result = day;
  for (let left = n; left > 0; left--) result = nextWorkday(result);
  return result;
}
