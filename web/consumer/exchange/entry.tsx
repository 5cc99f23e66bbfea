/** The ways to assignment, and to the exchange where the profile has one, on a person's own page. */
import { Link } from '@tanstack/react-router';
import { useAssignWords } from '../assign/texts.ts';
import { useExchange } from './profile.ts';
import { useWords } from './texts.ts';

export function ExchangeEntry(): React.ReactNode {
  const assign = useAssignWords();
  const { data } = useExchange();
  if (!data) return null;
  return (
    <>
      {data.chain && <OnChain />}
      <section className="panel stack" aria-labelledby="assign-entry">
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
    <section className="panel stack" aria-labelledby="exchange-entry">
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
