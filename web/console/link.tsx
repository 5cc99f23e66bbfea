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
  | '/aml'
  | '/watch'
  | '/notices'
  | '/reveals'
  | '/jobs'
  | '/payouts'
  | '/payout-runs'
  | '/pay-ins'
  | '/frozen'
  | '/refunds'
  | '/splits'
  | '/reserve'
  | '/charities'
  | '/recyclers'
  | '/lots'
  | '/treasury'
  | '/reconciliation'
  | '/prices'
  | '/ledger'
  | '/ledger/periods'
  | '/ledger/day-ends'
  | '/record'
  | '/processes'
  | '/staff'
  | '/security';
type OnOne = '/claims/$id' | '/market-orders/$id' | '/orders/$id' | '/payouts/$id' | '/prices/$id';
/** Of those who have a shop. */
type InShop =
  | '/shops/$id'
  | '/shops/$id/auctions'
  | '/shops/$id/bids'
  | '/shops/$id/cards'
  | '/shops/$id/stock'
  | '/shops/$id/bid'
  | '/shops/$id/book'
  | '/shops/$id/cards'
  | '/shops/$id/stock'
  | '/shops/$id/wallet'
  | '/shops/$id/team'
  | '/shops/$id/keys'
  | '/shops/$id/webhooks'
  | '/shops/$id/lots';
export type Path = Plain;
export type Address =
  | { to: Plain; search?: Search; params?: never }
  | { to: '/apply'; search?: never; params?: never }
  | { to: '/shops/$id/auctions/$auctionId'; params: { id: string; auctionId: string } }
  | { to: InShop; params: { id: string }; search?: Search }
  | { to: OnOne | '/recyclers/$id'; params: { id: string } }
  | { to: '/lots/$lotId'; params: { lotId: string } }
  | {
      to: '/shops/$id/lots/$lotId' | '/shops/$id/lot-offers/$lotId';
      params: { id: string; lotId: string };
    }
  | { to: '/shops/$id/lot-deals/$dealId'; params: { id: string; dealId: string } }
  | { to: '/ledger/$code'; params: { code: string } }
  | { to: '/ledger/day-ends/$day'; params: { day: string } };

type Anchor = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'>;
type Loose = Anchor & Address & { children?: ReactNode; activeOptions?: { exact: boolean } };
const Untyped = AnyLink as unknown as ComponentType<Loose>;

export function Link(props: Anchor & Address): ReactNode {
  // The page says itself which link is its own: the router would also mark those of the pages above it.
  return <Untyped activeOptions={{ exact: true }} {...props} />;
}

export function useGo(): (address: Address) => Promise<void> {
  return useNavigate() as unknown as (address: Address) => Promise<void>;
}

/** A part of the address, such as the id in `/orders/$id`. */
export function usePathPart(
  name: 'id' | 'auctionId' | 'code' | 'day' | 'lotId' | 'dealId',
): string {
  const parts = useParams({ strict: false }) as unknown as Record<string, string | undefined>;
  return parts[name] ?? '';
}
