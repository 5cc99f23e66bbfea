/** The dialogue that proves again who sits here, and the promise that waits for it; hides the three ways of proving. */
import { Alert, Button, Input, Modal, Segmented } from 'antd';
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from '../api.ts';
import type { Me, StepUpMethod } from './api-types.ts';
import { presentPasskey } from './passkey.ts';
import { wordsOf } from './refusal.ts';
import { useSay } from './say.ts';

type Prove = () => Promise<boolean>;
const Proof = createContext<Prove>(async () => false);

/** Asks for a fresh proof; true when it was given, false when the person turned away. */
export const useProof = (): Prove => useContext(Proof);

export function StepUpProvider({ children }: { children: ReactNode }): ReactNode {
  const [open, setOpen] = useState(false);
  const t = useSay();
  const answer = useRef<((proven: boolean) => void) | undefined>(undefined);
  const prove = useCallback<Prove>(() => {
    setOpen(true);
    return new Promise((resolve) => {
      answer.current = resolve;
    });
  }, []);
  const settle = useCallback((proven: boolean) => {
    setOpen(false);
    answer.current?.(proven);
    answer.current = undefined;
  }, []);
  return (
    <Proof value={prove}>
      {children}
      <Modal
        open={open}
        title={t('stepUp.title')}
        footer={null}
        destroyOnHidden
        onCancel={() => settle(false)}
      >
        <p className="hq-lead">{t('stepUp.lead')}</p>
        <ProofForm done={() => settle(true)} />
      </Modal>
    </Proof>
  );
}

/** The form alone: in the dialogue, and at sign-in for staff. */
export function ProofForm({ done, ways }: { done: () => void; ways?: StepUpMethod[] }): ReactNode {
  const t = useSay();
  const queries = useQueryClient();
  const { data: me } = useQuery({
    queryKey: ['GET /v1/me', {}],
    queryFn: () => call('GET /v1/me', {}) as Promise<Me>,
  });
  const methods = ways ?? me?.stepUpMethods ?? [];
  const [chosen, setChosen] = useState<StepUpMethod>();
  const method = chosen ?? methods.find((one) => one !== 'otp') ?? methods[0];
  const [code, setCode] = useState('');
  const [said, setSaid] = useState<{ type: 'error' | 'info'; text: string }>();
  const [busy, setBusy] = useState(false);
  const labels = useMemo(
    () => ({ totp: t('stepUp.totp'), otp: t('stepUp.otp'), passkey: t('nav.passkey') }),
    [t],
  );
  const attempt = async (proof: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    setSaid(undefined);
    try {
      if ((await proof()) === false)
        return setSaid({ type: 'error', text: t('stepUp.passkeyFailed') });
      await queries.invalidateQueries({ queryKey: ['GET /v1/me'] });
      done();
    } catch (error) {
      const { title, remedy } = wordsOf(error, t);
      setSaid({ type: 'error', text: `${title} ${remedy}` });
    } finally {
      setBusy(false);
    }
  };
  const send = async (): Promise<void> => {
    try {
      const { sentTo } = (await call('POST /v1/me/step-up/otp', {})) as { sentTo: string };
      setSaid({ type: 'info', text: t('signIn.sentTo', { to: sentTo }) });
    } catch (error) {
      setSaid({ type: 'error', text: wordsOf(error, t).title });
    }
  };
  const withPasskey = async (): Promise<unknown> => {
    const { ceremonyId, options } = (await call('POST /v1/me/step-up/passkey/options', {})) as {
      ceremonyId: string;
      options: unknown;
    };
    const response = await presentPasskey(options);
    if (!response) return false;
    return await call('POST /v1/me/step-up/passkey', { body: { ceremonyId, response } });
  };
  return (
    <form
      className="hq-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (method === 'otp' || method === 'totp')
          void attempt(() => call('POST /v1/me/step-up', { body: { method, code } }));
      }}
    >
      {methods.length > 1 && (
        <Segmented
          block
          value={method ?? ''}
          options={methods.map((value) => ({ value, label: labels[value] }))}
          onChange={(value) => setChosen(value as StepUpMethod)}
        />
      )}
      {said && <Alert type={said.type} title={said.text} showIcon role="alert" />}
      {method === 'passkey' ? (
        <Button type="primary" size="large" loading={busy} onClick={() => void attempt(withPasskey)}>
          {t('stepUp.passkey')}
        </Button>
      ) : (
        <>
          {method === 'otp' && (
            <Button onClick={() => void send()} htmlType="button">
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

export function CodeField(props: {
  label: string;
  value: string;
  change: (code: string) => void;
}): ReactNode {
  return (
    <label className="hq-field">
      <span>{props.label}</span>
      <Input
        size="large"
        value={props.value}
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={6}
        onChange={({ target }) =>
          props.change(target.value.normalize('NFKC').replace(/\D/g, '').slice(0, 6))
        }
      />
    </label>
  );
}
