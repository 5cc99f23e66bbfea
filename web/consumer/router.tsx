/** The addresses of the consumer app; each page is fetched when somebody goes there. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router';
import { readSearch } from './market/search.ts';
import { Broken, Shell, Waiting } from './shell.tsx';

const root = createRootRoute({
  component: Shell,
  notFoundComponent: lazyRouteComponent(() => import('./lost.tsx'), 'Lost'),
  errorComponent: Broken,
});
const parent = { getParentRoute: () => root };

const routes = [
  createRoute({
    ...parent,
    path: '/',
    component: lazyRouteComponent(() => import('./home.tsx'), 'Home'),
  }),
  createRoute({
    ...parent,
    path: '/cards/$sku',
    component: lazyRouteComponent(() => import('./product.tsx'), 'ProductPage'),
  }),
  createRoute({
    ...parent,
    path: '/quotes/$quoteId',
    component: lazyRouteComponent(() => import('./quote.tsx'), 'QuotePage'),
  }),
  createRoute({
    ...parent,
    path: '/orders',
    component: lazyRouteComponent(() => import('./orders.tsx'), 'Orders'),
  }),
  createRoute({
    ...parent,
    path: '/orders/$orderId',
    component: lazyRouteComponent(() => import('./order.tsx'), 'OrderPage'),
  }),
  createRoute({
    ...parent,
    path: '/auctions',
    component: lazyRouteComponent(() => import('./auction/mine.tsx'), 'AuctionsPage'),
  }),
  createRoute({
    ...parent,
    path: '/auctions/new',
    validateSearch: (search: Record<string, unknown>): { quote?: string } =>
      typeof search['quote'] === 'string' ? { quote: search['quote'] } : {},
    component: lazyRouteComponent(() => import('./auction/put-up.tsx'), 'PutUpPage'),
  }),
  createRoute({
    ...parent,
    path: '/auctions/$auctionId',
    component: lazyRouteComponent(() => import('./auction/watch.tsx'), 'AuctionPage'),
  }),
  createRoute({
    ...parent,
    path: '/recyclers/$recyclerId',
    component: lazyRouteComponent(() => import('./licence.tsx'), 'LicencePage'),
  }),
  createRoute({
    ...parent,
    path: '/visits/$token',
    component: lazyRouteComponent(() => import('./visit.tsx'), 'VisitPage'),
  }),
  createRoute({
    ...parent,
    path: '/receipts/$number',
    component: lazyRouteComponent(() => import('./receipt.tsx'), 'ReceiptPage'),
  }),
  createRoute({
    ...parent,
    path: '/market',
    validateSearch: readSearch,
    component: lazyRouteComponent(() => import('./market/browse.tsx'), 'MarketPage'),
  }),
  createRoute({
    ...parent,
    path: '/market/listings/$listingId',
    component: lazyRouteComponent(() => import('./market/listing.tsx'), 'ListingPage'),
  }),
  createRoute({
    ...parent,
    path: '/market/products/$sku',
    component: lazyRouteComponent(() => import('./market/product.tsx'), 'MarketProductPage'),
  }),
  createRoute({
    ...parent,
    path: '/market/sell',
    validateSearch: (search: Record<string, unknown>): { sku?: string } =>
      typeof search['sku'] === 'string' ? { sku: search['sku'] } : {},
    component: lazyRouteComponent(() => import('./market/sell.tsx'), 'SellPage'),
  }),
  createRoute({
    ...parent,
    path: '/market/basket',
    component: lazyRouteComponent(() => import('./market/basket.tsx'), 'BasketPage'),
  }),
  createRoute({
    ...parent,
    path: '/market/mine',
    validateSearch: (search: Record<string, unknown>): { tab?: string } =>
      typeof search['tab'] === 'string' ? { tab: search['tab'] } : {},
    component: lazyRouteComponent(() => import('./market/mine.tsx'), 'MinePage'),
  }),
  createRoute({
    ...parent,
    path: '/market/orders/$orderId',
    component: lazyRouteComponent(() => import('./market/order.tsx'), 'MarketOrderPage'),
  }),
  createRoute({
    ...parent,
    path: '/market/claims/$claimId',
    component: lazyRouteComponent(() => import('./market/claim.tsx'), 'ClaimPage'),
  }),
  createRoute({
    ...parent,
    path: '/donations',
    component: lazyRouteComponent(() => import('./market/donors.tsx'), 'DonorsPage'),
  }),
  createRoute({
    ...parent,
    path: '/assign/$',
    component: lazyRouteComponent(() => import('./assign/page.tsx'), 'AssignPage'),
  }),
  createRoute({
    ...parent,
    path: '/exchange/$',
    component: lazyRouteComponent(() => import('./exchange/page.tsx'), 'ExchangePage'),
  }),
  createRoute({
    ...parent,
    path: '/how',
    component: lazyRouteComponent(() => import('./how.tsx'), 'How'),
  }),
  createRoute({
    ...parent,
    path: '/me',
    component: lazyRouteComponent(() => import('./me.tsx'), 'MePage'),
  }),
] as const;

export const router = createRouter({
  routeTree: root.addChildren(routes),
  defaultPreload: 'intent',
  defaultPendingComponent: Waiting,
  defaultErrorComponent: Broken,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
