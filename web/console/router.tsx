/** The addresses of the console; filters live in the address, so that a view can be sent to a colleague. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router';
import { BrokenScreen, LostScreen } from './screens/lost.tsx';
import { searchOf } from './search.ts';
import { Shell } from './shell.tsx';

const root = createRootRoute({
  component: Shell,
  notFoundComponent: LostScreen,
  validateSearch: searchOf,
});
const at = <P extends string>(path: P) => ({ getParentRoute: () => root, path }) as const;

const routes = [
  createRoute({
    ...at('/'),
    component: lazyRouteComponent(() => import('./screens/overview.tsx'), 'OverviewScreen'),
  }),
  createRoute({
    ...at('/orders'),
    component: lazyRouteComponent(() => import('./screens/orders.tsx'), 'OrdersScreen'),
  }),
  createRoute({
    ...at('/orders/$id'),
    component: lazyRouteComponent(() => import('./screens/order.tsx'), 'OrderScreen'),
  }),
  createRoute({
    ...at('/market-orders'),
    component: lazyRouteComponent(
      () => import('./screens/market-orders.tsx'),
      'MarketOrdersScreen',
    ),
  }),
  createRoute({
    ...at('/market-orders/$id'),
    component: lazyRouteComponent(() => import('./screens/market-order.tsx'), 'MarketOrderScreen'),
  }),
  createRoute({
    ...at('/market-listings'),
    component: lazyRouteComponent(
      () => import('./screens/market-listings.tsx'),
      'MarketListingsScreen',
    ),
  }),
  createRoute({
    ...at('/reviews'),
    component: lazyRouteComponent(() => import('./screens/reviews.tsx'), 'ReviewsScreen'),
  }),
  createRoute({
    ...at('/cases'),
    component: lazyRouteComponent(() => import('./screens/cases.tsx'), 'CasesScreen'),
  }),
  createRoute({
    ...at('/claims'),
    component: lazyRouteComponent(() => import('./screens/claims.tsx'), 'ClaimsScreen'),
  }),
  createRoute({
    ...at('/claims/$id'),
    component: lazyRouteComponent(() => import('./screens/claim.tsx'), 'ClaimScreen'),
  }),
  createRoute({
    ...at('/recyclers'),
    component: lazyRouteComponent(() => import('./screens/recyclers.tsx'), 'RecyclersScreen'),
  }),
  createRoute({
    ...at('/recyclers/$id'),
    component: lazyRouteComponent(() => import('./screens/recycler.tsx'), 'RecyclerScreen'),
  }),
  createRoute({
    ...at('/lots'),
    component: lazyRouteComponent(() => import('./screens/lots.tsx'), 'LotsScreen'),
  }),
  createRoute({
    ...at('/lots/$lotId'),
    component: lazyRouteComponent(() => import('./screens/lot.tsx'), 'LotScreen'),
  }),
  createRoute({
    ...at('/watch'),
    component: lazyRouteComponent(() => import('./screens/watch.tsx'), 'WatchScreen'),
  }),
  createRoute({
    ...at('/notices'),
    component: lazyRouteComponent(() => import('./screens/notices.tsx'), 'NoticesScreen'),
  }),
  createRoute({
    ...at('/aml'),
    component: lazyRouteComponent(() => import('./screens/aml.tsx'), 'AmlScreen'),
  }),
  createRoute({
    ...at('/frozen'),
    component: lazyRouteComponent(() => import('./screens/frozen-cards.tsx'), 'FrozenCardsScreen'),
  }),
  createRoute({
    ...at('/reveals'),
    component: lazyRouteComponent(() => import('./screens/reveals.tsx'), 'RevealsScreen'),
  }),
  createRoute({
    ...at('/jobs'),
    component: lazyRouteComponent(() => import('./screens/jobs.tsx'), 'JobsScreen'),
  }),
  createRoute({
    ...at('/payouts'),
    component: lazyRouteComponent(() => import('./screens/payouts.tsx'), 'PayoutsScreen'),
  }),
  createRoute({
    ...at('/payouts/$id'),
    component: lazyRouteComponent(() => import('./screens/payout.tsx'), 'PayoutScreen'),
  }),
  createRoute({
    ...at('/payout-runs'),
    component: lazyRouteComponent(() => import('./screens/payout-runs.tsx'), 'PayoutRunsScreen'),
  }),
  createRoute({
    ...at('/treasury'),
    component: lazyRouteComponent(() => import('./screens/treasury.tsx'), 'TreasuryScreen'),
  }),
  createRoute({
    ...at('/pay-ins'),
    component: lazyRouteComponent(() => import('./screens/pay-ins.tsx'), 'PayInsScreen'),
  }),
  createRoute({
    ...at('/refunds'),
    component: lazyRouteComponent(() => import('./screens/refunds.tsx'), 'RefundsScreen'),
  }),
  createRoute({
    ...at('/splits'),
    component: lazyRouteComponent(() => import('./screens/splits.tsx'), 'SplitsScreen'),
  }),
  createRoute({
    ...at('/reserve'),
    component: lazyRouteComponent(() => import('./screens/reserve.tsx'), 'ReserveScreen'),
  }),
  createRoute({
    ...at('/charities'),
    component: lazyRouteComponent(() => import('./screens/charities.tsx'), 'CharitiesScreen'),
  }),
  createRoute({
    ...at('/reconciliation'),
    component: lazyRouteComponent(
      () => import('./screens/reconciliation.tsx'),
      'ReconciliationScreen',
    ),
  }),
  createRoute({
    ...at('/prices'),
    component: lazyRouteComponent(() => import('./screens/prices.tsx'), 'PricesScreen'),
  }),
  createRoute({
    ...at('/prices/$id'),
    component: lazyRouteComponent(() => import('./screens/price-table.tsx'), 'PriceTableScreen'),
  }),
  createRoute({
    ...at('/ledger'),
    component: lazyRouteComponent(() => import('./screens/ledger.tsx'), 'LedgerScreen'),
  }),
  createRoute({
    ...at('/ledger/periods'),
    component: lazyRouteComponent(() => import('./screens/periods.tsx'), 'PeriodsScreen'),
  }),
  createRoute({
    ...at('/ledger/day-ends'),
    component: lazyRouteComponent(() => import('./screens/day-ends.tsx'), 'DayEndsScreen'),
  }),
  createRoute({
    ...at('/ledger/day-ends/$day'),
    component: lazyRouteComponent(() => import('./screens/day-end.tsx'), 'DayEndScreen'),
  }),
  createRoute({
    ...at('/ledger/$code'),
    component: lazyRouteComponent(() => import('./screens/statement.tsx'), 'StatementScreen'),
  }),
  createRoute({
    ...at('/record'),
    component: lazyRouteComponent(() => import('./screens/record.tsx'), 'RecordScreen'),
  }),
  createRoute({
    ...at('/processes'),
    component: lazyRouteComponent(() => import('./screens/processes.tsx'), 'ProcessesScreen'),
  }),
  createRoute({
    ...at('/staff'),
    component: lazyRouteComponent(() => import('./screens/staff.tsx'), 'StaffScreen'),
  }),
  createRoute({
    ...at('/security'),
    component: lazyRouteComponent(() => import('./screens/security.tsx'), 'SecurityScreen'),
  }),
] as const;

export const router = createRouter({
  routeTree: root.addChildren([...routes]),
  basepath: '/console',
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultErrorComponent: BrokenScreen,
});
