/** Work that asks a wallet for signatures, behind a button. */
import { useState } from 'react';
import { NotSigned } from './sign.tsx';

/** Something that asks for a signature: busy while it runs, a no is no fault. */
export function useSigning(work: () => Promise<void>) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const run = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      await work();
    } catch (problem) {
      if (!(problem instanceof NotSigned)) setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, run: () => void run() };
}
