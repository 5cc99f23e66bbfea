/** Who works in a shop: members and their roles, open invitations, and a new one. */
import { Button, Input, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import type { Shop, TeamRole } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { AskedButton } from '../parts/confirm.tsx';
import { Field } from '../parts/field.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Panel, Screen } from '../parts/screen.tsx';
import { useSay } from '../say.ts';
import { may, useShop } from './shop.ts';

const roles: readonly TeamRole[] = ['owner', 'buyer', 'viewer'];

export function TeamScreen(): ReactNode {
  const t = useSay();
  const { data: shop, id } = useShop();
  const team = useAsk('GET /v1/recyclers/:id/team', { params: { id } });
  const remove = useAct('DELETE /v1/recyclers/:id/team/:memberId', t('shell.done'));
  if (team.error && !team.data)
    return <Refusal of={team.error} onRetry={() => void team.refetch()} />;
  if (!team.data || !shop) return <Skeleton lines={6} />;
  const own = may(shop, 'owner');
  return (
    <Screen title={t('shop.navTeam')} lead={t('shop.teamLead')}>
      <Listing
        caption={t('shop.navTeam')}
        rows={team.data.members}
        rowKey={({ userId }) => userId}
        columns={[
          {
            title: t('shop.member'),
            show: ({ phoneMasked, isMe }) => `${phoneMasked} ${isMe ? t('shop.me') : ''}`,
          },
          {
            title: t('shop.role'),
            show: ({ userId, role }) =>
              own ? <RolePick id={id} memberId={userId} role={role} /> : t(`shop.role.${role}`),
          },
          { title: t('shop.when'), show: ({ since }) => <When at={since} /> },
          {
            title: t('shell.actions'),
            show: ({ userId, phoneMasked, isMe }) =>
              (own || isMe) && (
                <AskedButton
                  size="small"
                  danger
                  loading={remove.busy}
                  label={t('shop.remove')}
                  sure={<p>{t('shop.removeSure', { who: phoneMasked })}</p>}
                  act={() => remove.run({ params: { id, memberId: userId } })}
                />
              ),
          },
        ]}
      />
      {own && <Invites id={id} rows={team.data.invites} />}
      {own && <InviteForm of={shop} />}
    </Screen>
  );
}

function RolePick(props: { id: string; memberId: string; role: TeamRole }): ReactNode {
  const { id, memberId, role } = props;
  const t = useSay();
  const act = useAct('PUT /v1/recyclers/:id/team/:memberId', t('shell.done'));
  return (
    <Select<TeamRole>
      aria-label={t('shop.role')}
      value={role}
      loading={act.busy}
      options={roles.map((value) => ({ value, label: t(`shop.role.${value}`) }))}
      onChange={(next) => void act.run({ params: { id, memberId }, body: { role: next } })}
    />
  );
}

interface Invite {
  id: string;
  phoneMasked: string;
  role: TeamRole;
  expiresAt: string;
}

function Invites({ id, rows }: { id: string; rows: readonly Invite[] }): ReactNode {
  const t = useSay();
  const act = useAct('DELETE /v1/recyclers/:id/invites/:inviteId', t('shell.done'));
  if (rows.length === 0) return null;
  return (
    <Panel title={t('shop.openInvites')}>
      <Listing
        caption={t('shop.openInvites')}
        rows={rows}
        rowKey={(one) => one.id}
        columns={[
          { title: t('shop.member'), show: ({ phoneMasked }) => phoneMasked },
          { title: t('shop.role'), show: ({ role }) => t(`shop.role.${role}`) },
          { title: t('shop.expires'), show: ({ expiresAt }) => <When at={expiresAt} /> },
          {
            title: t('shell.actions'),
            show: ({ id: inviteId }) => (
              <Button
                size="small"
                loading={act.busy}
                onClick={() => void act.run({ params: { id, inviteId } })}
              >
                {t('shop.takeBack')}
              </Button>
            ),
          },
        ]}
      />
    </Panel>
  );
}

function InviteForm({ of }: { of: Shop }): ReactNode {
  const t = useSay();
  const act = useAct('POST /v1/recyclers/:id/invites', t('shop.invited'));
  const [phone, setPhone] = useState('');
  const [role, setRole] = useState<TeamRole>('buyer');
  return (
    <Panel title={t('shop.invite')} note={t('shop.inviteNote')}>
      <form
        className="co-filters"
        onSubmit={(event) => {
          event.preventDefault();
          void act
            .run({ params: { id: of.id }, body: { phone, role } })
            .then((done) => done && setPhone(''));
        }}
      >
        <Field label={t('signIn.phone')}>
          <Input value={phone} inputMode="tel" onChange={({ target }) => setPhone(target.value)} />
        </Field>
        <Field label={t('shop.role')}>
          <Select<TeamRole>
            value={role}
            options={roles.map((value) => ({ value, label: t(`shop.role.${value}`) }))}
            onChange={setRole}
          />
        </Field>
        <Button type="primary" htmlType="submit" loading={act.busy} disabled={phone.length < 11}>
          {t('shop.invite')}
        </Button>
      </form>
    </Panel>
  );
}
