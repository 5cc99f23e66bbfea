/** What the clock does to an order when a deadline comes. */

import { type Db, inTransaction } from '#platform';
import { unfreezePayout } from '#settlement';
import { freeCard, letGo } from './card.ts';
import { change, takeOrder } from './change.ts';
import type { Transition } from './life.ts';
import { settle } from './settle.ts';

export interface Due {
  id: string;
  transition: string;
  at: Date;
}

export async function onClock(db: Db, { id, transition, at }: Due): Promise<void> {
  await inTransaction(db, async (tx) => {
    const order = await takeOrder(tx, id);
    const move = transition as Transition;
    switch (move) {
      case 'ask_again':
        await change(tx, order, {
          transition: move,
          by: 'clock',
          at,
          jobs: [{ task: 'buyback.verify', payload: { orderId: id } }],
        });
        return;
      case 'settle':
        await settle(tx, order, { transition: move, by: 'clock', at });
        return;
      case 'release_late':
        await settle(tx, order, { transition: move, by: 'clock', at });
        return;
      case 'uphold_late':
        await change(tx, order, { transition: move, by: 'clock', at });
        await unfreezePayout(tx, { subject: id, at });
        return;
      case 'give_up':
      case 'requote_lapse':
        await change(tx, order, { transition: move, by: 'clock', at, jobs: [letGo(order)] });
        await freeCard(tx, order, at);
        return;
      case 'close':
        await change(tx, order, { transition: move, by: 'clock', at });
        // Whoever has seen the card holds it; one that nobody saw stays promised to its buyer.
        if (order.opened_at) await freeCard(tx, order, at);
        return;
      default:
        await change(tx, order, { transition: move, by: 'clock', at });
    }
  });
}
