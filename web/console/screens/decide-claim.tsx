/** The decision of the desk: outcome, fault, penalty, template and own words; asked again before it is in force. */

import { Checkbox, Input, Modal, Radio, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { fenFromYuan, Money } from '../../kit/money.tsx';
import type { ClaimFile, ClaimVerdict } from '../api-types.ts';
import { useAct } from '../ask.ts';
import { useConfirm } from '../parts/confirm.tsx';
import { Field } from '../parts/field.tsx';
import { useSay } from '../say.ts';

const outcomes = ['refund', 'partial', 'release'] as const;
const faults = ['seller', 'buyer', 'issuer', 'platform', 'unknown'] as const;
const templates = [
  'for_buyer',
  'for_seller',
  'restriction_undisclosed',
  'both_responsible',
  'issuer_caused',
  'platform_caused',
  'not_proved',
] as const;
const WORDS_MIN = 4;
const WORDS_MAX = 2_000;

export function DecideClaimDialog({ of, close }: { of: ClaimFile; close: () => void }): ReactNode {
  const t = useSay();
  const sure = useConfirm();
  const [made, setMade] = useState<Omit<ClaimVerdict, 'refundFen'>>({
    ...{ outcome: 'refund', fault: 'seller', penalty: false, template: 'for_buyer', words: '' },
  });
  const [amount, setAmount] = useState('');
  const act = useAct('POST /v1/console/claims/:id/decide', t('claims.done'));
  const set = (part: Partial<typeof made>): void => setMade({ ...made, ...part });
  const partial = made.outcome === 'partial';
  const refundFen = fenFromYuan(amount);
  const isRange = refundFen !== undefined && BigInt(refundFen) < BigInt(of.atStakeFen);
  const mayFine = made.fault === 'seller' || made.fault === 'buyer';
  const submit = (): void =>
    sure({
      title: t(`claims.outcome.${made.outcome}`),
      body: of.state === 'appealed' ? t('claims.sureFinal') : t('claims.sure'),
      ok: t('claims.decide'),
      calm: made.outcome === 'release',
      act: async () => {
        const penalty = made.penalty && mayFine;
        const body = { ...made, penalty, words: made.words.trim() };
        const whole = { ...body, ...(partial && refundFen && { refundFen }) };
        if (await act.run({ params: { id: of.id }, body: whole })) close();
      },
    });
  return (
    <Modal
      open
      title={of.state === 'appealed' ? t('claims.decideAppeal') : t('claims.decide')}
      okText={t('claims.decide')}
      okButtonProps={{
        disabled: made.words.trim().length < WORDS_MIN || (partial && !isRange),
      }}
      confirmLoading={act.busy}
      onCancel={close}
      onOk={submit}
    >
      <div className="co-form">
        <p>
          {t('claims.atStake')} <Money fen={of.atStakeFen} size="s" />
        </p>
        <fieldset className="co-choices co-choices-column">
          <legend>{t('cases.outcome')}</legend>
          <Radio.Group
            value={made.outcome}
            onChange={({ target }) => set({ outcome: target.value as ClaimVerdict['outcome'] })}
            options={outcomes.map((value) => ({ value, label: t(`claims.outcome.${value}`) }))}
            vertical
          />
        </fieldset>
        {partial && (
          <Field label={t('claims.refundYuan')} hint={t('claims.refundRule')}>
            <Input
              prefix="¥"
              inputMode="decimal"
              value={amount}
              aria-invalid={amount !== '' && !isRange}
              status={amount !== '' && !isRange ? 'error' : ''}
              onChange={({ target }) => setAmount(target.value)}
            />
          </Field>
        )}
        <Field label={t('claims.fault')} hint={t('claims.faultHint')}>
          <Select
            value={made.fault}
            aria-label={t('claims.fault')}
            options={faults.map((value) => ({ value, label: t(`claims.fault.${value}`) }))}
            onChange={(fault) => set({ fault })}
          />
        </Field>
        <Checkbox
          checked={made.penalty && mayFine}
          disabled={!mayFine}
          onChange={({ target }) => set({ penalty: target.checked })}
        >
          {t('claims.fine')}
        </Checkbox>
        <Field label={t('claims.template')}>
          <Select
            value={made.template}
            aria-label={t('claims.template')}
            options={templates.map((value) => ({ value, label: t(`claims.template.${value}`) }))}
            onChange={(template) => set({ template })}
          />
        </Field>
        <Field label={t('claims.words')} hint={t('claims.wordsHint')}>
          <Input.TextArea
            rows={4}
            maxLength={WORDS_MAX}
            value={made.words}
            onChange={({ target }) => set({ words: target.value })}
          />
        </Field>
      </div>
    </Modal>
  );
}
