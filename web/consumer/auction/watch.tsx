/** One auction as its seller watches it, live: where it stands, the way back, the offer of the platform, the money. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { call, follow, type Reply } from '../../api.ts';
import {
  Confirm,
  Countdown,
  Icon,
  Moment,
  Money,
  Notice,
  Refusal,
  Skeleton,
  useNow,
  usePick,
  yuanText,
} from '../../kit/index.ts';
import { Do, useAct } from '../act.tsx';
import { usePageTitle } from '../shell.tsx';
import { useTexts } from '../texts.ts';

type Auction = Reply<'GET /v1/auctions/:id'>;
const EVERY_MS = 15_000;

export function AuctionPage(): React.ReactNode {
  const t = useTexts();
  usePageTitle(t('auTitle'));
  const { auctionId } = useParams({ from: '/auctions/$auctionId' });
  const auction = useQuery({
    queryKey: ['auction', auctionId],
    queryFn: () => call('GET /v1/auctions/:id', { params: { id: auctionId } }),
    refetchInterval: EVERY_MS,
  });
  const queries = useQueryClient();
  useEffect(
    () =>
      follow(`/v1/auctions/${encodeURIComponent(auctionId)}/events`, () => {
        void queries.invalidateQueries({ queryKey: ['auction', auctionId] });
      }),
    [auctionId, queries],
  );
  return (
    <div className="page narrow">
      <Link to="/auctions" className="hq-link crumb">
        <Icon name="back" size={18} /> {t('auMineTitle')}
      </Link>
      {auction.error ? (
        <Refusal of={auction.error} onRetry={() => void auction.refetch()} />
      ) : auction.data ? (
        <Found of={auction.data} />
      ) : (
        <Skeleton lines={8} />
      )}
    </div>
  );
}

const CLEARED: readonly Auction['state'][] = [
  'awaiting_settlement',
  'settled',
  'offered',
  'unsold',
];

function Found({ of }: { of: Auction }): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  return (
    <div className="stack" data-testid="auction" data-state={of.state}>
      <header>
        <h1>{pick(of.productName)}</h1>
        <p className="fine">
          {t('auFaceIs', { face: yuanText(of.faceFen), reserve: yuanText(of.reserveFen) })}
        </p>
        <p className="order-tags">
          <span className="tag" data-tone={of.state === 'settled' ? 'good' : 'wait'}>
            {pick({ zh: of.stateZh, en: of.stateEn })}
          </span>
          <span className="tag">{t(`auKind_${of.kind}`)}</span>
        </p>
      </header>
      <section className="panel stack" aria-label={t('auState')}>
        <Price of={of} />
        <Clock of={of} />
        <Outcome of={of} />
      </section>
      {of.mine && of.state === 'offered' && <OwnPrice of={of} />}
      {of.mine && <Withdraw of={of} />}
      {of.log.length > 0 && <Log of={of} />}
      {CLEARED.includes(of.state) && of.kind !== 'batch' && of.kind !== 'dutch' && (
        <Proof id={of.id} />
      )}
    </div>
  );
}

/** The figure that counts now, or why there is none yet. */
function Price({ of }: { of: Auction }): React.ReactNode {
  const t = useTexts();
  const { priceFen, state, kind, bids, bidders } = of;
  const sold = state === 'settled' || state === 'awaiting_settlement';
  if (priceFen !== undefined)
    return (
      <p className="calc-net-line">
        <span className="calc-net-label">{t(sold ? 'auSold' : 'auPriceNow')}</span>{' '}
        <Money fen={priceFen} size="xl" />
        {bids > 0 && <span className="fine"> {t('auBids', { bids, bidders })}</span>}
      </p>
    );
  if (state === 'draft' || state === 'scheduled')
    return <p>{t(state === 'draft' ? 'auChecking' : 'auNobody')}</p>;
  if (state !== 'open' && state !== 'closing') return null;
  if (kind === 'batch') return <p>{t('auWaiting')}</p>;
  return <p>{bids > 0 ? t('auSealed', { n: bids }) : t('auNobody')}</p>;
}

const ROUND_MS = 300_000;

function Clock({ of }: { of: Auction }): React.ReactNode {
  const t = useTexts();
  const now = useNow();
  const { state, kind, opensAt, endsAt, dueAt } = of;
  const round = new Date((Math.floor(now / ROUND_MS) + 1) * ROUND_MS).toISOString();
  if (state === 'scheduled') return <Countdown until={opensAt} label={t('auOpensIn')} />;
  if (state === 'open')
    return (
      <p className="order-tags">
        {kind === 'batch' && <Countdown key={round} until={round} label={t('auNextRound')} />}
        <Countdown key={endsAt} until={endsAt} label={t('auEndsIn')} />
      </p>
    );
  if (state === 'closing' && dueAt) return <Countdown until={dueAt} label={t('auRevealIn')} />;
  if (state === 'awaiting_settlement' && dueAt)
    return <Countdown until={dueAt} label={t('auPayIn')} />;
  return null;
}

function Outcome({ of }: { of: Auction }): React.ReactNode {
  const t = useTexts();
  const { state, seller } = of;
  const over =
    state === 'settled' || state === 'unsold' || state === 'withdrawn' || state === 'failed';
  if (!over) return null;
  const bonds = seller && BigInt(seller.forfeitedFen) > 0n;
  return (
    <Notice
      tone={state === 'settled' ? 'good' : 'info'}
      icon={state === 'settled' ? 'check' : 'info'}
      title={t(`auDone_${state}`)}
    >
      {seller?.houseBought && <p>{t('auPaidHouse')}</p>}
      {seller?.netFen && <p data-testid="net">{t('auPaid', { net: yuanText(seller.netFen) })}</p>}
      {bonds && <p>{t('auBonds', { bond: yuanText(seller.forfeitedFen) })}</p>}
    </Notice>
  );
}

/** Takes what the server answered as the newest view. */
function useTake(id: string): (next: Auction) => void {
  const queries = useQueryClient();
  return (next) => queries.setQueryData(['auction', id], next);
}

/** Unsold: a price of the platform, for a yes or a no. */
function OwnPrice({ of }: { of: Auction }): React.ReactNode {
  const t = useTexts();
  const take = useTake(of.id);
  const yes = useAct('POST /v1/auctions/:id/offer/accept', take);
  const no = useAct('POST /v1/auctions/:id/offer/decline', take);
  const [sure, setSure] = useState(false);
  const offer = of.seller?.offer;
  if (!offer) return null;
  const input = { params: { id: of.id }, body: {} };
  const net = yuanText(offer.netFen);
  return (
    <section className="panel stack" data-testid="own-price">
      <h2>{t('auOwnPrice')}</h2>
      <Money fen={offer.netFen} size="xl" />
      <p>{t('auOwnPriceSay', { price: yuanText(offer.priceFen) })}</p>
      {of.dueAt && <Countdown until={of.dueAt} label={t('auAnswerIn')} />}
      {(yes.error ?? no.error) && <Refusal of={yes.error ?? no.error} />}
      <Do testId="own-yes" busy={yes.isPending} onClick={() => setSure(true)}>
        {t('auOwnYes', { net })}
      </Do>
      <Do testId="own-no" tone="quiet" busy={no.isPending} onClick={() => no.mutate(input)}>
        {t('auOwnNo')}
      </Do>
      <Confirm
        open={sure}
        onClose={() => setSure(false)}
        onConfirm={() => {
          setSure(false);
          yes.mutate(input);
        }}
        title={t('auOwnPrice')}
        say={t('auOwnYesSay', { net })}
        act={t('auOwnYes', { net })}
      />
    </section>
  );
}

const BEFORE_END: readonly Auction['state'][] = ['draft', 'scheduled', 'open'];

function Withdraw({ of }: { of: Auction }): React.ReactNode {
  const t = useTexts();
  const act = useAct('POST /v1/auctions/:id/withdraw', useTake(of.id));
  const [sure, setSure] = useState(false);
  if (!BEFORE_END.includes(of.state)) return null;
  if (of.bids > 0) return <p className="fine">{t('auNoWithdraw')}</p>;
  return (
    <>
      {act.error && <Refusal of={act.error} />}
      <Do testId="withdraw" tone="quiet" busy={act.isPending} onClick={() => setSure(true)}>
        {t('auWithdraw')}
      </Do>
      <Confirm
        open={sure}
        danger
        onClose={() => setSure(false)}
        onConfirm={() => {
          setSure(false);
          act.mutate({ params: { id: of.id }, body: {} });
        }}
        title={t('auWithdraw')}
        say={t('auWithdrawSay')}
        act={t('auWithdraw')}
      />
    </>
  );
}

function Log({ of }: { of: Auction }): React.ReactNode {
  const t = useTexts();
  return (
    <section className="panel" aria-labelledby="log">
      <h2 id="log">{t('auLog')}</h2>
      <dl className="facts">
        {of.log.map(({ no, at, bidder, priceFen }) => (
          <div key={no}>
            <dt>
              {t('auBidder', { letter: bidder })} · <Moment at={at} form="minute" />
            </dt>
            <dd>{priceFen ? <Money fen={priceFen} size="s" /> : '•••'}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Proof({ id }: { id: string }): React.ReactNode {
  const t = useTexts();
  const replay = useQuery({
    queryKey: ['auction', id, 'replay'],
    queryFn: () => call('GET /v1/auctions/:id/replay', { params: { id } }),
  });
  if (!replay.data) return null;
  const good = replay.data.items.every(({ inputKept, same }) => inputKept && same);
  return (
    <Notice tone={good ? 'good' : 'warn'} icon="shield" title={t('auProof')}>
      <p>{t(good ? 'auProofSay' : 'auProofBad')}</p>
    </Notice>
  );
}
