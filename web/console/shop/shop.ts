/** The shop that the address names, and who I am in it. */
import type { UseQueryResult } from '@tanstack/react-query';
import type { Shop, TeamRole } from '../api-types.ts';
import { useAsk } from '../ask.ts';
import { usePathPart } from '../link.tsx';

const EVERY_MS = 4_000;
const CALM_MS = 30_000;

/** Asked often while the register or the bank has yet to answer. */
export function useShop(): UseQueryResult<Shop> & { id: string } {
  const id = usePathPart('id');
  const first = useAsk('GET /v1/recyclers/:id', { params: { id } }, { everyMs: CALM_MS });
  const joining = first.data ? isJoining(first.data) : true;
  const shop = useAsk(
    'GET /v1/recyclers/:id',
    { params: { id } },
    { everyMs: joining ? EVERY_MS : CALM_MS },
  );
  return { ...shop, id };
}

export const isJoining = ({ state }: Pick<Shop, 'state'>): boolean =>
  state === 'applied' || state === 'kyb_verified' || state === 'deposit_paid';

const ranks: readonly TeamRole[] = ['viewer', 'buyer', 'owner'];
export const may = (shop: Pick<Shop, 'role'>, needs: TeamRole): boolean =>
  ranks.indexOf(shop.role) >= ranks.indexOf(needs);
