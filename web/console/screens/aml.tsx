/** Anti-money-laundering for compliance: suspicions with their drafts, and the reports with their receipts. */
import { Button, Input, Modal } from 'antd';
import { type ReactNode, useState } from 'react';
import { Money } from '../../kit/money.tsx';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import type { AmlCase } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { Party, Reasons } from '../parts/aml.tsx';
import { AskedButton } from '../parts/confirm.tsx';
import { Field } from '../parts/field.tsx';
import { ShortId } from '../parts/id.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Facts, Screen } from '../parts/screen.tsx';
import { StateMark } from '../parts/tags.tsx';
import { type SayKey, useSay } from '../say.ts';
import { filled, useFilters } from '../search.ts';
import { Reports } from './aml-reports.tsx';
import { StateFilter } from './state-filter.tsx';

const EVERY_MS = 30_000;
const WHY_MIN = 2;
const states = ['opened', 'drafted', 'reported', 'cleared'] as const;

export function AmlScreen(): ReactNode {
  const t = useSay();
  const [{ cursor, state: asked }, filter] = useFilters();
  const [shown, show] = useState<string>();
  const state = states.find((one) => one === asked);
  const query = filled({ cursor, state });
  const cases = useAsk('GET /v1/console/aml/cases', { query }, { everyMs: EVERY_MS });
  return (
    <Screen
      title={t('aml.title')}
      lead={t('aml.lead')}
      actions={
        <StateFilter process="risk_case" value={state} change={(next) => filter({ state: next })} />
      }
    >
      <Listing
        caption={t('aml.cases')}
        rows={cases.data?.items}
        error={cases.error}
        refetch={cases.refetch}
        rowKey={({ id }) => id}
        empty={{ title: t('aml.noCases'), next: t('aml.noCasesNext') }}
        paging={{ next: cases.data?.next, cursor, go: (next) => filter({ cursor: next }) }}
        columns={[
          { title: t('aml.opened'), show: ({ openedAt }) => <When at={openedAt} /> },
          { title: t('aml.party'), show: (row) => <Party of={row} /> },
          {
            title: t('aml.amount'),
            align: 'right',
            show: ({ amountFen }) => <Money fen={amountFen} />,
          },
          { title: t('aml.reasons'), show: ({ reasons }) => <Reasons of={reasons} /> },
          {
            title: t('orders.state'),
            show: ({ state }) => <StateMark process="risk_case" state={state} />,
          },
          {
            title: t('shell.actions'),
            show: ({ id }) => (
              <Button size="small" onClick={() => show(id)}>
                {t('aml.look')}
              </Button>
            ),
          },
        ]}
      />
      <Reports />
      {shown && <CaseDialog id={shown} close={() => show(undefined)} />}
    </Screen>
  );
}

type FactKey = Extract<SayKey, `aml.fact.${string}`>;
const factKeys: readonly (readonly [string, FactKey])[] = [
  ['accountDays', 'aml.fact.accountDays'],
  ['cardHours', 'aml.fact.cardHours'],
  ['issuers', 'aml.fact.issuers'],
  ['holdDays', 'aml.fact.holdDays'],
  ['crimeCards', 'aml.fact.crimeCards'],
  ['victims', 'aml.fact.victims'],
];

function CaseDialog({ id, close }: { id: string; close: () => void }): ReactNode {
  const t = useSay();
  const one = useAsk('GET /v1/console/aml/cases/:id', { params: { id } });
  return (
    <Modal
      open
      title={t('aml.one', { id: id.slice(-8) })}
      footer={null}
      onCancel={close}
      width={640}
    >
      {one.error && <Refusal of={one.error} onRetry={() => void one.refetch()} />}
      {!one.data && !one.error && <Skeleton lines={6} />}
      {one.data && <CaseFile of={one.data} />}
    </Modal>
  );
}

function CaseFile({ of }: { of: AmlCase }): ReactNode {
  const t = useSay();
  const { partyName = '', deadline, decidedBy, decidedAt } = of;
  return (
    <div className="co-form">
      <Facts
        of={[
          [t('orders.state'), <StateMark key="state" process="risk_case" state={of.state} />],
          [t('aml.party'), `${t(`aml.kind.${of.partyKind}`)} ${partyName}`],
          [t('aml.subject'), of.subject ? <ShortId key="subject" id={of.subject} plain /> : '–'],
          [t('aml.amount'), <Money key="amount" fen={of.amountFen} />],
          [t('aml.reasons'), <Reasons key="reasons" of={of.reasons} />],
          ...factKeys.flatMap(([name, key]) => {
            const fact = of.facts[name];
            return fact === undefined ? [] : [[t(key), fact] as const];
          }),
          ...(of.facts['profitFen'] === undefined
            ? []
            : [
                [
                  t('aml.fact.profitFen'),
                  <Money key="profit" fen={of.facts['profitFen']} />,
                ] as const,
              ]),
          [t('aml.deadline'), deadline ? <When key="due" at={deadline} /> : '–'],
        ]}
      />
      <p>
        <strong>{t('aml.draft')}</strong>
        <br />
        {of.draft}
      </p>
      {decidedBy && decidedAt && (
        <p>
          {t('aml.decided')}: {of.decision} · <ShortId id={decidedBy} plain /> ·{' '}
          <When at={decidedAt} />
        </p>
      )}
      {of.allowed.length > 0 && <Decide of={of} />}
    </div>
  );
}

function Decide({ of: { id, allowed } }: { of: AmlCase }): ReactNode {
  const t = useSay();
  const [why, write] = useState('');
  const draft = useAct('POST /v1/console/aml/cases/:id/draft', t('aml.kept'));
  const report = useAct('POST /v1/console/aml/cases/:id/report', t('aml.kept'));
  const clear = useAct('POST /v1/console/aml/cases/:id/clear', t('aml.kept'));
  const params = { id };
  const body = { why: why.trim() };
  const isShort = body.why.length < WHY_MIN;
  return (
    <>
      <Field label={t('aml.why')} hint={t('aml.whyHint')}>
        <Input.TextArea
          value={why}
          rows={3}
          maxLength={500}
          aria-label={t('aml.why')}
          onChange={(event) => write(event.target.value)}
        />
      </Field>
      <div className="co-actions">
        <AskedButton
          {...{ label: t('aml.act.clear'), sure: t('aml.act.clearSure'), calm: true }}
          disabled={isShort}
          loading={clear.busy}
          act={() => clear.run({ params, body })}
        />
        {allowed.includes('draft') && (
          <AskedButton
            {...{ label: t('aml.act.draft'), sure: t('aml.act.draftSure'), calm: true }}
            loading={draft.busy}
            act={() => draft.run({ params, body: {} })}
          />
        )}
        {allowed.includes('report') && (
          <AskedButton
            {...{ label: t('aml.act.report'), sure: t('aml.act.reportSure') }}
            danger
            disabled={isShort}
            loading={report.busy}
            act={() => report.run({ params, body })}
          />
        )}
      </div>
    </>
  );
}
