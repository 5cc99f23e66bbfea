/** The way in for staff: phone and code, then the second factor that staff must have. */
import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { call } from '../../api.ts';
import { LanguageSwitch } from '../../kit/language.tsx';
import { Seal } from '../../kit/icons.tsx';
import { ThemeSwitch } from '../../kit/theme.tsx';
import type { Me } from '../api-types.ts';
import { useAct } from '../ask.tsx';
import { passkeysWork, presentPasskey } from '../passkey.ts';
import { wordsOf } from '../refusal.ts';
import { useSay } from '../say.ts';
import { CodeField, ProofForm } from '../step-up.tsx';
import { PasskeyPart, TotpPart } from './security.tsx';

function Door({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  const t = useSay();
  return (
    <div className="hq-door">
      <div className="hq-door-tools">
        <LanguageSwitch />
        <ThemeSwitch />
      </div>
      <main className="hq-door-card">
        <p className="hq-brand">
          <Seal size={34} />
          <span>{t('shell.product')}</span>
        </p>
        <h1>{title}</h1>
        <p className="hq-lead">{lead}</p>
        {children}
      </main>
    </div>
  );
}

export function SignIn(): ReactNode {
  const t = useSay();
  const queries = useQueryClient();
  const [phone, setPhone] = useState('');
  const [sentTo, setSentTo] = useState<string>();
  const [code, setCode] = useState('');
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const attempt = async (step: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await step();
    } catch (error) {
      const { title, remedy } = wordsOf(error, t);
      setProblem(`${title} ${remedy}`);
    } finally {
      setBusy(false);
    }
  };
  const enter = ({ user }: { user: Me }): void => queries.setQueryData(['GET /v1/me', {}], user);
  const send = (): Promise<void> =>
    attempt(async () => {
      const reply = (await call('POST /v1/auth/otp', { body: { phone } })) as { sentTo: string };
      setSentTo(reply.sentTo);
    });
  const verify = (): Promise<void> =>
    attempt(async () =>
      enter((await call('POST /v1/auth/otp/verify', { body: { phone, code } })) as { user: Me }),
    );
  const withPasskey = (): Promise<void> =>
    attempt(async () => {
      const { ceremonyId, options } = (await call('POST /v1/auth/passkey/options', {})) as {
        ceremonyId: string;
        options: unknown;
      };
      const response = await presentPasskey(options);
      if (!response) return setProblem(t('stepUp.passkeyFailed'));
      enter((await call('POST /v1/auth/passkey', { body: { ceremonyId, response } })) as { user: Me });
    });
  const ready = /^1\d{10}$/.test(phone);
  return (
    <Door title={t('signIn.title')} lead={t('signIn.lead')}>
      <form
        className="hq-form"
        onSubmit={(event) => {
          event.preventDefault();
          void (sentTo ? verify() : send());
        }}
      >
        {problem && <Alert type="error" title={problem} showIcon role="alert" />}
        {!sentTo && (
          <label className="hq-field">
            <span>{t('signIn.phone')}</span>
            <Input
              size="large"
              value={phone}
              inputMode="tel"
              autoComplete="username webauthn"
              onChange={({ target }) =>
                setPhone(target.value.normalize('NFKC').replace(/\D/g, '').slice(0, 11))
              }
            />
            <small>{t('signIn.phoneRule')}</small>
          </label>
        )}
        {sentTo && (
          <>
            <p role="status">{t('signIn.sentTo', { to: sentTo })}</p>
            <CodeField label={t('signIn.code')} value={code} change={setCode} />
          </>
        )}
        <Button
          type="primary"
          size="large"
          htmlType="submit"
          block
          loading={busy}
          disabled={sentTo ? code.length !== 6 : !ready}
        >
          {sentTo ? t('signIn.verify') : t('signIn.send')}
        </Button>
        {sentTo && (
          <Button type="link" htmlType="button" onClick={() => setSentTo(undefined)}>
            {t('signIn.otherPhone')}
          </Button>
        )}
        {!sentTo && passkeysWork() && (
          <Button size="large" block htmlType="button" onClick={() => void withPasskey()}>
            {t('signIn.passkey')}
          </Button>
        )}
      </form>
      <p className="hq-note">{t('signIn.demo')}</p>
    </Door>
  );
}

/** Staff whose roles sleep until this session has a second factor. */
export function SecondFactor({ me, refresh }: { me: Me; refresh: () => void }): ReactNode {
  const t = useSay();
  const ways = me.stepUpMethods.filter((way) => way !== 'otp');
  if (ways.length > 0)
    return (
      <Door title={t('signIn.secondTitle')} lead={t('signIn.secondLead')}>
        <ProofForm done={refresh} ways={ways} />
        <SignOut />
      </Door>
    );
  return (
    <Door title={t('signIn.enrolTitle')} lead={t('signIn.enrolLead')}>
      <TotpPart me={me} />
      <PasskeyPart me={me} />
      <SignOut />
    </Door>
  );
}

export function NotStaff(): ReactNode {
  const t = useSay();
  return (
    <Door title={t('signIn.noStaff')} lead={t('signIn.noStaffNext')}>
      <SignOut />
    </Door>
  );
}

function SignOut(): ReactNode {
  const t = useSay();
  const out = useAct('POST /v1/auth/sign-out');
  return (
    <Button type="link" loading={out.busy} onClick={() => void out.run({})}>
      {t('shell.signOut')}
    </Button>
  );
}
