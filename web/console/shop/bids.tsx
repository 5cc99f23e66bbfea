/** A shop's standing bids: what each buys, what it has bought today, and the two ways to stop. */
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { Money, yuanText } from '../../kit/money.tsx';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import type { StandingBid } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { Link, useGo } from '../link.tsx';
import { AskedButton } from '../parts/confirm.tsx';
import { Listing } from '../parts/listing.tsx';
import { Screen } from '../parts/screen.tsx';
import { Mark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { useProductName } from './product-pick.tsx';
import { percentText } from './rates.ts';
import { may, useShop } from './shop.ts';

const EVERY_MS = 10_000;

export function BidsScreen(): ReactNode {
  const t = useSay();
  const go = useGo();
  const { data: shop, id } = useShop();
  const bids = useAsk('GET /v1/recyclers/:id/bids', { params: { id } }, { everyMs: EVERY_MS });
  if (bids.error && !bids.data)
    return <Refusal of={bids.error} onRetry={() => void bids.refetch()} />;
  if (!bids.data || !shop) return <Skeleton lines={8} tall />;
  const { items, walletFen, heldFen } = bids.data;
  const live = items.filter(({ active }) => active).length;
  const buyer = may(shop, 'buyer');
  const freeFen = BigInt(walletFen) - BigInt(heldFen);
  return (
    <Screen
      title={t('bid.nav')}
      lead={t('bid.lead')}
      actions={
        buyer && (
          <>
            {live > 0 && <Kill id={id} live={live} />}
            <Button
              type="primary"
              onClick={() => void go({ to: '/shops/$id/bid', params: { id } })}
            >
              {t('bid.new')}
            </Button>
          </>
        )
      }
    >
      <dl className="co-tiles">
        <div>
          <dt>{t('shop.free')}</dt>
          <dd>
            <Money fen={String(freeFen)} />
          </dd>
        </div>
        <div>
          <dt>{t('shop.held')}</dt>
          <dd>
            <Money fen={heldFen} />
          </dd>
        </div>
        <div>
          <dt>{t('bid.live')}</dt>
          <dd>{live}</dd>
        </div>
      </dl>
      <Bids id={id} items={items} buyer={buyer} freeFen={freeFen} />
    </Screen>
  );
}

interface BidsProps {
  id: string;
  items: readonly StandingBid[];
  buyer: boolean;
  freeFen: bigint;
}

function Bids({ id, items, buyer, freeFen }: BidsProps): ReactNode {
  const t = useSay();
  const nameOf = useProductName();
  return (
    <Listing
      caption={t('bid.nav')}
      rows={items}
      rowKey={(bid) => bid.id}
      empty={{ title: t('bid.none'), next: t('bid.noneNext') }}
      columns={[
        {
          title: t('bid.card'),
          show: ({ sku, faceMinFen, faceMaxFen }) => (
            <span className="co-twoline">
              <Link to="/shops/$id/book" params={{ id }} search={{ name: sku }}>
                {nameOf(sku)}
              </Link>
              <small>
                {yuanText(faceMinFen)}
                {faceMinFen !== faceMaxFen && ` – ${yuanText(faceMaxFen)}`}
              </small>
            </span>
          ),
        },
        { title: t('bid.pays'), show: ({ curve }) => <Curve of={curve} /> },
        {
          title: t('bid.today'),
          show: ({ today, dailyBudgetFen }) => (
            <span className="co-twoline">
              <span>{t('bid.todaySay', { cards: today.cards })}</span>
              <small>
                {t('bid.ofBudget', {
                  spent: yuanText(today.spentFen),
                  budget: yuanText(dailyBudgetFen),
                })}
              </small>
            </span>
          ),
        },
        { title: t('bid.state'), show: (bid) => <State of={bid} freeFen={freeFen} /> },
        ...(buyer
          ? [
              {
                title: t('shell.actions'),
                show: (bid: StandingBid) => <Acts id={id} of={bid} />,
              },
            ]
          : []),
      ]}
    />
  );
}

function Curve({ of }: { of: StandingBid['curve'] }): ReactNode {
  const t = useSay();
  const shown = of.slice(0, STEPS_SHOWN);
  return (
    <span className="co-twoline">
      {shown.map(({ rateBps, quantity }) => (
        <span key={rateBps}>
          <strong>{percentText(rateBps)}</strong>{' '}
          <small>× {t('bid.takesN', { n: quantity })}</small>
        </span>
      ))}
      {of.length > STEPS_SHOWN && <small>…</small>}
    </span>
  );
}
const STEPS_SHOWN = 3;

function State({ of, freeFen }: { of: StandingBid; freeFen: bigint }): ReactNode {
  const t = useSay();
  const { active, curve, today, dailyBudgetFen, faceMinFen } = of;
  if (!active) return <Mark tone="idle">{t('bid.stopped')}</Mark>;
  const cards = curve.reduce((sum, { quantity }) => sum + quantity, 0);
  const full = today.cards >= cards || BigInt(today.spentFen) >= BigInt(dailyBudgetFen);
  const least = (BigInt(faceMinFen) * BigInt(curve.at(-1)?.rateBps ?? 0)) / 10_000n;
  if (!full && least > freeFen) return <Mark tone="bad">{t('bid.unfunded')}</Mark>;
  return full ? (
    <Mark tone="warn">{t('bid.usedUp')}</Mark>
  ) : (
    <Mark tone="good">{t('bid.live')}</Mark>
  );
}

function Acts({ id, of }: { id: string; of: StandingBid }): ReactNode {
  const t = useSay();
  const go = useGo();
  const stop = useAct('POST /v1/recyclers/:id/bids/:bidId/stop', t('bid.stopDone'));
  return (
    <div className="co-actions">
      <Button
        size="small"
        onClick={() =>
          void go({ to: '/shops/$id/bid', params: { id }, search: { subject: of.id } })
        }
      >
        {of.active ? t('bid.change') : t('bid.new')}
      </Button>
      {of.active && (
        <AskedButton
          size="small"
          danger
          loading={stop.busy}
          label={t('bid.stop')}
          title={t('bid.stopOne')}
          sure={<p>{t('bid.stopSure')}</p>}
          act={() => stop.run({ params: { id, bidId: of.id } })}
        />
      )}
    </div>
  );
}

/** The switch for everything. */
function Kill({ id, live }: { id: string; live: number }): ReactNode {
  const t = useSay();
  const stop = useAct('POST /v1/recyclers/:id/bids/stop', t('bid.stopDone'));
  return (
    <AskedButton
      danger
      loading={stop.busy}
      label={t('bid.kill')}
      sure={<p>{t('bid.killSure', { n: live })}</p>}
      act={() => stop.run({ params: { id } })}
    />
  );
}
