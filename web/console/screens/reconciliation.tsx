/** Our books against the bank's statement, day by day: findings first. */
import { Button, Input } from 'antd';
import type { ReactNode } from 'react';
import { Money } from '../../kit/money.tsx';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import { chinaDay } from '../../kit/time.tsx';
import type { Reconciliation } from '../api-types.ts';
import { useAsk } from '../ask.ts';
import { Field } from '../parts/field.tsx';
import { ShortId } from '../parts/id.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Screen } from '../parts/screen.tsx';
import { Mark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { useFilters } from '../search.ts';
import { ChainBooks } from './chain-books.tsx';

const DAY_MS = 86_400_000;
const shifted = (day: string, by: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + by * DAY_MS).toISOString().slice(0, 10);

export function ReconciliationScreen(): ReactNode {
  const t = useSay();
  const [search, filter] = useFilters();
  const day = search.day ?? chinaDay(-1);
  const found = useAsk('GET /v1/console/reconciliation', { query: { day } });
  return (
    <Screen title={t('reconciliation.title')} lead={t('reconciliation.lead')}>
      <div className="co-filters">
        <Button onClick={() => filter({ day: shifted(day, -1) })}>
          {t('reconciliation.before')}
        </Button>
        <Field label={t('runs.day')} row>
          <Input
            type="date"
            value={day}
            max={chinaDay()}
            onChange={({ target }) => filter({ day: target.value || undefined })}
          />
        </Field>
        <Button disabled={day >= chinaDay()} onClick={() => filter({ day: shifted(day, 1) })}>
          {t('reconciliation.after')}
        </Button>
      </div>
      {found.error && <Refusal of={found.error} onRetry={() => void found.refetch()} />}
      {!found.data && !found.error && <Skeleton lines={6} />}
      {found.data && <Result of={found.data} />}
      <ChainBooks />
    </Screen>
  );
}

function Result({ of }: { of: Reconciliation }): ReactNode {
  const t = useSay();
  if (of.state !== 'done')
    return (
      <p>
        <Mark tone="warn">
          {of.state === 'none' ? t('reconciliation.none') : t('reconciliation.queued')}
        </Mark>
      </p>
    );
  return (
    <>
      <dl className="co-tiles">
        <div>
          <dt>{t('reconciliation.matched')}</dt>
          <dd>{of.matched}</dd>
        </div>
        <div data-bad={of.findings > 0}>
          <dt>{t('reconciliation.findings')}</dt>
          <dd>{of.findings}</dd>
        </div>
        <div>
          <dt>{t('reconciliation.in')}</dt>
          <dd>
            <Money fen={of.inFen} />
          </dd>
        </div>
        <div>
          <dt>{t('reconciliation.out')}</dt>
          <dd>
            <Money fen={of.outFen} />
          </dd>
        </div>
        <div>
          <dt>{t('reconciliation.doneAt')}</dt>
          <dd className="co-tile-small">{of.doneAt ? <When at={of.doneAt} /> : '–'}</dd>
        </div>
      </dl>
      <Listing
        caption={t('reconciliation.title')}
        rows={of.items}
        rowKey={({ kind, ref }) => `${kind} ${ref}`}
        rowTone={({ result }) => (result === 'matched' ? undefined : 'bad')}
        empty={{ title: t('reconciliation.quiet'), next: t('reconciliation.quietNext') }}
        columns={[
          {
            title: t('reconciliation.result'),
            show: ({ result }) => (
              <Mark tone={result === 'matched' ? 'good' : 'bad'}>
                {t(`reconciliation.result.${result}`)}
              </Mark>
            ),
          },
          { title: t('ledger.kind'), show: ({ kind }) => t(`reconciliation.kind.${kind}`) },
          { title: t('ledger.ref'), show: ({ ref }) => <ShortId id={ref} /> },
          {
            title: t('reconciliation.ours'),
            align: 'right',
            show: ({ oursFen }) => (oursFen ? <Money fen={oursFen} size="s" /> : '–'),
          },
          {
            title: t('reconciliation.theirs'),
            align: 'right',
            show: ({ theirsFen }) => (theirsFen ? <Money fen={theirsFen} size="s" /> : '–'),
          },
        ]}
      />
    </>
  );
}
