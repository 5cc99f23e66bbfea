/** The addresses of those who have a shop: they share the console's frame, and see nothing of the house. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router';
import { BrokenScreen, LostScreen } from '../screens/lost.tsx';
import { searchOf } from '../search.ts';
import { ShopShell } from './shell.tsx';

const root = createRootRoute({
  component: ShopShell,
  notFoundComponent: LostScreen,
  validateSearch: searchOf,
});
const at = <P extends string>(path: P) => ({ getParentRoute: () => root, path }) as const;

const routes = [
  createRoute({
    ...at('/'),
    component: lazyRouteComponent(() => import('./start.tsx'), 'StartScreen'),
  }),
  createRoute({
    ...at('/apply'),
    component: lazyRouteComponent(() => import('./apply.tsx'), 'ApplyScreen'),
  }),
  createRoute({
    ...at('/shops/$id'),
    component: lazyRouteComponent(() => import('./home.tsx'), 'ShopScreen'),
  }),
  createRoute({
    ...at('/shops/$id/bids'),
    component: lazyRouteComponent(() => import('./bids.tsx'), 'BidsScreen'),
  }),
  createRoute({
    ...at('/shops/$id/bid'),
    component: lazyRouteComponent(() => import('./bid-form.tsx'), 'BidScreen'),
  }),
  createRoute({
    ...at('/shops/$id/book'),
    component: lazyRouteComponent(() => import('./book.tsx'), 'BookScreen'),
  }),
  createRoute({
    ...at('/shops/$id/auctions'),
    component: lazyRouteComponent(() => import('./auctions.tsx'), 'AuctionsScreen'),
  }),
  createRoute({
    ...at('/shops/$id/auctions/$auctionId'),
    component: lazyRouteComponent(() => import('./auction.tsx'), 'AuctionScreen'),
  }),
  createRoute({
    ...at('/shops/$id/cards'),
    component: lazyRouteComponent(() => import('./cards.tsx'), 'CardsScreen'),
  }),
  createRoute({
    ...at('/shops/$id/stock'),
    component: lazyRouteComponent(() => import('./stock.tsx'), 'StockScreen'),
  }),
  createRoute({
    ...at('/shops/$id/wallet'),
    component: lazyRouteComponent(() => import('./wallet.tsx'), 'WalletScreen'),
  }),
  createRoute({
    ...at('/shops/$id/team'),
    component: lazyRouteComponent(() => import('./team.tsx'), 'TeamScreen'),
  }),
  createRoute({
    ...at('/shops/$id/keys'),
    component: lazyRouteComponent(() => import('./keys.tsx'), 'KeysScreen'),
  }),
  createRoute({
    ...at('/shops/$id/webhooks'),
    component: lazyRouteComponent(() => import('./webhooks.tsx'), 'WebhooksScreen'),
  }),
] as const;

export const shopRouter = createRouter({
  routeTree: root.addChildren([...routes]),
  basepath: '/console',
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultErrorComponent: BrokenScreen,
});
