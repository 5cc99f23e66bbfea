/** Recyclers as staff see them: the newest first, with state, tier, cap and what was settled. */
import type { ReactNode } from 'react';
import { usePick } from '../../kit/language.tsx';
import { Money } from '../../kit/money.tsx';
import type { RecyclerFile } from '../api-types.ts';
import { useAsk } from '../ask.ts';
import { Link } from '../link.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Screen } from '../parts/screen.tsx';
import { StateMark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { filled, useFilters } from '../search.ts';
import { StateFilter } from './state-filter.tsx';

export function RecyclersScreen(): ReactNode {
  const t = useSay();
  const pick = usePick();
  const [{ cursor, state }, filter] = useFilters();
  const query = filled({ cursor, state: state as RecyclerFile['state'] | undefined });
  const all = useAsk('GET /v1/console/recyclers', { query });
  return (
    <Screen
      title={t('recyclers.title')}
      lead={t('recyclers.lead')}
      actions={
        <StateFilter
          process="recycler_account"
          value={state}
          change={(next) => filter({ state: next })}
        />
      }
    >
      <Listing
        caption={t('recyclers.title')}
        rows={all.data?.items}
        error={all.error}
        refetch={all.refetch}
        rowKey={({ id }) => id}
        empty={{ title: t('recyclers.none'), next: t('recyclers.noneNext') }}
        paging={{ next: all.data?.next, cursor, go: (next) => filter({ cursor: next }) }}
        columns={[
          {
            title: t('recyclers.name'),
            show: ({ id, name, creditCode }) => (
              <span className="co-twoline">
                <Link to="/recyclers/$id" params={{ id }}>
                  {name}
                </Link>
                <small>
                  <code>{creditCode}</code>
                </small>
              </span>
            ),
          },
          {
            title: t('orders.state'),
            show: (one) => (
              <span className="co-twoline">
                <StateMark process="recycler_account" state={one.state} />
                {one.reasonSaid && <small>{pick(one.reasonSaid)}</small>}
              </span>
            ),
          },
          { title: t('shop.tierIs'), show: ({ tier }) => t(`shop.${tier}`) },
          {
            title: t('shop.cap'),
            align: 'right',
            show: ({ capFen }) => <Money fen={capFen} size="s" />,
          },
          {
            title: t('shop.settled'),
            align: 'right',
            show: ({ settledFen }) => <Money fen={settledFen} size="s" />,
          },
          { title: t('shop.when'), show: ({ createdAt }) => <When at={createdAt} /> },
        ]}
      />
    </Screen>
  );
}
