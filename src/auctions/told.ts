/** A card at auction that somebody tells is bad: the auction fails, every bond goes back, and nobody has won. */
import type { CardTold } from '#cards';
import { addJob, type Tx } from '#platform';
import { LET_GO, letGoJob, OVER, step } from './auction.ts';
import { auctionProcess } from './auction-life.ts';
import { findAuction, lockAuction } from './auction-store.ts';

const CAN_FAIL: readonly string[] = auctionProcess.transitions['fail']?.from ?? [];

export async function stopAuctioned(tx: Tx, { promise, reason, at }: CardTold): Promise<void> {
  const before = promise.kind === 'auction' ? await lockAuction(tx, promise.ref) : undefined;
  if (!before || !CAN_FAIL.includes(before.state)) return;
  await step(tx, before, {
    ...{ transition: 'fail', by: 'system', at, record: { reason } },
    save: { winner: null, price_fen: null },
    jobs: letGoJob(before.id),
  });
}

/** The notice was lifted: the card of an auction that came to nothing goes back now. */
export async function freeAuctioned(tx: Tx, { refs }: { refs: readonly string[] }): Promise<void> {
  for (const auctionId of refs) {
    const found = await findAuction(tx, auctionId);
    if (found && OVER.has(found.state)) await addJob(tx, LET_GO, { auctionId });
  }
}
