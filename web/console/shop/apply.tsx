/** Joining: the owner's real name, the tier, and the licence; the checklist of the shop goes on with the rest. */
import { Alert, Button, Checkbox, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { Choices } from '../../kit/fields.tsx';
import { yuanText } from '../../kit/money.tsx';
import { useAct, useAsk } from '../ask.ts';
import { useGo } from '../link.tsx';
import { Field } from '../parts/field.tsx';
import { Panel, Screen } from '../parts/screen.tsx';
import { Mark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { LicenceFields, type LicenceTyped, useLicence } from './licence.tsx';

const NAME_EVERY_MS = 3_000;

export function ApplyScreen(): ReactNode {
  const t = useSay();
  const me = useAsk('GET /v1/me', {}, { everyMs: NAME_EVERY_MS });
  const verified = me.data?.realName.state === 'verified';
  return (
    <Screen title={t('shop.join')} lead={t('shop.applyLead')}>
      <RealName />
      <Application enabled={verified} />
    </Screen>
  );
}

function RealName(): ReactNode {
  const t = useSay();
  const me = useAsk('GET /v1/me', {});
  const submit = useAct('POST /v1/me/real-name');
  const [name, setName] = useState('');
  const [idNumber, setIdNumber] = useState('');
  const [agreed, setAgreed] = useState(false);
  const { state, nameMasked = '' } = me.data?.realName ?? { state: 'none' };
  const isOpen = state === 'none' || state === 'rejected';
  return (
    <Panel title={t('shop.stepName')} note={t('shop.stepNameNote')}>
      {state === 'verified' && <Mark tone="good">{t('shop.nameDone', { name: nameMasked })}</Mark>}
      {state === 'pending' && <Mark tone="run">{t('shop.namePending')}</Mark>}
      {state === 'rejected' && (
        <Alert type="warning" title={t('shop.nameRejected')} showIcon role="alert" />
      )}
      {isOpen && (
        <form
          className="co-form"
          onSubmit={(event) => {
            event.preventDefault();
            void submit.run({ body: { name, idNumber, consent: true } });
          }}
        >
          <Field label={t('shop.realName')}>
            <Input size="large" value={name} onChange={({ target }) => setName(target.value)} />
          </Field>
          <Field label={t('shop.idNumber')}>
            <Input
              size="large"
              value={idNumber}
              autoComplete="off"
              onChange={({ target }) => setIdNumber(target.value)}
            />
          </Field>
          <Checkbox checked={agreed} onChange={({ target }) => setAgreed(target.checked)}>
            {t('shop.consent')}
          </Checkbox>
          <Button
            type="primary"
            size="large"
            htmlType="submit"
            loading={submit.busy}
            disabled={!agreed || name === '' || idNumber.length < 15}
          >
            {t('shop.verifyName')}
          </Button>
        </form>
      )}
    </Panel>
  );
}

type TierName = 'tiny' | 'standard';

function Application({ enabled }: { enabled: boolean }): ReactNode {
  const t = useSay();
  const go = useGo();
  const apply = useAct('POST /v1/recyclers');
  const [tier, setTier] = useState<TierName>('tiny');
  const licence = useLicence();
  const submit = async (typed: LicenceTyped): Promise<void> => {
    const made = await apply.ask({ body: { tier, ...typed } });
    if (made) await go({ to: '/shops/$id', params: { id: made.reply.id } });
  };
  return (
    <>
      <Tiers value={tier} change={setTier} />
      <Panel title={t('shop.stepLicence')}>
        <form
          className="co-form"
          onSubmit={(event) => {
            event.preventDefault();
            void submit(licence.typed);
          }}
        >
          <LicenceFields of={licence} />
          <Button
            type="primary"
            size="large"
            htmlType="submit"
            loading={apply.busy}
            disabled={!enabled || !licence.ready}
          >
            {t('shop.apply')}
          </Button>
        </form>
      </Panel>
    </>
  );
}

function Tiers({ value, change }: { value: TierName; change: (to: TierName) => void }): ReactNode {
  const t = useSay();
  const { data } = useAsk('GET /v1/recyclers', {});
  if (!data) return null;
  const chosen = data.tiers.find(({ tier }) => tier === value);
  const cap = yuanText(chosen?.capFen ?? '0').slice(1);
  const deposit = yuanText(chosen?.depositFen ?? '0').slice(1);
  return (
    <Panel title={t('shop.stepTier')}>
      <Choices<TierName>
        label={t('shop.stepTier')}
        hideLabel
        value={value}
        options={data.tiers.map(({ tier }) => ({ value: tier, label: t(`shop.${tier}`) }))}
        onChange={change}
      />
      <div className="co-gap" aria-live="polite">
        {value === 'tiny' ? t('shop.tinySay', { cap }) : t('shop.standardSay', { deposit, cap })}
      </div>
    </Panel>
  );
}
