/** My side of the market: what I sell, what I bought or sold, and the offers that wait for an answer. */
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { call } from '../../api.ts';
import { CardFace, Choices, Empty, Icon, Money, Refusal, Skeleton } from '../../kit/index.ts';
import { useSession } from '../session.ts';
import { usePageTitle } from '../shell.tsx';
import { SignInFirst } from '../sign-in-first.tsx';
import { type PlainKey, useTexts } from '../texts.ts';
import { MyListing } from './my-listing.tsx';
import { MyOffers } from './offers.tsx';
import { bothSides, usePages } from './pages.tsx';
import { MySearches } from './saved.tsx';
import { sceneOf } from './scenes.ts';
import { MyScore } from './score.tsx';
import { MyWants } from './wants.tsx';

export type Tab = (typeof tabs)[number]['value'];
const tabs = [
  { value: 'orders', text: 'mkMineOrders' },
  { value: 'listings', text: 'mkMineListings' },
  { value: 'offers', text: 'mkMineOffers' },
  { value: 'wants', text: 'mkMineWants' },
  { value: 'searches', text: 'mkMineSearches' },
  { value: 'score', text: 'mkMineScore' },
] as const satisfies readonly { value: string; text: PlainKey }[];

export function MinePage(): React.ReactNode {
  const t = useTexts();
  const session = useSession();
  const { tab: asked } = useSearch({ from: '/market/mine' });
  const navigate = useNavigate();
  const tab = tabs.find(({ value }) => value === asked)?.value ?? 'orders';
  const setTab = (next: Tab): void =>
    void navigate({ to: '/market/mine', search: { tab: next }, replace: true });
  usePageTitle(t('mkMine'));
  return (
    <div className="page narrow">
      <Link to="/market" className="hq-link crumb">
        <Icon name="back" size={18} /> {t('mkTitle')}
      </Link>
      <h1>{t('mkMine')}</h1>
      {session.stranger ? (
        <SignInFirst />
      ) : (
        <>
          <Choices
            label={t('mkMine')}
            hideLabel
            value={tab}
            onChange={setTab}
            options={tabs.map(({ value, text }) => ({ value, label: t(text) }))}
          />
          {tab === 'orders' && <MyOrders />}
          {tab === 'listings' && <MyListings />}
          {tab === 'offers' && <MyOffers />}
          {tab === 'wants' && <MyWants />}
          {tab === 'searches' && <MySearches />}
          {tab === 'score' && <MyScore />}
        </>
      )}
    </div>
  );
}

function None(): React.ReactNode {
  const t = useTexts();
  return (
    <Empty icon="orders" title={t('mkMineNone')} say={t('mkMineNoneSay')}>
      <Link to="/market/sell" className="hq-button" search={{}}>
        {t('mkSellMine')}
      </Link>
    </Empty>
  );
}

function MyOrders(): React.ReactNode {
  const t = useTexts();
  const orders = usePages(
    ['market-orders'],
    (from) => bothSides((role) => call('GET /v1/market/orders', { query: { role, ...from } })),
    15_000,
  );
  if (orders.error) return <Refusal of={orders.error} onRetry={orders.retry} />;
  if (!orders.items) return <Skeleton lines={6} />;
  if (orders.items.length === 0) return <None />;
  return (
    <>
      <ul className="prices panel" data-testid="market-orders">
        {orders.items.map((order) => {
          const { say, tone } = sceneOf(order);
          return (
            <li key={order.id}>
              <Link to="/market/orders/$orderId" params={{ orderId: order.id }}>
                <CardFace product={order.product} size="s" />
                <span className="price-name">
                  <strong>{order.title}</strong>
                  <span className="mk-row-tags">
                    {t(order.role === 'buyer' ? 'mkBuyerIs' : 'mkSellerIs')}
                    <span className="tag" data-tone={tone}>
                      {t(say)}
                    </span>
                    {order.unread > 0 && (
                      <span className="tag" data-tone="act" data-testid="unread">
                        {t('mkUnread', { n: order.unread })}
                      </span>
                    )}
                  </span>
                </span>
                <span className="price-net">
                  <Money fen={order.role === 'buyer' ? order.totalFen : order.netFen} size="l" />
                </span>
              </Link>
            </li>
          );
        })}
      </ul>
      {orders.more}
    </>
  );
}

function MyListings(): React.ReactNode {
  const listings = usePages(
    ['my-listings'],
    (from) => call('GET /v1/market/my/listings', { query: from }),
    5_000,
  );
  if (listings.error) return <Refusal of={listings.error} onRetry={listings.retry} />;
  if (!listings.items) return <Skeleton lines={6} />;
  if (listings.items.length === 0) return <None />;
  return (
    <>
      <ul className="mk-mine" data-testid="my-listings">
        {listings.items.map((listing) => (
          <li key={listing.id} className="panel" data-state={listing.state}>
            <MyListing listing={listing} />
          </li>
        ))}
      </ul>
      {listings.more}
    </>
  );
}
