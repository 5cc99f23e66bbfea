/** Money asked of buyers: where each stands, and when its channel would let go of it. */
import type { ReactNode } from 'react';
import { Money } from '../../kit/money.tsx';
import { useAsk } from '../ask.ts';
import { ShortId } from '../parts/id.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Screen } from '../parts/screen.tsx';
import { StateMark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { filled, useFilters } from '../search.ts';
import { StateFilter } from './state-filter.tsx';

const bad = ['aging', 'thawed'];

export function PayInsScreen(): ReactNode {
  const t = useSay();
  const [{ state, cursor }, filter] = useFilters();
  const payIns = useAsk('GET /v1/console/pay-ins', { query: filled({ state, cursor }) });
  return (
    <Screen title={t('payIns.title')} lead={t('payIns.lead')}>
      <div className="co-filters">
        <StateFilter process="pay_in" value={state} change={(next) => filter({ state: next })} />
      </div>
      <Listing
        caption={t('payIns.title')}
        rows={payIns.data?.items}
        error={payIns.error}
        refetch={payIns.refetch}
        rowKey={({ id }) => id}
        rowTone={(one) => (bad.includes(one.state) ? 'bad' : undefined)}
        paging={{ next: payIns.data?.next, cursor, go: (next) => filter({ cursor: next }) }}
        columns={[
          { title: t('payIns.id'), show: ({ id }) => <ShortId id={id} /> },
          {
            title: t('orders.state'),
            show: (one) => <StateMark process="pay_in" state={one.state} />,
          },
          {
            title: t('payouts.amount'),
            align: 'right',
            show: ({ amountFen }) => <Money fen={amountFen} size="s" />,
          },
          {
            title: t('payIns.channel'),
            show: ({ channel }) => t(`payIns.channel.${channel}`),
          },
          { title: t('payouts.subject'), show: ({ subject }) => <ShortId id={subject} /> },
          { title: t('orders.created'), show: ({ createdAt }) => <When at={createdAt} /> },
          {
            title: t('payouts.paidAt'),
            show: ({ paidAt }) => (paidAt ? <When at={paidAt} /> : '–'),
          },
          {
            title: t('payIns.thawsAt'),
            show: ({ thawsAt }) => (thawsAt ? <When at={thawsAt} /> : '–'),
          },
        ]}
      />
    </Screen>
  );
}
