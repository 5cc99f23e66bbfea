/** The filters of a search, in a sheet: what they narrow is seen behind it at once. */
import { FORMS } from '../../../src/cards/schema.ts';
import { Check, Choices, chinaDay, Field, fenFromYuan, yuanInput } from '../../kit/index.ts';
import { Do } from '../act.tsx';
import { useTexts } from '../texts.ts';
import { FILTERS, type MarketSearch } from './search.ts';

type Part = Partial<MarketSearch>;
interface FiltersProps {
  search: MarketSearch;
  onChange: (part: Part) => void;
  onDone: () => void;
}

/** 9 折, 8 折, 7 折 and below. */
const DISCOUNTS = [9_000, 8_000, 7_000] as const;
export const GRADES = ['V2', 'V4', 'V5'] as const;
const SCORES = [60, 80, 90] as const;
const DELIVERIES = ['vault', 'seller', 'mail'] as const;
const ANY = 'any';
export const HALF_A_YEAR_DAYS = 182;
export const WITHOUT = 'timeWindows,minSpend,notCombinable';

export function Filters({ search, onChange, onDone }: FiltersProps): React.ReactNode {
  const t = useTexts();
  const any = { value: ANY, label: t('listAll') };
  const pickOf = <T extends string>(value: string): T | undefined =>
    value === ANY ? undefined : (value as T);
  return (
    <div className="form">
      <Choices
        label={t('mkFilterDiscount')}
        value={String(search.discountMax ?? ANY)}
        onChange={(value) => onChange({ discountMax: value === ANY ? undefined : Number(value) })}
        options={[
          any,
          ...DISCOUNTS.map((bps) => ({
            value: String(bps),
            label: t('mkFilterDiscountMax', { off: bps / 1_000 }),
          })),
        ]}
      />
      <div className="form-row">
        <Price
          name={t('mkFilterFrom')}
          fen={search.priceMin}
          onChange={(priceMin) => onChange({ priceMin })}
        />
        <Price
          name={t('mkFilterTo')}
          fen={search.priceMax}
          onChange={(priceMax) => onChange({ priceMax })}
        />
      </div>
      <Choices
        label={t('mkDelivery')}
        value={search.delivery ?? ANY}
        onChange={(value) => onChange({ delivery: pickOf(value) })}
        options={[
          any,
          ...DELIVERIES.map((value) => ({
            value: value as string,
            label: t(`mkDeliveryShort_${value}`),
          })),
        ]}
      />
      <Choices
        label={t('mkFilterForm')}
        value={search.form ?? ANY}
        onChange={(value) => onChange({ form: pickOf(value) })}
        options={[
          any,
          ...FORMS.map((value) => ({ value: value as string, label: t(`mkForm_${value}`) })),
        ]}
      />
      <Choices
        label={t('mkFilterGrade')}
        value={search.gradeMin ?? ANY}
        onChange={(value) => onChange({ gradeMin: pickOf(value) })}
        options={[any, ...GRADES.map((grade) => ({ value: grade as string, label: `≥ ${grade}` }))]}
      />
      <Choices
        label={t('mkFilterScore')}
        value={String(search.sellerScoreMin ?? ANY)}
        onChange={(value) =>
          onChange({ sellerScoreMin: value === ANY ? undefined : Number(value) })
        }
        options={[
          any,
          ...SCORES.map((score) => ({ value: String(score), label: `≥ ${score * 10}` })),
        ]}
      />
      <Check
        checked={search.expiresFrom !== undefined}
        onChange={(on) => onChange({ expiresFrom: on ? chinaDay(HALF_A_YEAR_DAYS) : undefined })}
      >
        {t('mkFilterExpiry')}
      </Check>
      <Check
        checked={search.without !== undefined}
        onChange={(on) => onChange({ without: on ? WITHOUT : undefined })}
      >
        {t('mkFilterFree')}
      </Check>
      <Do onClick={onDone} testId="filters-done">
        {t('mkFiltersShow')}
      </Do>
      <Do
        tone="quiet"
        onClick={() => onChange(Object.fromEntries(FILTERS.map((name) => [name, undefined])))}
      >
        {t('mkFiltersClear')}
      </Do>
    </div>
  );
}

function Price(props: {
  name: string;
  fen: string | undefined;
  onChange: (fen: string | undefined) => void;
}): React.ReactNode {
  const { name, fen, onChange } = props;
  return (
    <Field
      label={name}
      value={fen ? yuanInput(fen) : ''}
      onChange={(text) => onChange(fenFromYuan(text))}
      inputMode="numeric"
      start="¥"
    />
  );
}
