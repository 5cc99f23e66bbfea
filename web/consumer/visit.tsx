/** The offer for a card that lies on a shop's counter: its seller looks at every line and says yes or no. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { Routes } from '../api.gen.ts';
import { call, follow } from '../api.ts';
import {
  Countdown,
  Discount,
  FeeSheet,
  Money,
  Notice,
  Refusal,
  Skeleton,
  usePick,
  yuanText,
} from '../kit/index.ts';
import { Do, useAct } from './act.tsx';
import { Ready } from './ready.tsx';
import { usePageTitle } from './shell.tsx';
import { useTexts } from './texts.ts';

type Visit = Routes['GET /v1/visits/:token']['reply'];

export function VisitPage(): React.ReactNode {
  const { token } = useParams({ from: '/visits/$token' });
  const t = useTexts();
  const queries = useQueryClient();
  usePageTitle(t('visitTitle'));
  const visit = useQuery({
    queryKey: ['visit', token],
    queryFn: () => call('GET /v1/visits/:token', { params: { token } }),
  });
  const isThere = visit.data !== undefined;
  useEffect(() => {
    if (!isThere) return;
    return follow(
      `/v1/visits/${token}/events`,
      () => void queries.invalidateQueries({ queryKey: ['visit', token] }),
    );
  }, [token, isThere, queries]);
  return (
    <div className="page">
      {visit.error && <Refusal of={visit.error} onRetry={() => void visit.refetch()} />}
      {!visit.error && !visit.data && <Skeleton lines={8} />}
      {visit.data && <Found token={token} visit={visit.data} />}
    </div>
  );
}

function Found({ token, visit }: { token: string; visit: Visit }): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const { quote, state, shop } = visit;
  return (
    <div className="page-grid quote-grid">
      <header className="quote-head area-head">
        <div>
          <h1>{pick(visit.product.name)}</h1>
          <p className="fine">
            {t('quoteFace', { face: yuanText(visit.faceFen) })} ·{' '}
            {t('visitShop', { shop: shop.name })}
          </p>
        </div>
      </header>
      <section className="panel quote-sum area-sum" aria-label={t('visitTitle')}>
        <span className="calc-net-label">{t('calcNet')}</span>
        <span className="calc-net-line">
          <Money fen={quote.netFen} size="xl" />
          <Discount fen={quote.netFen} ofFen={visit.faceFen} />
        </span>
        {quote.buyer && <p className="fine">{pick(quote.buyer)}</p>}
      </section>
      <aside className="aside area-side" aria-label={t('readyTitle')} data-testid="answer">
        {state === 'waiting' && <Answer token={token} visit={visit} />}
        {state === 'agreed' && <Agreed visit={visit} />}
        {state !== 'waiting' && state !== 'agreed' && (
          <Notice tone="warn" icon="info" title={t('visitEnded')}>
            <p>{t('visitEndedSay')}</p>
          </Notice>
        )}
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
        </section>
      </div>
    </div>
  );
}

function Agreed({ visit }: { visit: Visit }): React.ReactNode {
  const t = useTexts();
  return (
    <Notice tone="good" icon="check" title={t('visitAgreed')}>
      <p>{t('visitAgreedSay')}</p>
      {visit.orderId && (
        <Link to="/orders/$orderId" params={{ orderId: visit.orderId }} className="hq-link">
          {t('visitOrder')}
        </Link>
      )}
    </Notice>
  );
}

function Answer({ token, visit }: { token: string; visit: Visit }): React.ReactNode {
  const t = useTexts();
  const queries = useQueryClient();
  const params = { token };
  const show = (next: Visit): void => void queries.setQueryData(['visit', token], next);
  const agree = useAct('POST /v1/visits/:token/agree', show);
  const decline = useAct('POST /v1/visits/:token/decline', show);
  const price = useAct('POST /v1/visits/:token/price', show);
  const { quoteId, signature, validUntil, netFen } = visit.quote;
  const [over, setOver] = useState<string>();
  const isOver = over === quoteId;
  const error = agree.error ?? decline.error ?? price.error;
  return (
    <Ready>
      <p className="fine">{t('visitAccount', { phone: visit.phone ?? '' })}</p>
      {error && <Refusal of={error} />}
      {isOver ? (
        <Do
          testId="price-again"
          busy={price.isPending}
          onClick={() => price.mutate({ params, body: {} })}
        >
          {t('quoteAgain')}
        </Do>
      ) : (
        <>
          <Countdown
            key={quoteId}
            label={t('quoteValid')}
            until={validUntil}
            onEnd={() => setOver(quoteId)}
          />
          <Do
            testId="agree"
            busy={agree.isPending}
            onClick={() => agree.mutate({ params, body: { quoteId, signature } })}
          >
            {t('visitYes', { net: yuanText(netFen) })}
          </Do>
        </>
      )}
      <Do
        tone="quiet"
        testId="decline"
        busy={decline.isPending}
        onClick={() => decline.mutate({ params, body: {} })}
      >
        {t('visitNo')}
      </Do>
      <p className="fine">{t('visitNext')}</p>
    </Ready>
  );
}
