/** The frame around a shop: its pages, and who is signed in; a drawer instead of a bar on phones. */
import { Outlet, useRouterState } from '@tanstack/react-router';
import { Button } from 'antd';
import { type ReactNode, Suspense, useEffect, useState } from 'react';
import { Seal } from '../../kit/icons.tsx';
import { LanguageSwitch } from '../../kit/language.tsx';
import { OfflineBar, Skeleton } from '../../kit/states.tsx';
import { ThemeSwitch } from '../../kit/theme.tsx';
import { useAct, useAsk } from '../ask.ts';
import { Link } from '../link.tsx';
import { Icon, type IconName } from '../parts/icons.tsx';
import { type SayKey, useSay } from '../say.ts';
import { useMe } from '../session.ts';

interface ShopPlace {
  readonly to:
    | '/shops/$id'
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
  { to: '/shops/$id/wallet', label: 'shop.navWallet', icon: 'money' },
  { to: '/shops/$id/team', label: 'shop.navTeam', icon: 'people' },
  { to: '/shops/$id/keys', label: 'shop.navKeys', icon: 'key' },
  { to: '/shops/$id/webhooks', label: 'shop.navWebhooks', icon: 'send' },
];

export function ShopShell(): ReactNode {
  const t = useSay();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const [open, setOpen] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page closes the drawer
  useEffect(() => setOpen(false), [path]);
  return (
    <div className="co-shell" data-nav={open ? 'open' : 'closed'}>
      <a className="co-skip" href="#main">
        {t('shell.skip')}
      </a>
      <Header open={open} toggle={() => setOpen(!open)} />
      <Navigation path={path} />
      {open && (
        <button
          type="button"
          className="co-scrim"
          aria-label={t('shell.closeMenu')}
          onClick={() => setOpen(false)}
        />
      )}
      <main id="main" className="co-main" tabIndex={-1}>
        <OfflineBar />
        <Suspense fallback={<Skeleton lines={8} />}>
          <Outlet />
        </Suspense>
      </main>
    </div>
  );
}

function Header({ open, toggle }: { open: boolean; toggle: () => void }): ReactNode {
  const t = useSay();
  const me = useMe();
  const out = useAct('POST /v1/auth/sign-out');
  return (
    <header className="co-header">
      <button
        type="button"
        className="hq-icon-button co-menu-button"
        aria-expanded={open}
        aria-controls="navigation"
        aria-label={open ? t('shell.closeMenu') : t('shell.menu')}
        onClick={toggle}
      >
        <Icon name={open ? 'close' : 'menu'} size={22} />
      </button>
      <Link to="/" className="co-brand">
        <Seal size={28} />
        <span>{t('shop.product')}</span>
      </Link>
      <div className="co-header-me">
        <span className="co-phone">{me?.phoneMasked}</span>
        <LanguageSwitch />
        <ThemeSwitch />
        <Button
          type="text"
          aria-label={t('shell.signOut')}
          title={t('shell.signOut')}
          loading={out.busy}
          icon={<Icon name="out" />}
          onClick={() => void out.run({})}
        />
      </div>
    </header>
  );
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
          </ul>
        </div>
      )}
    </nav>
  );
}
