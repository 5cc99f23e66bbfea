/** One card at the till: the price, the seller's word by their phone or by a code, and what to do with the card. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Do, useAct } from '../consumer/act.tsx';
import {
  Countdown,
  Discount,
  FeeSheet,
  Field,
  Money,
  Notice,
  Refusal,
  Skeleton,
  usePick,
  yuanText,
} from '../kit/index.ts';
import { useTaken, useVisit, type Visit } from './facts.ts';
import { Lost, useHere, useTitle } from './here.tsx';
import type { Taken } from './keep.ts';
import { Link, useVisitId } from './link.tsx';
import { Qr } from './qr.tsx';
import { useCounterTexts } from './texts.ts';
import { standingOf } from './till.tsx';

export function VisitPage(): React.ReactNode {
  const visitId = useVisitId();
  const t = useCounterTexts();
  const till = useHere();
  useTitle(t('visitTitle'));
  const list = useTaken();
  const taken = list.data?.find(({ id }) => id === visitId);
  const isLocal = taken !== undefined && taken.state !== 'sent';
  const visit = useVisit(till, visitId, list.data !== undefined && !isLocal);
  if (!list.data) return <Skeleton lines={6} />;
  if (isLocal) return <Local taken={taken} />;
  if (visit.data) return <Known visit={visit.data} taken={taken} />;
  if (taken) return <Local taken={taken} />;
  if (visit.error) return <Lost />;
  return <Skeleton lines={6} />;
}

/** The house does not know of it yet, or did not take it. */
function Local({ taken }: { taken: Taken }): React.ReactNode {
  const t = useCounterTexts();
  const pick = usePick();
  const till = useHere();
  const name = till.products.find(({ sku }) => sku === taken.sku)?.name;
  return (
    <div className="page narrow">
      <section className="panel stack" data-testid="local" data-state={taken.state}>
        <h1>{name ? pick(name) : taken.sku}</h1>
        <p>{yuanText(taken.faceFen)}</p>
        {taken.trouble ? (
          <Notice tone="warn" icon="warn" title={t('visitRefused')}>
            <p>
              {taken.trouble.title} · {taken.trouble.remedy}
            </p>
          </Notice>
        ) : (
          <Notice tone="info" icon="clock" title={t('visitQueued')}>
            <p>{t('visitQueuedSay')}</p>
          </Notice>
        )}
        <Ends id={taken.id} />
      </section>
    </div>
  );
}

function Ends({ id }: { id: string }): React.ReactNode {
  const t = useCounterTexts();
  return (
    <div className="counter-ends">
      <Link to="/slips/$visitId" params={{ visitId: id }} className="hq-button" data-testid="slip">
        {t('visitPrint')}
      </Link>
      <Link to="/" className="hq-button hq-button-quiet" data-testid="next">
        {t('visitNext')}
      </Link>
    </div>
  );
}

function Known({ visit, taken }: { visit: Visit; taken: Taken | undefined }): React.ReactNode {
  const t = useCounterTexts();
  const pick = usePick();
  const { quote } = visit;
  const { text, tone } = standingOf(taken, visit);
  return (
    <div className="page counter-grid" data-testid="visit" data-state={visit.state}>
      <section className="panel stack">
        <header>
          <h1>{pick(visit.product.name)}</h1>
          <p role="status">
            <span className="counter-tag" data-tone={tone} data-testid="standing">
              {t(text)}
            </span>
          </p>
        </header>
        <div>
          <p className="calc-net-label">{t('visitNet')}</p>
          <p className="calc-net-line">
            <Money fen={visit.order?.netFen ?? quote.netFen} size="xl" />
            <Discount fen={visit.order?.netFen ?? quote.netFen} ofFen={visit.faceFen} />
          </p>
        </div>
        {visit.state === 'waiting' && <Answering visit={visit} />}
        {visit.state === 'agreed' && <p className="fine">{t('visitPayout')}</p>}
        <Ends id={visit.id} />
      </section>
      <section className="panel" aria-label={t('visitNet')}>
        <FeeSheet
          faceFen={visit.faceFen}
          grossFen={quote.grossFen}
          lines={quote.lines}
          netFen={quote.netFen}
        />
      </section>
    </div>
  );
}

/** What was answered is on the page at once, not only when the news comes. */
function useShow() {
  const queries = useQueryClient();
  return (visit: Visit): void => {
    queries.setQueryData(['visit', visit.id], visit);
    void queries.invalidateQueries({ queryKey: ['visits'] });
  };
}

function Answering({ visit }: { visit: Visit }): React.ReactNode {
  const t = useCounterTexts();
  const { shopId: id } = useHere();
  const params = { id, visitId: visit.id };
  const show = useShow();
  const [over, setOver] = useState<string>();
  const price = useAct('POST /v1/recyclers/:id/counter/visits/:visitId/price', show);
  const back = useAct('POST /v1/recyclers/:id/counter/visits/:visitId/withdraw', show);
  const { quoteId, validUntil } = visit.quote;
  const isOver = over === quoteId;
  return (
    <>
      {!isOver && (
        <Countdown
          key={quoteId}
          label={t('visitValid')}
          until={validUntil}
          onEnd={() => setOver(quoteId)}
        />
      )}
      {isOver && (
        <Do tone="quiet" busy={price.isPending} onClick={() => price.mutate({ params, body: {} })}>
          {t('visitAgain')}
        </Do>
      )}
      <Qr path={`/visits/${visit.token}`} label={t('visitQr')} />
      <p className="fine">{t('visitQrSay', { phone: visit.phone ?? '' })}</p>
      <ByCode visit={visit} />
      {(price.error ?? back.error) && <Refusal of={price.error ?? back.error} />}
      <Do
        tone="quiet"
        busy={back.isPending}
        testId="withdraw"
        onClick={() => back.mutate({ params, body: {} })}
      >
        {t('visitWithdraw')}
      </Do>
    </>
  );
}

function ByCode({ visit }: { visit: Visit }): React.ReactNode {
  const t = useCounterTexts();
  const { shopId: id } = useHere();
  const params = { id, visitId: visit.id };
  const show = useShow();
  const [code, setCode] = useState('');
  const send = useAct('POST /v1/recyclers/:id/counter/visits/:visitId/code');
  const confirm = useAct('POST /v1/recyclers/:id/counter/visits/:visitId/confirm', show);
  const again = useMutation({ mutationFn: () => send.mutateAsync({ params, body: {} }) });
  return (
    <details className="counter-code">
      <summary>{t('visitCodeTitle')}</summary>
      <form
        className="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          confirm.mutate({ params, body: { code } });
        }}
      >
        <p className="fine">{t('visitCodeSay', { phone: visit.phone ?? '' })}</p>
        {send.error && <Refusal of={send.error} />}
        <Do
          tone="quiet"
          busy={again.isPending}
          testId="code-send"
          onClick={() => void again.mutateAsync().catch(() => undefined)}
        >
          {t('visitCodeSend')}
        </Do>
        {send.data && (
          <>
            <Field
              label={t('visitCode')}
              value={code}
              onChange={(typed) => setCode(typed.normalize('NFKC').replace(/\D/g, '').slice(0, 6))}
              inputMode="numeric"
              autoComplete="off"
              data-testid="seller-code"
            />
            {confirm.error && <Refusal of={confirm.error} />}
            <Do submit busy={confirm.isPending} disabled={code.length !== 6} testId="code-go">
              {t('visitCodeGo')}
            </Do>
          </>
        )}
      </form>
    </details>
  );
}
