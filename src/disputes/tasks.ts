/** The jobs of this room: text messages to the sides of a claim, and photos after a change of the key of keys. */
import type { Keys, Tasks } from '#platform';
import { rewrapPhotos } from './claim/photo.ts';
import { tellTask } from './claim/tell.ts';

export function disputesTasks({ keys }: { keys: Keys }): Tasks {
  return {
    'disputes.tell': tellTask,
    'disputes.rewrap': async (_payload, { db, log }) => {
      const done = await rewrapPhotos(db, keys);
      log.info({ done, kekId: keys.kekId }, 'keys of photos wrapped anew');
    },
  };
}
