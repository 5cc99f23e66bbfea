/** Bargaining, from both sides: what was offered for my cards, what I offered for others', and what to answer by when. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api.ts';
import {
  Countdown,
  Empty,
  Field,
  fenFromYuan,
  Money,
  Refusal,
  Skeleton,
  usePick,
  yuanText,
} from '../../kit/index.ts';
import { Do, useAct } from '../act.tsx';
import { type PlainKey, useTexts } from '../texts.ts';
import { BuySheet } from './buy.tsx';
import type { Offer } from './types.ts';

const PAGE = 50;
const REFRESH_MS = 15_000;
const OFFERS = ['market-offers'] as const;

/** Those that wait for an answer first, then the newest. */
const inOrder = (a: Offer, b: Offer): number =>
  Number(isOver(a)) - Number(isOver(b)) || b.createdAt.localeCompare(a.createdAt);
const OVER: readonly Offer['state'][] = ['ordered', 'declined', 'taken_back', 'lapsed'];
const isOver = ({ state }: Offer): boolean => OVER.includes(state);

export function MyOffers(): React.ReactNode {
  const t = useTexts();
  const offers = useQuery({
    queryKey: OFFERS,
    queryFn: async () => {
      const roles = ['buyer', 'seller'] as const;
      const pages = await Promise.all(
        roles.map((role) => call('GET /v1/market/offers', { query: { role, limit: PAGE } })),
      );
      return pages.flatMap((page) => page.items).toSorted(inOrder);
    },
    refetchInterval: REFRESH_MS,
  });
  if (offers.error) return <Refusal of={offers.error} onRetry={() => void offers.refetch()} />;
  if (!offers.data) return <Skeleton lines={4} />;
  if (offers.data.length === 0)
    return (
      <Empty icon="trend" title={t('mkOffersNone')} say={t('mkOffersNoneSay')}>
        <Link to="/market" search={{}} className="hq-button">
          {t('mkBasketGo')}
        </Link>
      </Empty>
    );
  return (
    <ul className="mk-mine" data-testid="my-offers">
      {offers.data.map((offer) => (
        <li key={offer.id} className="panel" data-state={offer.state} data-role={offer.role}>
          <MyOffer offer={offer} />
        </li>
      ))}
    </ul>
  );
}

interface Stand {
  readonly say: PlainKey;
  readonly tone: 'act' | 'wait' | 'good' | 'bad';
}
const over = (say: PlainKey, tone: Stand['tone'] = 'bad') => ({
  buyer: { say, tone },
  seller: { say, tone },
});
/** What either side sees in each state; a state without words does not compile. */
const stands = {
  open: {
    buyer: { say: 'mkOfferOpenB', tone: 'wait' },
    seller: { say: 'mkOfferOpenS', tone: 'act' },
  },
  countered: {
    buyer: { say: 'mkOfferCounteredB', tone: 'act' },
    seller: { say: 'mkOfferCounteredS', tone: 'wait' },
  },
  agreed: {
    buyer: { say: 'mkOfferAgreedB', tone: 'act' },
    seller: { say: 'mkOfferAgreedS', tone: 'wait' },
  },
  ordered: over('mkOfferOrdered', 'good'),
  declined: over('mkOfferDeclined'),
  taken_back: over('mkOfferTakenBack'),
  lapsed: over('mkOfferLapsed'),
} as const satisfies Record<Offer['state'], Record<Offer['role'], Stand>>;

/** Whose price it is that stands now. */
const named: Partial<Record<Offer['state'], PlainKey>> = {
  countered: 'mkOfferCounterPrice',
  agreed: 'mkOfferAgreedPrice',
  ordered: 'mkOfferAgreedPrice',
};

function MyOffer({ offer }: { offer: Offer }): React.ReactNode {
  const t = useTexts();
  const pick = usePick();
  const { say, tone } = stands[offer.state][offer.role];
  return (
    <>
      <p className="order-tags">
        <span className="tag" data-tone={tone}>
          {t(say)}
        </span>
      </p>
      <h2>
        <Link to="/market/listings/$listingId" params={{ listingId: offer.listingId }}>
          {offer.title}
        </Link>
      </h2>
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
          <dt>{t(named[offer.state] ?? 'mkOfferBid')}</dt>
          <dd>
            <Money fen={offer.priceFen} />
          </dd>
        </div>
      </dl>
      {offer.deadline && (
        <Countdown
          label={t(offer.state === 'agreed' ? 'mkOfferOrderBy' : 'mkTimeAnswer')}
          until={offer.deadline.at}
        />
      )}
      {offer.allowed.length > 0 && <Answers offer={offer} />}
    </>
  );
}

function Answers({ offer }: { offer: Offer }): React.ReactNode {
  const t = useTexts();
  const queries = useQueryClient();
  const [ordering, setOrdering] = useState(false);
  const again = (): void => void queries.invalidateQueries({ queryKey: OFFERS });
  const accept = useAct('POST /v1/market/offers/:id/accept', again);
  const decline = useAct('POST /v1/market/offers/:id/decline', again);
  const take = useAct('POST /v1/market/offers/:id/take', again);
  const back = useAct('POST /v1/market/offers/:id/take-back', again);
  const may = (what: string): boolean => offer.allowed.includes(what);
  const input = { params: { id: offer.id }, body: {} };
  const error = [accept, decline, take, back].find((act) => act.error)?.error;
  const price = yuanText(offer.priceFen);
  return (
    <>
      {error && <Refusal of={error} />}
      {may('accept') && (
        <Do busy={accept.isPending} testId="offer-accept" onClick={() => accept.mutate(input)}>
          {t('mkOfferAcceptAt', { price })}
        </Do>
      )}
      {may('take') && (
        <Do busy={take.isPending} testId="offer-take" onClick={() => take.mutate(input)}>
          {t('mkOfferTakeAt', { price })}
        </Do>
      )}
      {may('order') && (
        <Do testId="offer-order" onClick={() => setOrdering(true)}>
          {t('mkOfferOrder', { price })}
        </Do>
      )}
      {may('counter') && <Name offer={offer} route="counter" onDone={again} />}
      {may('bid_again') && <Name offer={offer} route="bid-again" onDone={again} />}
      <p className="mk-acts">
        {may('decline') && (
          <button
            type="button"
            className="hq-link danger"
            data-testid="offer-decline"
            onClick={() => decline.mutate(input)}
          >
            {t('mkOfferDecline')}
          </button>
        )}
        {may('take_back') && (
          <button type="button" className="hq-link danger" onClick={() => back.mutate(input)}>
            {t('mkOfferBack')}
          </button>
        )}
      </p>
      {ordering && <Ordering offer={offer} onClose={() => setOrdering(false)} />}
    </>
  );
}

/** Answering with another price: the seller's counter-offer, or the buyer's next bid. */
function Name(props: {
  offer: Offer;
  route: 'counter' | 'bid-again';
  onDone: () => void;
}): React.ReactNode {
  const { offer, route, onDone } = props;
  const t = useTexts();
  const [text, setText] = useState('');
  const priceFen = fenFromYuan(text);
  const done = (): void => {
    setText('');
    onDone();
  };
  const counter = useAct('POST /v1/market/offers/:id/counter', done);
  const again = useAct('POST /v1/market/offers/:id/bid-again', done);
  const act = route === 'counter' ? counter : again;
  return (
    <form
      className="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (priceFen) act.mutate({ params: { id: offer.id }, body: { priceFen } });
      }}
    >
      <Field
        label={t(route === 'counter' ? 'mkOfferCounterYours' : 'mkOfferYours')}
        value={text}
        onChange={setText}
        inputMode="decimal"
        start="¥"
        data-testid="offer-name"
      />
      {act.error && <Refusal of={act.error} />}
      <Do submit tone="quiet" busy={act.isPending} disabled={!priceFen} testId="offer-counter">
        {t(route === 'counter' ? 'mkOfferCounter' : 'mkOfferBidAgain')}
      </Do>
    </form>
  );
}

/** The same sheet as for any card, at the price that was agreed. */
function Ordering({ offer, onClose }: { offer: Offer; onClose: () => void }): React.ReactNode {
  const { id, listingId, priceFen } = offer;
  const listing = useQuery({
    queryKey: ['listing', listingId],
    queryFn: () => call('GET /v1/market/listings/:id', { params: { id: listingId } }),
  });
  if (listing.error) return <Refusal of={listing.error} onRetry={() => void listing.refetch()} />;
  if (!listing.data) return <Skeleton lines={2} />;
  return <BuySheet listing={listing.data} offer={{ id, priceFen }} open onClose={onClose} />;
}
