/**
 * A recycler that does not pay what it owes a seller: its wallet pays, then its deposit, then the reserve, which is
 * owed it from then on. What even the reserve lacks waits, in plain view of finance, until it is filled.
 */
import assert from 'node:assert/strict';
import { type AccountCode, balanceOf, post } from '#ledger';
import { lockedRecycler } from '#parties';
import {
  type Db,
  type Fen,
  fen,
  inTransaction,
  newId,
  type Reader,
  type Tx,
  ZERO,
} from '#platform';
import { append } from '#record';
import { createPayout } from '../create.ts';
import { payFromReserve, RESERVE_CASH, recover } from '../reserve.ts';
import { payableOf } from '../step.ts';
import { payeeOfRecycler } from './domain.ts';
import { depositOf, walletOf } from './money.ts';
import {
  addReserve,
  type CoverRow,
  findCover,
  insertCover,
  listOpenCovers,
  lockCover,
} from './store-cover.ts';

export type CoverReason = 'auction_unpaid' | 'false_report';

export interface Owed {
  readonly recyclerId: string;
  /** The seller. */
  readonly payeeId: string;
  /** The auction or order. */
  readonly subject: string;
  readonly reason: CoverReason;
  readonly owedFen: Fen;
  /** The payee was paid already and owes it to us since: nothing is paid out, the debt ends. */
  readonly isDebt?: boolean;
  readonly at: Date;
}

export interface Covered {
  readonly walletFen: Fen;
  readonly depositFen: Fen;
  readonly reserveFen: Fen;
}

const least = (one: bigint, other: bigint): Fen => fen(one < other ? one : other);

/** Locks the recycler before money moves. The same default again is the first answer again. */
export async function coverDefault(tx: Tx, owed: Owed): Promise<Covered> {
  const { recyclerId: recycler, payeeId: userId, subject, reason, owedFen, at } = owed;
  const { isDebt = false } = owed;
  const to = payeeAccount(userId, isDebt);
  assert(owedFen > ZERO, 'a default is more than zero');
  await lockedRecycler(tx, recycler);
  const known = await findCover(tx, { recycler, subject, reason });
  if (known) return known;
  const parts = await partsOf(tx, recycler, owedFen);
  const { walletFen, depositFen, reserveFen } = parts;
  const id = newId(at);
  const row = { ...parts, id, recycler, payeeId: userId, subject, reason, owedFen, isDebt, at };
  await insertCover(tx, row);
  const own = fen(walletFen + depositFen);
  if (own > ZERO) {
    if (!isDebt) await createPayout(tx, { userId, subject: id, part: 'cover', amountFen: own, at });
    const legs = [
      { from: walletOf(recycler), to, amount: walletFen },
      { from: depositOf(recycler), to, amount: depositFen },
    ].filter(({ amount }) => amount > ZERO);
    await post(tx, { kind: 'recycler.cover', ref: id, subject, at, legs });
  }
  if (reserveFen > ZERO) await payByReserve(tx, row, { amountFen: reserveFen, part: 0n, at });
  const data = {
    ...{ subject, reason, owedFen: String(owedFen), walletFen: String(walletFen) },
    ...{ depositFen: String(depositFen), reserveFen: String(reserveFen) },
  };
  await append(tx, { subject: recycler, type: 'recycler.covered', data, at });
  return parts;
}

async function partsOf(reader: Reader, recycler: string, owedFen: Fen): Promise<Covered> {
  const wallet = await balanceOf(reader, walletOf(recycler));
  const deposit = await balanceOf(reader, depositOf(recycler));
  const reserve = await balanceOf(reader, RESERVE_CASH);
  const walletFen = least(wallet.balance - wallet.held, owedFen);
  const depositFen = least(deposit.balance - deposit.held, owedFen - walletFen);
  const reserveFen = least(reserve.balance - reserve.held, owedFen - walletFen - depositFen);
  return { walletFen, depositFen, reserveFen };
}

const payeeAccount = (userId: string, isDebt: boolean): AccountCode =>
  isDebt ? `RECEIVABLE:${userId}` : payableOf(userId);

/** Each time the reserve pays for one default has a name of its own: what it had paid before. */
async function payByReserve(
  tx: Tx,
  { id: subject, recycler, payeeId: userId, isDebt }: CoverRow,
  { amountFen, part, at }: { amountFen: Fen; part: bigint; at: Date },
): Promise<void> {
  const what = { subject, amountFen, at, reason: `cover.${part}` };
  if (isDebt) {
    const legs = [{ from: RESERVE_CASH, to: payeeAccount(userId, true), amount: amountFen }];
    await post(tx, { kind: 'reserve.pay', ref: `${subject}/${what.reason}`, subject, at, legs });
  } else await payFromReserve(tx, { ...what, to: { userId } });
  await recover(tx, { ...what, userId: payeeOfRecycler(recycler) });
}

/** To be called now and then: what the reserve could not pay at once, as soon as it can. Gives how many were paid. */
export async function coverRest(db: Db, at: Date): Promise<number> {
  let paid = 0;
  for (const id of await listOpenCovers(db))
    paid += await inTransaction(db, async (tx) => {
      const row = await lockCover(tx, id);
      const { balance, held } = await balanceOf(tx, RESERVE_CASH);
      const open = row.owedFen - row.walletFen - row.depositFen - row.reserveFen;
      const amountFen = least(balance - held, open);
      if (amountFen <= ZERO) return 0;
      await addReserve(tx, { id, amountFen });
      await payByReserve(tx, row, { amountFen, part: row.reserveFen, at });
      return 1;
    });
  return paid;
}
