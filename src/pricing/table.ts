/** A price table made ready for quoting, and everything that can be wrong with one. Pure. */
import assert from 'node:assert/strict';
import { canonicalJson, type Fen, fen, sha256 } from '#platform';
import {
  CATEGORIES,
  type Category,
  type CategoryRow,
  FEE_CODES,
  type FeeCode,
  type PriceTableData,
  type SlotRow,
  WEEKDAYS,
} from './schema.ts';

export const BPS = 10_000n;
const DAY_HOURS = 24;

/** Hours of one weekday that share a slot. */
export interface SlotRun {
  readonly slot: SlotRow;
  readonly fromHour: number;
  readonly toHour: number;
}
export interface Band {
  readonly fromFen: bigint;
  readonly adjBps: number;
}
export interface Fee {
  readonly code: FeeCode;
  readonly zh: string;
  readonly en: string;
  readonly rateBps: number;
  readonly capFen: Fen;
}
export interface CategoryPrices {
  readonly baseBps: number;
  readonly floorBps: number;
  /** Monday first; each day's runs in the order of the clock. */
  readonly week: readonly (readonly SlotRun[])[];
  readonly holiday: { readonly daysBefore: number; readonly adjBps: number } | undefined;
  readonly expiry: readonly { readonly fromDays: number; readonly adjBps: number }[];
  readonly bands: readonly Band[];
}
export interface Table {
  readonly version: number;
  /** SHA-256 in hex over what was published; empty in a draft. */
  readonly hash: string;
  readonly effectiveFrom: Date;
  readonly categories: Readonly<Record<Category, CategoryPrices>>;
  readonly overrides: ReadonlyMap<
    string,
    { readonly baseBps?: number; readonly floorBps?: number }
  >;
  readonly fees: readonly Fee[];
}

/** What a published version is known by; each version names the one before it. */
export const hashOf = (input: {
  version: number;
  previousHash: string | null;
  effectiveFrom: Date;
  data: PriceTableData;
}): Buffer => sha256(canonicalJson(input));

/** Digest of the rates alone, so that an approver can say which content was looked at. */
export const digestOf = (data: PriceTableData): string =>
  sha256(canonicalJson(data)).toString('hex');

/** Needs a table without problems. */
export function compile(
  data: PriceTableData,
  head: { version: number; hash: string; effectiveFrom: Date },
): Table {
  const categories = Object.fromEntries(
    CATEGORIES.map((category) => [category, compileCategory(data.categories[category])]),
  ) as Record<Category, CategoryPrices>;
  return {
    ...head,
    categories,
    overrides: new Map(Object.entries(data.products)),
    fees: data.fees
      .map((fee) => ({ ...fee, capFen: fen(BigInt(fee.capFen)) }))
      .sort((a, b) => FEE_CODES.indexOf(a.code) - FEE_CODES.indexOf(b.code)),
  };
}

function compileCategory(row: CategoryRow): CategoryPrices {
  return {
    baseBps: row.baseBps,
    floorBps: row.floorBps,
    week: WEEKDAYS.map((day) =>
      row.slots
        .filter(({ days }) => days.includes(day))
        .sort((a, b) => a.fromHour - b.fromHour)
        .map((slot) => ({ slot, fromHour: slot.fromHour, toHour: slot.toHour })),
    ),
    holiday: row.holiday,
    expiry: row.expiry,
    bands: row.denominations.map(({ fromFen, adjBps }) => ({ fromFen: BigInt(fromFen), adjBps })),
  };
}

export function slotAt(prices: CategoryPrices, weekdayIndex: number, hour: number): SlotRow {
  const run = prices.week[weekdayIndex]?.find(({ toHour }) => hour < toHour);
  assert(run && run.fromHour <= hour, `no slot at hour ${hour} of weekday ${weekdayIndex}`);
  return run.slot;
}

/** `days` left before the last valid day; undefined: no end, which is never worth less than the last row. */
export function expiryRow(prices: CategoryPrices, days: number | undefined) {
  const row =
    days === undefined
      ? prices.expiry.at(-1)
      : prices.expiry.findLast(({ fromDays }) => days >= fromDays);
  assert(row, 'the expiry curve begins at day 0');
  return row;
}

export const baseOf = (table: Table, sku: string, category: Category): number =>
  table.overrides.get(sku)?.baseBps ?? table.categories[category].baseBps;

export const floorOf = (table: Table, sku: string, category: Category): number =>
  table.overrides.get(sku)?.floorBps ?? table.categories[category].floorBps;

export interface TableProblem {
  readonly path: string;
  readonly zh: string;
  readonly en: string;
}

/** All that is wrong with a table whose shape the schema has accepted; empty when it may be published. */
export function problemsOf(
  data: PriceTableData,
  catalogue?: ReadonlyMap<string, Category>,
): TableProblem[] {
  const problems = CATEGORIES.flatMap((category) =>
    categoryProblems(`categories/${category}`, data.categories[category]),
  );
  for (const code of FEE_CODES) {
    if (data.fees.filter((fee) => fee.code === code).length !== 1)
      problems.push({
        path: `fees/${code}`,
        zh: '每种费用必须且只能列一次',
        en: 'Each fee is listed exactly once',
      });
  }
  for (const category of CATEGORIES) {
    const row = data.categories[category];
    if (exceedsFace(row.baseBps, row)) problems.push(aboveFace(`categories/${category}`));
  }
  for (const [sku, { baseBps }] of Object.entries(data.products)) {
    const path = `products/${sku}`;
    const category = catalogue?.get(sku);
    if (catalogue && !category)
      problems.push({ path, zh: '目录中没有这个商品', en: 'No such product in the catalogue' });
    if (baseBps !== undefined && category && exceedsFace(baseBps, data.categories[category]))
      problems.push(aboveFace(path));
  }
  return problems;
}

const aboveFace = (path: string): TableProblem => ({
  path,
  zh: '各项最高时价格会超过面值',
  en: 'With every factor at its highest the price exceeds the face value',
});

function exceedsFace(baseBps: number, row: CategoryRow): boolean {
  const highest = (rows: readonly { adjBps: number }[]): number =>
    Math.max(...rows.map(({ adjBps }) => adjBps));
  const factors = [highest(row.slots), highest(row.expiry), highest(row.denominations)];
  if (row.holiday) factors.push(Math.max(0, row.holiday.adjBps));
  const price = factors.reduce((product, adj) => product * (BPS + BigInt(adj)), BigInt(baseBps));
  return price > BPS ** BigInt(factors.length + 1);
}

function categoryProblems(path: string, row: CategoryRow): TableProblem[] {
  const problems: TableProblem[] = [];
  const add = (where: string, zh: string, en: string): void => {
    problems.push({ path: `${path}/${where}`, zh, en });
  };
  coverage(row, add);
  for (const slot of row.slots) {
    const other = row.slots.find((one) => one.code === slot.code);
    if (other && (other.adjBps !== slot.adjBps || other.zh !== slot.zh || other.en !== slot.en))
      add(`slots/${slot.code}`, '同一时段代码的加减价或名称不一致', 'One code, two meanings');
  }
  if (row.expiry[0]?.fromDays !== 0)
    add('expiry', '到期曲线须从第 0 天开始', 'The expiry curve must begin at day 0');
  for (const [index, { fromDays, adjBps }] of row.expiry.entries()) {
    const before = row.expiry[index - 1];
    if (before && fromDays <= before.fromDays)
      add(`expiry/${index}`, '天数须递增', 'Days must ascend');
    if (before && adjBps < before.adjBps)
      add(`expiry/${index}`, '剩余天数更多，价格不得更低', 'More days left must never pay less');
  }
  if (row.denominations[0]?.fromFen !== '0')
    add('denominations', '面额分段须从 0 开始', 'The bands must begin at 0');
  for (const [index, { fromFen }] of row.denominations.entries()) {
    const before = row.denominations[index - 1];
    if (before && BigInt(fromFen) <= BigInt(before.fromFen))
      add(`denominations/${index}`, '面额分段须递增', 'Bands must ascend');
  }
  return problems;
}

/** All 168 hours of the week, each exactly once. */
function coverage(row: CategoryRow, add: (where: string, zh: string, en: string) => void): void {
  for (const [index, { fromHour, toHour }] of row.slots.entries()) {
    if (toHour <= fromHour)
      add(`slots/${index}`, '结束须晚于开始', 'The end must be after the start');
  }
  for (const day of WEEKDAYS) {
    for (let hour = 0; hour < DAY_HOURS; hour++) {
      const held = row.slots.filter(
        (slot) => slot.days.includes(day) && slot.fromHour <= hour && hour < slot.toHour,
      );
      if (held.length === 1) continue;
      const gap = held.length === 0;
      add(
        `slots/${day}/${hour}`,
        gap ? '这个小时没有时段' : '这个小时有多个时段',
        gap ? 'No slot holds this hour' : 'More than one slot holds this hour',
      );
    }
  }
}
