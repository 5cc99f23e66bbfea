/** The way from a card that somebody else holds to a swap for it. */
import { Link } from '@tanstack/react-router';
import type { Token } from './house.ts';
import { useOfferWords } from './offer-texts.ts';

export function SwapEntry({ token }: { token: Token }): React.ReactNode {
  const t = useOfferWords();
  if (token.mine) return null;
  return (
    <Link
      to="/exchange/$"
      params={{ _splat: `swap/${token.id}` }}
      className="hq-button hq-button-quiet"
      data-testid="to-swap"
    >
      {t('toSwap')}
    </Link>
  );
}
