/** After a rotation: finds what is still wrapped under an older key of keys, queues the work, and says how far it is. */
import { countKeysUnder } from '#cards';
import { countPhotosUnder } from '#disputes';
import { countPapersUnder } from '#lots';
import { countLicencePhotosUnder } from '#parties';
import { addJob, type Db, inTransaction, type Keys, type Reader } from '#platform';

const WRAPPED = [
  { what: 'cards', task: 'cards.rewrap', count: countKeysUnder },
  { what: 'photos of claims', task: 'disputes.rewrap', count: countPhotosUnder },
  { what: 'photos of licences', task: 'parties.rewrap', count: countLicencePhotosUnder },
  { what: 'papers and files of lots', task: 'lots.rewrap', count: countPapersUnder },
] as const;

type Older = Pick<Keys, 'olderKekIds'>;

/** What is left of each kind; nothing is asked where there has been no rotation. */
export async function leftToRewrap(
  reader: Reader,
  { olderKekIds }: Older,
): Promise<{ what: string; task: string; left: number }[]> {
  const counts = [];
  for (const { what, task, count } of WRAPPED)
    counts.push({ what, task, left: olderKekIds.length && (await count(reader, olderKekIds)) });
  return counts;
}

/**
 * Looked at once an hour and at each start: whoever has the new key does the work, and a process that still runs with
 * the old ones does not take newer keys for older. A job that is waiting already is not queued twice.
 */
export async function queueRewraps(db: Db, keys: Older): Promise<void> {
  for (const { task, left } of await leftToRewrap(db, keys))
    if (left > 0) await inTransaction(db, (tx) => addJob(tx, task, {}, { key: task }));
}
