/** The reports to the payment institution: sums, reasons, receipts, each movement; and what was not taken, sent again. */
import { Button, Modal } from 'antd';
import { type ReactNode, useState } from 'react';
import { Money } from '../../kit/money.tsx';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import type { AmlReport } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { Party, Reasons } from '../parts/aml.tsx';
import { AskedButton } from '../parts/confirm.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Facts, Panel } from '../parts/screen.tsx';
import { StateMark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { filled } from '../search.ts';

export function Reports(): ReactNode {
  const t = useSay();
  const [cursor, go] = useState<string>();
  const [shown, show] = useState<string>();
  const query = filled({ cursor });
  const { data, error, refetch } = useAsk('GET /v1/console/aml/reports', { query });
  return (
    <Panel
      title={t('aml.reports')}
      actions={<Button href="/v1/console/aml/reports.csv">{t('aml.export')}</Button>}
    >
      <Listing
        caption={t('aml.reports')}
        rows={data?.items}
        error={error}
        refetch={refetch}
        rowKey={({ id }) => id}
        rowTone={({ state }) => (state === 'refused' ? 'bad' : undefined)}
        empty={{ title: t('aml.noReports'), next: t('aml.noReportsNext') }}
        paging={{ next: data?.next, cursor, go }}
        columns={[
          { title: t('aml.day'), show: ({ day }) => day },
          { title: t('aml.type'), show: ({ kind }) => t(`aml.type.${kind}`) },
          { title: t('aml.party'), show: (row) => <Party of={row} /> },
          { title: t('aml.in'), align: 'right', show: ({ inFen }) => <Money fen={inFen} /> },
          { title: t('aml.out'), align: 'right', show: ({ outFen }) => <Money fen={outFen} /> },
          { title: t('aml.reasons'), show: ({ reasons }) => <Reasons of={reasons} /> },
          {
            title: t('orders.state'),
            show: ({ state }) => <StateMark process="aml_report" state={state} />,
          },
          { title: t('aml.due'), show: ({ dueOn }) => dueOn },
          {
            title: t('shell.actions'),
            show: ({ id }) => (
              <Button size="small" onClick={() => show(id)}>
                {t('aml.open')}
              </Button>
            ),
          },
        ]}
      />
      {shown && <ReportDialog id={shown} close={() => show(undefined)} />}
    </Panel>
  );
}

function ReportDialog({ id, close }: { id: string; close: () => void }): ReactNode {
  const t = useSay();
  const one = useAsk('GET /v1/console/aml/reports/:id', { params: { id } });
  return (
    <Modal
      open
      title={t('aml.report', { id: id.slice(-8) })}
      footer={null}
      onCancel={close}
      width={720}
    >
      {one.error && <Refusal of={one.error} onRetry={() => void one.refetch()} />}
      {!one.data && !one.error && <Skeleton lines={6} />}
      {one.data && <ReportFile of={one.data} />}
    </Modal>
  );
}

function ReportFile({ of }: { of: AmlReport }): ReactNode {
  const t = useSay();
  const resend = useAct('POST /v1/console/aml/reports/:id/resend', t('aml.resent'));
  return (
    <div className="co-form">
      <Facts
        of={[
          [t('orders.state'), <StateMark key="state" process="aml_report" state={of.state} />],
          [t('aml.party'), `${t(`aml.kind.${of.partyKind}`)} ${of.partyName ?? ''}`],
          [t('aml.day'), of.day],
          [t('aml.in'), <Money key="in" fen={of.inFen} />],
          [t('aml.out'), <Money key="out" fen={of.outFen} />],
          [t('aml.reasons'), <Reasons key="reasons" of={of.reasons} />],
          [t('aml.rule'), of.rule],
          [t('aml.due'), of.dueOn],
          [t('aml.receipt'), of.receiptNo ?? t('aml.none')],
          [t('aml.outNo'), of.outNo],
          [t('aml.sha256'), <span key="sha256">{of.sha256.slice(0, 24)}…</span>],
          ...(of.note === undefined ? [] : [[t('aml.note'), of.note] as const]),
        ]}
      />
      <Listing
        caption={t('aml.lines')}
        rows={of.lines}
        rowKey={({ outNo }) => outNo}
        empty={{ title: t('aml.noLines'), next: t('aml.noLinesNext') }}
        columns={[
          { title: t('aml.opened'), show: ({ bookedAt }) => <When at={bookedAt} /> },
          { title: t('aml.type'), show: ({ way }) => t(`aml.${way}`) },
          {
            title: t('aml.amount'),
            align: 'right',
            show: ({ amountFen }) => <Money fen={amountFen} />,
          },
          { title: t('aml.outNo'), show: ({ outNo }) => outNo.slice(-12) },
        ]}
      />
      {of.state === 'refused' && (
        <div className="co-actions">
          <AskedButton
            {...{ label: t('aml.resend'), sure: t('aml.resendSure'), calm: true }}
            loading={resend.busy}
            act={() => resend.run({ params: { id: of.id } })}
          />
        </div>
      )}
    </div>
  );
}
