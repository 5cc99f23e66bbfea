/** The seller's side: number and PIN are encrypted on this page, for the key of this buyer, and go out under a bond. */
import { useState } from 'react';
import type { Hex } from 'viem';
import { call } from '../../api.ts';
import { Field, Notice, Refusal } from '../../kit/index.ts';
import { Do } from '../act.tsx';
import { commitOf, seal, wordsOf } from './delivery-seal.ts';
import { type Delivery, signDelivery, signReclaim } from './delivery-sign.ts';
import { useDeliveryWords } from './delivery-texts.ts';
import { type Chain, useWallets } from './house.ts';
import { useSigning } from './signing.ts';

interface Props {
  readonly one: Delivery;
  readonly chain: Chain;
}

export function SealForm({ one, chain }: Props): React.ReactNode {
  const t = useDeliveryWords();
  const wallet = useWallets().data?.find(({ address }) => address === one.seller);
  const [number, setNumber] = useState('');
  const [pin, setPin] = useState('');
  const [other, setOther] = useState(false);
  const sign = useSigning({ chain, wallet }, async (by) => {
    const params = { id: one.token.id };
    const { salt } = await call('POST /v1/exchange/tokens/:id/salt', { params, body: {} });
    const cardId = BigInt(one.token.tokenId ?? '0x0');
    const words = wordsOf(number.replaceAll(/\s/g, ''), pin.trim(), salt as Hex);
    const fits = words !== undefined && commitOf(cardId, words) === one.secretCommit;
    setOther(!fits);
    if (!fits) return 'again';
    const secret = seal(cardId, words, one.publicKey as Hex);
    await signDelivery(by, { one, secret });
    return 'sent';
  });
  return (
    <form
      className="panel form"
      aria-labelledby="seal"
      onSubmit={(event) => {
        event.preventDefault();
        sign.run();
      }}
    >
      <h2 id="seal">{t('sealTitle')}</h2>
      <p>{t('sealSay')}</p>
      <Field
        label={t('number')}
        value={number}
        onChange={setNumber}
        autoComplete="off"
        data-testid="seal-number"
        required
      />
      <Field
        label={t('pin')}
        value={pin}
        onChange={setPin}
        autoComplete="off"
        data-testid="seal-pin"
      />
      {other && (
        <Notice tone="warn" icon="warn">
          {t('sealOther')}
        </Notice>
      )}
      {sign.error !== undefined && <Refusal of={sign.error} />}
      <Do submit busy={sign.busy} disabled={!wallet} testId="seal-deliver">
        {sign.sent ? t('sealing') : t('sealDo')}
      </Do>
    </form>
  );
}

export function Reclaim({ one, chain }: Props): React.ReactNode {
  const t = useDeliveryWords();
  const wallet = useWallets().data?.find(({ address }) => address === one.seller);
  const sign = useSigning({ chain, wallet }, async (by) => {
    await signReclaim(by, one);
    return 'sent';
  });
  return (
    <section className="panel form">
      <p>{t('closedSeller')}</p>
      {sign.error !== undefined && <Refusal of={sign.error} />}
      <Do busy={sign.busy} disabled={!wallet} testId="reclaim" onClick={sign.run}>
        {sign.sent ? t('reclaiming') : t('reclaim')}
      </Do>
    </section>
  );
}
