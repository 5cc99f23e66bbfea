/** The frame: navigation by role, header with who I am, language and theme; a drawer instead of a bar on phones. */
import { Outlet, useRouterState } from '@tanstack/react-router';
import { Button } from 'antd';
import { type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import { Seal } from '../kit/icons.tsx';
import { LanguageSwitch } from '../kit/language.tsx';
import { Empty, OfflineBar, Skeleton } from '../kit/states.tsx';
import { ThemeSwitch } from '../kit/theme.tsx';
import { useAct, useAsk } from './ask.ts';
import { Link } from './link.tsx';
import { Icon } from './parts/icons.tsx';
import { Screen } from './parts/screen.tsx';
import { RoleMark } from './parts/tags.tsx';
import { groups, placeOf } from './places.ts';
import { useSay } from './say.ts';
import { useMe } from './session.ts';

export function Shell(): ReactNode {
  const t = useSay();
  const me = useMe();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const [open, setOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  const here = useRef(path);
  useEffect(() => {
    setOpen(false);
    // A new page begins at its top, also for the keyboard and the screen reader.
    if (here.current !== path) main.current?.focus();
    here.current = path;
  }, [path]);
  useEffect(() => {
    if (!open) return;
    const close = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') setOpen(false);
    };
    addEventListener('keydown', close);
    return () => removeEventListener('keydown', close);
  }, [open]);
  const place = placeOf(path);
  const may = !place || me?.roles.some((role) => place.roles.includes(role));
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
      <main id="main" className="co-main" tabIndex={-1} ref={main}>
        <OfflineBar />
        <Suspense fallback={<Skeleton lines={8} />}>
          {may ? (
            <Outlet />
          ) : (
            <Screen title={t('shell.notAllowed')}>
              <Empty icon="lock" title={t('shell.notAllowedNext')} />
            </Screen>
          )}
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
        <span>{t('shell.product')}</span>
      </Link>
      <div className="co-header-me">
        <ul className="co-roles" aria-label={t('shell.roles')}>
          {me?.roles.map((role) => (
            <li key={role}>
              <RoleMark role={role} />
            </li>
          ))}
        </ul>
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

const QUEUES_EVERY_MS = 30_000;

function Navigation({ path }: { path: string }): ReactNode {
  const t = useSay();
  const me = useMe();
  const { data } = useAsk('GET /v1/console/overview', {}, { everyMs: QUEUES_EVERY_MS });
  const queues = data?.queues;
  const waiting: Record<string, number | undefined> = {
    '/reviews': queues?.reviews,
    '/payout-runs': queues?.approvals,
    '/jobs': queues?.failedJobs,
    '/cases': queues?.cases,
  };
  const here = placeOf(path)?.path;
  return (
    <nav id="navigation" className="co-nav" aria-label={t('shell.navigation')}>
      {groups.map(({ label, places }) => {
        const mine = places.filter(({ roles }) => me?.roles.some((role) => roles.includes(role)));
        if (mine.length === 0) return null;
        return (
          <div key={label ?? 'top'}>
            {label && <p className="co-nav-group">{t(label)}</p>}
            <ul>
              {mine.map((place) => {
                const count = waiting[place.path] ?? 0;
                return (
                  <li key={place.path}>
                    <Link to={place.path} aria-current={here === place.path ? 'page' : undefined}>
                      <Icon name={place.icon} />
                      <span>{t(place.label)}</span>
                      {count > 0 && (
                        <span className="co-count">
                          <span className="hq-unseen">{t('shell.waiting')} </span>
                          {count}
                        </span>
                      )}
                    </Link>
                  </li>
                );
              })}
            </ul>
          </div>
        );
      })}
    </nav>
  );
}
