/** The way in: phone and code, then the second factor that staff must have. */
import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { Seal } from '../../kit/icons.tsx';
import { LanguageSwitch } from '../../kit/language.tsx';
import { useProblemWords } from '../../kit/states.tsx';
import { ThemeSwitch } from '../../kit/theme.tsx';
import type { Me } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { send as post } from '../client.ts';
import { Field } from '../parts/field.tsx';
import { passkeysWork, presentPasskey } from '../passkey.ts';
import { useSay } from '../say.ts';
import { CodeField, ProofForm } from '../step-up.tsx';
import { PasskeyPart, TotpPart } from './security.tsx';

/** A refusal here is shown in place; there is nobody yet to challenge. */
const quiet = { quiet: true };

function Door({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  const t = useSay();
  return (
    <div className="co-door">
      <div className="co-door-tools">
        <LanguageSwitch />
        <ThemeSwitch />
      </div>
      <main className="co-door-card">
        <p className="co-brand">
          <Seal size={34} />
          <span>{t('shell.product')}</span>
        </p>
        <h1>{title}</h1>
        <p className="co-lead">{lead}</p>
        {children}
      </main>
    </div>
  );
}

export function SignIn(): ReactNode {
  const t = useSay();
  const words = useProblemWords();
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
      const { title, remedy } = words(error);
      setProblem(`${title} ${remedy}`);
    } finally {
      setBusy(false);
    }
  };
  const enter = ({ user }: { user: Me }): void => {
    queries.setQueryData(['GET /v1/me', {}], user);
  };
  const send = (): Promise<void> =>
    attempt(async () => {
      const reply = await post('POST /v1/auth/otp', { body: { phone } }, quiet);
      setSentTo(reply.sentTo);
    });
  const verify = (): Promise<void> =>
    attempt(async () =>
      enter(await post('POST /v1/auth/otp/verify', { body: { phone, code } }, quiet)),
    );
  const withPasskey = (): Promise<void> =>
    attempt(async () => {
      const { ceremonyId, options } = await post('POST /v1/auth/passkey/options', {}, quiet);
      const response = await presentPasskey(options);
      if (!response) return setProblem(t('stepUp.passkeyFailed'));
      enter(await post('POST /v1/auth/passkey', { body: { ceremonyId, response } }, quiet));
    });
  const ready = /^1\d{10}$/.test(phone);
  return (
    <Door title={t('signIn.title')} lead={t('signIn.lead')}>
      <form
        className="co-form"
        onSubmit={(event) => {
          event.preventDefault();
          void (sentTo ? verify() : send());
        }}
      >
        {problem && <Alert type="error" title={problem} showIcon role="alert" />}
        {!sentTo && (
          <Field label={t('signIn.phone')} hint={t('signIn.phoneRule')}>
            <Input
              size="large"
              value={phone}
              inputMode="tel"
              autoComplete="username webauthn"
              onChange={({ target }) =>
                setPhone(target.value.normalize('NFKC').replace(/\D/g, '').slice(0, 11))
              }
            />
          </Field>
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
      <DemoHint />
    </Door>
  );
}

/** The route exists in the demo alone, so elsewhere nothing is shown. */
function DemoHint(): ReactNode {
  const t = useSay();
  const { data } = useAsk('GET /v1/demo', {});
  if (!data) return null;
  return (
    <p className="co-note">
      {t('signIn.demo')}{' '}
      <a href={data.smsUrl} target="_blank" rel="noreferrer">
        {t('signIn.sms')}
      </a>
    </p>
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

function SignOut(): ReactNode {
  const t = useSay();
  const out = useAct('POST /v1/auth/sign-out');
  return (
    <Button type="link" loading={out.busy} onClick={() => void out.run({})}>
      {t('shell.signOut')}
    </Button>
  );
}
