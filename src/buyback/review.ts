/** A person decides what the issuer could not: with a canonical code, the balance they saw, and a note. */
import { ASKS_MAX, RESULTS } from '#cards';
import { type Db, inTransaction, type Keys, Refused } from '#platform';
import { append, commitment } from '#record';
import { takeOrder } from './change.ts';
import { judge } from './domain.ts';
import { findOrder, type Order } from './store.ts';
import { conclude, settleAtOnce } from './verify.ts';

export interface ReviewInput {
  orderId: string;
  operator: string;
  code: string;
  balanceFen: bigint | undefined;
  note: string;
  at: Date;
}

export type VerificationCode = keyof typeof RESULTS;
const isCode = (code: string): code is VerificationCode => Object.hasOwn(RESULTS, code);

/** Refuses: a code that decides nothing (waiting, undecided), a pass without a balance, an order not in review. */
export async function review(db: Db, keys: Keys, input: ReviewInput): Promise<Order> {
  const { orderId, operator, code, balanceFen, note, at } = input;
  if (!isCode(code)) throw new Refused('code_decides_nothing');
  await inTransaction(db, async (tx) => {
    const order = await takeOrder(tx, orderId);
    if (order.state !== 'manual_review') throw new Refused('wrong_state');
    const verdict = judge({
      outcome: RESULTS[code].outcome,
      faceFen: order.face_fen,
      balanceFen: (balanceFen as Order['balance_fen']) ?? undefined,
      waits: ASKS_MAX,
    });
    if (verdict === 'refer' || verdict === 'wait') throw new Refused('code_decides_nothing');
    const said = commitment(note);
    await append(tx, {
      subject: orderId,
      type: 'buyback.review',
      at,
      data: {
        by: operator,
        code,
        note: said.commitment,
        ...(balanceFen !== undefined && { balanceFen: balanceFen.toString() }),
      },
    });
    await conclude(
      tx,
      keys,
      order,
      { code, balanceFen, grade: order.grade ?? undefined },
      { by: 'operator', actor: operator, at },
    );
  });
  await settleAtOnce(db, orderId, at);
  return (await findOrder(db, orderId)) as Order;
}
