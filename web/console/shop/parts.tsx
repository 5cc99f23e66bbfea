/** Small parts that several pages of a shop share. */
import { Button, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { fenFromYuan } from '../../kit/money.tsx';
import { Field } from '../parts/field.tsx';
import { Mark, type Tone } from '../parts/tags.tsx';
import { useSay } from '../say.ts';

const tones: Record<string, Tone> = {
  applied: 'run',
  kyb_verified: 'run',
  deposit_paid: 'run',
  probation: 'good',
  active: 'good',
  restricted: 'warn',
  suspended: 'bad',
};

/** The words come with the shop: life cycles as a whole are for staff. */
export function StateSaid({ state, children }: { state: string; children: ReactNode }): ReactNode {
  return <Mark tone={tones[state] ?? 'idle'}>{children}</Mark>;
}

interface AmountFormProps {
  label: string;
  busy: boolean;
  disabled?: boolean;
  /** Of an amount that stands already. */
  initial?: string;
  /** An empty field may be sent too. */
  optional?: boolean;
  children?: ReactNode;
  send: (amountFen: string | undefined) => Promise<boolean>;
}

/** One amount in yuan and one button. */
export function AmountForm(props: AmountFormProps): ReactNode {
  const { label, busy, disabled = false, initial = '', optional = false, children, send } = props;
  const t = useSay();
  const [amount, setAmount] = useState(initial);
  const amountFen = fenFromYuan(amount);
  const wrong = amount !== '' && (amountFen === undefined || amountFen === '0');
  const ready = amount === '' ? optional : !wrong;
  return (
    <form
      className="co-filters"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void send(amountFen).then((done) => done && !optional && setAmount(''));
      }}
    >
      {children}
      <Field label={t('shop.amount')}>
        <Input
          prefix="¥"
          inputMode="decimal"
          value={amount}
          aria-invalid={wrong}
          status={wrong ? 'error' : ''}
          onChange={({ target }) => setAmount(target.value)}
        />
      </Field>
      <Button type="primary" htmlType="submit" loading={busy} disabled={disabled || !ready}>
        {label}
      </Button>
    </form>
  );
}
