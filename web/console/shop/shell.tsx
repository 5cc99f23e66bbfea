/** The frame around a shop: its pages, and nothing of the house. */
import { useRouterState } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useAsk } from '../ask.ts';
import { Frame } from '../frame.tsx';
import { Link } from '../link.tsx';
import { Icon, type IconName } from '../parts/icons.tsx';
import { type SayKey, useSay } from '../say.ts';

interface ShopPlace {
  readonly to:
    | '/shops/$id'
    | '/shops/$id/bids'
    | '/shops/$id/auctions'
    | '/shops/$id/book'
    | '/shops/$id/cards'
    | '/shops/$id/stock'
    | '/shops/$id/wallet'
    | '/shops/$id/team'
    | '/shops/$id/keys'
    | '/shops/$id/webhooks';
  readonly label: SayKey;
  readonly icon: IconName;
}
/** The one list behind the menu: a room that gives shops more pages adds them here. */
const places: readonly ShopPlace[] = [
  { to: '/shops/$id', label: 'shop.navHome', icon: 'chart' },
  { to: '/shops/$id/bids', label: 'bid.nav', icon: 'tag' },
  { to: '/shops/$id/auctions', label: 'auction.nav', icon: 'scale' },
  { to: '/shops/$id/book', label: 'bid.navBook', icon: 'layers' },
  { to: '/shops/$id/cards', label: 'cards.nav', icon: 'list' },
  { to: '/shops/$id/stock', label: 'stock.nav', icon: 'chart' },
  { to: '/shops/$id/wallet', label: 'shop.navWallet', icon: 'money' },
  { to: '/shops/$id/team', label: 'shop.navTeam', icon: 'people' },
  { to: '/shops/$id/keys', label: 'shop.navKeys', icon: 'key' },
  { to: '/shops/$id/webhooks', label: 'shop.navWebhooks', icon: 'send' },
];

export function ShopShell(): ReactNode {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  return <Frame product="shop.product" navigation={<Navigation path={path} />} />;
}

function Navigation({ path }: { path: string }): ReactNode {
  const t = useSay();
  const shops = useAsk('GET /v1/recyclers', {});
  const id = /\/shops\/([0-9a-f-]{36})/.exec(path)?.[1];
  const shop = shops.data?.items.find((one) => one.id === id);
  return (
    <nav id="navigation" className="co-nav" aria-label={t('shell.navigation')}>
      <ul>
        <li>
          <Link to="/" aria-current={id === undefined ? 'page' : undefined}>
            <Icon name="list" />
            <span>{t('shop.navAll')}</span>
          </Link>
        </li>
      </ul>
      {shop && (
        <div>
          <p className="co-nav-group">{shop.name}</p>
          <ul>
            {places.map(({ to, label, icon }) => (
              <li key={to}>
                <Link
                  to={to}
                  params={{ id: shop.id }}
                  aria-current={path.endsWith(to.replace('$id', shop.id)) ? 'page' : undefined}
                >
                  <Icon name={icon} />
                  <span>{t(label as 'shop.navHome')}</span>
                </Link>
              </li>
            ))}
            <li>
              <a href="/counter">
                <Icon name="tag" />
                <span>{t('shop.navCounter')}</span>
              </a>
            </li>
          </ul>
        </div>
      )}
    </nav>
  );
}
