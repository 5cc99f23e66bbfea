/** Work that asks a wallet for signatures, behind a button. */
import { useState } from 'react';
import { ApiProblem, call } from '../../api.ts';
import type { Chain, Wallet } from './house.ts';
import type { By } from './own.ts';
import { NotSigned } from './sign.tsx';
import { useWords } from './texts.ts';
import { signerFor } from './wallets.ts';

/** `sent`: done, and the page waits for the chain. `again`: done or given up, and the button may be pressed once more. */
export type Done = 'sent' | 'again';

/** Its numbers and promises as they are now: what was signed a moment ago has changed what the page may still show. */
async function fresh(wallet: Wallet): Promise<Wallet> {
  const { items } = await call('GET /v1/exchange/wallets');
  return items.find(({ id }) => id === wallet.id) ?? wallet;
}

/** Busy while it runs and after it was sent; a no to a signature is no fault, a wallet that is not here is said in words. */
export function useSigning(
  { chain, wallet }: { chain: Chain; wallet: Wallet | undefined },
  work: (by: By) => Promise<Done>,
) {
  const t = useWords();
  const [busy, setBusy] = useState(false);
  const [sent, setSent] = useState(false);
  const [error, setError] = useState<unknown>();
  const run = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      const signer = wallet && (await signerFor(wallet.address));
      if (!signer) {
        const words = { title: t('walletElsewhere'), remedy: t('walletElsewhereSay') };
        throw new ApiProblem({
          type: 'about:blank',
          status: 0,
          code: 'wallet_elsewhere',
          ...words,
        });
      }
      setSent((await work({ chain, signer, wallet: await fresh(wallet) })) === 'sent');
    } catch (problem) {
      if (!(problem instanceof NotSigned)) setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return { busy: busy || sent, sent, error, run: () => void run() };
}
