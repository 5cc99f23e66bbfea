/** One order, live: its scene, its steps, and what the person can do now. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { OrderView, StepKey } from '../api.gen.ts';
import { call, followOrder } from '../api.ts';
import {
  CardFace,
  Countdown,
  FeeSheet,
  Icon,
  Moment,
  Money,
  Refusal,
  Skeleton,
  Steps,
  useOnline,
  usePick,
} from '../kit/index.ts';
import { Cancel } from './cancel.tsx';
import { HandOver } from './hand-over.tsx';
import { Checking, Ended, Payout, Rejected, Result, Returned } from './order-parts.tsx';
import { Report } from './report.tsx';
import { Requote } from './requote.tsx';
import { deadlines, type Part, type Scene, sceneOf } from './scenes.ts';
import { useSession } from './session.ts';
import { usePageTitle } from './shell.tsx';
import { SignInFirst } from './sign-in-first.tsx';
import { type PlainKey, useTexts } from './texts.ts';

type LinkTo = 'live' | 'polling' | 'down';

const later = (known: OrderView | undefined, next: OrderView): OrderView =>
  known && known.seq > next.seq ? known : next;

/** The order as it is now, kept up to date by the server. */
function useOrder(id: string, on: boolean) {
  const queries = useQueryClient();
  const [link, setLink] = useState<LinkTo>('polling');
  const order = useQuery({
    queryKey: ['order', id],
    queryFn: () => call('GET /v1/orders/:id', { params: { id } }),
    enabled: on,
    // The answer to a command may come after the news of what it caused.
    structuralSharing: (known, next) => later(known as OrderView | undefined, next as OrderView),
  });
  const known = order.data !== undefined;
  useEffect(() => {
    if (!on || !known) return;
    const seen = (next: OrderView): void => {
      queries.setQueryData(['order', id], next);
    };
    return followOrder(id, seen, setLink);
  }, [id, on, known, queries]);
  return { ...order, link };
}

export function OrderPage(): React.ReactNode {
  const { orderId } = useParams({ from: '/orders/$orderId' });
  const t = useTexts();
  const session = useSession();
  const order = useOrder(orderId, session.me !== undefined);
  usePageTitle(t('orderOf', { id: orderId.slice(-6) }));
  const error = session.error ?? order.error;
  return (
    <div className="page">
      <Link to="/orders" className="hq-link crumb">
        <Icon name="back" size={18} /> {t('orderCrumb')}
      </Link>
      {session.stranger ? (
        <SignInFirst />
      ) : error && !order.data ? (
        <Refusal of={error} onRetry={() => void order.refetch()} />
      ) : order.data ? (
        <Found order={order.data} link={order.link} />
      ) : (
        <Skeleton lines={8} />
      )}
    </div>
  );
}

const parts = {
  'hand-over': HandOver,
  checking: Checking,
  requote: Requote,
  result: Result,
  payout: Payout,
  rejected: Rejected,
  returned: Returned,
  ended: Ended,
} as const satisfies Record<Part, React.ComponentType<{ order: OrderView }>>;

function Found({ order, link }: { order: OrderView; link: LinkTo }): React.ReactNode {
  const t = useTexts();
  const scene = sceneOf(order, 'seller');
  const PartOf = parts[scene.part];
  const deadline = order.deadline && deadlines[order.deadline.what];
  return (
    <div className="page-grid" data-state={order.state} data-testid="order">
      <header className="order-head area-head" data-tone={scene.tone}>
        <p className="order-tags">
          <span className="tag" data-tone={scene.tone}>
            {t(scene.tag)}
          </span>
          {!scene.over && <LinkState link={link} />}
        </p>
        <div aria-live="polite" aria-atomic="true">
          <h1 data-testid="say">{t(scene.say)}</h1>
          <p>{t(scene.more)}</p>
        </div>
        {deadline && order.deadline && <Countdown label={t(deadline)} until={order.deadline.at} />}
      </header>
      <div className="stack area-rest">
        <Progress order={order} scene={scene} />
        <section className="panel" data-part={scene.part}>
          <PartOf order={order} />
        </section>
        <Report order={order} />
        {order.allowed.includes('cancel') && (
          <Cancel
            route="POST /v1/orders/:id/cancel"
            id={order.id}
            kept={['order', order.id]}
            act={t('cancelOrder')}
            title={t('cancelTitle')}
            say={t('cancelSay')}
          />
        )}
      </div>
      <aside className="aside stack area-side" aria-label={t('orderFacts')}>
        <Facts order={order} />
      </aside>
    </div>
  );
}

const links: Record<LinkTo, PlainKey> = {
  live: 'linkLive',
  polling: 'linkPolling',
  down: 'linkDown',
};

function LinkState({ link }: { link: LinkTo }): React.ReactNode {
  const t = useTexts();
  const online = useOnline();
  return (
    <span className="link-state" data-link={online ? link : 'down'} role="status">
      {t(links[online ? link : 'down'])}
    </span>
  );
}

const stepWords: Record<StepKey, PlainKey> = {
  accepted: 'stepAccepted',
  submitted: 'stepSubmitted',
  verified: 'stepVerified',
  settled: 'stepSettled',
  paid: 'stepPaid',
};

function Progress({ order, scene }: { order: OrderView; scene: Scene }): React.ReactNode {
  const t = useTexts();
  const now = order.steps.find((step) => !step.at)?.key;
  return (
    <section className="panel" aria-label={t('stepsLabel')}>
      <Steps
        label={t('stepsLabel')}
        now={now}
        stopped={scene.tone === 'bad'}
        steps={order.steps.map(({ key, at }) => ({ key, label: t(stepWords[key]), at }))}
      />
    </section>
  );
}

function Facts({ order }: { order: OrderView }): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const { quote, requote } = order;
  const agreed = requote?.netFen === order.netFen ? requote : quote;
  return (
    <>
      <CardFace product={order.product} last4={order.cardLast4} />
      <section className="panel">
        <h2>{pick(order.product.name)}</h2>
        <dl className="facts">
          <div>
            <dt>{t('orderFace')}</dt>
            <dd>
              <Money fen={order.faceFen} />
            </dd>
          </div>
          <div>
            <dt>{t('orderNet')}</dt>
            <dd>
              <Money fen={order.netFen} />
            </dd>
          </div>
          {order.cardLast4 && (
            <div>
              <dt>{t('orderCard')}</dt>
              <dd>{order.cardLast4}</dd>
            </div>
          )}
          <div>
            <dt>{t('orderMade')}</dt>
            <dd>
              <Moment at={order.createdAt} form="minute" />
            </dd>
          </div>
        </dl>
        {agreed && (
          <details className="calc-why">
            <summary>{t('orderQuote')}</summary>
            <FeeSheet
              faceFen={agreed.faceFen}
              grossFen={agreed.grossFen}
              lines={agreed.lines}
              netFen={agreed.netFen}
            />
          </details>
        )}
        <p className="fine proof-line">{t('orderOf', { id: order.id.slice(-12) })}</p>
      </section>
    </>
  );
}
