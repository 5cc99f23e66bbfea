/** Background jobs that ran out of automatic retries. */
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useAct, useAsk } from '../ask.ts';
import { ShortId } from '../parts/id.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Screen } from '../parts/screen.tsx';
import { useSay } from '../say.ts';
import { filled, useFilters } from '../search.ts';
import { useMay } from '../session.ts';

export function JobsScreen(): ReactNode {
  const t = useSay();
  const [{ cursor }, filter] = useFilters();
  const jobs = useAsk('GET /v1/console/jobs/failed', { query: filled({ cursor }) });
  const retry = useAct('POST /v1/console/jobs/:id/retry', t('jobs.retried'));
  const may = useMay(['support', 'risk', 'finance', 'admin']);
  return (
    <Screen title={t('jobs.title')} lead={t('jobs.lead')}>
      <Listing
        caption={t('jobs.title')}
        rows={jobs.data?.items}
        error={jobs.error}
        refetch={jobs.refetch}
        rowKey={({ id }) => id}
        empty={{ title: t('jobs.empty'), next: t('jobs.emptyNext') }}
        paging={{ next: jobs.data?.next, cursor, go: (next) => filter({ cursor: next }) }}
        columns={[
          { title: t('jobs.task'), show: ({ task }) => <code>{task}</code> },
          {
            title: t('jobs.subject'),
            show: ({ payload }) => (
              <ul className="co-plain-list">
                {Object.entries(payload).map(([name, id]) => (
                  <li key={name}>
                    {name} <ShortId id={id} />
                  </li>
                ))}
              </ul>
            ),
          },
          {
            title: t('jobs.error'),
            show: ({ lastError }) => <span className="co-error-text">{lastError}</span>,
          },
          {
            title: t('jobs.attempts'),
            align: 'right',
            show: ({ attempts, maxAttempts }) => `${attempts}/${maxAttempts}`,
          },
          { title: t('jobs.failedAt'), show: ({ failedAt }) => <When at={failedAt} /> },
          {
            title: t('shell.actions'),
            show: ({ id }) =>
              may ? (
                <Button
                  size="small"
                  loading={retry.busy}
                  onClick={() => void retry.run({ params: { id } })}
                >
                  {t('jobs.retry')}
                </Button>
              ) : null,
          },
        ]}
      />
    </Screen>
  );
}
