/** A card put up for auction on the chain: how, from what price, for how long; then one signature. */
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api.ts';
import {
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
import { signEnglish } from './auction-sign.ts';
import { useAuctionWords } from './auction-texts.ts';
import { type Chain, type Token, useToken, useWallets, type Wallet } from './house.ts';
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
      <English token={one} chain={chain} wallet={wallet} />
    </>
  );
}

interface Props {
  readonly token: Token;
  readonly chain: Chain;
  readonly wallet: Wallet;
}

const HOUR_S = 3_600;
const DAY_S = 86_400;
const RUNS = ['3600', '86400', '259200', '604800'] as const;

function useRunsWord(): (seconds: string) => string {
  const t = useAuctionWords();
  return (seconds) => {
    const s = Number(seconds);
    if (s === HOUR_S) return t('hour');
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
    <form
      className="panel form"
      onSubmit={(event) => {
        event.preventDefault();
        sign.run();
      }}
    >
      <p className="fine">{t('putEnglishSay')}</p>
      <Field
        label={t('f_reserve')}
        value={reserve}
        onChange={setReserve}
        inputMode="decimal"
        data-testid="put-reserve"
        required
      />
      <Choices
        label={t('putRuns')}
        value={runs}
        options={RUNS.map((value) => ({ value, label: runsWord(value) }))}
        onChange={setRuns}
      />
      <p className="fine">
        {t('lateSay')} · {t('feeSay')}
      </p>
      {sign.error !== undefined && <Refusal of={sign.error} />}
      <Do submit busy={sign.busy} disabled={!reserveFen} testId="put-up">
        {t('putDo')}
      </Do>
    </form>
  );
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
