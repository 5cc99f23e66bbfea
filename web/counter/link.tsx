/** Links and moves inside the counter, typed by its own addresses: the router's one global type belongs to the consumer app. */
import { Link as AnyLink, useNavigate, useParams } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, ComponentType, ReactNode } from 'react';

export type Address =
  | { to: '/' | '/day'; params?: never }
  | { to: '/visits/$visitId' | '/slips/$visitId'; params: { visitId: string } };
type Anchor = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'>;
type Loose = Anchor & Address & { children?: ReactNode; activeOptions?: { exact: boolean } };
const Untyped = AnyLink as unknown as ComponentType<Loose>;

export function Link(props: Anchor & Address): ReactNode {
  return <Untyped activeOptions={{ exact: true }} {...props} />;
}

export function useGo(): (address: Address) => Promise<void> {
  return useNavigate() as unknown as (address: Address) => Promise<void>;
}

export function useVisitId(): string {
  const parts = useParams({ strict: false }) as unknown as { visitId?: string };
  return parts.visitId ?? '';
}
