/** What I have on the chain: money and purse, cards by where they stand, and all that I have on offer or signed for. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { type Address, encodeFunctionData, parseAbi } from 'viem';
import { call } from '../../api.ts';
import {
  Confirm,
  Empty,
  Money,
  Notice,
  Refusal,
  Skeleton,
  usePick,
  yuanText,
} from '../../kit/index.ts';
import { Do } from '../act.tsx';
import { Fact } from '../fact.tsx';
import { type Row, Rows } from '../rows.tsx';
import { ChainAuctions } from './auction.tsx';
import { MyBids } from './bid.tsx';
import { NeedWallet } from './cards.tsx';
import { Deliveries } from './delivery.tsx';
import { Fractions } from './fraction.tsx';
import { type Chain, type Token, useSent, useTokens, useWallets, type Wallet } from './house.ts';
import { cancelAllBids } from './offer-sign.ts';
import { type OfferWord, useOfferWords } from './offer-texts.ts';
import { sendOwn } from './own.ts';
import { confirmWords } from './sign.tsx';
import { useSigning } from './signing.ts';
import { MySwaps } from './swap.tsx';
import { type PlainWord, useWords } from './texts.ts';

const LATER_MS = 8_000;

export function Portfolio({ chain }: { chain: Chain }): React.ReactNode {
  const wallets = useWallets();
  const tokens = useTokens();
  if (tokens.error) return <Refusal of={tokens.error} onRetry={() => void tokens.refetch()} />;
  if (wallets.error) return <Refusal of={wallets.error} onRetry={() => void wallets.refetch()} />;
  if (!tokens.data || !wallets.data) return <Skeleton lines={5} />;
  if (wallets.data.length === 0 && tokens.data.length === 0) return <NeedWallet />;
  return (
    <>
      {wallets.data.map((one) => (
        <MyMoney key={one.id} wallet={one} chain={chain} />
      ))}
      <MyCards tokens={tokens.data} />
      <MyListings />
      <MyBids />
      <MySwaps />
      <ChainAuctions mine />
      <Deliveries />
      <Fractions mine />
      {wallets.data.map((one) => (
        <VoidAll key={one.id} wallet={one} chain={chain} />
      ))}
    </>
  );
}

function MyMoney({ wallet, chain }: { wallet: Wallet; chain: Chain }): React.ReactNode {
  const t = useOfferWords();
  const words = useWords();
  const sent = useSent();
  const { balanceFen, promisedFen, purseFreeFen, purseLockedFen } = wallet;
  return (
    <section className="panel stack" aria-labelledby={`money-${wallet.id}`} data-testid="my-money">
      <h2 id={`money-${wallet.id}`}>{t('money')}</h2>
      <dl className="facts">
        <Fact name={t('balance')}>
          <Money fen={balanceFen} size="l" />
        </Fact>
        {promisedFen !== '0' && (
          <Fact name={t('promised')}>
            <span data-testid="promised">{yuanText(promisedFen)}</span>
          </Fact>
        )}
        {purseFreeFen !== '0' && (
          <Fact name={t('purseFree')}>
            <span data-testid="purse-free">{yuanText(purseFreeFen)}</span>
          </Fact>
        )}
        {purseLockedFen !== '0' && <Fact name={t('purseLocked')}>{yuanText(purseLockedFen)}</Fact>}
      </dl>
      {promisedFen !== '0' && <p className="fine">{t('promisedSay')}</p>}
      {purseFreeFen !== '0' && <TakePurse key={purseFreeFen} wallet={wallet} chain={chain} />}
      {sent.data && <p className="fine">{words('gasLeft', { n: grouped(sent.data.gasLeft) })}</p>}
    </section>
  );
}

const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, ',');

const PURSE = parseAbi(['function withdraw(address to, uint96 amount)']);

function TakePurse({ wallet, chain }: { wallet: Wallet; chain: Chain }): React.ReactNode {
  const t = useOfferWords();
  const free = wallet.purseFreeFen;
  const take = useSigning({ chain, wallet }, async (by) => {
    const value = BigInt(free);
    const { id: chainId, exchange: contract } = chain;
    await confirmWords({ what: 'takePurse', fields: { value }, chainId, contract });
    const args = [by.signer.address as Address, value] as const;
    await sendOwn(by, encodeFunctionData({ abi: PURSE, functionName: 'withdraw', args }));
    return 'sent';
  });
  return (
    <>
      <p className="fine">{t('purseSay')}</p>
      {take.error !== undefined && <Refusal of={take.error} />}
      <Do tone="quiet" busy={take.busy} testId="purse-take" onClick={take.run}>
        {take.sent ? t('purseTaking') : t('purseTake', { sum: yuanText(free) })}
      </Do>
    </>
  );
}

/** What only the wallet itself can do: no signature of it on somebody else's card is good any more. */
function VoidAll({ wallet, chain }: { wallet: Wallet; chain: Chain }): React.ReactNode {
  const t = useOfferWords();
  const [asked, setAsked] = useState(false);
  const [from] = useState(wallet.epoch);
  const sign = useSigning({ chain, wallet }, async (by) => {
    await cancelAllBids(by);
    return 'sent';
  });
  if (sign.sent && wallet.epoch !== from)
    return (
      <Notice tone="good" icon="check">
        <span data-testid="voided-all">{t('voidedAll', { n: wallet.epoch })}</span>
      </Notice>
    );
  return (
    <section className="panel form">
      <p className="fine">{t('voidAllSay')}</p>
      {sign.error !== undefined && <Refusal of={sign.error} />}
      <Do tone="quiet" busy={sign.busy} testId="void-all" onClick={() => setAsked(true)}>
        {sign.sent ? t('voidingAll') : t('voidAll')}
      </Do>
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        onConfirm={() => {
          setAsked(false);
          sign.run();
        }}
        title={t('voidAllAsk')}
        say={t('voidAllSay')}
        act={t('voidAllDo')}
        danger
      />
    </section>
  );
}

const GROUPS = ['held', 'moving', 'stopped', 'over'] as const;
type Group = (typeof GROUPS)[number];
const GROUP_OF: Readonly<Record<string, Group>> = {
  ...{ checking: 'moving', minting: 'moving', on_chain: 'held', burnt: 'held' },
  ...{ frozen: 'stopped', opened: 'over', turned_down: 'over', expired: 'over' },
};
const groupOf = ({ state }: Token): Group => GROUP_OF[state] ?? 'over';

function MyCards({ tokens }: { tokens: readonly Token[] }): React.ReactNode {
  const t = useOfferWords();
  const words = useWords();
  const pick = usePick();
  const standing = useStanding();
  const more = (
    <Link
      to="/exchange/$"
      params={{ _splat: 'cards/new' }}
      className="hq-button"
      data-testid="tokenise"
    >
      {words('tokenise')}
    </Link>
  );
  if (tokens.length === 0)
    return (
      <Empty icon="orders" title={words('cardsNone')} say={words('cardsNoneSay')}>
        {more}
        <Link
          to="/exchange/$"
          params={{ _splat: 'offers' }}
          className="hq-button hq-button-quiet"
          data-testid="to-market"
        >
          {t('toMarket')}
        </Link>
      </Empty>
    );
  const rowOf = (one: Token): Row => ({
    ...{ key: one.id, to: `cards/${one.id}`, title: pick(one.product), fen: one.faceFen },
    say: `${standing(one)} · ${one.last4}`,
  });
  return (
    <>
      {GROUPS.map((group) => {
        const rows = tokens.filter((one) => groupOf(one) === group).map(rowOf);
        const props = { rows, id: `tokens-${group}`, heading: t(`group_${group}`) };
        return rows.length > 0 && <Rows key={group} root="/exchange/$" {...props} />;
      })}
      {more}
    </>
  );
}

/** Where a card of mine stands, in words: what the contract does with it says more than that it is there. */
function useStanding(): (one: Token) => string {
  const t = useOfferWords();
  const words = useWords();
  return ({ state, holding, listing }) => {
    const busy: Readonly<Record<string, OfferWord>> = {
      ...{ FRACTION: 'in_SPLIT', AUCTION: 'in_AUCTION', SEALED: 'in_AUCTION', HELD: 'in_HELD' },
    };
    const doing = state === 'on_chain' && holding !== undefined && busy[holding];
    if (doing) return t(doing as 'in_SPLIT');
    if (state === 'on_chain' && listing) return `${words('listed')} ${yuanText(listing.priceFen)}`;
    return words(`state_${state}` as PlainWord);
  };
}

function MyListings(): React.ReactNode {
  const t = useOfferWords();
  const words = useWords();
  const pick = usePick();
  const found = useQuery({
    queryKey: ['exchange-my-listings'],
    queryFn: async () => (await call('GET /v1/exchange/my/listings')).items,
    refetchInterval: LATER_MS,
  });
  if (found.error) return <Refusal of={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data || found.data.length === 0) return null;
  const rows = found.data.map((one) => ({
    ...{ key: one.id, to: `offers/${one.id}`, title: pick(one.token.product), fen: one.priceFen },
    say: `${t(one.mine ? 'sold' : 'bought')} · ${words(`order_${one.state}` as PlainWord)}`,
  }));
  return <Rows root="/exchange/$" rows={rows} id="my-listings" heading={t('listings')} />;
}
