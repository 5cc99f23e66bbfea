/** SQL of lots, their files and papers. A lot is locked before anything about it is decided. */
import type { Insertable, Selectable, Updateable } from 'kysely';
import {
  type Database,
  type Reader,
  Refused,
  type SealedPhoto,
  type Tx,
  violated,
} from '#platform';
import type { LotState } from './life.ts';
import type { Plan } from './sampling.ts';

type LotRow = Selectable<Database['lots.lot']>;
export interface Lot extends Omit<LotRow, 'state' | 'plan' | 'kind' | 'split'> {
  readonly state: LotState;
  readonly plan: Plan;
  readonly kind: 'rfq' | 'auction' | null;
  readonly split: 'whole' | 'product' | null;
}
const toLot = (row: LotRow): Lot => row as Lot;

export async function insertLot(tx: Tx, row: Insertable<Database['lots.lot']>): Promise<void> {
  await tx.insertInto('lots.lot').values(row).execute();
}

export async function findLot(reader: Reader, id: string): Promise<Lot | undefined> {
  const row = await reader
    .selectFrom('lots.lot')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row && toLot(row);
}

export async function lockLot(tx: Tx, id: string): Promise<Lot | undefined> {
  const row = await tx
    .selectFrom('lots.lot')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row && toLot(row);
}

/** Refuses lot_file_known when another live lot has this very file. */
export async function saveLot(
  tx: Tx,
  id: string,
  patch: Updateable<Database['lots.lot']>,
): Promise<Lot> {
  try {
    const row = await tx
      .updateTable('lots.lot')
      .set(patch)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
    return toLot(row);
  } catch (error) {
    if (violated(error) === 'lot_file') throw new Refused('lot_file_known');
    throw error;
  }
}

interface Asked {
  readonly companyId?: string | undefined;
  readonly states?: readonly LotState[] | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** Newest first, one more than asked for. */
export async function listLots(reader: Reader, asked: Asked): Promise<Lot[]> {
  const { companyId, states, cursor, limit } = asked;
  let query = reader
    .selectFrom('lots.lot')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (companyId) query = query.where('company_id', '=', companyId);
  if (states) query = query.where('state', 'in', [...states]);
  if (cursor) query = query.where('id', '<', cursor);
  return (await query.execute()).map(toLot);
}

/** Has this company a lot that is not over? */
export async function hasLiveLot(reader: Reader, companyId: string): Promise<boolean> {
  const row = await reader
    .selectFrom('lots.lot')
    .select('id')
    .where('company_id', '=', companyId)
    .where('state', 'not in', ['closed', 'withdrawn', 'terminated'])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

// the file, while it is here

export async function openUpload(
  tx: Tx,
  upload: { lotId: string; kekId: string; wrappedKey: Buffer; at: Date },
): Promise<void> {
  const { lotId, kekId, wrappedKey, at } = upload;
  await tx.deleteFrom('lots.upload').where('lot_id', '=', lotId).execute();
  await tx
    .insertInto('lots.upload')
    .values({ lot_id: lotId, kek_id: kekId, wrapped_key: wrappedKey, at })
    .execute();
}

export async function readUpload(
  reader: Reader,
  lotId: string,
): Promise<{ kekId: string; wrappedKey: Buffer } | undefined> {
  const row = await reader
    .selectFrom('lots.upload')
    .select(['kek_id', 'wrapped_key'])
    .where('lot_id', '=', lotId)
    .executeTakeFirst();
  return row && { kekId: row.kek_id, wrappedKey: row.wrapped_key };
}

/** The same piece again replaces itself. */
export async function putPiece(
  tx: Tx,
  piece: { lotId: string; no: number; bytes: number; sealed: Buffer },
): Promise<void> {
  const { lotId, no, bytes, sealed } = piece;
  await tx
    .insertInto('lots.piece')
    .values({ lot_id: lotId, no, bytes, sealed })
    .onConflict((on) => on.columns(['lot_id', 'no']).doUpdateSet({ bytes, sealed }))
    .execute();
}

export async function pieceSizes(
  reader: Reader,
  lotId: string,
): Promise<{ no: number; bytes: number }[]> {
  return await reader
    .selectFrom('lots.piece')
    .select(['no', 'bytes'])
    .where('lot_id', '=', lotId)
    .orderBy('no')
    .execute();
}

export async function readPiece(
  reader: Reader,
  { lotId, no }: { lotId: string; no: number },
): Promise<Buffer | undefined> {
  const row = await reader
    .selectFrom('lots.piece')
    .select('sealed')
    .where('lot_id', '=', lotId)
    .where('no', '=', no)
    .executeTakeFirst();
  return row?.sealed;
}

export async function dropUpload(tx: Tx, lotId: string): Promise<void> {
  await tx.deleteFrom('lots.upload').where('lot_id', '=', lotId).execute();
}

// papers

export interface Paper extends SealedPhoto {
  readonly id: string;
  readonly lot_id: string;
  readonly kind: string;
  readonly media: string;
  readonly at: Date;
}

export async function insertPaper(tx: Tx, row: Insertable<Database['lots.paper']>): Promise<void> {
  await tx.insertInto('lots.paper').values(row).execute();
}

export async function papersOf(
  reader: Reader,
  lotId: string,
): Promise<{ id: string; kind: string; media: string; at: Date }[]> {
  return await reader
    .selectFrom('lots.paper')
    .select(['id', 'kind', 'media', 'at'])
    .where('lot_id', '=', lotId)
    .orderBy('id')
    .execute();
}

export async function readPaper(
  reader: Reader,
  { lotId, paperId }: { lotId: string; paperId: string },
): Promise<Paper | undefined> {
  return await reader
    .selectFrom('lots.paper')
    .select(['id', 'lot_id', 'kind', 'media', 'at', 'kek_id', 'wrapped_key', 'sealed'])
    .where('lot_id', '=', lotId)
    .where('id', '=', paperId)
    .executeTakeFirst();
}

/** How many papers and uploads have their key wrapped under one of these. */
export async function countPapersUnder(reader: Reader, kekIds: readonly string[]): Promise<number> {
  const { count } = await reader
    .selectFrom((eb) =>
      eb
        .selectFrom('lots.paper')
        .select('kek_id')
        .unionAll(eb.selectFrom('lots.upload').select('kek_id'))
        .as('key'),
    )
    .select((eb) => eb.fn.countAll<bigint>().as('count'))
    .where('kek_id', 'in', kekIds)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Keys of papers and of uploads that are wrapped under another key than this; locked, to be wrapped anew. */
export async function lockOldKeys(
  tx: Tx,
  { kekId, limit }: { kekId: string; limit: number },
): Promise<{ table: 'paper' | 'upload'; id: string; kekId: string; wrapped: Buffer }[]> {
  const papers = await tx
    .selectFrom('lots.paper')
    .select(['id', 'kek_id as kekId', 'wrapped_key as wrapped'])
    .where('kek_id', '<>', kekId)
    .orderBy('id')
    .limit(limit)
    .forUpdate()
    .execute();
  const uploads = await tx
    .selectFrom('lots.upload')
    .select(['lot_id as id', 'kek_id as kekId', 'wrapped_key as wrapped'])
    .where('kek_id', '<>', kekId)
    .orderBy('lot_id')
    .limit(limit)
    .forUpdate()
    .execute();
  return [
    ...papers.map((row) => ({ table: 'paper' as const, ...row })),
    ...uploads.map((row) => ({ table: 'upload' as const, ...row })),
  ];
}

export async function saveWrapped(
  tx: Tx,
  key: { table: 'paper' | 'upload'; id: string; kekId: string; wrapped: Buffer },
): Promise<void> {
  const set = { kek_id: key.kekId, wrapped_key: key.wrapped };
  if (key.table === 'paper')
    await tx.updateTable('lots.paper').set(set).where('id', '=', key.id).execute();
  else await tx.updateTable('lots.upload').set(set).where('lot_id', '=', key.id).execute();
}
