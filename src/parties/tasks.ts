/** The work that follows a commit: texting people, asking the real-name provider and the register of companies; and the sweep of old traces. */
import { type Config, DAY, type Db, inTransaction, type Keys, plus, type Tasks } from '#platform';
import { SESSION_MS } from './domain.ts';
import { verifyRealNameTask } from './real-name.ts';
import { CHECK_LICENCE_JOB, checkLicenceTask } from './recycler/licence.ts';
import { openCompanyRegister } from './recycler/registry.ts';
import { rewrapLicencePhotos } from './recycler/rewrap.ts';
import type { RecyclerNews } from './recycler/tell.ts';
import { sendSmsTask } from './sms.ts';
import { sweepBefore } from './store-affairs.ts';

const MESSAGE_DAYS = 30;

export const partiesTasks = (deps: { config: Config; keys: Keys; news: RecyclerNews }): Tasks => ({
  [CHECK_LICENCE_JOB]: checkLicenceTask({
    keys: deps.keys,
    news: deps.news,
    register: openCompanyRegister(deps.config.REGISTRY_URL),
  }),
  'parties.rewrap': async (_payload, { db, log }) => {
    log.info({ done: await rewrapLicencePhotos(db, deps.keys) }, 'photos of licences re-wrapped');
  },
  'parties.send_sms': sendSmsTask(deps),
  'parties.verify_real_name': verifyRealNameTask(deps),
});

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
