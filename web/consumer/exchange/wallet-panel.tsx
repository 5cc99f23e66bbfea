/** My wallet: bind one by a signed message, see what it has, and what was sent to the chain for me. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { createSiweMessage } from 'viem/siwe';
import { call, serverNow } from '../../api.ts';
import { Empty, Moment, Money, Refusal, Skeleton } from '../../kit/index.ts';
import { Do } from '../act.tsx';
import { type Chain, useSent, useWallets, type Wallet } from './house.ts';
import { confirmWords, NotSigned, short } from './sign.tsx';
import { type PlainWord, useWords } from './texts.ts';
import { connect, demoSigner, type Signer, useInjected } from './wallets.ts';

export function WalletPanel({ chain }: { chain: Chain }): React.ReactNode {
  const wallets = useWallets();
  if (wallets.error) return <Refusal of={wallets.error} onRetry={() => void wallets.refetch()} />;
  if (!wallets.data) return <Skeleton lines={4} />;
  return (
    <>
      {wallets.data.map((one) => (
        <One key={one.id} wallet={one} />
      ))}
      {wallets.data.length === 0 && <Bind chain={chain} />}
      {wallets.data.length > 0 && <Sent />}
    </>
  );
}

function One({ wallet }: { wallet: Wallet }): React.ReactNode {
  const t = useWords();
  const { address, kind, balanceFen, admittedUntil } = wallet;
  return (
    <section className="panel" aria-label={t('tabWallet')} data-testid="wallet">
      <p className="ex-address">{address}</p>
      <p className="fine">{t(`walletKind_${kind}`)}</p>
      <dl className="facts">
        <div>
          <dt>{t('walletBalance')}</dt>
          <dd data-testid="wallet-balance">
            <Money fen={balanceFen} size="l" />
          </dd>
        </div>
        <div>
          <dt>{t('walletAdmitted')}</dt>
          <dd data-testid="wallet-admitted" data-yes={Boolean(admittedUntil)}>
            {admittedUntil ? t('walletAdmittedYes') : t('walletAdmittedNot')}
          </dd>
        </div>
      </dl>
    </section>
  );
}

function Bind({ chain }: { chain: Chain }): React.ReactNode {
  const t = useWords();
  const queries = useQueryClient();
  const injected = useInjected();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const bind = async (get: () => Promise<Signer>): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      await bindSigner(chain, await get());
      await queries.invalidateQueries({ queryKey: ['exchange-wallets'] });
    } catch (problem) {
      if (!(problem instanceof NotSigned)) setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const demo = async (): Promise<Signer> => {
    const made = demoSigner(true);
    if (!made) throw new Error('no demo wallet');
    return made;
  };
  return (
    <Empty icon="lock" title={t('walletNone')} say={t('walletNoneSay')}>
      {error !== undefined && <Refusal of={error} />}
      <Do busy={busy} testId="wallet-demo" onClick={() => void bind(demo)}>
        {t('walletDemo')}
      </Do>
      {injected.map((one) => (
        <Do
          key={one.info.uuid}
          tone="quiet"
          busy={busy}
          testId="wallet-injected"
          onClick={() => void bind(() => connect(one))}
        >
          {t('walletUse', { name: one.info.name })}
        </Do>
      ))}
    </Empty>
  );
}

async function bindSigner(chain: Chain, signer: Signer): Promise<void> {
  const { nonce } = await call('POST /v1/exchange/wallets/challenge', { body: {} });
  const message = createSiweMessage({
    ...{ address: signer.address, chainId: chain.id, version: '1', nonce },
    ...{ domain: location.host, uri: location.origin, issuedAt: new Date(serverNow()) },
  });
  await confirmWords({ what: 'login', fields: {}, chainId: chain.id, text: message });
  const signature = await signer.signMessage(message);
  await call('POST /v1/exchange/wallets', { body: { message, signature, kind: signer.kind } });
}

const DID = ['admit', 'test_money', 'mint', 'permit', 'match'];
const didWord = (purpose: string): PlainWord =>
  (DID.includes(purpose) ? `did_${purpose}` : 'did_other') as PlainWord;

function Sent(): React.ReactNode {
  const t = useWords();
  const sent = useSent();
  if (!sent.data || sent.data.items.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="sent">
      <h2 id="sent">{t('sent')}</h2>
      <ul className="ex-sent">
        {sent.data.items.map((one) => (
          <li key={one.id}>
            <Moment at={one.at} form="minute" /> {t(didWord(one.purpose))}{' '}
            <span className="tag">{t(`way_${one.state}` as PlainWord)}</span>{' '}
            {one.hash && <code>{short(one.hash)}</code>}
          </li>
        ))}
      </ul>
    </section>
  );
}
