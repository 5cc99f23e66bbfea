/** The jobs of this room: all that talks to an issuer happens here, after a commit. */
import type { IssuerDeps } from '#cards';
import type { Keys, Tasks } from '#platform';
import { letCardGo, unlock } from './card.ts';
import { EXAMINE, examine } from './report.ts';
import { verify } from './verify.ts';

export function buybackTasks(deps: { keys: Keys; cards: IssuerDeps }): Tasks {
  return {
    'buyback.verify': async ({ orderId = '' }, { db, clock }) =>
      await verify({ ...deps, db }, orderId, clock.now()),
    'buyback.let_go': async ({ orderId = '' }, { clock }) =>
      await letCardGo(deps.cards, orderId, clock.now()),
    [EXAMINE]: async ({ orderId = '' }, { db, clock }) =>
      await examine({ ...deps, db }, orderId, clock.now()),
    'buyback.unlock': async ({ orderId = '' }, { clock }) =>
      await unlock(deps.cards, orderId, clock.now()),
  };
}
