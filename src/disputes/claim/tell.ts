/** Tells the sides of a claim by text message what waits for them: an answer, or a decision they may appeal. */
import { sendSms } from '#parties';
import { chinaMinute, type Tx } from '#platform';
import { look } from '#process';
import type { Claim } from './store.ts';

/** As the people know the order from their pages. */
const ORDER_DIGITS = 12;

/** After each step, in its transaction: written once with the step or not at all. What waits for nobody is not told. */
export async function tellOfClaim(tx: Tx, claim: Claim, at: Date): Promise<void> {
  const now = await look(tx, claim.id);
  if (!now?.dueAt) return;
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
}
