/** SQL of the keys from which the house sends. */
import { type Selectable, sql } from 'kysely';
import type { Address } from 'viem';
import type { Database, Reader, Tx } from '#platform';

export interface Relayer extends Omit<Selectable<Database['exchange.relayer']>, 'address'> {
  readonly address: Address;
}

const select = (reader: Reader) => reader.selectFrom('exchange.relayer').selectAll();

/** Rounds and commands that change who sends take turns. */
export async function lockRelayers(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('exchange/relayers', 0))`.execute(tx);
}

/** Newest first. */
export async function relayers(reader: Reader): Promise<Relayer[]> {
  return (await select(reader).orderBy('version', 'desc').execute()) as Relayer[];
}

export async function relayerAt(reader: Reader, address: Address): Promise<Relayer | undefined> {
  const row = await select(reader).where('address', '=', address).executeTakeFirst();
  return row as Relayer | undefined;
}

/** Undefined in a house that never had a chain. */
export async function sendingRelayer(reader: Reader): Promise<Relayer | undefined> {
  const row = await select(reader)
    .where('sends_from', 'is not', null)
    .where('takes_until', 'is', null)
    .executeTakeFirst();
  return row as Relayer | undefined;
}

/** Keys that a sale may name at `at`, newest first; locked, so that none is retired before what names it is stored. */
export async function takingRelayers(tx: Tx, at: Date): Promise<Relayer[]> {
  const rows = await select(tx)
    .where('sends_from', 'is not', null)
    .where((eb) => eb.or([eb('takes_until', 'is', null), eb('takes_until', '>', at)]))
    .orderBy('version', 'desc')
    .forShare()
    .execute();
  return rows as Relayer[];
}

/** False where there is one of this version already. */
export async function insertRelayer(
  tx: Tx,
  row: Pick<Relayer, 'version' | 'address' | 'made_at' | 'sends_from'>,
): Promise<boolean> {
  const added = await tx
    .insertInto('exchange.relayer')
    .values(row)
    .onConflict((on) => on.column('version').doNothing())
    .returning('version')
    .executeTakeFirst();
  return added !== undefined;
}

export async function saveRelayer(
  tx: Tx,
  version: number,
  change: Partial<Pick<Relayer, 'sends_from' | 'takes_until' | 'retired_at'>>,
): Promise<void> {
  await tx.updateTable('exchange.relayer').set(change).where('version', '=', version).execute();
}

/** Transactions of this key that have not ended. */
export async function leftToSend(reader: Reader, sender: Address): Promise<number> {
  const { left } = await reader
    .selectFrom('exchange.relay')
    .select((eb) => eb.fn.countAll<bigint>().as('left'))
    .where('sender', '=', sender)
    .where('state', 'in', ['waiting', 'sent'])
    .executeTakeFirstOrThrow();
  return Number(left);
}
