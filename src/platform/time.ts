/** One clock for the whole house, so that a test or the demo can live through a month in seconds. */
import assert from 'node:assert/strict';

export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** Time that stands still until told to move, and never moves back. */
export class FakeClock implements Clock {
  #now: number;
  constructor(start: Date | string) {
    this.#now = new Date(start).getTime();
    assert(Number.isFinite(this.#now));
  }
  now(): Date {
    return new Date(this.#now);
  }
  advance(ms: number): Date {
    assert(ms >= 0, 'time does not run backwards');
    this.#now += ms;
    return this.now();
  }
  moveTo(at: Date | string): Date {
    return this.advance(new Date(at).getTime() - this.#now);
  }
}

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const plus = (at: Date, ms: number): Date => new Date(at.getTime() + ms);

/** China has kept one offset with no summer time since 1992; the law and the bank speak in it. */
const CHINA_OFFSET_MS = 8 * HOUR;

/** Calendar day in China, `YYYY-MM-DD`. */
export const chinaDay = (at: Date): string =>
  new Date(at.getTime() + CHINA_OFFSET_MS).toISOString().slice(0, 10);

/** Hour of the day in China, 0–23. */
export const chinaHour = (at: Date): number =>
  new Date(at.getTime() + CHINA_OFFSET_MS).getUTCHours();

/** To the minute in China, as a text message says it: `2026-12-01 14:30`. */
export const chinaMinute = (at: Date): string =>
  new Date(at.getTime() + CHINA_OFFSET_MS).toISOString().slice(0, 16).replace('T', ' ');

/** The instant of `hour` o'clock (may be fractional) on `day` in China. */
export const chinaInstant = (day: string, hour = 0): Date =>
  new Date(Date.parse(`${day}T00:00:00Z`) - CHINA_OFFSET_MS + hour * HOUR);

export const addDays = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);

/** Whole days from `from` to `to`; negative when `to` is earlier. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY);
