/** The exchange of the consumer app: offers, my assets, my wallet. One address with parts, fetched when it is opened. */
import { Link, useParams } from '@tanstack/react-router';
import { Empty, Icon, Notice, Refusal, Skeleton, usePick, yuanText } from '../../kit/index.ts';
import { Lost } from '../lost.tsx';
import { Rows } from '../rows.tsx';
import { useSession } from '../session.ts';
import { usePageTitle } from '../shell.tsx';
import { ChainAuctionPage, ChainAuctions } from './auction.tsx';
import { PutUpPage } from './auction-put.tsx';
import { BasketEntry, BasketPage } from './basket.tsx';
import { BidPage } from './bid.tsx';
import { NewCard, TokenPage } from './cards.tsx';
import { DeliveryPage } from './delivery.tsx';
import { DeliveryBidPage } from './delivery-bid.tsx';
import './exchange.css';
import { SignInFirst } from '../sign-in-first.tsx';
import { FractionPage, Fractions } from './fraction.tsx';
import { type Chain, type Exchange, useOffers } from './house.ts';
import { OfferPage } from './offer.tsx';
import { CardsOfOthers } from './others.tsx';
import { Portfolio } from './portfolio.tsx';
import { useExchange } from './profile.ts';
import { SignSheet } from './sign.tsx';
import { NewSwap, SwapPage } from './swap.tsx';
import { useWords } from './texts.ts';
import { WalletPanel } from './wallet-panel.tsx';

export function ExchangePage(): React.ReactNode {
  const t = useWords();
  const exchange = useExchange();
  const { _splat: rest = '' } = useParams({ strict: false });
  usePageTitle(t('title'));
  if (exchange.error)
    return (
      <div className="page narrow">
        <Refusal of={exchange.error} onRetry={() => void exchange.refetch()} />
      </div>
    );
  if (!exchange.data) return <Skeleton lines={6} />;
  const { chain } = exchange.data;
  // A profile without a token has no such page; nothing on it says that there could be one.
  if (!chain) return <Lost />;
  const [part = '', id = ''] = rest.split('/');
  return (
    <div className="page narrow stack" data-testid="exchange">
      {part && id && (
        <Link to="/exchange/$" params={{ _splat: HOME[part] ?? part }} className="hq-link crumb">
          <Icon name="back" size={18} /> {t('back')}
        </Link>
      )}
      <Part part={part} id={id} chain={chain} exchange={exchange.data} />
      <SignSheet chain={chain} />
    </div>
  );
}

/** Where one comes back to from what has no list of its own. */
const HOME: Readonly<Record<string, string>> = {
  basket: 'offers',
  bids: 'cards',
  swap: 'offers',
  swaps: 'cards',
  deliver: 'offers',
  deliveries: 'cards',
  shares: 'offers',
  auctions: 'offers',
  auction: 'cards',
};

interface PartProps {
  part: string;
  id: string;
  chain: Chain;
  exchange: Exchange;
}

function Part({ part, id, chain, exchange }: PartProps): React.ReactNode {
  if (part === 'offers' && id) return <OfferPage id={id} chain={chain} />;
  if (part === 'cards' && id === 'new') return <NewCard />;
  if (part === 'deliver' && id) return <DeliveryBidPage id={id} chain={chain} />;
  if (part === 'swap' && id) return <NewSwap id={id} chain={chain} />;
  if (part === 'swaps' && id) return <SwapPage id={id} chain={chain} />;
  if (part === 'basket') return <BasketPage chain={chain} />;
  if (part === 'bids' && id) return <BidPage id={id} chain={chain} />;
  if (part === 'deliveries' && id) return <DeliveryPage id={id} chain={chain} />;
  if (part === 'shares' && id) return <FractionPage id={id} chain={chain} />;
  if (part === 'auctions' && id) return <ChainAuctionPage id={id} chain={chain} />;
  if (part === 'auction' && id) return <PutUpPage id={id} chain={chain} />;
  if (part === 'cards' && id) return <TokenPage id={id} chain={chain} />;
  return (
    <>
      <Head chain={chain} exchange={exchange} />
      <Tabs part={part} />
      {part === 'cards' || part === 'wallet' ? <Mine part={part} chain={chain} /> : <Offers />}
      {part === 'offers' && <CardsOfOthers />}
      {part === 'offers' && <ChainAuctions />}
      {part === 'offers' && <Fractions />}
    </>
  );
}

function Head({ chain, exchange }: { chain: Chain; exchange: Exchange }): React.ReactNode {
  const t = useWords();
  const { approval, priceCapFen } = chain;
  return (
    <>
      <h1>{t('title')}</h1>
      <p>{t('say')}</p>
      {exchange.profile === 'SANDBOX' && approval && (
        <Notice tone="info" icon="shield">
          {t('sandbox', { ...approval, cap: yuanText(priceCapFen ?? '0') })}
        </Notice>
      )}
      {chain.test && <p className="fine">{t('testChain')}</p>}
    </>
  );
}

const TABS = [
  { part: 'offers', text: 'tabOffers' },
  { part: 'cards', text: 'tabCards' },
  { part: 'wallet', text: 'tabWallet' },
] as const;

function Tabs({ part }: { part: string }): React.ReactNode {
  const t = useWords();
  const here = TABS.find((one) => one.part === part)?.part ?? 'offers';
  return (
    <nav className="ex-tabs" aria-label={t('title')}>
      {TABS.map((one) => (
        <Link
          key={one.part}
          to="/exchange/$"
          params={{ _splat: one.part }}
          aria-current={one.part === here ? 'page' : undefined}
          data-testid={`tab-${one.part}`}
        >
          {t(one.text)}
        </Link>
      ))}
    </nav>
  );
}

function Mine({ part, chain }: { part: string; chain: Chain }): React.ReactNode {
  const session = useSession();
  if (session.loading) return <Skeleton lines={4} />;
  if (!session.me) return <SignInFirst />;
  if (part === 'wallet') return <WalletPanel chain={chain} />;
  return <Portfolio chain={chain} />;
}

function Offers(): React.ReactNode {
  const t = useWords();
  const pick = usePick();
  const offers = useOffers();
  if (offers.error) return <Refusal of={offers.error} onRetry={() => void offers.refetch()} />;
  if (!offers.data) return <Skeleton lines={5} />;
  if (offers.data.length === 0)
    return (
      <Empty icon="shop" title={t('offersNone')} say={t('offersNoneSay')}>
        <Link to="/exchange/$" params={{ _splat: 'cards/new' }} className="hq-button">
          {t('tokenise')}
        </Link>
      </Empty>
    );
  const rows = offers.data.map((one) => ({
    ...{ key: one.id, to: `offers/${one.id}`, title: pick(one.token.product), fen: one.priceFen },
    say: `${t('face')} ${yuanText(one.token.faceFen)} · ${one.mine ? t('ownerMe') : one.token.last4}`,
  }));
  return (
    <>
      <Rows root="/exchange/$" rows={rows} id="offers" />
      <BasketEntry offers={offers.data} />
    </>
  );
}
