/** Tells the sides of a claim by text message what waits for them: an answer, or a decision they may appeal. */
import { sendSms } from '#parties';
import { addJob, chinaMinute, inTransaction, type Task, type Tx } from '#platform';
import { look } from '#process';
import { findClaim } from './store.ts';

/** As the people know the order from their pages. */
const ORDER_DIGITS = 12;

/** Queued with the step that it tells of, once for all steps of one commit; what has moved on is not told of. */
export async function tellOfClaim(tx: Tx, id: string): Promise<void> {
  await addJob(tx, 'disputes.tell', { claimId: id }, { key: `claim_told/${id}` });
}

export const tellTask: Task = async ({ claimId = '' }, { db, clock }) => {
  const at = clock.now();
  await inTransaction(db, async (tx) => {
    const claim = await findClaim(tx, claimId);
    const now = await look(tx, claimId);
    if (!claim || !now?.dueAt) return;
    const params = {
      order: claim.subject.slice(-ORDER_DIGITS),
      deadline: chinaMinute(now.dueAt),
    };
    const { claimant, respondent } = claim;
    if (now.state === 'awaiting_answer')
      await sendSms(tx, { userId: respondent.userId, template: 'claim_opened', params, at });
    if (now.state !== 'decided') return;
    for (const { userId } of [claimant, respondent])
      await sendSms(tx, { userId, template: 'claim_decided', params, at });
  });
};
