/** The ways to assignment, and to the exchange where the profile has one, on a person's own page. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { call } from '../../api.ts';
import { useAssignWords } from '../assign/texts.ts';
import { useWords } from './texts.ts';

export function ExchangeEntry(): React.ReactNode {
  const assign = useAssignWords();
  // Asked here and not by the exchange's own parts, which would bring the wallet's code along.
  const { data } = useQuery({
    queryKey: ['exchange'],
    queryFn: () => call('GET /v1/exchange'),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!data) return null;
  return (
    <>
      {data.chain && <OnChain />}
      <section className="panel" aria-labelledby="assign-entry">
        <h2 id="assign-entry">{assign('title')}</h2>
        <p>{assign('say')}</p>
        <Link
          to="/assign/$"
          params={{ _splat: 'list' }}
          className="hq-button hq-button-quiet"
          data-testid="to-assign"
        >
          {assign('title')}
        </Link>
      </section>
    </>
  );
}

function OnChain(): React.ReactNode {
  const t = useWords();
  return (
    <section className="panel" aria-labelledby="exchange-entry">
      <h2 id="exchange-entry">{t('title')}</h2>
      <p>{t('say')}</p>
      <Link
        to="/exchange/$"
        params={{ _splat: 'offers' }}
        className="hq-button"
        data-testid="to-exchange"
      >
        {t('title')}
      </Link>
    </section>
  );
}
