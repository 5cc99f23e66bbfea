/** SQL of issuers' locks on cards of the chain. */
import type { Insertable, Selectable, Updateable } from 'kysely';
import type { Hex } from 'viem';
import type { Database, Reader, Tx } from '#platform';
import type { LockState } from './lock-life.ts';

type Row = Selectable<Database['exchange.card_lock']>;
export interface CardLock extends Omit<Row, 'state'> {
  readonly state: LockState;
}
/** Its issuer renews it no longer. */
export const ENDING: readonly LockState[] = ['ending', 'lapsed'];
const locks = (reader: Reader) => reader.selectFrom('exchange.card_lock').selectAll();

export async function insertLock(
  tx: Tx,
  row: Insertable<Database['exchange.card_lock']>,
): Promise<void> {
  await tx.insertInto('exchange.card_lock').values(row).execute();
}

export async function findLock(reader: Reader, id: string): Promise<CardLock | undefined> {
  return (await locks(reader).where('id', '=', id).executeTakeFirst()) as CardLock | undefined;
}

export async function lockOfToken(reader: Reader, tokenRef: string): Promise<CardLock | undefined> {
  const row = await locks(reader).where('token_ref', '=', tokenRef).executeTakeFirst();
  return row as CardLock | undefined;
}

/** Locks the row until commit; after the token, never before it. */
export async function takeLock(tx: Tx, id: string): Promise<CardLock | undefined> {
  const row = await locks(tx).where('id', '=', id).forUpdate().executeTakeFirst();
  return row as CardLock | undefined;
}

export async function saveLock(
  tx: Tx,
  id: string,
  change: Updateable<Database['exchange.card_lock']>,
): Promise<void> {
  await tx.updateTable('exchange.card_lock').set(change).where('id', '=', id).execute();
}

/** Does the issuer's lock on one of these cards end, or is it over? */
export async function isLockEnding(reader: Reader, tokenIds: readonly Hex[]): Promise<boolean> {
  const row = await reader
    .selectFrom('exchange.card_lock as l')
    .innerJoin('exchange.token as t', 't.id', 'l.token_ref')
    .select('l.id')
    .where('t.token_id', 'in', tokenIds)
    .where('l.state', 'in', ENDING)
    .executeTakeFirst();
  return row !== undefined;
}
