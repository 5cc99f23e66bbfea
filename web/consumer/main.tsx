/** Starts the consumer app: styles, query cache, router; nothing else happens here. */
import { RouterProvider } from '@tanstack/react-router';
import 'antd-mobile/es/global/global.css';
import '../kit/tokens.css';
import '../kit/kit.css';
import './consumer.css';
import './market/market.css';
import { ensureChineseFont } from '../kit/index.ts';
import { startPage } from '../kit/start.tsx';
import { router } from './router.tsx';

startPage(<RouterProvider router={router} />, { freshMs: 20_000 });
void ensureChineseFont();
