/** SQL of the transactions that the house sends. */
import { type Selectable, sql } from 'kysely';
import type { Address, Hex } from 'viem';
import type { Database, Reader, Tx } from '#platform';
import type { RelayState } from './life.ts';

type Row = Selectable<Database['exchange.relay']>;
export interface Relay extends Omit<Row, 'state' | 'sender' | 'target' | 'calldata'> {
  readonly state: RelayState;
  readonly sender: Address;
  readonly target: Address;
  readonly calldata: Hex;
}
export interface Try {
  readonly hash: Hex;
  readonly raw: Hex;
  readonly maxFee: bigint;
  readonly at: Date;
}

const toRelay = (row: Row): Relay => row as Relay;
const select = (reader: Reader) => reader.selectFrom('exchange.relay').selectAll();

export async function insertRelay(
  tx: Tx,
  relay: Pick<
    Relay,
    'id' | 'purpose' | 'subject' | 'user_id' | 'sender' | 'target' | 'calldata'
  > & {
    gas_max: bigint;
    nonce?: bigint;
    after?: string | null;
    value?: string;
    created_at: Date;
  },
): Promise<void> {
  await tx
    .insertInto('exchange.relay')
    .values({ ...relay, state: 'waiting' })
    .execute();
}

export async function findRelay(reader: Reader, id: string): Promise<Relay | undefined> {
  const row = await select(reader).where('id', '=', id).executeTakeFirst();
  return row && toRelay(row);
}

export async function lockRelay(tx: Tx, id: string): Promise<Relay | undefined> {
  const row = await select(tx).where('id', '=', id).forUpdate().executeTakeFirst();
  return row && toRelay(row);
}

export async function saveRelay(
  tx: Tx,
  id: string,
  change: Partial<Pick<Relay, 'state' | 'nonce' | 'gas_used' | 'block' | 'error'>>,
): Promise<void> {
  await tx.updateTable('exchange.relay').set(change).where('id', '=', id).execute();
}

/** All that have not ended. */
export async function lockLive(tx: Tx): Promise<Relay[]> {
  const live = select(tx).where('state', 'in', ['waiting', 'sent']);
  return (await live.orderBy('id').forUpdate().execute()).map(toRelay);
}

/** A chain that is begun anew counts from zero: no number on it is taken. */
export async function freeNumbers(tx: Tx): Promise<void> {
  await tx
    .updateTable('exchange.relay')
    .set({ nonce: null })
    .where('nonce', 'is not', null)
    .execute();
  await tx.deleteFrom('exchange.sender').execute();
}

/** Whether this very call is on its way already. */
export async function isUnderWay(
  reader: Reader,
  { to, data }: { to: Address; data: Hex },
): Promise<boolean> {
  const row = await select(reader)
    .where('target', '=', to)
    .where('calldata', '=', data)
    .where('state', 'in', ['waiting', 'sent'])
    .executeTakeFirst();
  return row !== undefined;
}

/** Takes the sender's next number; no other transaction of ours can take it, and none is left out. */
export async function takeNonce(tx: Tx, address: Address, onChain: bigint): Promise<bigint> {
  await tx
    .insertInto('exchange.sender')
    .values({ address, next_nonce: onChain })
    .onConflict((on) => on.column('address').doNothing())
    .execute();
  const { next_nonce: next } = await tx
    .selectFrom('exchange.sender')
    .select('next_nonce')
    .where('address', '=', address)
    .forUpdate()
    .executeTakeFirstOrThrow();
  // Somebody with the same key sent from elsewhere: the chain knows better.
  const nonce = next > onChain ? next : onChain;
  await tx
    .updateTable('exchange.sender')
    .set({ next_nonce: nonce + 1n })
    .where('address', '=', address)
    .execute();
  return nonce;
}

export async function insertTry(tx: Tx, relayId: string, one: Try): Promise<void> {
  await tx
    .insertInto('exchange.relay_try')
    .values({
      relay_id: relayId,
      hash: one.hash,
      raw: one.raw,
      max_fee: String(one.maxFee),
      at: one.at,
    })
    .onConflict((on) => on.column('hash').doNothing())
    .execute();
}

/** Oldest first: each is a transaction that may have been mined. */
export async function triesOf(reader: Reader, relayId: string): Promise<Try[]> {
  const rows = await reader
    .selectFrom('exchange.relay_try')
    .selectAll()
    .where('relay_id', '=', relayId)
    .orderBy('at')
    .orderBy('max_fee')
    .execute();
  return rows.map((row) => ({
    hash: row.hash as Hex,
    raw: row.raw as Hex,
    maxFee: BigInt(row.max_fee),
    at: row.at,
  }));
}

/** One person's transactions are counted one after the other until commit. */
export async function lockBudget(tx: Tx, userId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`exchange/relay/${userId}`}, 0))`.execute(
    tx,
  );
}

/** Gas that the person's transactions used or may still use since `since`; those refused cost nothing. */
export async function gasSince(reader: Reader, userId: string, since: Date): Promise<bigint> {
  const { rows } = await sql<{ gas: bigint | null }>`
    select coalesce(sum(coalesce(gas_used, gas_max)), 0)::int8 as gas from exchange.relay
    where user_id = ${userId} and created_at > ${since} and state <> 'refused'`.execute(reader);
  return rows[0]?.gas ?? 0n;
}

/** A person's newest permit that is still on its way: the next one has to come after it. */
export async function livePermit(reader: Reader, userId: string): Promise<string | undefined> {
  const row = await reader
    .selectFrom('exchange.relay')
    .select('id')
    .where('user_id', '=', userId)
    .where('purpose', '=', 'permit')
    .where('state', 'in', ['waiting', 'sent'])
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id;
}

export async function countWaiting(reader: Reader): Promise<number> {
  const { count } = await reader
    .selectFrom('exchange.relay')
    .select((eb) => eb.fn.countAll<bigint>().as('count'))
    .where('state', 'in', ['waiting', 'sent'])
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function relaysOf(reader: Reader, userId: string, limit: number): Promise<Relay[]> {
  const rows = await select(reader)
    .where('user_id', '=', userId)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toRelay);
}

/** Is something for this subject still on its way to the chain? */
export async function anyUnderWay(
  reader: Reader,
  { subject, purposes }: { subject: string; purposes: readonly string[] },
): Promise<boolean> {
  const row = await reader
    .selectFrom('exchange.relay')
    .select('id')
    .where('subject', '=', subject)
    .where('purpose', 'in', [...purposes])
    .where('state', 'in', ['waiting', 'sent'])
    .executeTakeFirst();
  return row !== undefined;
}
