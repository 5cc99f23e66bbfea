/** Follow-up work of cards: wraps the data keys anew after the key-encryption key was rotated. */
import type { Keys, Tasks } from '#platform';
import { rewrapSecrets } from './vault/keep.ts';

export function cardsTasks({ keys }: { keys: Keys }): Tasks {
  return {
    'cards.rewrap': async (_payload, { db, log }) => {
      const done = await rewrapSecrets(db, keys);
      log.info({ done, kekId: keys.kekId }, 'data keys wrapped anew');
    },
  };
}
