/** What the clock does on the market when a deadline comes. */
import { inTransaction, type Tx } from '#platform';
import type { ClockHandler } from '#process';
import {
  changeListing,
  changeOffer,
  changeOrder,
  takeListing,
  takeOffer,
  takeOrder,
} from './change.ts';
import { endListing } from './edit.ts';
import { wantClock } from './find/want-move.ts';
import type { ListingTransition, OfferTransition, OrderTransition } from './life.ts';
import type { Order } from './order-store.ts';
import { freeListing, type Refunding, refundOrder, settleOrder } from './settle.ts';

export const marketClock: Readonly<
  Record<'listing' | 'market_order' | 'offer' | 'want', ClockHandler>
> = {
  want: wantClock,
  listing: async (db, { id, transition, at }) =>
    await inTransaction(db, (tx) => ofListing(tx, id, transition as ListingTransition, at)),
  market_order: async (db, { id, transition, at }) =>
    await inTransaction(db, (tx) => ofOrder(tx, id, transition as OrderTransition, at)),
  offer: async (db, { id, transition, at }) =>
    await inTransaction(db, async (tx) => {
      const step = { transition: transition as OfferTransition, by: 'clock', at } as const;
      await changeOffer(tx, await takeOffer(tx, id, {}), step);
    }),
};

async function ofListing(
  tx: Tx,
  id: string,
  transition: ListingTransition,
  at: Date,
): Promise<void> {
  const before = await takeListing(tx, id);
  const step = { transition, by: 'clock', at } as const;
  switch (transition) {
    case 'ask_again':
      await changeListing(tx, before, {
        ...step,
        jobs: [{ task: 'market.check', payload: { listingId: id } }],
      });
      return;
    case 'unanswered':
      await changeListing(tx, before, {
        ...step,
        save: { suspended_reason: 'ISSUER_UNAVAILABLE' },
      });
      return;
    case 'reserved_late':
      await changeListing(tx, before, { ...step, save: { suspended_reason: 'ORDER_LOST' } });
      return;
    default:
      await endListing(tx, before, step);
  }
}

/** Why the money goes back when nobody did anything, and what becomes of the listing. */
const LAPSES: Readonly<Partial<Record<OrderTransition, Pick<Refunding, 'reason' | 'fate'>>>> = {
  not_delivered: { reason: 'NOT_DELIVERED', fate: 'suspend' },
  never_seen: { reason: 'NEVER_REVEALED', fate: 'release' },
  not_opened: { reason: 'NEVER_REVEALED', fate: 'release' },
  unanswered: { reason: 'ISSUER_UNAVAILABLE', fate: 'release' },
  undecided: { reason: 'UNDECIDED', fate: 'drop' },
};

async function ofOrder(tx: Tx, id: string, transition: OrderTransition, at: Date): Promise<void> {
  const before = await takeOrder(tx, id);
  const step = { transition, by: 'clock', at } as const;
  const lapse = LAPSES[transition];
  if (lapse) {
    await refundOrder(tx, before, { step, ...lapse });
    return;
  }
  switch (transition) {
    case 'payment_lapse':
      await unpaid(tx, before, at);
      return;
    case 'ask_again':
      await changeOrder(tx, before, {
        ...step,
        jobs: [{ task: 'market.prove', payload: { orderId: id } }],
      });
      return;
    case 'confirm':
    case 'receive':
    case 'confirm_extended':
      await settleOrder(tx, before, step);
      return;
    case 'deny_late':
      await changeOrder(tx, before, { ...step, due: before.guarantee_until ?? at });
      return;
    default:
      await changeOrder(tx, before, step);
  }
}

async function unpaid(tx: Tx, before: Order, at: Date): Promise<void> {
  const after = await changeOrder(tx, before, { transition: 'payment_lapse', by: 'clock', at });
  await freeListing(tx, after, { fate: 'release', reason: 'NOT_PAID', at });
}
