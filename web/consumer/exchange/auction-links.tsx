/** From a card to its auction, and to putting it up. */
import { Link } from '@tanstack/react-router';
import { useAuctionWords } from './auction-texts.ts';
import { type Token, useExchange } from './house.ts';

/** From a card to the auction that it is in. */
export function ToAuction({ token }: { token: Token }): React.ReactNode {
  const t = useAuctionWords();
  if (!token.auctionId) return null;
  return (
    <Link
      to="/exchange/$"
      params={{ _splat: `auctions/${token.auctionId}` }}
      className="hq-button"
      data-testid="to-auction"
    >
      {t('toAuction')}
    </Link>
  );
}

/** From a card that can be sold. */
export function ToPutUp({ token }: { token: Token }): React.ReactNode {
  const t = useAuctionWords();
  const exchange = useExchange();
  if (!exchange.data?.features.includes('english')) return null;
  return (
    <section className="panel form">
      <p className="fine">{t('putSay')}</p>
      <Link
        to="/exchange/$"
        params={{ _splat: `auction/${token.id}` }}
        className="hq-button hq-button-quiet"
        data-testid="to-put-up"
      >
        {t('put')}
      </Link>
    </section>
  );
}
