/** A card put up for auction on the chain: how, from what price, for how long; then one signature. */
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api.ts';
import {
  Check,
  Choices,
  Empty,
  Field,
  fenFromYuan,
  Refusal,
  Skeleton,
  usePick,
  yuanText,
} from '../../kit/index.ts';
import { Do } from '../act.tsx';
import { ToAuction } from './auction-links.tsx';
import { signDutch, signEnglish, signSealed } from './auction-sign.ts';
import { useAuctionWords } from './auction-texts.ts';
import { type Chain, inSeconds, type Token, useToken, useWallets, type Wallet } from './house.ts';
import { useExchange } from './profile.ts';
import { useSigning } from './signing.ts';
import { useWords } from './texts.ts';

export function PutUpPage({ id, chain }: { id: string; chain: Chain }): React.ReactNode {
  const t = useAuctionWords();
  const words = useWords();
  const pick = usePick();
  const token = useToken(id);
  const wallets = useWallets();
  if (token.error) return <Refusal of={token.error} onRetry={() => void token.refetch()} />;
  if (!token.data || !wallets.data) return <Skeleton lines={6} />;
  const one = token.data;
  const wallet = wallets.data.find(({ address }) => address === one.owner);
  if (one.auctionId) return <ToAuction token={one} />;
  const free = wallet && one.state === 'on_chain' && one.holding === 'ACTIVE' && !one.listing;
  if (!free)
    return (
      <Empty icon="lock" title={t('notFree')} say={t('notFreeSay')}>
        <Link to="/exchange/$" params={{ _splat: `cards/${id}` }} className="hq-button">
          {t('toCard')}
        </Link>
      </Empty>
    );
  return (
    <>
      <h1>{t('put')}</h1>
      <p>
        {pick(one.product)} · {words('face')} {yuanText(one.faceFen)}
      </p>
      <p>{t('putSay')}</p>
      <Kinds token={one} chain={chain} wallet={wallet} />
    </>
  );
}

interface Props {
  readonly token: Token;
  readonly chain: Chain;
  readonly wallet: Wallet;
}

const FORMS = { english: English, dutch: Dutch, sealed: Sealed } as const;
type Kind = keyof typeof FORMS;

/** Those that this house has switched on. */
function Kinds(props: Props): React.ReactNode {
  const t = useAuctionWords();
  const exchange = useExchange();
  const [kind, setKind] = useState<Kind>('english');
  const on = (Object.keys(FORMS) as Kind[]).filter((one) => exchange.data?.features.includes(one));
  const Form = FORMS[kind];
  return (
    <>
      <Choices
        label={t('putKind')}
        value={kind}
        options={on.map((value) => ({ value, label: t(`kind_${value}`) }))}
        onChange={setKind}
      />
      <Form {...props} />
    </>
  );
}

const HOUR_S = 3_600;
const DAY_S = 86_400;
const RUNS = ['3600', '86400', '259200', '604800'] as const;

function useRunsWord(): (seconds: string) => string {
  const t = useAuctionWords();
  return (seconds) => {
    const s = Number(seconds);
    if (s === HOUR_S) return t('hour');
    if (s < DAY_S) return t('hours', { n: s / HOUR_S });
    return s === DAY_S ? t('day') : t('days', { n: s / DAY_S });
  };
}

function English({ token, chain, wallet }: Props): React.ReactNode {
  const t = useAuctionWords();
  const runsWord = useRunsWord();
  const putUp = usePutUp(token);
  const [reserve, setReserve] = useState('');
  const [runs, setRuns] = useState<(typeof RUNS)[number]>('86400');
  const reserveFen = fenFromYuan(reserve);
  const sign = useSigning({ chain, wallet }, async (by) => {
    if (!reserveFen) return 'again';
    const body = await signEnglish(by, { token, reserveFen, durationS: Number(runs) });
    putUp((await call('POST /v1/exchange/auctions/english', { body })).id);
    return 'sent';
  });
  return (
    <Terms say={t('putEnglishSay')} sign={sign} ready={reserveFen !== undefined}>
      <Sum label={t('f_reserve')} value={reserve} onChange={setReserve} testId="put-reserve" />
      <Choices
        label={t('putRuns')}
        value={runs}
        options={RUNS.map((value) => ({ value, label: runsWord(value) }))}
        onChange={setRuns}
      />
      <p className="fine">
        {t('lateSay')} · {t('feeSay')}
      </p>
    </Terms>
  );
}

const FALLS = ['3600', '21600', '86400', '604800'] as const;

function Dutch({ token, chain, wallet }: Props): React.ReactNode {
  const t = useAuctionWords();
  const runsWord = useRunsWord();
  const putUp = usePutUp(token);
  const [start, setStart] = useState('');
  const [end, setEnd] = useState('');
  const [runs, setRuns] = useState<(typeof FALLS)[number]>('86400');
  const [startFen, endFen] = [fenFromYuan(start), fenFromYuan(end)];
  const bad = startFen !== undefined && endFen !== undefined && BigInt(endFen) >= BigInt(startFen);
  const sign = useSigning({ chain, wallet }, async (by) => {
    if (!startFen || !endFen) return 'again';
    const startsAt = inSeconds(0);
    const prices = { startFen: BigInt(startFen), endFen: BigInt(endFen) };
    const of = { token, ...prices, startsAt, endsAt: startsAt + Number(runs) };
    const body = await signDutch(by, of);
    putUp((await call('POST /v1/exchange/auctions/dutch', { body })).id);
    return 'sent';
  });
  return (
    <Terms
      say={t('putDutchSay')}
      sign={sign}
      ready={startFen !== undefined && endFen !== undefined && !bad}
    >
      <Sum label={t('f_startPrice')} value={start} onChange={setStart} testId="put-start" />
      <Sum
        label={t('f_endPrice')}
        value={end}
        onChange={setEnd}
        testId="put-end"
        error={bad ? t('putDutchBad') : undefined}
      />
      <Choices
        label={t('putLasts')}
        value={runs}
        options={FALLS.map((value) => ({ value, label: runsWord(value) }))}
        onChange={setRuns}
      />
      <p className="fine">{t('feeSay')}</p>
    </Terms>
  );
}

const WINDOWS = ['7200', '86400', '259200'] as const;
type Window = (typeof WINDOWS)[number];

function Sealed({ token, chain, wallet }: Props): React.ReactNode {
  const t = useAuctionWords();
  const runsWord = useRunsWord();
  const putUp = usePutUp(token);
  const [reserve, setReserve] = useState('');
  const [bond, setBond] = useState('');
  const [bids, setBids] = useState<Window>('86400');
  const [opens, setOpens] = useState<Window>('86400');
  const [secondPrice, setSecond] = useState(true);
  const [reserveFen, bondFen] = [fenFromYuan(reserve), fenFromYuan(bond)];
  const sign = useSigning({ chain, wallet }, async (by) => {
    if (!reserveFen || !bondFen) return 'again';
    const commitUntil = inSeconds(Number(bids));
    const windows = { commitUntil, revealUntil: commitUntil + Number(opens) };
    const sums = { reserveFen: BigInt(reserveFen), bondFen: BigInt(bondFen) };
    const body = await signSealed(by, { token, ...sums, ...windows, secondPrice });
    putUp((await call('POST /v1/exchange/auctions/sealed', { body })).id);
    return 'sent';
  });
  const options = WINDOWS.map((value) => ({ value, label: runsWord(value) }));
  return (
    <Terms
      say={t('putSealedSay')}
      sign={sign}
      ready={reserveFen !== undefined && bondFen !== undefined}
    >
      <Sum label={t('reserve')} value={reserve} onChange={setReserve} testId="put-reserve" />
      <Sum label={t('bond')} value={bond} onChange={setBond} testId="put-bond" />
      <Choices label={t('putCommit')} value={bids} options={options} onChange={setBids} />
      <Choices label={t('putReveal')} value={opens} options={options} onChange={setOpens} />
      <Check checked={secondPrice} onChange={setSecond}>
        {t('putSecond')}
      </Check>
      <p className="fine">{t('feeSay')}</p>
    </Terms>
  );
}

/** What the three kinds have in common: what it is, their own fields, and one signature that puts the card up. */
function Terms(props: {
  say: string;
  sign: Pick<ReturnType<typeof useSigning>, 'run' | 'busy' | 'error'>;
  ready: boolean;
  children: React.ReactNode;
}): React.ReactNode {
  const { say, sign, ready, children } = props;
  const t = useAuctionWords();
  return (
    <form
      className="panel form"
      onSubmit={(event) => {
        event.preventDefault();
        sign.run();
      }}
    >
      <p className="fine">{say}</p>
      {children}
      {sign.error !== undefined && <Refusal of={sign.error} />}
      <Do submit busy={sign.busy} disabled={!ready} testId="put-up">
        {t('putDo')}
      </Do>
    </form>
  );
}

function Sum(props: {
  label: string;
  value: string;
  onChange: (text: string) => void;
  testId: string;
  error?: string | undefined;
}): React.ReactNode {
  const { testId, ...rest } = props;
  return <Field {...rest} inputMode="decimal" data-testid={testId} required />;
}

/** To the page of the auction that was made. */
function usePutUp(token: Token): (auctionId: string) => void {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return (auctionId) => {
    void queries.invalidateQueries({ queryKey: ['exchange-token', token.id] });
    void navigate({ to: '/exchange/$', params: { _splat: `auctions/${auctionId}` } });
  };
}
