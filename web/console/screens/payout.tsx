/** One payout: its promise, every attempt at the bank, what the bank said and when. */

import type { ReactNode } from 'react';
import { PAYOUT_FAILURES, type PayoutFailure } from '../../../src/settlement/schema.ts';
import { usePick } from '../../kit/language.tsx';
import { Money } from '../../kit/money.tsx';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import type { PayoutDetail } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { Link, usePathPart } from '../link.tsx';
import { AskedButton } from '../parts/confirm.tsx';
import { ShortId } from '../parts/id.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Facts, Panel, Screen } from '../parts/screen.tsx';
import { StateMark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { useMay } from '../session.ts';
import { Promised } from './payouts.tsx';

const EVERY_MS = 10_000;

export function PayoutScreen(): ReactNode {
  const t = useSay();
  const id = usePathPart('id');
  const { data, error, refetch } = useAsk(
    'GET /v1/console/payouts/:id',
    { params: { id } },
    { everyMs: EVERY_MS },
  );
  const may = useMay(['finance', 'admin']);
  const retry = useAct('POST /v1/console/payouts/:id/retry', t('payouts.retried'));
  if (error && !data) return <Refusal of={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton lines={8} tall />;
  const { payout, allowed } = data;
  return (
    <Screen
      title={t('payouts.one', { id: payout.id.slice(-8) })}
      lead={<StateMark process="payout" state={payout.state} />}
      actions={
        may &&
        allowed.includes('retry') && (
          <AskedButton
            type="primary"
            loading={retry.busy}
            label={t('payouts.retry')}
            sure={t('payouts.retrySure')}
            calm
            act={() => retry.run({ params: { id: payout.id } })}
          />
        )
      }
    >
      <Summary of={data} />
      <Attempts of={data} />
      <Events of={data} />
      <History of={data} />
    </Screen>
  );
}

function Summary({ of: { payout, allowed } }: { of: PayoutDetail }): ReactNode {
  const t = useSay();
  const pick = usePick();
  const failure = payout.failure && PAYOUT_FAILURES[payout.failure as PayoutFailure];
  return (
    <Panel title={t('order.facts')}>
      <Facts
        of={[
          [t('payouts.amount'), <Money key="a" fen={payout.amountFen} size="s" />],
          [t('payouts.promised'), <Promised key="p" of={payout} />],
          [t('payouts.settleOn'), payout.settleOn],
          [t('payouts.paidAt'), payout.paidAt ? <When key="w" at={payout.paidAt} /> : '–'],
          [
            t('payouts.subject'),
            <Link key="s" to="/orders/$id" params={{ id: payout.subject }}>
              <ShortId id={payout.subject} plain />
            </Link>,
          ],
          [t('payouts.account'), payout.accountLast4 ? `···· ${payout.accountLast4}` : '–'],
          [
            t('payouts.compensation'),
            payout.compensationFen ? (
              <Money key="c" fen={payout.compensationFen} size="s" />
            ) : (
              t('shell.none')
            ),
          ],
          [t('payouts.problem'), failure ? pick(failure) : (payout.failure ?? t('shell.none'))],
          [t('order.allowed'), allowed.join(', ') || t('shell.none')],
        ]}
      />
    </Panel>
  );
}

function Attempts({ of }: { of: PayoutDetail }): ReactNode {
  const t = useSay();
  return (
    <Panel title={t('payouts.attempts')} note={t('payouts.attemptsNote')}>
      <Listing
        caption={t('payouts.attempts')}
        rows={of.attempts}
        rowKey={({ outNo }) => outNo}
        empty={{ title: t('payouts.noAttempt'), next: t('payouts.noAttemptNext') }}
        columns={[
          { title: t('payouts.outNo'), show: ({ outNo }) => <ShortId id={outNo} /> },
          { title: t('orders.state'), show: ({ status }) => status },
          { title: t('payouts.asks'), align: 'right', show: ({ asks }) => asks },
          { title: t('payouts.account'), show: ({ accountLast4 }) => `···· ${accountLast4}` },
          { title: t('payouts.startedAt'), show: ({ startedAt }) => <When at={startedAt} /> },
          {
            title: t('payouts.knownAt'),
            show: ({ knownAt }) => (knownAt ? <When at={knownAt} /> : '–'),
          },
        ]}
      />
    </Panel>
  );
}

function Events({ of }: { of: PayoutDetail }): ReactNode {
  const t = useSay();
  return (
    <Panel title={t('payouts.events')}>
      <Listing
        caption={t('payouts.events')}
        rows={of.events}
        rowKey={({ eventId }) => eventId}
        empty={{ title: t('payouts.noEvent'), next: t('payouts.noEventNext') }}
        columns={[
          { title: t('payouts.event'), show: ({ eventId }) => <ShortId id={eventId} /> },
          { title: t('orders.state'), show: ({ status }) => status },
          { title: t('payouts.bankAt'), show: ({ bankAt }) => <When at={bankAt} /> },
          { title: t('payouts.receivedAt'), show: ({ receivedAt }) => <When at={receivedAt} /> },
          {
            title: t('payouts.handledAt'),
            show: ({ handledAt }) => (handledAt ? <When at={handledAt} /> : '–'),
          },
        ]}
      />
    </Panel>
  );
}

function History({ of }: { of: PayoutDetail }): ReactNode {
  const t = useSay();
  return (
    <Panel title={t('order.timeline')}>
      <Listing
        caption={t('order.timeline')}
        rows={of.timeline}
        rowKey={({ at, transition }) => `${at} ${transition}`}
        columns={[
          { title: t('payouts.at'), show: ({ at }) => <When at={at} /> },
          { title: t('processes.transition'), show: ({ transition }) => <code>{transition}</code> },
          { title: t('processes.by'), show: ({ by }) => by },
          { title: t('processes.to'), show: ({ to }) => <StateMark process="payout" state={to} /> },
        ]}
      />
    </Panel>
  );
}
