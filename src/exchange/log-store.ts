/** SQL of the chain as read: blocks, logs, the cursor, and what is folded from them. */
import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Address, Hex } from 'viem';
import type { Database, Reader, Tx } from '#platform';
import type { Log } from './log.ts';

export interface BlockHead {
  readonly number: bigint;
  readonly hash: Hex;
  readonly at: Date;
}
export type Cursor = Selectable<Database['exchange.cursor']>;

/** One reader of the chain at a time; false when another one is at it. */
export async function lockCursor(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ got: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended('exchange/cursor', 0)) as got`.execute(tx);
  return rows[0]?.got ?? false;
}

export async function findCursor(reader: Reader): Promise<Cursor | undefined> {
  return await reader.selectFrom('exchange.cursor').selectAll().executeTakeFirst();
}

export async function saveCursor(
  tx: Tx,
  to: { next: bigint; head: bigint; final: bigint; headAt: Date | undefined; readAt: Date },
): Promise<void> {
  const row = {
    ...{ next_block: to.next, head: to.head, final: to.final },
    ...{ head_at: to.headAt ?? null, read_at: to.readAt },
  };
  await tx
    .insertInto('exchange.cursor')
    .values(row)
    .onConflict((on) => on.column('one').doUpdateSet(row))
    .execute();
}

export async function noteRollback(tx: Tx): Promise<void> {
  await sql`update exchange.cursor set rollbacks = rollbacks + 1`.execute(tx);
}

export async function insertBlock(tx: Tx, block: BlockHead): Promise<void> {
  await tx
    .insertInto('exchange.block')
    .values(block)
    .onConflict((on) => on.column('number').doNothing())
    .execute();
}

/** Newest first. */
export async function newestBlocks(reader: Reader, limit: number): Promise<BlockHead[]> {
  const rows = await reader
    .selectFrom('exchange.block')
    .selectAll()
    .orderBy('number', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...row, hash: row.hash as Hex }));
}

/** Heads without logs are only needed near the top. */
export async function pruneBlocks(tx: Tx, below: bigint): Promise<void> {
  await sql`delete from exchange.block b where b.number < ${below}
    and not exists (select from exchange.log l where l.block = b.number)`.execute(tx);
}

export async function insertLog(tx: Tx, log: Log): Promise<void> {
  await tx
    .insertInto('exchange.log')
    .values({
      ...{ block: log.block, index: log.index, tx: log.tx, contract: log.contract },
      ...{ event: log.event, args: JSON.stringify(log.args), token_id: log.tokenId ?? null },
    })
    .execute();
}

const logs = (reader: Reader) =>
  reader
    .selectFrom('exchange.log as l')
    .innerJoin('exchange.block as b', 'b.number', 'l.block')
    .select(['l.block', 'l.index', 'l.tx', 'l.contract', 'l.event', 'l.args', 'l.token_id', 'b.at'])
    .orderBy('l.block')
    .orderBy('l.index');

type LogRow = Awaited<ReturnType<ReturnType<typeof logs>['execute']>>[number];
/** As it was decoded by its contract's ABI. */
const toLog = (row: LogRow): Log =>
  ({
    ...{ block: row.block, index: row.index, contract: row.contract, event: row.event, at: row.at },
    ...{ tx: row.tx, args: row.args, tokenId: row.token_id ?? undefined },
  }) as Log;

/** By a condition on the logs `l`, in the chain's order. */
export async function logsWhere(reader: Reader, condition: RawBuilder<unknown>): Promise<Log[]> {
  return (await logs(reader).where(sql<boolean>`${condition}`).execute()).map(toLog);
}

/** All that the chain said of one token, in its order. */
export async function logsOf(reader: Reader, tokenId: Hex): Promise<Log[]> {
  return (await logs(reader).where('l.token_id', '=', tokenId).execute()).map(toLog);
}

export async function logsFrom(reader: Reader, block: bigint): Promise<Log[]> {
  return (await logs(reader).where('l.block', '>=', block).execute()).map(toLog);
}

/** Deep enough and not yet followed by ledger and processes, oldest first. */
export async function unsettledUpTo(
  reader: Reader,
  { final, limit }: { final: bigint; limit: number },
): Promise<Log[]> {
  const rows = await logs(reader)
    .where('l.settled', '=', false)
    .where('l.block', '<=', final)
    .limit(limit)
    .execute();
  return rows.map(toLog);
}

export async function markSettled(tx: Tx, { block, index }: Log): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('exchange.log')
    .set({ settled: true })
    .where('block', '=', block)
    .where('index', '=', index)
    .where('settled', '=', false)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** True when a log that ledger and processes have followed already would go with the blocks from `block` on. */
export async function anySettledFrom(reader: Reader, block: bigint): Promise<boolean> {
  const row = await reader
    .selectFrom('exchange.log')
    .select('block')
    .where('block', '>=', block)
    .where('settled', '=', true)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Forgets the blocks from `block` on, their logs with them. */
export async function forgetFrom(tx: Tx, block: bigint): Promise<void> {
  await tx.deleteFrom('exchange.block').where('number', '>=', block).execute();
}

export interface Holding {
  readonly tokenId: Hex;
  readonly owner: Address | undefined;
  readonly lastOwner: Address | undefined;
  readonly nonce: bigint;
  readonly state: HoldingState;
  readonly block: bigint;
}
export type HoldingState =
  | 'NONE'
  | 'ACTIVE'
  | 'AUCTION'
  | 'SEALED'
  | 'HELD'
  | 'FRACTION'
  | 'FROZEN'
  | 'REDEEMED';

export async function saveHolding(tx: Tx, one: Holding): Promise<void> {
  const row = {
    ...{ token_id: one.tokenId, owner: one.owner ?? null, last_owner: one.lastOwner ?? null },
    ...{ nonce: one.nonce, state: one.state, block: one.block },
  };
  await tx
    .insertInto('exchange.holding')
    .values(row)
    .onConflict((on) => on.column('token_id').doUpdateSet(row))
    .execute();
}

export async function dropHolding(tx: Tx, tokenId: Hex): Promise<void> {
  await tx.deleteFrom('exchange.holding').where('token_id', '=', tokenId).execute();
}

const toHolding = (row: Selectable<Database['exchange.holding']>): Holding => ({
  tokenId: row.token_id as Hex,
  owner: (row.owner ?? undefined) as Address | undefined,
  lastOwner: (row.last_owner ?? undefined) as Address | undefined,
  nonce: row.nonce,
  state: row.state as HoldingState,
  block: row.block,
});

export async function findHolding(reader: Reader, tokenId: string): Promise<Holding | undefined> {
  const row = await reader
    .selectFrom('exchange.holding')
    .selectAll()
    .where('token_id', '=', tokenId)
    .executeTakeFirst();
  return row && toHolding(row);
}

export async function listHoldings(reader: Reader): Promise<Holding[]> {
  const rows = await reader
    .selectFrom('exchange.holding')
    .selectAll()
    .orderBy('token_id')
    .execute();
  return rows.map(toHolding);
}

/** Adds to what an address has; a taken-back log adds the opposite. */
export async function addBalance(tx: Tx, address: Address, amount: bigint): Promise<void> {
  await sql`insert into exchange.balance (address, amount) values (${address}, ${amount})
    on conflict (address) do update set amount = exchange.balance.amount + excluded.amount`.execute(
    tx,
  );
}

export async function balanceOfAddress(reader: Reader, address: string): Promise<bigint> {
  const row = await reader
    .selectFrom('exchange.balance')
    .select('amount')
    .where('address', '=', address)
    .executeTakeFirst();
  return row?.amount ?? 0n;
}

export async function listBalances(
  reader: Reader,
): Promise<{ address: Address; amount: bigint }[]> {
  const rows = await reader.selectFrom('exchange.balance').selectAll().orderBy('address').execute();
  return rows.map((row) => ({ address: row.address as Address, amount: row.amount }));
}
