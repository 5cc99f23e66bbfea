/** The append-only record: entries of one subject or the newest of all, and the proof that none was touched. */
import { Alert, Button, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { Refusal } from '../../kit/states.tsx';
import type { RecordCheck } from '../api-types.ts';
import { useAsk } from '../ask.ts';
import { Field } from '../parts/field.tsx';
import { ShortId } from '../parts/id.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Screen } from '../parts/screen.tsx';
import { Mark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { filled, useFilters } from '../search.ts';

export function RecordScreen(): ReactNode {
  const t = useSay();
  const [{ subject, cursor }, filter] = useFilters();
  const entries = useAsk('GET /v1/console/record', { query: filled({ subject, cursor }) });
  return (
    <Screen title={t('record.title')} lead={t('record.lead')} actions={<Verify />}>
      <SubjectFilter subject={subject} change={(next) => filter({ subject: next })} />
      <Listing
        caption={t('record.title')}
        rows={entries.data?.items}
        error={entries.error}
        refetch={entries.refetch}
        rowKey={({ id }) => id}
        empty={{ title: t('record.empty'), next: t('record.emptyNext') }}
        paging={{ next: entries.data?.next, cursor, go: (next) => filter({ cursor: next }) }}
        columns={[
          {
            title: t('record.seq'),
            show: ({ sealed }) =>
              sealed ? (
                <span className="co-twoline">
                  <span>#{sealed.seq}</span>
                  <small>
                    <ShortId id={sealed.hash} plain />
                  </small>
                </span>
              ) : (
                <Mark tone="warn">{t('record.unsealed')}</Mark>
              ),
          },
          { title: t('payouts.at'), show: ({ at }) => <When at={at} /> },
          { title: t('record.type'), show: ({ type }) => <code>{type}</code> },
          { title: t('cases.subject'), show: (entry) => <ShortId id={entry.subject} /> },
          {
            title: t('record.data'),
            show: ({ data }) => <code className="co-json">{JSON.stringify(data)}</code>,
          },
        ]}
      />
    </Screen>
  );
}

interface SubjectFilterProps {
  subject: string | undefined;
  change: (subject: string | undefined) => void;
}
/** Keyed by what the address says, so that going back also takes the text back. */
export function SubjectFilter({ subject, change }: SubjectFilterProps): ReactNode {
  return <SubjectForm key={subject ?? ''} subject={subject} change={change} />;
}

function SubjectForm({ subject, change }: SubjectFilterProps): ReactNode {
  const t = useSay();
  const [text, setText] = useState(subject ?? '');
  return (
    <form
      className="co-filters"
      onSubmit={(event) => {
        event.preventDefault();
        change(text.trim() || undefined);
      }}
    >
      <Field label={t('ledger.subject')} row>
        <Input
          className="co-id-input"
          value={text}
          allowClear
          onClear={() => change(undefined)}
          onChange={({ target }) => setText(target.value)}
        />
      </Field>
      <Button htmlType="submit">{t('ledger.find')}</Button>
    </form>
  );
}

function Verify(): ReactNode {
  const t = useSay();
  const check = useAsk('GET /v1/console/record/verify', {}, { enabled: false });
  return (
    <div className="co-verify">
      <Button type="primary" loading={check.isFetching} onClick={() => void check.refetch()}>
        {check.isFetching ? t('record.verifying') : t('record.verify')}
      </Button>
      <div role="status">
        {check.error && <Refusal of={check.error} />}
        {check.data && !check.isFetching && <Verdict of={check.data} />}
      </div>
    </div>
  );
}

function Verdict({ of }: { of: RecordCheck }): ReactNode {
  const t = useSay();
  if (of.ok)
    return (
      <Alert
        type="success"
        showIcon
        title={t('record.ok', { entries: of.entries ?? 0, unsealed: of.unsealed ?? 0 })}
        description={
          of.head && (
            <>
              {t('record.head', { seq: of.head.seq })} <ShortId id={of.head.hash} />
            </>
          )
        }
      />
    );
  const { broken } = of;
  return (
    <Alert
      type="error"
      showIcon
      title={t('record.broken', {
        seq: broken?.seq ?? '?',
        reason: broken ? t(`record.reason.${broken.reason}`) : '?',
      })}
      description={broken?.entryId && <ShortId id={broken.entryId} />}
    />
  );
}
