/** Money on its way back to payers; what keeps failing is sent again or paid by bank. */
import type { ReactNode } from 'react';
import { REQUEST_FAILURES, type RequestFailure } from '../../../src/settlement/schema.ts';
import { usePick } from '../../kit/language.tsx';
import { Money } from '../../kit/money.tsx';
import type { RefundRow } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { AskedButton } from '../parts/confirm.tsx';
import { ShortId } from '../parts/id.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Screen } from '../parts/screen.tsx';
import { StateMark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { filled, useFilters } from '../search.ts';
import { useMay } from '../session.ts';
import { StateFilter } from './state-filter.tsx';

export const mendable = ['failed', 'parked'];

export function RefundsScreen(): ReactNode {
  const t = useSay();
  const [{ state, cursor }, filter] = useFilters();
  const refunds = useAsk('GET /v1/console/refunds', { query: filled({ state, cursor }) });
  return (
    <Screen title={t('refunds.title')} lead={t('refunds.lead')}>
      <div className="co-filters">
        <StateFilter process="refund" value={state} change={(next) => filter({ state: next })} />
      </div>
      <Listing
        caption={t('refunds.title')}
        rows={refunds.data?.items}
        error={refunds.error}
        refetch={refunds.refetch}
        rowKey={({ id }) => id}
        rowTone={(one) => (mendable.includes(one.state) ? 'bad' : undefined)}
        paging={{ next: refunds.data?.next, cursor, go: (next) => filter({ cursor: next }) }}
        columns={[
          { title: t('refunds.id'), show: ({ id }) => <ShortId id={id} /> },
          {
            title: t('orders.state'),
            show: (one) => <StateMark process="refund" state={one.state} />,
          },
          {
            title: t('payouts.amount'),
            align: 'right',
            show: ({ amountFen }) => <Money fen={amountFen} size="s" />,
          },
          { title: t('payouts.subject'), show: ({ subject }) => <ShortId id={subject} /> },
          { title: t('refunds.reason'), show: ({ reason }) => <Reason of={reason} /> },
          { title: t('refunds.source'), show: ({ source }) => <code>{source.split(':')[0]}</code> },
          { title: t('payouts.problem'), show: ({ failure }) => <Failure of={failure} /> },
          { title: t('orders.created'), show: ({ createdAt }) => <When at={createdAt} /> },
          {
            title: t('refunds.done'),
            show: ({ doneAt }) => (doneAt ? <When at={doneAt} /> : '–'),
          },
          { title: t('shell.actions'), show: (one) => <Mend of={one} /> },
        ]}
      />
    </Screen>
  );
}

/** Why the institution did not carry it out, in words. */
export function Failure({ of }: { of: string | undefined }): ReactNode {
  const pick = usePick();
  if (of === undefined) return '–';
  return pick(REQUEST_FAILURES[of as RequestFailure] ?? REQUEST_FAILURES.bank_refused);
}

const fates = ['late', 'twice', 'other_amount'] as const;

/** By itself, because of what became of the payment; or because whoever sells asked for it. */
function Reason({ of }: { of: string }): ReactNode {
  const t = useSay();
  const fate = fates.find((one) => of.startsWith(`${one}:`));
  return t(`refunds.reason.${fate ?? 'order'}`);
}

function Mend({ of }: { of: RefundRow }): ReactNode {
  const t = useSay();
  const may = useMay(['finance', 'admin']);
  const retry = useAct('POST /v1/console/refunds/:id/retry', t('refunds.retried'));
  const credit = useAct('POST /v1/console/refunds/:id/credit', t('refunds.credited'));
  if (!may || !mendable.includes(of.state)) return null;
  const params = { id: of.id };
  return (
    <span className="co-twoline">
      <AskedButton
        size="small"
        type="primary"
        loading={retry.busy}
        label={t('refunds.retry')}
        sure={<p>{t('refunds.retrySure')}</p>}
        calm
        act={() => retry.run({ params })}
      />
      <AskedButton
        size="small"
        loading={credit.busy}
        label={t('refunds.credit')}
        sure={
          <>
            <p>
              {t('refunds.creditSure')} <Money fen={of.amountFen} />
            </p>
            <p>{t('shell.irreversible')}</p>
          </>
        }
        act={() => credit.run({ params })}
      />
    </span>
  );
}
