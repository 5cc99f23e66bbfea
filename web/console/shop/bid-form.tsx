/** A new standing bid, or one in place of another: which cards, when, at what price, and how last week would have gone. */
import { Button, Checkbox, Input, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { GRADE_WORDS, GRADES } from '../../../src/cards/schema.ts';
import { usePick } from '../../kit/language.tsx';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import type { StandingBid } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { Link, useGo } from '../link.tsx';
import { Field } from '../parts/field.tsx';
import { Panel, Screen } from '../parts/screen.tsx';
import { useSay } from '../say.ts';
import { useFilters } from '../search.ts';
import { ALL_DAYS, type BidTyped, bidTyped, emptyBid, termsOf } from './bid-draft.ts';
import { CurvePanel } from './curve.tsx';
import { Hindsight } from './hindsight.tsx';
import { ProductPick } from './product-pick.tsx';
import { percentInput } from './rates.ts';
import { useShop } from './shop.ts';

export function BidScreen(): ReactNode {
  const t = useSay();
  const { id } = useShop();
  const [{ subject, name }] = useFilters();
  const bids = useAsk('GET /v1/recyclers/:id/bids', { params: { id } });
  if (bids.error && !bids.data)
    return <Refusal of={bids.error} onRetry={() => void bids.refetch()} />;
  if (!bids.data) return <Skeleton lines={10} tall />;
  const old = bids.data.items.find((bid) => bid.id === subject);
  return (
    <Screen
      title={t(old?.active ? 'bid.changeTitle' : 'bid.new')}
      lead={t('bid.newLead')}
      actions={
        <Link to="/shops/$id/bids" params={{ id }}>
          {t('bid.back')}
        </Link>
      }
    >
      <BidForm id={id} old={old} sku={name} />
    </Screen>
  );
}

interface BidFormProps {
  id: string;
  old: StandingBid | undefined;
  sku: string | undefined;
}

function BidForm({ id, old, sku }: BidFormProps): ReactNode {
  const t = useSay();
  const go = useGo();
  const act = useAct('POST /v1/recyclers/:id/bids', t('bid.putDone'));
  const [typed, setTyped] = useState<BidTyped>(() => (old ? bidTyped(old) : emptyBid(sku)));
  const change = (part: Partial<BidTyped>): void => setTyped({ ...typed, ...part });
  const terms = termsOf(typed);
  const put = async (): Promise<void> => {
    if (!terms) return;
    const body = { ...terms, ...(old?.active && { replaces: old.id }) };
    if (await act.run({ params: { id }, body }))
      await go({ to: '/shops/$id/bids', params: { id } });
  };
  const first = (rateBps: number): void =>
    change({
      steps: typed.steps.map((step, index) =>
        index === 0 ? { ...step, rate: percentInput(rateBps) } : step,
      ),
    });
  return (
    <form
      className="co-form"
      onSubmit={(event) => {
        event.preventDefault();
        void put();
      }}
    >
      <Which typed={typed} change={change} />
      <When typed={typed} change={change} />
      <CurvePanel steps={typed.steps} onChange={(steps) => change({ steps })}>
        <Field label={t('bid.budget')}>
          <Input
            prefix="¥"
            inputMode="decimal"
            value={typed.budget}
            onChange={({ target }) => change({ budget: target.value })}
          />
        </Field>
      </CurvePanel>
      <Hindsight id={id} terms={terms} choose={first} />
      <Button type="primary" size="large" htmlType="submit" loading={act.busy} disabled={!terms}>
        {t('bid.put')}
      </Button>
    </form>
  );
}

interface PartProps {
  typed: BidTyped;
  change: (part: Partial<BidTyped>) => void;
}

function Which({ typed, change }: PartProps): ReactNode {
  const t = useSay();
  const pick = usePick();
  const text = (key: 'faceMin' | 'faceMax' | 'daysMin' | 'daysMax') => ({
    value: typed[key],
    inputMode: 'decimal' as const,
    onChange: ({ target }: { target: { value: string } }) => change({ [key]: target.value }),
  });
  return (
    <Panel title={t('bid.which')}>
      <div className="co-fields">
        <ProductPick label={t('bid.card')} value={typed.sku} onChange={(sku) => change({ sku })} />
        <Field label={t('bid.grade')}>
          <Select
            value={typed.grade}
            options={GRADES.map((value) => ({
              value,
              label: `${value} ${pick(GRADE_WORDS[value])}`,
            }))}
            onChange={(grade) => change({ grade })}
          />
        </Field>
        <Field label={t('bid.faceMin')}>
          <Input prefix="¥" {...text('faceMin')} />
        </Field>
        <Field label={t('bid.faceMax')}>
          <Input prefix="¥" {...text('faceMax')} />
        </Field>
        <Field label={t('bid.daysMin')} hint={t('bid.daysMinHint')}>
          <Input {...text('daysMin')} />
        </Field>
        <Field label={t('bid.daysMax')} hint={t('bid.daysMaxHint')}>
          <Input {...text('daysMax')} />
        </Field>
      </div>
    </Panel>
  );
}

const hours = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => ({
    value: from + index,
    label: `${String(from + index).padStart(2, '0')}:00`,
  }));
const LAST_HOUR = 24;

function When({ typed, change }: PartProps): ReactNode {
  const t = useSay();
  const { fromHour, toHour, weekdays } = typed;
  return (
    <Panel title={t('bid.when')}>
      <Checkbox.Group<number>
        aria-label={t('bid.weekdays')}
        className="co-days"
        value={[...weekdays]}
        options={ALL_DAYS.map((value) => ({ value, label: t(`bid.day${value}`) }))}
        onChange={(days) => change({ weekdays: days.toSorted((a, b) => a - b) })}
      />
      <div className="co-fields">
        <Field label={t('bid.fromHour')}>
          <Select
            value={fromHour}
            options={hours(0, toHour - 1)}
            onChange={(from: number) => change({ fromHour: from })}
          />
        </Field>
        <Field label={t('bid.toHour')}>
          <Select
            value={toHour}
            options={hours(fromHour + 1, LAST_HOUR)}
            onChange={(to: number) => change({ toHour: to })}
          />
        </Field>
      </div>
    </Panel>
  );
}
