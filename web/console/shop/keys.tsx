/** Keys of a shop's own programs: made with scopes and networks, shown once, revoked at once. */
import { Alert, Button, Checkbox, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import type { ShopKey } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { AskedButton } from '../parts/confirm.tsx';
import { Field } from '../parts/field.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Panel, Screen } from '../parts/screen.tsx';
import { Mark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { useShop } from './shop.ts';

export function KeysScreen(): ReactNode {
  const t = useSay();
  const { id } = useShop();
  const keys = useAsk('GET /v1/recyclers/:id/keys', { params: { id } });
  if (keys.error && !keys.data)
    return <Refusal of={keys.error} onRetry={() => void keys.refetch()} />;
  if (!keys.data) return <Skeleton lines={6} />;
  return (
    <Screen title={t('shop.navKeys')} lead={t('shop.keysLead')}>
      <Listing
        caption={t('shop.navKeys')}
        rows={keys.data.items}
        rowKey={(key) => key.id}
        empty={{ title: t('shop.noKey'), next: t('shop.noKeyNext') }}
        columns={[
          { title: t('shop.keyName'), show: ({ name }) => name },
          { title: t('shop.keyTail'), show: ({ tail }) => <code>{tail}</code> },
          {
            title: t('shop.keyScopes'),
            show: ({ scopes }) => scopes.map((scope) => t(`shop.scope.${scope}`)).join(' · '),
          },
          {
            title: t('shop.keyNetworks'),
            show: ({ networks }) =>
              networks.length > 0 ? <code>{networks.join(' ')}</code> : t('shell.all'),
          },
          {
            title: t('shop.keyUsed'),
            show: ({ usedAt }) => (usedAt ? <When at={usedAt} /> : '–'),
          },
          { title: t('shell.actions'), show: (key) => <Revoke id={id} of={key} /> },
        ]}
      />
      <KeyForm id={id} />
    </Screen>
  );
}

function Revoke({ id, of }: { id: string; of: ShopKey }): ReactNode {
  const t = useSay();
  const act = useAct('DELETE /v1/recyclers/:id/keys/:keyId', t('shop.keyRevoked'));
  if (of.revokedAt) return <Mark tone="idle">{t('shop.keyRevoked')}</Mark>;
  return (
    <AskedButton
      size="small"
      danger
      loading={act.busy}
      label={t('shop.keyRevoke')}
      sure={<p>{t('shop.keyRevokeSure')}</p>}
      act={() => act.run({ params: { id, keyId: of.id } })}
    />
  );
}

const scopes = ['read', 'bid', 'report', 'top_up', 'webhooks'] as const;
type ScopeName = (typeof scopes)[number];

function KeyForm({ id }: { id: string }): ReactNode {
  const t = useSay();
  const act = useAct('POST /v1/recyclers/:id/keys');
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<ScopeName[]>(['read']);
  const [networks, setNetworks] = useState('');
  const [shown, setShown] = useState<string>();
  const submit = async (): Promise<void> => {
    const list = networks.split(/[\s,]+/).filter((one) => one !== '');
    const made = await act.ask({
      params: { id },
      body: { name, scopes: chosen, networks: list },
    });
    if (!made) return;
    setShown(made.reply.key);
    setName('');
  };
  return (
    <Panel title={t('shop.keyMake')}>
      {shown && (
        <Alert
          type="success"
          showIcon
          title={t('shop.keyShown')}
          description={<code className="co-key">{shown}</code>}
        />
      )}
      <form
        className="co-form"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Field label={t('shop.keyName')}>
          <Input value={name} maxLength={60} onChange={({ target }) => setName(target.value)} />
        </Field>
        <Checkbox.Group<ScopeName>
          aria-label={t('shop.keyScopes')}
          value={chosen}
          options={scopes.map((value) => ({ value, label: t(`shop.scope.${value}`) }))}
          onChange={setChosen}
        />
        <Field label={t('shop.keyNetworks')} hint={t('shop.keyNetworksHint')}>
          <Input.TextArea
            rows={2}
            value={networks}
            onChange={({ target }) => setNetworks(target.value)}
          />
        </Field>
        <Button
          type="primary"
          htmlType="submit"
          loading={act.busy}
          disabled={name === '' || chosen.length === 0}
        >
          {t('shop.keyMake')}
        </Button>
      </form>
    </Panel>
  );
}
