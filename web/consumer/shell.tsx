/** The frame around every page: skip link, header, navigation, footer; moves the focus when the page changes. */
import { Link, Outlet, useLocation, useRouter } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import {
  Icon,
  type IconName,
  LanguageSwitch,
  OfflineBar,
  Refusal,
  Seal,
  Skeleton,
  ThemeSwitch,
  Toasts,
} from '../kit/index.ts';
import { Challenges } from './challenges.tsx';
import { useDemo } from './session.ts';
import { type PlainKey, useTexts } from './texts.ts';

const places = [
  { to: '/', icon: 'home', text: 'navHome' },
  { to: '/market', icon: 'shop', text: 'navMarket' },
  { to: '/orders', icon: 'orders', text: 'navOrders' },
  { to: '/how', icon: 'help', text: 'navHow' },
  { to: '/me', icon: 'me', text: 'navMe' },
] as const satisfies readonly { to: string; icon: IconName; text: PlainKey }[];

export function Shell(): React.ReactNode {
  const t = useTexts();
  const demo = useDemo();
  const isOnChain = useLocation().pathname.startsWith('/exchange');
  useFocusOnMove();
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {t('skip')}
      </a>
      <header className="top">
        <Link to="/" className="mark">
          <Seal size={34} />
          <span>{t('brand')}</span>
        </Link>
        {demo && (
          <span className="demo-tag" title={t('demoSay')}>
            {t('demoTag')}
          </span>
        )}
        <nav className="places" aria-label={t('navLabel')}>
          {places.map(({ to, icon, text }) => (
            <Link
              key={to}
              to={to}
              activeOptions={{ exact: to === '/' }}
              data-testid={`nav-${icon}`}
            >
              <Icon name={icon} />
              <span>{t(text)}</span>
            </Link>
          ))}
        </nav>
        <span className="switches">
          <LanguageSwitch />
          <ThemeSwitch />
        </span>
      </header>
      <OfflineBar />
      <main id="main" tabIndex={-1}>
        <Outlet />
      </main>
      <footer className="foot">
        <p>{t(isOnChain ? 'footLineChain' : 'footLine')}</p>
        <p>
          {t('footComplaint')}
          {demo && ` · ${t('demoSay')}`}
        </p>
      </footer>
      <Challenges />
      <Toasts />
    </div>
  );
}

/** Sends the focus to the new page, so that a keyboard or a screen reader starts there and not at the old link. */
function useFocusOnMove(): void {
  const router = useRouter();
  const last = useRef<string>(undefined);
  useEffect(
    () =>
      router.subscribe('onResolved', ({ toLocation }) => {
        const { pathname } = toLocation;
        if (last.current !== undefined && last.current !== pathname)
          document.getElementById('main')?.focus({ preventScroll: true });
        last.current = pathname;
      }),
    [router],
  );
}

/** Names the page in the browser and in the history. */
export function usePageTitle(page: string): void {
  const t = useTexts();
  useEffect(() => {
    document.title = t('titleOf', { page });
  }, [page, t]);
}

export function Waiting(): React.ReactNode {
  return (
    <div className="page">
      <Skeleton lines={1} tall />
      <Skeleton lines={4} />
    </div>
  );
}

export function Broken({ error, reset }: { error: unknown; reset: () => void }): React.ReactNode {
  return (
    <div className="page">
      <Refusal of={error} onRetry={reset} />
    </div>
  );
}
