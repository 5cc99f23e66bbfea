/** Bids on a card that somebody else holds: make one, see those on a card and one's own, accept, withdraw. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api.ts';
import {
  Choices,
  Confirm,
  Field,
  fenFromYuan,
  Moment,
  Money,
  Notice,
  Refusal,
  Skeleton,
  usePick,
  yuanText,
} from '../../kit/index.ts';
import { Do, useAct } from '../act.tsx';
import { Fact } from '../fact.tsx';
import { type Row, Rows } from '../rows.tsx';
import { type Chain, type Token, useWallets, type Wallet } from './house.ts';
import { type Bid, signAccept, signOpenBid } from './offer-sign.ts';
import { type OfferWord, useOfferWords } from './offer-texts.ts';
import { short } from './sign.tsx';
import { useSigning } from './signing.ts';
import { ToCard } from './to-card.tsx';

const SOON_MS = 2_000;
const LATER_MS = 8_000;
const DAYS = ['1', '3', '7'] as const;
type Days = (typeof DAYS)[number];

/** Mine and those on my cards; nothing where there are none. */
export function MyBids(): React.ReactNode {
  const t = useOfferWords();
  const found = useQuery({
    queryKey: ['exchange-bids'],
    queryFn: async () => (await call('GET /v1/exchange/bids')).items,
    refetchInterval: LATER_MS,
  });
  const rowOf = useRow();
  if (found.error) return <Refusal of={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data || found.data.length === 0) return null;
  const rows = found.data.map(rowOf);
  return <Rows root="/exchange/$" rows={rows} id="my-bids" heading={t('bids')} />;
}

function useRow(): (one: Bid) => Row {
  const t = useOfferWords();
  const pick = usePick();
  return (one) => ({
    ...{ key: one.id, to: `bids/${one.id}`, title: pick(one.token.product), fen: one.priceFen },
    say: `${t(one.role === 'owner' ? 'bidToMe' : 'bidByMe')} · ${t(stateWord(one))}`,
  });
}

/** Open, but it could not be paid now: that is what matters, and who made it is told why. */
const stateWord = ({ state, funded }: Bid): OfferWord =>
  state === 'open' && !funded ? 'bid_unfunded' : (`bid_${state}` as OfferWord);

/** On the page of a card: what is bid for it, to its owner; to anybody else the own bid, or the form for one. */
export function BidsOnCard({ token, chain }: { token: Token; chain: Chain }): React.ReactNode {
  const t = useOfferWords();
  const rowOf = useRow();
  const wallets = useWallets();
  const found = useQuery({
    queryKey: ['exchange-bids', token.id],
    queryFn: async () =>
      (await call('GET /v1/exchange/tokens/:id/bids', { params: { id: token.id } })).items,
    refetchInterval: SOON_MS,
  });
  if (found.error) return <Refusal of={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data || !wallets.data) return null;
  const [wallet] = wallets.data;
  if (found.data.length > 0) {
    const heading = t(token.mine ? 'bidsOnMine' : 'bidMine');
    return <Rows root="/exchange/$" rows={found.data.map(rowOf)} id="bids" heading={heading} />;
  }
  if (token.mine || !wallet) return null;
  return <BidForm token={token} chain={chain} wallet={wallet} />;
}

function BidForm(props: { token: Token; chain: Chain; wallet: Wallet }): React.ReactNode {
  const { token, chain, wallet } = props;
  const t = useOfferWords();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [price, setPrice] = useState('');
  const [days, setDays] = useState<Days>('3');
  const priceFen = fenFromYuan(price);
  const sign = useSigning({ chain, wallet }, async (by) => {
    if (!priceFen) return 'again';
    const body = await signOpenBid(by, { token, priceFen, days: Number(days) });
    const params = { id: token.id };
    const made = await call('POST /v1/exchange/tokens/:id/bids', { params, body });
    await queries.invalidateQueries({ queryKey: ['exchange-wallets'] });
    void navigate({ to: '/exchange/$', params: { _splat: `bids/${made.id}` } });
    return 'again';
  });
  return (
    <form
      className="panel form"
      aria-labelledby="bid-form"
      onSubmit={(event) => {
        event.preventDefault();
        sign.run();
      }}
    >
      <h2 id="bid-form">{t('bid')}</h2>
      <p>{t('bidSay')}</p>
      <Field
        label={t('bidPrice')}
        value={price}
        onChange={setPrice}
        inputMode="decimal"
        data-testid="bid-price"
        required
      />
      <Choices
        label={t('bidDays')}
        value={days}
        options={DAYS.map((value) => ({ value, label: t('daysN', { n: value }) }))}
        onChange={setDays}
      />
      <p className="fine">{t('notReserved', { sum: yuanText(wallet.balanceFen) })}</p>
      {sign.error !== undefined && <Refusal of={sign.error} />}
      <Do tone="quiet" submit busy={sign.busy} disabled={!priceFen} testId="bid">
        {t('bidDo')} {priceFen ? `· ${yuanText(priceFen)}` : ''}
      </Do>
    </form>
  );
}

export function BidPage({ id, chain }: { id: string; chain: Chain }): React.ReactNode {
  const t = useOfferWords();
  const pick = usePick();
  const found = useQuery({
    queryKey: ['exchange-bid', id],
    queryFn: () => call('GET /v1/exchange/bids/:id', { params: { id } }),
    refetchInterval: SOON_MS,
  });
  if (found.error) return <Refusal of={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton lines={6} />;
  const one = found.data;
  const net = BigInt(one.priceFen) - BigInt(one.feeFen);
  return (
    <>
      <section
        className="panel stack"
        data-testid="bid-page"
        data-state={one.state}
        data-funded={one.funded}
      >
        <h1>{pick(one.token.product)}</h1>
        <p>
          <Money fen={one.priceFen} size="l" /> <span className="tag">{t(stateWord(one))}</span>
        </p>
        <dl className="facts">
          <Fact name={t('face')}>{yuanText(one.token.faceFen)}</Fact>
          {one.role === 'owner' ? (
            <>
              <Fact name={t('bidder')}>{short(one.bidder)}</Fact>
              <Fact name={t('youGet')}>{yuanText(String(net))}</Fact>
            </>
          ) : (
            <Fact name={t('holder')}>{short(one.owner)}</Fact>
          )}
          <Fact name={t('until')}>
            <Moment at={one.deadline} form="minute" />
          </Fact>
        </dl>
      </section>
      {one.role === 'owner' ? <Owner one={one} chain={chain} /> : <Bidder one={one} />}
    </>
  );
}

function Owner({ one, chain }: { one: Bid; chain: Chain }): React.ReactNode {
  const t = useOfferWords();
  const queries = useQueryClient();
  const wallets = useWallets();
  const wallet = wallets.data?.find(({ address }) => address === one.owner);
  const sign = useSigning({ chain, wallet }, async (by) => {
    const body = await signAccept(by, one);
    await call('POST /v1/exchange/bids/:id/accept', { params: { id: one.id }, body });
    await queries.invalidateQueries({ queryKey: ['exchange-bid', one.id] });
    return 'again';
  });
  if (one.state !== 'open') return <Ending one={one} />;
  if (!one.funded) return <Notice tone="info">{t('unfundedOwner')}</Notice>;
  return (
    <section className="panel form">
      {one.reason && <Notice tone="warn">{t('putBack')}</Notice>}
      <p className="fine">{t('acceptSay')}</p>
      {sign.error !== undefined && <Refusal of={sign.error} />}
      <Do busy={sign.busy} disabled={!wallet} testId="bid-accept" onClick={sign.run}>
        {t('accept')} · {yuanText(one.priceFen)}
      </Do>
    </section>
  );
}

function Bidder({ one }: { one: Bid }): React.ReactNode {
  const t = useOfferWords();
  const queries = useQueryClient();
  const [asked, setAsked] = useState(false);
  const withdraw = useAct('POST /v1/exchange/bids/:id/withdraw', () => {
    setAsked(false);
    void queries.invalidateQueries({ queryKey: ['exchange-bid', one.id] });
  });
  if (one.state !== 'open') return <Ending one={one} />;
  return (
    <section className="panel form">
      <p>{t(one.funded ? 'waitingOwner' : 'unfundedBidder')}</p>
      <p className="fine">{t('promiseSay')}</p>
      {withdraw.error && <Refusal of={withdraw.error} />}
      <Do tone="quiet" testId="bid-withdraw" onClick={() => setAsked(true)}>
        {t('withdraw')}
      </Do>
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        onConfirm={() => withdraw.mutate({ params: { id: one.id }, body: {} })}
        title={t('withdrawAsk')}
        say={t('withdrawSay')}
        act={t('withdraw')}
        busy={withdraw.isPending}
      />
    </section>
  );
}

/** How it ended or is about to end, and the way on. */
function Ending({ one }: { one: Bid }): React.ReactNode {
  const t = useOfferWords();
  const { state, role, token } = one;
  const mine = role === 'bidder' && state === 'filled';
  return (
    <section className="panel form">
      <p>{t(`end_${state}` as OfferWord)}</p>
      {state !== 'filling' && (role === 'bidder' || state !== 'filled') && (
        <ToCard id={token.id}>{t(mine ? 'toMyCard' : 'toCard')}</ToCard>
      )}
    </section>
  );
}
