/** Links and moves inside the console, typed by its own addresses: the router's one global type belongs to the other app. */
import { Link as AnyLink, useNavigate, useParams } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, ComponentType, ReactNode } from 'react';
import type { Search } from './search.ts';

type Plain =
  | '/'
  | '/orders'
  | '/market-orders'
  | '/market-listings'
  | '/reviews'
  | '/cases'
  | '/claims'
  | '/reveals'
  | '/jobs'
  | '/payouts'
  | '/payout-runs'
  | '/pay-ins'
  | '/refunds'
  | '/splits'
  | '/reserve'
  | '/charities'
  | '/recyclers'
  | '/treasury'
  | '/reconciliation'
  | '/prices'
  | '/ledger'
  | '/record'
  | '/processes'
  | '/staff'
  | '/security';
type OnOne = '/claims/$id' | '/market-orders/$id' | '/orders/$id' | '/payouts/$id' | '/prices/$id';
/** Of those who have a shop. */
type InShop =
  | '/shops/$id'
  | '/shops/$id/wallet'
  | '/shops/$id/team'
  | '/shops/$id/keys'
  | '/shops/$id/webhooks';
export type Path = Plain;
export type Address =
  | { to: Plain; search?: Search; params?: never }
  | { to: '/apply'; search?: never; params?: never }
  | { to: InShop | OnOne | '/recyclers/$id'; params: { id: string } }
  | { to: '/ledger/$code'; params: { code: string } };

type Anchor = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'>;
const Untyped = AnyLink as unknown as ComponentType<Anchor & Address & { children?: ReactNode }>;

export function Link(props: Anchor & Address): ReactNode {
  return <Untyped {...props} />;
}

export function useGo(): (address: Address) => Promise<void> {
  return useNavigate() as unknown as (address: Address) => Promise<void>;
}

/** A part of the address, such as the id in `/orders/$id`. */
export function usePathPart(name: 'id' | 'code'): string {
  const parts = useParams({ strict: false }) as unknown as Record<string, string | undefined>;
  return parts[name] ?? '';
}
