/** The queue of the arbitration desk: what waits, the most urgent first; how the desk does; and all claims there were. */

import { Segmented } from 'antd';
import type { ReactNode } from 'react';
import { type Code, RESULTS } from '../../../src/cards/schema.ts';
import { usePick } from '../../kit/language.tsx';
import { Money } from '../../kit/money.tsx';
import { useNow } from '../../kit/time.tsx';
import { useAsk } from '../ask.ts';
import { Link } from '../link.tsx';
import { ShortId } from '../parts/id.tsx';
import { Listing } from '../parts/listing.tsx';
import { Due, momentText, When } from '../parts/moment.tsx';
import { Facts, Panel, Screen } from '../parts/screen.tsx';
import { Mark, StateMark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { filled, useFilters } from '../search.ts';

const EVERY_MS = 10_000;
const FIGURE_DAYS = 30;
const DAY_MS = 86_400_000;

export function ClaimsScreen(): ReactNode {
  const t = useSay();
  const pick = usePick();
  const [{ cursor, state }, filter] = useFilters();
  const which = state === 'all' ? 'all' : 'desk';
  const claims = useAsk(
    'GET /v1/console/claims',
    { query: filled({ cursor, queue: which }) },
    { everyMs: EVERY_MS },
  );
  const reason = (code: string): string => pick(RESULTS[code as Code].text);
  return (
    <Screen
      title={t('claims.title')}
      lead={t('claims.lead')}
      actions={
        <Segmented
          value={which}
          aria-label={t('claims.queue')}
          onChange={(value) => filter({ state: value === 'all' ? 'all' : undefined })}
          options={[
            { value: 'desk', label: t('claims.queue.desk') },
            { value: 'all', label: t('claims.queue.all') },
          ]}
        />
      }
    >
      <DeskFigures />
      <Listing
        caption={t('claims.title')}
        rows={claims.data?.items}
        error={claims.error}
        refetch={claims.refetch}
        rowKey={({ id }) => id}
        empty={{ title: t('claims.empty'), next: t('claims.emptyNext') }}
        paging={{ next: claims.data?.next, cursor, go: (next) => filter({ cursor: next }) }}
        columns={[
          {
            title: t('claims.claim'),
            show: ({ id }) => (
              <Link to="/claims/$id" params={{ id }}>
                …{id.slice(-8)}
              </Link>
            ),
          },
          {
            title: t('orders.state'),
            show: ({ state }) => <StateMark process="claim" state={state} />,
          },
          { title: t('cases.reason'), show: (one) => reason(one.reason) },
          { title: t('claims.atStake'), show: (one) => <Money fen={one.atStakeFen} size="s" /> },
          { title: t('cases.opened'), show: ({ openedAt }) => <When at={openedAt} /> },
          {
            title: t('claims.due'),
            show: ({ deadline }) => (deadline ? <Due at={deadline.at} /> : '–'),
          },
          {
            title: t('claims.reviewer'),
            show: ({ assignedTo, appealed }) => (
              <>
                {appealed && <Mark tone="warn">{t('claims.appealed')}</Mark>}{' '}
                {assignedTo ? <ShortId id={assignedTo} plain /> : t('claims.nobody')}
              </>
            ),
          },
        ]}
      />
    </Screen>
  );
}

function DeskFigures(): ReactNode {
  const t = useSay();
  const now = useNow(EVERY_MS);
  const day = (daysAgo: number): string =>
    momentText(new Date(now - daysAgo * DAY_MS).toISOString()).slice(0, 10);
  const query = { from: day(FIGURE_DAYS), to: day(0) };
  const { data } = useAsk('GET /v1/console/claims/figures', { query });
  if (!data) return null;
  const part = (of: number, whole: number): string =>
    whole === 0 ? '–' : `${((100 * of) / whole).toFixed(1)} %`;
  const hours = (n: number | undefined): string =>
    n === undefined ? '–' : t('overview.hours', { n: n.toFixed(1) });
  return (
    <Panel title={t('claims.figures', { n: FIGURE_DAYS })}>
      <Facts
        of={[
          [t('claims.figures.opened'), data.opened],
          [t('claims.figures.rate'), data.orders ? part(data.opened, data.orders) : '–'],
          [t('claims.figures.byRule'), part(data.byRule, data.decided)],
          [t('claims.figures.median'), hours(data.hoursMedian)],
          [t('claims.figures.p95'), hours(data.hoursP95)],
          [t('claims.figures.overturned'), part(data.overturned, data.appealed)],
        ]}
      />
    </Panel>
  );
}
