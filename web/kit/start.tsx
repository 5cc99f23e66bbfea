/** Puts a phone app on its page, with the query cache that both of them have. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { isTransient } from '../api.ts';

const RETRIES_MAX = 2;

/** `freshMs`: for so long an answer is shown without asking again. */
export function startPage(page: ReactNode, { freshMs }: { freshMs: number }): void {
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: freshMs,
        retry: (failed, error) => failed < RETRIES_MAX && isTransient(error),
        // Offline, a query must fail and say so instead of waiting in silence.
        networkMode: 'always',
      },
      mutations: { networkMode: 'always', gcTime: 0 },
    },
  });
  const root = document.getElementById('root');
  if (!root) throw new Error('the page has no #root');
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>{page}</QueryClientProvider>
    </StrictMode>,
  );
}
