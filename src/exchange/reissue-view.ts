/** How a sale by re-issue stands, as its seller, its buyer and the desk see it. */
import type { Static } from 'typebox';
import type { Reader } from '#platform';
import { historyOf } from '#process';
import type { Reissue } from './reissue-store.ts';
import { reissueOfOrder } from './reissue-store.ts';
import type { ReissueView } from './schema.ts';
import type { SignedOrder } from './store.ts';

export async function reissueView(
  reader: Reader,
  { id, state, until, reason }: Reissue,
): Promise<Static<typeof ReissueView>> {
  const history = await historyOf(reader, id);
  const when = (...states: readonly Reissue['state'][]): string | undefined =>
    history.find(({ to }) => states.includes(to as Reissue['state']))?.at.toISOString();
  const [paidAt, renewedAt] = [when('asking'), when('confirming')];
  const endedAt = when('resolving', 'sold', 'kept', 'refunded');
  return {
    ...{ id, state, until: until.toISOString() },
    ...(paidAt && { paidAt }),
    ...(renewedAt && { renewedAt }),
    ...(endedAt && { endedAt }),
    ...(reason !== null && { reason }),
  };
}

/** For the two sides of the offer alone. */
export async function reissueIn(
  reader: Reader,
  of: SignedOrder,
  viewer: string | undefined,
): Promise<{ reissue?: Static<typeof ReissueView> }> {
  const isSide = viewer !== undefined && [of.user_id, of.buyer_id].includes(viewer);
  const one = isSide ? await reissueOfOrder(reader, of.id) : undefined;
  return one ? { reissue: await reissueView(reader, one) } : {};
}
