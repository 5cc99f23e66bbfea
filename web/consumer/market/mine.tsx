/** My side of the market: what I sell, what I bought or sold, and the offers that wait for an answer. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api.ts';
import {
  CardFace,
  Choices,
  Confirm,
  Empty,
  Field,
  fenFromYuan,
  Icon,
  Money,
  Notice,
  Refusal,
  Sheet,
  Skeleton,
  toast,
  usePick,
  yuanInput,
  yuanText,
} from '../../kit/index.ts';
import { Do, useAct } from '../act.tsx';
import { ask, useSession } from '../session.ts';
import { usePageTitle } from '../shell.tsx';
import { type PlainKey, useTexts } from '../texts.ts';
import { Lines } from './parts.tsx';
import { MySearches } from './saved.tsx';
import { sceneOf } from './scenes.ts';
import { MyScore } from './score.tsx';
import type { Offer, OwnListing } from './types.ts';
import { AnswerWanted } from './wanted.tsx';
import { MyWants } from './wants.tsx';

const PAGE = 50;
export type Tab = (typeof tabs)[number]['value'];
const tabs = [
  { value: 'orders', text: 'mkMineOrders' },
  { value: 'listings', text: 'mkMineListings' },
  { value: 'offers', text: 'mkMineOffers' },
  { value: 'wants', text: 'mkMineWants' },
  { value: 'searches', text: 'mkMineSearches' },
  { value: 'score', text: 'mkMineScore' },
] as const satisfies readonly { value: string; text: PlainKey }[];

export function MinePage(): React.ReactNode {
  const t = useTexts();
  const session = useSession();
  const { tab: asked } = useSearch({ from: '/market/mine' });
  const navigate = useNavigate();
  const tab = tabs.find(({ value }) => value === asked)?.value ?? 'orders';
  const setTab = (next: Tab): void =>
    void navigate({ to: '/market/mine', search: { tab: next }, replace: true });
  usePageTitle(t('mkMine'));
  return (
    <div className="page narrow">
      <Link to="/market" className="hq-link crumb">
        <Icon name="back" size={18} /> {t('mkTitle')}
      </Link>
      <h1>{t('mkMine')}</h1>
      {session.stranger ? (
        <Empty icon="lock" title={t('ordersSignIn')} say={t('ordersSignInSay')}>
          <Do testId="sign-in" onClick={() => void ask('sign_in')}>
            {t('signIn')}
          </Do>
        </Empty>
      ) : (
        <>
          <Choices
            label={t('mkMine')}
            hideLabel
            value={tab}
            onChange={setTab}
            options={tabs.map(({ value, text }) => ({ value, label: t(text) }))}
          />
          {tab === 'orders' && <MyOrders />}
          {tab === 'listings' && <MyListings />}
          {tab === 'offers' && <MyOffers />}
          {tab === 'wants' && <MyWants />}
          {tab === 'searches' && <MySearches />}
          {tab === 'score' && <MyScore />}
        </>
      )}
    </div>
  );
}

function None(): React.ReactNode {
  const t = useTexts();
  return (
    <Empty icon="orders" title={t('mkMineNone')} say={t('mkMineNoneSay')}>
      <Link to="/market/sell" className="hq-button" search={{}}>
        {t('mkSellMine')}
      </Link>
    </Empty>
  );
}

function MyOrders(): React.ReactNode {
  const t = useTexts();
  const orders = useQuery({
    queryKey: ['market-orders'],
    queryFn: async () => {
      const roles = ['buyer', 'seller'] as const;
      const pages = await Promise.all(
        roles.map((role) => call('GET /v1/market/orders', { query: { role, limit: PAGE } })),
      );
      const items = pages.flatMap((page) => page.items);
      return { items: items.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt)) };
    },
    refetchInterval: 15_000,
  });
  if (orders.error) return <Refusal of={orders.error} onRetry={() => void orders.refetch()} />;
  if (!orders.data) return <Skeleton lines={6} />;
  if (orders.data.items.length === 0) return <None />;
  return (
    <ul className="prices panel" data-testid="market-orders">
      {orders.data.items.map((order) => {
        const { say, tone } = sceneOf(order);
        return (
          <li key={order.id}>
            <Link to="/market/orders/$orderId" params={{ orderId: order.id }}>
              <CardFace product={order.product} size="s" />
              <span className="price-name">
                <strong>{order.title}</strong>
                <span>{t(order.role === 'buyer' ? 'mkBuyerIs' : 'mkSellerIs')}</span>
              </span>
              <span className="price-net">
                <Money fen={order.role === 'buyer' ? order.totalFen : order.netFen} size="l" />
                <span className="tag" data-tone={tone}>
                  {t(say)}
                </span>
              </span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

const states: Record<OwnListing['state'], PlainKey> = {
  draft: 'mkStateDraft',
  checking: 'mkStateChecking',
  live: 'mkStateLive',
  paused: 'mkStatePaused',
  reserved: 'mkStateReserved',
  suspended: 'mkStateSuspended',
  sold: 'mkStateSold',
  withdrawn: 'mkStateWithdrawn',
  expired: 'mkStateExpired',
};
const tones: Partial<Record<OwnListing['state'], string>> = {
  live: 'good',
  suspended: 'bad',
  draft: 'act',
};

function MyListings(): React.ReactNode {
  const listings = useQuery({
    queryKey: ['my-listings'],
    queryFn: () => call('GET /v1/market/my/listings', { query: { limit: PAGE } }),
    refetchInterval: 5_000,
  });
  if (listings.error)
    return <Refusal of={listings.error} onRetry={() => void listings.refetch()} />;
  if (!listings.data) return <Skeleton lines={6} />;
  if (listings.data.items.length === 0) return <None />;
  return (
    <ul className="mk-mine" data-testid="my-listings">
      {listings.data.items.map((listing) => (
        <li key={listing.id} className="panel" data-state={listing.state}>
          <MyListing listing={listing} />
        </li>
      ))}
    </ul>
  );
}

function MyListing({ listing }: { listing: OwnListing }): React.ReactNode {
  const t = useTexts();
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [editing, setEditing] = useState(false);
  const again = (): void => void queries.invalidateQueries({ queryKey: ['my-listings'] });
  const pause = useAct('POST /v1/market/listings/:id/pause', again);
  const resume = useAct('POST /v1/market/listings/:id/resume', again);
  const withdraw = useAct('POST /v1/market/listings/:id/withdraw', () => {
    setAsking(false);
    again();
  });
  const may = (what: string): boolean => listing.allowed.includes(what);
  const input = { params: { id: listing.id }, body: {} };
  const error = pause.error ?? resume.error;
  return (
    <>
      <p className="order-tags">
        <span className="tag" data-tone={tones[listing.state] ?? 'wait'}>
          {t(states[listing.state])}
        </span>
      </p>
      <h2>{listing.title}</h2>
      <Lines lines={listing.lines} />
      {listing.suspendedReason && (
        <Notice tone="seal" icon="warn" title={t('mkSuspendedWhy')}>
          <p>{listing.suspendedReason}</p>
        </Notice>
      )}
      {listing.state === 'live' && <AnswerWanted listing={listing} />}
      {error && <Refusal of={error} />}
      <p className="mk-acts">
        {may('pause') && (
          <button type="button" className="hq-link" onClick={() => pause.mutate(input)}>
            {t('mkPause')}
          </button>
        )}
        {may('resume') && (
          <button type="button" className="hq-link" onClick={() => resume.mutate(input)}>
            {t('mkResume')}
          </button>
        )}
        {(listing.state === 'live' || listing.state === 'paused') && (
          <button type="button" className="hq-link" onClick={() => setEditing(true)}>
            {t('mkEditPrice')}
          </button>
        )}
        {may('withdraw') && (
          <button type="button" className="hq-link danger" onClick={() => setAsking(true)}>
            {t('mkWithdraw')}
          </button>
        )}
        {listing.orderId && (
          <Link
            to="/market/orders/$orderId"
            params={{ orderId: listing.orderId }}
            className="hq-link"
          >
            {t('mkMineOrders')}
          </Link>
        )}
      </p>
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        onConfirm={() => withdraw.mutate(input)}
        busy={withdraw.isPending}
        danger
        title={t('mkWithdraw')}
        say={t('mkWithdrawSay')}
        act={t('mkWithdraw')}
      >
        {withdraw.error && <Refusal of={withdraw.error} />}
      </Confirm>
      <Sheet open={editing} onClose={() => setEditing(false)} title={t('mkEditPrice')}>
        <Reprice
          listing={listing}
          onDone={() => {
            setEditing(false);
            again();
          }}
        />
      </Sheet>
    </>
  );
}

function Reprice(props: { listing: OwnListing; onDone: () => void }): React.ReactNode {
  const { listing, onDone } = props;
  const t = useTexts();
  const [text, setText] = useState(yuanInput(listing.priceFen));
  const priceFen = fenFromYuan(text);
  const edit = useAct('POST /v1/market/listings/:id/edit', () => {
    toast(t('mkSaved'));
    onDone();
  });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (priceFen) edit.mutate({ params: { id: listing.id }, body: { priceFen } });
      }}
    >
      <Field
        label={t('mkSellPrice')}
        value={text}
        onChange={setText}
        inputMode="decimal"
        start="¥"
      />
      {edit.error && <Refusal of={edit.error} />}
      <Do submit busy={edit.isPending} disabled={!priceFen}>
        {t('mkEditPrice')}
      </Do>
    </form>
  );
}

function MyOffers(): React.ReactNode {
  const offers = useQuery({
    queryKey: ['market-offers'],
    queryFn: () => call('GET /v1/market/offers', { query: { limit: PAGE } }),
    refetchInterval: 15_000,
  });
  if (offers.error) return <Refusal of={offers.error} onRetry={() => void offers.refetch()} />;
  if (!offers.data) return <Skeleton lines={4} />;
  if (offers.data.items.length === 0) return <None />;
  return (
    <ul className="mk-mine" data-testid="my-offers">
      {offers.data.items.map((offer) => (
        <li key={offer.id} className="panel">
          <MyOffer offer={offer} />
        </li>
      ))}
    </ul>
  );
}

function MyOffer({ offer }: { offer: Offer }): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [text, setText] = useState('');
  const again = (): void => {
    setText('');
    void queries.invalidateQueries({ queryKey: ['market-offers'] });
  };
  const accept = useAct('POST /v1/market/offers/:id/accept', again);
  const decline = useAct('POST /v1/market/offers/:id/decline', again);
  const counter = useAct('POST /v1/market/offers/:id/counter', again);
  const take = useAct('POST /v1/market/offers/:id/take', again);
  const back = useAct('POST /v1/market/offers/:id/take-back', again);
  const buy = useAct('POST /v1/market/orders', (order) => {
    void navigate({ to: '/market/orders/$orderId', params: { orderId: order.id } });
  });
  const may = (what: string): boolean => offer.allowed.includes(what);
  const input = { params: { id: offer.id }, body: {} };
  const counterFen = fenFromYuan(text);
  const error = [accept, decline, counter, take, back, buy].find((act) => act.error)?.error;
  return (
    <>
      <h2>{offer.title}</h2>
      <p className="fine">
        {t(offer.role === 'buyer' ? 'mkBuyerIs' : 'mkSellerIs')} · {pick(offer.productName)}
      </p>
      <dl className="facts">
        <div>
          <dt>{t('mkAsked')}</dt>
          <dd>
            <Money fen={offer.askedFen} />
          </dd>
        </div>
        <div>
          <dt>{t('mkOffer')}</dt>
          <dd>
            <Money fen={offer.priceFen} />
          </dd>
        </div>
      </dl>
      {error && <Refusal of={error} />}
      {may('accept') && <Do onClick={() => accept.mutate(input)}>{t('mkOfferAccept')}</Do>}
      {may('take') && <Do onClick={() => take.mutate(input)}>{t('mkOfferTake')}</Do>}
      {may('order') && (
        <Do
          busy={buy.isPending}
          onClick={() =>
            buy.mutate({
              body: {
                ...{ listingId: offer.listingId, offerId: offer.id, channel: 'alipay' },
                maxPriceFen: offer.priceFen,
              },
            })
          }
        >
          {t('mkOfferOrder', { price: yuanText(offer.priceFen) })}
        </Do>
      )}
      {may('counter') && (
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            if (counterFen)
              counter.mutate({ params: { id: offer.id }, body: { priceFen: counterFen } });
          }}
        >
          <Field
            label={t('mkSellPrice')}
            value={text}
            onChange={setText}
            inputMode="decimal"
            start="¥"
          />
          <Do submit tone="quiet" disabled={!counterFen}>
            {t('mkOfferCounter')}
          </Do>
        </form>
      )}
      <p className="mk-acts">
        {may('decline') && (
          <button type="button" className="hq-link danger" onClick={() => decline.mutate(input)}>
            {t('mkOfferDecline')}
          </button>
        )}
        {may('take_back') && (
          <button type="button" className="hq-link danger" onClick={() => back.mutate(input)}>
            {t('mkOfferBack')}
          </button>
        )}
      </p>
    </>
  );
}
