/** What a price table would change: how many faces rise or fall, how far, and whether notice is due. */
import { Button } from 'antd';
import { type ReactNode, useMemo, useState } from 'react';
import { Chart } from '../../kit/chart.tsx';
import { usePick } from '../../kit/language.tsx';
import { Money } from '../../kit/money.tsx';
import type { Preview, PreviewRow } from '../api-types.ts';
import { useAct } from '../ask.ts';
import { Listing } from '../parts/listing.tsx';
import { momentText } from '../parts/moment.tsx';
import { Panel } from '../parts/screen.tsx';
import { CategoryName, Mark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';

export function PricePreview({ id, blocked }: { id: string; blocked: boolean }): ReactNode {
  const t = useSay();
  const act = useAct('POST /v1/console/price-tables/:id/preview');
  const [preview, setPreview] = useState<Preview>();
  const look = async (): Promise<void> => {
    const answer = await act.ask({ params: { id }, body: {} });
    if (answer) setPreview(answer.reply);
  };
  return (
    <Panel
      title={t('prices.preview')}
      note={
        preview
          ? t('prices.previewNote', {
              version: preview.comparedWith,
              count: preview.count,
              raised: preview.raised,
              lowered: preview.lowered,
            })
          : t('prices.previewFirst')
      }
      actions={
        <Button loading={act.busy} disabled={blocked} onClick={() => void look()}>
          {t('prices.preview')}
        </Button>
      }
    >
      {preview && <Effect of={preview} />}
    </Panel>
  );
}

const BPS_PER_PERCENT = 100;
const percent = (bps: number): string =>
  `${bps > 0 ? '+' : bps < 0 ? '−' : ''}${(Math.abs(bps) / BPS_PER_PERCENT).toFixed(2)} %`;

function Effect({ of }: { of: Preview }): ReactNode {
  const t = useSay();
  const pick = usePick();
  const earliest = momentText(of.earliestFrom);
  return (
    <>
      <dl className="co-tiles">
        <div>
          <dt>{t('prices.mean')}</dt>
          <dd>{percent(of.meanChangeBps)}</dd>
        </div>
        <div>
          <dt>{t('prices.range')}</dt>
          <dd className="co-tile-small">
            {percent(of.minChangeBps)} … {percent(of.maxChangeBps)}
          </dd>
        </div>
        <div>
          <dt>{t('prices.floorBefore')}</dt>
          <dd>{of.belowFloorBefore}</dd>
        </div>
        <div data-bad={of.belowFloorAfter > of.belowFloorBefore}>
          <dt>{t('prices.floorAfter')}</dt>
          <dd>{of.belowFloorAfter}</dd>
        </div>
      </dl>
      <div className="co-notice">
        <Mark tone={of.noticeNeeded ? 'warn' : 'good'}>
          {of.noticeNeeded ? t('prices.notice', { at: earliest }) : t('prices.noNotice')}
        </Mark>
        <ul className="co-plain-list">
          {of.noticeBecause.map((because) => (
            <li key={because.en}>{pick(because)}</li>
          ))}
        </ul>
      </div>
      <Histogram of={of} />
      <h3>{t('prices.worst')}</h3>
      <Rows of={of.worst} caption={t('prices.worst')} />
    </>
  );
}

const EDGE_PERCENT = 10;

/** One bar per percent of face from −10 to +10; what lies beyond is counted in the outermost bars. */
function Histogram({ of }: { of: Preview }): ReactNode {
  const t = useSay();
  const { labels, values } = useMemo(() => {
    const counts = new Map<number, number>();
    for (const { changeBps } of of.rows) {
      const whole = Math.round(changeBps / BPS_PER_PERCENT);
      const bar = Math.max(-EDGE_PERCENT, Math.min(EDGE_PERCENT, whole));
      counts.set(bar, (counts.get(bar) ?? 0) + 1);
    }
    const bars = Array.from({ length: 2 * EDGE_PERCENT + 1 }, (_, index) => index - EDGE_PERCENT);
    const sign = (n: number): string => (n > 0 ? `+${n}` : String(n).replace('-', '−'));
    const edge = (n: number): string =>
      n === -EDGE_PERCENT ? '≤ ' : n === EDGE_PERCENT ? '≥ ' : '';
    return {
      labels: bars.map((bar) => `${edge(bar)}${sign(bar)} %`),
      values: bars.map((bar) => counts.get(bar) ?? 0),
    };
  }, [of.rows]);
  const series = useMemo(
    () => [{ name: t('prices.histogram'), kind: 'bar' as const, values }],
    [t, values],
  );
  return (
    <Chart
      title={t('prices.histogram')}
      summary={t('prices.histogramSum', {
        mean: percent(of.meanChangeBps),
        min: percent(of.minChangeBps),
        max: percent(of.maxChangeBps),
      })}
      labels={labels}
      series={series}
      height={200}
    />
  );
}

function Rows({ of, caption }: { of: readonly PreviewRow[]; caption: string }): ReactNode {
  const t = useSay();
  const pick = usePick();
  return (
    <Listing
      caption={caption}
      rows={of}
      rowKey={({ sku, faceFen }) => `${sku} ${faceFen}`}
      columns={[
        {
          title: t('orders.product'),
          show: ({ name, category }) => (
            <span className="co-twoline">
              <span>{pick(name)}</span>
              <small>
                <CategoryName of={category} />
              </small>
            </span>
          ),
        },
        {
          title: t('orders.face'),
          align: 'right',
          show: ({ faceFen }) => <Money fen={faceFen} size="s" />,
        },
        {
          title: t('prices.old'),
          align: 'right',
          show: ({ oldNetFen }) => <Money fen={oldNetFen} size="s" />,
        },
        {
          title: t('prices.next'),
          align: 'right',
          show: ({ newNetFen }) => <Money fen={newNetFen} size="s" />,
        },
        {
          title: t('prices.change'),
          align: 'right',
          show: ({ changeFen, changeBps }) => (
            <span className="co-twoline">
              <Money fen={changeFen} size="s" signed />
              <small>{percent(changeBps)}</small>
            </span>
          ),
        },
        {
          title: t('prices.floor'),
          show: ({ belowFloor }) =>
            belowFloor ? <Mark tone="bad">{t('prices.belowFloor')}</Mark> : '–',
        },
      ]}
    />
  );
}
