/** Chaining, off the path of those who append: each entry gets its place and a hash over all before it. */
import { type Db, inTransaction } from '#platform';
import { chain } from './domain.ts';
import { findHead, insertLinks, lockChain, takeUnsealed } from './store.ts';

const BATCH = 1_000;

/**
 * Chains all that is committed and waits; returns how many. Sealers take turns, appenders never wait for them.
 * The order is one in which every entry follows all that were committed before its own transaction began.
 * A long transaction holds nobody up: its entries are chained after it ends.
 */
export async function seal(db: Db, at: Date): Promise<number> {
  for (let sealed = 0; ; ) {
    const batch = await inTransaction(db, async (tx) => {
      await lockChain(tx);
      const entries = await takeUnsealed(tx, BATCH);
      if (entries.length > 0) await insertLinks(tx, chain(await findHead(tx), entries, at));
      return entries.length;
    });
    sealed += batch;
    if (batch < BATCH) return sealed;
  }
}
