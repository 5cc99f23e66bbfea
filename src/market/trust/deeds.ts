/** What each step of an order says about its two sides, and what the platform tells them in their thread. */
import { printsOf } from '#cards';
import type { Tx } from '#platform';
import type { OrderTransition } from '../life.ts';
import type { Order } from '../order-store.ts';
import { tell } from './messages.ts';
import type { DeedKind } from './score.ts';
import { noteDeed } from './standing.ts';
import { sawCard } from './store.ts';

type Side = 'buyer' | 'seller';

/** Steps after which the sale stands. */
const DONE: readonly OrderTransition[] = ['confirm', 'receive', 'confirm_extended', 'settle_claim'];
/** Steps that speak against one side; a cancelled order only against a seller who took the card back. */
const AGAINST: Readonly<Partial<Record<OrderTransition, { side: Side; kind: DeedKind }>>> = {
  not_delivered: { side: 'seller', kind: 'delivered_late' },
  fail: { side: 'seller', kind: 'lost_claim' },
};
/** Steps that both sides hear of, in these words (web/consumer/texts-market.ts has them in both languages). */
const TOLD: ReadonlySet<OrderTransition> = new Set([
  ...['pay', 'pay_first', 'deliver', 'ship', 'prove', 'fail', 'reveal', 'extend'],
  ...['dispute', 'claim', 'settle_claim', 'settle_part', 'give_back', 'make_whole'],
  ...['confirm', 'receive', 'confirm_extended', 'cancel', 'not_delivered', 'never_seen'],
  ...['not_opened', 'unanswered', 'undecided', 'deny', 'deny_late', 'reimburse', 'complete'],
] as OrderTransition[]);

/** Called in the transaction of the step, after it. */
export async function afterStep(
  tx: Tx,
  order: Order,
  step: { transition: OrderTransition; by: string; at: Date },
): Promise<void> {
  const { transition, by, at } = step;
  if (TOLD.has(transition)) await tell(tx, { orderId: order.id, code: transition, at });
  if (DONE.includes(transition)) await noteSale(tx, order, at);
  const against = AGAINST[transition];
  if (against) await noteFault(tx, order, { ...against, at });
  if (transition === 'cancel' && by === 'seller')
    await noteFault(tx, order, { side: 'seller', kind: 'cancelled', at });
}

/** A decided claim: whoever was at fault answers for it. */
export async function afterClaim(
  tx: Tx,
  order: Order,
  decided: { fault: string; at: Date },
): Promise<void> {
  const { fault, at } = decided;
  if (fault === 'seller') await noteFault(tx, order, { side: 'seller', kind: 'lost_claim', at });
  if (fault === 'buyer') await noteFault(tx, order, { side: 'buyer', kind: 'false_claim', at });
}

async function noteFault(
  tx: Tx,
  order: Order,
  { side, kind, at }: { side: Side; kind: DeedKind; at: Date },
): Promise<void> {
  const [personId, counterparty] =
    side === 'seller' ? [order.seller_id, order.buyer_id] : [order.buyer_id, order.seller_id];
  const { id: subject, price_fen: valueFen } = order;
  await noteDeed(tx, { personId, kind, subject, counterparty, valueFen, at });
}

/**
 * A card that went by post was proved by nobody but the two of them, so it counts as not fresh: it earns nothing.
 * Nor does a card that was sold here before under any of its numbers.
 */
async function noteSale(tx: Tx, order: Order, at: Date): Promise<void> {
  const prints = order.card_id ? await printsOf(tx, order.card_id) : [];
  let freshCard = prints.length > 0;
  for (const print of prints) if (!(await sawCard(tx, print, at))) freshCard = false;
  const { id: subject, price_fen: valueFen, seller_id: seller, buyer_id: buyer } = order;
  const sale = { subject, valueFen, freshCard, at };
  await noteDeed(tx, { ...sale, personId: seller, kind: 'sold', counterparty: buyer });
  await noteDeed(tx, { ...sale, personId: buyer, kind: 'bought', counterparty: seller });
}
