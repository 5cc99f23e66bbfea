/** The content of a price table as editable tables: rates, slots, expiry, bands, fees, single products. */
import { Segmented, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { CATEGORY_WORDS, type Category } from '../../../src/cards/schema.ts';
import { usePick } from '../../kit/language.tsx';
import type { CategoryRow, PriceTableData } from '../api-types.ts';
import {
  Days,
  EditTable,
  Percent,
  replaced,
  Text,
  Whole,
  without,
  Yuan,
} from '../parts/edit-table.tsx';
import { Field } from '../parts/field.tsx';
import { Panel } from '../parts/screen.tsx';
import { useSay } from '../say.ts';
import { Fees, Products } from './price-fees.tsx';

interface EditorProps {
  data: PriceTableData;
  /** Absent: only to be read. */
  change: ((data: PriceTableData) => void) | undefined;
}

const parts = ['rates', 'curves', 'fees', 'products'] as const;
type Part = (typeof parts)[number];

export function PriceEditor({ data, change }: EditorProps): ReactNode {
  const t = useSay();
  const [part, setPart] = useState<Part>('rates');
  const labels: Record<Part, string> = {
    rates: t('prices.rates'),
    curves: t('prices.curves'),
    fees: t('prices.fees'),
    products: t('prices.products'),
  };
  return (
    <Panel title={t('prices.content')}>
      <Segmented<Part>
        className="co-segments"
        aria-label={t('prices.content')}
        value={part}
        options={parts.map((value) => ({ value, label: labels[value] }))}
        onChange={setPart}
      />
      {part === 'rates' && <Rates data={data} change={change} />}
      {part === 'curves' && <Curves data={data} change={change} />}
      {part === 'fees' && <Fees data={data} change={change} />}
      {part === 'products' && <Products data={data} change={change} />}
    </Panel>
  );
}

function useCategoryWords(): (category: string) => string {
  const pick = usePick();
  return (category) => pick(CATEGORY_WORDS[category as Category] ?? { zh: category, en: category });
}

/** Bounds of the server's schema, in hundredths of a percent. */
const RATE = { min: 0, max: 10_000 };
const ADJUST = { min: -5_000, max: 5_000 };
const EXPIRY = { min: -9_500, max: 2_000 };

function Rates({ data, change }: EditorProps): ReactNode {
  const t = useSay();
  const words = useCategoryWords();
  const rows = Object.entries(data.categories);
  const set = (category: string, next: CategoryRow): void =>
    change?.({ ...data, categories: { ...data.categories, [category]: next } });
  return (
    <EditTable
      caption={t('prices.rates')}
      rows={rows}
      name={([category]) => words(category)}
      readOnly={!change}
      columns={[
        {
          title: t('prices.base'),
          cell: ([category, row], label) => (
            <Percent
              {...RATE}
              label={label}
              bps={row.baseBps}
              set={change && ((baseBps) => set(category, { ...row, baseBps }))}
            />
          ),
        },
        {
          title: t('prices.floor'),
          cell: ([category, row], label) => (
            <Percent
              {...RATE}
              label={label}
              bps={row.floorBps}
              set={change && ((floorBps) => set(category, { ...row, floorBps }))}
            />
          ),
        },
        {
          title: t('prices.holidayDays'),
          cell: ([category, row], label) => (
            <Whole
              min={0}
              max={30}
              label={label}
              value={row.holiday?.daysBefore ?? 0}
              set={change && ((daysBefore) => set(category, withHoliday(row, { daysBefore })))}
            />
          ),
        },
        {
          title: t('prices.holidayAdj'),
          cell: ([category, row], label) => (
            <Percent
              {...ADJUST}
              label={label}
              bps={row.holiday?.adjBps ?? 0}
              set={change && ((adjBps) => set(category, withHoliday(row, { adjBps })))}
            />
          ),
        },
      ]}
    />
  );
}

/** No days before the holiday means no holiday rule at all. */
function withHoliday(
  row: CategoryRow,
  part: Partial<NonNullable<CategoryRow['holiday']>>,
): CategoryRow {
  const { holiday: before, ...rest } = row;
  const holiday = { daysBefore: 0, adjBps: 0, ...before, ...part };
  // A change typed before the days: one day, so that it is not lost.
  if ('adjBps' in part && holiday.daysBefore === 0) holiday.daysBefore = 1;
  return holiday.daysBefore > 0 ? { ...rest, holiday } : rest;
}

function Curves({ data, change }: EditorProps): ReactNode {
  const t = useSay();
  const words = useCategoryWords();
  const categories = Object.keys(data.categories) as Category[];
  const [chosen, setChosen] = useState<Category>('dining');
  const row = data.categories[chosen];
  const set =
    change &&
    ((next: CategoryRow): void =>
      change({ ...data, categories: { ...data.categories, [chosen]: next } }));
  return (
    <>
      <Field label={t('prices.category')} row>
        <Select
          className="co-select"
          value={chosen}
          aria-label={t('prices.category')}
          options={categories.map((value) => ({ value, label: words(value) }))}
          onChange={setChosen}
        />
      </Field>
      {row && <Slots row={row} set={set} />}
      {row && (
        <div className="co-two">
          <Expiry row={row} set={set} />
          <Bands row={row} set={set} />
        </div>
      )}
    </>
  );
}

interface RowProps {
  row: CategoryRow;
  set: ((row: CategoryRow) => void) | undefined;
}

function Slots({ row, set }: RowProps): ReactNode {
  const t = useSay();
  const pick = usePick();
  const slots = row.slots;
  const put = (index: number, part: Partial<CategoryRow['slots'][number]>): void => {
    const before = slots[index];
    if (before) set?.({ ...row, slots: replaced(slots, index, { ...before, ...part }) });
  };
  const fresh = { zh: '新时段', en: 'New slot', days: [], fromHour: 0, toHour: 24, adjBps: 0 };
  return (
    <EditTable
      caption={t('prices.slots')}
      note={t('prices.slotsNote')}
      rows={slots}
      name={(slot) => pick(slot)}
      readOnly={!set}
      add={
        set &&
        (() => set({ ...row, slots: [...slots, { ...fresh, code: `slot_${slots.length + 1}` }] }))
      }
      drop={set && ((index) => set({ ...row, slots: without(slots, index) }))}
      columns={[
        {
          title: t('prices.slot'),
          cell: (slot, label, index) => (
            <Text label={label} value={slot.zh} set={set && ((zh) => put(index, { zh }))} />
          ),
        },
        {
          title: t('prices.slotEn'),
          cell: (slot, label, index) => (
            <Text label={label} value={slot.en} set={set && ((en) => put(index, { en }))} />
          ),
        },
        {
          title: t('prices.days'),
          cell: (slot, label, index) => (
            <Days label={label} days={slot.days} set={set && ((days) => put(index, { days }))} />
          ),
        },
        {
          title: t('prices.fromHour'),
          cell: (slot, label, index) => (
            <Whole
              min={0}
              max={23}
              label={label}
              value={slot.fromHour}
              set={set && ((fromHour) => put(index, { fromHour }))}
            />
          ),
        },
        {
          title: t('prices.toHour'),
          cell: (slot, label, index) => (
            <Whole
              min={1}
              max={24}
              label={label}
              value={slot.toHour}
              set={set && ((toHour) => put(index, { toHour }))}
            />
          ),
        },
        {
          title: t('prices.adj'),
          cell: (slot, label, index) => (
            <Percent
              {...ADJUST}
              label={label}
              bps={slot.adjBps}
              set={set && ((adjBps) => put(index, { adjBps }))}
            />
          ),
        },
      ]}
    />
  );
}

function Expiry({ row, set }: RowProps): ReactNode {
  const t = useSay();
  const rows = row.expiry;
  const put = (index: number, part: Partial<CategoryRow['expiry'][number]>): void => {
    const before = rows[index];
    if (before) set?.({ ...row, expiry: replaced(rows, index, { ...before, ...part }) });
  };
  return (
    <EditTable
      caption={t('prices.expiry')}
      rows={rows}
      name={(one) => `≥ ${one.fromDays}`}
      readOnly={!set}
      add={set && (() => set({ ...row, expiry: [...rows, { fromDays: 0, adjBps: 0 }] }))}
      drop={set && ((index) => set({ ...row, expiry: without(rows, index) }))}
      columns={[
        {
          title: t('prices.fromDays'),
          cell: (one, label, index) => (
            <Whole
              min={0}
              max={3_650}
              label={label}
              value={one.fromDays}
              set={set && ((fromDays) => put(index, { fromDays }))}
            />
          ),
        },
        {
          title: t('prices.adj'),
          cell: (one, label, index) => (
            <Percent
              {...EXPIRY}
              label={label}
              bps={one.adjBps}
              set={set && ((adjBps) => put(index, { adjBps }))}
            />
          ),
        },
      ]}
    />
  );
}

function Bands({ row, set }: RowProps): ReactNode {
  const t = useSay();
  const rows = row.denominations;
  const put = (index: number, part: Partial<CategoryRow['denominations'][number]>): void => {
    const before = rows[index];
    if (before) set?.({ ...row, denominations: replaced(rows, index, { ...before, ...part }) });
  };
  return (
    <EditTable
      caption={t('prices.bands')}
      rows={rows}
      name={(_, index) => `#${index + 1}`}
      readOnly={!set}
      add={
        set && (() => set({ ...row, denominations: [...rows, { fromFen: '100000', adjBps: 0 }] }))
      }
      drop={set && ((index) => set({ ...row, denominations: without(rows, index) }))}
      columns={[
        {
          title: t('prices.fromYuan'),
          cell: (one, label, index) => (
            <Yuan
              label={label}
              fen={one.fromFen}
              set={set && ((fromFen) => put(index, { fromFen }))}
            />
          ),
        },
        {
          title: t('prices.adj'),
          cell: (one, label, index) => (
            <Percent
              {...ADJUST}
              label={label}
              bps={one.adjBps}
              set={set && ((adjBps) => put(index, { adjBps }))}
            />
          ),
        },
      ]}
    />
  );
}
