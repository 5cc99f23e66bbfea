/** Pieces that several market screens share: amounts line by line, restrictions, the seller's standing. */
import { restrictionSentence } from '../../../src/cards/schema.ts';
import { Icon, Moment, Money, useLanguage } from '../../kit/index.ts';
import { useProducts } from '../catalogue.ts';
import { useTexts } from '../texts.ts';
import type { Listing, MarketOrder } from './types.ts';

/** Where the query cache keeps an order. */
export const orderKey = (id: string): readonly string[] => ['market-order', id];

/** Not said where there is none of it. */
const IF_ANY: readonly string[] = ['CHARITY', 'TAX', 'PREMIUM'];
const isSaid = ({ code, fen }: MarketOrder['lines'][number]): boolean =>
  !IF_ANY.includes(code) || BigInt(fen) !== 0n;
/** Sums and ends: what stands under the line. */
const SUMS: readonly string[] = ['NET', 'TOTAL'];

export function Lines({ lines }: { lines: MarketOrder['lines'] }): React.ReactNode {
  const t = useTexts();
  return (
    <dl className="facts mk-lines" data-testid="lines">
      {lines.filter(isSaid).map(({ code, fen }) => (
        <div key={code} data-sum={SUMS.includes(code)}>
          <dt>{t(`mkLine_${code}`)}</dt>
          <dd>
            <Money fen={fen} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** A card that says no last day may still have one, unless cards of its kind never end. */
export function Expiry({ sku, on }: { sku: string; on: string | undefined }): React.ReactNode {
  const t = useTexts();
  const product = useProducts().data?.find((one) => one.sku === sku);
  if (on) return <Moment at={on} form="date" />;
  return t(product?.validity.kind === 'none' ? 'mkNoExpiry' : 'mkExpiryUnsaid');
}

export function RestrictionList({
  restrictions,
}: {
  restrictions: Listing['restrictions'];
}): React.ReactNode {
  const language = useLanguage();
  return (
    <ul className="bullets mk-rules" data-testid="restrictions">
      {restrictions.map((fact) => {
        const said = restrictionSentence(fact, language);
        return <li key={said}>{said}</li>;
      })}
    </ul>
  );
}

export function Stars({ stars }: { stars: number }): React.ReactNode {
  const t = useTexts();
  return (
    <span className="mk-stars" role="img" aria-label={t('mkReviewStar', { n: stars })}>
      {[1, 2, 3, 4, 5].map((star) => (
        <span key={star} data-on={star <= stars}>
          <Icon name="member" size={16} />
        </span>
      ))}
    </span>
  );
}
