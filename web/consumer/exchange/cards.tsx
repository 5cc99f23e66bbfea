/** A card of mine on the chain: bring it, put it on offer, burn it and fetch its secret. */
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { encodeFunctionData, parseAbi } from 'viem';
import { FEE_BPS } from '../../../src/exchange/schema.ts';
import type { Product } from '../../api.gen.ts';
import { call } from '../../api.ts';
import {
  Empty,
  Field,
  fenFromYuan,
  Refusal,
  Skeleton,
  usePick,
  yuanInput,
  yuanText,
} from '../../kit/index.ts';
import { Do, useAct } from '../act.tsx';
import { useProducts } from '../catalogue.ts';
import { Fact } from '../fact.tsx';
import { SecretSheet } from '../market/order-parts.tsx';
import { type CardWords, SecretFields } from '../secret-fields.tsx';
import { ToAuction, ToPutUp } from './auction-links.tsx';
import { BidsOnCard } from './bid.tsx';
import { Split, ToShares } from './fraction-acts.tsx';
import { type Chain, signListing, type Token, useToken, useWallets } from './house.ts';
import { sendOwn } from './own.ts';
import { type Delivery, Modes } from './reissue.tsx';
import { confirmWords, short } from './sign.tsx';
import { useSigning } from './signing.ts';
import { Stopped } from './stopped.tsx';
import { SwapEntry } from './swap-entry.tsx';
import { type PlainWord, useWords } from './texts.ts';

const stateWord = (state: string): PlainWord => `state_${state}` as PlainWord;

/** The house takes no other: their sellers could spend them at any time. */
const isKeepable = (caps: readonly string[]): boolean =>
  caps.includes('lock') || caps.includes('transfer');

export function NewCard(): React.ReactNode {
  const t = useWords();
  const pick = usePick();
  const products = useProducts();
  const wallets = useWallets();
  const [sku, setSku] = useState('');
  if (products.error)
    return <Refusal of={products.error} onRetry={() => void products.refetch()} />;
  if (!products.data || !wallets.data) return <Skeleton lines={6} />;
  const [wallet] = wallets.data;
  if (!wallet) return <NeedWallet />;
  const fit = products.data.filter(
    ({ transferability, issuerCaps }) => transferability !== 'none' && isKeepable(issuerCaps),
  );
  const product = fit.find((one) => one.sku === sku);
  return (
    <>
      <h1>{t('tokenise')}</h1>
      <p>{t('tokeniseSay')}</p>
      <label className="hq-field">
        <span>{t('card')}</span>
        <select
          className="mk-select"
          value={sku}
          data-testid="token-sku"
          onChange={(event) => setSku(event.target.value)}
        >
          <option value="">{t('cardPick')}</option>
          {fit.map((one) => (
            <option key={one.sku} value={one.sku}>
              {pick(one.issuerName)} · {pick(one.name)}
            </option>
          ))}
        </select>
      </label>
      {product && <Seal key={product.sku} product={product} walletId={wallet.id} />}
    </>
  );
}

export function NeedWallet(): React.ReactNode {
  const t = useWords();
  return (
    <Empty icon="lock" title={t('needWallet')} say={t('walletNoneSay')}>
      <Link to="/exchange/$" params={{ _splat: 'wallet' }} className="hq-button">
        {t('tabWallet')}
      </Link>
    </Empty>
  );
}

function Seal({ product, walletId }: { product: Product; walletId: string }): React.ReactNode {
  const t = useWords();
  const navigate = useNavigate();
  const [face, setFace] = useState(yuanInput(product.denominationsFen[0] ?? '10000'));
  const [secret, setSecret] = useState<CardWords>({ number: '', pin: '' });
  const seal = useAct('POST /v1/exchange/tokens', (token) => {
    void navigate({ to: '/exchange/$', params: { _splat: `cards/${token.id}` } });
  });
  const faceFen = fenFromYuan(face);
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!faceFen) return;
        const { number, pin } = secret;
        const given = { walletId, sku: product.sku, faceFen, number };
        seal.mutate({ body: { ...given, ...(pin && { pin }) } });
      }}
    >
      <Field label={t('face')} value={face} onChange={setFace} inputMode="decimal" required />
      <SecretFields
        typed={secret}
        onChange={setSecret}
        hasPin={Boolean(product.pinRule)}
        labels={{ number: t('number'), pin: t('pin') }}
      />
      {seal.error && <Refusal of={seal.error} />}
      <Do submit busy={seal.isPending} testId="token-seal">
        {t('tokeniseDo')}
      </Do>
    </form>
  );
}

export function TokenPage({ id, chain }: { id: string; chain: Chain }): React.ReactNode {
  const t = useWords();
  const pick = usePick();
  const token = useToken(id);
  if (token.error) return <Refusal of={token.error} onRetry={() => void token.refetch()} />;
  if (!token.data) return <Skeleton lines={6} />;
  const one = token.data;
  return (
    <>
      <section className="panel stack" data-testid="token" data-state={one.state}>
        <h1>{pick(one.product)}</h1>
        <p>
          <span className="tag">{t(stateWord(one.state))}</span>
        </p>
        <dl className="facts">
          <Fact name={t('face')}>{yuanText(one.faceFen)}</Fact>
          {one.balanceFen && <Fact name={t('verified')}>{yuanText(one.balanceFen)}</Fact>}
          {one.tokenId && <Fact name={t('tokenId')}>{short(one.tokenId)}</Fact>}
          {one.owner && <Fact name={t('owner')}>{one.mine ? t('ownerMe') : short(one.owner)}</Fact>}
        </dl>
      </section>
      <Stopped token={one} />
      {one.state === 'on_chain' && one.holding === 'ACTIVE' && !one.lockEndsAt && (
        <>
          <BidsOnCard token={one} chain={chain} />
          <SwapEntry token={one} />
        </>
      )}
      {one.mine && one.state === 'on_chain' && one.holding === 'ACTIVE' && !one.auctionId && (
        <Acts token={one} chain={chain} />
      )}
      {one.mine && one.holding === 'HELD' && <ToOffer token={one} />}
      <ToAuction token={one} />
      <ToShares token={one} />
      <Fetch token={one} />
    </>
  );
}

/** The offer that it is on, or the sale that waits for its issuer. */
function ToOffer({ token: { listing, holding } }: { token: Token }): React.ReactNode {
  const t = useWords();
  if (!listing) return null;
  return (
    <Link
      to="/exchange/$"
      params={{ _splat: `offers/${listing.id}` }}
      className="hq-button"
      data-testid="token-offer"
    >
      {t(holding === 'HELD' ? 'seeHeld' : 'seeListed', { price: yuanText(listing.priceFen) })}
    </Link>
  );
}

/** What the holder may do with a card that is on the chain. */
function Acts({ token, chain }: { token: Token; chain: Chain }): React.ReactNode {
  const wallets = useWallets();
  const wallet = wallets.data?.find(({ address }) => address === token.owner);
  if (!wallet) return null;
  // What its issuer locks no longer is bought by nobody: what is left is to burn it and to use it.
  if (token.lockEndsAt)
    return (
      <>
        <ToOffer token={token} />
        <Burn token={token} chain={chain} wallet={wallet} />
      </>
    );
  if (token.listing) return <ToOffer token={token} />;
  return (
    <>
      <Put token={token} chain={chain} wallet={wallet} />
      <ToPutUp token={token} />
      <Split token={token} chain={chain} wallet={wallet} />
      <Burn token={token} chain={chain} wallet={wallet} />
    </>
  );
}

type WithWallet = {
  token: Token;
  chain: Chain;
  wallet: NonNullable<ReturnType<typeof useWallets>['data']>[number];
};
const BPS = 10_000n;

function Put({ token, chain, wallet }: WithWallet): React.ReactNode {
  const t = useWords();
  const queries = useQueryClient();
  const [price, setPrice] = useState('');
  const [delivery, setDelivery] = useState<Delivery>(token.reissuable ? 'reissue' : 'vault');
  const priceFen = fenFromYuan(price);
  const fee = priceFen ? (BigInt(priceFen) * BigInt(FEE_BPS)) / BPS : 0n;
  const sign = useSigning({ chain, wallet }, async (by) => {
    if (!priceFen) return 'again';
    const body = await signListing(by, { token, priceFen, delivery });
    await call('POST /v1/exchange/listings', { body });
    await queries.invalidateQueries({ queryKey: ['exchange-token', token.id] });
    return 'again';
  });
  return (
    <form
      className="panel form"
      onSubmit={(event) => {
        event.preventDefault();
        sign.run();
      }}
    >
      <h2>{t('list')}</h2>
      <Field
        label={t('price')}
        value={price}
        onChange={setPrice}
        inputMode="decimal"
        data-testid="price"
        hint={priceFen ? `${t('youGet')} ${yuanText(String(BigInt(priceFen) - fee))}` : undefined}
        required
      />
      {token.reissuable && <Modes value={delivery} onChange={setDelivery} />}
      {sign.error !== undefined && <Refusal of={sign.error} />}
      <Do submit busy={sign.busy} disabled={!priceFen} testId="list">
        {t('listDo')}
      </Do>
    </form>
  );
}

const BURN = parseAbi(['function burn(uint256 cardId)']);

function Burn({ token, chain, wallet }: WithWallet): React.ReactNode {
  const t = useWords();
  const sign = useSigning({ chain, wallet }, async (by) => {
    if (!token.tokenId) return 'again';
    const cardId = BigInt(token.tokenId);
    const { id: chainId, exchange } = chain;
    await confirmWords({ what: 'burn', fields: { cardId }, chainId, contract: exchange });
    const data = encodeFunctionData({ abi: BURN, functionName: 'burn', args: [cardId] });
    await sendOwn(by, data);
    return 'sent';
  });
  return (
    <section className="panel form">
      <p className="fine">{t('burnSay')}</p>
      {sign.error !== undefined && <Refusal of={sign.error} />}
      <Do tone="quiet" busy={sign.busy} testId="burn" onClick={sign.run}>
        {sign.sent ? t('burning') : t('burn')}
      </Do>
    </section>
  );
}

function Fetch({ token }: { token: Token }): React.ReactNode {
  const t = useWords();
  const queries = useQueryClient();
  const [secret, setSecret] = useState<{ number: string; pin?: string }>();
  const fetch = useAct('POST /v1/exchange/tokens/:id/secret', setSecret);
  return (
    <>
      {token.canOpen && (
        <section className="panel form">
          {fetch.error && <Refusal of={fetch.error} />}
          <Do
            busy={fetch.isPending}
            testId="fetch"
            onClick={() => fetch.mutate({ params: { id: token.id }, body: {} })}
          >
            {t('fetch')}
          </Do>
        </section>
      )}
      <SecretSheet
        secret={secret}
        onDone={() => {
          setSecret(undefined);
          void queries.invalidateQueries({ queryKey: ['exchange-token', token.id] });
        }}
      />
    </>
  );
}
