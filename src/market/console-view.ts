/** One order as the operator's staff see it, and all that ever happened to it. */
import assert from 'node:assert/strict';
import type { Static } from 'typebox';
import { movementsOf } from '#ledger';
import { jobRunsOf, type Reader, Refused, yuan } from '#platform';
import { allowedFor, historyOf, look } from '#process';
import { entriesOf } from '#record';
import { payoutOf } from '#settlement';
import { marketOrder } from './life.ts';
import { findOrder, type Order } from './order-store.ts';
import type { ConsoleOrder, ConsoleOrderDetail, TimelineItem } from './schema.ts';
import { findListing } from './store.ts';

export async function consoleOrder(
  reader: Reader,
  order: Order,
): Promise<Static<typeof ConsoleOrder>> {
  const instance = await look(reader, order.id);
  const of = await findListing(reader, order.listing_id);
  assert(instance && of, 'an order has its process and its listing');
  return {
    ...{ id: order.id, basketId: order.basket_id, listingId: order.listing_id },
    state: order.state,
    stateSince: instance.enteredAt.toISOString(),
    ...(instance.dueAt && {
      deadline: { at: instance.dueAt.toISOString(), what: instance.dueTransition ?? '' },
    }),
    ...{ buyerId: order.buyer_id, sellerId: order.seller_id, sku: order.sku },
    productName: { zh: of.product_name_zh, en: of.product_name_en },
    delivery: order.delivery,
    ...moneyOf(order),
    policyVersion: order.policy_version,
    ...(order.card_id !== null && { cardId: order.card_id }),
    ...(order.probe_code !== null && { probeCode: order.probe_code }),
    ...(order.refund_fen !== null && { refundFen: order.refund_fen.toString() }),
    ...(order.refund_reason !== null && { refundReason: order.refund_reason }),
    ...(order.paid_at && { paidAt: order.paid_at.toISOString() }),
    ...(order.revealed_at && { revealedAt: order.revealed_at.toISOString() }),
    ...(order.confirmed_at && { confirmedAt: order.confirmed_at.toISOString() }),
    createdAt: order.created_at.toISOString(),
  };
}

const moneyOf = (order: Order) => ({
  faceFen: order.face_fen.toString(),
  promisedFen: order.promised_fen.toString(),
  priceFen: order.price_fen.toString(),
  feeFen: order.fee_fen.toString(),
  charityFen: order.charity_fen.toString(),
  taxFen: order.tax_fen.toString(),
  premiumFen: order.premium_fen.toString(),
  netFen: order.net_fen.toString(),
  totalFen: order.total_fen.toString(),
});

export async function consoleOrderDetail(
  reader: Reader,
  id: string,
): Promise<Static<typeof ConsoleOrderDetail>> {
  const order = await findOrder(reader, id);
  if (!order) throw new Refused('not_found');
  return {
    order: await consoleOrder(reader, order),
    timeline: await timelineOf(reader, order),
    allowed: await allowedFor(reader, marketOrder, id, 'operator'),
  };
}

type Item = Static<typeof TimelineItem>;
/** At one instant the cause stands before its effects. */
const ORDER = ['state', 'money', 'record', 'job'];

/** Of the order, its listing, its card and its payout, in one list. */
async function timelineOf(reader: Reader, order: Order): Promise<Item[]> {
  const payout = await payoutOf(reader, order.id);
  const subjects = [order.id, order.listing_id, order.card_id, payout?.payoutId];
  const parts: Item[] = [];
  for (const subject of subjects) if (subject) parts.push(...(await happenedTo(reader, subject)));
  const rank = ({ kind }: Item): number => ORDER.indexOf(kind as string);
  return parts.sort((a, b) => (a.at === b.at ? rank(a) - rank(b) : a.at < b.at ? -1 : 1));
}

async function happenedTo(reader: Reader, subject: string): Promise<Item[]> {
  const states = (await historyOf(reader, subject)).map((step) => ({
    at: step.at.toISOString(),
    kind: 'state' as const,
    title: `${step.transition} → ${step.to}`,
    detail: step.by,
  }));
  const money = (await movementsOf(reader, subject)).flatMap((movement) =>
    movement.legs.map((leg) => ({
      at: movement.at.toISOString(),
      kind: 'money' as const,
      title: `${leg.from} → ${leg.to}`,
      detail: `${yuan(leg.amount)} · ${movement.kind}`,
    })),
  );
  const record = (await entriesOf(reader, subject)).map((entry) => ({
    at: entry.at.toISOString(),
    kind: 'record' as const,
    title: entry.type,
    detail: Object.entries(entry.data as object)
      .map(([key, value]) => `${key}: ${String(value)}`)
      .join(' · '),
  }));
  const jobs = (await jobRunsOf(reader, subject)).map((run) => ({
    at: run.at.toISOString(),
    kind: 'job' as const,
    title: run.task,
    detail: run.error === null ? `ok · #${run.attempt}` : `failed · #${run.attempt} · ${run.error}`,
  }));
  return [...states, ...money, ...record, ...jobs];
}
