/** Open cases and their decision: release, part, or clawback, with the reason that the seller is told. */

import { Button, Input, Modal, Radio } from 'antd';
import { type ReactNode, useState } from 'react';
import { type Code, RESULTS } from '../../../src/cards/schema.ts';
import { usePick } from '../../kit/language.tsx';
import { fenFromYuan, Money } from '../../kit/money.tsx';
import type { CaseOutcome, CaseView } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { Link } from '../link.tsx';
import { Field } from '../parts/field.tsx';
import { ShortId } from '../parts/id.tsx';
import { Listing } from '../parts/listing.tsx';
import { Due, When } from '../parts/moment.tsx';
import { Screen } from '../parts/screen.tsx';
import { StateMark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { filled, useFilters } from '../search.ts';
import { useMay } from '../session.ts';

export function CasesScreen(): ReactNode {
  const t = useSay();
  const pick = usePick();
  const [{ cursor }, filter] = useFilters();
  const cases = useAsk('GET /v1/console/cases', { query: filled({ cursor }) });
  const [deciding, setDeciding] = useState<CaseView>();
  const may = useMay(['risk', 'admin']);
  const reason = (code: string): string =>
    pick(RESULTS[code as Code]?.text ?? { zh: code, en: code });
  return (
    <Screen title={t('cases.title')} lead={t('cases.lead')}>
      <Listing
        caption={t('cases.title')}
        rows={cases.data?.items}
        error={cases.error}
        refetch={cases.refetch}
        rowKey={({ id }) => id}
        empty={{ title: t('cases.empty'), next: t('cases.emptyNext') }}
        paging={{ next: cases.data?.next, cursor, go: (next) => filter({ cursor: next }) }}
        columns={[
          {
            title: t('cases.subject'),
            show: ({ subject }) => (
              <Link to="/orders/$id" params={{ id: subject }}>
                <ShortId id={subject} plain />
              </Link>
            ),
          },
          {
            title: t('orders.state'),
            show: ({ state }) => <StateMark process="case" state={state} />,
          },
          {
            title: t('cases.reason'),
            show: (one) => (
              <span className="co-twoline">
                <span>{reason(one.reason)}</span>
                {one.note && <small>{one.note}</small>}
              </span>
            ),
          },
          { title: t('cases.opened'), show: ({ openedAt }) => <When at={openedAt} /> },
          {
            title: t('cases.due'),
            show: ({ deadline, decision }) => (decision ? '–' : <Due at={deadline} />),
          },
          {
            title: t('cases.outcome'),
            show: ({ decision }) =>
              decision ? (
                <span className="co-twoline">
                  <span>{t(`cases.outcome.${decision.outcome}`)}</span>
                  {decision.amountFen && <Money fen={decision.amountFen} size="s" />}
                </span>
              ) : (
                '–'
              ),
          },
          {
            title: t('shell.actions'),
            show: (one) =>
              may && one.state === 'opened' ? (
                <Button size="small" onClick={() => setDeciding(one)}>
                  {t('cases.decide')}
                </Button>
              ) : null,
          },
        ]}
      />
      {deciding && <DecideDialog of={deciding} close={() => setDeciding(undefined)} />}
    </Screen>
  );
}

const outcomes = ['release', 'partial', 'clawback'] as const;
const REASON_MIN = 4;
const REASON_MAX = 500;

function DecideDialog({ of, close }: { of: CaseView; close: () => void }): ReactNode {
  const t = useSay();
  const [outcome, setOutcome] = useState<CaseOutcome>('release');
  const [amount, setAmount] = useState('');
  const [reason, setReason] = useState('');
  const act = useAct('POST /v1/console/disputes/:id/decide', t('cases.decided'));
  const amountFen = fenFromYuan(amount);
  const partial = outcome === 'partial';
  const submit = async (): Promise<void> => {
    const body = { outcome, reason: reason.trim(), ...(partial && amountFen && { amountFen }) };
    if (await act.run({ params: { id: of.id }, body })) close();
  };
  return (
    <Modal
      open
      title={t('cases.decide')}
      okText={t('cases.decide')}
      okButtonProps={{
        danger: outcome !== 'release',
        disabled: reason.trim().length < REASON_MIN || (partial && !amountFen),
      }}
      confirmLoading={act.busy}
      onCancel={close}
      onOk={() => void submit()}
    >
      <div className="co-form">
        <p>
          {t('cases.sure')} {t('shell.irreversible')}
        </p>
        <fieldset className="co-choices co-choices-column">
          <legend>{t('cases.outcome')}</legend>
          <Radio.Group
            value={outcome}
            onChange={({ target }) => setOutcome(target.value as CaseOutcome)}
            options={outcomes.map((value) => ({ value, label: t(`cases.outcome.${value}`) }))}
            vertical
          />
        </fieldset>
        {partial && (
          <Field label={t('cases.amount')} hint={t('reviews.balanceRule')}>
            <Input
              prefix="¥"
              inputMode="decimal"
              value={amount}
              aria-invalid={amount !== '' && !amountFen}
              status={amount !== '' && !amountFen ? 'error' : ''}
              onChange={({ target }) => setAmount(target.value)}
            />
          </Field>
        )}
        <Field label={t('cases.grounds')}>
          <Input.TextArea
            rows={3}
            maxLength={REASON_MAX}
            value={reason}
            onChange={({ target }) => setReason(target.value)}
          />
        </Field>
      </div>
    </Modal>
  );
}
