/** The work that follows a commit: one task, which has workers of its own since it waits for strangers. */
import type { Keys, Tasks } from '#platform';
import { SEND_JOB } from './announce.ts';
import type { Outside } from './post.ts';
import { sendTask } from './send.ts';

export const webhooksTasks = (deps: { keys: Keys; outside: Outside }): Tasks => ({
  [SEND_JOB]: sendTask(deps),
});
