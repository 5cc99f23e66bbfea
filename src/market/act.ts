/** What buyer and seller do with a paid order: deliver, waive, look, reveal, extend, confirm, cancel. */
import assert from 'node:assert/strict';
import { type CardSecret, encumber, openRecorded, recordOpening } from '#cards';
import { type Db, inTransaction, plus, Refused, type Secret } from '#platform';
import { changeOrder, takeListing, takeOrder } from './change.ts';
import type { MarketDeps } from './deps.ts';
import { inspectUntil, mayExtend, WAIVER } from './domain.ts';
import { EXTEND_MS, type OrderTransition } from './life.ts';
import { seal } from './list.ts';
import { type Order, saveOrder } from './order-store.ts';
import { refundOrder, settleOrder } from './settle.ts';
import { saveListing } from './store.ts';

export interface Act {
  readonly orderId: string;
  readonly userId: string;
  readonly at: Date;
}

/** The seller brings the card that was paid for; it is sealed like any other, and proved before it is seen. */
export async function deliver(
  { db, keys }: MarketDeps,
  input: Act & { number: Secret; pin: Secret | undefined },
): Promise<Order> {
  const { orderId, userId, at } = input;
  return await inTransaction(db, async (tx) => {
    const before = await takeOrder(tx, orderId, { sellerId: userId });
    if (before.state !== 'preparing' || before.delivery !== 'seller')
      throw new Refused('wrong_state', { state: before.state });
    const of = await takeListing(tx, before.listing_id);
    const { cardId, last4, series } = await seal(tx, keys, { ...input, of });
    await encumber(tx, { cardId, kind: 'order', ref: orderId, at });
    await saveListing(tx, of.id, { series, card_last4: last4 });
    return await changeOrder(tx, before, {
      ...{ transition: 'deliver', by: 'seller', actor: userId, at, record: { card: cardId } },
      save: { card_id: cardId, ready_at: at },
    });
  });
}

export async function ship(
  db: Db,
  { orderId, userId, at, carrier, tracking }: Act & { carrier: string; tracking: string },
): Promise<Order> {
  return await inTransaction(db, async (tx) => {
    const before = await takeOrder(tx, orderId, { sellerId: userId });
    if (before.delivery !== 'mail') throw new Refused('wrong_state', { state: before.state });
    return await changeOrder(tx, before, {
      ...{ transition: 'ship', by: 'seller', actor: userId, at },
      save: { carrier, tracking, ready_at: at, inspect_until: inspectUntil('mail', at) },
    });
  });
}

/** What is given up is written down, with the words that were read, before anything is shown. */
export async function waive(
  db: Db,
  { orderId, userId, at, version }: Act & { version: number },
): Promise<Order> {
  return await inTransaction(db, async (tx) => {
    const before = await takeOrder(tx, orderId, { buyerId: userId });
    if (before.state !== 'preparing' && before.state !== 'ready')
      throw new Refused('wrong_state', { state: before.state });
    // Other words than those that stand now were not what the buyer agreed to.
    if (version !== WAIVER.version) throw new Refused('waiver_needed');
    if (before.waiver_at === null)
      await saveOrder(tx, orderId, { waiver_at: at, waiver_version: version });
    return await takeOrder(tx, orderId);
  });
}

/** The buyer wants to see the code: the issuer is asked once more, by a job, before anybody sees it. */
export async function lookAt(db: Db, { orderId, userId, at }: Act): Promise<Order> {
  return await inTransaction(db, async (tx) => {
    const before = await takeOrder(tx, orderId, { buyerId: userId });
    if (before.state === 'ready' && before.waiver_at === null) throw new Refused('waiver_needed');
    return await changeOrder(tx, before, {
      ...{ transition: 'look', by: 'buyer', actor: userId, at },
      jobs: [{ task: 'market.prove', payload: { orderId } }],
    });
  });
}

/** Shown once. That it was shown is committed first, and from then on the inspection clock runs. */
export async function reveal(
  deps: MarketDeps,
  { orderId, userId, at }: Act,
): Promise<{ order: Order; secret: CardSecret }> {
  const order = await inTransaction(deps.db, async (tx) => {
    const before = await takeOrder(tx, orderId, { buyerId: userId });
    if (before.revealed_at) throw new Refused('already_revealed');
    const until = inspectUntil(before.delivery, at);
    const after = await changeOrder(tx, before, {
      ...{ transition: 'reveal', by: 'buyer', actor: userId, at, due: until },
      jobs: [{ task: 'market.unlock', payload: { orderId } }],
      save: { revealed_at: at, inspect_until: until },
    });
    assert(after.card_id, 'an order that was proved has a card');
    await recordOpening(tx, { cardId: after.card_id, cause: orderId, personId: userId, at });
    return after;
  });
  const { card_id: cardId } = order;
  assert(cardId, 'an order that was revealed has a card');
  return { order, secret: await openRecorded(deps, { cardId, cause: orderId, personId: userId }) };
}

export async function extend(db: Db, { orderId, userId, at }: Act): Promise<Order> {
  return await inTransaction(db, async (tx) => {
    const before = await takeOrder(tx, orderId, { buyerId: userId });
    const open = before.state === 'revealed' || before.state === 'shipped';
    if (open && !mayExtend(before.inspect_until, at)) throw new Refused('too_early_to_extend');
    return await changeOrder(tx, before, {
      ...{ transition: 'extend', by: 'buyer', actor: userId, at },
      save: { inspect_until: plus(at, EXTEND_MS), reminded_at: null },
    });
  });
}

/** The word for "it works" depends on how the card came. */
const CONFIRMS: Readonly<Partial<Record<string, OrderTransition>>> = {
  revealed: 'confirm',
  shipped: 'receive',
  extended: 'confirm_extended',
};

export async function confirm(db: Db, { orderId, userId, at }: Act): Promise<Order> {
  return await inTransaction(db, async (tx) => {
    const before = await takeOrder(tx, orderId, { buyerId: userId });
    const transition = CONFIRMS[before.state] ?? 'confirm';
    return await settleOrder(tx, before, { transition, by: 'buyer', actor: userId, at });
  });
}

/** Before anybody has seen the card either side may step back; a seller who does so takes the listing down. */
export async function cancel(
  db: Db,
  { orderId, userId, at, by }: Act & { by: 'buyer' | 'seller' },
): Promise<Order> {
  return await inTransaction(db, async (tx) => {
    const side = by === 'buyer' ? { buyerId: userId } : { sellerId: userId };
    const before = await takeOrder(tx, orderId, side);
    return await refundOrder(tx, before, {
      step: { transition: 'cancel', by, actor: userId, at },
      reason: by === 'buyer' ? 'BUYER_CANCELLED' : 'SELLER_CANCELLED',
      fate: by === 'buyer' ? 'release' : 'drop',
    });
  });
}
