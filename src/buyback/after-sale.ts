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
import { freeCard, letGo } from './card.ts';
import { type Change, change, takeOrder } from './change.ts';
import { noteDecided, noteRefund } from './decided.ts';
import { type CaseOutcome, caseTransition, splitRefund } from './domain.ts';
import { CASE_MS } from './life.ts';
import { REST, settle } from './settle.ts';
import { findOrder, type Order } from './store.ts';

export interface OpenInput {
  readonly orderId: string;
  /** A member of staff; recyclers report (report.ts). */
  readonly actor: string;
  /** Canonical verification code. */
  readonly reason: string;
  readonly note: string;
  readonly at: Date;
}

/** Refuses wrong_state once the time for it is over. */
export async function openDispute(db: Db, keys: Keys, input: OpenInput): Promise<Order> {
  const { orderId, ...said } = input;
  if (!Object.hasOwn(RESULTS, said.reason)) throw new Refused('invalid_input');
  return await inTransaction(db, async (tx) => {
    const order = await takeOrder(tx, orderId);
    return await contest(tx, order, { ...said, by: 'operator', keys });
  });
}

/** The order stops where it is, its payout with it, and a case with a deadline begins. */
export async function contest(
  tx: Tx,
  order: Order,
  said: {
    by: 'operator' | 'recycler';
    actor: string;
    reason: string;
    note: string;
    keys: Keys;
    at: Date;
  },
  jobs: Change['jobs'] = [],
): Promise<Order> {
  const { by, actor, reason, note: text, keys, at } = said;
  const { id: subject } = order;
  const transition = order.state === 'settled' ? 'contest' : 'dispute';
  const after = await change(tx, order, {
    ...{ transition, by, actor, at, jobs },
    record: { reason },
  });
  await openCase(tx, {
    ...{ subject, by: { role: by, actor }, reason, at },
    deadline: plus(at, CASE_MS),
    note: { text, keys },
  });
  if (transition === 'contest') await freezePayout(tx, { subject, at });
  return after;
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

/** Moves the money as the case says; what it means for whoever reported is noted first. */
export async function execute(tx: Tx, decided: Case, who: Who): Promise<Order> {
  const order = await takeOrder(tx, decided.subject);
  const { outcome = 'release', amountFen } = decided.decision ?? {};
  const transition = caseTransition(order.state, outcome);
  // The order did not wait for a case that came late: its money has already gone to the seller.
  if (transition === undefined) return order;
  await noteDecided(tx, order, decided, who.at);
  const refund = outcome === 'partial' ? (amountFen ?? fen(0n)) : order.price_fen;
  const step = { ...who, record: { case: decided.id, outcome } };
  switch (transition) {
    case 'release':
      return await settle(tx, order, { ...step, transition });
    case 'give_back': {
      await noteRefund(tx, order, refund);
      return await handBack(tx, order, { ...step, transition });
    }
    case 'settle_part': {
      const split = splitRefund(
        { price: order.price_fen, net: order.net_fen, fees: order.fees_fen },
        refund,
      );
      if (isRefusal(split)) throw new Refused(split);
      await noteRefund(tx, order, split.refund);
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

/** A card that nobody has seen goes back to its seller with the sale; one that was seen stays with who saw it. */
async function handBack(tx: Tx, order: Order, step: Change): Promise<Order> {
  if (order.opened_at || !order.card_id) return await change(tx, order, step);
  const after = await change(tx, order, { ...step, jobs: [letGo(order)] });
  await freeCard(tx, order, step.at);
  return after;
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
  await noteRefund(tx, order, claim);
  const isWhole = claim === owed;
  const after = await (isWhole ? handBack : change)(tx, order, {
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
      cardId: order.card_id,
      at,
    });
  }
  return after;
}
