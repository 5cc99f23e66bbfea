/** A problem on the recycler's side opens a case that freezes this one order, and ends in a decision. */
import { RESULTS } from '#cards';
import { type Case, caseById, closeCase, decideCase, openCase } from '#disputes';
import {
  type Db,
  type Fen,
  fen,
  inTransaction,
  isRefusal,
  type Keys,
  plus,
  Refused,
  type Tx,
  ZERO,
} from '#platform';
import { cancelPayout, createPayout, freezePayout, payoutOf, unfreezePayout } from '#settlement';
import { change, takeOrder } from './change.ts';
import { type CaseOutcome, caseTransition, splitRefund } from './domain.ts';
import { CASE_MS } from './life.ts';
import { REST, settle } from './settle.ts';
import { findOrder, type Order } from './store.ts';

export interface OpenInput {
  readonly orderId: string;
  /** Who reports: the operator's staff, or the recycler that bought this very card. */
  readonly by: 'operator' | 'recycler';
  readonly actor: string;
  /** With `by: 'recycler'`: on whose behalf. */
  readonly recycler?: string | undefined;
  /** Canonical verification code. */
  readonly reason: string;
  readonly note: string;
  readonly at: Date;
}

/** Refuses not_found for another recycler's order, wrong_state once the time for reports is over. */
export async function openDispute(db: Db, keys: Keys, input: OpenInput): Promise<Order> {
  const { orderId, by, actor, recycler, reason, note, at } = input;
  if (!Object.hasOwn(RESULTS, reason)) throw new Refused('invalid_input');
  return await inTransaction(db, async (tx) => {
    const order = await takeOrder(tx, orderId);
    if (by === 'recycler' && order.recycler !== recycler) throw new Refused('not_found');
    const transition = order.state === 'settled' ? 'contest' : 'dispute';
    const after = await change(tx, order, {
      transition,
      by,
      actor,
      at,
      record: { reason },
    });
    await openCase(tx, {
      subject: orderId,
      by: { role: by, actor },
      reason,
      at,
      deadline: plus(at, CASE_MS),
      note: { text: note, keys },
    });
    if (transition === 'contest') await freezePayout(tx, { subject: orderId, at });
    return after;
  });
}

export interface DecideInput {
  readonly caseId: string;
  readonly operator: string;
  readonly outcome: CaseOutcome;
  /** What the recycler gets back; for `partial` only. */
  readonly amountFen: Fen | undefined;
  readonly reason: string;
  readonly at: Date;
}

/** Refuses: not_found, what the case refuses, amount_out_of_range, wrong_state. Decided and executed at once. */
export async function decideDispute(db: Db, input: DecideInput): Promise<Order> {
  const { caseId: id, operator: actor, outcome, amountFen, reason, at } = input;
  return await inTransaction(db, async (tx) => {
    const open = await caseById(tx, id);
    if (!open || !(await findOrder(tx, open.subject))) throw new Refused('not_found');
    const decided = await decideCase(tx, {
      id,
      actor,
      outcome,
      reason,
      at,
      ...(outcome === 'partial' && { amountFen }),
    });
    const order = await execute(tx, decided, { by: 'operator', actor, at });
    await closeCase(tx, { id, at });
    return order;
  });
}

/** The clock's half of a case: at its deadline the burden of proof decides, and nobody has to press a button. */
export async function executeCase(tx: Tx, decided: Case, at: Date): Promise<void> {
  await execute(tx, decided, { by: 'system', at });
}

interface Who {
  readonly by: 'operator' | 'system';
  readonly actor?: string;
  readonly at: Date;
}

async function execute(tx: Tx, decided: Case, who: Who): Promise<Order> {
  const order = await takeOrder(tx, decided.subject);
  const { outcome = 'release', amountFen } = decided.decision ?? {};
  const transition = caseTransition(order.state, outcome);
  // The order did not wait for a case that came late: its money has already gone to the seller.
  if (transition === undefined) return order;
  const refund = outcome === 'partial' ? (amountFen ?? fen(0n)) : order.price_fen;
  const step = { ...who, record: { case: decided.id, outcome } };
  switch (transition) {
    case 'release':
      return await settle(tx, order, { ...step, transition });
    case 'give_back':
      return await change(tx, order, { ...step, transition });
    case 'settle_part': {
      const split = splitRefund(
        { price: order.price_fen, net: order.net_fen, fees: order.fees_fen },
        refund,
      );
      if (isRefusal(split)) throw new Refused(split);
      return await settle(tx, order, { ...step, transition, amounts: { ...split } }, split.keptNet);
    }
    case 'uphold': {
      const after = await change(tx, order, { ...step, transition });
      await unfreezePayout(tx, { subject: order.id, at: who.at });
      return after;
    }
    case 'claw_back':
      return await clawBack(tx, order, step, refund);
  }
}

/**
 * What the seller was promised is all that is claimed back (after an earlier part of a case that is less than the
 * net); the fee stays a line of the order. Money not yet sent comes out of the payout and the rest is paid anew;
 * money already sent becomes a receivable, never a silent minus.
 */
async function clawBack(
  tx: Tx,
  order: Order,
  step: Who & { record: Record<string, string> },
  refund: Fen,
): Promise<Order> {
  const { at } = step;
  const owed = (await payoutOf(tx, order.id))?.amountFen ?? ZERO;
  const claim = refund > owed ? owed : refund;
  const { cancelled: unsent } = await cancelPayout(tx, { subject: order.id, at });
  const after = await change(tx, order, {
    ...step,
    transition: 'claw_back',
    amounts: { refund: claim },
    accounts: { SELLER: `${unsent ? 'PAYABLE' : 'RECEIVABLE'}:${order.user_id}` },
  });
  const rest = fen(owed - claim);
  if (unsent && rest > 0n) {
    await createPayout(tx, {
      userId: order.user_id,
      subject: order.id,
      part: REST,
      amountFen: rest,
      at,
    });
  }
  return after;
}
