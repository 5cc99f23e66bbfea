/** Keeps what is on the screen as new as the house says: reads again whenever an event comes. */
import { useEffect } from 'react';
import { follow } from '../../api.ts';

export function useFollow(address: string | undefined, refetch: () => unknown): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: another function of the same query is the same question
  useEffect(() => {
    if (address === undefined) return undefined;
    return follow(address, () => void refetch());
  }, [address]);
}
