/** Confirming a real name: why it is asked, what happens with the number, and a consent of its own. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Me } from '../api.gen.ts';
import { Check, Field, Notice, Refusal } from '../kit/index.ts';
import { Do, useAct } from './act.tsx';
import { DemoFill } from './demo.tsx';
import { idLooksRight, madeUpId } from './plain.ts';
import { useTexts } from './texts.ts';

export function RealNameForm({ me }: { me: Me }): React.ReactNode {
  const t = useTexts();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [idNumber, setIdNumber] = useState('');
  const [agreed, setAgreed] = useState(false);
  const [touched, setTouched] = useState(false);
  const submit = useAct('POST /v1/me/real-name', () =>
    queries.invalidateQueries({ queryKey: ['me'] }),
  );
  const right = idLooksRight(idNumber);
  const { state } = me.realName;
  if (state === 'pending')
    return (
      <div className="pending" role="status" data-testid="name-pending">
        <span className="spinner" aria-hidden="true" />
        <p>{t('namePending')}</p>
      </div>
    );
  return (
    <form
      className="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTouched(true);
        if (right && agreed && name.trim() !== '')
          submit.mutate({ body: { name: name.trim(), idNumber: idNumber.trim(), consent: true } });
      }}
    >
      <p className="form-say">{t('nameWhy')}</p>
      {me.demo && (
        <DemoFill
          onFill={() => {
            setName((typed) => typed || t('demoName'));
            setIdNumber(madeUpId(Math.random));
          }}
          what={t('idNumber')}
        />
      )}
      {state === 'rejected' && (
        <Notice tone="warn" icon="warn">
          <p>{t('nameRejected')}</p>
        </Notice>
      )}
      <Field
        label={t('name')}
        value={name}
        onChange={setName}
        autoComplete="name"
        data-testid="real-name"
        required
      />
      <Field
        label={t('idNumber')}
        value={idNumber}
        onChange={setIdNumber}
        hint={t('idNumberHint')}
        error={touched && !right ? t('idWrong') : undefined}
        autoComplete="off"
        spellCheck={false}
        data-testid="id-number"
        required
      />
      <Check checked={agreed} onChange={setAgreed} testId="name-consent">
        {t('nameConsent')}
      </Check>
      <p className="fine">{t('nameKept')}</p>
      {submit.error && (
        <Refusal
          of={submit.error}
          fieldNames={{ '/name': t('name'), '/idNumber': t('idNumber') }}
        />
      )}
      <Do
        submit
        busy={submit.isPending}
        disabled={!agreed || name.trim() === ''}
        testId="name-submit"
      >
        {t('nameSubmit')}
      </Do>
    </form>
  );
}
