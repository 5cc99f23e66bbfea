/** Forgets messages that nothing is to come of any more, a few at a time, so that nobody waits for it. */
import { type Db, inTransaction, plus } from '#platform';
import { KEEP_MS } from './domain.ts';
import { deleteOld } from './store.ts';

const BATCH = 500;

/** Gives how many messages are gone. The record keeps that they were sent, by their ids. */
export async function purgeMessages(db: Db, at: Date): Promise<number> {
  const before = plus(at, -KEEP_MS);
  for (let gone = 0; ; ) {
    const some = await inTransaction(db, (tx) => deleteOld(tx, { before, limit: BATCH }));
    gone += some;
    if (some < BATCH) return gone;
  }
}
