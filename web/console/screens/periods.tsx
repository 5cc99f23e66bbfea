/** Accounting months: one person says that a month is ready, another closes it, and nothing opens it again. */
import type { ReactNode } from 'react';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import type { LedgerPeriod, LedgerPeriods } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { Link } from '../link.tsx';
import { AskedButton } from '../parts/confirm.tsx';
import { Icon } from '../parts/icons.tsx';
import { ShortId } from '../parts/id.tsx';
import { Listing } from '../parts/listing.tsx';
import { momentText, When } from '../parts/moment.tsx';
import { Panel, Screen } from '../parts/screen.tsx';
import { Mark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { useMay, useMe } from '../session.ts';

export function PeriodsScreen(): ReactNode {
  const t = useSay();
  const { data, error, refetch } = useAsk('GET /v1/console/ledger/periods', {});
  return (
    <Screen
      title={t('periods.title')}
      lead={t('periods.lead')}
      actions={
        <Link to="/ledger/day-ends" className="co-download">
          <Icon name="equal" /> {t('dayEnds.title')}
        </Link>
      }
    >
      {error && <Refusal of={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton lines={6} />}
      {data && <Next of={data} />}
      {data && <Months of={data} />}
    </Screen>
  );
}

/** The one month that can be closed next, and what stands in the way. */
function Next({ of: { items, next } }: { of: LedgerPeriods }): ReactNode {
  const t = useSay();
  const may = useMay(['finance', 'admin']);
  const propose = useAct('POST /v1/console/ledger/periods/:month/propose', t('periods.proposed'));
  if (!next) return null;
  const { month } = next;
  const isProposed = items.some((one) => one.month === month);
  const mark = isProposed ? 'waits' : next.isOver ? 'ready' : 'running';
  return (
    <Panel title={t('periods.next', { month })}>
      <p>
        <Mark tone={next.isOver ? 'warn' : 'idle'}>
          {t(`periods.${mark}`, { at: momentText(next.endsAt) })}
        </Mark>
      </p>
      {may && next.isOver && !isProposed && (
        <p className="co-gap">
          <AskedButton
            type="primary"
            loading={propose.busy}
            label={t('periods.propose', { month })}
            sure={t('periods.proposeSure')}
            calm
            act={() => propose.run({ params: { month } })}
          />
        </p>
      )}
    </Panel>
  );
}

function Months({ of: { items } }: { of: LedgerPeriods }): ReactNode {
  const t = useSay();
  return (
    <Listing
      caption={t('periods.title')}
      rows={items}
      rowKey={({ month }) => month}
      empty={{ title: t('periods.empty'), next: t('periods.emptyNext') }}
      columns={[
        { title: t('periods.month'), show: ({ month }) => month },
        {
          title: t('orders.state'),
          show: ({ state }) => (
            <Mark
              tone={state === 'closed' ? 'good' : 'warn'}
              {...(state === 'closed' && { icon: 'lock' as const })}
            >
              {t(`periods.state.${state}`)}
            </Mark>
          ),
        },
        {
          title: t('periods.proposer'),
          show: ({ proposedBy, proposedAt }) => <Who id={proposedBy} at={proposedAt} />,
        },
        {
          title: t('periods.closer'),
          show: ({ closedBy, closedAt }) =>
            closedBy && closedAt ? <Who id={closedBy} at={closedAt} /> : '–',
        },
        { title: t('shell.actions'), show: (period) => <Close of={period} /> },
      ]}
    />
  );
}

function Who({ id, at }: { id: string; at: string }): ReactNode {
  return (
    <span className="co-twoline">
      <ShortId id={id} plain />
      <small>
        <When at={at} />
      </small>
    </span>
  );
}

function Close({ of: { month, state, proposedBy } }: { of: LedgerPeriod }): ReactNode {
  const t = useSay();
  const me = useMe();
  const may = useMay(['finance', 'admin']);
  const close = useAct('POST /v1/console/ledger/periods/:month/close', t('periods.closed'));
  if (!may || state === 'closed') return null;
  if (me?.id === proposedBy) return <small>{t('periods.mine')}</small>;
  return (
    <AskedButton
      size="small"
      type="primary"
      loading={close.busy}
      label={t('periods.close', { month })}
      sure={
        <>
          <p>{t('periods.closeSure', { month })}</p>
          <p>{t('shell.irreversible')}</p>
        </>
      }
      act={() => close.run({ params: { month } })}
    />
  );
}
