/** Signing in by a wallet: which of them, what it signs, and the way back to the phone number. */
import { useState } from 'react';
import { createSiweMessage } from 'viem/siwe';
import type { Me } from '../../api.gen.ts';
import { ApiProblem, call, serverNow } from '../../api.ts';
import { Notice, Refusal } from '../../kit/index.ts';
import { Do } from '../act.tsx';
import './exchange.css';
import type { Chain } from './house.ts';
import { short } from './sign.tsx';
import { useWalletSignInWords } from './wallet-sign-in-texts.ts';
import { connect, demoSigner, type Signer, useInjected } from './wallets.ts';

interface Asked {
  readonly signer: Signer;
  readonly message: string;
}
interface Props {
  readonly chain: Chain;
  readonly onDone: (me: Me) => void;
  readonly onPhone: () => void;
}

export function WalletSignIn({ chain, onDone, onPhone }: Props): React.ReactNode {
  const t = useWalletSignInWords();
  const [asked, setAsked] = useState<Asked>();
  const { busy, error, run } = useWork();
  return (
    <div className="form" data-testid="wallet-sign-in-form">
      <p className="form-say">{t('say')}</p>
      {error !== undefined && <Refusal of={error} />}
      {asked ? (
        <>
          <p>{t('signs')}</p>
          <pre className="ex-text">{asked.message}</pre>
          <Do
            busy={busy}
            testId="wallet-sign-in-yes"
            onClick={() =>
              run(async () => {
                // The number is used up by this try, whatever comes of it.
                setAsked(undefined);
                onDone(await signIn(asked));
              })
            }
          >
            {t('sign')}
          </Do>
          <button type="button" className="hq-link" onClick={() => setAsked(undefined)}>
            {t('another')}
          </button>
        </>
      ) : (
        <Choice
          busy={busy}
          choose={(get) => run(async () => setAsked(await messageFor(chain, await get())))}
        />
      )}
      <button type="button" className="hq-link" data-testid="by-phone" onClick={onPhone}>
        {t('byPhone')}
      </button>
    </div>
  );
}

function Choice(props: {
  busy: boolean;
  choose: (get: () => Signer | Promise<Signer>) => void;
}): React.ReactNode {
  const { busy, choose } = props;
  const t = useWalletSignInWords();
  const injected = useInjected();
  const demo = demoSigner();
  if (!demo && injected.length === 0)
    return (
      <Notice tone="info" icon="info">
        <p>
          <strong>{t('none')}</strong>
        </p>
        <p>{t('noneSay')}</p>
      </Notice>
    );
  return (
    <>
      {injected.map((one) => (
        <Do
          key={one.info.uuid}
          busy={busy}
          testId="wallet-sign-in-injected"
          onClick={() => choose(() => connect(one))}
        >
          {one.info.name}
        </Do>
      ))}
      {demo && (
        <Do
          tone={injected.length > 0 ? 'quiet' : 'primary'}
          busy={busy}
          testId="wallet-sign-in-demo"
          onClick={() => choose(() => demo)}
        >
          {t('demo', { address: short(demo.address) })}
        </Do>
      )}
    </>
  );
}

async function messageFor(chain: Chain, signer: Signer): Promise<Asked> {
  const { nonce, expiresAt } = await call('POST /v1/exchange/sign-in/challenge', { body: {} });
  const message = createSiweMessage({
    ...{ address: signer.address, chainId: chain.id, version: '1', nonce },
    ...{ domain: location.host, uri: location.origin, issuedAt: new Date(serverNow()) },
    ...{ statement: 'Sign in to Huiquan. No money moves.', expirationTime: new Date(expiresAt) },
  });
  return { signer, message };
}

async function signIn({ signer, message }: Asked): Promise<Me> {
  const signature = await signer.signMessage(message);
  const { user } = await call('POST /v1/exchange/sign-in', { body: { message, signature } });
  return user;
}

/** One thing at a time; what a wallet says in its own words, or does not say, is put in ours. */
function useWork() {
  const t = useWalletSignInWords();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const work = async (todo: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      await todo();
    } catch (problem) {
      const words = { title: t('silent'), remedy: t('silentSay') };
      const own = { type: 'about:blank', status: 0, code: 'wallet_silent', ...words };
      setError(problem instanceof ApiProblem ? problem : new ApiProblem(own));
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, run: (todo: () => Promise<void>) => void work(todo) };
}
