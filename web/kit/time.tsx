/** Instants and deadlines for people, counted by the server's clock; hides time zones (ours is China's). */
import { useEffect, useState } from 'react';
import { serverNow } from '../api.ts';
import { useKitTexts, useLanguage } from './language.tsx';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ZONE = 'Asia/Shanghai';

/** The server's time now, again every `everyMs`. */
export function useNow(everyMs: number = SECOND): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

interface CountdownProps {
  until: string;
  /** Said before the time, e.g. 报价有效. */
  label?: string;
  onEnd?: () => void;
}

/** Counts down on the screen each second; a screen reader hears it at 10, 5 and 1 minute, 30 seconds and the end. */
export function Countdown({ until, label, onEnd }: CountdownProps): React.ReactNode {
  const now = useNow();
  const t = useKitTexts();
  const leftMs = Math.max(0, Date.parse(until) - now);
  const over = leftMs === 0;
  useEffect(() => {
    if (over) onEnd?.();
  }, [over, onEnd]);
  const rough = useRough(stepOf(leftMs));
  const heard = over ? t('timeUp') : t('timeLeft', { time: rough });
  const text = useClockText(leftMs);
  const urgent = leftMs < MINUTE;
  return (
    <span className="hq-countdown" data-urgent={urgent} data-testid="countdown">
      {label && <span className="hq-countdown-label">{label}</span>}
      <span role="timer" className="hq-countdown-time">
        {over ? t('timeUp') : text}
      </span>
      <span className="hq-unseen" aria-live="polite">
        {leftMs <= 10 * MINUTE ? heard : ''}
      </span>
    </span>
  );
}

/** Rounded up to the steps at which it is said aloud, so that the live text changes only there. */
function stepOf(leftMs: number): number {
  const steps = [0, 30 * SECOND, MINUTE, 5 * MINUTE, 10 * MINUTE, HOUR, DAY];
  return steps.find((step) => leftMs <= step) ?? leftMs;
}

/** Minutes and seconds, with hours where there are some; from a day on, days and hours in words. */
function useClockText(ms: number): string {
  const t = useKitTexts();
  if (ms < DAY) return clockText(ms);
  const hours = Math.floor((ms % DAY) / HOUR);
  return `${t('days', { n: Math.floor(ms / DAY) })} ${t('hours', { n: hours })}`;
}

function clockText(ms: number): string {
  const seconds = Math.ceil(ms / SECOND);
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${two((seconds % 3600) / 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** The largest whole unit: 3 天, 5 小时, 12 分钟, 40 秒. */
export function useRough(ms: number): string {
  const t = useKitTexts();
  if (ms >= DAY) return t('days', { n: Math.floor(ms / DAY) });
  if (ms >= HOUR) return t('hours', { n: Math.floor(ms / HOUR) });
  if (ms >= MINUTE) return t('minutes', { n: Math.floor(ms / MINUTE) });
  return t('seconds', { n: Math.ceil(ms / SECOND) });
}

export type MomentForm = 'day' | 'date' | 'minute' | 'weekday';
const forms: Record<MomentForm, Intl.DateTimeFormatOptions> = {
  day: { month: 'long', day: 'numeric' },
  /** With the year, for what may be years away. */
  date: { year: 'numeric', month: 'long', day: 'numeric' },
  weekday: { month: 'long', day: 'numeric', weekday: 'short' },
  minute: { month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false },
};

/** An instant (RFC 3339) or a day (2026-12-01) as people write it, in China's time. */
export function useMoment(): (at: string, form: MomentForm) => string {
  const language = useLanguage();
  return (at, form) => {
    const isDay = at.length === 10;
    const format = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
      ...forms[form],
      timeZone: isDay ? 'UTC' : ZONE,
    });
    return format.format(new Date(at));
  };
}

export function Moment({ at, form }: { at: string; form: MomentForm }): React.ReactNode {
  const moment = useMoment();
  return <time dateTime={at}>{moment(at, form)}</time>;
}

/** Today in China, as 2026-12-01; `plusDays` later. */
export function chinaDay(plusDays = 0): string {
  const at = new Date(serverNow() + plusDays * DAY);
  return new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format(at);
}
