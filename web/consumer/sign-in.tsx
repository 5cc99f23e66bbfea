/** Phone number and code, or a wallet where the house has an exchange; in the demo it says where the code can be read. */
import { lazy, Suspense, useState } from 'react';
import type { Me } from '../api.gen.ts';
import { Field, Icon, Notice, Refusal, Skeleton, useNow } from '../kit/index.ts';
import { Do, useAct } from './act.tsx';
import { useExchange } from './exchange/profile.ts';
import { MOBILE, plainPhone } from './plain.ts';
import { useDemo } from './session.ts';
import { useTexts } from './texts.ts';

const AGAIN_MS = 60_000;
const WalletSignIn = lazy(async () => ({
  default: (await import('./exchange/wallet-sign-in.tsx')).WalletSignIn,
}));

export function SignInForm({ onDone }: { onDone: (me: Me) => void }): React.ReactNode {
  const t = useTexts();
  const { data: exchange } = useExchange();
  const [byWallet, setByWallet] = useState(false);
  const chain = exchange?.chain;
  if (chain && byWallet)
    return (
      <Suspense fallback={<Skeleton lines={4} />}>
        <WalletSignIn chain={chain} onDone={onDone} onPhone={() => setByWallet(false)} />
      </Suspense>
    );
  return (
    <PhoneForm onDone={onDone}>
      {chain && (
        <Do tone="quiet" testId="wallet-sign-in" onClick={() => setByWallet(true)}>
          {t('signInByWallet')}
        </Do>
      )}
    </PhoneForm>
  );
}

interface PhoneFormProps {
  onDone: (me: Me) => void;
  /** Another way in, below. */
  children: React.ReactNode;
}

function PhoneForm({ onDone, children }: PhoneFormProps): React.ReactNode {
  const [phone, setPhone] = useState('');
  const [code, setCode] = useState('');
  const [touched, setTouched] = useState(false);
  const t = useTexts();
  const send = useAct('POST /v1/auth/otp');
  const verify = useAct('POST /v1/auth/otp/verify', ({ user }) => onDone(user));
  const number = plainPhone(phone);
  const wrong = touched && !MOBILE.test(number) ? t('phoneWrong') : undefined;
  const sent = send.data;
  const check = (): void => verify.mutate({ body: { phone: number, code } });

  if (!sent)
    return (
      <form
        className="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTouched(true);
          if (MOBILE.test(number)) send.mutate({ body: { phone: number } });
        }}
      >
        <p className="form-say">{t('signInSay')}</p>
        <Field
          label={t('phone')}
          value={phone}
          onChange={setPhone}
          error={wrong}
          start="+86"
          type="tel"
          inputMode="tel"
          autoComplete="tel-national"
          data-testid="phone"
          required
        />
        {send.error && <Refusal of={send.error} />}
        <Do submit busy={send.isPending} testId="send-code">
          {t('sendCode')}
        </Do>
        {children}
        <p className="fine">{t('agree')}</p>
      </form>
    );
  return (
    <form
      className="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        check();
      }}
    >
      <Field
        label={t('code')}
        value={code}
        onChange={(typed) => setCode(typed.normalize('NFKC').replace(/\D/g, '').slice(0, 6))}
        hint={t('codeHint', { to: sent.sentTo })}
        inputMode="numeric"
        autoComplete="one-time-code"
        data-testid="code"
        autoFocus
        required
      />
      <DemoSms />
      {verify.error && <Refusal of={verify.error} />}
      <Do submit busy={verify.isPending} disabled={code.length !== 6} testId="verify-code">
        {t('signIn')}
      </Do>
      <div className="form-row">
        <Again
          key={send.submittedAt}
          since={send.submittedAt}
          onAgain={() => send.mutate({ body: { phone: number } })}
        />
        <button type="button" className="hq-link" onClick={() => send.reset()}>
          {t('changePhone')}
        </button>
      </div>
    </form>
  );
}

/** Lets a code be asked for again after a minute. `since` is of this phone's clock. */
export function Again({ since, onAgain }: { since: number; onAgain: () => void }): React.ReactNode {
  const t = useTexts();
  const [openedAt] = useState(() => since || Date.now());
  useNow();
  const leftMs = openedAt + AGAIN_MS - Date.now();
  return (
    <button type="button" className="hq-link" disabled={leftMs > 0} onClick={onAgain}>
      {leftMs > 0 ? t('codeAgainIn', { n: Math.ceil(leftMs / 1000) }) : t('codeAgain')}
    </button>
  );
}

/** Where the demo keeps its text messages. */
export function DemoSms(): React.ReactNode {
  const t = useTexts();
  const demo = useDemo();
  if (!demo) return null;
  return (
    <Notice tone="info" icon="sms">
      <p>{t('demoSms')}</p>
      <a className="hq-link" href={demo.smsUrl} target="_blank" rel="noreferrer">
        {t('demoSmsOpen')} <Icon name="next" size={16} />
      </a>
    </Notice>
  );
}
