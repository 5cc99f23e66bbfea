/** The parts of a price table that hang on no category: the fees, and the products with rates of their own. */
import type { ReactNode } from 'react';
import { usePick } from '../../kit/language.tsx';
import type { PriceTableData } from '../api-types.ts';
import { EditTable, Percent, replaced, Text, without, Yuan } from '../parts/edit-table.tsx';
import { useSay } from '../say.ts';

interface PartProps {
  data: PriceTableData;
  /** Absent: only to be read. */
  change: ((data: PriceTableData) => void) | undefined;
}
const RATE = { min: 0, max: 10_000 };
const FEE = { min: 0, max: 1_000 };

export function Fees({ data, change }: PartProps): ReactNode {
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

export function Products({ data, change }: PartProps): ReactNode {
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
