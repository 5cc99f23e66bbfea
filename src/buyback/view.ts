/** An order as its seller sees it. */
import assert from 'node:assert/strict';
import type { Static } from 'typebox';
import { findOpening, findProduct, secretSeen } from '#cards';
import type { Reader } from '#platform';
import { findQuote } from '#pricing';
import { allowed, historyOf, look } from '#process';
import { delayView } from '#risk';
import { STEPS } from './domain.ts';
import { buyback } from './life.ts';
import { reportView } from './report-view.ts';
import type { OrderView } from './schema.ts';
import { paymentOf } from './settle.ts';
import { findOrder, type Order } from './store.ts';
import { findReport } from './store-report.ts';

export type View = Static<typeof OrderView>;

/**
 * Costs nine indexed look-ups; pages of a list are built one by one, at most 100. The row is read after its `seq`: a
 * page keeps the view with the highest, and one that said more than it knew would stay there.
 */
export async function viewOf(reader: Reader, { id }: Pick<Order, 'id'>): Promise<View> {
  const instance = await look(reader, id);
  const order = await findOrder(reader, id);
  assert(order, 'orders are not deleted');
  const product = await findProduct(reader, order.sku);
  const quote = order.quote_id ? await findQuote(reader, order.quote_id) : undefined;
  assert(instance && product, 'an order has its process and product');
  assert(quote || order.auction_id, 'its price comes from a quote or an auction');
  const requote = order.requote_id ? await findQuote(reader, order.requote_id) : undefined;
  const payout = order.settled_at ? await paymentOf(reader, order.id) : undefined;
  const check = payout && (await delayView(reader, order.id));
  const seen = order.card_id !== null && (await wasSeen(reader, order.card_id, order.id));
  const report = await findReport(reader, order.id);
  return {
    id: order.id,
    state: order.state,
    stateSince: instance.enteredAt.toISOString(),
    seq: instance.seq,
    ...(instance.dueAt && {
      deadline: { at: instance.dueAt.toISOString(), what: instance.dueTransition ?? '' },
    }),
    product: {
      sku: product.sku,
      name: product.name,
      category: product.category,
      issuerName: product.issuerName,
      brandColour: product.brandColour,
    },
    faceFen: order.face_fen.toString(),
    ...(order.expires_on && { expiresOn: order.expires_on }),
    ...(quote && { quote }),
    ...(order.auction_id && { auctionId: order.auction_id }),
    priceFen: order.price_fen.toString(),
    feesFen: order.fees_fen.toString(),
    ...(requote && { requote }),
    netFen: order.net_fen.toString(),
    ...(order.card_last4 && { cardLast4: order.card_last4 }),
    ...(order.verification_code && {
      verification: {
        code: order.verification_code,
        ...(order.grade && { grade: order.grade }),
        ...(order.balance_fen !== null && { balanceFen: order.balance_fen.toString() }),
        ...(order.verified_at && { at: order.verified_at.toISOString() }),
      },
    }),
    secretSeen: seen,
    ...(report && { report: reportView(report) }),
    ...(payout && { payout: { ...payoutView(payout), ...(check && { check }) } }),
    steps: await stepsOf(reader, order, payout?.paidAt),
    allowed: allowed(buyback, order.state, 'seller'),
    createdAt: order.created_at.toISOString(),
  };
}

/** By staff, two of them together, or by the recycler that paid for it. */
const wasSeen = async (reader: Reader, cardId: string, orderId: string): Promise<boolean> =>
  (await secretSeen(reader, cardId)) ||
  (await findOpening(reader, { cardId, cause: orderId })) !== undefined;

type Payout = NonNullable<Awaited<ReturnType<typeof paymentOf>>>;

const payoutView = (payout: Payout): NonNullable<View['payout']> => ({
  state: payout.state,
  promisedOn: payout.promisedOn,
  amountFen: payout.amountFen.toString(),
  ...(payout.paidAt && { paidAt: payout.paidAt.toISOString() }),
  ...(payout.compensationFen && { compensationFen: payout.compensationFen.toString() }),
});

/** When each of the five steps was first reached. */
async function stepsOf(
  reader: Reader,
  order: Order,
  paidAt: Date | undefined,
): Promise<View['steps']> {
  const first = new Map<string, Date>();
  for (const step of await historyOf(reader, order.id)) {
    if (!first.has(step.to)) first.set(step.to, step.at);
  }
  if (paidAt) first.set('paid', paidAt);
  return STEPS.map((key) => {
    const at = first.get(key);
    return { key, ...(at && { at: at.toISOString() }) };
  });
}
