/** Which card is meant: a field that finds it by brand, name or code in both languages, and the name for a code. */
import { Select } from 'antd';
import type { ReactNode } from 'react';
import type { Product } from '../../api.gen.ts';
import { usePick } from '../../kit/language.tsx';
import { useAsk } from '../ask.ts';
import { Field } from '../parts/field.tsx';
import { useSay } from '../say.ts';

const FRESH_MS = 600_000;

export function useProducts(): readonly Product[] | undefined {
  return useAsk('GET /v1/products', { query: { limit: 100 } }, { staleMs: FRESH_MS }).data?.items;
}

export function useProductName(): (sku: string) => string {
  const products = useProducts();
  const pick = usePick();
  return (sku) => {
    const found = products?.find((one) => one.sku === sku);
    return found ? pick(found.name) : sku;
  };
}

interface ProductPickProps {
  label: string;
  value: string | undefined;
  onChange: (sku: string | undefined) => void;
  /** None may be chosen: a filter. */
  optional?: boolean;
}

export function ProductPick({ label, value, onChange, optional }: ProductPickProps): ReactNode {
  const t = useSay();
  const pick = usePick();
  const products = useProducts();
  const plain = (text: string): string => text.normalize('NFKC').toLowerCase();
  const options = products?.map(({ sku, name, issuerName }) => ({
    value: sku,
    label: `${pick(issuerName)} · ${pick(name)}`,
    find: plain(`${name.zh} ${name.en} ${issuerName.zh} ${issuerName.en} ${sku}`),
  }));
  return (
    <Field label={label}>
      <Select
        showSearch={{
          filterOption: (typed, option) => option?.find.includes(plain(typed)) ?? false,
        }}
        className="co-select-wide"
        loading={!products}
        allowClear={optional ?? false}
        placeholder={t('bid.pickCard')}
        value={value ?? null}
        options={options ?? []}
        onChange={(sku: string | null) => onChange(sku ?? undefined)}
      />
    </Field>
  );
}
