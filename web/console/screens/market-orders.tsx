/** Orders between people, filtered by state, page by page. */
import type { ReactNode } from 'react';
import { usePick } from '../../kit/language.tsx';
import { Money } from '../../kit/money.tsx';
import { useAsk } from '../ask.ts';
import { Link } from '../link.tsx';
import { ShortId } from '../parts/id.tsx';
import { Listing } from '../parts/listing.tsx';
import { Due, When } from '../parts/moment.tsx';
import { Screen } from '../parts/screen.tsx';
import { StateMark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { filled, useFilters } from '../search.ts';
import { StateFilter } from './state-filter.tsx';

const EVERY_MS = 15_000;

export function MarketOrdersScreen(): ReactNode {
  const t = useSay();
  const pick = usePick();
  const [{ state, cursor }, filter] = useFilters();
  const orders = useAsk(
    'GET /v1/console/market/orders',
    { query: filled({ state, cursor }) },
    { everyMs: EVERY_MS },
  );
  return (
    <Screen title={t('market.orders')} lead={t('market.ordersLead')}>
      <div className="co-filters">
        <StateFilter
          process="market_order"
          value={state}
          change={(next) => filter({ state: next })}
        />
      </div>
      <Listing
        caption={t('market.orders')}
        rows={orders.data?.items}
        error={orders.error}
        refetch={orders.refetch}
        rowKey={({ id }) => id}
        paging={{ next: orders.data?.next, cursor, go: (next) => filter({ cursor: next }) }}
        columns={[
          {
            title: t('orders.id'),
            show: ({ id }) => (
              <Link to="/market-orders/$id" params={{ id }}>
                <ShortId id={id} plain />
              </Link>
            ),
          },
          {
            title: t('orders.state'),
            show: (order) => <StateMark process="market_order" state={order.state} />,
          },
          {
            title: t('orders.product'),
            show: ({ productName, delivery }) => (
              <span className="co-twoline">
                <span>{pick(productName)}</span>
                <small>{t(`market.delivery.${delivery}`)}</small>
              </span>
            ),
          },
          {
            title: t('market.promised'),
            align: 'right',
            show: ({ promisedFen }) => <Money fen={promisedFen} size="s" />,
          },
          {
            title: t('market.price'),
            align: 'right',
            show: ({ priceFen }) => <Money fen={priceFen} size="s" />,
          },
          { title: t('orders.created'), show: ({ createdAt }) => <When at={createdAt} /> },
          {
            title: t('orders.deadline'),
            show: ({ deadline }) => (deadline ? <Due at={deadline.at} /> : '–'),
          },
        ]}
      />
    </Screen>
  );
}
