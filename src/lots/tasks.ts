/** The jobs of lots: import, check, hand over, unlock, probe, give back; each safe to run again. */
import type { Tasks } from '#platform';
import { checkLot, letGo, probeDisputed } from './check.ts';
import { HAND_OVER } from './deal.ts';
import type { LotDeps } from './deps.ts';
import { importLot } from './import.ts';
import { CHECK, LET_GO } from './lot.ts';
import { rewrapPapers } from './paper.ts';
import { UNLOCK, unlockTranche } from './take-cards.ts';
import { handOverTranche, keepProbed, PROBE } from './tranche.ts';
import { IMPORT } from './upload.ts';

export function lotTasks(deps: LotDeps): Tasks {
  return {
    [IMPORT]: async ({ lotId = '' }, { clock }) => await importLot(deps, lotId, clock.now()),
    [CHECK]: async ({ lotId = '' }, { clock }) => await checkLot(deps, lotId, clock.now()),
    [LET_GO]: async ({ lotId = '' }, { clock }) => await letGo(deps, lotId, clock.now()),
    [HAND_OVER]: async ({ trancheId = '' }, { clock }) =>
      await handOverTranche(deps, trancheId, clock.now()),
    [UNLOCK]: async ({ trancheId = '' }, { clock }) =>
      await unlockTranche(deps, trancheId, clock.now()),
    [PROBE]: async ({ lotId = '', trancheId = '' }, { clock }) =>
      await probeDisputed(deps, { lotId, trancheId, at: clock.now() }, keepProbed),
    'lots.rewrap': async (_payload, { db, log }) => {
      log.info({ done: await rewrapPapers(db, deps.keys) }, 'papers of lots re-wrapped');
    },
  };
}
