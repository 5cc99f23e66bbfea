/** A small table whose cells are fields, each with a name of its own; and the fields: percent, yuan, whole, text, days. */
import { Button, Input, InputNumber, Select } from 'antd';
import { type ReactNode, useId, useState } from 'react';
import { fenFromYuan, yuanInput } from '../../kit/money.tsx';
import type { Weekday } from '../api-types.ts';
import { useSay } from '../say.ts';
import { Icon } from './icons.tsx';

interface EditColumn<T> {
  readonly title: string;
  readonly cell: (row: T, label: string, index: number) => ReactNode;
}
interface EditTableProps<T> {
  caption: string;
  note?: string;
  rows: readonly T[];
  /** What a row is called, in its first cell and in the names of its fields. */
  name: (row: T, index: number) => string;
  columns: readonly EditColumn<T>[];
  readOnly: boolean;
  add?: (() => void) | undefined;
  drop?: ((index: number) => void) | undefined;
}

export function EditTable<T>(props: EditTableProps<T>): ReactNode {
  const { caption, note, rows, name, columns, add, drop } = props;
  const t = useSay();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the screen scrolls by keyboard
    <section className="co-scroll co-edit" tabIndex={0} aria-label={caption}>
      <table className="co-plain">
        <caption>
          {caption}
          {note && <small>{note}</small>}
        </caption>
        <thead>
          <tr>
            <td />
            {columns.map(({ title }) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
            {drop && <td />}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            // Rows are edited in place, their names included: only their place stays the same.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <tr key={index}>
              <th scope="row">{name(row, index)}</th>
              {columns.map(({ title, cell }) => (
                <td key={title}>
                  {cell(row, t('prices.field', { row: name(row, index), column: title }), index)}
                </td>
              ))}
              {drop && (
                <td>
                  <Button
                    type="text"
                    size="small"
                    aria-label={t('prices.dropRow', { n: index + 1 })}
                    icon={<Icon name="close" size={14} />}
                    onClick={() => drop(index)}
                  />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {add && (
        <Button size="small" type="dashed" onClick={add}>
          {t('prices.addRow')}
        </Button>
      )}
    </section>
  );
}

interface NumberProps {
  label: string;
  min: number;
  max: number;
}

const BPS_PER_PERCENT = 100;
const percentText = (bps: number): string => (bps / BPS_PER_PERCENT).toFixed(2);

/** Hundredths of a percent, shown as percent with two decimals. */
export function Percent(
  props: NumberProps & {
    bps: number | undefined;
    set: ((bps: number) => void) | undefined;
    clear?: (() => void) | undefined;
  },
): ReactNode {
  const { label, min, max, bps, set, clear } = props;
  if (!set) return <span className="co-figure">{bps === undefined ? '–' : percentText(bps)}</span>;
  return (
    <InputNumber
      className="co-number"
      aria-label={label}
      value={bps === undefined ? null : bps / BPS_PER_PERCENT}
      min={min / BPS_PER_PERCENT}
      max={max / BPS_PER_PERCENT}
      step={0.5}
      precision={2}
      onChange={(value) => {
        if (typeof value === 'number') set(Math.round(value * BPS_PER_PERCENT));
        else clear?.();
      }}
    />
  );
}

export function Whole(
  props: NumberProps & { value: number; set: ((value: number) => void) | undefined },
): ReactNode {
  const { label, min, max, value, set } = props;
  if (!set) return <span className="co-figure">{value}</span>;
  return (
    <InputNumber
      className="co-number"
      aria-label={label}
      value={value}
      min={min}
      max={max}
      precision={0}
      onChange={(next) => typeof next === 'number' && set(next)}
    />
  );
}

interface YuanProps {
  label: string;
  fen: string;
  set: ((fen: string) => void) | undefined;
}

/** Keeps what is typed as it is typed; only what reads as an amount is passed on. */
export function Yuan({ label, fen, set }: YuanProps): ReactNode {
  const t = useSay();
  const [typed, setTyped] = useState<string>();
  const hint = useId();
  if (!set) return <span className="co-figure">{yuanInput(fen)}</span>;
  const bad = typed !== undefined && fenFromYuan(typed) === undefined;
  return (
    <>
      <Input
        className="co-number"
        aria-label={label}
        aria-invalid={bad}
        aria-describedby={bad ? hint : undefined}
        status={bad ? 'error' : ''}
        inputMode="decimal"
        value={typed ?? yuanInput(fen)}
        onChange={({ target }) => {
          setTyped(target.value);
          const next = fenFromYuan(target.value);
          if (next !== undefined) set(next);
        }}
        onBlur={() => setTyped(undefined)}
      />
      {bad && <small id={hint}>{t('reviews.balanceRule')}</small>}
    </>
  );
}

interface TextProps {
  label: string;
  value: string;
  set: ((value: string) => void) | undefined;
}
export function Text({ label, value, set }: TextProps): ReactNode {
  if (!set) return value;
  return (
    <Input
      className="co-text"
      aria-label={label}
      value={value}
      maxLength={64}
      onChange={({ target }) => set(target.value)}
    />
  );
}

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

interface DaysProps {
  label: string;
  days: readonly Weekday[];
  set: ((days: Weekday[]) => void) | undefined;
}
export function Days({ label, days, set }: DaysProps): ReactNode {
  const t = useSay();
  const inOrder = weekdays.filter((day) => days.includes(day));
  if (!set) return inOrder.map((day) => t(`prices.day.${day}`)).join(' ');
  return (
    <Select<Weekday[]>
      mode="multiple"
      className="co-days"
      aria-label={label}
      value={inOrder}
      options={weekdays.map((value) => ({ value, label: t(`prices.day.${value}`) }))}
      onChange={(next) => set(weekdays.filter((day) => next.includes(day)))}
    />
  );
}

export const replaced = <T,>(list: readonly T[], index: number, next: T): T[] =>
  list.map((one, at) => (at === index ? next : one));
export const without = <T,>(list: readonly T[], index: number): T[] =>
  list.filter((_, at) => at !== index);
