/** The statement of a day or of any days: opening, entries, closing, and the same as a file for spreadsheets. */
import { Button, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { Choices } from '../../kit/fields.tsx';
import { Money } from '../../kit/money.tsx';
import { Refusal } from '../../kit/states.tsx';
import { useNow } from '../../kit/time.tsx';
import { useAsk } from '../ask.ts';
import { Field } from '../parts/field.tsx';
import { Listing } from '../parts/listing.tsx';
import { momentText, When } from '../parts/moment.tsx';
import { Facts, Panel } from '../parts/screen.tsx';
import { useSay } from '../say.ts';

type Purse = 'wallet' | 'deposit';
const EVERY_MS = 5_000;

export function StatementPanel({ id }: { id: string }): ReactNode {
  const t = useSay();
  const today = momentText(new Date(useNow()).toISOString()).slice(0, 10);
  const [of, setOf] = useState<Purse>('wallet');
  const [days, setDays] = useState<{ from: string; to: string }>();
  const { from, to } = days ?? { from: `${today.slice(0, 8)}01`, to: today };
  const query = { from, to, of };
  const asked = { params: { id }, query };
  const paper = useAsk('GET /v1/recyclers/:id/statement', asked, { everyMs: EVERY_MS });
  const file = (format: 'csv' | 'xlsx'): string =>
    `/v1/recyclers/${id}/statement.${format}?${new URLSearchParams(query)}`;
  return (
    <Panel
      title={t('shop.statement')}
      note={t('shop.statementNote')}
      actions={
        <>
          <Button href={file('csv')}>CSV</Button>
          <Button href={file('xlsx')}>XLSX</Button>
        </>
      }
    >
      <div className="co-filters">
        <Choices<Purse>
          label={t('shop.statement')}
          hideLabel
          value={of}
          options={(['wallet', 'deposit'] as const).map((value) => ({
            value,
            label: t(`shop.${value}`),
          }))}
          onChange={setOf}
        />
        <Field label={t('shop.from')}>
          <Input
            type="date"
            value={from}
            max={to}
            onChange={({ target }) => target.value && setDays({ from: target.value, to })}
          />
        </Field>
        <Field label={t('shop.to')}>
          <Input
            type="date"
            value={to}
            min={from}
            onChange={({ target }) => target.value && setDays({ from, to: target.value })}
          />
        </Field>
        <Button onClick={() => setDays({ from: today, to: today })}>{t('shop.today')}</Button>
        <Button onClick={() => setDays(undefined)}>{t('shop.month')}</Button>
      </div>
      {paper.error && <Refusal of={paper.error} onRetry={() => void paper.refetch()} />}
      {paper.data && <Paper of={paper.data} />}
    </Panel>
  );
}

interface Entry {
  at: string;
  kind: string;
  subject: string;
  amountFen: string;
  balanceFen: string;
}

function Paper({
  of,
}: {
  of: { openingFen: string; closingFen: string; entries: Entry[] };
}): ReactNode {
  const t = useSay();
  const sum = of.entries.reduce((total, { amountFen }) => total + BigInt(amountFen), 0n);
  return (
    <>
      <Facts
        of={[
          [t('shop.opening'), <Money key="open" fen={of.openingFen} />],
          [t('shop.sum'), <Money key="sum" fen={String(sum)} signed />],
          [t('shop.closing'), <Money key="close" fen={of.closingFen} />],
        ]}
      />
      <Listing
        caption={t('shop.statement')}
        rows={of.entries}
        rowKey={({ at, kind, balanceFen, subject }) => at + kind + balanceFen + subject}
        empty={{ title: t('shop.noEntry'), next: t('shop.noEntryNext') }}
        columns={[
          { title: t('shop.when'), show: ({ at }) => <When at={at} /> },
          { title: t('shop.what'), show: ({ kind }) => t(`shop.kind.${kindOf(kind)}`) },
          {
            title: t('payouts.amount'),
            align: 'right',
            show: ({ amountFen }) => <Money fen={amountFen} size="s" signed />,
          },
          {
            title: t('shop.balance'),
            align: 'right',
            show: ({ balanceFen }) => <Money fen={balanceFen} size="s" />,
          },
        ]}
      />
    </>
  );
}

function kindOf(kind: string): 'topUp' | 'withdraw' | 'refund' | 'default' | 'trade' | 'other' {
  if (kind.startsWith('top_up.')) return 'topUp';
  if (kind === 'recycler.withdraw') return 'withdraw';
  if (kind.endsWith('_refund')) return 'refund';
  if (kind === 'recycler.default') return 'default';
  return kind.endsWith('.capture') ? 'trade' : 'other';
}
