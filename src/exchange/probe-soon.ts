/** Queues another look at a card of the chain; watch.ts takes it. */
import { addJob, type Tx } from '#platform';

export const PROBE_TASK = 'exchange.probe';

/** `cause` makes it one look a sale, or one a case. */
export async function probeSoon(tx: Tx, tokenRef: string, cause: string): Promise<void> {
  const key = `${PROBE_TASK}/${tokenRef}/${cause}`;
  await addJob(tx, PROBE_TASK, { tokenRef, cause }, { key });
}
