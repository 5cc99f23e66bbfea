/** Background jobs that ran out of automatic retries. */
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useAct, useAsk } from '../ask.ts';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Screen } from '../parts/screen.tsx';
import { useSay } from '../say.ts';
import { useMay } from '../session.ts';

const EVERY_MS = 10_000;

export function JobsScreen(): ReactNode {
  const t = useSay();
  const jobs = useAsk('GET /v1/console/jobs/failed', {}, { everyMs: EVERY_MS });
  const retry = useAct('POST /v1/console/jobs/:id/retry', t('jobs.retried'));
  const may = useMay(['support', 'finance', 'admin']);
  return (
    <Screen title={t('jobs.title')} lead={t('jobs.lead')}>
      <Listing
        caption={t('jobs.title')}
        rows={jobs.data}
        error={jobs.error}
        refetch={jobs.refetch}
        rowKey={({ id }) => id}
        empty={{ title: t('jobs.empty'), next: t('jobs.emptyNext') }}
        columns={[
          { title: t('jobs.task'), show: ({ task }) => <code>{task}</code> },
          {
            title: t('jobs.error'),
            show: ({ lastError }) => <span className="co-error-text">{lastError}</span>,
          },
          {
            title: t('jobs.attempts'),
            align: 'right',
            show: ({ attempts, maxAttempts }) => `${attempts}/${maxAttempts}`,
          },
          { title: t('jobs.runAt'), show: ({ runAt }) => <When at={runAt} /> },
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
