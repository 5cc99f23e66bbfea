/** The seller hands the card over: parsed, sealed, bound to this order, and queued for verification. */
import assert from 'node:assert/strict';
import { encumber, findProduct, parseCard, sealCard } from '#cards';
import { requireRealName } from '#parties';
import { type Db, inTransaction, type Keys, Refused, type Secret, type Tx } from '#platform';
import { hasPayoutAccount } from '#settlement';
import { change, takeOrder } from './change.ts';
import type { Order } from './store.ts';

export interface HandOverInput {
  orderId: string;
  userId: string;
  number: Secret;
  pin: Secret | undefined;
  at: Date;
}

/** Refuses before anything is stored: a secret is only taken from a person whom we can pay. */
export async function handOver(db: Db, keys: Keys, input: HandOverInput): Promise<Order> {
  return await inTransaction(db, (tx) => handOverWithin(tx, keys, input));
}

/** The same in the caller's transaction. */
export async function handOverWithin(tx: Tx, keys: Keys, input: HandOverInput): Promise<Order> {
  const { orderId, userId, at } = input;
  const order = await takeOrder(tx, orderId, userId);
  if (order.state !== 'accepted') throw new Refused('wrong_state');
  await requireRealName(tx, userId);
  if (!(await hasPayoutAccount(tx, userId))) throw new Refused('payout_account_needed');
  const product = await findProduct(tx, order.sku);
  assert(product, 'an accepted order has a known product');
  const card = parseCard(product, { number: input.number.reveal(), pin: input.pin?.reveal() });
  if (!card.ok) throw new Refused(card);
  const { cardId } = await sealCard(tx, {
    keys,
    userId,
    product,
    number: card.number,
    pin: card.pin,
    faceFen: order.face_fen,
    expiresOn: order.expires_on ?? undefined,
    at,
  });
  await encumber(tx, { cardId, kind: 'order', ref: order.id, at });
  return await change(tx, order, {
    transition: 'submit',
    by: 'seller',
    actor: userId,
    at,
    record: { card: cardId },
    jobs: [{ task: 'buyback.verify', payload: { orderId: order.id } }],
    save: { card_id: cardId, card_last4: card.number.reveal().slice(-4) },
  });
}
