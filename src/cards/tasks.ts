/** Follow-up work of cards: what becomes of one that somebody tells of; data keys wrapped anew after a rotation. */
import type { Keys, Tasks } from '#platform';
import { type CardActs, toldTasks } from './stop/told.ts';
import { rewrapSecrets } from './vault/keep.ts';

export function cardsTasks({ keys, acts }: { keys: Keys; acts: CardActs }): Tasks {
  return {
    ...toldTasks(acts),
    'cards.rewrap': async (_payload, { db, log }) => {
      const done = await rewrapSecrets(db, keys);
      log.info({ done, kekId: keys.kekId }, 'data keys wrapped anew');
    },
  };
}
