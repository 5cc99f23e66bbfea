/** SQL of swaps, card for card. */
import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { Address, Hex } from 'viem';
import { type Database, type Fen, fen, type Reader, type Tx, violated } from '#platform';
import type { SwapState } from './swap-life.ts';

type Row = Selectable<Database['exchange.swap']>;
type Texts = 'state' | 'give_id' | 'want_id' | 'maker' | 'taker' | 'top_up_fen' | 'signature';
export interface Swap extends Omit<Row, Texts> {
  readonly state: SwapState;
  readonly give_id: Hex;
  readonly want_id: Hex;
  readonly maker: Address;
  readonly taker: Address;
  readonly top_up_fen: Fen;
  readonly signature: Hex;
}
const toSwap = (row: Row): Swap => ({
  ...row,
  state: row.state as SwapState,
  give_id: row.give_id as Hex,
  want_id: row.want_id as Hex,
  maker: row.maker as Address,
  taker: row.taker as Address,
  top_up_fen: fen(row.top_up_fen),
  signature: row.signature as Hex,
});
const swaps = (reader: Reader) => reader.selectFrom('exchange.swap').selectAll();

/** False when these two cards are proposed already, or this very message was given before. */
export async function insertSwap(
  tx: Tx,
  row: Insertable<Database['exchange.swap']>,
): Promise<boolean> {
  try {
    await tx.insertInto('exchange.swap').values(row).execute();
    return true;
  } catch (error) {
    const name = violated(error);
    if (name === 'swap_one_live' || name === 'swap_digest_key') return false;
    throw error;
  }
}

export async function findSwap(reader: Reader, id: string): Promise<Swap | undefined> {
  const row = await swaps(reader).where('id', '=', id).executeTakeFirst();
  return row && toSwap(row);
}

export async function lockSwap(tx: Tx, id: string): Promise<Swap | undefined> {
  const row = await swaps(tx).where('id', '=', id).forUpdate().executeTakeFirst();
  return row && toSwap(row);
}

export async function saveSwap(
  tx: Tx,
  id: string,
  change: Updateable<Database['exchange.swap']>,
): Promise<void> {
  await tx.updateTable('exchange.swap').set(change).where('id', '=', id).execute();
}

/** Swaps that may still be settled, about some cards or by one wallet; locked in their order. */
export async function lockLiveSwaps(
  tx: Tx,
  of: { tokenIds: readonly string[] } | { maker: string },
): Promise<Swap[]> {
  const query = swaps(tx).where('state', 'in', ['open', 'filling']).orderBy('id').forUpdate();
  const rows = await ('maker' in of
    ? query.where('maker', '=', of.maker)
    : query.where((eb) =>
        eb.or([eb('give_id', 'in', [...of.tokenIds]), eb('want_id', 'in', [...of.tokenIds])]),
      )
  ).execute();
  return rows.map(toSwap);
}

/** Did this transaction swap cards? Its `Swapped` says more than the transfers that it is made of. */
export async function isSwap(reader: Reader, hash: string): Promise<boolean> {
  const { rows } = await sql<{ yes: boolean }>`
    select exists (select from exchange.log where tx = ${hash} and event in ('Swapped', 'SwappedWithTopUp')) as yes`.execute(
    reader,
  );
  return rows[0]?.yes ?? false;
}

/** Of a person, on either side, newest first; one row more than asked for. */
export async function listSwaps(
  reader: Reader,
  { userId, cursor, limit }: { userId: string; cursor?: string | undefined; limit: number },
): Promise<Swap[]> {
  let query = swaps(reader)
    .where((eb) => eb.or([eb('maker_id', '=', userId), eb('taker_id', '=', userId)]))
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (cursor !== undefined) query = query.where('id', '<', cursor);
  return (await query.execute()).map(toSwap);
}
