/** The job of this room: photos after a change of the key of keys. */
import type { Keys, Tasks } from '#platform';
import { rewrapPhotos } from './claim/photo.ts';

export function disputesTasks({ keys }: { keys: Keys }): Tasks {
  return {
    'disputes.rewrap': async (_payload, { db, log }) => {
      const done = await rewrapPhotos(db, keys);
      log.info({ done, kekId: keys.kekId }, 'keys of photos wrapped anew');
    },
  };
}
