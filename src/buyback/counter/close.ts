/** The end of a day at one till: the drawer is counted by a person, who explains what does not fit. */
import assert from 'node:assert/strict';
import { findProduct } from '#cards';
import {
  chinaDay,
  type Db,
  inTransaction,
  type Keys,
  newId,
  type Reader,
  Refused,
} from '#platform';
import { append } from '#record';
import { mayClose } from './domain.ts';
import { slipOf } from './number.ts';
import { type Close, countWaiting, insertClose, lockTill, openTill, visitsOfDay } from './store.ts';

export interface Closing {
  readonly recycler: string;
  readonly till: string;
  readonly day: string;
  /** Cards in the drawer, by a person's count. */
  readonly counted: number;
  /** What the till has not sent yet. */
  readonly unsent: number;
  readonly note?: string | undefined;
  readonly userId: string;
  readonly at: Date;
}

/** Orders that gave the card back to its seller: it is no longer in the drawer. */
const BACK: ReadonlySet<string> = new Set(['cancelled', 'returned', 'rejected', 'refunded']);
export const isBack = (orderState: string): boolean => BACK.has(orderState);

/** Refuses day_closed, and difference_unexplained. */
export async function closeDay(db: Db, input: Closing): Promise<Close> {
  const { recycler, till, day, counted, unsent, note, userId, at } = input;
  return await inTransaction(db, async (tx) => {
    // A day without a card is closed too.
    await openTill(tx, recycler, till);
    const now = await lockTill(tx, recycler, till);
    if (!mayClose(day, chinaDay(at), now?.closed_through ?? null)) throw new Refused('day_closed');
    const visits = await visitsOfDay(tx, { recycler, till, day });
    const back = visits.filter((one) => isBack(one.order_state));
    const kept = visits.filter((one) => !isBack(one.order_state));
    if (counted !== kept.length && note === undefined)
      throw new Refused('difference_unexplained', { expected: kept.length, counted });
    const waiting = await countWaiting(tx, { recycler, till });
    const sum = (of: (one: (typeof kept)[number]) => bigint): bigint =>
      kept.reduce((total, one) => total + of(one), 0n);
    const close = await insertClose(tx, {
      ...{ id: newId(at), recycler, till, day, counted, unsent, waiting },
      ...{ expected: kept.length, returned: back.length, note: note ?? null },
      ...{ face_fen: sum((one) => one.face_fen), net_fen: sum((one) => one.net_fen) },
      ...{ closed_by: userId, closed_at: at },
    });
    const data = { till, day, expected: kept.length, counted, netFen: String(close.net_fen) };
    await append(tx, { subject: `counter:${recycler}`, type: 'counter.closed', data, at });
    return close;
  });
}

export interface Line {
  readonly number: string;
  readonly at: Date;
  readonly sku: string;
  readonly product: { zh: string; en: string };
  readonly faceFen: bigint;
  readonly netFen: bigint;
  readonly orderState: string;
  readonly isBack: boolean;
}

/** The cards behind a day, closed or not, in the order in which their sellers agreed. */
export async function linesOf(
  reader: Reader,
  keys: Keys,
  day: { recycler: string; till: string; day: string },
): Promise<Line[]> {
  const lines: Line[] = [];
  for (const visit of await visitsOfDay(reader, day)) {
    const product = await findProduct(reader, visit.sku);
    assert(product && visit.ended_at, 'a booked visit has ended, and its product is known');
    lines.push({
      ...{ number: slipOf(keys, visit.id).number, at: visit.ended_at },
      ...{ sku: visit.sku, product: product.name, faceFen: visit.face_fen },
      ...{ netFen: visit.net_fen, orderState: visit.order_state },
      isBack: isBack(visit.order_state),
    });
  }
  return lines;
}
