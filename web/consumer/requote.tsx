/** A new quote beside the old one: what changed, proof that nobody looked, and a free choice. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { OrderView, QuoteDoc } from '../api.gen.ts';
import {
  Confirm,
  Discount,
  FeeSheet,
  Money,
  Refusal,
  toast,
  useMoment,
  yuanText,
} from '../kit/index.ts';
import { Do, useAct } from './act.tsx';
import { Seen } from './order-parts.tsx';
import { useTexts } from './texts.ts';

type Choice = 'accept' | 'decline';

export function Requote({ order }: { order: OrderView }): React.ReactNode {
  const t = useTexts();
  const queries = useQueryClient();
  const [asked, setAsked] = useState<Choice>();
  const done = (next: OrderView): void => {
    setAsked(undefined);
    queries.setQueryData(['order', order.id], next);
    toast(t(next.state === 'returned' ? 'sayReturned' : 'sayVerified'));
  };
  const accept = useAct('POST /v1/orders/:id/accept-requote', done);
  const decline = useAct('POST /v1/orders/:id/decline-requote', done);
  const { quote, requote } = order;
  if (!quote || !requote) return <Seen order={order} />;
  const net = yuanText(requote.netFen);
  const input = { params: { id: order.id }, body: {} };
  return (
    <div className="requote" data-testid="requote">
      <Compare old={quote} fresh={requote} />
      <Seen order={order} />
      <details className="calc-why">
        <summary>{t('orderQuote')}</summary>
        <FeeSheet
          faceFen={requote.faceFen}
          grossFen={requote.grossFen}
          lines={requote.lines}
          netFen={requote.netFen}
        />
      </details>
      <div className="choices">
        <Do testId="accept-requote" onClick={() => setAsked('accept')}>
          {t('requoteAccept', { net })}
        </Do>
        <Do tone="quiet" testId="decline-requote" onClick={() => setAsked('decline')}>
          {t('requoteDecline')}
        </Do>
      </div>
      <Confirm
        open={asked === 'accept'}
        onClose={() => setAsked(undefined)}
        onConfirm={() => accept.mutate(input)}
        busy={accept.isPending}
        title={t('acceptTitle')}
        say={t('acceptSay', { net })}
        act={t('confirm')}
      >
        {accept.error && <Refusal of={accept.error} />}
      </Confirm>
      <Confirm
        open={asked === 'decline'}
        onClose={() => setAsked(undefined)}
        onConfirm={() => decline.mutate(input)}
        busy={decline.isPending}
        danger
        title={t('declineTitle')}
        say={t('declineSay')}
        act={t('confirm')}
      >
        {decline.error && <Refusal of={decline.error} />}
      </Confirm>
    </div>
  );
}

function Compare({ old, fresh }: { old: QuoteDoc; fresh: QuoteDoc }): React.ReactNode {
  const t = useTexts();
  const moment = useMoment();
  const day = (quote: QuoteDoc): string =>
    quote.expiresOn ? moment(quote.expiresOn, 'day') : t('requoteNoExpiry');
  return (
    <table className="compare">
      <caption className="hq-unseen">{t('requoteTable')}</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">{t('requoteOld')}</th>
          <th scope="col">{t('requoteNew')}</th>
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">{t('requoteFace')}</th>
          <td>
            <Money fen={old.faceFen} />
          </td>
          <td>
            <Money fen={fresh.faceFen} />
          </td>
        </tr>
        {old.expiresOn !== fresh.expiresOn && (
          <tr>
            <th scope="row">{t('requoteExpiry')}</th>
            <td>{day(old)}</td>
            <td>{day(fresh)}</td>
          </tr>
        )}
        <tr>
          <th scope="row">{t('requoteRate')}</th>
          <td>
            <Discount fen={old.netFen} ofFen={old.faceFen} />
          </td>
          <td>
            <Discount fen={fresh.netFen} ofFen={fresh.faceFen} />
          </td>
        </tr>
        <tr className="compare-net">
          <th scope="row">{t('requoteNet')}</th>
          <td>
            <Money fen={old.netFen} size="l" />
          </td>
          <td>
            <Money fen={fresh.netFen} size="l" />
          </td>
        </tr>
      </tbody>
    </table>
  );
}
