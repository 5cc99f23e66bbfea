/** Starts the counter: styles, query cache, router, the queue, and the service worker that keeps it there offline. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import 'antd-mobile/es/global/global.css';
import '../kit/tokens.css';
import '../kit/kit.css';
import '../consumer/consumer.css';
import './counter.css';
import { isTransient } from '../api.ts';
import { ensureChineseFont } from '../kit/index.ts';
import { startQueue } from './queue.ts';
import { router } from './router.tsx';

const RETRIES_MAX = 2;
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (failed, error) => failed < RETRIES_MAX && isTransient(error),
      networkMode: 'always',
    },
    mutations: { networkMode: 'always', gcTime: 0 },
  },
});

const root = document.getElementById('root');
if (!root) throw new Error('the page has no #root');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
startQueue();
// Only pages over https, or of this very machine, may have one; without it the counter works, but not offline.
void navigator.serviceWorker
  ?.register('/counter-sw.js', { scope: '/counter' })
  .catch(() => undefined);
if (navigator.onLine) void ensureChineseFont();
