/** The one way an order changes: lock, move its process, save, all in the caller's transaction. */
import assert from 'node:assert/strict';
import { untakeBid } from '#auctions';
import { sendSms } from '#parties';
import { chinaDay, chinaHour, type Fen, Refused, type Tx } from '#platform';
import { type Instance, type Move, move } from '#process';
import { announce, type EventType } from '#webhooks';
import { buyback, type State } from './life.ts';
import { lockOrder, type Order, saveOrder } from './store.ts';

export type Actor = 'seller' | 'recycler' | 'system' | 'operator' | 'clock';

export interface Change extends Omit<Move<typeof buyback>, 'id'> {
  readonly save?: Parameters<typeof saveOrder>[2];
}

export const accountsOf = (
  order: Pick<Order, 'id' | 'user_id' | 'recycler'>,
): Record<string, string> => ({
  WALLET: `WALLET:${order.recycler}`,
  ESCROW: `ESCROW:${order.id}`,
  PAYABLE: `PAYABLE:${order.user_id}`,
  FEE: 'FEE',
});

/** Locks an order that must exist and, where an owner is named, be that person's; strangers see nothing. */
export async function takeOrder(tx: Tx, id: string, owner?: string): Promise<Order> {
  const order = await lockOrder(tx, id);
  if (!order || (owner !== undefined && order.user_id !== owner)) throw new Refused('not_found');
  return order;
}

/** What a seller is told of by text message, for nobody has to keep the page open. */
const LETTERS: Readonly<
  Partial<Record<State, 'order_requoted' | 'order_rejected' | 'order_disputed'>>
> = {
  requoted: 'order_requoted',
  rejected: 'order_rejected',
  disputed: 'order_disputed',
  contested: 'order_disputed',
};

async function tell(tx: Tx, order: Order, { state, dueAt }: Instance, at: Date): Promise<void> {
  const template = LETTERS[state as State];
  if (!template) return;
  const deadline = dueAt ? `${chinaDay(dueAt)} ${chinaHour(dueAt)} 时` : '';
  const params = { order: order.id.slice(-12), deadline };
  await sendSms(tx, { userId: order.user_id, template, params, at });
}

/** The bid that bought the card did not get it: the card no longer counts against its day. */
export const WITHOUT_CARD: ReadonlySet<State> = new Set([
  'cancelled',
  'returned',
  'rejected',
  'refunded',
]);
/** What the recycler's programs are told of; the rest is between the seller and us. */
const NEWS: Readonly<Partial<Record<State, EventType>>> = {
  accepted: 'buyback.accepted',
  requoted: 'buyback.requoted',
  verified: 'buyback.delivered',
  disputed: 'buyback.disputed',
  contested: 'buyback.disputed',
  settled: 'buyback.settled',
  cancelled: 'buyback.cancelled',
  returned: 'buyback.cancelled',
  rejected: 'buyback.cancelled',
  refunded: 'buyback.refunded',
  closed: 'buyback.closed',
};

/** Nothing of the seller and nothing of the card but its product and face value. */
export async function tellRecycler(
  tx: Tx,
  order: Order,
  { state, dueAt, at }: { state: string; dueAt?: Date; at: Date },
): Promise<void> {
  const type = NEWS[state as State];
  if (!type) return;
  const data = {
    ...{ orderId: order.id, state, sku: order.sku },
    ...{ faceFen: String(order.face_fen), priceFen: String(order.price_fen) },
    ...(dueAt && { dueAt: dueAt.toISOString() }),
  };
  await announce(tx, { recycler: order.recycler, type, data, at });
}

export async function change(tx: Tx, order: Order, step: Change): Promise<Order> {
  const { save = {}, amounts, accounts, ...rest } = step;
  const money = {
    price: (save.price_fen as Fen | undefined) ?? order.price_fen,
    net: (save.net_fen as Fen | undefined) ?? order.net_fen,
    fees: (save.fees_fen as Fen | undefined) ?? order.fees_fen,
  };
  const after = await move(tx, buyback, {
    id: order.id,
    ...rest,
    amounts: { ...money, ...amounts },
    accounts: {
      ...accountsOf({ ...order, recycler: save.recycler ?? order.recycler }),
      ...accounts,
    },
  });
  const saved = { ...save, state: after.state };
  const now = await saveOrder(tx, order.id, saved);
  if (WITHOUT_CARD.has(after.state)) await untakeBid(tx, { orderId: order.id, at: rest.at });
  await tell(tx, order, after, rest.at);
  await tellRecycler(tx, now, { ...after, at: rest.at });
  assert(now.state === after.state, 'the order and its process agree');
  return now;
}
