/** The counter as its shop, its seller and a stranger see it. */
import assert from 'node:assert/strict';
import type { Static } from 'typebox';
import { findProduct } from '#cards';
import { maskPhone } from '#parties';
import { type Keys, type Reader, Refused } from '#platform';
import { look } from '#process';
import { entriesOf } from '#record';
import { paymentOf } from '../settle.ts';
import { findOrder, type Order } from '../store.ts';
import { isBack, type Line } from './close.ts';
import type { CounterDeps } from './intake.ts';
import { quoteOf } from './intake.ts';
import { idOfNumber, slipOf } from './number.ts';
import type { CloseView, DayLine, ReceiptView, SellerVisit, VisitView } from './schema.ts';
import { type Close, findVisit, type Visit } from './store.ts';

async function productOf(reader: Reader, { sku }: Visit) {
  const product = await findProduct(reader, sku);
  assert(product, 'a visit has a known product');
  return { sku, name: product.name, brandColour: product.brandColour };
}

const phoneIn = (keys: Keys, { id, phone_seal: sealed }: Visit): { phone?: string } =>
  sealed ? { phone: maskPhone(keys.open('counter.phone', sealed, id)) } : {};

/** What shop and seller both see. */
async function common(reader: Reader, keys: Keys, visit: Visit) {
  const instance = await look(reader, visit.id);
  assert(instance, 'a visit has its process');
  return {
    state: visit.state,
    number: slipOf(keys, visit.id).number,
    product: await productOf(reader, visit),
    faceFen: String(visit.face_fen),
    ...(visit.expires_on && { expiresOn: visit.expires_on }),
    takenAt: visit.taken_at.toISOString(),
    ...(instance.dueAt && { deadline: instance.dueAt.toISOString() }),
    ...phoneIn(keys, visit),
    quote: await quoteOf(reader, visit),
  };
}

export async function visitView(
  reader: Reader,
  keys: Keys,
  { id: visitId }: Pick<Visit, 'id'>,
): Promise<Static<typeof VisitView>> {
  const visit = await findVisit(reader, visitId);
  if (!visit) throw new Refused('not_found');
  const { id, till, is_offline: offline, booked_on: bookedOn, ended_at: endedAt } = visit;
  const order = visit.order_id && (await findOrder(reader, visit.order_id));
  return {
    ...{ id, till, offline, token: slipOf(keys, id).token },
    ...(await common(reader, keys, visit)),
    ...(order && {
      order: {
        ...{ id: order.id, state: order.state, netFen: String(order.net_fen) },
        giveBack: isBack(order.state),
      },
    }),
    ...(bookedOn && { bookedOn }),
    ...(endedAt && { endedAt: endedAt.toISOString() }),
  };
}

export async function sellerView(
  reader: Reader,
  { keys, recyclers }: Pick<CounterDeps, 'keys' | 'recyclers'>,
  id: string,
): Promise<Static<typeof SellerVisit>> {
  const visit = await findVisit(reader, id);
  if (!visit) throw new Refused('not_found');
  const name = (await recyclers.find(reader, visit.recycler))?.name ?? '';
  return {
    shop: { id: visit.recycler, name },
    ...(await common(reader, keys, visit)),
    ...(visit.order_id && { orderId: visit.order_id }),
  };
}

type Receipt = Static<typeof ReceiptView>;
type Progress = NonNullable<Receipt['progress']>;

/** Refuses receipt_unknown for a number that we never issued. One that no card came for yet is `unseen`. */
export async function receiptView(
  reader: Reader,
  { keys, recyclers }: Pick<CounterDeps, 'keys' | 'recyclers'>,
  typed: string,
): Promise<Receipt> {
  const id = idOfNumber(keys, typed);
  const { number } = slipOf(keys, id);
  const visit = await findVisit(reader, id);
  if (!visit) return { number, state: 'unseen' };
  const name = (await recyclers.find(reader, visit.recycler))?.name ?? '';
  const order = visit.order_id ? await findOrder(reader, visit.order_id) : undefined;
  return {
    ...{ number, state: visit.state, shop: { id: visit.recycler, name } },
    product: await productOf(reader, visit),
    faceFen: String(visit.face_fen),
    takenAt: visit.taken_at.toISOString(),
    ...(order && visit.ended_at && { agreedAt: visit.ended_at.toISOString() }),
    ...(order && {
      netFen: String(order.net_fen),
      progress: await progressOf(reader, order),
      ...(await proofOf(reader, visit, order)),
    }),
  };
}

async function progressOf(reader: Reader, order: Order): Promise<Progress> {
  switch (order.state) {
    case 'verified':
      return 'secured';
    case 'settled':
    case 'closed':
      return (await paymentOf(reader, order.id))?.paidAt ? 'paid' : 'credited';
    case 'disputed':
    case 'contested':
    case 'requoted':
    case 'manual_review':
      return 'review';
    default:
      return isBack(order.state) ? 'not_bought' : 'checking';
  }
}

/** The entry that was written when the seller agreed, and whether it says the same as we do now. */
async function proofOf(
  reader: Reader,
  visit: Visit,
  order: Order,
): Promise<Pick<Receipt, 'record'>> {
  const entry = (await entriesOf(reader, visit.id)).find(({ data }) => orderIn(data) === order.id);
  if (!entry) return {};
  const { netFen } = entry.data as { netFen?: string };
  const first = await quoteOf(reader, visit);
  return {
    record: {
      entry: entry.id,
      ...(entry.seq !== undefined && { seq: entry.seq }),
      holds: netFen === first.netFen,
    },
  };
}
const orderIn = (data: unknown): unknown => (data as { order?: unknown } | null)?.order;

export const closeView = (close: Close): Static<typeof CloseView> => ({
  ...{ id: close.id, till: close.till, day: close.day, expected: close.expected },
  ...{ counted: close.counted, returned: close.returned, waiting: close.waiting },
  ...{ unsent: close.unsent, faceFen: String(close.face_fen), netFen: String(close.net_fen) },
  cashFen: '0',
  ...(close.note !== null && { note: close.note }),
  closedAt: close.closed_at.toISOString(),
});

export const lineView = (line: Line): Static<typeof DayLine> => ({
  ...{ number: line.number, at: line.at.toISOString(), product: line.product },
  ...{ faceFen: String(line.faceFen), netFen: String(line.netFen) },
  ...{ orderState: line.orderState, giveBack: line.isBack },
});
