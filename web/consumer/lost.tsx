/** An address that leads nowhere. */
import { Link } from '@tanstack/react-router';
import { Empty } from '../kit/index.ts';
import { usePageTitle } from './shell.tsx';
import { useTexts } from './texts.ts';

export function Lost(): React.ReactNode {
  const t = useTexts();
  usePageTitle(t('lostTitle'));
  return (
    <div className="page">
      <h1 className="hq-unseen">{t('lostTitle')}</h1>
      <Empty icon="search" title={t('lostTitle')} say={t('lostSay')}>
        <Link to="/" className="hq-button">
          {t('lostHome')}
        </Link>
      </Empty>
    </div>
  );
}
