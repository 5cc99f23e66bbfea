/** Who works here and with which roles; only administrators change it. */
import { Button, Checkbox, Input, Modal } from 'antd';
import { type ReactNode, useState } from 'react';
import type { Role, Staff } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { AskedButton } from '../parts/confirm.tsx';
import { Field } from '../parts/field.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Screen } from '../parts/screen.tsx';
import { Mark, RoleMark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { useMay } from '../session.ts';

const roles = ['support', 'risk', 'finance', 'compliance', 'auditor', 'admin'] as const;

export function StaffScreen(): ReactNode {
  const t = useSay();
  const staff = useAsk('GET /v1/console/staff', {});
  const may = useMay(['admin']);
  const reset = useAct('DELETE /v1/console/staff/:id/factors', t('staff.factorsReset'));
  const [editing, setEditing] = useState<Staff | 'new'>();
  return (
    <Screen
      title={t('staff.title')}
      lead={t('staff.lead')}
      actions={
        may && (
          <Button type="primary" onClick={() => setEditing('new')}>
            {t('staff.add')}
          </Button>
        )
      }
    >
      <Listing
        caption={t('staff.title')}
        rows={staff.data?.items}
        error={staff.error}
        refetch={staff.refetch}
        rowKey={({ id }) => id}
        columns={[
          { title: t('staff.phone'), show: ({ phoneMasked }) => phoneMasked },
          {
            title: t('staff.roles'),
            show: (one) => (
              <span className="co-roles">
                {one.roles.map((role) => (
                  <RoleMark key={role} role={role} />
                ))}
              </span>
            ),
          },
          { title: t('staff.factors'), show: ({ factors }) => <Factors of={factors} /> },
          { title: t('staff.since'), show: ({ since }) => <When at={since} /> },
          {
            title: t('shell.actions'),
            show: (one) =>
              may ? (
                <span className="co-actions">
                  <Button size="small" onClick={() => setEditing(one)}>
                    {t('staff.edit')}
                  </Button>
                  <AskedButton
                    size="small"
                    danger
                    label={t('staff.resetFactors')}
                    sure={t('staff.resetSure', { phone: one.phoneMasked })}
                    act={() => reset.run({ params: { id: one.id } })}
                  />
                </span>
              ) : null,
          },
        ]}
      />
      {editing && <StaffDialog of={editing} close={() => setEditing(undefined)} />}
    </Screen>
  );
}

function Factors({ of }: { of: Staff['factors'] }): ReactNode {
  const t = useSay();
  if (!of.totp && of.passkeys === 0) return <Mark tone="warn">{t('staff.noFactor')}</Mark>;
  return (
    <span className="co-roles">
      {of.totp && <Mark tone="good">TOTP</Mark>}
      {of.passkeys > 0 && (
        <Mark tone="good">
          {t('nav.passkey')} × {of.passkeys}
        </Mark>
      )}
    </span>
  );
}

function StaffDialog({ of, close }: { of: Staff | 'new'; close: () => void }): ReactNode {
  const t = useSay();
  const [phone, setPhone] = useState('');
  const [chosen, setChosen] = useState<Role[]>(of === 'new' ? [] : of.roles);
  const add = useAct('POST /v1/console/staff', t('staff.added'));
  const change = useAct('PUT /v1/console/staff/:id/roles', t('staff.saved'));
  const ready = of !== 'new' || (/^1\d{10}$/.test(phone) && chosen.length > 0);
  const submit = async (): Promise<void> => {
    const worked =
      of === 'new'
        ? await add.run({ body: { phone, roles: chosen } })
        : await change.run({ params: { id: of.id }, body: { roles: chosen } });
    if (worked) close();
  };
  return (
    <Modal
      open
      title={of === 'new' ? t('staff.add') : `${t('staff.edit')} · ${of.phoneMasked}`}
      okText={t('shell.save')}
      okButtonProps={{ disabled: !ready, danger: of !== 'new' && chosen.length === 0 }}
      confirmLoading={add.busy || change.busy}
      onCancel={close}
      onOk={() => void submit()}
    >
      <div className="co-form">
        {of === 'new' && (
          <Field label={t('staff.phone')} hint={t('signIn.phoneRule')}>
            <Input
              inputMode="tel"
              value={phone}
              onChange={({ target }) =>
                setPhone(target.value.normalize('NFKC').replace(/\D/g, '').slice(0, 11))
              }
            />
          </Field>
        )}
        <fieldset className="co-choices co-choices-column">
          <legend>{t('staff.roles')}</legend>
          {roles.map((role) => (
            <Checkbox
              key={role}
              checked={chosen.includes(role)}
              onChange={({ target }) =>
                setChosen(target.checked ? [...chosen, role] : chosen.filter((one) => one !== role))
              }
            >
              {t(`role.${role}`)}
            </Checkbox>
          ))}
        </fieldset>
        {of !== 'new' && <p className="co-note">{t('staff.end')}</p>}
      </div>
    </Modal>
  );
}
