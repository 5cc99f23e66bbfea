/** Who gave and agreed to be named: gifts out of sales, names masked, the newest first; open to everybody. */
import { Link } from '@tanstack/react-router';
import { call } from '../../api.ts';
import { Empty, Icon, Moment, Money, Refusal, Skeleton, usePick } from '../../kit/index.ts';
import { usePageTitle } from '../shell.tsx';
import { useTexts } from '../texts.ts';
import { usePages } from './pages.tsx';

const REFRESH_MS = 60_000;

export function DonorsPage(): React.ReactNode {
  const t = useTexts();
  usePageTitle(t('mkDonors'));
  return (
    <div className="page narrow">
      <Link to="/market" search={{}} className="hq-link crumb">
        <Icon name="back" size={18} /> {t('mkTitle')}
      </Link>
      <h1>{t('mkDonors')}</h1>
      <p>{t('mkDonorsSay')}</p>
      <Donors />
    </div>
  );
}

function Donors(): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const gifts = usePages(['donors'], (query) => call('GET /v1/donations', { query }), REFRESH_MS);
  if (gifts.error) return <Refusal of={gifts.error} onRetry={gifts.retry} />;
  if (!gifts.items) return <Skeleton lines={6} />;
  if (gifts.items.length === 0)
    return (
      <Empty icon="me" title={t('mkDonorsNone')} say={t('mkDonorsNoneSay')}>
        <Link to="/market/sell" search={{}} className="hq-button">
          {t('mkSellMine')}
        </Link>
      </Empty>
    );
  // The list names nobody, so a gift has nothing of its own but its place.
  const rows = gifts.items.map((gift, at) => ({ ...gift, key: `${at}` }));
  return (
    <>
      <ul className="mk-mine" data-testid="donors">
        {rows.map(({ key, donor, charity, amountFen, day }) => (
          <li key={key} className="panel mk-donor">
            <strong>{donor}</strong>
            <Money fen={amountFen} size="l" />
            <span className="fine">
              {t('mkGiftTo')} {pick({ zh: charity.nameZh, en: charity.nameEn })}
            </span>
            <span className="fine">
              <Moment at={day} form="date" />
            </span>
          </li>
        ))}
      </ul>
      {gifts.more}
    </>
  );
}
