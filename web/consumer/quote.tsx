/** One signed quote: what it is made of, how long it holds, and the few things still needed to sell. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { Product, QuoteDoc } from '../api.gen.ts';
import { ApiProblem, call, serverNow } from '../api.ts';
import {
  CardFace,
  Countdown,
  Discount,
  FeeSheet,
  Icon,
  Money,
  Notice,
  Refusal,
  Skeleton,
  useMoment,
  usePick,
  yuanText,
} from '../kit/index.ts';
import { Do, useAct } from './act.tsx';
import { LowPrice } from './low-price.tsx';
import { Ready } from './ready.tsx';
import { usePageTitle } from './shell.tsx';
import { useTexts } from './texts.ts';

export function QuotePage(): React.ReactNode {
  const { quoteId } = useParams({ from: '/quotes/$quoteId' });
  const t = useTexts();
  usePageTitle(t('quoteTitle'));
  const quote = useQuery({
    queryKey: ['quote', quoteId],
    queryFn: () => call('GET /v1/quotes/:id', { params: { id: quoteId } }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const sku = quote.data?.sku;
  const product = useQuery({
    queryKey: ['product', sku],
    queryFn: () => call('GET /v1/products/:sku', { params: { sku: sku ?? '' } }),
    enabled: sku !== undefined,
  });
  const error = quote.error ?? product.error;
  return (
    <div className="page">
      <Link to="/" className="hq-link crumb">
        <Icon name="back" size={18} /> {t('productCrumb')}
      </Link>
      {error && (
        <Refusal
          of={error}
          onRetry={() => void (quote.error ? quote.refetch() : product.refetch())}
        />
      )}
      {!error && !(quote.data && product.data) && <Skeleton lines={8} />}
      {quote.data && product.data && <Found quote={quote.data} product={product.data} />}
    </div>
  );
}

function Found({ quote, product }: { quote: QuoteDoc; product: Product }): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const moment = useMoment();
  const [over, setOver] = useState(() => Date.parse(quote.validUntil) <= serverNow());
  return (
    <div className="page-grid quote-grid">
      <header className="quote-head area-head">
        <CardFace product={product} size="s" />
        <div>
          <h1>{pick(product.name)}</h1>
          <p className="fine">
            {t('quoteFace', { face: yuanText(quote.faceFen) })}
            {quote.expiresOn && ` · ${t('quoteExpires', { day: moment(quote.expiresOn, 'day') })}`}
          </p>
        </div>
      </header>
      <section className="panel quote-sum area-sum" aria-label={t('quoteTitle')}>
        <span className="calc-net-label">{t('calcNet')}</span>
        <span className="calc-net-line">
          <Money fen={quote.netFen} size="xl" />
          <Discount fen={quote.netFen} ofFen={quote.faceFen} />
        </span>
        {!over && (
          <Countdown label={t('quoteValid')} until={quote.validUntil} onEnd={() => setOver(true)} />
        )}
        <Buyer quote={quote} />
        <LowPrice quote={quote} />
      </section>
      <aside className="aside area-side" aria-label={t('readyTitle')}>
        {over ? <Expired quote={quote} /> : !quote.belowFloor && <Sell quote={quote} />}
        {product.issuerCaps.includes('lock') && <ToAuction quoteId={quote.quoteId} />}
      </aside>
      <div className="area-rest">
        <section className="panel" aria-labelledby="items">
          <h2 id="items">{t('quoteItems')}</h2>
          <FeeSheet
            faceFen={quote.faceFen}
            grossFen={quote.grossFen}
            lines={quote.lines}
            netFen={quote.netFen}
          />
          <p className="fine proof-line">
            <Icon name="shield" size={16} />{' '}
            {t('quoteProof', {
              id: quote.quoteId.slice(-8),
              model: quote.model.slice(0, 24),
            })}
          </p>
        </section>
      </div>
    </div>
  );
}

/** Who pays, and why it is they: the best bid of a recycler, or the platform itself, labelled as such. */
function Buyer({ quote: { buyer } }: { quote: QuoteDoc }): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  if (!buyer) return null;
  return (
    <div className="quote-buyer" data-testid="buyer" data-kind={buyer.kind}>
      <p>
        <span className={`buyer-tag buyer-${buyer.kind}`}>
          {t(buyer.kind === 'house' ? 'buyerHouse' : 'buyerRecycler')}
        </span>{' '}
        {t('buyerIs', { name: pick(buyer.name) })}
      </p>
      <p className="fine" data-testid="buyer-why">
        {pick(buyer)}
      </p>
    </div>
  );
}

/** The other way to sell: recyclers compete for the card. */
function ToAuction({ quoteId }: { quoteId: string }): React.ReactNode {
  const t = useTexts();
  return (
    <div className="panel stack to-auction" data-testid="to-auction">
      <h2>{t('auOffer')}</h2>
      <p className="fine">{t('auOfferSay')}</p>
      <Link to="/auctions/new" search={{ quote: quoteId }} className="hq-button hq-button-quiet">
        {t('auGo')}
      </Link>
    </div>
  );
}

/** Another quote for the same card, in place of this one. */
function useAgain({ sku, faceFen, expiresOn }: QuoteDoc) {
  const go = useNavigate();
  const queries = useQueryClient();
  const again = useAct('POST /v1/quotes', (next) => {
    queries.setQueryData(['quote', next.quoteId], next);
    void go({ to: '/quotes/$quoteId', params: { quoteId: next.quoteId }, replace: true });
  });
  const ask = (from?: 'house') =>
    again.mutate({
      body: { sku, faceFen, ...(expiresOn && { expiresOn }), ...(from && { buyer: from }) },
    });
  return { ask, isPending: again.isPending, error: again.error };
}

function Expired({ quote }: { quote: QuoteDoc }): React.ReactNode {
  const t = useTexts();
  const again = useAgain(quote);
  return (
    <div className="panel stack">
      <Notice tone="warn" icon="clock" title={t('quoteOver')}>
        <p>{t('quoteOverSay')}</p>
      </Notice>
      {again.error && <Refusal of={again.error} />}
      <Do testId="quote-again" busy={again.isPending} onClick={() => again.ask()}>
        {t('quoteAgain')}
      </Do>
    </div>
  );
}

function Sell({ quote }: { quote: QuoteDoc }): React.ReactNode {
  const t = useTexts();
  const go = useNavigate();
  const queries = useQueryClient();
  const accept = useAct('POST /v1/orders', (order) => {
    queries.setQueryData(['order', order.id], order);
    void queries.invalidateQueries({ queryKey: ['orders'] });
    void go({ to: '/orders/$orderId', params: { orderId: order.id }, replace: true });
  });
  const again = useAgain(quote);
  const code = accept.error instanceof ApiProblem ? accept.error.code : undefined;
  if (code === 'buyer_gone' || code === 'own_card') {
    return (
      <div className="panel stack" data-testid="buyer-gone">
        <Notice tone="warn" icon="warn" title={t(code === 'own_card' ? 'ownCard' : 'buyerGone')}>
          <p>{t(code === 'own_card' ? 'ownCardSay' : 'buyerGoneSay')}</p>
        </Notice>
        {again.error && <Refusal of={again.error} />}
        <Do
          testId="quote-again"
          busy={again.isPending}
          onClick={() => again.ask(code === 'own_card' ? 'house' : undefined)}
        >
          {t('quoteAgain')}
        </Do>
      </div>
    );
  }
  return (
    <Ready>
      {accept.error && <Refusal of={accept.error} />}
      <Do
        testId="accept"
        busy={accept.isPending}
        onClick={() =>
          accept.mutate({ body: { quoteId: quote.quoteId, signature: quote.signature } })
        }
      >
        {t('sellAct', { net: yuanText(quote.netFen) })}
      </Do>
      <p className="fine">{t('sellNext')}</p>
    </Ready>
  );
}
