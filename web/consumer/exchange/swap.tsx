/** Swaps, card for card: propose one with the difference in face value on top, see it, accept, refuse or withdraw it. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api.ts';
import {
  Choices,
  Confirm,
  Empty,
  Field,
  fenFromYuan,
  Moment,
  Notice,
  Refusal,
  Skeleton,
  usePick,
  yuanInput,
  yuanText,
} from '../../kit/index.ts';
import { Do, useAct } from '../act.tsx';
import { Fact } from '../fact.tsx';
import { Rows } from '../rows.tsx';
import { NeedWallet } from './cards.tsx';
import { type Chain, type Token, useToken, useTokens, useWallets, type Wallet } from './house.ts';
import { type Swap, signSwap, takeSwap } from './offer-sign.ts';
import { type OfferWord, useOfferWords } from './offer-texts.ts';
import { useSigning } from './signing.ts';
import { ToCard } from './to-card.tsx';

const SOON_MS = 2_000;
const LATER_MS = 8_000;
const DAYS = ['1', '3', '7'] as const;
type Days = (typeof DAYS)[number];
type Pays = 'me' | 'them' | 'nobody';

export function MySwaps(): React.ReactNode {
  const t = useOfferWords();
  const pick = usePick();
  const found = useQuery({
    queryKey: ['exchange-swaps'],
    queryFn: async () => (await call('GET /v1/exchange/swaps')).items,
    refetchInterval: LATER_MS,
  });
  if (found.error) return <Refusal of={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data || found.data.length === 0) return null;
  const rows = found.data.map((one) => ({
    ...{ key: one.id, to: `swaps/${one.id}`, fen: one.topUpFen },
    title: `${pick(one.give.product)} ⇄ ${pick(one.want.product)}`,
    say: `${t(one.role === 'maker' ? 'swapByMe' : 'swapToMe')} · ${t(stateWord(one))}`,
  }));
  return <Rows root="/exchange/$" rows={rows} id="my-swaps" heading={t('swaps')} />;
}

const stateWord = ({ state, funded }: Swap): OfferWord =>
  state === 'open' && !funded ? 'bid_unfunded' : (`swap_${state}` as OfferWord);

export function NewSwap({ id, chain }: { id: string; chain: Chain }): React.ReactNode {
  const t = useOfferWords();
  const want = useToken(id);
  const mine = useTokens();
  const wallets = useWallets();
  if (want.error) return <Refusal of={want.error} onRetry={() => void want.refetch()} />;
  if (!want.data || !mine.data || !wallets.data) return <Skeleton lines={6} />;
  const [wallet] = wallets.data;
  if (!wallet) return <NeedWallet />;
  const fit = mine.data.filter((one) => one.state === 'on_chain' && one.holding === 'ACTIVE');
  const [first] = fit;
  if (!first)
    return (
      <Empty icon="orders" title={t('swapNoCard')} say={t('swapNoCardSay')}>
        <Link to="/exchange/$" params={{ _splat: 'cards/new' }} className="hq-button">
          {t('bringCard')}
        </Link>
      </Empty>
    );
  return <Form want={want.data} mine={fit} first={first} chain={chain} wallets={wallets.data} />;
}

const worth = (one: Token): bigint => BigInt(one.balanceFen ?? one.faceFen);

function Form(props: {
  want: Token;
  mine: readonly Token[];
  first: Token;
  chain: Chain;
  wallets: readonly Wallet[];
}): React.ReactNode {
  const { want, mine, first, chain, wallets } = props;
  const t = useOfferWords();
  const pick = usePick();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [giveId, setGive] = useState(first.id);
  const give = mine.find((one) => one.id === giveId) ?? first;
  const terms = useTerms(give, want);
  const wallet = wallets.find(({ address }) => address === give.owner);
  const sign = useSigning({ chain, wallet }, async (by) => {
    const { topUpFen, makerPays, days } = terms;
    if (topUpFen === undefined) return 'again';
    const body = await signSwap(by, { give, want, topUpFen, makerPays, days });
    const made = await call('POST /v1/exchange/swaps', { body });
    await queries.invalidateQueries({ queryKey: ['exchange-wallets'] });
    void navigate({ to: '/exchange/$', params: { _splat: `swaps/${made.id}` } });
    return 'again';
  });
  return (
    <form
      className="panel form"
      aria-labelledby="swap-form"
      onSubmit={(event) => {
        event.preventDefault();
        sign.run();
      }}
    >
      <h1 id="swap-form">{t('swap')}</h1>
      <p>{t('swapSay', { card: pick(want.product), face: yuanText(String(worth(want))) })}</p>
      <label className="hq-field">
        <span>{t('swapGive')}</span>
        <select
          className="mk-select"
          value={give.id}
          data-testid="swap-give"
          onChange={(event) => setGive(event.target.value)}
        >
          {mine.map((one) => (
            <option key={one.id} value={one.id}>
              {pick(one.product)} · {yuanText(String(worth(one)))} · {one.last4}
            </option>
          ))}
        </select>
      </label>
      <TopUp terms={terms} />
      <p className="fine">{t('swapNotReserved')}</p>
      {sign.error !== undefined && <Refusal of={sign.error} />}
      <Do submit busy={sign.busy} disabled={terms.topUpFen === undefined} testId="swap-propose">
        {t('swapDo')}
      </Do>
    </form>
  );
}

interface Terms {
  readonly pays: Pays;
  readonly sum: string;
  readonly even: string;
  /** Undefined while what was typed is no amount. */
  readonly topUpFen: string | undefined;
  readonly makerPays: boolean;
  readonly days: number;
  readonly setPays: (pays: Pays) => void;
  readonly setSum: (sum: string) => void;
  readonly setDays: (days: Days) => void;
}

/** Begins with what makes both sides even: whose card is worth less pays the difference. */
function useTerms(give: Token, want: Token): Terms {
  const gap = worth(want) - worth(give);
  const even = String(gap < 0n ? -gap : gap);
  const fair: Pays = gap === 0n ? 'nobody' : gap > 0n ? 'me' : 'them';
  const [chosen, setPays] = useState<Pays>();
  const [typed, setSum] = useState<string>();
  const [days, setDays] = useState<Days>('3');
  const pays = chosen ?? fair;
  const sum = typed ?? (even === '0' ? '' : yuanInput(even));
  const topUpFen = pays === 'nobody' ? '0' : fenFromYuan(sum);
  const makerPays = pays === 'me';
  return { pays, sum, even, topUpFen, makerPays, days: Number(days), setPays, setSum, setDays };
}

function TopUp({ terms }: { terms: Terms }): React.ReactNode {
  const t = useOfferWords();
  const { pays, sum, even, days, setPays, setSum, setDays } = terms;
  const ways = ['me', 'them', 'nobody'] as const;
  return (
    <>
      <Choices
        label={t('topUpWho')}
        value={pays}
        options={ways.map((value) => ({ value, label: t(`pays_${value}`) }))}
        onChange={setPays}
      />
      {pays !== 'nobody' && (
        <Field
          label={t('topUp')}
          value={sum}
          onChange={setSum}
          inputMode="decimal"
          data-testid="swap-top-up"
          hint={even === '0' ? undefined : t('topUpEven', { sum: yuanText(even) })}
          required
        />
      )}
      <Choices
        label={t('bidDays')}
        value={`${days}` as Days}
        options={DAYS.map((value) => ({ value, label: t('daysN', { n: value }) }))}
        onChange={setDays}
      />
    </>
  );
}

export function SwapPage({ id, chain }: { id: string; chain: Chain }): React.ReactNode {
  const t = useOfferWords();
  const found = useQuery({
    queryKey: ['exchange-swap', id],
    queryFn: () => call('GET /v1/exchange/swaps/:id', { params: { id } }),
    refetchInterval: SOON_MS,
  });
  if (found.error) return <Refusal of={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton lines={6} />;
  const one = found.data;
  const asMaker = one.role === 'maker';
  const [mine, theirs] = asMaker ? [one.give, one.want] : [one.want, one.give];
  const iPay = asMaker === one.makerPays;
  const net = BigInt(one.topUpFen) - BigInt(one.feeFen);
  return (
    <>
      <section
        className="panel stack"
        data-testid="swap-page"
        data-state={one.state}
        data-funded={one.funded}
      >
        <h1>{t('swap')}</h1>
        <p>
          <span className="tag">{t(asMaker ? 'swapByMe' : 'swapToMe')}</span>{' '}
          <span className="tag">{t(stateWord(one))}</span>
        </p>
        <dl className="facts">
          <CardFact name={t('cardMine')} token={mine} />
          <CardFact name={t('cardTheirs')} token={theirs} />
          <Fact name={t('topUp')}>
            {one.topUpFen === '0' ? t('pays_nobody') : yuanText(one.topUpFen)}
          </Fact>
          {one.topUpFen !== '0' && (
            <Fact name={t('topUpWho')}>
              {iPay ? t('pays_me') : t('paysThem', { net: yuanText(String(net)) })}
            </Fact>
          )}
          <Fact name={t('until')}>
            <Moment at={one.deadline} form="minute" />
          </Fact>
        </dl>
      </section>
      {one.state !== 'open' ? (
        <Ending one={one} mine={mine} theirs={theirs} />
      ) : asMaker ? (
        <Maker one={one} />
      ) : (
        <Taker one={one} chain={chain} />
      )}
    </>
  );
}

function CardFact({ name, token }: { name: string; token: Token }): React.ReactNode {
  const pick = usePick();
  return (
    <Fact name={name}>
      {pick(token.product)} · {yuanText(String(worth(token)))}
    </Fact>
  );
}

function Maker({ one }: { one: Swap }): React.ReactNode {
  const t = useOfferWords();
  return (
    <section className="panel form">
      <p>{t(one.funded ? 'swapWaiting' : 'swapUnfundedMaker')}</p>
      <p className="fine">{t('swapPromise')}</p>
      <End one={one} how="withdraw" />
    </section>
  );
}

function Taker({ one, chain }: { one: Swap; chain: Chain }): React.ReactNode {
  const t = useOfferWords();
  const queries = useQueryClient();
  const wallets = useWallets();
  const wallet = wallets.data?.find(({ address }) => address === one.taker);
  const sign = useSigning({ chain, wallet }, async (by) => {
    await takeSwap(by, one);
    await queries.invalidateQueries({ queryKey: ['exchange-swap', one.id] });
    return 'again';
  });
  return (
    <section className="panel form">
      {one.reason && <Notice tone="warn">{t('putBack')}</Notice>}
      <p className="fine">{t(one.funded ? 'swapTakeSay' : 'unfundedOwner')}</p>
      {sign.error !== undefined && <Refusal of={sign.error} />}
      <Do
        busy={sign.busy}
        disabled={!wallet || !one.signature}
        testId="swap-accept"
        onClick={sign.run}
      >
        {t('swapAccept')}
      </Do>
      <End one={one} how="refuse" />
    </section>
  );
}

/** Taken back or refused: asked once more, since it cannot be undone. */
function End({ one, how }: { one: Swap; how: 'withdraw' | 'refuse' }): React.ReactNode {
  const t = useOfferWords();
  const queries = useQueryClient();
  const [asked, setAsked] = useState(false);
  const done = (): void => {
    setAsked(false);
    void queries.invalidateQueries({ queryKey: ['exchange-swap', one.id] });
  };
  const withdraw = useAct('POST /v1/exchange/swaps/:id/withdraw', done);
  const refuse = useAct('POST /v1/exchange/swaps/:id/refuse', done);
  const act = how === 'withdraw' ? withdraw : refuse;
  return (
    <>
      {act.error && <Refusal of={act.error} />}
      <Do tone="quiet" testId={`swap-${how}`} onClick={() => setAsked(true)}>
        {t(`swap_do_${how}`)}
      </Do>
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        onConfirm={() => act.mutate({ params: { id: one.id }, body: {} })}
        title={t(`swap_ask_${how}`)}
        say={t(`swap_say_${how}`)}
        act={t(`swap_do_${how}`)}
        busy={act.isPending}
      />
    </>
  );
}

/** How it ended or is about to end, and the way on: to the card that is mine now. */
function Ending(props: { one: Swap; mine: Token; theirs: Token }): React.ReactNode {
  const { one, mine, theirs } = props;
  const t = useOfferWords();
  const done = one.state === 'swapped';
  return (
    <section className="panel form">
      <p>{t(`swap_end_${one.state}` as OfferWord)}</p>
      {one.state !== 'filling' && <ToCard id={done ? theirs.id : mine.id}>{t('toMyCard')}</ToCard>}
    </section>
  );
}
