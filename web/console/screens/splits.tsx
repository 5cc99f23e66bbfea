/** Instructions to the channels: what of each pay-in belongs to whom; what failed is sent again or settled by hand. */
import type { ReactNode } from 'react';
import { Money } from '../../kit/money.tsx';
import type { SplitRow } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { AskedButton } from '../parts/confirm.tsx';
import { ShortId } from '../parts/id.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Screen } from '../parts/screen.tsx';
import { StateMark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { filled, useFilters } from '../search.ts';
import { useMay } from '../session.ts';
import { Failure, mendable } from './refunds.tsx';
import { StateFilter } from './state-filter.tsx';

export function SplitsScreen(): ReactNode {
  const t = useSay();
  const [{ state, cursor }, filter] = useFilters();
  const splits = useAsk('GET /v1/console/splits', { query: filled({ state, cursor }) });
  return (
    <Screen title={t('splits.title')} lead={t('splits.lead')}>
      <div className="co-filters">
        <StateFilter process="split" value={state} change={(next) => filter({ state: next })} />
      </div>
      <Listing
        caption={t('splits.title')}
        rows={splits.data?.items}
        error={splits.error}
        refetch={splits.refetch}
        rowKey={({ id }) => id}
        rowTone={(one) => (mendable.includes(one.state) ? 'bad' : undefined)}
        paging={{ next: splits.data?.next, cursor, go: (next) => filter({ cursor: next }) }}
        columns={[
          { title: t('splits.id'), show: ({ id }) => <ShortId id={id} /> },
          {
            title: t('orders.state'),
            show: (one) => <StateMark process="split" state={one.state} />,
          },
          {
            title: t('payouts.amount'),
            align: 'right',
            show: ({ amountFen }) => <Money fen={amountFen} size="s" />,
          },
          { title: t('splits.key'), show: ({ key }) => <ShortId id={key} /> },
          { title: t('splits.mode'), show: ({ mode }) => t(`splits.mode.${mode}`) },
          { title: t('payouts.problem'), show: ({ failure }) => <Failure of={failure} /> },
          { title: t('orders.created'), show: ({ createdAt }) => <When at={createdAt} /> },
          { title: t('shell.actions'), show: (one) => <Mend of={one} /> },
        ]}
      />
    </Screen>
  );
}

function Mend({ of }: { of: SplitRow }): ReactNode {
  const t = useSay();
  const may = useMay(['finance', 'admin']);
  const retry = useAct('POST /v1/console/splits/:id/retry', t('splits.retried'));
  const waive = useAct('POST /v1/console/splits/:id/waive', t('splits.waived'));
  if (!may || !mendable.includes(of.state)) return null;
  const params = { id: of.id };
  return (
    <span className="co-twoline">
      <AskedButton
        size="small"
        type="primary"
        loading={retry.busy}
        label={t('splits.retry')}
        sure={<p>{t('splits.retrySure')}</p>}
        calm
        act={() => retry.run({ params })}
      />
      <AskedButton
        size="small"
        loading={waive.busy}
        label={t('splits.waive')}
        sure={
          <>
            <p>{t('splits.waiveSure')}</p>
            <p>{t('shell.irreversible')}</p>
          </>
        }
        act={() => waive.run({ params })}
      />
    </span>
  );
}
