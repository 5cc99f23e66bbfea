/** My credit score: what raised it, what lowered it, what it unlocks, and what is missing to the next step. */
import { useQuery } from '@tanstack/react-query';
import { call } from '../../api.ts';
import { Money, Refusal, Skeleton, usePick } from '../../kit/index.ts';
import { useTexts } from '../texts.ts';

const SCORE_MAX = 1_000;

export function MyScore(): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const score = useQuery({
    queryKey: ['my-score'],
    queryFn: () => call('GET /v1/market/my/score'),
  });
  if (score.error) return <Refusal of={score.error} onRetry={() => void score.refetch()} />;
  if (!score.data) return <Skeleton lines={4} />;
  const { score: points, tier, unlocks, reasons, next } = score.data;
  return (
    <section className="panel stack" aria-labelledby="score" data-testid="my-score">
      <h2 id="score">{t('mkScoreWhy')}</h2>
      <p className="mk-score">
        <strong>{points}</strong> / {SCORE_MAX} · {t(`mkTier_${tier}`)}
      </p>
      <meter
        min={0}
        max={SCORE_MAX}
        value={points}
        aria-label={t('mkScore')}
        className="mk-score-bar"
      />
      {next && (
        <p className="fine">
          {t('mkScoreNext', { n: next.points })} {t(`mkTier_${next.tier}`)}
        </p>
      )}
      {reasons.length === 0 && <p className="fine">{t('mkScoreNone')}</p>}
      <dl className="facts">
        {reasons.map(({ kind, text, count, points: effect }) => (
          <div key={kind}>
            <dt>
              {pick(text)} × {count}
            </dt>
            <dd>{effect > 0 ? `+${effect}` : effect}</dd>
          </div>
        ))}
      </dl>
      <h3>{t('mkScoreUnlocks')}</h3>
      <dl className="facts">
        <div>
          <dt>{t('mkScoreListings')}</dt>
          <dd>{unlocks.liveListingsMax}</dd>
        </div>
        <div>
          <dt>{t('mkScorePrice')}</dt>
          <dd>
            <Money fen={unlocks.priceFenMax} />
          </dd>
        </div>
        <div>
          <dt>{t('mkScoreHold')}</dt>
          <dd>{t('mkScoreHours', { n: unlocks.holdBackHours })}</dd>
        </div>
      </dl>
      <p className="fine">{t('mkScoreNever')}</p>
    </section>
  );
}
