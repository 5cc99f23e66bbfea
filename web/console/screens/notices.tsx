/** Notices about cards, for compliance: enter one, see what it found and stopped, decide with a second person, reply. */
import { App, Button, Input, Modal } from 'antd';
import { type ReactNode, useState } from 'react';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import type { NoticeFile } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { AskedButton } from '../parts/confirm.tsx';
import { Field } from '../parts/field.tsx';
import { ShortId } from '../parts/id.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Facts, Screen } from '../parts/screen.tsx';
import { Mark, StateMark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { filled, useFilters } from '../search.ts';
import { useMe } from '../session.ts';
import { useProductName } from '../shop/product-pick.tsx';
import { EnterNotice } from './enter-notice.tsx';
import { StateFilter } from './state-filter.tsx';

const EVERY_MS = 30_000;
const states = ['in_force', 'overdue', 'confirmed', 'lifting', 'lifted'] as const;

export function NoticesScreen(): ReactNode {
  const t = useSay();
  const [{ cursor, state: asked }, filter] = useFilters();
  const [shown, show] = useState<string>();
  const [isEntering, enter] = useState(false);
  const state = states.find((one) => one === asked);
  const query = filled({ cursor, state });
  const notices = useAsk('GET /v1/console/notices', { query }, { everyMs: EVERY_MS });
  return (
    <Screen
      title={t('notices.title')}
      lead={t('notices.lead')}
      actions={
        <>
          <StateFilter
            process="card_notice"
            value={state}
            change={(next) => filter({ state: next })}
          />
          <Button type="primary" onClick={() => enter(true)}>
            {t('notices.new')}
          </Button>
        </>
      }
    >
      <Listing
        caption={t('notices.title')}
        rows={notices.data?.items}
        error={notices.error}
        refetch={notices.refetch}
        rowKey={({ id }) => id}
        rowTone={({ state: now }) => (now === 'overdue' ? 'bad' : undefined)}
        empty={{ title: t('notices.empty'), next: t('notices.emptyNext') }}
        paging={{ next: notices.data?.next, cursor, go: (next) => filter({ cursor: next }) }}
        columns={[
          { title: t('notices.when'), show: ({ enteredAt }) => <When at={enteredAt} /> },
          { title: t('notices.source'), show: ({ source }) => t(`notices.source.${source}`) },
          { title: t('notices.cards'), align: 'right', show: ({ cards }) => cards },
          { title: t('notices.found'), align: 'right', show: ({ matches }) => matches },
          {
            title: t('orders.state'),
            show: ({ state: now }) => <StateMark process="card_notice" state={now} />,
          },
          {
            title: t('shell.actions'),
            show: ({ id }) => (
              <Button size="small" onClick={() => show(id)}>
                {t('notices.open')}
              </Button>
            ),
          },
        ]}
      />
      {shown && <NoticeDialog id={shown} close={() => show(undefined)} />}
      {isEntering && (
        <EnterNotice
          close={(id) => {
            enter(false);
            if (id) show(id);
          }}
        />
      )}
    </Screen>
  );
}

function NoticeDialog({ id, close }: { id: string; close: () => void }): ReactNode {
  const t = useSay();
  const one = useAsk('GET /v1/console/notices/:id', { params: { id } });
  return (
    <Modal
      open
      title={t('notices.one', { id: id.slice(-8) })}
      footer={null}
      onCancel={close}
      width={720}
    >
      {one.error && <Refusal of={one.error} onRetry={() => void one.refetch()} />}
      {!one.data && !one.error && <Skeleton lines={6} />}
      {one.data && <Whole of={one.data} />}
    </Modal>
  );
}

function Whole({ of }: { of: NoticeFile }): ReactNode {
  const t = useSay();
  const nameOf = useProductName();
  return (
    <div className="co-form">
      <Facts
        of={[
          [t('orders.state'), <StateMark key="state" process="card_notice" state={of.state} />],
          [t('notices.source'), t(`notices.source.${of.source}`)],
          [t('notices.sender'), of.sender],
          [t('notices.number'), of.number],
          [t('notices.basis'), of.basis],
          [t('notices.receivedOn'), of.receivedOn],
          ...(of.victim ? [[t('notices.victim'), of.victim] as const] : []),
          ...(of.note ? [[t('notices.note'), of.note] as const] : []),
          [
            t('notices.cards'),
            of.named.map(({ sku, last4 }) => `${nameOf(sku)} ··${last4}`).join('、'),
          ],
          ...(of.reason ? [[t('notices.why'), of.reason] as const] : []),
          ...(of.proposedBy
            ? [[t('notices.proposedBy'), <ShortId key="by" id={of.proposedBy} plain />] as const]
            : []),
        ]}
      />
      <Listing
        caption={t('notices.found')}
        rows={of.found}
        rowKey={({ personId, last4, at, cardId }) => `${personId}${last4}${at}${cardId ?? ''}`}
        empty={{ title: t('notices.none'), next: '' }}
        columns={[
          {
            title: t('notices.found'),
            show: ({ how }) => (
              <Mark tone={how === 'gone' ? 'idle' : 'warn'}>{t(`notices.how.${how}`)}</Mark>
            ),
          },
          { title: t('notices.cards'), show: ({ sku, last4 }) => `${nameOf(sku)} ··${last4}` },
          { title: t('notices.person'), show: ({ personId }) => <ShortId id={personId} plain /> },
          {
            title: t('notices.promises'),
            show: ({ promises }) => (
              <>
                {promises.map(({ kind, ref }) => (
                  <div key={ref}>
                    {kindOf(t, kind)} <ShortId id={ref} plain />
                  </div>
                ))}
              </>
            ),
          },
        ]}
      />
      {of.state !== 'lifted' && <Decide of={of} />}
      <Reply id={of.id} />
    </div>
  );
}

const kinds = ['quote', 'order', 'listing', 'auction', 'lot', 'token', 'dispute'] as const;

function kindOf(t: ReturnType<typeof useSay>, kind: string): string {
  const known = kinds.find((one) => one === kind);
  return known ? t(`notices.kind.${known}`) : kind;
}

function Decide({ of }: { of: NoticeFile }): ReactNode {
  const t = useSay();
  const me = useMe();
  const [reason, setReason] = useState('');
  const done = t('notices.kept');
  const confirm = useAct('POST /v1/console/notices/:id/confirm', done);
  const propose = useAct('POST /v1/console/notices/:id/propose-lift', done);
  const lift = useAct('POST /v1/console/notices/:id/lift', done);
  const keep = useAct('POST /v1/console/notices/:id/keep', done);
  const input = { params: { id: of.id }, body: { reason } };
  const disabled = reason.trim().length < 4;
  const isLifting = of.state === 'lifting';
  const isOwn = of.proposedBy === me?.id;
  return (
    <>
      <Field
        label={t('notices.reason')}
        {...(isLifting && isOwn && { hint: t('notices.yourOwn') })}
      >
        <Input.TextArea
          value={reason}
          maxLength={500}
          rows={2}
          onChange={({ target }) => setReason(target.value)}
        />
      </Field>
      <div className="co-actions">
        {!isLifting && of.state !== 'confirmed' && (
          <AskedButton
            {...{ disabled, loading: confirm.busy, label: t('notices.confirm') }}
            sure={t('notices.confirmSure')}
            act={() => confirm.run(input)}
          />
        )}
        {!isLifting && (
          <AskedButton
            {...{ disabled, loading: propose.busy, calm: true, label: t('notices.propose') }}
            sure={t('notices.proposeSure')}
            act={() => propose.run(input)}
          />
        )}
        {isLifting && (
          <AskedButton
            {...{ loading: lift.busy, label: t('notices.lift'), sure: t('notices.liftSure') }}
            disabled={disabled || isOwn}
            act={() => lift.run(input)}
          />
        )}
        {isLifting && (
          <AskedButton
            {...{ disabled, loading: keep.busy, calm: true, label: t('notices.keep') }}
            sure={t('notices.keepSure')}
            act={() => keep.run(input)}
          />
        )}
      </div>
    </>
  );
}

function Reply({ id }: { id: string }): ReactNode {
  const t = useSay();
  const { message } = App.useApp();
  const [isAsked, ask] = useState(false);
  const reply = useAsk(
    'GET /v1/console/notices/:id/reply',
    { params: { id } },
    { enabled: isAsked },
  );
  if (!isAsked) return <Button onClick={() => ask(true)}>{t('notices.reply')}</Button>;
  if (reply.error) return <Refusal of={reply.error} onRetry={() => void reply.refetch()} />;
  if (!reply.data) return <Skeleton lines={4} />;
  const { text } = reply.data;
  return (
    <>
      <Field label={t('notices.reply')} hint={t('notices.replyNote')}>
        <Input.TextArea value={text} readOnly autoSize={{ minRows: 6, maxRows: 16 }} />
      </Field>
      <Button
        onClick={() => {
          void navigator.clipboard.writeText(text).then(() => message.success(t('notices.copied')));
        }}
      >
        {t('notices.copy')}
      </Button>
    </>
  );
}
