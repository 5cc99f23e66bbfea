/** Starts the consumer app: styles, query cache, router; nothing else happens here. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import 'antd-mobile/es/global/global.css';
import '../kit/tokens.css';
import '../kit/kit.css';
import './consumer.css';
import './market/market.css';
import { isTransient } from '../api.ts';
import { ensureChineseFont } from '../kit/index.ts';
import { router } from './router.tsx';

const RETRIES_MAX = 2;
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 20_000,
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
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
void ensureChineseFont();
