/** The frame of the counter: which till this is, whether there is a network, and what waits to be sent. */
import { useQueryClient } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { Challenges } from '../consumer/challenges.tsx';
import { SignInForm } from '../consumer/sign-in.tsx';
import {
  Icon,
  LanguageSwitch,
  Notice,
  Refusal,
  Skeleton,
  ThemeSwitch,
  Toasts,
} from '../kit/index.ts';
import { useKeptNews, useProvisions, useSending, useSlips, useTaken, useTill } from './facts.ts';
import { Here } from './here.tsx';
import type { TillFacts } from './keep.ts';
import { Link } from './link.tsx';
import { useNet } from './net.ts';
import { flush } from './queue.ts';
import { SetUp } from './set-up.tsx';
import { useCounterTexts } from './texts.ts';

export function Shell(): React.ReactNode {
  const t = useCounterTexts();
  const till = useTill();
  useKeptNews();
  useProvisions(till.data ?? undefined);
  return (
    <div className="shell counter">
      <a className="skip" href="#main">
        {t('toTill')}
      </a>
      <header className="top counter-top no-print">
        <Link to="/" className="mark">
          <img src="/counter.svg" width={34} height={34} alt="" />
          <span>{t('counter')}</span>
        </Link>
        <nav className="counter-places" aria-label={t('counter')}>
          <Link to="/">{t('toTill')}</Link>
          <Link to="/day">{t('toDay')}</Link>
        </nav>
        <span className="switches">
          <LanguageSwitch />
          <ThemeSwitch />
        </span>
      </header>
      {till.data && <Status till={till.data} />}
      <main id="main" tabIndex={-1}>
        {till.error && <Refusal of={till.error} />}
        {till.isPending && <Skeleton lines={5} />}
        {till.data === null && <SetUp />}
        {till.data && (
          <Here value={till.data}>
            <Outlet />
          </Here>
        )}
      </main>
      <Challenges />
      <Toasts />
    </div>
  );
}

/** One line that is always there: whoever stands at the till sees at a glance whether cards get through. */
function Status({ till }: { till: TillFacts }): React.ReactNode {
  const t = useCounterTexts();
  const online = useNet();
  const sending = useSending();
  const queries = useQueryClient();
  const left = useTaken().data?.filter(({ state }) => state === 'queued').length ?? 0;
  const slips = useSlips().data;
  return (
    <div className="counter-status no-print">
      <p role="status" data-testid="status" data-online={online} data-queued={left}>
        <strong>
          {till.shopName} · {till.till}
        </strong>
        <span className="counter-net" data-online={online}>
          <Icon name={online ? 'check' : 'offline'} size={16} /> {t(online ? 'netOn' : 'netOff')}
        </span>
        {left > 0 && <span data-testid="queued">{t('queueLeft', { n: left })}</span>}
        {slips !== undefined && <span className="fine">{t('slipsLeft', { n: slips })}</span>}
      </p>
      {!online && (
        <Notice tone="warn" icon="offline">
          <p>{t('netOffSay')}</p>
        </Notice>
      )}
      {online && left > 0 && sending === 'held' && (
        <Notice tone="warn" icon="clock">
          <p>{t('queueHeld')}</p>
        </Notice>
      )}
      {online && left > 0 && sending === 'sign_in' && (
        <section className="panel stack" data-testid="sign-in-again">
          <h2>{t('queueSignIn', { n: left })}</h2>
          <SignInForm
            onDone={(me) => {
              queries.setQueryData(['me'], me);
              void flush();
            }}
          />
        </section>
      )}
    </div>
  );
}

export function Broken({ error, reset }: { error: unknown; reset: () => void }): React.ReactNode {
  return (
    <div className="page narrow">
      <Refusal of={error} onRetry={reset} />
    </div>
  );
}
