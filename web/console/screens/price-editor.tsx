/** The content of a price table as editable tables: rates, slots, expiry, bands, fees, single products. */
import { Select, Tabs } from 'antd';
import { type ReactNode, useState } from 'react';
import { CATEGORY_WORDS, type Category } from '../../../src/cards/schema.ts';
import { usePick } from '../../kit/language.tsx';
import { Days, EditTable, Percent, Text, Whole, Yuan } from '../parts/edit-table.tsx';
import { Field } from '../parts/field.tsx';
import { Panel } from '../parts/screen.tsx';
import type { CategoryRow, PriceTableData } from '../price-types.ts';
import { useSay } from '../say.ts';

interface EditorProps {
  data: PriceTableData;
  /** Absent: only to be read. */
  change: ((data: PriceTableData) => void) | undefined;
}

export function PriceEditor({ data, change }: EditorProps): ReactNode {
  const t = useSay();
  return (
    <Panel title={t('prices.content')}>
      <Tabs
        items={[
          {
            key: 'rates',
            label: t('prices.rates'),
            children: <Rates data={data} change={change} />,
          },
          {
            key: 'curves',
            label: `${t('prices.slots')} · ${t('prices.expiry')} · ${t('prices.bands')}`,
            children: <Curves data={data} change={change} />,
          },
          { key: 'fees', label: t('prices.fees'), children: <Fees data={data} change={change} /> },
          {
            key: 'products',
            label: t('prices.products'),
            children: <Products data={data} change={change} />,
          },
        ]}
      />
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
const FEE = { min: 0, max: 1_000 };

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
  const categories = Object.keys(data.categories);
  const [chosen, setChosen] = useState(categories[0] ?? '');
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

const replaced = <T,>(list: readonly T[], index: number, next: T): T[] =>
  list.map((one, at) => (at === index ? next : one));
const without = <T,>(list: readonly T[], index: number): T[] =>
  list.filter((_, at) => at !== index);

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

function Fees({ data, change }: EditorProps): ReactNode {
  const t = useSay();
  const pick = usePick();
  const put = (index: number, part: Partial<PriceTableData['fees'][number]>): void => {
    const before = data.fees[index];
    if (before) change?.({ ...data, fees: replaced(data.fees, index, { ...before, ...part }) });
  };
  return (
    <EditTable
      caption={t('prices.fees')}
      rows={data.fees}
      name={(fee) => pick(fee)}
      readOnly={!change}
      columns={[
        {
          title: t('prices.rate'),
          cell: (fee, label, index) => (
            <Percent
              {...FEE}
              label={label}
              bps={fee.rateBps}
              set={change && ((rateBps) => put(index, { rateBps }))}
            />
          ),
        },
        {
          title: t('prices.cap'),
          cell: (fee, label, index) => (
            <Yuan
              label={label}
              fen={fee.capFen}
              set={change && ((capFen) => put(index, { capFen }))}
            />
          ),
        },
      ]}
    />
  );
}

function Products({ data, change }: EditorProps): ReactNode {
  const t = useSay();
  const rows = Object.entries(data.products);
  const write = (next: typeof rows): void =>
    change?.({ ...data, products: Object.fromEntries(next) });
  return (
    <EditTable
      caption={t('prices.products')}
      note={t('prices.productsNote')}
      rows={rows}
      name={([sku]) => sku}
      readOnly={!change}
      add={change && (() => write([...rows, [`sku-${rows.length + 1}`, {}]]))}
      drop={change && ((index) => write(without(rows, index)))}
      columns={[
        {
          title: t('prices.sku'),
          cell: ([sku, row], label, index) => (
            <Text
              label={label}
              value={sku}
              set={change && ((next) => write(replaced(rows, index, [next, row])))}
            />
          ),
        },
        {
          title: t('prices.base'),
          cell: ([sku, row], label, index) => (
            <Percent
              {...RATE}
              label={label}
              bps={row.baseBps}
              clear={
                change &&
                (() => {
                  const { baseBps: _gone, ...rest } = row;
                  write(replaced(rows, index, [sku, rest]));
                })
              }
              set={
                change && ((baseBps) => write(replaced(rows, index, [sku, { ...row, baseBps }])))
              }
            />
          ),
        },
        {
          title: t('prices.floor'),
          cell: ([sku, row], label, index) => (
            <Percent
              {...RATE}
              label={label}
              bps={row.floorBps}
              clear={
                change &&
                (() => {
                  const { floorBps: _gone, ...rest } = row;
                  write(replaced(rows, index, [sku, rest]));
                })
              }
              set={
                change && ((floorBps) => write(replaced(rows, index, [sku, { ...row, floorBps }])))
              }
            />
          ),
        },
      ]}
    />
  );
}
