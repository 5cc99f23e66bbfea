/** Cards that this person has put to auction, newest first. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { call } from '../../api.ts';
import { Empty, Money, Refusal, Skeleton, usePick, yuanText } from '../../kit/index.ts';
import { useSession } from '../session.ts';
import { usePageTitle } from '../shell.tsx';
import { SignInFirst } from '../sign-in-first.tsx';
import { useTexts } from '../texts.ts';

const EVERY_MS = 15_000;
const SHOWN = 50;

export function AuctionsPage(): React.ReactNode {
  const t = useTexts();
  const session = useSession();
  usePageTitle(t('auMineTitle'));
  return (
    <div className="page narrow">
      <h1>{t('auMineTitle')}</h1>
      {session.stranger ? <SignInFirst /> : <Mine />}
    </div>
  );
}

function Mine(): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const mine = useQuery({
    queryKey: ['auctions'],
    queryFn: () => call('GET /v1/me/auctions', { query: { limit: SHOWN } }),
    refetchInterval: EVERY_MS,
  });
  if (mine.error) return <Refusal of={mine.error} onRetry={() => void mine.refetch()} />;
  if (!mine.data) return <Skeleton lines={4} />;
  if (mine.data.items.length === 0)
    return (
      <Empty icon="orders" title={t('auNone')} say={t('auNoneSay')}>
        <Link to="/" className="hq-button">
          {t('navHome')}
        </Link>
      </Empty>
    );
  return (
    <ul className="stack">
      {mine.data.items.map((one) => (
        <li key={one.id} className="panel">
          <h2>
            <Link to="/auctions/$auctionId" params={{ auctionId: one.id }}>
              {pick(one.productName)}
            </Link>
          </h2>
          <p className="fine">
            {yuanText(one.faceFen)} · {t(`auKind_${one.kind}`)}
          </p>
          <p className="order-tags">
            <span className="tag" data-tone={one.state === 'offered' ? 'act' : 'wait'}>
              {pick({ zh: one.stateZh, en: one.stateEn })}
            </span>
            {one.priceFen && <Money fen={one.priceFen} size="s" />}
          </p>
        </li>
      ))}
    </ul>
  );
}
