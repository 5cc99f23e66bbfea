/** The book of one product, live: each price that somebody can pay now, and how many cards it still takes. */
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { Chart } from '../../kit/chart.tsx';
import { Empty } from '../../kit/states.tsx';
import { useAsk } from '../ask.ts';
import { useGo } from '../link.tsx';
import { Listing } from '../parts/listing.tsx';
import { Panel, Screen } from '../parts/screen.tsx';
import { Mark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { useFilters } from '../search.ts';
import { useFollow } from './live.ts';
import { ProductPick, useProductName } from './product-pick.tsx';
import { percentText } from './rates.ts';
import { may, useShop } from './shop.ts';

export function BookScreen(): ReactNode {
  const t = useSay();
  const go = useGo();
  const { data: shop, id } = useShop();
  const [{ name: sku }, change] = useFilters();
  return (
    <Screen
      title={t('bid.navBook')}
      lead={t('bid.bookLead')}
      actions={
        shop &&
        may(shop, 'buyer') && (
          <Button
            type="primary"
            onClick={() =>
              void go({ to: '/shops/$id/bid', params: { id }, search: sku ? { name: sku } : {} })
            }
          >
            {t('bid.new')}
          </Button>
        )
      }
    >
      <div className="co-filters">
        <ProductPick label={t('bid.card')} value={sku} onChange={(name) => change({ name })} />
      </div>
      {sku ? (
        <Book sku={sku} />
      ) : (
        <Empty title={t('bid.pickBook')} say={t('bid.pickBookNext')} icon="info" />
      )}
    </Screen>
  );
}

function Book({ sku }: { sku: string }): ReactNode {
  const t = useSay();
  const nameOf = useProductName();
  const book = useAsk('GET /v1/books/:sku', { params: { sku } });
  useFollow(`/v1/books/${sku}/events`, book.refetch);
  const levels = book.data?.levels;
  return (
    <Panel title={nameOf(sku)} actions={<Mark tone="good">{t('bid.following')}</Mark>}>
      <Listing
        caption={t('bid.navBook')}
        rows={levels}
        error={book.error}
        refetch={book.refetch}
        rowKey={({ rateBps }) => String(rateBps)}
        empty={{ title: t('bid.emptyBook'), next: t('bid.emptyBookNext') }}
        columns={[
          {
            title: t('bid.level'),
            show: ({ rateBps }) => <strong>{percentText(rateBps)}</strong>,
          },
          {
            title: t('bid.takes'),
            align: 'right',
            show: ({ quantity }) => t('bid.takesN', { n: quantity }),
          },
          { title: t('bid.bids'), align: 'right', show: ({ bids }) => bids },
        ]}
      />
      {levels && levels.length > 1 && (
        <Chart
          title={t('bid.depth')}
          summary={t('bid.bookChart')}
          labels={levels.map(({ rateBps }) => percentText(rateBps))}
          series={[
            {
              name: t('bid.takes'),
              values: levels.map(({ quantity }) => quantity),
              kind: 'bar',
            },
          ]}
          height={180}
          whole
        />
      )}
    </Panel>
  );
}
