/** Four eyes on a secret: one asks, another approves, the first looks once and for a minute. */
import { Button, Modal } from 'antd';
import { type ReactNode, useEffect, useState } from 'react';
import { useNow } from '../../kit/time.tsx';
import type { OpenedReveal, Reveal } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { AskedButton } from '../parts/confirm.tsx';
import { ShortId } from '../parts/id.tsx';
import { Listing } from '../parts/listing.tsx';
import { Due, momentText, When } from '../parts/moment.tsx';
import { Screen } from '../parts/screen.tsx';
import { Mark, type Tone } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { filled, useFilters } from '../search.ts';
import { useMay, useMe } from '../session.ts';

/** Said before opening; the server's own figure rules once it is open. */
const SHOW_SECONDS = 60;
/** An approval holds for one minute, so who asked has to hear of it at once. */
const EVERY_MS = 4_000;
const tones: Record<Reveal['state'], Tone> = {
  waiting: 'warn',
  approved: 'run',
  lapsed: 'idle',
  opened: 'good',
};

export function RevealsScreen(): ReactNode {
  const t = useSay();
  const [{ cursor }, filter] = useFilters();
  const reveals = useAsk(
    'GET /v1/console/reveals',
    { query: filled({ cursor }) },
    { everyMs: EVERY_MS },
  );
  const [secret, setSecret] = useState<{ of: Reveal; is: OpenedReveal; until: number }>();
  return (
    <Screen title={t('reveals.title')} lead={t('reveals.lead')}>
      <Listing
        caption={t('reveals.title')}
        rows={reveals.data?.items}
        error={reveals.error}
        refetch={reveals.refetch}
        rowKey={({ id }) => id}
        empty={{ title: t('reveals.empty'), next: t('reveals.emptyNext') }}
        paging={{ next: reveals.data?.next, cursor, go: (next) => filter({ cursor: next }) }}
        columns={[
          {
            title: t('orders.state'),
            show: ({ state }) => <Mark tone={tones[state]}>{t(`reveals.state.${state}`)}</Mark>,
          },
          {
            title: t('orders.product'),
            show: ({ sku, last4 }) => (
              <span className="co-twoline">
                <span>{sku}</span>
                <small>
                  <code>···· {last4}</code>
                </small>
              </span>
            ),
          },
          { title: t('reveals.orderRef'), show: ({ orderRef }) => <ShortId id={orderRef} plain /> },
          {
            title: t('reveals.reason'),
            show: ({ reasonCode, note }) => (
              <span className="co-twoline">
                <span>{t(`reveals.reason.${reasonCode}`)}</span>
                <small>{note}</small>
              </span>
            ),
          },
          {
            title: t('reveals.by'),
            show: ({ requestedBy, requestedAt }) => (
              <span className="co-twoline">
                <ShortId id={requestedBy} plain />
                <small>
                  <When at={requestedAt} />
                </small>
              </span>
            ),
          },
          { title: t('orders.deadline'), show: (reveal) => <Deadline of={reveal} /> },
          {
            title: t('shell.actions'),
            show: (reveal) => (
              <RevealActions
                of={reveal}
                opened={(is) =>
                  setSecret({ of: reveal, is, until: Date.now() + is.showSeconds * 1000 })
                }
              />
            ),
          },
        ]}
      />
      {secret && (
        <SecretDialog
          of={secret.of}
          is={secret.is}
          until={secret.until}
          close={() => setSecret(undefined)}
        />
      )}
    </Screen>
  );
}

function Deadline({ of }: { of: Reveal }): ReactNode {
  if (of.state === 'waiting') return <Due at={of.requestExpiresAt} />;
  if (of.state === 'approved' && of.approvalExpiresAt) return <Due at={of.approvalExpiresAt} />;
  return of.openedAt ? <When at={of.openedAt} /> : '–';
}

interface RevealActionsProps {
  of: Reveal;
  opened: (secret: OpenedReveal) => void;
}
function RevealActions({ of, opened }: RevealActionsProps): ReactNode {
  const t = useSay();
  const me = useMe();
  const mayApprove = useMay(['risk', 'compliance', 'admin']);
  const approve = useAct('POST /v1/console/reveals/:id/approve', t('reveals.approved'));
  const open = useAct('POST /v1/console/reveals/:id/open');
  const mine = me?.id === of.requestedBy;
  if (of.state === 'waiting' && mine) return <small>{t('reveals.mine')}</small>;
  if (of.state === 'waiting' && mayApprove)
    return (
      <AskedButton
        size="small"
        loading={approve.busy}
        label={t('reveals.approve')}
        sure={t('reveals.approveSure')}
        act={() => approve.run({ params: { id: of.id } })}
      />
    );
  if (of.state !== 'approved' || !mine) return null;
  return (
    <AskedButton
      size="small"
      type="primary"
      loading={open.busy}
      label={t('reveals.open')}
      sure={t('reveals.openSure', { seconds: SHOW_SECONDS })}
      act={async () => {
        const answer = await open.ask({ params: { id: of.id } });
        if (answer) opened(answer.reply);
      }}
    />
  );
}

interface SecretDialogProps {
  of: Reveal;
  is: OpenedReveal;
  until: number;
  close: () => void;
}

/** Lives in this component alone: never in the query cache, the address or storage. */
function SecretDialog({ of, is, until, close }: SecretDialogProps): ReactNode {
  const t = useSay();
  const me = useMe();
  useNow();
  const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
  useEffect(() => {
    if (left === 0) close();
  }, [left, close]);
  useEffect(() => {
    const hidden = (): void => {
      if (document.visibilityState === 'hidden') close();
    };
    document.addEventListener('visibilitychange', hidden);
    return () => document.removeEventListener('visibilitychange', hidden);
  }, [close]);
  const mark = `${me?.phoneMasked ?? ''} ${momentText(new Date(until).toISOString())}`;
  return (
    <Modal
      open
      title={t('reveals.secret')}
      footer={null}
      onCancel={close}
      mask={{ closable: false }}
    >
      <div className="co-secret">
        <svg className="co-watermark" aria-hidden="true" focusable="false">
          {Array.from({ length: 8 }, (_, line) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: eight equal lines
            <text key={line} x={(line % 2) * 60 - 40} y={line * 44}>
              {`${mark}    ${mark}    ${mark}`}
            </text>
          ))}
        </svg>
        <dl>
          <dt>{t('reveals.number')}</dt>
          <dd>
            <code>{is.number.replace(/(.{4})/g, '$1 ').trim()}</code>
          </dd>
          {is.pin !== undefined && (
            <>
              <dt>{t('reveals.pin')}</dt>
              <dd>
                <code>{is.pin}</code>
              </dd>
            </>
          )}
        </dl>
      </div>
      <p className="co-note">
        {of.sku} · {t('reveals.gone', { seconds: left })}
      </p>
      <Button block onClick={close}>
        {t('reveals.hide')}
      </Button>
    </Modal>
  );
}
