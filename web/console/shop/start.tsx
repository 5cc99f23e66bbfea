/** The first page of whoever is not staff: their shops, invitations to others, and the way to open one. */
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { usePick } from '../../kit/language.tsx';
import { Money } from '../../kit/money.tsx';
import { useAct, useAsk } from '../ask.ts';
import { Link, useGo } from '../link.tsx';
import { Listing } from '../parts/listing.tsx';
import { Panel, Screen } from '../parts/screen.tsx';
import { useSay } from '../say.ts';
import { StateSaid } from './parts.tsx';

export function StartScreen(): ReactNode {
  const t = useSay();
  const pick = usePick();
  const go = useGo();
  const shops = useAsk('GET /v1/recyclers', {});
  return (
    <Screen
      title={t('shop.mine')}
      lead={t('shop.mineLead')}
      actions={
        <Button type="primary" size="large" onClick={() => void go({ to: '/apply' })}>
          {t('shop.join')}
        </Button>
      }
    >
      <Invites />
      <Listing
        caption={t('shop.mine')}
        rows={shops.data?.items}
        error={shops.error}
        refetch={shops.refetch}
        rowKey={({ id }) => id}
        empty={{ title: t('shop.none'), next: t('shop.noneNext') }}
        columns={[
          {
            title: t('recyclers.name'),
            show: ({ id, name, creditCode }) => (
              <span className="co-twoline">
                <Link to="/shops/$id" params={{ id }}>
                  {name}
                </Link>
                <small>
                  <code>{creditCode}</code>
                </small>
              </span>
            ),
          },
          {
            title: t('orders.state'),
            show: ({ state, stateSaid }) => <StateSaid state={state}>{pick(stateSaid)}</StateSaid>,
          },
          { title: t('shop.who'), show: ({ role }) => t(`shop.role.${role}`) },
          {
            title: t('shop.cap'),
            align: 'right',
            show: ({ capFen }) => <Money fen={capFen} size="s" />,
          },
        ]}
      />
    </Screen>
  );
}

function Invites(): ReactNode {
  const t = useSay();
  const invites = useAsk('GET /v1/me/recycler-invites', {});
  const accept = useAct('POST /v1/me/recycler-invites/:id/accept', t('shop.joined'));
  const decline = useAct('POST /v1/me/recycler-invites/:id/decline', t('shell.done'));
  if (!invites.data?.items.length) return null;
  return (
    <Panel title={t('shop.invites')}>
      {invites.data.items.map(({ id, shop, role }) => (
        <div key={id} className="co-actions">
          <p>{t('shop.inviteText', { shop, role: t(`shop.role.${role}`) })}</p>
          <Button
            type="primary"
            loading={accept.busy}
            onClick={() => void accept.run({ params: { id } })}
          >
            {t('shop.accept')}
          </Button>
          <Button loading={decline.busy} onClick={() => void decline.run({ params: { id } })}>
            {t('shop.decline')}
          </Button>
        </div>
      ))}
    </Panel>
  );
}
