/** Proves once more who is at the keys, by text message or authenticator, before something delicate. */
import { useEffect, useRef, useState } from 'react';
import { Choices, Field, Refusal } from '../kit/index.ts';
import { Do, useAct } from './act.tsx';
import { useSession } from './session.ts';
import { Again, DemoSms } from './sign-in.tsx';
import { useTexts } from './texts.ts';

type Method = 'otp' | 'totp';

export function StepUpForm({ onDone }: { onDone: () => void }): React.ReactNode {
  const t = useTexts();
  const { me } = useSession();
  const hasTotp = me?.factors.totp ?? false;
  const [method, setMethod] = useState<Method>('otp');
  const [code, setCode] = useState('');
  const send = useAct('POST /v1/me/step-up/otp');
  const verify = useAct('POST /v1/me/step-up', onDone);
  const asked = useRef(false);
  const { mutate: sendCode } = send;
  useEffect(() => {
    if (method !== 'otp' || asked.current) return;
    asked.current = true;
    sendCode({ body: {} });
  }, [method, sendCode]);

  return (
    <form
      className="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        verify.mutate({ body: { method, code } });
      }}
    >
      <p className="form-say">{t('stepUpSay')}</p>
      {hasTotp && (
        <Choices
          label={t('stepUpMethod')}
          value={method}
          onChange={setMethod}
          options={[
            { value: 'otp', label: t('stepUpOtp') },
            { value: 'totp', label: t('stepUpTotp') },
          ]}
        />
      )}
      <Field
        label={method === 'otp' ? t('stepUpOtp') : t('stepUpTotp')}
        value={code}
        onChange={(typed) => setCode(typed.normalize('NFKC').replace(/\D/g, '').slice(0, 6))}
        hint={
          method === 'otp' && send.data
            ? t('codeHint', { to: send.data.sentTo ?? me?.phoneMasked ?? '' })
            : undefined
        }
        inputMode="numeric"
        autoComplete="one-time-code"
        data-testid="step-up-code"
        required
      />
      {method === 'otp' && <DemoSms />}
      {send.error && <Refusal of={send.error} />}
      {verify.error && <Refusal of={verify.error} />}
      <Do submit busy={verify.isPending} disabled={code.length !== 6} testId="step-up-confirm">
        {t('confirm')}
      </Do>
      {method === 'otp' && (
        <Again
          key={send.submittedAt}
          since={send.submittedAt}
          onAgain={() => sendCode({ body: {} })}
        />
      )}
    </form>
  );
}
