/** What buyers would pay at once, for sellers to see: on the page of a product, while listing, and beside a listing. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from '../../api.ts';
import { Discount, Money, Notice, Refusal, toast, yuanText } from '../../kit/index.ts';
import { Do, useAct } from '../act.tsx';
import { useTexts } from '../texts.ts';
import type { OwnListing, Wish } from './types.ts';
import { WishTerms } from './wants.tsx';

function useWanted(sku: string, valueFen?: string) {
  return useQuery({
    queryKey: ['wanted', sku, valueFen],
    queryFn: () => call('GET /v1/market/wanted', { query: { sku, ...(valueFen && { valueFen }) } }),
    // A half-typed amount makes no sense yet; the form says so when it is sent.
    retry: false,
  });
}

/** The best of them, in a sentence, where a price is being chosen. */
export function WantedNow({ sku, valueFen }: { sku: string; valueFen: string }): React.ReactNode {
  const t = useTexts();
  const best = useWanted(sku, valueFen).data?.items[0];
  if (!best) return null;
  return (
    <Notice tone="good" icon="trend" title={t('mkWantedNow', { price: yuanText(best.priceFen) })}>
      <WishTerms wish={best} />
      <p className="fine">{t('mkWantedHow')}</p>
    </Notice>
  );
}

export function Wanted({ sku }: { sku: string }): React.ReactNode {
  const t = useTexts();
  const wanted = useWanted(sku);
  if (wanted.error) return <Refusal of={wanted.error} onRetry={() => void wanted.refetch()} />;
  if (!wanted.data) return null;
  const { items } = wanted.data;
  if (items.length === 0) return <p className="fine">{t('mkWantedNone')}</p>;
  return (
    <>
      <ul className="mk-wanted" data-testid="wanted">
        {items.map((wish) => (
          <li key={wish.id}>
            <span>
              {t('mkWantedUpTo')} <Money fen={wish.priceFen} size="l" />{' '}
              <Discount fen={wish.priceFen} ofFen={wish.valueMaxFen} of="balance" />
            </span>
            <WishTerms wish={wish} />
          </li>
        ))}
      </ul>
      <p className="fine">{t('mkWantedHow')}</p>
    </>
  );
}

/** Beside my listing: who would take it now, and at what. */
export function AnswerWanted({ listing }: { listing: OwnListing }): React.ReactNode {
  const t = useTexts();
  const { data } = useWanted(listing.product.sku, listing.declaredFen);
  const queries = useQueryClient();
  const answer = useAct('POST /v1/market/wants/:id/answer', () => {
    toast(t('mkWantedDone'));
    void queries.invalidateQueries({ queryKey: ['wanted'] });
  });
  const best = data?.items.slice(0, SHOWN) ?? [];
  if (best.length === 0) return null;
  const priceFor = (wish: Wish & { priceFen: string }): string =>
    BigInt(wish.priceFen) < BigInt(listing.priceFen) ? wish.priceFen : listing.priceFen;
  return (
    <section className="mk-suggest" aria-label={t('mkWantedTitle')} data-testid="answer-wanted">
      <h3>{t('mkWantedTitle')}</h3>
      <ul className="mk-wanted">
        {best.map((wish) => (
          <li key={wish.id}>
            <WishTerms wish={wish} />
            <Do
              tone="quiet"
              busy={answer.isPending}
              testId="answer-want"
              onClick={() =>
                answer.mutate({
                  params: { id: wish.id },
                  body: { listingId: listing.id, priceFen: priceFor(wish) },
                })
              }
            >
              {t('mkWantedSell', { price: yuanText(priceFor(wish)) })}
            </Do>
          </li>
        ))}
      </ul>
      <p className="fine">{t('mkWantedKeep')}</p>
      {answer.error && <Refusal of={answer.error} />}
    </section>
  );
}
const SHOWN = 3;
