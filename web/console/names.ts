/** Names of states and transitions as the life cycles themselves give them, so that no second list can go stale. */
import { useCallback } from 'react';
import { usePick } from '../kit/language.tsx';
import { useAsk } from './ask.ts';

const NAMES_FRESH_MS = 10 * 60_000;

/** Of the first of these life cycles that has the state. */
export type OfProcess = string | readonly string[];

/** Falls back to the code while the life cycles are loading, or when a state is not theirs. */
export function useStateName(): (process: OfProcess, state: string) => string {
  const { data } = useAsk('GET /v1/console/processes', {}, { staleMs: NAMES_FRESH_MS });
  const pick = usePick();
  return useCallback(
    (process, state) => {
      const found = [process]
        .flat()
        .flatMap((one) => data?.find(({ name }) => name === one)?.states ?? [])
        .find(({ name }) => name === state);
      return found ? pick(found) : state.replaceAll('_', ' ');
    },
    [data, pick],
  );
}

/** The states of one life cycle, for filters. */
export function useStates(process: string): { value: string; label: string }[] {
  const { data } = useAsk('GET /v1/console/processes', {}, { staleMs: NAMES_FRESH_MS });
  const pick = usePick();
  const found = data?.find(({ name }) => name === process);
  return (found?.states ?? []).map((state) => ({ value: state.name, label: pick(state) }));
}
