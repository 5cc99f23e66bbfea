/** The form by which one person proposes a charity; the register and a second person have the next words. */
import { Button, Input, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { BANK_CODES, BANKS } from '../../../src/settlement/schema.ts';
import { usePick } from '../../kit/language.tsx';
import type { NewCharity } from '../api-types.ts';
import { useAct } from '../ask.ts';
import { useConfirm } from '../parts/confirm.tsx';
import { Field } from '../parts/field.tsx';
import { Panel } from '../parts/screen.tsx';
import { useSay } from '../say.ts';

const EMPTY: NewCharity = {
  creditCode: '',
  nameZh: '',
  nameEn: '',
  licenceNo: '',
  bankCode: 'state',
  accountNumber: '',
};
const fields = [
  ['nameZh', 'charities.nameZh', 60],
  ['nameEn', 'charities.nameEn', 120],
  ['creditCode', 'charities.code', 40],
  ['licenceNo', 'charities.licence', 40],
  ['accountNumber', 'charities.account', 64],
] as const;

export function ProposeCharity(): ReactNode {
  const t = useSay();
  const pick = usePick();
  const ask = useConfirm();
  const act = useAct('POST /v1/console/charities', t('charities.proposed'));
  const [form, setForm] = useState(EMPTY);
  const isWhole = fields.every(([name]) => form[name].trim().length >= 2);
  const submit = (): void =>
    ask({
      title: t('charities.propose'),
      body: (
        <>
          <p>{form.nameZh}</p>
          <p>{t('charities.proposeNote')}</p>
        </>
      ),
      calm: true,
      act: async () => {
        if (await act.run({ body: form })) setForm(EMPTY);
      },
    });
  return (
    <Panel title={t('charities.propose')} note={t('charities.proposeNote')}>
      <form
        className="co-filters"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {fields.map(([name, label, maxLength]) => (
          <Field key={name} label={t(label)}>
            <Input
              value={form[name]}
              maxLength={maxLength}
              autoComplete="off"
              onChange={({ target }) => setForm({ ...form, [name]: target.value })}
            />
          </Field>
        ))}
        <Field label={t('charities.bank')}>
          <Select
            className="co-select"
            value={form.bankCode}
            options={BANK_CODES.map((value) => ({ value, label: pick(BANKS[value]) }))}
            onChange={(bankCode) => setForm({ ...form, bankCode })}
          />
        </Field>
        <Button type="primary" htmlType="submit" loading={act.busy} disabled={!isWhole}>
          {t('charities.propose')}
        </Button>
      </form>
    </Panel>
  );
}
