/** The price curve of a bid: steps to type, and the same as a picture. */
import { Alert, Button, Input } from 'antd';
import type { ReactNode } from 'react';
import { Chart } from '../../kit/chart.tsx';
import { Field } from '../parts/field.tsx';
import { Panel } from '../parts/screen.tsx';
import { useSay } from '../say.ts';
import { curveOf, type StepTyped } from './bid-draft.ts';
import { percentText } from './rates.ts';

const STEPS_MAX = 20;

interface CurvePanelProps {
  steps: readonly StepTyped[];
  onChange: (steps: readonly StepTyped[]) => void;
  children: ReactNode;
}

export function CurvePanel({ steps, onChange, children }: CurvePanelProps): ReactNode {
  const t = useSay();
  const set = (key: number, part: Partial<StepTyped>): void =>
    onChange(steps.map((step) => (step.key === key ? { ...step, ...part } : step)));
  const typed = steps.every(({ rate, quantity }) => rate !== '' && quantity !== '');
  const curve = curveOf(steps);
  const nextKey = Math.max(...steps.map(({ key }) => key)) + 1;
  return (
    <Panel title={t('bid.curve')} note={t('bid.curveNote')}>
      {steps.map(({ key, rate, quantity }, index) => (
        <div key={key} className="co-step">
          <Field label={t('bid.rate', { n: index + 1 })}>
            <Input
              suffix="%"
              inputMode="decimal"
              value={rate}
              onChange={({ target }) => set(key, { rate: target.value })}
            />
          </Field>
          <Field label={t('bid.quantity', { n: index + 1 })}>
            <Input
              inputMode="numeric"
              value={quantity}
              onChange={({ target }) => set(key, { quantity: target.value })}
            />
          </Field>
          {steps.length > 1 && (
            <Button
              aria-label={t('bid.dropStep', { n: index + 1 })}
              onClick={() => onChange(steps.filter((step) => step.key !== key))}
            >
              ×
            </Button>
          )}
        </div>
      ))}
      {typed && !curve && <Alert type="warning" showIcon title={t('bid.notFalling')} />}
      <div className="co-actions co-gap">
        <Button
          disabled={steps.length >= STEPS_MAX}
          onClick={() => onChange([...steps, { key: nextKey, rate: '', quantity: '10' }])}
        >
          {t('bid.addStep')}
        </Button>
      </div>
      {children}
      {curve && <CurveChart of={curve} />}
    </Panel>
  );
}

/** A step begins at its first card and holds up to the next one. */
function CurveChart({ of }: { of: NonNullable<ReturnType<typeof curveOf>> }): ReactNode {
  const t = useSay();
  const points: { card: number; rate: number }[] = [];
  let card = 1;
  for (const { rateBps, quantity } of of) {
    points.push({ card, rate: rateBps });
    card += quantity;
  }
  const last = of.at(-1);
  if (last && last.quantity > 1) points.push({ card: card - 1, rate: last.rateBps });
  return (
    <Chart
      title={t('bid.chart')}
      summary={t('bid.chartSay')}
      labels={points.map((point) => t('bid.chartCard', { n: point.card }))}
      series={[{ name: t('bid.pays'), values: points.map(({ rate }) => rate), stepped: true }]}
      format={(bps) => percentText(Math.round(bps))}
      height={160}
    />
  );
}
