/** Buying a card whose seller delivers the secret: first the key of this sale, then the signed bid. */
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Hex } from 'viem';
import { call } from '../../api.ts';
import {
  Field,
  fenFromYuan,
  Notice,
  Refusal,
  Skeleton,
  usePick,
  yuanInput,
  yuanText,
} from '../../kit/index.ts';
import { Do } from '../act.tsx';
import { NeedWallet } from './cards.tsx';
import { keyFile, newSaleKey } from './delivery-keys.ts';
import type { SaleKey } from './delivery-seal.ts';
import { signBid } from './delivery-sign.ts';
import { useDeliveryWords } from './delivery-texts.ts';
import { type Chain, type Token, useToken, useWallets } from './house.ts';
import { useSigning } from './signing.ts';

/** The second way to buy, where the seller can deliver. */
export function DeliveryEntry({ token }: { token: Token }): React.ReactNode {
  const t = useDeliveryWords();
  if (!token.ownSecret || token.mine) return null;
  return (
    <section className="panel form">
      <p className="fine">{t('waySay')}</p>
      <Link
        to="/exchange/$"
        params={{ _splat: `deliver/${token.id}` }}
        className="hq-button hq-button-quiet"
        data-testid="to-delivery"
      >
        {t('way')}
      </Link>
    </section>
  );
}

export function DeliveryBidPage({ id, chain }: { id: string; chain: Chain }): React.ReactNode {
  const t = useDeliveryWords();
  const pick = usePick();
  const token = useToken(id);
  const wallets = useWallets();
  const [key, setKey] = useState<SaleKey>();
  if (token.error) return <Refusal of={token.error} onRetry={() => void token.refetch()} />;
  if (!token.data || !wallets.data) return <Skeleton lines={6} />;
  const [wallet] = wallets.data;
  if (!wallet) return <NeedWallet />;
  const one = token.data;
  return (
    <>
      <h1>{t('way')}</h1>
      <p>
        {pick(one.product)} · {yuanText(one.faceFen)}
      </p>
      <p>{t('waySay')}</p>
      <section className="panel form" aria-labelledby="delivery-key">
        <h2 id="delivery-key">{t('step1')}</h2>
        <p>{t('step1Say')}</p>
        {key ? (
          <>
            <Notice tone="good" icon="lock" title={t('made')}>
              <span className="ex-address">{key.session}</span>
            </Notice>
            <a
              className="hq-button hq-button-quiet"
              href={keyFile(key)}
              download={`huiquan-${key.session.slice(0, NAME_LENGTH)}.txt`}
              data-testid="key-download"
            >
              {t('download')}
            </a>
          </>
        ) : (
          <Do testId="key-make" onClick={() => setKey(newSaleKey())}>
            {t('make')}
          </Do>
        )}
      </section>
      {key && <Bid token={one} chain={chain} wallet={wallet} saleKey={key} />}
    </>
  );
}
const NAME_LENGTH = 10;

function Bid(props: {
  token: Token;
  chain: Chain;
  wallet: NonNullable<ReturnType<typeof useWallets>['data']>[number];
  saleKey: SaleKey;
}): React.ReactNode {
  const { token, chain, wallet, saleKey } = props;
  const t = useDeliveryWords();
  const navigate = useNavigate();
  const [price, setPrice] = useState(yuanInput(token.listing?.priceFen ?? token.faceFen));
  const priceFen = fenFromYuan(price);
  const sign = useSigning({ chain, wallet }, async (by) => {
    if (!priceFen) return 'again';
    const secretCommit = (token.secretCommit ?? '0x') as Hex;
    const of = { token, priceFen, key: saleKey, secretCommit };
    const body = await signBid(by, of);
    const params = { id: token.id };
    const made = await call('POST /v1/exchange/tokens/:id/deliveries', { params, body });
    void navigate({ to: '/exchange/$', params: { _splat: `deliveries/${made.id}` } });
    return 'again';
  });
  return (
    <form
      className="panel form"
      aria-labelledby="delivery-bid"
      onSubmit={(event) => {
        event.preventDefault();
        sign.run();
      }}
    >
      <h2 id="delivery-bid">{t('step2')}</h2>
      <p>{t('step2Say')}</p>
      <Field
        label={t('price')}
        value={price}
        onChange={setPrice}
        inputMode="decimal"
        data-testid="bid-price"
        required
      />
      {sign.error !== undefined && <Refusal of={sign.error} />}
      <Do submit busy={sign.busy} disabled={!priceFen} testId="bid">
        {t('bid')} {priceFen ? `· ${yuanText(priceFen)}` : ''}
      </Do>
    </form>
  );
}
