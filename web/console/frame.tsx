/** What staff and shops share: header with who I am, language and theme; a drawer instead of a bar on phones. */
import { Outlet, useRouterState } from '@tanstack/react-router';
import { Button } from 'antd';
import { type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import { Seal } from '../kit/icons.tsx';
import { LanguageSwitch } from '../kit/language.tsx';
import { OfflineBar, Skeleton } from '../kit/states.tsx';
import { ThemeSwitch } from '../kit/theme.tsx';
import { useAct } from './ask.ts';
import { Link } from './link.tsx';
import { Icon } from './parts/icons.tsx';
import { useSay } from './say.ts';
import { useMe } from './session.ts';

interface FrameProps {
  product: 'shell.product' | 'shop.product';
  /** Beside the phone number: what the person may do. */
  marks?: ReactNode;
  navigation: ReactNode;
  /** Instead of the page. */
  refused?: ReactNode;
}

export function Frame({ product, marks, navigation, refused }: FrameProps): ReactNode {
  const t = useSay();
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
  return (
    <div className="co-shell" data-nav={open ? 'open' : 'closed'}>
      <a className="co-skip" href="#main">
        {t('shell.skip')}
      </a>
      <Header product={product} marks={marks} open={open} toggle={() => setOpen(!open)} />
      {navigation}
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
        <Suspense fallback={<Skeleton lines={8} />}>{refused ?? <Outlet />}</Suspense>
      </main>
    </div>
  );
}

interface HeaderProps extends Pick<FrameProps, 'product' | 'marks'> {
  open: boolean;
  toggle: () => void;
}
function Header({ product, marks, open, toggle }: HeaderProps): ReactNode {
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
        <span>{t(product)}</span>
      </Link>
      <div className="co-header-me">
        {marks}
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
