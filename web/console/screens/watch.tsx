/** Watch lists for compliance: whom a list names, both sides compared and decided; and the lists in force. */
import { Button, Modal, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import type { WatchFile, WatchRow } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { useConfirm } from '../parts/confirm.tsx';
import { Field } from '../parts/field.tsx';
import { ShortId } from '../parts/id.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Facts, Panel, Screen } from '../parts/screen.tsx';
import { Mark, StateMark, type Tone } from '../parts/tags.tsx';
import { type SayKey, useSay } from '../say.ts';
import { filled, useFilters } from '../search.ts';
import { OwnList } from './own-list.tsx';
import { StateFilter } from './state-filter.tsx';

const EVERY_MS = 30_000;
const states = ['opened', 'overdue', 'confirmed', 'cleared'] as const;
const clearReasons = ['other_party', 'publisher_error', 'no_longer_listed'] as const;
const features = ['number', 'name', 'birth', 'region'] as const;

const fits: Readonly<Record<string, { say: Extract<SayKey, `watch.fit.${string}`>; tone: Tone }>> =
  {
    equal: { say: 'watch.fit.equal', tone: 'bad' },
    same: { say: 'watch.fit.same', tone: 'bad' },
    sound: { say: 'watch.fit.sound', tone: 'warn' },
    order: { say: 'watch.fit.order', tone: 'warn' },
    order_sound: { say: 'watch.fit.order_sound', tone: 'warn' },
    missing: { say: 'watch.fit.missing', tone: 'warn' },
    missing_sound: { say: 'watch.fit.missing_sound', tone: 'warn' },
    latin: { say: 'watch.fit.latin', tone: 'warn' },
    day_and_month: { say: 'watch.fit.day_and_month', tone: 'warn' },
    year: { say: 'watch.fit.year', tone: 'warn' },
    unknown: { say: 'watch.fit.unknown', tone: 'idle' },
    differs: { say: 'watch.fit.differs', tone: 'good' },
  };

export function WatchScreen(): ReactNode {
  const t = useSay();
  const [{ cursor, state: asked }, filter] = useFilters();
  const [shown, show] = useState<string>();
  const state = states.find((one) => one === asked);
  const query = filled({ cursor, state });
  const cases = useAsk('GET /v1/console/watch/cases', { query }, { everyMs: EVERY_MS });
  return (
    <Screen
      title={t('watch.title')}
      lead={t('watch.lead')}
      actions={
        <StateFilter
          process="watch_case"
          value={state}
          change={(next) => filter({ state: next })}
        />
      }
    >
      <Listing
        caption={t('watch.cases')}
        rows={cases.data?.items}
        error={cases.error}
        refetch={cases.refetch}
        rowKey={({ id }) => id}
        empty={{ title: t('watch.empty'), next: t('watch.emptyNext') }}
        paging={{ next: cases.data?.next, cursor, go: (next) => filter({ cursor: next }) }}
        columns={[
          { title: t('watch.opened'), show: ({ openedAt }) => <When at={openedAt} /> },
          {
            title: t('watch.party'),
            show: ({ role, subjectId }) => (
              <>
                {t(`watch.role.${role}`)} <ShortId id={subjectId} plain />
              </>
            ),
          },
          { title: t('watch.list'), show: ({ kind }) => t(`watch.list.${kind}`) },
          { title: t('watch.score'), align: 'right', show: ({ score }) => score },
          {
            title: t('orders.state'),
            show: ({ state }) => <StateMark process="watch_case" state={state} />,
          },
          {
            title: t('shell.actions'),
            show: ({ id }) => (
              <Button size="small" onClick={() => show(id)}>
                {t('watch.look')}
              </Button>
            ),
          },
        ]}
      />
      <OwnList />
      <Lists />
      {shown && <CompareDialog id={shown} close={() => show(undefined)} />}
    </Screen>
  );
}

function CompareDialog({ id, close }: { id: string; close: () => void }): ReactNode {
  const t = useSay();
  const one = useAsk('GET /v1/console/watch/cases/:id', { params: { id } });
  return (
    <Modal
      open
      title={t('watch.one', { id: id.slice(-8) })}
      footer={null}
      onCancel={close}
      width={640}
    >
      {one.error && <Refusal of={one.error} onRetry={() => void one.refetch()} />}
      {!one.data && !one.error && <Skeleton lines={6} />}
      {one.data && <Compared of={one.data} />}
    </Modal>
  );
}

function Compared({ of }: { of: WatchFile }): ReactNode {
  const t = useSay();
  const { entry, decidedBy, decidedAt, reason } = of;
  const why = [...clearReasons, 'same_party' as const].find((known) => known === reason);
  return (
    <div className="co-form">
      <Facts
        of={[
          [t('orders.state'), <StateMark key="state" process="watch_case" state={of.state} />],
          [t('watch.list'), t(`watch.list.${of.kind}`)],
          [t('watch.entry'), of.entryRef],
          [t('watch.score'), of.score],
          [t('watch.ours'), `${t(`watch.role.${of.role}`)} ${of.subjectName ?? ''}`],
          [t('watch.theirs'), entry?.names.join('、') ?? t('watch.unnamed')],
          [t('watch.born'), entry?.bornOn ?? t('watch.unnamed')],
          [t('watch.region'), entry?.region ?? t('watch.unnamed')],
          ...features.map((feature) => {
            const fit = fits[of.features[feature]];
            return [
              t(`watch.feature.${feature}`),
              fit && (
                <Mark key={feature} tone={fit.tone}>
                  {t(fit.say)}
                </Mark>
              ),
            ] as const;
          }),
        ]}
      />
      {decidedBy && decidedAt && (
        <p>
          {t('watch.decided')}: {why && t(`watch.why.${why}`)} · <ShortId id={decidedBy} plain /> ·{' '}
          <When at={decidedAt} />
        </p>
      )}
      {of.state !== 'cleared' && <Decide of={of} />}
    </div>
  );
}

function Decide({ of }: { of: WatchRow }): ReactNode {
  const t = useSay();
  const sure = useConfirm();
  const [reason, choose] = useState<(typeof clearReasons)[number]>('other_party');
  const clear = useAct('POST /v1/console/watch/cases/:id/clear', t('watch.kept'));
  const confirm = useAct('POST /v1/console/watch/cases/:id/confirm', t('watch.kept'));
  const params = { id: of.id };
  return (
    <>
      <Field label={t('watch.why')}>
        <Select
          value={reason}
          aria-label={t('watch.why')}
          options={clearReasons.map((value) => ({ value, label: t(`watch.why.${value}`) }))}
          onChange={choose}
        />
      </Field>
      <div className="co-actions">
        <Button
          loading={clear.busy}
          onClick={() =>
            sure({
              ...{ title: t('watch.clear'), body: t('watch.clearSure'), calm: true },
              act: () => clear.run({ params, body: { reason } }),
            })
          }
        >
          {t('watch.clear')}
        </Button>
        {of.state !== 'confirmed' && (
          <Button
            danger
            loading={confirm.busy}
            onClick={() =>
              sure({
                ...{ title: t('watch.confirm'), body: t('watch.confirmSure') },
                act: () => confirm.run({ params, body: { reason: 'same_party' } }),
              })
            }
          >
            {t('watch.confirm')}
          </Button>
        )}
      </div>
    </>
  );
}

function Lists(): ReactNode {
  const t = useSay();
  const { data, error, refetch } = useAsk('GET /v1/console/watch/lists', {});
  const when = (at: string | undefined): ReactNode => (at ? <When at={at} /> : t('watch.never'));
  return (
    <Panel title={t('watch.lists')}>
      <Listing
        caption={t('watch.lists')}
        rows={data?.lists}
        error={error}
        refetch={refetch}
        rowKey={({ kind }) => kind}
        rowTone={({ failure }) => (failure === undefined ? undefined : 'bad')}
        columns={[
          { title: t('watch.list'), show: ({ kind }) => t(`watch.list.${kind}`) },
          { title: t('watch.version'), show: ({ version }) => version ?? t('watch.never') },
          { title: t('watch.entries'), align: 'right', show: ({ entries }) => entries },
          {
            title: t('watch.sha256'),
            show: ({ sha256 }) => (
              <span title={sha256}>{sha256 ? `${sha256.slice(0, 12)}…` : '–'}</span>
            ),
          },
          {
            title: t('watch.lookedAt'),
            show: ({ lookedAt, failure }) =>
              failure === undefined ? (
                when(lookedAt)
              ) : (
                <Mark tone="bad">{t('watch.failed', { why: failure })}</Mark>
              ),
          },
          { title: t('watch.screenedAt'), show: ({ screenedAt }) => when(screenedAt) },
        ]}
      />
    </Panel>
  );
}
