/** Auctions on the chain: the lists, and one live, with its terms in plain words, the bids, and what to do next. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { call, follow } from '../../api.ts';
import {
  Countdown,
  Moment,
  Money,
  Notice,
  Refusal,
  Skeleton,
  usePick,
  useRough,
  yuanText,
} from '../../kit/index.ts';
import { Fact } from '../fact.tsx';
import { Rows } from '../rows.tsx';
import { useSession } from '../session.ts';
import { AuctionActs } from './auction-acts.tsx';
import type { Auction } from './auction-sign.ts';
import { type AuctionWord, useAuctionWords } from './auction-texts.ts';
import { type Chain, useExchange } from './house.ts';
import { short } from './sign.tsx';
import { useWords } from './texts.ts';
import { WithdrawForGood } from './withdraw.tsx';

const LATER_MS = 8_000;
const MS_A_SECOND = 1000;
const KINDS = ['english', 'dutch', 'sealed'];

export function ChainAuctions({ mine = false }: { mine?: boolean }): React.ReactNode {
  const t = useAuctionWords();
  const pick = usePick();
  const { me } = useSession();
  const exchange = useExchange();
  const on = exchange.data?.features.some((one) => KINDS.includes(one)) ?? false;
  const found = useQuery({
    queryKey: ['exchange-auctions', mine],
    queryFn: async () =>
      (await call(mine ? 'GET /v1/exchange/my/auctions' : 'GET /v1/exchange/auctions')).items,
    enabled: on && (!mine || me !== undefined),
    refetchInterval: LATER_MS,
  });
  if (!found.data || found.data.length === 0) return null;
  const rows = found.data.map((one) => ({
    ...{ key: one.id, to: `auctions/${one.id}`, title: pick(one.token.product) },
    say: `${t(`kind_${one.kind}`)} · ${one.standing ? t(one.standing) : t(stateWord(one))}`,
    fen: one.soldFen ?? one.bestFen ?? one.startFen,
  }));
  const words = {
    ...{ id: mine ? 'my-auctions' : 'auctions', heading: t(mine ? 'titleMine' : 'title') },
  };
  return <Rows root="/exchange/$" rows={rows} {...words} />;
}

const stateWord = (one: Auction) => `state_${one.state}` as 'state_sold';

export function ChainAuctionPage({ id, chain }: { id: string; chain: Chain }): React.ReactNode {
  const found = useQuery({
    queryKey: ['exchange-auction', id],
    queryFn: () => call('GET /v1/exchange/auctions/:id', { params: { id } }),
    refetchInterval: LATER_MS,
  });
  const queries = useQueryClient();
  useEffect(
    () =>
      follow(`/v1/exchange/auctions/${encodeURIComponent(id)}/events`, () => {
        void queries.invalidateQueries({ queryKey: ['exchange-auction', id] });
        void queries.invalidateQueries({ queryKey: ['exchange-wallets'] });
      }),
    [id, queries],
  );
  if (found.error) return <Refusal of={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton lines={8} />;
  const one = found.data;
  return (
    <div className="stack" data-testid="auction" data-state={one.state} data-bids={one.bids.length}>
      <Head one={one} />
      <Standing one={one} />
      <AuctionActs one={one} chain={chain} />
      <Rules one={one} />
      <Bids one={one} />
      {one.mine && <WithdrawForGood offer={one} chain={chain} />}
    </div>
  );
}

function Head({ one }: { one: Auction }): React.ReactNode {
  const t = useAuctionWords();
  const words = useWords();
  const pick = usePick();
  const { bestFen, soldFen, startFen, endsAt, state, token } = one;
  const label = soldFen ? t('soldFor') : bestFen ? t('best') : t('start');
  return (
    <section className="panel stack" data-testid="auction-head">
      <h1>{pick(token.product)}</h1>
      <p className="order-tags">
        <span className="tag">{t(`kind_${one.kind}`)}</span>{' '}
        <span className="tag" data-tone={state === 'sold' ? 'good' : 'wait'}>
          {t(stateWord(one))}
        </span>
      </p>
      <p className="calc-net-line">
        <span className="calc-net-label">{label}</span>{' '}
        <Money fen={soldFen ?? bestFen ?? startFen} size="xl" />
      </p>
      {state === 'running' && endsAt && (
        <p className="order-tags">
          <Countdown key={endsAt} until={endsAt} label={t('endsIn')} />
        </p>
      )}
      <dl className="facts">
        <Fact name={words('face')}>{yuanText(token.faceFen)}</Fact>
        {token.balanceFen && <Fact name={words('verified')}>{yuanText(token.balanceFen)}</Fact>}
        <Fact name={t('seller')}>{one.mine ? t('me') : short(one.seller)}</Fact>
      </dl>
    </section>
  );
}

/** Where the viewer stands, and what to do next; for others, how it ended. */
function Standing({ one }: { one: Auction }): React.ReactNode {
  const t = useAuctionWords();
  const { standing, state, mine } = one;
  if (standing)
    return (
      <Notice
        tone={standing === 'outbid' ? 'warn' : standing === 'lost' ? 'info' : 'good'}
        icon={standing === 'outbid' ? 'warn' : standing === 'lost' ? 'info' : 'check'}
        title={t(standing)}
      >
        <p data-testid="standing" data-standing={standing}>
          {t(`${standing}Say`)}
        </p>
        {standing === 'won' && (
          <Link
            to="/exchange/$"
            params={{ _splat: `cards/${one.token.id}` }}
            className="hq-button"
            data-testid="to-card"
          >
            {t('toCard')}
          </Link>
        )}
      </Notice>
    );
  const say: AuctionWord | undefined =
    state === 'settling'
      ? 'settlingSay'
      : state === 'offered'
        ? mine
          ? 'mineOffered'
          : undefined
        : state === 'running'
          ? mine
            ? 'mineRunning'
            : undefined
          : (`over_${state}` as AuctionWord);
  if (!say) return null;
  return (
    <Notice tone={state === 'sold' ? 'good' : 'info'} icon={state === 'sold' ? 'check' : 'info'}>
      <p>{t(say as 'settlingSay')}</p>
    </Notice>
  );
}

function Rules({ one }: { one: Auction }): React.ReactNode {
  const t = useAuctionWords();
  const runs = useRough(Number(one.terms['duration'] ?? 0) * MS_A_SECOND);
  return (
    <section className="panel">
      <dl className="facts">
        <Fact name={t('start')}>{yuanText(one.startFen)}</Fact>
        <Fact name={t('step')}>{t('stepSay')}</Fact>
        <Fact name={t('runs')}>{t('runsSay', { time: runs })}</Fact>
        <Fact name={t('late')}>{t('lateSay')}</Fact>
        <Fact name={t('fee')}>{t('feeSay')}</Fact>
        <Dates one={one} />
      </dl>
    </section>
  );
}

function Dates({ one }: { one: Auction }): React.ReactNode {
  const t = useAuctionWords();
  const { state, endsAt, endsAtMost, deadline } = one;
  const [name, at] =
    state === 'running' && endsAtMost
      ? ([t('endsAtMost'), endsAtMost] as const)
      : endsAt
        ? ([t('ended'), endsAt] as const)
        : ([t('beginBy'), deadline] as const);
  return (
    <Fact name={name}>
      <Moment at={at} form="minute" />
    </Fact>
  );
}

function Bids({ one }: { one: Auction }): React.ReactNode {
  const t = useAuctionWords();
  if (one.bids.length === 0)
    return one.state === 'offered' ? <p className="fine">{t('bidsNone')}</p> : null;
  return (
    <section className="panel" aria-labelledby="chain-bids">
      <h2 id="chain-bids">{t('bids')}</h2>
      <dl className="facts">
        {one.bids.toReversed().map(({ bidder, amountFen, at, mine }) => (
          <div key={`${bidder}-${at}-${amountFen}`}>
            <dt>
              {mine ? t('me') : short(bidder)} · <Moment at={at} form="minute" />
            </dt>
            <dd>{amountFen ? <Money fen={amountFen} size="s" /> : '•••'}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
