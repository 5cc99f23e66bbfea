/** What a price would mean: selling now instead, what others were paid, and how likely a sale is by when. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { call } from '../../api.ts';
import { Money } from '../../kit/index.ts';
import { useTexts } from '../texts.ts';

const TYPING_MS = 400;
const DAYS = [1, 3, 7] as const;

interface SuggestProps {
  sku: string;
  faceFen: string;
  valueFen: string | undefined;
  priceFen: string | undefined;
}

export function Suggest(props: SuggestProps): React.ReactNode {
  const t = useTexts();
  const asked = useSettled(props);
  const { sku, faceFen, valueFen, priceFen } = asked;
  const suggestion = useQuery({
    queryKey: ['suggest', sku, faceFen, valueFen, priceFen],
    queryFn: () =>
      call('GET /v1/market/suggest', {
        query: {
          ...{ sku, faceFen },
          ...(valueFen && { valueFen }),
          ...(priceFen && { priceFen }),
        },
      }),
    // Half-typed amounts make no sense yet; the form itself says so when they are sent.
    retry: false,
    placeholderData: (last) => (last?.sku === sku ? last : undefined),
  });
  const { data } = suggestion;
  if (!data) return null;
  const chance = data.chances[0];
  return (
    <section className="mk-suggest" aria-label={t('mkSellSuggest')} data-testid="suggest">
      {data.buybackNetFen && (
        <p>
          {t('mkSellBuyback')} <Money fen={data.buybackNetFen} />
        </p>
      )}
      {data.sold.enough && data.sold.medianFen ? (
        <p>
          {t('mkSellSold', { n: data.sold.count })} <Money fen={data.sold.medianFen} />
        </p>
      ) : (
        <p className="fine">{t('mkSellSoldNone')}</p>
      )}
      {priceFen && chance && (
        <dl className="facts">
          {DAYS.map((days) => {
            const percent = chance[`pct${days}`];
            return (
              <div key={days}>
                <dt>{t('mkSellChance', { n: days })}</dt>
                <dd>{chance.enough && percent !== undefined ? `${percent} %` : '—'}</dd>
              </div>
            );
          })}
        </dl>
      )}
    </section>
  );
}

function useSettled(value: SuggestProps): SuggestProps {
  const [settled, setSettled] = useState(value);
  const key = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(JSON.parse(key) as SuggestProps), TYPING_MS);
    return () => clearTimeout(timer);
  }, [key]);
  return settled;
}
