/** A card in a buyback that somebody tells is bad, before the recycler has seen it: nothing is paid for it. */
import { type CardTold, TOLD_CODES } from '#cards';
import { addJob, type Tx } from '#platform';
import { freeCard, letGo } from './card.ts';
import { change, WITHOUT_CARD } from './change.ts';
import { findOrder, lockOrder } from './store.ts';

/** Its check has not ended. While an issuer is waited for, and after a new quote, it is checked again, and rejected then. */
const UNCHECKED: readonly string[] = ['submitted', 'manual_review'];

export async function stopBought(tx: Tx, { promise, reason, at }: CardTold): Promise<void> {
  const order = promise.kind === 'order' ? await lockOrder(tx, promise.ref) : undefined;
  if (!order || order.opened_at !== null) return;
  const isUnchecked = UNCHECKED.includes(order.state);
  if (!isUnchecked && order.state !== 'verified') return;
  await change(tx, order, {
    ...{ transition: isUnchecked ? 'reject' : 'stop', by: 'system', at, record: { reason } },
    save: { verification_code: TOLD_CODES[reason] },
    jobs: [letGo(order)],
  });
  await freeCard(tx, order, at);
}

/** The notice was lifted: the card of an order that came to nothing goes back now. */
export async function freeBought(tx: Tx, { refs }: { refs: readonly string[] }): Promise<void> {
  for (const ref of refs) {
    const order = await findOrder(tx, ref);
    if (!order?.card_id || !WITHOUT_CARD.has(order.state)) continue;
    const { task, payload } = letGo(order);
    await addJob(tx, task, payload);
  }
}
