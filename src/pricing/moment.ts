/** What of an instant can move a price: the kind of day, the hour, how near a holiday is. Pure; days are kept. */
import {
  addDays,
  chinaDay,
  chinaHour,
  daysToNextHoliday,
  type HolidayName,
  holidayName,
  isWorkday,
  weekday,
} from '#platform';

export interface DayFacts {
  readonly day: string;
  readonly next: string;
  /** 0 Monday … 6 Sunday, by what people do that day and not by the name of it. */
  readonly weekdayIndex: number;
  /** 0 on a holiday; undefined when the calendar does not know. */
  readonly daysToHoliday: number | undefined;
  readonly holiday: HolidayName | undefined;
}

const MONDAY = 0;
const SUNDAY = 6;
/** Three years of days; then the oldest are forgotten, as they can be found again. */
const KEPT_DAYS = 1_100;
const kept = new Map<string, DayFacts>();

/** A weekday off is priced like a Sunday, a worked Saturday or Sunday (调休) like a Monday. */
function weekdayIndexOf(day: string): number {
  const index = (weekday(day) + 6) % 7;
  const weekend = index >= 5;
  if (isWorkday(day)) return weekend ? MONDAY : index;
  return weekend ? index : SUNDAY;
}

export function dayFacts(day: string): DayFacts {
  const known = kept.get(day);
  if (known) return known;
  const daysToHoliday = daysToNextHoliday(day);
  const facts = {
    day,
    next: addDays(day, 1),
    weekdayIndex: weekdayIndexOf(day),
    daysToHoliday,
    holiday: daysToHoliday === undefined ? undefined : holidayName(addDays(day, daysToHoliday)),
  };
  if (kept.size >= KEPT_DAYS) kept.clear();
  kept.set(day, facts);
  return facts;
}

export const momentOf = (at: Date): { facts: DayFacts; hour: number } => ({
  facts: dayFacts(chinaDay(at)),
  hour: chinaHour(at),
});
