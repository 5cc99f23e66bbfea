/** One card on sale: its price and its restrictions side by side, who sells it, and how to buy it. */
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api.ts';
import {
  CardFace,
  Discount,
  Field,
  fenFromYuan,
  GradeBadge,
  Icon,
  Moment,
  Money,
  Notice,
  Refusal,
  Sheet,
  Skeleton,
  toast,
  usePick,
} from '../../kit/index.ts';
import { Do, useAct } from '../act.tsx';
import { useSession } from '../session.ts';
import { usePageTitle } from '../shell.tsx';
import { useTexts } from '../texts.ts';
import { putIn, useBasket } from './basket-store.ts';
import { BuySheet } from './buy.tsx';
import { Expiry, RestrictionList, Stars } from './parts.tsx';
import type { Listing } from './types.ts';

export function ListingPage(): React.ReactNode {
  const { listingId } = useParams({ from: '/market/listings/$listingId' });
  const t = useTexts();
  const session = useSession();
  const listing = useQuery({
    queryKey: ['listing', listingId, session.me?.id],
    queryFn: () => call('GET /v1/market/listings/:id', { params: { id: listingId } }),
  });
  usePageTitle(listing.data?.title ?? t('mkTitle'));
  return (
    <div className="page">
      <Link to="/market" className="hq-link crumb">
        <Icon name="back" size={18} /> {t('mkTitle')}
      </Link>
      {listing.error && <Refusal of={listing.error} onRetry={() => void listing.refetch()} />}
      {listing.isPending && <Skeleton lines={8} />}
      {listing.data && <Found listing={listing.data} />}
    </div>
  );
}

const BPS_A_PERCENT = 100;

function Found({ listing }: { listing: Listing }): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const { product, verification } = listing;
  return (
    <div className="page-grid" data-testid="listing" data-state={listing.state}>
      <header className="product-head area-head">
        <CardFace product={product} />
        <div>
          <p className="fine">
            {pick(product.issuerName)} · {pick(product.name)}
          </p>
          <h1>{listing.title}</h1>
          {verification && <GradeBadge grade={verification.grade} />}
          <p>
            <Link
              to="/market/products/$sku"
              params={{ sku: product.sku }}
              className="hq-link"
              data-testid="to-product"
            >
              <Icon name="trend" size={18} /> {t('mkSoldGo')}
            </Link>
          </p>
        </div>
      </header>
      <aside className="panel stack area-side">
        <div className="mk-price">
          <Money fen={listing.priceFen} size="xl" />
          <Discount fen={listing.priceFen} ofFen={listing.declaredFen} of="balance" />
        </div>
        {listing.marksDown && <p className="fine">{t('mkFalls')}</p>}
        {listing.charity && (
          <p className="fine">{t('mkGives', { n: listing.charity.shareBps / BPS_A_PERCENT })}</p>
        )}
        <dl className="facts">
          <div>
            <dt>{t('mkPromised')}</dt>
            <dd>
              <Money fen={listing.declaredFen} />
            </dd>
          </div>
          <div>
            <dt>{t('mkExpiry')}</dt>
            <dd>
              <Expiry sku={product.sku} on={listing.expiresOn} />
            </dd>
          </div>
        </dl>
        {/* Beside the price and as large: what the card may not be used for (disclosure, same visual weight). */}
        <section aria-labelledby="mk-rules" className="mk-terms">
          <h2 id="mk-rules">{t('mkRules')}</h2>
          <RestrictionList restrictions={listing.restrictions} />
          <p className="fine">{t('mkRulesSay')}</p>
        </section>
        <Buying listing={listing} />
      </aside>
      <div className="stack area-rest">
        <Notice tone="good" icon="shield" title={t('mkHero')}>
          <p>{t(`mkDelivery_${listing.delivery}`)}</p>
          <p>{t('mkHeroSay')}</p>
        </Notice>
        {listing.note && (
          <section className="panel">
            <p className="mk-note">{listing.note}</p>
          </section>
        )}
        {listing.shop ? <Shop of={listing.shop} /> : <Seller id={listing.sellerId} />}
      </div>
    </div>
  );
}

function Buying({ listing }: { listing: Listing }): React.ReactNode {
  const t = useTexts();
  const basket = useBasket();
  const [buying, setBuying] = useState(false);
  const [offering, setOffering] = useState(false);
  if (listing.isMine)
    return (
      <Notice tone="info" icon="info" title={t('mkOwn')}>
        <Link to="/market/mine" search={{ tab: 'listings' }} className="hq-link">
          {t('mkOwnGo')}
        </Link>
      </Notice>
    );
  if (listing.state !== 'live')
    return (
      <Notice tone="warn" icon="info">
        <p>{t('mkNotForSale')}</p>
      </Notice>
    );
  const inBasket = basket.some(({ listingId }) => listingId === listing.id);
  return (
    <div className="stack">
      <Do onClick={() => setBuying(true)} testId="buy">
        {t('mkBuy')}
      </Do>
      {/* A card in the post needs an address of its own, so it is bought by itself. */}
      {listing.delivery !== 'mail' && (
        <Do
          tone="quiet"
          disabled={inBasket}
          testId="to-basket"
          onClick={() => {
            const { id, title, priceFen } = listing;
            if (putIn({ listingId: id, title, priceFen })) toast(t('mkInBasket'));
          }}
        >
          {t(inBasket ? 'mkInBasket' : 'mkToBasket')}
        </Do>
      )}
      <Do tone="quiet" onClick={() => setOffering(true)} testId="offer">
        {t('mkOffer')}
      </Do>
      <BuySheet listing={listing} open={buying} onClose={() => setBuying(false)} />
      <OfferSheet listing={listing} open={offering} onClose={() => setOffering(false)} />
    </div>
  );
}

function OfferSheet(props: {
  listing: Listing;
  open: boolean;
  onClose: () => void;
}): React.ReactNode {
  const { listing, open, onClose } = props;
  const t = useTexts();
  const [text, setText] = useState('');
  const priceFen = fenFromYuan(text);
  const offer = useAct('POST /v1/market/listings/:id/offers', () => {
    onClose();
    toast(t('mkOfferSent'));
  });
  return (
    <Sheet open={open} onClose={onClose} title={t('mkOffer')} testId="offer-sheet">
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (priceFen) offer.mutate({ params: { id: listing.id }, body: { priceFen } });
        }}
      >
        <p>{t('mkOfferSay')}</p>
        <Field
          label={t('mkOfferYours')}
          value={text}
          onChange={setText}
          inputMode="decimal"
          start="¥"
          data-testid="offer-price"
        />
        {offer.error && <Refusal of={offer.error} />}
        <Do submit busy={offer.isPending} disabled={!priceFen} testId="offer-send">
          {t('mkOfferSend')}
        </Do>
      </form>
    </Sheet>
  );
}

/** A recycler that sells from its stock: who it is by its licence, and not which of its people put the card up. */
function Shop({ of: { id, name } }: { of: NonNullable<Listing['shop']> }): React.ReactNode {
  const t = useTexts();
  return (
    <section className="panel" aria-labelledby="seller">
      <h2 id="seller">{t('mkSeller')}</h2>
      <p className="mk-seller">
        <strong>{name}</strong>
        <span className="tag" data-tone="good">
          <Icon name="check" size={16} /> {t('mkShop')}
        </span>
      </p>
      <Link to="/recyclers/$recyclerId" params={{ recyclerId: id }} className="hq-link">
        {t('mkShopLicence')}
      </Link>
    </section>
  );
}

function Seller({ id }: { id: string }): React.ReactNode {
  const t = useTexts();
  const seller = useQuery({
    queryKey: ['trader', id],
    queryFn: () => call('GET /v1/market/traders/:id', { params: { id } }),
  });
  if (seller.error) return <Refusal of={seller.error} onRetry={() => void seller.refetch()} />;
  if (!seller.data) return <Skeleton lines={2} />;
  const { score, tier, realName, reviews } = seller.data;
  return (
    <section className="panel" aria-labelledby="seller">
      <h2 id="seller">{t('mkSeller')}</h2>
      <p className="mk-seller">
        {realName && (
          <span className="tag" data-tone="good">
            <Icon name="check" size={16} /> {t('mkRealName')}
          </span>
        )}
        <span className="tag" data-tone={tier === 'restricted' ? 'bad' : 'wait'}>
          {t(`mkTier_${tier}`)} · {t('mkScore')} {score}
        </span>
      </p>
      {reviews.length === 0 ? (
        <p className="fine">{t('mkReviewsNone')}</p>
      ) : (
        <ul className="mk-reviews">
          {reviews.slice(0, 5).map((review) => (
            <li key={review.at}>
              <Stars stars={review.stars} /> <Moment at={review.at} form="day" />
              {review.body && <p>{review.body}</p>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
