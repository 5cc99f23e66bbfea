/** The bank account that is paid: only one's own, kept after a consent of its own and a fresh proof of identity. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { BankCode, Me } from '../api.gen.ts';
import { Check, Field, Refusal, toast } from '../kit/index.ts';
import { Do, useAct } from './act.tsx';
import { DemoFill } from './demo.tsx';
import { accountLooksRight, madeUpAccount } from './plain.ts';
import { type PlainKey, useTexts } from './texts.ts';

export const banks: Record<BankCode, PlainKey> = {
  state: 'bankState',
  joint: 'bankJoint',
  city: 'bankCity',
  rural: 'bankRural',
  online: 'bankOnline',
  foreign: 'bankForeign',
};
const isBank = (code: string): code is BankCode => code in banks;

export function PayoutForm({ me, onDone }: { me: Me; onDone?: () => void }): React.ReactNode {
  const t = useTexts();
  const queries = useQueryClient();
  const [bankCode, setBankCode] = useState<BankCode>('state');
  const [number, setNumber] = useState('');
  const [name, setName] = useState('');
  const [agreed, setAgreed] = useState(false);
  const consent = useAct('POST /v1/me/consents');
  const save = useAct('PUT /v1/me/payout-account', () => {
    void queries.invalidateQueries({ queryKey: ['payout-account'] });
    void queries.invalidateQueries({ queryKey: ['consents'] });
    toast(t('accountSaved'));
    onDone?.();
  });
  const digits = number.normalize('NFKC').replace(/\D/g, '');
  const wrong = number !== '' && !accountLooksRight(number);
  const [left, setLeft] = useState(false);
  const send = async (): Promise<void> => {
    await consent.mutateAsync({ body: { purpose: 'payout_account' } });
    save.mutate({ body: { bankCode, accountNumber: digits, accountName: name.trim() } });
  };
  const error = consent.error ?? save.error;
  const { nameMasked } = me.realName;
  return (
    <form
      className="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        // What went wrong is in consent.error and shown below.
        send().catch(() => undefined);
      }}
    >
      <p className="form-say">{t('accountWhy')}</p>
      {me.demo && (
        <DemoFill onFill={() => setNumber(madeUpAccount(Math.random))} what={t('accountNumber')} />
      )}
      <div className="hq-field">
        <label htmlFor="bank">{t('bank')}</label>
        <span className="hq-field-box">
          <select
            id="bank"
            value={bankCode}
            data-testid="bank"
            onChange={({ target }) => isBank(target.value) && setBankCode(target.value)}
          >
            {Object.entries(banks).map(([code, words]) => (
              <option key={code} value={code}>
                {t(words)}
              </option>
            ))}
          </select>
        </span>
      </div>
      <Field
        label={t('accountNumber')}
        value={number}
        onChange={setNumber}
        hint={t('accountNumberHint')}
        error={wrong && (left || digits.length >= 19) ? t('accountNumberWrong') : undefined}
        onBlur={() => setLeft(true)}
        inputMode="numeric"
        autoComplete="off"
        data-testid="account-number"
        required
      />
      <Field
        label={t('accountName')}
        value={name}
        onChange={setName}
        hint={nameMasked && t('accountNameHint', { name: nameMasked })}
        autoComplete="name"
        data-testid="account-name"
        required
      />
      <Check checked={agreed} onChange={setAgreed} testId="account-consent">
        {t('accountConsent')}
      </Check>
      {error && <Refusal of={error} />}
      <Do
        submit
        busy={consent.isPending || save.isPending}
        disabled={!agreed || wrong || digits === '' || name.trim() === ''}
        testId="account-save"
      >
        {t('accountSave')}
      </Do>
    </form>
  );
}
