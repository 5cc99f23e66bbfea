/** What a bid would have won of last week's sales, and prices that what was paid suggests. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { type ReactNode, useEffect, useState } from 'react';
import { Money } from '../../kit/money.tsx';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import type { HindsightView, Terms } from '../api-types.ts';
import { send } from '../client.ts';
import { Panel } from '../parts/screen.tsx';
import { useSay } from '../say.ts';
import { percentText } from './rates.ts';

/** Asked when the person has stopped typing for so long. */
const PAUSE_MS = 500;

interface HindsightProps {
  id: string;
  terms: Terms | undefined;
  /** A suggested share of the face was pressed. */
  choose: (rateBps: number) => void;
}

export function Hindsight({ id, terms, choose }: HindsightProps): ReactNode {
  const t = useSay();
  const settled = useSettled(terms);
  const week = useQuery({
    queryKey: ['hindsight', id, settled],
    queryFn: ({ signal }) =>
      send(
        'POST /v1/recyclers/:id/bids/try',
        { params: { id }, body: settled as Terms },
        { signal },
      ),
    enabled: settled !== undefined,
    placeholderData: keepPreviousData,
  });
  return (
    <Panel title={t('bid.week')} note={t('bid.weekNote')}>
      {!terms && <p className="co-note">{t('bid.complete')}</p>}
      {terms && week.error && <Refusal of={week.error} onRetry={() => void week.refetch()} />}
      {terms && !week.error && !week.data && <Skeleton lines={2} />}
      {terms && week.data && <Week of={week.data} choose={choose} />}
    </Panel>
  );
}

/** The terms as they were when nothing was typed any more. */
function useSettled(terms: Terms | undefined): Terms | undefined {
  const text = terms && JSON.stringify(terms);
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled === undefined ? undefined : (JSON.parse(settled) as Terms);
}

function Week(props: { of: HindsightView; choose: HindsightProps['choose'] }): ReactNode {
  const { of, choose } = props;
  const t = useSay();
  const { sales, won, outbid, usedUp, paidFen, faceFen, suggested } = of;
  const average = won > 0 ? Number((BigInt(paidFen) * 10_000n) / BigInt(faceFen)) : undefined;
  const counts = [
    [t('bid.wanted'), sales],
    [t('bid.won'), won],
    [t('bid.outbid'), outbid],
    [t('bid.usedUpN'), usedUp],
  ] as const;
  return (
    <>
      <dl className="co-tiles">
        {counts.map(([label, count]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{count}</dd>
          </div>
        ))}
        <div>
          <dt>{t('bid.paid')}</dt>
          <dd>
            <Money fen={paidFen} />
          </dd>
        </div>
        <div>
          <dt>{t('bid.average')}</dt>
          <dd>{average === undefined ? '–' : percentText(average)}</dd>
        </div>
      </dl>
      {suggested ? (
        <>
          <p className="co-note">{t('bid.suggest')}</p>
          <div className="co-actions">
            <Button onClick={() => choose(suggested.halfBps)}>
              {t('bid.suggestHalf', { rate: percentText(suggested.halfBps) })}
            </Button>
            <Button onClick={() => choose(suggested.mostBps)}>
              {t('bid.suggestMost', { rate: percentText(suggested.mostBps) })}
            </Button>
          </div>
        </>
      ) : (
        <p className="co-note">{t('bid.suggestNone')}</p>
      )}
    </>
  );
}
