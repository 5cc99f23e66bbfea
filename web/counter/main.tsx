/** Starts the counter: styles, query cache, router, the queue, and the service worker that keeps it there offline. */
import { RouterProvider } from '@tanstack/react-router';
import 'antd-mobile/es/global/global.css';
import '../kit/tokens.css';
import '../kit/kit.css';
import '../consumer/consumer.css';
import './counter.css';
import { ensureChineseFont } from '../kit/index.ts';
import { startPage } from '../kit/start.tsx';
import { startQueue } from './queue.ts';
import { router } from './router.tsx';

startPage(<RouterProvider router={router} />, { freshMs: 10_000 });
startQueue();
// Only pages over https, or of this very machine, may have one; without it the counter works, but not offline.
void navigator.serviceWorker
  ?.register('/counter-sw.js', { scope: '/counter' })
  .catch(() => undefined);
if (navigator.onLine) void ensureChineseFont();
