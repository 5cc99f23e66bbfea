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
  useNow,
  usePick,
  useRough,
  yuanText,
} from '../../kit/index.ts';
import { Fact } from '../fact.tsx';
import { Rows } from '../rows.tsx';
import { useSession } from '../session.ts';
import { AuctionActs } from './auction-acts.tsx';
import { figureOf } from './auction-price.ts';
import { type Auction, dutchTermsOf } from './auction-sign.ts';
import { type AuctionWord, useAuctionWords } from './auction-texts.ts';
import type { Chain } from './house.ts';
import { useExchange } from './profile.ts';
import { short } from './sign.tsx';
import { useWords } from './texts.ts';
import { ToCard } from './to-card.tsx';
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
  const now = useNow(LATER_MS);
  if (!found.data || found.data.length === 0) return null;
  const rows = found.data.map((one) => ({
    ...{ key: one.id, to: `auctions/${one.id}`, title: pick(one.token.product) },
    say: `${t(`kind_${one.kind}`)} · ${one.standing ? t(one.standing) : t(stateWord(one))}`,
    fen: figureOf(one, now),
  }));
  const words = {
    ...{ id: mine ? 'my-auctions' : 'auctions', heading: t(mine ? 'titleMine' : 'title') },
  };
  return <Rows root="/exchange/$" rows={rows} {...words} />;
}

const stateWord = (one: Auction) => {
  const waits = one.state === 'offered' && one.kind !== 'english';
  return `state_${one.state}${waits ? `_${one.kind}` : ''}` as 'state_sold';
};

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
  const now = useNow();
  const { bestFen, soldFen, state, token, kind } = one;
  const falls = kind === 'dutch' && state === 'offered';
  const least = t(kind === 'sealed' ? 'reserve' : 'start');
  const label = soldFen ? t('soldFor') : falls ? t('priceNow') : bestFen ? t('best') : least;
  return (
    <section className="panel stack" data-testid="auction-head">
      <h1>{pick(token.product)}</h1>
      <p className="order-tags">
        <span className="tag">{t(`kind_${kind}`)}</span>{' '}
        <span className="tag" data-tone={state === 'sold' ? 'good' : 'wait'}>
          {t(kind === 'sealed' && state === 'running' ? phaseOf(one, now) : stateWord(one))}
        </span>
      </p>
      <p className="calc-net-line" data-testid="figure">
        <span className="calc-net-label">{label}</span> <Money fen={figureOf(one, now)} size="xl" />
      </p>
      <Clock one={one} now={now} />
      <dl className="facts">
        <Fact name={words('face')}>{yuanText(token.faceFen)}</Fact>
        {token.balanceFen && <Fact name={words('verified')}>{yuanText(token.balanceFen)}</Fact>}
        <Fact name={t('seller')}>{one.mine ? t('me') : short(one.seller)}</Fact>
      </dl>
    </section>
  );
}

const msOf = (one: Auction, name: string): number => Number(one.terms[name]) * MS_A_SECOND;
const phaseOf = (one: Auction, now: number): 'state_commit' | 'state_reveal' =>
  now < msOf(one, 'commitUntil') ? 'state_commit' : 'state_reveal';

/** What the clock counts to, by kind and phase. */
function Clock({ one, now }: { one: Auction; now: number }): React.ReactNode {
  const t = useAuctionWords();
  const { kind, state, endsAt } = one;
  const counted = (label: string, at: string): React.ReactNode => (
    <p className="order-tags">
      <Countdown key={at} until={at} label={label} />
    </p>
  );
  const iso = (name: string): string => new Date(msOf(one, name)).toISOString();
  if (kind === 'dutch' && state === 'offered')
    return now < msOf(one, 'startsAt')
      ? counted(t('beginsIn'), iso('startsAt'))
      : counted(t('lowestIn'), iso('endsAt'));
  if (state !== 'running') return null;
  if (kind === 'sealed')
    return phaseOf(one, now) === 'state_commit'
      ? counted(t('commitIn'), iso('commitUntil'))
      : counted(t('revealIn'), iso('revealUntil'));
  return endsAt ? counted(t('endsIn'), endsAt) : null;
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
          {t(sayOf(one, standing))}
        </p>
        {standing === 'won' && <ToCard id={one.token.id}>{t('toCard')}</ToCard>}
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
      {one.begunAs && (
        <>
          <p>{t(mine ? 'begunMine' : 'begunSay')}</p>
          <Link
            to="/exchange/$"
            params={{ _splat: `auctions/${one.begunAs}` }}
            className="hq-button"
            data-testid="begun-as"
          >
            {t('toBegun')}
          </Link>
        </>
      )}
    </Notice>
  );
}

type Stands = NonNullable<Auction['standing']>;
/** In a sealed auction money that is free again waits in the purse. */
const sayOf = (one: Auction, standing: Stands) =>
  one.kind === 'sealed' && (standing === 'leads' || standing === 'outbid' || standing === 'lost')
    ? (`${standing}SealedSay` as const)
    : (`${standing}Say` as const);

function Rules({ one }: { one: Auction }): React.ReactNode {
  if (one.kind === 'dutch') return <DutchRules one={one} />;
  return one.kind === 'sealed' ? <SealedRules one={one} /> : <EnglishRules one={one} />;
}

function DutchRules({ one }: { one: Auction }): React.ReactNode {
  const t = useAuctionWords();
  const { startFen, endFen, startsAt, endsAt } = dutchTermsOf(one);
  return (
    <section className="panel">
      <dl className="facts">
        <Fact name={t('from')}>{yuanText(String(startFen))}</Fact>
        <Fact name={t('downTo')}>{yuanText(String(endFen))}</Fact>
        <Fact name={t('falls')}>{t('fallsSay')}</Fact>
        <Fact name={t('fee')}>{t('feeSay')}</Fact>
        <TimeFact name={t('begins')} seconds={startsAt} />
        <TimeFact name={t('until')} seconds={endsAt} />
      </dl>
    </section>
  );
}

function SealedRules({ one }: { one: Auction }): React.ReactNode {
  const t = useAuctionWords();
  const { terms } = one;
  return (
    <section className="panel">
      <dl className="facts">
        <Fact name={t('reserve')}>{yuanText(one.startFen)}</Fact>
        <Fact name={t('pays')}>
          {t(terms['secondPrice'] === 'true' ? 'paysSecond' : 'paysFirst')}
        </Fact>
        <Fact name={t('bond')}>{t('bondSay', { sum: yuanText(terms['bond'] ?? '0') })}</Fact>
        <Fact name={t('fee')}>{t('feeSay')}</Fact>
        <TimeFact name={t('commitUntil')} seconds={Number(terms['commitUntil'])} />
        <TimeFact name={t('revealUntil')} seconds={Number(terms['revealUntil'])} />
      </dl>
    </section>
  );
}

const TimeFact = ({ name, seconds }: { name: string; seconds: number }): React.ReactNode => (
  <Fact name={name}>
    <Moment at={new Date(seconds * MS_A_SECOND).toISOString()} form="minute" />
  </Fact>
);

function EnglishRules({ one }: { one: Auction }): React.ReactNode {
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
    return one.state === 'offered' && one.kind === 'english' ? (
      <p className="fine">{t('bidsNone')}</p>
    ) : null;
  return (
    <section className="panel" aria-labelledby="chain-bids">
      <h2 id="chain-bids">{t('bids')}</h2>
      <dl className="facts">
        {one.bids.toReversed().map(({ bidder, amountFen, at, mine, forfeited }) => (
          <div key={`${bidder}-${at}-${amountFen}`}>
            <dt>
              {mine ? t('me') : short(bidder)} · <Moment at={at} form="minute" />
            </dt>
            <dd>
              {amountFen ? (
                <Money fen={amountFen} size="s" />
              ) : (
                t(forfeited ? 'forfeited' : 'sealedBid')
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
