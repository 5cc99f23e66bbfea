/** The way to the exchange on a person's own page; nothing where the profile has none. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { call } from '../../api.ts';
import { useWords } from './texts.ts';

export function ExchangeEntry(): React.ReactNode {
  const t = useWords();
  // Asked here and not by the exchange's own parts, which would bring the wallet's code along.
  const { data } = useQuery({
    queryKey: ['exchange'],
    queryFn: () => call('GET /v1/exchange'),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!data?.chain) return null;
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
