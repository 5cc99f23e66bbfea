/** The dialogue that proves again who sits here, on which a refused call waits; hides the three ways of proving. */
import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Input, Modal, Segmented } from 'antd';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { onChallenge } from '../api.ts';
import { useProblemWords } from '../kit/states.tsx';
import type { StepUpMethod } from './api-types.ts';
import { send } from './client.ts';
import { Field } from './parts/field.tsx';
import { presentPasskey } from './passkey.ts';
import { useSay } from './say.ts';
import { useMe } from './session.ts';

/** Stands once in the app: answers every `step_up_needed`, after which the call goes on by itself. */
export function StepUp(): ReactNode {
  const [open, setOpen] = useState(false);
  const t = useSay();
  const queries = useQueryClient();
  const answer = useRef<((proven: boolean) => void) | undefined>(undefined);
  useEffect(
    () =>
      onChallenge((challenge) => {
        if (challenge === 'sign_in') {
          // The session is over: the gate shows the sign-in page as soon as it hears of it.
          void queries.invalidateQueries({ queryKey: ['GET /v1/me'] });
          return Promise.resolve(false);
        }
        answer.current?.(false);
        setOpen(true);
        return new Promise((resolve) => {
          answer.current = resolve;
        });
      }),
    [queries],
  );
  const settle = (proven: boolean): void => {
    setOpen(false);
    answer.current?.(proven);
    answer.current = undefined;
  };
  return (
    <Modal
      open={open}
      title={t('stepUp.title')}
      footer={null}
      destroyOnHidden
      onCancel={() => settle(false)}
    >
      <p className="co-lead">{t('stepUp.lead')}</p>
      <ProofForm done={() => settle(true)} />
    </Modal>
  );
}

interface ProofFormProps {
  done: () => void;
  /** Only these ways; otherwise all that the session offers. */
  ways?: StepUpMethod[];
}

/** The form alone: in the dialogue, and at sign-in for staff. */
export function ProofForm({ done, ways }: ProofFormProps): ReactNode {
  const t = useSay();
  const me = useMe();
  const methods = ways ?? me?.stepUpMethods ?? [];
  const [chosen, setChosen] = useState<StepUpMethod>();
  const method = chosen ?? methods.find((one) => one !== 'otp') ?? methods[0];
  const [code, setCode] = useState('');
  const { attempt, said, busy } = useProofs(done);
  const labels = { totp: t('stepUp.totp'), otp: t('stepUp.otp'), passkey: t('nav.passkey') };
  return (
    <form
      className="co-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (method === 'otp' || method === 'totp') void attempt.code(method, code);
      }}
    >
      {methods.length > 1 && (
        <Segmented
          block
          value={method ?? ''}
          options={methods.map((value) => ({ value, label: labels[value] }))}
          onChange={(value) => setChosen(methods.find((one) => one === value))}
        />
      )}
      {said && <Alert type={said.type} title={said.text} showIcon role="alert" />}
      {method === 'passkey' ? (
        <Button type="primary" size="large" loading={busy} onClick={() => void attempt.passkey()}>
          {t('stepUp.passkey')}
        </Button>
      ) : (
        <>
          {method === 'otp' && (
            <Button onClick={() => void attempt.sendOtp()} htmlType="button">
              {t('stepUp.sendOtp')}
            </Button>
          )}
          <CodeField label={t('signIn.code')} value={code} change={setCode} />
          <Button
            type="primary"
            size="large"
            htmlType="submit"
            loading={busy}
            disabled={code.length !== 6}
          >
            {t('shell.confirm')}
          </Button>
        </>
      )}
    </form>
  );
}

interface Said {
  type: 'error' | 'info';
  text: string;
}

/** The three proofs against the server, and what is said while they run. */
function useProofs(done: () => void) {
  const t = useSay();
  const words = useProblemWords();
  const queries = useQueryClient();
  const [said, setSaid] = useState<Said>();
  const [busy, setBusy] = useState(false);
  const run = async (step: () => Promise<Said | undefined>): Promise<void> => {
    setBusy(true);
    setSaid(undefined);
    try {
      setSaid(await step());
    } catch (error) {
      const { title, remedy } = words(error);
      setSaid({ type: 'error', text: `${title} ${remedy}` });
    } finally {
      setBusy(false);
    }
  };
  const proven = async (): Promise<undefined> => {
    await queries.invalidateQueries({ queryKey: ['GET /v1/me'] });
    done();
  };
  const quiet = { quiet: true };
  const attempt = {
    code: (method: 'otp' | 'totp', code: string): Promise<void> =>
      run(async () => {
        await send('POST /v1/me/step-up', { body: { method, code } }, quiet);
        return await proven();
      }),
    passkey: (): Promise<void> =>
      run(async () => {
        const { ceremonyId, options } = await send(
          'POST /v1/me/step-up/passkey/options',
          {},
          quiet,
        );
        const response = await presentPasskey(options);
        if (!response) return { type: 'error', text: t('stepUp.passkeyFailed') };
        await send('POST /v1/me/step-up/passkey', { body: { ceremonyId, response } }, quiet);
        return await proven();
      }),
    sendOtp: (): Promise<void> =>
      run(async () => {
        const { sentTo } = await send('POST /v1/me/step-up/otp', {}, quiet);
        return { type: 'info', text: t('signIn.sentTo', { to: sentTo }) };
      }),
  };
  return { attempt, said, busy };
}

interface CodeFieldProps {
  label: string;
  value: string;
  change: (code: string) => void;
}
export function CodeField({ label, value, change }: CodeFieldProps): ReactNode {
  return (
    <Field label={label}>
      <Input
        size="large"
        value={value}
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={6}
        onChange={({ target }) =>
          change(target.value.normalize('NFKC').replace(/\D/g, '').slice(0, 6))
        }
      />
    </Field>
  );
}
