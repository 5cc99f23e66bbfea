/** Every place of the console: its address, its icon, and the roles that may see it. The one list behind menu and gate. */
import type { Role } from './api-types.ts';
import type { Path } from './link.tsx';
import type { IconName } from './parts/icons.tsx';
import type { SayKey } from './say.ts';

export interface Place {
  readonly path: Path;
  readonly label: Extract<SayKey, `nav.${string}`>;
  readonly icon: IconName;
  readonly roles: readonly Role[];
  /** Only where the house has a chain; elsewhere nothing says that there could be such a page. */
  readonly onChain?: boolean;
}

const everybody = ['support', 'risk', 'finance', 'compliance', 'auditor', 'admin'] as const;
const money = ['finance', 'auditor', 'admin'] as const;
const books = ['finance', 'compliance', 'auditor', 'admin'] as const;
const proof = ['finance', 'compliance', 'risk', 'auditor', 'admin'] as const;
const care = ['support', 'risk', 'compliance', 'auditor', 'admin'] as const;
const arbiters = ['risk', 'support', 'admin'] as const;
const desk = ['risk', 'support', 'auditor', 'admin'] as const;

const overview: Place = { path: '/', label: 'nav.overview', icon: 'chart', roles: everybody };
const work: Place[] = [
  { path: '/orders', label: 'nav.orders', icon: 'list', roles: everybody },
  { path: '/market-orders', label: 'nav.marketOrders', icon: 'list', roles: everybody },
  { path: '/market-listings', label: 'nav.marketListings', icon: 'tag', roles: everybody },
  { path: '/reviews', label: 'nav.reviews', icon: 'checkBox', roles: desk },
  { path: '/cases', label: 'nav.cases', icon: 'scale', roles: desk },
  { path: '/claims', label: 'nav.claims', icon: 'scale', roles: arbiters },
  { path: '/recyclers', label: 'nav.recyclers', icon: 'people', roles: everybody },
  { path: '/lots', label: 'nav.lots', icon: 'layers', roles: everybody },
  { path: '/reveals', label: 'nav.reveals', icon: 'eye', roles: care },
  { path: '/watch', label: 'nav.watch', icon: 'alert', roles: ['compliance'] },
  { path: '/notices', label: 'nav.notices', icon: 'lock', roles: ['compliance'] },
  { path: '/aml', label: 'nav.aml', icon: 'shield', roles: ['compliance'] },
  {
    path: '/frozen',
    label: 'nav.frozen',
    icon: 'lock',
    roles: ['compliance', 'risk'],
    onChain: true,
  },
  { path: '/jobs', label: 'nav.jobs', icon: 'alert', roles: everybody },
];
const moneys: Place[] = [
  { path: '/payouts', label: 'nav.payouts', icon: 'send', roles: money },
  { path: '/payout-runs', label: 'nav.runs', icon: 'layers', roles: money },
  { path: '/pay-ins', label: 'nav.payIns', icon: 'down', roles: money },
  { path: '/refunds', label: 'nav.refunds', icon: 'undo', roles: money },
  { path: '/splits', label: 'nav.splits', icon: 'flow', roles: money },
  { path: '/reserve', label: 'nav.reserve', icon: 'shield', roles: money },
  { path: '/charities', label: 'nav.charities', icon: 'people', roles: money },
  { path: '/treasury', label: 'nav.treasury', icon: 'bank', roles: money },
  { path: '/reconciliation', label: 'nav.reconciliation', icon: 'equal', roles: money },
  { path: '/prices', label: 'nav.prices', icon: 'tag', roles: money },
];
const proofs: Place[] = [
  { path: '/ledger', label: 'nav.ledger', icon: 'book', roles: books },
  { path: '/record', label: 'nav.record', icon: 'link', roles: proof },
  { path: '/processes', label: 'nav.processes', icon: 'flow', roles: everybody },
];
const house: Place[] = [
  { path: '/staff', label: 'nav.staff', icon: 'people', roles: ['admin', 'auditor'] },
  { path: '/security', label: 'nav.security', icon: 'shield', roles: everybody },
];

export const groups: readonly { label?: Place['label']; places: readonly Place[] }[] = [
  { places: [overview] },
  { label: 'nav.groupWork', places: work },
  { label: 'nav.groupMoney', places: moneys },
  { label: 'nav.groupProof', places: proofs },
  { label: 'nav.groupHouse', places: house },
];

/** The place an address belongs to: `/orders/…` belongs to `/orders`. */
export function placeOf(path: string): Place | undefined {
  const all = groups.flatMap(({ places }) => places);
  return (
    all.find((place) => place.path === path) ??
    all.find((place) => place.path !== '/' && path.startsWith(`${place.path}/`))
  );
}
