/** How screens read and act: cached reads, and actions that say whether they worked and refresh what is shown. */
import { type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import { useState } from 'react';
import { ApiProblem } from '../api.ts';
import { useProblemWords } from '../kit/states.tsx';
import { type ActKey, type GetKey, type Input, type Reply, send } from './client.ts';
import { useSay } from './say.ts';

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
  return useQuery<Reply<K>>({
    queryKey: [route, input],
    queryFn: ({ signal }) => send(route, input, { signal }),
    refetchInterval: options.everyMs ?? false,
    enabled: options.enabled ?? true,
    staleTime: options.staleMs ?? 0,
  });
}

interface Action<K extends ActKey> {
  /** Resolves to true when it worked, to false after a refusal that has been shown. */
  run: (input: Input<K>) => Promise<boolean>;
  /** The same, for those who need the reply. */
  ask: (input: Input<K>) => Promise<{ reply: Reply<K> } | undefined>;
  busy: boolean;
}

/** `done` is said when it worked; everything on screen is then read again. */
export function useAct<K extends ActKey>(route: K, done?: string): Action<K> {
  const [busy, setBusy] = useState(false);
  const queries = useQueryClient();
  const { notification } = App.useApp();
  const words = useProblemWords();
  const t = useSay();
  const ask = async (input: Input<K>): Promise<{ reply: Reply<K> } | undefined> => {
    setBusy(true);
    try {
      const reply = await send(route, input);
      if (done) notification.success({ title: done, role: 'status' });
      void queries.invalidateQueries();
      return { reply };
    } catch (error) {
      const { title, remedy } = words(error);
      notification.error({ title, description: `${remedy} ${more(error, t)}` });
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  const run = async (input: Input<K>): Promise<boolean> => (await ask(input)) !== undefined;
  return { run, ask, busy };
}

/** What the server added: which fields, and what could be done instead. */
function more(error: unknown, t: ReturnType<typeof useSay>): string {
  if (!(error instanceof ApiProblem)) return '';
  const { fields, allowedTransitions } = error.problem;
  const list = fields?.map(({ path, message }) => `${path}: ${message}`).join(' · ') ?? '';
  const allowed = allowedTransitions?.length
    ? t('shell.allowedNow') + allowedTransitions.join(', ')
    : '';
  return `${list} ${allowed}`.trim();
}
