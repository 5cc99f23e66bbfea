/** My side of the market: what I sell, what I bought or sold, and the offers that wait for an answer. */
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { call } from '../../api.ts';
import { CardFace, Choices, Empty, Icon, Money, Refusal, Skeleton } from '../../kit/index.ts';
import { Do } from '../act.tsx';
import { ask, useSession } from '../session.ts';
import { usePageTitle } from '../shell.tsx';
import { type PlainKey, useTexts } from '../texts.ts';
import { MyListing } from './my-listing.tsx';
import { MyOffers } from './offers.tsx';
import { MySearches } from './saved.tsx';
import { sceneOf } from './scenes.ts';
import { MyScore } from './score.tsx';
import { MyWants } from './wants.tsx';

const PAGE = 50;
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
        <Empty icon="lock" title={t('ordersSignIn')} say={t('ordersSignInSay')}>
          <Do testId="sign-in" onClick={() => void ask('sign_in')}>
            {t('signIn')}
          </Do>
        </Empty>
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
  const orders = useQuery({
    queryKey: ['market-orders'],
    queryFn: async () => {
      const roles = ['buyer', 'seller'] as const;
      const pages = await Promise.all(
        roles.map((role) => call('GET /v1/market/orders', { query: { role, limit: PAGE } })),
      );
      const items = pages.flatMap((page) => page.items);
      return { items: items.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt)) };
    },
    refetchInterval: 15_000,
  });
  if (orders.error) return <Refusal of={orders.error} onRetry={() => void orders.refetch()} />;
  if (!orders.data) return <Skeleton lines={6} />;
  if (orders.data.items.length === 0) return <None />;
  return (
    <ul className="prices panel" data-testid="market-orders">
      {orders.data.items.map((order) => {
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
  );
}

function MyListings(): React.ReactNode {
  const listings = useQuery({
    queryKey: ['my-listings'],
    queryFn: () => call('GET /v1/market/my/listings', { query: { limit: PAGE } }),
    refetchInterval: 5_000,
  });
  if (listings.error)
    return <Refusal of={listings.error} onRetry={() => void listings.refetch()} />;
  if (!listings.data) return <Skeleton lines={6} />;
  if (listings.data.items.length === 0) return <None />;
  return (
    <ul className="mk-mine" data-testid="my-listings">
      {listings.data.items.map((listing) => (
        <li key={listing.id} className="panel" data-state={listing.state}>
          <MyListing listing={listing} />
        </li>
      ))}
    </ul>
  );
}
