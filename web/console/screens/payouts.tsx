/** The list of payouts by state; what is past its promised day stands out in words and colour. */

import type { ReactNode } from 'react';
import { Money } from '../../kit/money.tsx';
import { chinaDay } from '../../kit/time.tsx';
import type { PayoutView } from '../api-types.ts';
import { useAsk } from '../ask.ts';
import { Link } from '../link.tsx';
import { ShortId } from '../parts/id.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Screen } from '../parts/screen.tsx';
import { Mark, StateMark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { filled, useFilters } from '../search.ts';
import { StateFilter } from './state-filter.tsx';

const EVERY_MS = 15_000;
const over = ['paid', 'closed', 'cancelled'];

/** Past its promised day and not yet with the seller. */
export const isLate = ({ promisedOn, state }: PayoutView): boolean =>
  promisedOn < chinaDay() && !over.includes(state);

export function Promised({ of }: { of: PayoutView }): ReactNode {
  const t = useSay();
  return (
    <span className="co-twoline">
      <time dateTime={of.promisedOn}>{of.promisedOn}</time>
      {isLate(of) && <Mark tone="bad">{t('payouts.late')}</Mark>}
    </span>
  );
}

export function PayoutsScreen(): ReactNode {
  const t = useSay();
  const [{ state, cursor }, filter] = useFilters();
  const payouts = useAsk(
    'GET /v1/console/payouts',
    { query: filled({ state, cursor }) },
    { everyMs: EVERY_MS },
  );
  return (
    <Screen title={t('payouts.title')} lead={t('payouts.lead')}>
      <div className="co-filters">
        <StateFilter process="payout" value={state} change={(next) => filter({ state: next })} />
      </div>
      <Listing
        caption={t('payouts.title')}
        rows={payouts.data?.items}
        error={payouts.error}
        refetch={payouts.refetch}
        rowKey={({ id }) => id}
        rowTone={(payout) => (isLate(payout) ? 'bad' : undefined)}
        paging={{ next: payouts.data?.next, cursor, go: (next) => filter({ cursor: next }) }}
        columns={[
          {
            title: t('payouts.id'),
            show: ({ id }) => (
              <Link to="/payouts/$id" params={{ id }}>
                <ShortId id={id} plain />
              </Link>
            ),
          },
          {
            title: t('orders.state'),
            show: (one) => <StateMark process="payout" state={one.state} />,
          },
          {
            title: t('payouts.amount'),
            align: 'right',
            show: ({ amountFen }) => <Money fen={amountFen} size="s" />,
          },
          {
            title: t('payouts.subject'),
            show: ({ subject }) => (
              <Link to="/orders/$id" params={{ id: subject }}>
                <ShortId id={subject} plain />
              </Link>
            ),
          },
          {
            title: t('payouts.account'),
            show: ({ accountLast4 }) => (accountLast4 ? <code>···· {accountLast4}</code> : '–'),
          },
          { title: t('payouts.promised'), show: (one) => <Promised of={one} /> },
          {
            title: t('payouts.paidAt'),
            show: ({ paidAt }) => (paidAt ? <When at={paidAt} /> : '–'),
          },
          {
            title: t('payouts.compensation'),
            align: 'right',
            show: ({ compensationFen }) =>
              compensationFen ? <Money fen={compensationFen} size="s" /> : '–',
          },
        ]}
      />
    </Screen>
  );
}
