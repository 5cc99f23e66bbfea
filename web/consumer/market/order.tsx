/** One market order, live, for its buyer or its seller: what happens now, what to do, and what the money does. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { call, follow } from '../../api.ts';
import {
  CardFace,
  Countdown,
  Icon,
  Moment,
  Money,
  Refusal,
  Skeleton,
  useMoment,
  usePick,
} from '../../kit/index.ts';
import { useAct } from '../act.tsx';
import { Cancel } from '../cancel.tsx';
import { PayoutCheck } from '../payout-check.tsx';
import { useSession } from '../session.ts';
import { usePageTitle } from '../shell.tsx';
import { SignInFirst } from '../sign-in-first.tsx';
import { useTexts } from '../texts.ts';
import {
  Claim,
  Deliver,
  Done,
  Inspect,
  Pay,
  Refunded,
  Reveal,
  type Secret,
  SecretSheet,
} from './order-parts.tsx';
import { Expiry, Lines, orderKey, RestrictionList } from './parts.tsx';
import { deadlines, type Part, sceneOf } from './scenes.ts';
import { Thread } from './thread.tsx';
import type { MarketOrder } from './types.ts';

function useMarketOrder(id: string, on: boolean) {
  const queries = useQueryClient();
  const order = useQuery({
    queryKey: orderKey(id),
    queryFn: () => call('GET /v1/market/orders/:id', { params: { id } }),
    enabled: on,
    // The answer to a command may come after the news of what it caused.
    structuralSharing: (known, next) => {
      const [old, fresh] = [known as MarketOrder | undefined, next as MarketOrder];
      return old && old.seq > fresh.seq ? old : fresh;
    },
  });
  const known = order.data !== undefined;
  useEffect(() => {
    if (!on || !known) return;
    const again = (): void => void queries.invalidateQueries({ queryKey: orderKey(id) });
    return follow(`/v1/market/orders/${encodeURIComponent(id)}/events`, again);
  }, [id, on, known, queries]);
  return order;
}

export function MarketOrderPage(): React.ReactNode {
  const { orderId } = useParams({ from: '/market/orders/$orderId' });
  const t = useTexts();
  const session = useSession();
  const order = useMarketOrder(orderId, session.me !== undefined);
  usePageTitle(t('orderOf', { id: orderId.slice(-6) }));
  const error = session.error ?? order.error;
  return (
    <div className="page">
      <Link to="/market/mine" className="hq-link crumb">
        <Icon name="back" size={18} /> {t('mkMine')}
      </Link>
      {session.stranger ? (
        <SignInFirst />
      ) : error && !order.data ? (
        <Refusal of={error} onRetry={() => void order.refetch()} />
      ) : order.data ? (
        <Found order={order.data} />
      ) : (
        <Skeleton lines={8} />
      )}
    </div>
  );
}

const parts = {
  pay: Pay,
  deliver: Deliver,
  reveal: Reveal,
  inspect: Inspect,
  claim: Claim,
  done: Done,
  undone: Refunded,
} as const satisfies Record<Exclude<Part, 'nothing'>, React.ComponentType<PageProps>>;

interface PageProps {
  order: MarketOrder;
  onSecret: (secret: Secret) => void;
}

function Found({ order }: { order: MarketOrder }): React.ReactNode {
  const t = useTexts();
  const scene = sceneOf(order);
  const PartOf = scene.part === 'nothing' ? undefined : parts[scene.part];
  const deadline = order.deadline && deadlines[order.deadline.what];
  const [secret, setSecret] = useState<Secret>();
  return (
    <div
      className="page-grid"
      data-state={order.state}
      data-role={order.role}
      data-testid="market-order"
    >
      <header className="order-head area-head" data-tone={scene.tone}>
        <p className="order-tags">
          <span className="tag" data-tone={scene.tone}>
            {t(order.role === 'buyer' ? 'mkBuyerIs' : 'mkSellerIs')}
          </span>
        </p>
        <div aria-live="polite" aria-atomic="true">
          <h1 data-testid="say">{t(scene.say)}</h1>
          <p>{t(scene.more)}</p>
        </div>
        {deadline && order.deadline && <Countdown label={t(deadline)} until={order.deadline.at} />}
      </header>
      <div className="stack area-rest">
        {PartOf && (
          <section className="panel" data-part={scene.part}>
            <PartOf order={order} onSecret={setSecret} />
          </section>
        )}
        <Thread orderId={order.id} />
        {order.allowed.some((one) => one === 'cancel' || one === 'call_off') && (
          <Cancel
            route="POST /v1/market/orders/:id/cancel"
            id={order.id}
            kept={orderKey(order.id)}
            act={t('mkCancelOrder')}
            title={t('mkCancelOrder')}
            say={t('mkCancelSay')}
          />
        )}
        <SecretSheet secret={secret} onDone={() => setSecret(undefined)} />
      </div>
      <aside className="aside stack area-side" aria-label={t('orderFacts')}>
        <Facts order={order} />
      </aside>
    </div>
  );
}

function Facts({ order }: { order: MarketOrder }): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const moment = useMoment();
  return (
    <>
      <CardFace product={order.product} />
      <section className="panel">
        <h2>{order.title}</h2>
        <dl className="facts">
          <div>
            <dt>{pick(order.product.name)}</dt>
            <dd>
              <Money fen={order.faceFen} />
            </dd>
          </div>
          <div>
            <dt>{t('mkPromised')}</dt>
            <dd>
              <Money fen={order.promisedFen} />
            </dd>
          </div>
          <div>
            <dt>{t('mkExpiry')}</dt>
            <dd>
              <Expiry sku={order.product.sku} on={order.expiresOn} />
            </dd>
          </div>
          <div>
            <dt>{t('mkDelivery')}</dt>
            <dd>{t(`mkDeliveryShort_${order.delivery}`)}</dd>
          </div>
          {order.post?.tracking && (
            <div data-testid="tracking-seen">
              <dt>{t('mkShipped')}</dt>
              <dd>
                {order.post.carrier} {order.post.tracking}
              </dd>
            </div>
          )}
          <div>
            <dt>{t('mkGuarantee')}</dt>
            <dd>
              {order.guarantee.until ? (
                <Moment at={order.guarantee.until} form="date" />
              ) : (
                t('mkGuaranteeDays', { n: order.guarantee.days })
              )}
            </dd>
          </div>
        </dl>
        <h3>{t('mkRules')}</h3>
        <RestrictionList restrictions={order.restrictions} />
        <h3>{t('mkLines')}</h3>
        <Lines lines={order.lines} />
        {order.payout && (
          <p className="payout-date">
            <Icon name={order.payout.paidAt ? 'check' : 'bank'} size={20} />
            {order.payout.paidAt
              ? t('mkPayoutPaid', { at: moment(order.payout.paidAt, 'minute') })
              : t('mkPayoutSay', { day: moment(order.payout.promisedOn, 'weekday') })}
          </p>
        )}
        {order.payout?.check && <Check order={order} />}
        <p className="fine proof-line">{t('orderOf', { id: order.id.slice(-12) })}</p>
      </section>
    </>
  );
}

function Check({ order: { id, payout } }: { order: MarketOrder }): React.ReactNode {
  const queries = useQueryClient();
  const prove = useAct('POST /v1/market/orders/:id/prove-payout', (next) => {
    queries.setQueryData(orderKey(id), next);
  });
  if (!payout?.check) return null;
  return (
    <>
      <PayoutCheck
        check={payout.check}
        paid={payout.paidAt !== undefined}
        busy={prove.isPending}
        prove={() => prove.mutate({ params: { id }, body: {} })}
      />
      {prove.error && <Refusal of={prove.error} />}
    </>
  );
}
