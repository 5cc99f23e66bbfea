/** Says in Chinese and English why a line is what it is. Pure. */
import { type Fen, fen, yuan } from '#platform';
import type { DayFacts } from './moment.ts';
import type { SlotRow } from './schema.ts';
import { type CategoryPrices, expiryRow, type Fee } from './table.ts';

interface Words {
  readonly rule: string;
  readonly zh: string;
  readonly en: string;
}

/** `-1250` → `−12.5%`; with a sign, since it says a change. */
export function signedPercent(bps: number): string {
  return `${bps < 0 ? '−' : bps > 0 ? '+' : '±'}${Math.abs(bps) / 100}%`;
}

/** The same for every card of a category, so it is said once per table. */
const said = new WeakMap<CategoryPrices, Words>();

export function denominationWords(prices: CategoryPrices): Words {
  const known = said.get(prices) ?? bandWords(prices);
  said.set(prices, known);
  return known;
}

function bandWords({ bands }: CategoryPrices): Words {
  const rule = 'denomination';
  const parts = bands.flatMap(({ fromFen, adjBps }, index) => {
    if (adjBps === 0) return [];
    const from = yuan(fen(fromFen));
    const next = bands[index + 1];
    const percent = signedPercent(adjBps);
    if (!next)
      return [{ zh: `超过 ${from} 的部分 ${percent}`, en: `part above ${from} ${percent}` }];
    const to = yuan(fen(next.fromFen));
    return fromFen === 0n
      ? [{ zh: `${to} 以内的部分 ${percent}`, en: `part up to ${to} ${percent}` }]
      : [{ zh: `${from} 至 ${to} 的部分 ${percent}`, en: `part from ${from} to ${to} ${percent}` }];
  });
  if (parts.length === 0)
    return { rule, zh: '面额不影响价格', en: 'The face value does not move the price' };
  return {
    rule,
    zh: `面额：${parts.map(({ zh }) => zh).join('；')}`,
    en: `Face value: ${parts.map(({ en }) => en).join('; ')}`,
  };
}

export function expiryWords(prices: CategoryPrices, left: number | undefined): Words {
  if (left === undefined) return { rule: 'expiry.none', zh: '长期有效', en: 'No expiry date' };
  const row = expiryRow(prices, left);
  const next = prices.expiry.find(({ fromDays }) => fromDays > row.fromDays);
  const zhBand = next ? `${row.fromDays}–${next.fromDays - 1} 天档` : `${row.fromDays} 天以上档`;
  const enBand = next
    ? `${row.fromDays}–${next.fromDays - 1} days`
    : `${row.fromDays} days or more`;
  return {
    rule: `expiry.${row.fromDays}`,
    zh: `距到期 ${left} 天（${zhBand}）${signedPercent(row.adjBps)}`,
    en: `${left} days to expiry (${enBand}) ${signedPercent(row.adjBps)}`,
  };
}

export const slotWords = ({ code, zh, en, adjBps }: SlotRow): Words => ({
  rule: `slot.${code}`,
  zh: `时段：${zh} ${signedPercent(adjBps)}`,
  en: `Time slot: ${en} ${signedPercent(adjBps)}`,
});

export function holidayWords(prices: CategoryPrices, day: DayFacts): Words {
  const { holiday } = prices;
  if (!holiday)
    return { rule: 'holiday.none', zh: '本品类不随节假日变动', en: 'Not moved by holidays' };
  const { daysToHoliday: left, holiday: name } = day;
  if (left === undefined || !name)
    return {
      rule: 'holiday.unknown',
      zh: '下一个节假日的官方安排尚未公布，不作调整',
      en: 'The next official holiday is not announced yet, no adjustment',
    };
  const near = left >= 1 && left <= holiday.daysBefore;
  const percent = signedPercent(near ? holiday.adjBps : 0);
  if (left === 0)
    return { rule: 'holiday.0', zh: `${name.zh}假期中 ${percent}`, en: `${name.en} ${percent}` };
  return {
    rule: near ? `holiday.${left}` : 'holiday.far',
    zh: `距${name.zh}假期 ${left} 天（节前 ${holiday.daysBefore} 天内调整）${percent}`,
    en: `${left} days to ${name.en} (moves in the ${holiday.daysBefore} days before) ${percent}`,
  };
}

export function feeWords({ code, zh, en, rateBps, capFen }: Fee): Words {
  const rule = `fee.${code}`;
  if (rateBps === 0 || capFen === 0n) return { rule, zh: `${zh}：免费`, en: `${en}: free` };
  const cap = yuan(capFen as Fen);
  const percent = `${rateBps / 100}%`;
  return {
    rule,
    zh: `${zh}：成交价的 ${percent}，每张最多 ${cap}`,
    en: `${en}: ${percent} of the price, at most ${cap} a card`,
  };
}
