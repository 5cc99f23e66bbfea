/** The buyer's side: decrypts on this page, says whether it is right, and proves it to the contract where it is not. */
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { Notice, Refusal, yuanText } from '../../kit/index.ts';
import { Do } from '../act.tsx';
import { enterKey, keptKey } from './delivery-keys.ts';
import { commitOf, type Opened, open, type SaleKey, textOf } from './delivery-seal.ts';
import { type Delivery, signProof } from './delivery-sign.ts';
import { useDeliveryWords } from './delivery-texts.ts';
import { EnterKept } from './enter-kept.tsx';
import { type Chain, useWallets } from './house.ts';
import { useSigning } from './signing.ts';

interface Props {
  readonly one: Delivery;
  readonly chain: Chain;
}

export function Received({ one, chain }: Props): React.ReactNode {
  const [key, setKey] = useState(() => keptKey(one.session));
  const { sealed, secretCommit, token } = one;
  const cardId = BigInt(token.tokenId ?? '0x0');
  const opened = useMemo(
    () => (key && sealed ? open(cardId, sealed, key.k) : undefined),
    [key, sealed, cardId],
  );
  if (!key) return <EnterKey session={one.session} onKey={setKey} />;
  const right = opened !== undefined && commitOf(cardId, opened.words) === secretCommit;
  if (right) return <Right one={one} opened={opened} />;
  return <Wrong one={one} chain={chain} saleKey={key} opened={opened} />;
}

function EnterKey(props: { session: string; onKey: (key: SaleKey) => void }): React.ReactNode {
  const t = useDeliveryWords();
  const take = (text: string): boolean => {
    const key = enterKey(text, props.session);
    if (key) props.onKey(key);
    return key !== undefined;
  };
  return (
    <EnterKept
      say={t('keyMissing')}
      label={t('keyField')}
      enter={t('keyEnter')}
      wrong={t('keyOther')}
      testId="key"
      take={take}
    />
  );
}

function Right({ one, opened }: { one: Delivery; opened: Opened }): React.ReactNode {
  const t = useDeliveryWords();
  const [number, pin] = opened.words;
  return (
    <>
      <section className="panel" aria-labelledby="right" data-testid="delivery-right">
        <h2 id="right">{t('right')}</h2>
        <dl className="facts">
          <div>
            <dt>{t('number')}</dt>
            <dd className="ex-address" data-testid="opened-number">
              {textOf(number)}
            </dd>
          </div>
          <div>
            <dt>{t('pin')}</dt>
            <dd data-testid="opened-pin">{textOf(pin) || t('noPin')}</dd>
          </div>
        </dl>
        <p>{t('rightSay')}</p>
      </section>
      <Link to="/exchange/$" params={{ _splat: `cards/${one.token.id}` }} className="hq-button">
        {t('toCard')}
      </Link>
    </>
  );
}

function Wrong(props: Props & { saleKey: SaleKey; opened: Opened | undefined }): React.ReactNode {
  const { one, chain, saleKey, opened } = props;
  const t = useDeliveryWords();
  const wallet = useWallets().data?.find(({ address }) => address === one.buyer);
  const sign = useSigning({ chain, wallet }, async (by) => {
    await signProof(by, { one, key: saleKey, opened });
    return 'sent';
  });
  return (
    <section className="panel form" data-testid="delivery-wrong">
      <Notice tone="warn" icon="warn" title={t('wrong')}>
        {t('wrongSay')}
      </Notice>
      <p>
        {t('youGet')} {yuanText(one.bondFen)}
      </p>
      {sign.error !== undefined && <Refusal of={sign.error} />}
      {one.state === 'delivered' && (
        <Do busy={sign.busy} disabled={!wallet} testId="prove" onClick={sign.run}>
          {sign.sent ? t('proving') : t('prove')}
        </Do>
      )}
    </section>
  );
}
