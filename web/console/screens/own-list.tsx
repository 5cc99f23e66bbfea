/** The house's own list: entries proposed by one person of compliance, put in force and ended by another. */
import { Button, Input, Modal, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import type { NewOwnEntry, OwnEntry } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { AskedButton, useConfirm } from '../parts/confirm.tsx';
import { Field } from '../parts/field.tsx';
import { Listing } from '../parts/listing.tsx';
import { Panel } from '../parts/screen.tsx';
import { StateMark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { useMe } from '../session.ts';

export function OwnList(): ReactNode {
  const t = useSay();
  const [cursor, turn] = useState<string>();
  const [isNew, open] = useState(false);
  const own = useAsk('GET /v1/console/watch/own', { query: cursor ? { cursor } : {} });
  return (
    <Panel
      title={t('own.title')}
      note={t('own.lead')}
      actions={<Button onClick={() => open(true)}>{t('own.new')}</Button>}
    >
      <Listing
        caption={t('own.title')}
        rows={own.data?.items}
        error={own.error}
        refetch={own.refetch}
        rowKey={({ id }) => id}
        empty={{ title: t('own.empty'), next: t('own.emptyNext') }}
        paging={{ next: own.data?.next, cursor, go: turn }}
        columns={[
          {
            title: t('own.who'),
            show: ({ names, type }) => `${names.join('、')}（${t(`own.type.${type}`)}）`,
          },
          { title: t('own.reason'), show: ({ reason }) => reason },
          { title: t('own.untilShort'), show: ({ until }) => until },
          {
            title: t('orders.state'),
            show: ({ state }) => <StateMark process="own_entry" state={state} />,
          },
          { title: t('shell.actions'), show: (of) => <Acts of={of} /> },
        ]}
      />
      {isNew && <Propose close={() => open(false)} />}
    </Panel>
  );
}

function Acts({ of }: { of: OwnEntry }): ReactNode {
  const t = useSay();
  const me = useMe();
  const done = t('own.kept');
  const acts = {
    approve: useAct('POST /v1/console/watch/own/:id/approve', done),
    refuse: useAct('POST /v1/console/watch/own/:id/refuse', done),
    propose_end: useAct('POST /v1/console/watch/own/:id/propose-end', done),
    end: useAct('POST /v1/console/watch/own/:id/end', done),
    keep: useAct('POST /v1/console/watch/own/:id/keep', done),
  };
  const button = (name: keyof typeof acts, isOwn = false): ReactNode => (
    <AskedButton
      key={name}
      size="small"
      label={t(`own.${name}`)}
      sure={t(`own.${name}Sure`)}
      calm={name !== 'approve'}
      loading={acts[name].busy}
      disabled={isOwn}
      {...(isOwn && { title: t('own.yours') })}
      act={() => acts[name].run({ params: { id: of.id } })}
    />
  );
  if (of.state === 'proposed')
    return (
      <div className="co-actions">
        {button('approve', of.proposedBy === me?.id)}
        {button('refuse')}
      </div>
    );
  if (of.state === 'ending')
    return (
      <div className="co-actions">
        {button('end', of.endingBy === me?.id)}
        {button('keep')}
      </div>
    );
  return of.state === 'in_force' ? button('propose_end') : null;
}

/** As the route takes them. */
const NUMBERS = { person: /^([0-9]{15}|[0-9]{17}[0-9Xx])$/, entity: /^[0-9A-Z]{18}$/ } as const;
const numbers: readonly string[] = ['idNumber', 'creditCode'];
const EMPTY = { names: '', idNumber: '', creditCode: '', bornOn: '', reason: '', until: '' };

function Propose({ close }: { close: () => void }): ReactNode {
  const t = useSay();
  const sure = useConfirm();
  const act = useAct('POST /v1/console/watch/own', t('own.proposed'));
  const [type, choose] = useState<NewOwnEntry['type']>('person');
  const [form, fill] = useState(EMPTY);
  const names = form.names
    .split(/[、,，]/)
    .map((name) => name.trim())
    .filter((name) => name.length >= 2);
  const { idNumber, creditCode, bornOn, reason, until } = form;
  const number = type === 'person' ? idNumber : creditCode;
  const isOdd = number !== '' && !NUMBERS[type].test(number);
  const isWhole = names.length > 0 && reason.trim().length >= 4 && until !== '' && !isOdd;
  const body: NewOwnEntry = {
    ...{ type, names, reason, until },
    ...(type === 'person' && idNumber !== '' && { idNumber }),
    ...(type === 'person' && bornOn !== '' && { bornOn }),
    ...(type === 'entity' && creditCode !== '' && { creditCode }),
  };
  const line = (name: keyof typeof EMPTY, maxLength: number, kind = 'text'): ReactNode => (
    <Field
      label={t(name === 'names' ? 'own.who' : `own.${name}`)}
      {...(name === 'names' && { hint: t('own.whoHint') })}
      {...(isOdd && numbers.includes(name) && { hint: t('own.odd') })}
    >
      <Input
        type={kind}
        status={isOdd && numbers.includes(name) ? 'error' : ''}
        value={form[name]}
        maxLength={maxLength}
        autoComplete="off"
        onChange={({ target }) => fill({ ...form, [name]: target.value.trimStart() })}
      />
    </Field>
  );
  return (
    <Modal open title={t('own.new')} footer={null} onCancel={close} width={560}>
      <form
        className="co-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isWhole) return;
          sure({
            ...{ title: t('own.new'), body: t('own.proposed'), calm: true },
            act: async () => {
              if (await act.run({ body })) close();
            },
          });
        }}
      >
        <Field label={t('own.type')}>
          <Select
            value={type}
            options={(['person', 'entity'] as const).map((value) => ({
              value,
              label: t(`own.type.${value}`),
            }))}
            onChange={choose}
          />
        </Field>
        {line('names', 200)}
        {type === 'person' && line('idNumber', 18)}
        {type === 'person' && line('bornOn', 10, 'date')}
        {type === 'entity' && line('creditCode', 18)}
        {line('reason', 500)}
        {line('until', 10, 'date')}
        <div className="co-actions">
          <Button type="primary" htmlType="submit" disabled={!isWhole} loading={act.busy}>
            {t('own.new')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
