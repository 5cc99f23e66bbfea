/** What other rooms do with payouts: make one, hold it back, let it go, call it off, look at it. */
import assert from 'node:assert/strict';
import { type Fen, newId, type Reader, type Tx } from '#platform';
import { allowed, start } from '#process';
import { cutOffOf, promiseAt } from './domain.ts';
import { payoutProcess } from './life.ts';
import { backToCreated, stepPayout } from './step.ts';
import { compensationsOf, findPart, insertPayout, lockPayoutsOf, type Payout } from './store.ts';

export const MAIN = 'main';
/** The part that pays for the lateness of another part. */
export const latePart = (part: string): string => `${part}-late`;
const isCompensation = (payout: Payout): boolean => payout.part.endsWith('-late');

export interface NewPayout {
  userId: string;
  /** What it pays for: an order id. */
  subject: string;
  /** Several payouts of one subject (a held-back rest) need names of their own; default `main`. */
  part?: string;
  amountFen: Fen;
  /** The card that was sold; its money waits while a notice names it. */
  cardId?: string | null;
  at: Date;
  /** The money is held back until then; the promise counts from there. */
  notBefore?: Date;
}

/**
 * Promises to pay what PAYABLE:user holds: on the working day after the next cut-off. The same subject and
 * part again is the first answer again. Money moves only when the bank is asked to pay.
 */
export async function createPayout(
  tx: Tx,
  { userId, subject, part = MAIN, amountFen, cardId, at, notBefore = at }: NewPayout,
): Promise<{ payoutId: string; promisedOn: string }> {
  assert(amountFen > 0n, 'a payout pays more than zero');
  const { settleOn, promisedOn } = promiseAt(notBefore);
  const id = newId(at);
  const row = {
    ...{ id, userId, subject, part, amount: amountFen, settleOn, promisedOn },
    cardId: cardId ?? undefined,
  };
  if (!(await insertPayout(tx, { ...row, state: payoutProcess.initial, createdAt: at }))) {
    const first = await findPart(tx, { subject, part });
    assert(first?.amount === amountFen, `${subject} ${part} was to be paid another amount`);
    assert(first.userId === userId, `${subject} ${part} was to be paid to somebody else`);
    return { payoutId: first.id, promisedOn: first.promisedOn };
  }
  await start(tx, payoutProcess, {
    id,
    at,
    by: 'system',
    due: cutOffOf(settleOn),
    record: { subject, part, amountFen: String(amountFen), settleOn, promisedOn },
  });
  return { payoutId: id, promisedOn };
}

interface Act {
  subject: string;
  at: Date;
  /** Who decided, when it was a person. */
  actor?: string;
}

/** Compensation already owed is nobody's to freeze or cancel. */
const partsOf = async (tx: Tx, subject: string): Promise<Payout[]> =>
  (await lockPayoutsOf(tx, subject)).filter((payout) => !isCompensation(payout));
const can = (payout: Payout, transition: string): boolean =>
  allowed(payoutProcess, payout.state, 'operator').includes(transition);

/**
 * Stops every part of the subject that was not sent yet. `held`: all of the money is now in PAYABLE and stays
 * there; false when some of it is on its way or paid, which then is a matter of a clawback.
 */
export async function freezePayout(
  tx: Tx,
  { subject, at, actor }: Act,
): Promise<{ held: boolean }> {
  const parts = await partsOf(tx, subject);
  for (const payout of parts)
    if (can(payout, 'freeze'))
      await stepPayout(tx, payout, {
        ...{ transition: 'freeze', by: 'operator', at },
        ...(actor !== undefined && { actor }),
        patch: { runId: null },
      });
  const after = await lockPayoutsOf(tx, subject);
  const states = after.filter((payout) => !isCompensation(payout)).map(({ state }) => state);
  return { held: states.every((state) => state === 'frozen' || state === 'cancelled') };
}

/** Frozen parts wait for the next cut-off again, under a new promise. */
export async function unfreezePayout(tx: Tx, { subject, at, actor }: Act): Promise<void> {
  for (const payout of await partsOf(tx, subject))
    if (payout.state === 'frozen')
      await backToCreated(tx, payout, {
        ...{ transition: 'unfreeze', by: 'operator', at, to: promiseAt(at), isOurs: false },
        ...(actor !== undefined && { actor }),
      });
}

/** A main part that only waits for its day joins the next cut-off, under its promise; anything else stays as it is. */
export async function hastenPayout(tx: Tx, act: Act): Promise<void> {
  const payout = await findPart(tx, { subject: act.subject, part: MAIN });
  if (payout?.state !== 'created') return;
  await freezePayout(tx, act);
  await unfreezePayout(tx, act);
}

/** Calls off every part that was not sent; its money stays in PAYABLE. `cancelled`: none was sent or paid. */
export async function cancelPayout(
  tx: Tx,
  { subject, at, actor }: Act,
): Promise<{ cancelled: boolean }> {
  let cancelled = true;
  for (const payout of await partsOf(tx, subject)) {
    if (can(payout, 'cancel'))
      await stepPayout(tx, payout, {
        ...{ transition: 'cancel', by: 'operator', at },
        ...(actor !== undefined && { actor }),
        patch: { runId: null },
      });
    else cancelled &&= payout.state === 'cancelled';
  }
  return { cancelled };
}

export interface PayoutFacts {
  payoutId: string;
  /** As people are told: a closed payout is a paid one. */
  state: string;
  amountFen: Fen;
  settleOn: string;
  promisedOn: string;
  paidAt?: Date;
  failure?: string;
  compensationFen?: Fen;
}

export const shownState = (state: string): string => (state === 'closed' ? 'paid' : state);

/** The payout of a subject, its main part unless another is named. */
export async function payoutOf(
  reader: Reader,
  subject: string,
  part: string = MAIN,
): Promise<PayoutFacts | undefined> {
  const payout = await findPart(reader, { subject, part });
  if (!payout) return undefined;
  const compensation = (await compensationsOf(reader, [payout.id])).get(payout.id);
  return {
    payoutId: payout.id,
    state: shownState(payout.state),
    amountFen: payout.amount,
    settleOn: payout.settleOn,
    promisedOn: payout.promisedOn,
    ...(payout.paidAt && { paidAt: payout.paidAt }),
    ...(payout.failure !== undefined && { failure: payout.failure }),
    ...(compensation !== undefined && { compensationFen: compensation }),
  };
}
