/** What was sent to one address: every try with its answer, and the button that sends a message again. */
import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import type { Webhook, WebhookDelivery } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Panel } from '../parts/screen.tsx';
import { Mark, type Tone } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { filled } from '../search.ts';

const EVERY_MS = 4_000;
const tones: Record<WebhookDelivery['state'], Tone> = {
  sending: 'run',
  waiting: 'warn',
  delivered: 'good',
  failed: 'bad',
  dropped: 'idle',
};

export function WebhookLog({ shop: id, of }: { shop: string; of: Webhook }): ReactNode {
  const t = useSay();
  const [cursor, setCursor] = useState<string>();
  const log = useAsk(
    'GET /v1/recyclers/:id/webhooks/:webhookId/deliveries',
    { params: { id, webhookId: of.id }, query: filled({ cursor }) },
    { everyMs: EVERY_MS },
  );
  return (
    <Panel title={t('shop.hookLog')} note={<code className="co-key">{of.url}</code>}>
      <Listing
        caption={t('shop.hookLog')}
        rows={log.data?.items}
        error={log.error}
        refetch={log.refetch}
        rowKey={(delivery) => delivery.id}
        empty={{ title: t('shop.noDelivery'), next: t('shop.noDeliveryNext') }}
        paging={{ next: log.data?.next, cursor, go: setCursor }}
        columns={[
          { title: t('shop.hookEvent'), show: ({ type }) => <code>{type}</code> },
          { title: t('shop.hookSent'), show: ({ at }) => <When at={at} /> },
          {
            title: t('shop.hookState'),
            show: ({ state, nextAt }) => (
              <>
                <Mark tone={tones[state]}>{t(`shop.delivery.${state}`)}</Mark>
                {nextAt && (
                  <p className="co-note">
                    {t('shop.hookNext')} <When at={nextAt} />
                  </p>
                )}
              </>
            ),
          },
          { title: t('shop.hookAnswers'), show: (delivery) => <Answers of={delivery} /> },
          {
            title: t('shell.actions'),
            show: (delivery) => <Again shop={id} hook={of} of={delivery} />,
          },
        ]}
      />
    </Panel>
  );
}

function Answers({ of: { attempts } }: { of: WebhookDelivery }): ReactNode {
  const t = useSay();
  if (attempts.length === 0) return '–';
  return (
    <ol className="co-plain-list">
      {attempts.map(({ number, status, failure, ms }) => (
        <li key={number}>
          {status ?? (failure && t(`shop.hookFailure.${failure}`))} · {ms} ms
        </li>
      ))}
    </ol>
  );
}

function Again({ shop, hook, of }: { shop: string; hook: Webhook; of: WebhookDelivery }) {
  const t = useSay();
  const act = useAct(
    'POST /v1/recyclers/:id/webhooks/:webhookId/deliveries/:deliveryId/redeliver',
    t('shop.hookAgainDone'),
  );
  const params = { id: shop, webhookId: hook.id, deliveryId: of.id };
  return (
    <Button
      size="small"
      disabled={hook.state !== 'live'}
      loading={act.busy}
      onClick={() => void act.run({ params })}
    >
      {t('shop.hookAgain')}
    </Button>
  );
}
