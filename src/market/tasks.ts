/** The jobs of this room: all that talks to an issuer happens here, after a commit. */
import type { Tasks } from '#platform';
import { checkListed, letGoListed, letGoOrdered, proveOrder, unlock } from './card.ts';
import { openWaitingClaim } from './claim.ts';
import type { MarketDeps } from './deps.ts';
import { alertTask } from './find/alerts.ts';
import { spotCheck } from './trust/spot.ts';

export function marketTasks(deps: MarketDeps): Tasks {
  return {
    'market.alert': alertTask,
    'market.check': async ({ listingId = '' }, { clock }) =>
      await checkListed(deps, listingId, clock.now()),
    'market.prove': async ({ orderId = '' }, { clock }) =>
      await proveOrder(deps, orderId, clock.now()),
    'market.unlock': async ({ orderId = '' }, { clock }) =>
      await unlock(deps, orderId, clock.now()),
    'market.let_go': async ({ listingId = '' }, { clock }) =>
      await letGoListed(deps, listingId, clock.now()),
    'market.let_go_ordered': async ({ orderId = '' }, { clock }) =>
      await letGoOrdered(deps, orderId, clock.now()),
    'market.open_claim': async ({ orderId = '' }, { clock }) =>
      await openWaitingClaim(deps, orderId, clock.now()),
    'market.spot_check': async ({ spotCheckId = '' }, { clock }) =>
      await spotCheck(deps, spotCheckId, clock.now()),
  };
}
