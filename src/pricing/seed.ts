/** The first price table of a fresh house, as data: believable rates to start from, all of them editable. */
import { type CategoryRow, type PriceTableData, type SlotRow, WEEKDAYS } from './schema.ts';

type Slot = Pick<SlotRow, 'code' | 'zh' | 'en' | 'adjBps'>;
/** A day as `[until hour, slot]` in the order of the clock, so that it cannot have a gap. */
type DayPlan = readonly (readonly [number, Slot])[];

const slot = (code: string, zh: string, en: string, adjBps: number): Slot => ({
  code,
  zh,
  en,
  adjBps,
});

function week(workdays: DayPlan, weekend: DayPlan): SlotRow[] {
  const rows = (days: SlotRow['days'], plan: DayPlan): SlotRow[] =>
    plan.map(([toHour, def], index) => ({
      ...def,
      days,
      fromHour: plan[index - 1]?.[0] ?? 0,
      toHour,
    }));
  if (workdays === weekend) return rows([...WEEKDAYS], workdays);
  return [...rows(['mon', 'tue', 'wed', 'thu', 'fri'], workdays), ...rows(['sat', 'sun'], weekend)];
}

const NIGHT = slot('night', '夜间', 'Night', -500);
const DAYTIME = slot('daytime', '日间', 'Daytime', 0);

const SHELF_LIFE: CategoryRow['expiry'] = [
  { fromDays: 0, adjBps: -3_000 },
  { fromDays: 15, adjBps: -1_500 },
  { fromDays: 30, adjBps: -800 },
  { fromDays: 90, adjBps: -300 },
  { fromDays: 180, adjBps: 0 },
];
/** The check of a card costs the same whatever it is worth, and large ones sell more slowly. */
const BANDS: CategoryRow['denominations'] = [
  { fromFen: '0', adjBps: -300 },
  { fromFen: '5000', adjBps: 0 },
  { fromFen: '100000', adjBps: -200 },
];

const dining: CategoryRow = {
  baseBps: 7_000,
  floorBps: 6_500,
  slots: week(
    [
      [7, NIGHT],
      [11, DAYTIME],
      [14, slot('weekday_noon', '工作日午间', 'Weekday noon', 200)],
      [17, DAYTIME],
      [21, slot('evening', '晚间', 'Evening', 200)],
      [24, NIGHT],
    ],
    [
      [7, NIGHT],
      [11, DAYTIME],
      [14, slot('weekend_noon', '周末午间', 'Weekend noon', 500)],
      [17, DAYTIME],
      [21, slot('evening', '晚间', 'Evening', 200)],
      [24, NIGHT],
    ],
  ),
  expiry: SHELF_LIFE,
  denominations: BANDS,
};

const grocery: CategoryRow = {
  baseBps: 8_000,
  floorBps: 7_500,
  slots: week(
    [
      [7, NIGHT],
      [13, DAYTIME],
      [17, slot('weekday_afternoon', '工作日下午', 'Weekday afternoon', 400)],
      [22, DAYTIME],
      [24, NIGHT],
    ],
    [
      [7, NIGHT],
      [22, DAYTIME],
      [24, NIGHT],
    ],
  ),
  expiry: SHELF_LIFE,
  denominations: BANDS,
};

const cinemaDay: DayPlan = [
  [9, slot('night', '夜间', 'Night', -600)],
  [19, DAYTIME],
  [22, slot('evening', '晚间', 'Evening', 500)],
  [24, slot('night', '夜间', 'Night', -600)],
];
const cinema: CategoryRow = {
  baseBps: 5_600,
  floorBps: 5_000,
  slots: week(cinemaDay, cinemaDay),
  holiday: { daysBefore: 7, adjBps: 1_500 },
  expiry: SHELF_LIFE,
  denominations: BANDS,
};

const freshDay: DayPlan = [
  [7, NIGHT],
  [11, slot('morning', '早市', 'Morning', 300)],
  [22, DAYTIME],
  [24, NIGHT],
];
const fresh: CategoryRow = {
  baseBps: 7_000,
  floorBps: 5_000,
  slots: week(freshDay, freshDay),
  expiry: [
    { fromDays: 0, adjBps: -4_000 },
    { fromDays: 15, adjBps: -2_500 },
    { fromDays: 30, adjBps: -1_500 },
    { fromDays: 60, adjBps: -600 },
    { fromDays: 120, adjBps: 0 },
  ],
  denominations: BANDS,
};

const fuelDay: DayPlan = [
  [7, slot('night', '夜间', 'Night', -200)],
  [22, DAYTIME],
  [24, slot('night', '夜间', 'Night', -200)],
];
const fuel: CategoryRow = {
  baseBps: 8_600,
  floorBps: 8_000,
  slots: week(
    [
      [7, slot('night', '夜间', 'Night', -200)],
      [10, slot('commute', '早高峰', 'Morning commute', 100)],
      [22, DAYTIME],
      [24, slot('night', '夜间', 'Night', -200)],
    ],
    fuelDay,
  ),
  expiry: SHELF_LIFE,
  denominations: BANDS,
};

const shopDay: DayPlan = [
  [8, slot('night', '夜间', 'Night', -200)],
  [20, DAYTIME],
  [23, slot('evening', '晚间', 'Evening', 100)],
  [24, slot('night', '夜间', 'Night', -200)],
];
const ecommerce: CategoryRow = {
  baseBps: 8_600,
  floorBps: 8_000,
  slots: week(shopDay, shopDay),
  expiry: SHELF_LIFE,
  denominations: BANDS,
};

const cafeDay: DayPlan = [
  [7, NIGHT],
  [22, DAYTIME],
  [24, NIGHT],
];
const cafe: CategoryRow = {
  baseBps: 7_400,
  floorBps: 6_500,
  slots: week(
    [
      [7, NIGHT],
      [10, slot('weekday_morning', '工作日早间', 'Weekday morning', 300)],
      [22, DAYTIME],
      [24, NIGHT],
    ],
    cafeDay,
  ),
  expiry: SHELF_LIFE,
  denominations: BANDS,
};

const membershipDay: DayPlan = [
  [8, NIGHT],
  [19, DAYTIME],
  [23, slot('evening', '晚间', 'Evening', 200)],
  [24, NIGHT],
];
const membership: CategoryRow = {
  baseBps: 6_600,
  floorBps: 5_500,
  slots: week(membershipDay, membershipDay),
  expiry: [
    { fromDays: 0, adjBps: -5_000 },
    { fromDays: 30, adjBps: -3_000 },
    { fromDays: 90, adjBps: -1_000 },
    { fromDays: 180, adjBps: -300 },
    { fromDays: 365, adjBps: 0 },
  ],
  denominations: BANDS,
};

export const seedTable: PriceTableData = {
  schema: 1,
  categories: { dining, grocery, cinema, fresh, fuel, ecommerce, cafe, membership },
  products: {},
  fees: [
    {
      code: 'PLATFORM_FEE',
      zh: '平台服务费',
      en: 'Platform fee',
      rateBps: 200,
      capFen: '5000',
    },
    { code: 'VERIFICATION', zh: '验卡费', en: 'Card check', rateBps: 50, capFen: '200' },
    { code: 'PAYOUT_RAIL', zh: '打款通道费', en: 'Payout', rateBps: 0, capFen: '0' },
    { code: 'INSURANCE', zh: '保障费', en: 'Guarantee', rateBps: 0, capFen: '0' },
  ],
};
