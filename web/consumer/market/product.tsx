/** One product on the market: what it was sold for day by day, and the cards on sale now. */
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { call, type Reply } from '../../api.ts';
import {
  CardFace,
  Chart,
  Empty,
  Icon,
  Refusal,
  Skeleton,
  useMoment,
  usePick,
} from '../../kit/index.ts';
import { Do } from '../act.tsx';
import { useProducts } from '../catalogue.ts';
import { ask, useSession } from '../session.ts';
import { usePageTitle } from '../shell.tsx';
import { useTexts } from '../texts.ts';
import { Tile } from './browse.tsx';
import { PriceAlert } from './saved.tsx';
import { Wanted } from './wanted.tsx';
import { WantSheet } from './wants.tsx';

const SHOWN = 24;

export function MarketProductPage(): React.ReactNode {
  const { sku } = useParams({ from: '/market/products/$sku' });
  const t = useTexts();
  const pick = usePick();
  const product = useProducts().data?.find((one) => one.sku === sku);
  const session = useSession();
  const [wanting, setWanting] = useState(false);
  const prices = useQuery({
    queryKey: ['sold-prices', sku],
    queryFn: () => call('GET /v1/market/products/:sku/prices', { params: { sku }, query: {} }),
  });
  const onSale = useQuery({
    queryKey: ['market-search', { sku }],
    queryFn: () => call('GET /v1/market/search', { query: { sku, limit: SHOWN } }),
  });
  usePageTitle(product ? pick(product.name) : t('mkTitle'));
  return (
    <div className="page">
      <Link to="/market" search={{}} className="hq-link crumb">
        <Icon name="back" size={18} /> {t('mkTitle')}
      </Link>
      {product && (
        <header className="product-head">
          <CardFace product={product} />
          <div>
            <p className="fine">{pick(product.issuerName)}</p>
            <h1>{pick(product.name)}</h1>
            <p className="mk-acts">
              <Link to="/market/sell" search={{ sku }} className="hq-button">
                {t('mkSellMine')}
              </Link>
            </p>
          </div>
        </header>
      )}
      <div className="mk-product">
        <section className="panel" aria-labelledby="sold">
          <h2 id="sold">{t('mkSoldPrices')}</h2>
          {prices.error && <Refusal of={prices.error} onRetry={() => void prices.refetch()} />}
          {prices.isPending && <Skeleton lines={1} tall />}
          {prices.data && <Sold prices={prices.data} />}
          {product && <PriceAlert sku={sku} name={pick(product.name)} />}
        </section>
        <section className="panel stack" aria-labelledby="wanted">
          <h2 id="wanted">{t('mkWantedTitle')}</h2>
          <Wanted sku={sku} />
          <Do
            tone="quiet"
            testId="want-this"
            onClick={() => (session.stranger ? void ask('sign_in') : setWanting(true))}
          >
            {t('mkWantNew')}
          </Do>
          <WantSheet sku={sku} open={wanting} onClose={() => setWanting(false)} />
        </section>
      </div>
      <h2>{t('mkOnSale')}</h2>
      {onSale.error && <Refusal of={onSale.error} onRetry={() => void onSale.refetch()} />}
      {onSale.data?.items.length === 0 && (
        <Empty icon="search" title={t('mkNone')} say={t('mkNoneSay')} />
      )}
      <ul className="mk-grid">
        {onSale.data?.items.map((item) => (
          <li key={item.id}>
            <Tile item={item} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** As people say it: 8.5 折 is 85 in a hundred; the axis counts in hundredths of the balance. */
const percent = (bps: number): number => bps / 100;
const percentLabel = (value: number): string => `${value.toFixed(0)} %`;

function Sold({
  prices: { days },
}: {
  prices: Reply<'GET /v1/market/products/:sku/prices'>;
}): React.ReactNode {
  const t = useTexts();
  const moment = useMoment();
  if (days.length < 2) return <p className="fine">{t('mkSoldNone')}</p>;
  return (
    <Chart
      title={t('mkSoldPrices')}
      summary={t('mkSoldPricesSay', { n: days.reduce((sum, { count }) => sum + count, 0) })}
      labels={days.map(({ day }) => moment(day, 'day'))}
      series={[
        { name: t('mkSoldMedian'), values: days.map(({ medianBps }) => percent(medianBps)) },
        { name: t('mkSoldLow'), values: days.map(({ lowBps }) => percent(lowBps)) },
        { name: t('mkSoldHigh'), values: days.map(({ highBps }) => percent(highBps)) },
      ]}
      format={percentLabel}
    />
  );
}
