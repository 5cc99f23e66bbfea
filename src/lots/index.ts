/** Face of lots: a company sells cards by the thousand. Hides files, samples, sealed bids, contracts and tranches. */
import type { ClockHandler } from '#process';
import { onDealClock } from './deal.ts';
import type { LotDeps } from './deps.ts';
import { onLotClock } from './offer.ts';
import { onTrancheClock } from './tranche.ts';

export type { LotDeps } from './deps.ts';
export { importLot } from './import.ts';
export { dealProcess, lotProcess, trancheProcess } from './life.ts';
export { createLot } from './lot.ts';
export { lotRoutes } from './routes.ts';
export { countPapersUnder, hasLiveLot } from './store.ts';
export { settledSalesOf } from './store-rows.ts';
export { lotTasks } from './tasks.ts';
export { freeLotCards, stopLotCard } from './told.ts';
export { completeFile, PIECE_BYTES_MAX, takePiece } from './upload.ts';

export const lotClock = (deps: LotDeps): Record<string, ClockHandler> => ({
  lot: async (db, due) => await onLotClock(deps, db, due),
  lot_deal: async (db, due) => await onDealClock(db, due),
  lot_tranche: async (db, due) => await onTrancheClock(deps, db, due),
});
