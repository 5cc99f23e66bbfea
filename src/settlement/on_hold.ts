/** Money of parties on hold, and of cards that a notice stops: nothing of it leaves, and what waited goes on afterwards. */
import { stoppedAmong } from '#cards';
import { heldParties } from '#parties';
import type { Tx } from '#platform';
import { promiseAt } from './domain.ts';
import { backToCreated, type Step, stepPayout } from './step.ts';
import { lockOnHoldFor, lockOnHoldOf, lockUnsentFor, lockUnsentOf, type Payout } from './store.ts';

interface Those {
  readonly partyIds: readonly string[];
  readonly at: Date;
}

/** Frozen as for a dispute. The page of the recipient shows that and nothing else. */
async function freeze(tx: Tx, payout: Payout, at: Date): Promise<void> {
  const step: Step = { transition: 'freeze', by: 'operator', at };
  await stepPayout(tx, payout, { ...step, patch: { runId: null, onHold: true } });
}

/** Freezes all that was not sent. Compensation too: the hold is on the party and not on a matter. */
export async function holdPayouts(tx: Tx, { partyIds, at }: Those): Promise<void> {
  if (partyIds.length === 0) return;
  for (const payout of await lockUnsentOf(tx, partyIds)) await freeze(tx, payout, at);
}

/** Lets go what only the hold had frozen; it is paid at the next cut-off, under a new promise. */
export async function freePayouts(tx: Tx, { partyIds, at }: Those): Promise<void> {
  if (partyIds.length === 0) return;
  for (const payout of await lockOnHoldOf(tx, partyIds)) await unfreeze(tx, payout, at);
}

async function unfreeze(tx: Tx, payout: Payout, at: Date): Promise<void> {
  const step = { transition: 'unfreeze', by: 'operator', at } as const;
  await backToCreated(tx, payout, { ...step, to: promiseAt(at), isOurs: false });
}

interface Sold {
  readonly cardId: string;
  readonly at: Date;
}

/** What was not sent for sales of a card that a notice stops. */
export async function holdSales(tx: Tx, { cardId, at }: Sold): Promise<void> {
  if ((await stoppedAmong(tx, [cardId])).size === 0) return;
  for (const payout of await lockUnsentFor(tx, [cardId])) await freeze(tx, payout, at);
}

/** The notice was lifted. What is still on hold for another reason is frozen again before it is sent. */
export async function freeSales(tx: Tx, { cardId, at }: Sold): Promise<void> {
  for (const payout of await lockOnHoldFor(tx, [cardId])) await unfreeze(tx, payout, at);
}

/** Of payouts about to be sent, those that may be; the others are frozen, however they came to be made. */
export async function withoutHeld(tx: Tx, waiting: Payout[], at: Date): Promise<Payout[]> {
  const held = await heldParties(tx, [...new Set(waiting.map(({ userId }) => userId))]);
  const cards = waiting.flatMap(({ cardId }) => (cardId === undefined ? [] : [cardId]));
  const stopped = await stoppedAmong(tx, cards);
  const waits = ({ userId, cardId }: Payout) => held.has(userId) || stopped.has(cardId ?? '');
  for (const payout of waiting) if (waits(payout)) await freeze(tx, payout, at);
  return waiting.filter((payout) => !waits(payout));
}
