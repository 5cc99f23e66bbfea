/** Times and days as staff read them: China time, exact, with the distance to now; hides every formatter. */
import { type ReactNode, useEffect, useState } from 'react';
import { type Language, useLanguage } from '../../kit/language.tsx';
import { useSay } from '../say.ts';
import { Icon } from './icons.tsx';

const ZONE = 'Asia/Shanghai';
const TICK_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const locales = { zh: 'zh-CN', en: 'en-GB' } as const;

/** Under this much time left a deadline is shown as urgent. */
const URGENT_MS = 30 * MINUTE_MS;

export function momentText(at: string | Date, language: Language): string {
  return new Intl.DateTimeFormat(locales[language], {
    timeZone: ZONE,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  }).format(new Date(at));
}

/** Today in China, as `YYYY-MM-DD`. */
export const dayNow = (offsetDays = 0): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: ZONE }).format(Date.now() + offsetDays * DAY_MS);

export function When({ at }: { at: string }): ReactNode {
  const language = useLanguage();
  const seconds = new Intl.DateTimeFormat(locales[language], {
    timeZone: ZONE,
    dateStyle: 'full',
    timeStyle: 'medium',
  }).format(new Date(at));
  return (
    <time dateTime={at} title={seconds} className="hq-when">
      {momentText(at, language)}
    </time>
  );
}

export function spanText(ms: number, language: Language): string {
  const [days, hours, minutes, seconds] = [
    Math.floor(ms / DAY_MS),
    Math.floor(ms / HOUR_MS) % 24,
    Math.floor(ms / MINUTE_MS) % 60,
    Math.floor(ms / 1000) % 60,
  ];
  const two = (n: number): string => String(n).padStart(2, '0');
  if (days > 0) return language === 'zh' ? `${days} 天 ${hours} 小时` : `${days} d ${hours} h`;
  if (hours > 0) return language === 'zh' ? `${hours} 小时 ${minutes} 分` : `${hours} h ${minutes} min`;
  return `${two(minutes)}:${two(seconds)}`;
}

/** Now, moving on every second while the screen is looked at. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** Time left until a deadline, or how long it has been missed; said in words, not only in colour. */
export function Due({ at }: { at: string }): ReactNode {
  const t = useSay();
  const language = useLanguage();
  const now = useNow();
  const left = new Date(at).getTime() - now;
  const span = spanText(Math.abs(left), language);
  const tone = left < 0 ? 'bad' : left < URGENT_MS ? 'warn' : 'plain';
  return (
    <span className={`hq-due hq-due-${tone}`} title={momentText(at, language)}>
      <Icon name={left < 0 ? 'alert' : 'clock'} size={15} />
      {left < 0 ? t('shell.overdue', { span }) : t('shell.inTime', { span })}
    </span>
  );
}
