/** SQL of split cards: the folded rows, and the logs that they are folded from. */
import { type Selectable, sql } from 'kysely';
import type { Address, Hex } from 'viem';
import { numberToHex } from 'viem/utils';
import type { Database, Reader, Tx } from '#platform';
import { type Fraction, type FractionState, foldFraction } from './fraction-fold.ts';
import type { Log } from './log.ts';
import { logsWhere } from './log-store.ts';

const wordOf = (shareId: string): Hex => numberToHex(BigInt(shareId), { size: 32 });

/** Folds anew every split card that these logs speak of; after they came, and after they were taken back. */
export async function refoldFractions(tx: Tx, logs: readonly Log[]): Promise<void> {
  const touched = new Set(logs.flatMap(({ args }) => ('shareId' in args ? [args.shareId] : [])));
  for (const id of touched) {
    await tx.deleteFrom('exchange.fraction').where('share_id', '=', wordOf(id)).execute();
    const now = foldFraction(wordOf(id), await logsWhere(tx, sql`l.args ->> 'shareId' = ${id}`));
    if (now) await insertFraction(tx, now);
  }
}

async function insertFraction(tx: Tx, of: Fraction): Promise<void> {
  await tx
    .insertInto('exchange.fraction')
    .values({
      ...{ share_id: of.shareId, token_id: of.tokenId, split_by: of.by, supply: of.supply },
      ...{ floor_fen: String(of.floorFen), proceeds_fen: of.proceedsFen ?? null },
      ...{ state: of.state, block: of.block },
    })
    .execute();
  for (const [holder, { amount, cashedFen }] of of.shares)
    await tx
      .insertInto('exchange.share')
      .values({ share_id: of.shareId, holder, amount, cashed_fen: cashedFen })
      .execute();
}

type Row = Selectable<Database['exchange.fraction']>;
export interface FractionRow extends Omit<Row, 'share_id' | 'token_id' | 'state' | 'floor_fen'> {
  readonly share_id: Hex;
  readonly token_id: Hex;
  readonly state: FractionState;
  readonly floor_fen: bigint;
}
const toRow = (row: Row): FractionRow => ({
  ...row,
  share_id: row.share_id as Hex,
  token_id: row.token_id as Hex,
  state: row.state as FractionState,
  floor_fen: BigInt(row.floor_fen),
});
const fractions = (reader: Reader) => reader.selectFrom('exchange.fraction').selectAll();

export async function findFraction(reader: Reader, id: string): Promise<FractionRow | undefined> {
  const row = await fractions(reader).where('share_id', '=', id).executeTakeFirst();
  return row && toRow(row);
}

/** The one that the card is split into now. */
export async function liveFraction(
  reader: Reader,
  tokenId: string,
): Promise<FractionRow | undefined> {
  const row = await fractions(reader)
    .where('token_id', '=', tokenId)
    .where('state', '=', 'split')
    .executeTakeFirst();
  return row && toRow(row);
}

/** Split cards that can be bought out, newest first; or, with addresses, those of which they hold or cashed something. */
export async function listFractions(
  reader: Reader,
  { holders, limit }: { holders?: readonly Address[]; limit: number },
): Promise<FractionRow[]> {
  let query = fractions(reader).orderBy('block', 'desc').orderBy('share_id').limit(limit);
  query = holders
    ? query.where('share_id', 'in', (eb) =>
        eb
          .selectFrom('exchange.share')
          .select('share_id')
          .where('holder', 'in', [...holders]),
      )
    : query.where('state', '=', 'split');
  return (await query.execute()).map(toRow);
}

export async function sharesIn(
  reader: Reader,
  shareId: string,
): Promise<{ holder: Address; amount: bigint; cashed_fen: bigint }[]> {
  const rows = await reader
    .selectFrom('exchange.share')
    .select(['holder', 'amount', 'cashed_fen'])
    .where('share_id', '=', shareId)
    .orderBy('amount', 'desc')
    .orderBy('holder')
    .execute();
  return rows.map((row) => ({ ...row, holder: row.holder as Address }));
}
