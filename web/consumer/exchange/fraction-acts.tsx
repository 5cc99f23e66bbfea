/** What a holder does with a card that can be split, and with shares of one. */
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Address } from 'viem';
import { Field, fenFromYuan, Refusal, yuanInput, yuanText } from '../../kit/index.ts';
import { Do } from '../act.tsx';
import {
  type Fraction,
  signBuyOut,
  signCash,
  signGive,
  signSplit,
  signUnite,
} from './fraction-sign.ts';
import { useFractionWords } from './fraction-texts.ts';
import { type Chain, type Token, useWallets, type Wallet } from './house.ts';
import { useExchange } from './profile.ts';
import { useSigning } from './signing.ts';

export function ToShares({ token }: { token: Token }): React.ReactNode {
  const t = useFractionWords();
  if (!token.shareId) return null;
  return (
    <Link
      to="/exchange/$"
      params={{ _splat: `shares/${token.shareId}` }}
      className="hq-button"
      data-testid="to-shares"
    >
      {t('toShares')}
    </Link>
  );
}

const COUNT = /^[1-9][0-9]{0,8}$/;
const countOf = (text: string): number | undefined => (COUNT.test(text) ? Number(text) : undefined);

export function Split(props: { token: Token; chain: Chain; wallet: Wallet }): React.ReactNode {
  const { token, chain, wallet } = props;
  const t = useFractionWords();
  const exchange = useExchange();
  const [count, setCount] = useState('');
  const [floor, setFloor] = useState(yuanInput(token.balanceFen ?? token.faceFen));
  const [supply, floorFen] = [countOf(count), fenFromYuan(floor)];
  const send = useSigning({ chain, wallet }, async (by) => {
    if (!supply || !floorFen) return 'again';
    await signSplit(by, { token, supply, floorFen });
    return 'sent';
  });
  if (!exchange.data?.features.includes('fractions')) return null;
  return (
    <form
      className="panel form"
      onSubmit={(event) => {
        event.preventDefault();
        send.run();
      }}
    >
      <h2>{t('split')}</h2>
      <p className="fine">{t('splitSay')}</p>
      <Field
        label={t('splitCount')}
        value={count}
        onChange={setCount}
        inputMode="numeric"
        data-testid="split-count"
        required
      />
      <Field
        label={t('floor')}
        value={floor}
        onChange={setFloor}
        inputMode="decimal"
        data-testid="split-floor"
        required
      />
      {send.error !== undefined && <Refusal of={send.error} />}
      <Do tone="quiet" submit busy={send.busy} disabled={!supply || !floorFen} testId="split">
        {send.sent ? t('working') : t('splitDo')}
      </Do>
    </form>
  );
}

type Holder = Fraction['holders'][number];

/** What this viewer may do with the card as it is split now. */
export function ShareActs({ one, chain }: { one: Fraction; chain: Chain }): React.ReactNode {
  const wallets = useWallets();
  const [first] = wallets.data ?? [];
  const mine = one.holders.find((holder) => holder.mine && holder.shares !== '0');
  const wallet = mine && wallets.data?.find(({ address }) => address === mine.address);
  if (one.state === 'split')
    return (
      <>
        {mine && wallet && mine.shares === one.supply && (
          <Unite one={one} chain={chain} wallet={wallet} />
        )}
        {mine && wallet && <Give key={mine.shares} of={one} chain={chain} wallet={wallet} />}
        {first && <BuyOut one={one} chain={chain} wallet={wallet ?? first} />}
      </>
    );
  if (one.state === 'bought_out' && mine && wallet)
    return <Cash one={one} chain={chain} wallet={wallet} mine={mine} />;
  return null;
}

type ActProps = { readonly one: Fraction; readonly chain: Chain; readonly wallet: Wallet };

function Unite({ one, chain, wallet }: ActProps): React.ReactNode {
  const t = useFractionWords();
  const send = useSigning({ chain, wallet }, async (by) => {
    await signUnite(by, one);
    return 'sent';
  });
  return (
    <section className="panel form">
      {send.error !== undefined && <Refusal of={send.error} />}
      <Do tone="quiet" busy={send.busy} testId="unite" onClick={send.run}>
        {send.sent ? t('working') : t('unite')}
      </Do>
    </section>
  );
}

const ADDRESS = /^0x[0-9a-fA-F]{40}$/;

function Give(props: { of: Fraction; chain: Chain; wallet: Wallet }): React.ReactNode {
  const { of, chain, wallet } = props;
  const t = useFractionWords();
  const [to, setTo] = useState('');
  const [count, setCount] = useState('');
  const amount = countOf(count);
  const fits = ADDRESS.test(to.trim()) && amount !== undefined;
  const send = useSigning({ chain, wallet }, async (by) => {
    if (!amount) return 'again';
    await signGive(by, { of, to: to.trim() as Address, amount });
    return 'sent';
  });
  return (
    <form
      className="panel form"
      onSubmit={(event) => {
        event.preventDefault();
        send.run();
      }}
    >
      <h2>{t('give')}</h2>
      <p className="fine">{t('giveSay')}</p>
      <Field
        label={t('giveTo')}
        value={to}
        onChange={setTo}
        autoComplete="off"
        data-testid="give-to"
        required
      />
      <Field
        label={t('giveCount')}
        value={count}
        onChange={setCount}
        inputMode="numeric"
        data-testid="give-count"
        required
      />
      {send.error !== undefined && <Refusal of={send.error} />}
      <Do tone="quiet" submit busy={send.busy} disabled={!fits} testId="give">
        {send.sent ? t('working') : t('giveDo')}
      </Do>
    </form>
  );
}

function BuyOut({ one, chain, wallet }: ActProps): React.ReactNode {
  const t = useFractionWords();
  const send = useSigning({ chain, wallet }, async (by) => {
    await signBuyOut(by, one);
    return 'sent';
  });
  return (
    <section className="panel form">
      <p className="fine">{t('buyOutSay')}</p>
      {send.error !== undefined && <Refusal of={send.error} />}
      <Do busy={send.busy} testId="buy-out" onClick={send.run}>
        {send.sent ? t('working') : t('buyOut')} · {yuanText(one.floorFen)}
      </Do>
    </section>
  );
}

function Cash({ one, chain, wallet, mine }: ActProps & { mine: Holder }): React.ReactNode {
  const t = useFractionWords();
  const { shares, cashFen = '0' } = mine;
  const send = useSigning({ chain, wallet }, async (by) => {
    await signCash(by, { of: one, shares, cashFen });
    return 'sent';
  });
  return (
    <section className="panel form">
      <p className="fine">{t('cashSay')}</p>
      {send.error !== undefined && <Refusal of={send.error} />}
      <Do busy={send.busy} testId="cash" onClick={send.run}>
        {send.sent ? t('working') : t('cash', { sum: yuanText(cashFen) })}
      </Do>
    </section>
  );
}
