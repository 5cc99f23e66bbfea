/** Where a shop's own programs are told what happened: addresses, their secret shown once, a test, and the log. */
import { Alert, Button, Checkbox, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import type { Webhook, WebhookList } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { AskedButton } from '../parts/confirm.tsx';
import { Field } from '../parts/field.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Panel, Screen } from '../parts/screen.tsx';
import { Mark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { useShop } from './shop.ts';
import { WebhookLog } from './webhook-log.tsx';

export function WebhooksScreen(): ReactNode {
  const t = useSay();
  const { id } = useShop();
  const hooks = useAsk('GET /v1/recyclers/:id/webhooks', { params: { id } });
  const [secret, setSecret] = useState<string>();
  const [chosen, setChosen] = useState<string>();
  const [edited, setEdited] = useState<string>();
  if (hooks.error && !hooks.data)
    return <Refusal of={hooks.error} onRetry={() => void hooks.refetch()} />;
  if (!hooks.data) return <Skeleton lines={6} />;
  const { items } = hooks.data;
  const shown = items.find((one) => one.id === chosen) ?? items[0];
  return (
    <Screen title={t('shop.navWebhooks')} lead={t('shop.hookLead')}>
      {secret && <SecretOnce secret={secret} />}
      <Listing
        caption={t('shop.navWebhooks')}
        rows={items}
        rowKey={(hook) => hook.id}
        chosen={shown?.id}
        empty={{ title: t('shop.noHook'), next: t('shop.noHookNext') }}
        columns={[
          { title: t('shop.hookUrl'), show: ({ url }) => <code className="co-key">{url}</code> },
          { title: t('shop.hookState'), show: (hook) => <HookState of={hook} /> },
          { title: t('shop.hookEvents'), show: ({ events }) => events.length },
          {
            title: t('shell.actions'),
            show: (hook) => (
              <HookActs
                id={id}
                of={hook}
                tell={setSecret}
                choose={() => setChosen(hook.id)}
                edit={() => setEdited(hook.id)}
              />
            ),
          },
        ]}
      />
      {shown && <WebhookLog key={shown.id} shop={id} of={shown} />}
      <HookForm
        key={edited ?? 'new'}
        id={id}
        known={hooks.data}
        of={items.find((one) => one.id === edited)}
        tell={setSecret}
        done={() => setEdited(undefined)}
      />
    </Screen>
  );
}

function SecretOnce({ secret }: { secret: string }): ReactNode {
  const t = useSay();
  const [copied, setCopied] = useState(false);
  return (
    <Alert
      type="success"
      showIcon
      title={t('shop.hookShown')}
      description={<code className="co-key">{secret}</code>}
      action={
        <Button
          onClick={() => void navigator.clipboard.writeText(secret).then(() => setCopied(true))}
        >
          {copied ? t('shop.hookCopied') : t('shop.hookCopy')}
        </Button>
      }
    />
  );
}

function HookState({ of: { state, reason, failingSince, oldSecretUntil } }: { of: Webhook }) {
  const t = useSay();
  if (state === 'disabled') return <Mark tone="bad">{t(`shop.hookOff.${reason ?? 'owner'}`)}</Mark>;
  if (failingSince)
    return (
      <Mark tone="warn">
        {t('shop.hookFailing')} <When at={failingSince} />
      </Mark>
    );
  return (
    <>
      <Mark tone="good">{t('shop.hookLive')}</Mark>
      {oldSecretUntil && (
        <p className="co-note">
          {t('shop.hookBoth')} <When at={oldSecretUntil} />
        </p>
      )}
    </>
  );
}

interface HookActsProps {
  id: string;
  of: Webhook;
  tell: (secret: string) => void;
  choose: () => void;
  edit: () => void;
}

function HookActs({ id, of, tell, choose, edit }: HookActsProps): ReactNode {
  const t = useSay();
  const params = { id, webhookId: of.id };
  const test = useAct('POST /v1/recyclers/:id/webhooks/:webhookId/test', t('shop.hookTested'));
  const rotate = useAct('POST /v1/recyclers/:id/webhooks/:webhookId/rotate');
  const change = useAct('PUT /v1/recyclers/:id/webhooks/:webhookId');
  const remove = useAct('DELETE /v1/recyclers/:id/webhooks/:webhookId', t('shop.hookRemoved'));
  const { url, events, signsV1a, state } = of;
  const live = state !== 'live';
  const renew = async (): Promise<boolean> => {
    const made = await rotate.ask({ params });
    if (made) tell(made.reply.secret);
    return made !== undefined;
  };
  return (
    <div className="co-actions">
      <Button size="small" onClick={choose}>
        {t('shop.hookLog')}
      </Button>
      <Button size="small" onClick={edit}>
        {t('shop.hookEdit')}
      </Button>
      <Button
        size="small"
        disabled={live}
        loading={test.busy}
        onClick={() => void test.run({ params }).then(choose)}
      >
        {t('shop.hookTest')}
      </Button>
      <Button
        size="small"
        loading={change.busy}
        onClick={() => void change.run({ params, body: { url, events, signsV1a, live } })}
      >
        {live ? t('shop.hookOn') : t('shop.hookOffAct')}
      </Button>
      <AskedButton
        size="small"
        label={t('shop.hookRotate')}
        sure={<p>{t('shop.hookRotateSure')}</p>}
        act={renew}
      />
      <AskedButton
        size="small"
        danger
        label={t('shop.hookRemove')}
        sure={<p>{t('shop.hookRemoveSure')}</p>}
        act={() => remove.run({ params })}
      />
    </div>
  );
}

type EventName = WebhookList['events'][number];

/** What happened in words, and the name by which a program knows it. */
function EventLabel({ of }: { of: EventName }): ReactNode {
  const t = useSay();
  return (
    <>
      {t(`shop.event.${of}`)} <code className="co-note">{of}</code>
    </>
  );
}

interface HookFormProps {
  id: string;
  known: WebhookList;
  /** The one that is changed: its secret and its log stay. Undefined: a new one. */
  of: Webhook | undefined;
  tell: (secret: string) => void;
  done: () => void;
}

function HookForm({ id, known, of, tell, done }: HookFormProps): ReactNode {
  const t = useSay();
  const add = useAct('POST /v1/recyclers/:id/webhooks');
  const change = useAct('PUT /v1/recyclers/:id/webhooks/:webhookId', t('shop.hookChanged'));
  const [url, setUrl] = useState(of?.url ?? '');
  const [events, setEvents] = useState<EventName[]>(of?.events ?? known.events);
  const [signsV1a, setSigns] = useState(of?.signsV1a ?? false);
  const submit = async (): Promise<void> => {
    const wish = { url, events, signsV1a };
    if (of) {
      const params = { id, webhookId: of.id };
      if (await change.run({ params, body: { ...wish, live: of.state === 'live' } })) done();
      return;
    }
    const made = await add.ask({ params: { id }, body: wish });
    if (!made) return;
    tell(made.reply.secret);
    setUrl('');
  };
  const title = t(of ? 'shop.hookEditTitle' : 'shop.hookAdd');
  return (
    <Panel title={title}>
      <form
        className="co-form"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Field label={t('shop.hookUrl')} hint={t('shop.hookUrlHint')}>
          <Input
            type="url"
            value={url}
            maxLength={500}
            onChange={({ target }) => setUrl(target.value)}
          />
        </Field>
        <Checkbox.Group<EventName>
          aria-label={t('shop.hookEvents')}
          value={events}
          options={known.events.map((value) => ({ value, label: <EventLabel of={value} /> }))}
          onChange={setEvents}
        />
        <Checkbox checked={signsV1a} onChange={({ target }) => setSigns(target.checked)}>
          {t('shop.hookV1a')}
        </Checkbox>
        <p className="co-note">
          {t('shop.hookKey')} <code className="co-key">{known.publicKey}</code>
        </p>
        <Button
          type="primary"
          htmlType="submit"
          loading={add.busy || change.busy}
          disabled={url.length < 8 || events.length === 0}
        >
          {of ? t('shop.hookSave') : title}
        </Button>
        {of && <Button onClick={done}>{t('shop.hookCancel')}</Button>}
      </form>
    </Panel>
  );
}
