/** The trial balance at the end of each day as it was stored, the newest first. */
import type { ReactNode } from 'react';
import { Money } from '../../kit/money.tsx';
import { useAsk } from '../ask.ts';
import { Link } from '../link.tsx';
import { Icon } from '../parts/icons.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Screen } from '../parts/screen.tsx';
import { Mark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { filled, useFilters } from '../search.ts';

export function DayEndsScreen(): ReactNode {
  const t = useSay();
  const [{ cursor }, filter] = useFilters();
  const days = useAsk('GET /v1/console/ledger/day-ends', { query: filled({ cursor }) });
  return (
    <Screen
      title={t('dayEnds.title')}
      lead={t('dayEnds.lead')}
      actions={
        <Link to="/ledger/periods" className="co-download">
          <Icon name="lock" /> {t('periods.title')}
        </Link>
      }
    >
      <Listing
        caption={t('dayEnds.title')}
        rows={days.data?.items}
        error={days.error}
        refetch={days.refetch}
        rowKey={({ day }) => day}
        empty={{ title: t('dayEnds.empty'), next: t('dayEnds.emptyNext') }}
        paging={{ next: days.data?.next, cursor, go: (next) => filter({ cursor: next }) }}
        columns={[
          {
            title: t('runs.day'),
            show: ({ day }) => (
              <Link to="/ledger/day-ends/$day" params={{ day }}>
                {day}
              </Link>
            ),
          },
          { title: t('orders.state'), show: ({ isFinal }) => <FinalMark isFinal={isFinal} /> },
          {
            title: t('ledger.debit'),
            align: 'right',
            show: ({ debitFen }) => <Money fen={debitFen} size="s" />,
          },
          {
            title: t('ledger.credit'),
            align: 'right',
            show: ({ creditFen }) => <Money fen={creditFen} size="s" />,
          },
          { title: t('dayEnds.takenAt'), show: ({ takenAt }) => <When at={takenAt} /> },
        ]}
      />
    </Screen>
  );
}

export function FinalMark({ isFinal }: { isFinal: boolean }): ReactNode {
  const t = useSay();
  return isFinal ? (
    <Mark tone="good" icon="lock">
      {t('dayEnds.final')}
    </Mark>
  ) : (
    <Mark tone="idle">{t('dayEnds.open')}</Mark>
  );
}
