/** Chooses one state of a life cycle to filter a list by. */
import { Select } from 'antd';
import type { ReactNode } from 'react';
import { useStates } from '../names.ts';
import { Field } from '../parts/field.tsx';
import { useSay } from '../say.ts';

interface StateFilterProps {
  process: string;
  value: string | undefined;
  change: (state: string | undefined) => void;
}

export function StateFilter({ process, value, change }: StateFilterProps): ReactNode {
  const t = useSay();
  const states = useStates(process);
  return (
    <Field label={t('orders.state')} row>
      <Select
        className="co-select"
        value={value ?? ''}
        options={[{ value: '', label: t('shell.all') }, ...states]}
        onChange={(next) => change(next || undefined)}
        aria-label={t('orders.state')}
      />
    </Field>
  );
}
