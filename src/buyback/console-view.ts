/** An order as the operator's staff see it: everything but the secret and the person. */
import assert from 'node:assert/strict';
import type { Static } from 'typebox';
import { findProduct } from '#cards';
import { type Case, caseOf } from '#disputes';
import { type Keys, type Reader, Refused } from '#platform';
import { allowed, look } from '#process';
import { buyback } from './life.ts';
import { answerNoteOf } from './report.ts';
import { reportView } from './report-view.ts';
import type { ConsoleOrder, ConsoleOrderDetail } from './schema.ts';
import { findOrder, type Order } from './store.ts';
import { findReport } from './store-report.ts';
import { timelineOf } from './timeline.ts';
import { viewOf } from './view.ts';

export async function consoleView(
  reader: Reader,
  order: Order,
): Promise<Static<typeof ConsoleOrder>> {
  const instance = await look(reader, order.id);
  const product = await findProduct(reader, order.sku);
  assert(instance && product, 'an order has its process and product');
  return {
    id: order.id,
    state: order.state,
    stateSince: instance.enteredAt.toISOString(),
    ...(instance.dueAt && {
      deadline: { at: instance.dueAt.toISOString(), what: instance.dueTransition ?? '' },
    }),
    seller: order.user_id,
    recycler: order.recycler,
    sku: order.sku,
    productName: product.name,
    category: product.category,
    faceFen: order.face_fen.toString(),
    priceFen: order.price_fen.toString(),
    netFen: order.net_fen.toString(),
    ...(order.card_id && { cardId: order.card_id }),
    ...(order.card_last4 && { cardLast4: order.card_last4 }),
    ...(order.verification_code && { verificationCode: order.verification_code }),
    ...(order.grade && { grade: order.grade }),
    ...(order.balance_fen !== null && { balanceFen: order.balance_fen.toString() }),
    waits: order.waits,
    createdAt: order.created_at.toISOString(),
  };
}

export async function detailOf(
  reader: Reader,
  keys: Keys,
  id: string,
): Promise<Static<typeof ConsoleOrderDetail>> {
  const order = await findOrder(reader, id);
  if (!order) throw new Refused('not_found');
  const open = await caseOf(reader, id);
  const report = await findReport(reader, id);
  const answerNote = report && answerNoteOf(keys, report);
  return {
    order: await consoleView(reader, order),
    view: await viewOf(reader, order),
    timeline: await timelineOf(reader, order),
    allowed: allowed(buyback, order.state, 'operator'),
    ...(open && { case: caseViewOf(open) }),
    ...(report && { report: reportView(report) }),
    ...(answerNote !== undefined && { answerNote }),
  };
}

const caseViewOf = (open: Case): NonNullable<Static<typeof ConsoleOrderDetail>['case']> => ({
  id: open.id,
  state: open.open ? 'opened' : 'closed',
  reason: open.reason,
  openedAt: open.openedAt.toISOString(),
  deadline: open.deadline.toISOString(),
  ...(open.decision && {
    outcome: open.decision.outcome,
    decision: open.decision.reason,
    ...(open.decision.amountFen !== undefined && { amountFen: open.decision.amountFen.toString() }),
  }),
});
