/** What must be known before a first sale, one thing at a time, each with its reason: phone, name, account. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { call } from '../api.ts';
import { Icon, Refusal, Skeleton } from '../kit/index.ts';
import { PayoutForm } from './payout-account.tsx';
import { RealNameForm } from './real-name.tsx';
import { useSession } from './session.ts';
import { SignInForm } from './sign-in.tsx';
import { type PlainKey, useTexts } from './texts.ts';

export function usePayoutAccount(on: boolean) {
  return useQuery({
    queryKey: ['payout-account'],
    queryFn: () => call('GET /v1/me/payout-account'),
    enabled: on,
  });
}

type Need = 'signIn' | 'name' | 'account' | 'sell';
const needs: readonly { need: Need; text: PlainKey }[] = [
  { need: 'signIn', text: 'readySignIn' },
  { need: 'name', text: 'readyName' },
  { need: 'account', text: 'readyAccount' },
  { need: 'sell', text: 'readySell' },
];

interface ReadyProps {
  /** What comes last; selling at the price of a quote unless said otherwise. */
  title?: string;
  children: React.ReactNode;
}

/** Shows the first thing that is missing; its children once nothing is. */
export function Ready({ title, children }: ReadyProps): React.ReactNode {
  const t = useTexts();
  const queries = useQueryClient();
  const { me, loading, error, retry } = useSession();
  const account = usePayoutAccount(me !== undefined);
  if (error) return <Refusal of={error} onRetry={retry} />;
  if (loading || (me && account.isPending)) return <Skeleton lines={4} />;
  const need: Need = !me
    ? 'signIn'
    : me.realName.state !== 'verified'
      ? 'name'
      : account.data?.account
        ? 'sell'
        : 'account';
  const at = needs.findIndex((one) => one.need === need);
  return (
    <Focused need={need}>
      <header>
        <h2>{need === 'sell' ? (title ?? t('readySell')) : t('readyTitle')}</h2>
        {need !== 'sell' && <p className="fine">{t('readySay')}</p>}
      </header>
      <ol className="ready-list" aria-label={t('readyTitle')}>
        {needs.map((one, index) => (
          <li
            key={one.need}
            data-done={index < at}
            {...(index === at && { 'aria-current': 'step' as const })}
          >
            <span aria-hidden="true">
              {index < at ? <Icon name="check" size={14} /> : index + 1}
            </span>
            {one.need === 'sell' && title ? title : t(one.text)}
          </li>
        ))}
      </ol>
      {account.error && <Refusal of={account.error} onRetry={() => void account.refetch()} />}
      {need === 'signIn' && (
        <SignInForm onDone={(person) => queries.setQueryData(['me'], person)} />
      )}
      {need === 'name' && me && <RealNameForm me={me} />}
      {need === 'account' && me && !account.error && <PayoutForm me={me} />}
      {need === 'sell' && children}
    </Focused>
  );
}

/** Moves the focus here when one thing is done and the next begins; not when the page opens. */
function Focused({ need, children }: { need: Need; children: React.ReactNode }): React.ReactNode {
  const t = useTexts();
  const box = useRef<HTMLElement>(null);
  const last = useRef(need);
  useEffect(() => {
    if (last.current === need) return;
    last.current = need;
    box.current?.focus({ preventScroll: true });
    box.current?.scrollIntoView({ block: 'nearest' });
  }, [need]);
  return (
    <section
      ref={box}
      tabIndex={-1}
      className="panel stack"
      aria-label={t('readyTitle')}
      data-need={need}
      data-testid="ready"
    >
      {children}
    </section>
  );
}
