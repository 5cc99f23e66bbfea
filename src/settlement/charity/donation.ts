/** Gifts: booked when a sale settles, paid out to the charity once a month, and shown to the donor as a receipt. */
import assert from 'node:assert/strict';
import { post } from '#ledger';
import {
  chinaInstant,
  type Db,
  type Fen,
  inTransaction,
  newId,
  type Reader,
  Refused,
  sum,
  type Tx,
} from '#platform';
import { append } from '#record';
import { createPayout, payoutOf } from '../create.ts';
import { payableOf } from '../step.ts';
import { charityAccount, isChoosable, strikeCharity } from './charity.ts';
import { monthOf, payeeOf } from './domain.ts';
import {
  type Charity,
  type Donation,
  findBatch,
  findCharity,
  findDonation,
  insertBatch,
  insertDonation,
  listCharities,
  lockCharity,
  lockWaiting,
  saveReturned,
} from './store.ts';

/** Whether a gift may still be booked: asked at settlement, since a licence may have ended after the choice. */
export async function mayGive(reader: Reader, charityId: string, at: Date): Promise<boolean> {
  const row = await findCharity(reader, charityId);
  return row !== undefined && isChoosable(row, at);
}

/**
 * Notes a gift whose money the caller's process moves into `CHARITY:id` in the same transaction. Once per sale and
 * charity. Refuses `charity_not_choosable`.
 */
export async function donate(
  tx: Tx,
  gift: {
    subject: string;
    donorId: string;
    charityId: string;
    amountFen: Fen;
    /** The donor agreed to be listed, under a masked name. */
    isPublic: boolean;
    at: Date;
  },
): Promise<{ donationId: string }> {
  const { subject, donorId, charityId, amountFen: amount, isPublic, at } = gift;
  assert(amount > 0n, 'a gift is more than zero');
  if (!(await mayGive(tx, charityId, at))) throw new Refused('charity_not_choosable');
  const id = newId(at);
  const row = { id, subject, donorId, charityId, amount, isPublic, givenAt: at };
  if (await insertDonation(tx, row)) {
    const data = { charityId, amountFen: String(amount) };
    await append(tx, { subject, type: 'donation.given', data, at });
    return { donationId: id };
  }
  const first = await findDonation(tx, { subject, charityId });
  assert(first?.amount === amount && first.donorId === donorId, `${subject} gave another amount`);
  return { donationId: first.id };
}

/** Pays out the gifts of past months, a batch a charity and month; call it as often as you like. */
export async function disburse(db: Db, at: Date): Promise<string[]> {
  const month = monthOf(at);
  const made: string[] = [];
  for (const charity of await listCharities(db, 'listed')) {
    if (!isChoosable(charity, at)) continue;
    if (await findBatch(db, { charityId: charity.id, month })) continue;
    const batchNo = await inTransaction(db, (tx) => makeBatch(tx, charity, { month, at }));
    if (batchNo !== undefined) made.push(batchNo);
  }
  return made;
}

async function makeBatch(
  tx: Tx,
  { id: charityId, creditCode }: Charity,
  { month, at }: { month: string; at: Date },
): Promise<string | undefined> {
  await lockCharity(tx, charityId);
  // Another worker may have made it while we waited for the lock.
  if (await findBatch(tx, { charityId, month })) return undefined;
  const gifts = await lockWaiting(tx, charityId, chinaInstant(`${month}-01`));
  if (gifts.length === 0) return undefined;
  const id = newId(at);
  const amount = sum(gifts.map((one) => one.amount));
  const batchNo = `${month}-${creditCode}`;
  const batch = { id, batchNo, charityId, month, amount, count: gifts.length, createdAt: at };
  await insertBatch(
    tx,
    batch,
    gifts.map((one) => one.id),
  );
  const userId = payeeOf(charityId);
  const legs = [{ from: charityAccount(charityId), to: payableOf(userId), amount }];
  await post(tx, { kind: 'donation.batch', ref: id, subject: id, at, legs });
  await createPayout(tx, { userId, subject: id, amountFen: amount, at });
  const data = { charityId, batchNo, amountFen: String(amount), count: gifts.length };
  await append(tx, { subject: id, type: 'donation.batched', data, at });
  return batchNo;
}

/** Off the list for good: what it was not paid yet goes back to its donors. */
export async function strikeAndReturn(
  tx: Tx,
  strike: { id: string; actor: string; at: Date },
): Promise<void> {
  const { id: charityId, at } = strike;
  await strikeCharity(tx, strike);
  for (const { id, donorId, amount } of await lockWaiting(tx, charityId, new Date(8.64e15))) {
    const legs = [{ from: charityAccount(charityId), to: payableOf(donorId), amount }];
    await post(tx, { kind: 'donation.return', ref: id, subject: id, at, legs });
    await createPayout(tx, { userId: donorId, subject: id, amountFen: amount, at });
    await saveReturned(tx, id, at);
  }
}

export interface ReceiptFacts {
  donation: Donation;
  charity: Charity;
  batchNo: string | undefined;
  /** When the bank paid the batch. */
  paidAt: Date | undefined;
}

/** What a donor may print: how much, to whom, when, and under which number it was paid out. */
export async function receiptOf(reader: Reader, donation: Donation): Promise<ReceiptFacts> {
  const charity = await findCharity(reader, donation.charityId);
  assert(charity);
  const { batchId } = donation;
  const batch = batchId === undefined ? undefined : await findBatch(reader, { id: batchId });
  const payout = batch && (await payoutOf(reader, batch.id));
  return { donation, charity, batchNo: batch?.batchNo, paidAt: payout?.paidAt };
}
