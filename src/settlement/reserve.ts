/**
 * The platform's own guarantee fund: it pays a buyer first and then claims the money from whoever is at fault.
 * `cash` is money in custody; a claim stands apart in `claims` until it is collected, for a promise pays nobody.
 */
import assert from 'node:assert/strict';
import { Gauge } from 'prom-client';
import { type AccountCode, balanceOf, post } from '#ledger';
import { type Fen, fen, type Log, metrics, newId, type Reader, Refused, type Tx } from '#platform';
import { append } from '#record';
import { createPayout } from './create.ts';
import { refund } from './payin/refund.ts';
import {
  addCollected,
  findRecovery,
  insertRecovery,
  lockRecoveriesOf,
  sumRecoveries,
} from './reserve_store.ts';
import { RESERVE_POLICY } from './schema.ts';
import { payableOf } from './step.ts';

export const RESERVE_CASH: AccountCode = 'RESERVE:cash';
const RESERVE_CLAIMS: AccountCode = 'RESERVE:claims';
const receivableOf = (userId: string): AccountCode => `RECEIVABLE:${userId}`;

const cashGauge = new Gauge({
  name: 'huiquan_reserve_cash_fen',
  help: 'What the guarantee fund can pay out now',
  registers: [metrics],
});

/**
 * Pays a buyer out of the fund: back the way they paid, or to the bank account of a person. The same subject and
 * reason again is the first answer again. Refuses `reserve_short`, and what `refund` refuses.
 */
export async function payFromReserve(
  tx: Tx,
  pay: {
    subject: string;
    to: 'refund' | { userId: string };
    amountFen: Fen;
    at: Date;
    reason: string;
  },
): Promise<void> {
  const { subject, to, amountFen, at, reason } = pay;
  assert(amountFen > 0n, 'the reserve pays more than zero');
  if (to === 'refund') {
    await shortRefused(() => refund(tx, { subject, amountFen, from: RESERVE_CASH, at, reason }));
    return;
  }
  const { userId } = to;
  const legs = [{ from: RESERVE_CASH, to: payableOf(userId), amount: amountFen }];
  const ref = `${subject}/${reason}`;
  const fresh = await shortRefused(() => post(tx, { kind: 'reserve.pay', ref, subject, at, legs }));
  if (!fresh) return;
  await createPayout(tx, { userId, subject, part: `reserve-${reason}`, amountFen, at });
  const data = { reason, amountFen: String(amountFen) };
  await append(tx, { subject, type: 'reserve.paid', data, at });
}

async function shortRefused<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refused && error.refusal.code === 'insufficient_funds')
      throw new Refused('reserve_short');
    throw error;
  }
}

/** From now on whoever is at fault owes the fund. Once per subject and reason. */
export async function recover(
  tx: Tx,
  claim: { subject: string; userId: string; amountFen: Fen; at: Date; reason: string },
): Promise<void> {
  const { subject, userId, amountFen: amount, at, reason } = claim;
  assert(amount > 0n, 'a claim is more than zero');
  const known = await findRecovery(tx, { subject, reason });
  if (known) {
    assert(known.amount === amount && known.userId === userId, `${subject} ${reason} differs`);
    return;
  }
  const id = newId(at);
  await insertRecovery(tx, { id, subject, reason, userId, amount, createdAt: at });
  const legs = [{ from: receivableOf(userId), to: RESERVE_CLAIMS, amount }];
  await post(tx, { kind: 'reserve.claim', ref: id, subject, at, legs });
  const data = { reason, userId, amountFen: String(amount) };
  await append(tx, { subject, type: 'reserve.claimed', data, at });
}

/**
 * Takes what a person owes the fund out of what they are owed (PAYABLE, or where else `from` says), oldest claim first,
 * at most `availableFen`. Returns what was taken; the caller pays out the rest.
 */
export async function collect(
  tx: Tx,
  debt: { userId: string; availableFen: Fen; at: Date; from?: AccountCode },
): Promise<Fen> {
  const { userId, availableFen, at, from = payableOf(userId) } = debt;
  let left: bigint = availableFen;
  for (const { id, subject, amount, collected } of await lockRecoveriesOf(tx, userId)) {
    const open = amount - collected;
    const part = fen(open < left ? open : left);
    if (part === 0n) break;
    const legs = [
      { from, to: receivableOf(userId), amount: part },
      { from: RESERVE_CLAIMS, to: RESERVE_CASH, amount: part },
    ];
    await post(tx, { kind: 'reserve.collect', ref: `${id}/${collected}`, subject, at, legs });
    await addCollected(tx, id, part);
    const data = { userId, amountFen: String(part) };
    await append(tx, { subject, type: 'reserve.collected', data, at });
    left -= part;
  }
  return fen(availableFen - left);
}

export interface ReserveFacts {
  cashFen: Fen;
  /** Owed to the fund by others. */
  claimsFen: Fen;
  lowWaterFen: Fen;
  isLow: boolean;
}

export async function reserveFacts(reader: Reader): Promise<ReserveFacts> {
  const { balance: cashFen } = await balanceOf(reader, RESERVE_CASH);
  const lowWaterFen = fen(RESERVE_POLICY.lowWaterFen);
  const claimsFen = await sumRecoveries(reader);
  return { cashFen, claimsFen, lowWaterFen, isLow: cashFen < lowWaterFen };
}

/** Once an hour. */
export async function watchReserve(reader: Reader, log: Log): Promise<void> {
  const { cashFen, isLow } = await reserveFacts(reader);
  cashGauge.set(Number(cashFen));
  if (isLow) log.warn({ cashFen: String(cashFen) }, 'the reserve is below its low-water mark');
}
