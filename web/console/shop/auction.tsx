/** One auction, live: what is for sale, where it stands, what this shop can do now, the log, and the proof. */
import { Alert, Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { GradeBadge } from '../../kit/grade.tsx';
import { usePick } from '../../kit/language.tsx';
import { Money, yuanText } from '../../kit/money.tsx';
import { Refusal, Skeleton } from '../../kit/states.tsx';
import { Countdown } from '../../kit/time.tsx';
import type { Auction, AuctionStanding } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { Link, usePathPart } from '../link.tsx';
import { AskedButton } from '../parts/confirm.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Facts, Panel, Screen } from '../parts/screen.tsx';
import { Mark } from '../parts/tags.tsx';
import { useSay } from '../say.ts';
import { Price, placeOf, StateOf } from './auctions.tsx';
import { Batch, Dutch, English } from './bidding.tsx';
import { useFollow } from './live.ts';
import { Proof } from './proof.tsx';
import { Sealed } from './sealed.tsx';
import { may, useShop } from './shop.ts';

const EVERY_MS = 10_000;
const CLEARED: ReadonlySet<string> = new Set([
  'awaiting_settlement',
  'settled',
  'unsold',
  'offered',
]);

export function AuctionScreen(): ReactNode {
  const t = useSay();
  const pick = usePick();
  const { data: shop, id } = useShop();
  const auctionId = usePathPart('auctionId');
  const params = { id, auctionId };
  const standing = useAsk(
    'GET /v1/recyclers/:id/auctions/:auctionId',
    { params },
    { everyMs: EVERY_MS },
  );
  useFollow(`/v1/auctions/${auctionId}/events`, standing.refetch);
  const { data } = standing;
  if (standing.error && !data)
    return <Refusal of={standing.error} onRetry={() => void standing.refetch()} />;
  if (!data || !shop) return <Skeleton lines={10} tall />;
  const { auction } = data;
  const takesPart = data.bond !== undefined || data.won || data.defaulted;
  const [tone, place] = placeOf(data);
  return (
    <Screen
      title={pick(auction.productName)}
      lead={
        <span className="co-marks">
          <StateOf of={auction} />
          <Mark tone="idle">{t(`auction.kind.${auction.kind}`)}</Mark>
          {takesPart && <Mark tone={tone}>{t(place as 'auction.my.won')}</Mark>}
        </span>
      }
      actions={
        <Link to="/shops/$id/auctions" params={{ id }}>
          {t('auction.all')}
        </Link>
      }
    >
      <Tiles of={auction} />
      <p className="co-note co-gap">{t(`auction.rule.${auction.kind}`)}</p>
      {may(shop, 'buyer') ? (
        <Now of={data} shop={id} />
      ) : (
        <Alert type="info" showIcon title={t('auction.readOnly')} />
      )}
      <AboutCard of={auction} />
      {auction.kind !== 'batch' && auction.kind !== 'dutch' && <Log of={data} />}
      {CLEARED.has(auction.state) && auction.kind !== 'batch' && auction.kind !== 'dutch' && (
        <Proof id={auction.id} />
      )}
    </Screen>
  );
}

function Tiles({ of }: { of: Auction }): ReactNode {
  const t = useSay();
  const over = of.state === 'settled' || of.state === 'awaiting_settlement';
  return (
    <dl className="co-tiles">
      <div>
        <dt>{t(over ? 'auction.result' : 'auction.price')}</dt>
        <dd>
          <Price of={of} size="m" />
        </dd>
      </div>
      <div>
        <dt>{t('auction.face')}</dt>
        <dd>
          <Money fen={of.faceFen} />
        </dd>
      </div>
      <div>
        <dt>{t('auction.reserve')}</dt>
        <dd>
          <Money fen={of.reserveFen} />
        </dd>
      </div>
      <Clock of={of} />
      {of.kind !== 'dutch' && of.kind !== 'batch' && (
        <div>
          <dt>{t('auction.bids')}</dt>
          <dd className="co-tile-small">
            {t('auction.bidsBy', { bids: of.bids, bidders: of.bidders })}
          </dd>
        </div>
      )}
    </dl>
  );
}

/** The one deadline that counts now. */
function Clock({ of }: { of: Auction }): ReactNode {
  const t = useSay();
  const { state, opensAt, endsAt, dueAt, extensions } = of;
  const [label, until] =
    state === 'scheduled'
      ? ([t('auction.opensIn'), opensAt] as const)
      : state === 'open'
        ? ([t('auction.endsIn'), endsAt] as const)
        : state === 'closing' && dueAt
          ? ([t('auction.revealIn'), dueAt] as const)
          : state === 'awaiting_settlement' && dueAt
            ? ([t('auction.payIn'), dueAt] as const)
            : ([t('auction.ends'), undefined] as const);
  return (
    <div>
      <dt>{label}</dt>
      <dd className={until ? '' : 'co-tile-small'}>
        {until ? <Countdown until={until} /> : <When at={endsAt} />}
        {extensions > 0 && state === 'open' && (
          <small className="co-note"> {t('auction.extended', { n: extensions })}</small>
        )}
      </dd>
    </div>
  );
}

/** What can be done at this moment: the state of the auction first, then its kind. */
function Now({ of, shop }: { of: AuctionStanding; shop: string }): ReactNode {
  const t = useSay();
  const { auction, won, defaulted, bond } = of;
  const { state, kind, bondFen } = auction;
  if (won && state === 'awaiting_settlement') return <Pay of={of} shop={shop} />;
  if (won && state === 'settled') return <Won of={of} shop={shop} />;
  if (defaulted || bond === 'forfeited')
    return (
      <Alert
        type="error"
        showIcon
        title={t('auction.lostTitle')}
        description={t('auction.forfeited', { bond: yuanText(bondFen) })}
      />
    );
  if (state === 'scheduled')
    return (
      <Alert
        type="info"
        showIcon
        title={t('auction.soonTitle')}
        description={t('auction.soonSay')}
      />
    );
  if (kind === 'first_price' || kind === 'second_price') {
    if (state === 'open' || state === 'closing') return <Sealed of={of} shop={shop} />;
  } else if (state === 'open') {
    if (kind === 'english') return <English of={of} shop={shop} />;
    if (kind === 'dutch') return <Dutch of={of} shop={shop} />;
    return <Batch of={auction} shop={shop} />;
  }
  return (
    <Alert
      type="info"
      showIcon
      title={t(bond ? 'auction.lostTitle' : 'auction.overTitle')}
      description={t(bond === 'released' ? 'auction.lostSay' : 'auction.overSay')}
    />
  );
}

function Pay({ of: { auction }, shop }: { of: AuctionStanding; shop: string }): ReactNode {
  const t = useSay();
  const act = useAct('POST /v1/recyclers/:id/auctions/:auctionId/fund', t('auction.paid'));
  const price = yuanText(auction.priceFen ?? '0');
  return (
    <Panel title={t('auction.payTitle')}>
      <p className="co-gap">{t('auction.paySay', { price, bond: yuanText(auction.bondFen) })}</p>
      <div className="co-actions">
        <Button
          type="primary"
          size="large"
          loading={act.busy}
          onClick={() => void act.run({ params: { id: shop, auctionId: auction.id } })}
        >
          {t('auction.pay', { price })}
        </Button>
        <Link to="/shops/$id/wallet" params={{ id: shop }}>
          {t('auction.topUp')}
        </Link>
      </div>
    </Panel>
  );
}

function Won({ of, shop }: { of: AuctionStanding; shop: string }): ReactNode {
  const t = useSay();
  const act = useAct('POST /v1/recyclers/:id/auctions/:auctionId/card');
  const [secret, setSecret] = useState<{ number: string; pin?: string }>();
  const open = async (): Promise<void> => {
    const seen = await act.ask({ params: { id: shop, auctionId: of.auction.id } });
    if (seen) setSecret(seen.reply);
  };
  return (
    <Panel title={t('auction.wonTitle')} note={t('auction.wonSay')}>
      {secret && (
        <Facts
          of={[
            [
              t('auction.number'),
              <code key="number" className="co-key">
                {secret.number}
              </code>,
            ],
            ...(secret.pin
              ? [
                  [
                    t('auction.pin'),
                    <code key="pin" className="co-key">
                      {secret.pin}
                    </code>,
                  ] as const,
                ]
              : []),
          ]}
        />
      )}
      {!secret && of.mayReveal && (
        <AskedButton
          type="primary"
          size="large"
          loading={act.busy}
          label={t('auction.open')}
          sure={<p>{t('auction.openSure')}</p>}
          calm
          act={open}
        />
      )}
      {!secret && !of.mayReveal && <Mark tone="idle">{t('auction.seen')}</Mark>}
    </Panel>
  );
}

function AboutCard({ of }: { of: Auction }): ReactNode {
  const t = useSay();
  return (
    <Panel title={t('auction.card')}>
      <Facts
        of={[
          [t('auction.expires'), of.expiresOn ?? t('auction.noExpiry')],
          [t('auction.grade'), of.grade ? <GradeBadge key="grade" grade={of.grade} /> : '–'],
          ...(of.kind === 'dutch' || of.kind === 'batch'
            ? []
            : [[t('auction.bond'), <Money key="bond" fen={of.bondFen} size="s" />] as const]),
          [t('auction.ends'), <When key="ends" at={of.endsAt} />],
        ]}
      />
    </Panel>
  );
}

function Log({ of: { auction, letter } }: { of: AuctionStanding }): ReactNode {
  const t = useSay();
  return (
    <Panel title={t('auction.log')}>
      <Listing
        caption={t('auction.log')}
        rows={auction.log}
        rowKey={({ no }) => String(no)}
        empty={{ title: t('auction.noLog'), next: t('auction.noLogNext') }}
        columns={[
          {
            title: t('auction.who'),
            show: ({ bidder }) =>
              t(bidder === letter ? 'auction.you' : 'auction.bidder', { letter: bidder }),
          },
          {
            title: t('auction.made'),
            show: ({ commitment, priceFen }) => (
              <span className="co-twoline">
                {priceFen && (
                  <span>
                    {!commitment && `${t('auction.raisedTo')} `}
                    <Money fen={priceFen} size="s" />
                  </span>
                )}
                {commitment && (
                  <small>
                    {t('auction.hash')} <code title={commitment}>{commitment.slice(0, 16)}…</code>
                  </small>
                )}
              </span>
            ),
          },
          { title: t('shop.when'), show: ({ at }) => <When at={at} /> },
        ]}
      />
    </Panel>
  );
}
