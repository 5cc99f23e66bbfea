/** How screens read and act: cached reads, and actions that ask for a new proof of identity and say what went wrong. */
import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { App } from 'antd';
import { useCallback, useState } from 'react';
import { call } from '../api.ts';
import { codeOf, wordsOf } from './refusal.ts';
import type { ConsoleRoutes } from './routes.ts';
import { useSay } from './say.ts';
import { useProof } from './step-up.tsx';

type Key = keyof ConsoleRoutes;
type GetKey = Extract<Key, `GET ${string}`>;
type ActKey = Exclude<Key, GetKey>;
type Part<K extends Key, P extends 'params' | 'query' | 'body'> = undefined extends ConsoleRoutes[K][P]
  ? { [_ in P]?: never }
  : { [_ in P]: ConsoleRoutes[K][P] };
export type Input<K extends Key> = Part<K, 'params'> & Part<K, 'query'> & Part<K, 'body'>;
export type Reply<K extends Key> = ConsoleRoutes[K]['reply'];

interface AskOptions {
  /** Asks again every so often, for screens that people leave open. */
  everyMs?: number;
  enabled?: boolean;
  /** Not asked again while younger than this. */
  staleMs?: number;
}

export function useAsk<K extends GetKey>(
  route: K,
  input: Input<K>,
  options: AskOptions = {},
): UseQueryResult<Reply<K>> {
  return useQuery({
    queryKey: [route, input],
    queryFn: (): Promise<Reply<K>> => call(route, input) as Promise<Reply<K>>,
    refetchInterval: options.everyMs ?? false,
    enabled: options.enabled ?? true,
    staleTime: options.staleMs ?? 0,
  });
}

interface Action<K extends ActKey> {
  /** Resolves to the reply, or to undefined after a refusal that has been shown. */
  run: (input: Input<K>) => Promise<Reply<K> | undefined>;
  busy: boolean;
}

/** `done` is said when it worked; every list on screen is then read again. */
export function useAct<K extends ActKey>(route: K, done?: string): Action<K> {
  const [busy, setBusy] = useState(false);
  const queries = useQueryClient();
  const { notification } = App.useApp();
  const prove = useProof();
  const t = useSay();
  const run = useCallback(
    async (input: Input<K>): Promise<Reply<K> | undefined> => {
      const send = (): Promise<Reply<K>> => call(route, input) as Promise<Reply<K>>;
      setBusy(true);
      try {
        const reply = await send().catch(async (error: unknown) => {
          if (codeOf(error) !== 'step_up_needed') throw error;
          if (!(await prove())) return undefined;
          return await send();
        });
        if (reply !== undefined && done) notification.success({ title: done });
        void queries.invalidateQueries();
        return reply;
      } catch (error) {
        const { title, remedy } = wordsOf(error, t);
        notification.error({ title, description: remedy });
        return undefined;
      } finally {
        setBusy(false);
      }
    },
    [route, done, notification, prove, queries, t],
  );
  return { run, busy };
}
