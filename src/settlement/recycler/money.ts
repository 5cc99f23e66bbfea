/** A recycler's money at rest: wallet and deposit, which never mix, and how both leave again by payout. */
import assert from 'node:assert/strict';
import { type AccountCode, balanceOf, post } from '#ledger';
import { type Fen, fen, type Reader, type Tx, ZERO } from '#platform';
import { append } from '#record';
import { findAccount, sharedAccount } from '../account_store.ts';
import { createPayout } from '../create.ts';
import { collect } from '../reserve.ts';
import { payableOf } from '../step.ts';
import { payeeOfRecycler } from './domain.ts';

export const walletOf = (recycler: string): AccountCode => `WALLET:${recycler}`;
export const depositOf = (recycler: string): AccountCode => `DEPOSIT:${recycler}`;
const heldOf = (recycler: string): AccountCode => `HELD:${recycler}`;

/** Has it an account in the company's name to be paid to? */
export const hasCompanyAccount = async (reader: Reader, recyclerId: string): Promise<boolean> =>
  (await findAccount(reader, payeeOfRecycler(recyclerId))) !== undefined;

/** Money that is promised to somebody: an open bid, an order that is not settled. */
export async function hasHeldMoney(reader: Reader, recyclerId: string): Promise<boolean> {
  const [wallet, held] = await Promise.all([
    balanceOf(reader, walletOf(recyclerId)),
    balanceOf(reader, heldOf(recyclerId)),
  ]);
  return wallet.held > 0n || held.balance > 0n;
}

/** Is this person paid to the account of the company? Part of who is related to a recycler. */
export const sharesCompanyAccount = async (
  reader: Reader,
  { recyclerId, userId }: { recyclerId: string; userId: string },
): Promise<boolean> =>
  await sharedAccount(reader, { one: payeeOfRecycler(recyclerId), other: userId });

/** Moves money of a recycler out of custody's accounts into what is paid to its bank account. */
export async function payOut(
  tx: Tx,
  out: { recyclerId: string; from: AccountCode; ref: string; kind: string; amount: Fen; at: Date },
): Promise<{ payoutId: string; promisedOn: string }> {
  const { recyclerId, from, ref, kind, amount, at } = out;
  const userId = payeeOfRecycler(recyclerId);
  const legs = [{ from, to: payableOf(userId), amount }];
  const fresh = await post(tx, { kind, ref, subject: recyclerId, at, legs });
  assert(fresh, `${kind} ${ref} was paid out before`);
  return await createPayout(tx, { userId, subject: ref, amountFen: amount, at });
}

/** What it owes the reserve for defaults is taken from free money of this account. */
export async function payDebts(
  tx: Tx,
  { recyclerId, from, at }: { recyclerId: string; from: AccountCode; at: Date },
): Promise<Fen> {
  const { balance, held } = await balanceOf(tx, from);
  const availableFen = fen(balance - held);
  return await collect(tx, { userId: payeeOfRecycler(recyclerId), availableFen, at, from });
}

/** All that is left when the account closes: deposit and wallet, a payout each, in the company's name. */
export async function refundRecycler(
  tx: Tx,
  { recyclerId, at }: { recyclerId: string; at: Date },
): Promise<void> {
  for (const [what, from] of [
    ['deposit', depositOf(recyclerId)],
    ['wallet', walletOf(recyclerId)],
  ] as const) {
    await payDebts(tx, { recyclerId, from, at });
    const { balance: amount, held } = await balanceOf(tx, from);
    assert(held === ZERO, 'who has open business is not closed');
    if (amount === ZERO) continue;
    const kind = `recycler.${what}_refund`;
    const ref = `${recyclerId}.${what}`;
    const { promisedOn } = await payOut(tx, { recyclerId, from, ref, kind, amount, at });
    const data = { what, amountFen: String(amount), promisedOn };
    await append(tx, { subject: recyclerId, type: 'recycler.refunded', data, at });
  }
}
