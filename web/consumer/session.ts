/** Who is here, and how a call interrupts to ask them to sign in or to confirm. */
import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import type { Demo, Me } from '../api.gen.ts';
import { ApiProblem, type Challenge, call, moveClock } from '../api.ts';

const PENDING_MS = 1500;

interface Session {
  me: Me | undefined;
  /** Nobody is signed in; false while we do not know yet. */
  stranger: boolean;
  loading: boolean;
  error: unknown;
  retry: () => void;
}

export function useSession(): Session {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['me'],
    queryFn: async () => {
      try {
        return await call('GET /v1/me');
      } catch (problem) {
        if (problem instanceof ApiProblem && problem.code === 'not_signed_in') return null;
        throw problem;
      }
    },
    refetchInterval: ({ state }) => (state.data?.realName.state === 'pending' ? PENDING_MS : false),
  });
  return {
    me: data ?? undefined,
    stranger: data === null,
    loading: isPending,
    error,
    retry: () => void refetch(),
  };
}

/** Where the demo keeps its simulators; undefined on a real platform, and until we know. */
export function useDemo(): Demo | undefined {
  const { data } = useQuery({
    queryKey: ['demo'],
    queryFn: async () => {
      try {
        const demo = await call('GET /v1/demo');
        moveClock(demo.now);
        return demo;
      } catch (problem) {
        if (problem instanceof ApiProblem && problem.problem.status === 404) return null;
        throw problem;
      }
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data ?? undefined;
}

interface Asked {
  challenge: Challenge;
  answer: (ok: boolean) => void;
}
let asked: Asked | undefined;
const listeners = new Set<() => void>();
const tell = (): void => {
  for (const one of listeners) one();
};
const watch = (changed: () => void): (() => void) => {
  listeners.add(changed);
  return () => listeners.delete(changed);
};

/** Opens the sheet and waits; a second call meanwhile waits for the same answer. */
export function ask(challenge: Challenge): Promise<boolean> {
  const before = asked;
  return new Promise((resolve) => {
    asked = {
      challenge,
      answer: (ok) => {
        before?.answer(ok);
        resolve(ok);
      },
    };
    tell();
  });
}

export function settle(ok: boolean): void {
  const open = asked;
  asked = undefined;
  tell();
  open?.answer(ok);
}

export const useAsked = (): Challenge | undefined =>
  useSyncExternalStore(watch, () => asked?.challenge);
