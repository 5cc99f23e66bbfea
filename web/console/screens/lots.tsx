/** Bulk lots as staff see them, newest first, by state. */
import type { ReactNode } from 'react';
import type { LotFile } from '../api-types.ts';
import { useAsk } from '../ask.ts';
import { Link } from '../link.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Screen } from '../parts/screen.tsx';
import { StateMark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { filled, useFilters } from '../search.ts';
import { StateFilter } from './state-filter.tsx';

export function LotsScreen(): ReactNode {
  const t = useSay();
  const [{ cursor, state }, filter] = useFilters();
  const query = filled({ cursor, state: state as LotFile['state'] | undefined });
  const all = useAsk('GET /v1/console/lots', { query });
  return (
    <Screen
      title={t('nav.lots')}
      lead={t('lots.staffLead')}
      actions={
        <StateFilter process="lot" value={state} change={(next) => filter({ state: next })} />
      }
    >
      <Listing
        caption={t('nav.lots')}
        rows={all.data?.items}
        error={all.error}
        refetch={all.refetch}
        rowKey={({ id }) => id}
        empty={{ title: t('lots.none'), next: '' }}
        paging={{ next: all.data?.next, cursor, go: (next) => filter({ cursor: next }) }}
        columns={[
          {
            title: t('lots.title'),
            show: ({ id, title, company }) => (
              <span className="co-twoline">
                <Link to="/lots/$lotId" params={{ lotId: id }}>
                  {title}
                </Link>
                <small>{company}</small>
              </span>
            ),
          },
          {
            title: t('lots.state'),
            show: ({ state }) => <StateMark process="lot" state={state} />,
          },
          { title: t('lots.cards'), align: 'right', show: ({ declaredRows }) => declaredRows },
          { title: t('shop.when'), show: ({ createdAt }) => <When at={createdAt} /> },
        ]}
      />
    </Screen>
  );
}
