/** Times as staff read them: exact, in China's time, and how far a deadline is; hides every formatter. */
import type { ReactNode } from 'react';
import { type Language, useLanguage } from '../../kit/language.tsx';
import { useNow } from '../../kit/time.tsx';
import { useSay } from '../say.ts';
import { Icon } from './icons.tsx';

const ZONE = 'Asia/Shanghai';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const locales = { zh: 'zh-CN', en: 'en-GB' } as const;
/** `2026-11-24 09:30` in both languages: no doubt which is day and which is month. */
const SORTED = 'sv-SE';

/** Under this much time left a deadline is shown as urgent. */
const URGENT_MS = 30 * MINUTE_MS;

export function momentText(at: string): string {
  return new Intl.DateTimeFormat(SORTED, {
    timeZone: ZONE,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  }).format(new Date(at));
}

export function When({ at }: { at: string }): ReactNode {
  const language = useLanguage();
  const exact = new Intl.DateTimeFormat(locales[language], {
    timeZone: ZONE,
    dateStyle: 'full',
    timeStyle: 'medium',
  });
  return (
    <time dateTime={at} title={exact.format(new Date(at))} className="co-when">
      {momentText(at)}
    </time>
  );
}

export function spanText(ms: number, language: Language): string {
  const days = Math.floor(ms / DAY_MS);
  const hours = Math.floor(ms / HOUR_MS) % 24;
  const minutes = Math.floor(ms / MINUTE_MS) % 60;
  const seconds = Math.floor(ms / 1000) % 60;
  const two = (n: number): string => String(n).padStart(2, '0');
  const zh = language === 'zh';
  const joined = (...parts: readonly [number, string, string][]): string =>
    parts
      .filter(([n], index) => index === 0 || n > 0)
      .map(([n, chinese, english]) => `${n} ${zh ? chinese : english}`)
      .join(' ');
  if (days > 0) return joined([days, '天', 'd'], [hours, '小时', 'h']);
  if (hours > 0) return joined([hours, '小时', 'h'], [minutes, '分', 'min']);
  return `${two(minutes)}:${two(seconds)}`;
}

/** Time left until a deadline, or how long it has been missed; said in words, not only in colour. */
export function Due({ at }: { at: string }): ReactNode {
  const t = useSay();
  const language = useLanguage();
  const left = Date.parse(at) - useNow();
  const span = spanText(Math.abs(left), language);
  const tone = left < 0 ? 'bad' : left < URGENT_MS ? 'warn' : 'plain';
  return (
    <span className={`co-due co-due-${tone}`} title={momentText(at)}>
      <Icon name={left < 0 ? 'alert' : 'clock'} size={15} />
      {left < 0 ? t('shell.overdue', { span }) : t('shell.inTime', { span })}
    </span>
  );
}
