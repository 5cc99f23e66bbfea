/** One order between two people whole: where it stands, every line of its money, its card, and all that happened. */
import type { ReactNode } from 'react';
import { type Code, RESULTS } from '../../../src/cards/schema.ts';
import { usePick } from '../../kit/language.tsx';
import { Money } from '../../kit/money.tsx';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import type { MarketOrderDetail } from '../api-types.ts';
import { useAsk } from '../ask.ts';
import { Link, usePathPart } from '../link.tsx';
import { ShortId } from '../parts/id.tsx';
import { Due, When } from '../parts/moment.tsx';
import { Facts, Panel, Screen } from '../parts/screen.tsx';
import { StateMark } from '../parts/tags.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { placeOf } from '../places.ts';
import { useSay } from '../say.ts';
import { useMay } from '../session.ts';
import { useMarketReason } from './market-reasons.ts';

const EVERY_MS = 10_000;
/** Its timeline tells of its listing and its payout as well. */
const LIVES = ['market_order', 'listing', 'payout'] as const;

export function MarketOrderScreen(): ReactNode {
  const t = useSay();
  const id = usePathPart('id');
  const { data, error, refetch } = useAsk(
    'GET /v1/console/market/orders/:id',
    { params: { id } },
    { everyMs: EVERY_MS },
  );
  if (error && !data) return <Refusal of={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton lines={10} tall />;
  const { order } = data;
  return (
    <Screen
      title={t('order.title', { id: order.id.slice(-8) })}
      lead={
        <>
          <StateMark process="market_order" state={order.state} />{' '}
          {order.deadline && <Due at={order.deadline.at} />}
        </>
      }
    >
      <div className="co-split">
        <div>
          <Summary of={data} />
        </div>
        <div>
          <Lines of={order} />
          <Card of={order} />
        </div>
        <Timeline process={LIVES} of={data.timeline} />
      </div>
    </Screen>
  );
}

type Order = MarketOrderDetail['order'];

function Summary({ of }: { of: MarketOrderDetail }): ReactNode {
  const t = useSay();
  const pick = usePick();
  const { order, allowed } = of;
  const books = useMay(placeOf('/ledger')?.roles ?? []);
  const proof = useMay(placeOf('/record')?.roles ?? []);
  const when = (at: string | undefined): ReactNode => (at ? <When at={at} /> : '–');
  return (
    <Panel title={t('order.facts')}>
      <Facts
        of={[
          [t('orders.id'), <ShortId key="i" id={order.id} />],
          [t('orders.product'), pick(order.productName)],
          [t('market.delivery'), t(`market.delivery.${order.delivery}`)],
          [t('orders.face'), <Money key="f" fen={order.faceFen} size="s" />],
          [t('market.promised'), <Money key="p" fen={order.promisedFen} size="s" />],
          [t('order.seller'), <ShortId key="s" id={order.sellerId} plain />],
          [t('market.buyer'), <ShortId key="b" id={order.buyerId} plain />],
          [t('market.listing'), <ShortId key="l" id={order.listingId} plain />],
          [t('orders.created'), when(order.createdAt)],
          [t('market.paidAt'), when(order.paidAt)],
          [t('market.revealedAt'), when(order.revealedAt)],
          [t('market.confirmedAt'), when(order.confirmedAt)],
          [t('orders.since'), when(order.stateSince)],
          [
            t('order.allowed'),
            allowed.length > 0 ? <code key="a">{allowed.join(', ')}</code> : t('shell.none'),
          ],
        ]}
      />
      {proof && (
        <p className="co-links">
          {books && (
            <Link to="/ledger" search={{ subject: order.id }}>
              {t('order.ledger')}
            </Link>
          )}
          <Link to="/record" search={{ subject: order.id }}>
            {t('order.record')}
          </Link>
        </p>
      )}
    </Panel>
  );
}

/** Price = net + fee + charity + tax; total = price + premium: each a line, as in the ledger. */
function Lines({ of }: { of: Order }): ReactNode {
  const t = useSay();
  const reason = useMarketReason();
  const money = (fen: string): ReactNode => <Money key={fen} fen={fen} size="s" />;
  return (
    <Panel title={t('market.lines')} note={t('market.policy', { n: of.policyVersion })}>
      <Facts
        of={[
          [t('market.price'), money(of.priceFen)],
          [t('market.premium'), money(of.premiumFen)],
          [t('market.total'), money(of.totalFen)],
          [t('market.fee'), money(of.feeFen)],
          [t('market.charity'), money(of.charityFen)],
          [t('market.tax'), money(of.taxFen)],
          [t('orders.net'), money(of.netFen)],
          [
            t('market.refund'),
            of.refundFen ? (
              <span key="r" className="co-twoline">
                {money(of.refundFen)}
                <small>{reason(of.refundReason ?? '')}</small>
              </span>
            ) : (
              '–'
            ),
          ],
        ]}
      />
    </Panel>
  );
}

function Card({ of }: { of: Order }): ReactNode {
  const t = useSay();
  const pick = usePick();
  const result = of.probeCode ? RESULTS[of.probeCode as Code] : undefined;
  return (
    <Panel title={t('market.probe')}>
      {of.probeCode ? (
        <Facts
          of={[
            [
              t('order.code'),
              <span key="c" className="co-twoline">
                <span>{result ? pick(result.text) : of.probeCode}</span>
                <small>
                  <code>{of.probeCode}</code>
                </small>
              </span>,
            ],
          ]}
        />
      ) : (
        <p className="co-note">{t('market.noProbe')}</p>
      )}
    </Panel>
  );
}
