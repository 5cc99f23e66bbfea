/** The work that follows a commit: texting people, asking the real-name provider the register of companies and the publisher of watch lists; and the sweep of old traces. */
import { type Config, DAY, type Db, inTransaction, type Keys, plus, type Tasks } from '#platform';
import { SESSION_MS } from './domain.ts';
import { verifyRealNameTask } from './real-name.ts';
import { CHECK_LICENCE_JOB, checkLicenceTask } from './recycler/licence.ts';
import { openCompanyRegister } from './recycler/registry.ts';
import { rewrapLicencePhotos } from './recycler/rewrap.ts';
import type { RecyclerNews } from './recycler/tell.ts';
import { sendSmsTask } from './sms.ts';
import { sweepBefore } from './store-affairs.ts';
import { openPublisher } from './watch/lists.ts';
import { type Holds, openWatch, watchTasks } from './watch/screen.ts';

const MESSAGE_DAYS = 30;

export function partiesTasks(deps: {
  config: Config;
  keys: Keys;
  news: RecyclerNews;
  holds: Holds;
}): Tasks {
  const { config, keys } = deps;
  const watch = openWatch(deps);
  return {
    ...watchTasks(watch, openPublisher(config.WATCH_URL || config.REGISTRY_URL)),
    [CHECK_LICENCE_JOB]: checkLicenceTask({
      keys,
      news: deps.news,
      watch,
      register: openCompanyRegister(config.REGISTRY_URL),
    }),
    'parties.rewrap': async (_payload, { db, log }) => {
      log.info({ done: await rewrapLicencePhotos(db, keys) }, 'photos of licences re-wrapped');
    },
    'parties.send_sms': sendSmsTask(deps),
    'parties.verify_real_name': verifyRealNameTask({ ...deps, watch }),
  };
}

/** To be called now and then: spent codes, dead sessions, counted tries and sent messages are not kept. */
export async function sweepParties(db: Db, at: Date): Promise<void> {
  await inTransaction(db, (tx) =>
    sweepBefore(tx, {
      expired: plus(at, -DAY),
      throttles: plus(at, -2 * DAY),
      messages: plus(at, -MESSAGE_DAYS * DAY),
      sessions: plus(at, -SESSION_MS),
    }),
  );
}
