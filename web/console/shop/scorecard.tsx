/** How a recycler keeps its word, as the shop and staff see it: one score, its parts, and what they came from. */
import type { ReactNode } from 'react';
import { Money } from '../../kit/money.tsx';
import type { Scorecard } from '../api-types.ts';
import { Facts, Panel } from '../parts/screen.tsx';
import { useSay } from '../say.ts';

const percent = (bps: number): string => `${(bps / 100).toFixed(1)}%`;
const MINUTES_AN_HOUR = 60;

export function ScorecardPanel({ of }: { of: Scorecard | undefined }): ReactNode {
  const t = useSay();
  if (!of) return null;
  const { reportMinutes } = of;
  const hours = reportMinutes === undefined ? undefined : reportMinutes / MINUTES_AN_HOUR;
  const counted = t('score.honestyOf', { good: of.trueReports, bad: of.falseReports });
  return (
    <Panel title={t('score.title')} note={t('score.note', { days: of.windowDays })}>
      <Facts
        of={[
          [t('score.score'), <strong key="score">{of.score} / 100</strong>],
          [t('score.rank'), t(`score.rank${of.rank}` as 'score.rank1')],
          [t('score.honesty'), `${percent(of.honestyBps)} · ${counted}`],
          [
            t('score.speed'),
            hours === undefined
              ? percent(of.speedBps)
              : `${percent(of.speedBps)} · ${t('score.speedOf', { hours: hours.toFixed(1) })}`,
          ],
          [t('score.defaults'), `${percent(of.defaultBps)} · ${of.defaults}`],
          [t('score.lost'), `${percent(of.lossBps)} · ${of.disputesLost}`],
          [
            t('score.volume'),
            <span key="volume">
              {t('score.volumeOf', { n: of.settled })} · <Money fen={of.settledFen} size="s" />
            </span>,
          ],
        ]}
      />
    </Panel>
  );
}
