/** SQL of payout accounts: one current version a person, the older ones kept for what was sent to them. */
import type { Selectable } from 'kysely';
import type { Database, Reader, Tx } from '#platform';
import type { BankCode } from './schema.ts';

export interface Account {
  readonly id: string;
  readonly userId: string;
  readonly bankCode: BankCode;
  readonly number: Buffer;
  readonly fingerprint: Buffer;
  readonly last4: string;
  readonly name: Buffer;
  readonly createdAt: Date;
}

const toAccount = (row: Selectable<Database['settlement.payout_account']>): Account => ({
  id: row.id,
  userId: row.user_id,
  bankCode: row.bank_code as BankCode,
  number: row.number,
  fingerprint: row.fingerprint,
  last4: row.last4,
  name: row.name,
  createdAt: row.created_at,
});

export async function findAccount(reader: Reader, userId: string): Promise<Account | undefined> {
  const row = await reader
    .selectFrom('settlement.payout_account')
    .selectAll()
    .where('user_id', '=', userId)
    .where('replaced_at', 'is', null)
    .executeTakeFirst();
  return row && toAccount(row);
}

/** The account of that version, replaced or not. */
export async function findAccountById(reader: Reader, id: string): Promise<Account | undefined> {
  const row = await reader
    .selectFrom('settlement.payout_account')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row && toAccount(row);
}

/** Of these people, those who can be paid. */
export async function haveAccounts(
  reader: Reader,
  userIds: readonly string[],
): Promise<Set<string>> {
  if (userIds.length === 0) return new Set();
  const rows = await reader
    .selectFrom('settlement.payout_account')
    .select('user_id')
    .where('user_id', 'in', userIds)
    .where('replaced_at', 'is', null)
    .execute();
  return new Set(rows.map((row) => row.user_id));
}

/** A new version; the one before it stays for the payouts that were sent to it. */
export async function replaceAccount(tx: Tx, account: Account): Promise<void> {
  await tx
    .updateTable('settlement.payout_account')
    .set({ replaced_at: account.createdAt })
    .where('user_id', '=', account.userId)
    .where('replaced_at', 'is', null)
    .execute();
  await tx
    .insertInto('settlement.payout_account')
    .values({
      id: account.id,
      user_id: account.userId,
      bank_code: account.bankCode,
      number: account.number,
      fingerprint: account.fingerprint,
      last4: account.last4,
      name: account.name,
      created_at: account.createdAt,
    })
    .execute();
}

/** Last four digits of each person's account. */
export async function last4Of(
  reader: Reader,
  userIds: readonly string[],
): Promise<Map<string, string>> {
  if (userIds.length === 0) return new Map();
  const rows = await reader
    .selectFrom('settlement.payout_account')
    .select(['user_id', 'last4'])
    .where('user_id', 'in', userIds)
    .where('replaced_at', 'is', null)
    .execute();
  return new Map(rows.map((row) => [row.user_id, row.last4]));
}

/** Empties all versions of a person's account; the payouts sent to them keep their numbers at the bank. */
export async function blankAccounts(tx: Tx, userId: string, at: Date): Promise<number> {
  const empty = Buffer.alloc(0);
  const { numUpdatedRows } = await tx
    .updateTable('settlement.payout_account')
    .set((eb) => ({
      number: empty,
      name: empty,
      fingerprint: empty,
      last4: '0000',
      replaced_at: eb.fn.coalesce('replaced_at', eb.val(at)),
    }))
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}

/** Whether the current accounts of two people have one number. */
export async function sharedAccount(
  reader: Reader,
  { one, other }: { one: string; other: string },
): Promise<boolean> {
  const row = await reader
    .selectFrom('settlement.payout_account as a')
    .innerJoin('settlement.payout_account as b', 'b.fingerprint', 'a.fingerprint')
    .select('a.id')
    .where('a.user_id', '=', one)
    .where('b.user_id', '=', other)
    .where('a.replaced_at', 'is', null)
    .where('b.replaced_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
