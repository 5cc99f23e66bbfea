/** The person's own page: who they are, where they are paid, what they agreed to, how to leave. */
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import type { Me } from '../api.gen.ts';
import {
  Choices,
  chooseLanguage,
  chooseTheme,
  Empty,
  type Language,
  Moment,
  Refusal,
  Skeleton,
  type ThemeChoice,
  toast,
  useLanguage,
  useThemeChoice,
} from '../kit/index.ts';
import { Do, useAct } from './act.tsx';
import { DemoPanel } from './demo.tsx';
import { Gifts } from './gifts.tsx';
import { Consents, MyData, Sessions } from './me-parts.tsx';
import { banks, PayoutForm } from './payout-account.tsx';
import { usePayoutAccount } from './ready.tsx';
import { RealNameForm } from './real-name.tsx';
import { ask, useSession } from './session.ts';
import { usePageTitle } from './shell.tsx';
import { useTexts } from './texts.ts';

/** Fetched apart, so that the page does not grow where there is no exchange. */
const ExchangeEntry = lazy(async () => ({
  default: (await import('./exchange/entry.tsx')).ExchangeEntry,
}));

export function MePage(): React.ReactNode {
  const t = useTexts();
  const session = useSession();
  usePageTitle(t('meTitle'));
  return (
    <div className="page narrow stack">
      <h1>{t('meTitle')}</h1>
      {session.error ? (
        <Refusal of={session.error} onRetry={session.retry} />
      ) : session.loading ? (
        <Skeleton lines={6} />
      ) : session.me ? (
        <Mine me={session.me} />
      ) : (
        <Empty icon="me" title={t('meSignIn')} say={t('meSignInSay')}>
          <Do testId="sign-in" onClick={() => void ask('sign_in')}>
            {t('signIn')}
          </Do>
        </Empty>
      )}
      <Display />
      <DemoPanel />
    </div>
  );
}

function Mine({ me }: { me: Me }): React.ReactNode {
  return (
    <>
      <Person me={me} />
      <RealName me={me} />
      <Account me={me} />
      <Gifts />
      <Suspense fallback={null}>
        <ExchangeEntry />
      </Suspense>
      <Consents />
      <Sessions />
      <MyData />
    </>
  );
}

function Person({ me }: { me: Me }): React.ReactNode {
  const t = useTexts();
  const queries = useQueryClient();
  const leave = useAct('POST /v1/auth/sign-out', () => {
    queries.clear();
    queries.setQueryData(['me'], null);
    toast(t('signedOut'));
  });
  const { passkeys } = me.factors;
  return (
    <section className="panel" aria-labelledby="person">
      <h2 id="person">{t('mePerson')}</h2>
      <dl className="facts">
        <div>
          <dt>{t('mePhone')}</dt>
          <dd>{me.phoneMasked}</dd>
        </div>
        <div>
          <dt>{t('meSince')}</dt>
          <dd>
            <Moment at={me.createdAt} form="day" />
          </dd>
        </div>
        <div>
          <dt>{t('meFactors')}</dt>
          <dd>{passkeys > 0 ? t('factorsSome', { n: passkeys }) : t('factorsNone')}</dd>
        </div>
      </dl>
      {leave.error && <Refusal of={leave.error} />}
      <button
        type="button"
        className="hq-button hq-button-quiet"
        disabled={leave.isPending}
        data-testid="sign-out"
        onClick={() => leave.mutate({ body: {} })}
      >
        {t('signOut')}
      </button>
    </section>
  );
}

function RealName({ me }: { me: Me }): React.ReactNode {
  const t = useTexts();
  const { state, nameMasked } = me.realName;
  return (
    <section className="panel" aria-labelledby="real-name">
      <h2 id="real-name">{t('nameTitle')}</h2>
      {state === 'verified' ? (
        <p className="kept">
          <strong>{nameMasked}</strong>
          <span className="tag" data-tone="good">
            {t('nameVerified')}
          </span>
        </p>
      ) : (
        <RealNameForm me={me} />
      )}
    </section>
  );
}

function Account({ me }: { me: Me }): React.ReactNode {
  const t = useTexts();
  const [editing, setEditing] = useState(false);
  const { data, error, isPending, refetch } = usePayoutAccount(true);
  const account = data?.account;
  return (
    <section className="panel" aria-labelledby="account">
      <h2 id="account">{t('accountTitle')}</h2>
      {error && <Refusal of={error} onRetry={() => void refetch()} />}
      {isPending && <Skeleton lines={2} />}
      {account && (
        <p className="kept">
          <span>
            <strong>{t(banks[account.bankCode])}</strong> {account.numberMasked}
            <br />
            <span className="fine">
              {account.nameMasked} · <Since at={account.since} />
            </span>
          </span>
        </p>
      )}
      {data && !account && !editing && <p className="fine">{t('accountNone')}</p>}
      {editing ? (
        <PayoutForm me={me} onDone={() => setEditing(false)} />
      ) : (
        data && (
          <button
            type="button"
            className="hq-button hq-button-quiet"
            data-testid="account-edit"
            onClick={() => setEditing(true)}
          >
            {t(account ? 'accountChange' : 'accountAdd')}
          </button>
        )
      )}
    </section>
  );
}

function Since({ at }: { at: string }): React.ReactNode {
  return <Moment at={at} form="day" />;
}

function Display(): React.ReactNode {
  const t = useTexts();
  const theme = useThemeChoice();
  const language = useLanguage();
  return (
    <section className="panel stack" aria-labelledby="display">
      <h2 id="display">{t('mePrefs')}</h2>
      <Choices<ThemeChoice>
        label={t('theme')}
        value={theme}
        onChange={chooseTheme}
        options={[
          { value: 'system', label: t('themeSystem') },
          { value: 'light', label: t('themeLight') },
          { value: 'dark', label: t('themeDark') },
        ]}
      />
      <Choices<Language>
        label={t('languageName')}
        value={language}
        onChange={chooseLanguage}
        options={[
          { value: 'zh', label: '中文' },
          { value: 'en', label: 'English' },
        ]}
      />
    </section>
  );
}
