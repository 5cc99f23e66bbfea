/** SQL of parts, bids, deals, signatures and tranches. */
import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { Code } from '#cards';
import { type Database, type Fen, fen, type Reader, Refused, type Tx, violated } from '#platform';
import type { DealState, TrancheState } from './life.ts';
import type { Row } from './store-rows.ts';

export interface PartRow {
  readonly no: number;
  readonly sku: string | null;
  readonly cards: number;
  readonly faceFen: Fen;
  readonly reserveFen: Fen | undefined;
}

export async function insertParts(
  tx: Tx,
  {
    lotId,
    parts,
  }: { lotId: string; parts: readonly (Omit<PartRow, 'sku'> & { sku: string | undefined })[] },
): Promise<void> {
  await tx
    .insertInto('lots.part')
    .values(
      parts.map(({ no, sku, cards, faceFen, reserveFen }) => ({
        ...{ lot_id: lotId, no, sku: sku ?? null, cards, face_fen: faceFen },
        reserve_fen: reserveFen ?? null,
      })),
    )
    .execute();
}

export async function partsIn(reader: Reader, lotId: string): Promise<PartRow[]> {
  const rows = await reader
    .selectFrom('lots.part')
    .selectAll()
    .where('lot_id', '=', lotId)
    .orderBy('no')
    .execute();
  return rows.map((row) => ({
    no: row.no,
    sku: row.sku,
    cards: row.cards,
    faceFen: fen(row.face_fen),
    reserveFen: row.reserve_fen === null ? undefined : fen(row.reserve_fen),
  }));
}

/** Those of which a card is left: what a notice names since the offer is not sold. */
export async function partsLeft(reader: Reader, lotId: string): Promise<PartRow[]> {
  const rows = await reader
    .selectFrom('lots.row')
    .select('part_no')
    .distinct()
    .where('lot_id', '=', lotId)
    .where('state', '=', 'good')
    .execute();
  const left = new Set(rows.map(({ part_no }) => part_no));
  return (await partsIn(reader, lotId)).filter(({ no }) => left.has(no));
}

export type Bid = Selectable<Database['lots.bid']>;

/** Refuses lot_one_bid: an envelope is not opened again. */
export async function insertBid(tx: Tx, row: Insertable<Database['lots.bid']>): Promise<Bid> {
  try {
    return await tx.insertInto('lots.bid').values(row).returningAll().executeTakeFirstOrThrow();
  } catch (error) {
    if (violated(error) === 'bid_lot_id_part_no_bidder_id_key') throw new Refused('lot_one_bid');
    throw error;
  }
}

export async function bidsOn(reader: Reader, lotId: string): Promise<Bid[]> {
  return await reader
    .selectFrom('lots.bid')
    .selectAll()
    .where('lot_id', '=', lotId)
    .orderBy('no')
    .execute();
}

export async function saveBid(
  tx: Tx,
  id: string,
  patch: Updateable<Database['lots.bid']>,
): Promise<void> {
  await tx.updateTable('lots.bid').set(patch).where('id', '=', id).execute();
}

type DealRow = Selectable<Database['lots.deal']>;
export interface Deal extends Omit<DealRow, 'state' | 'price_fen'> {
  readonly state: DealState;
  readonly price_fen: Fen;
}

export async function insertDeal(tx: Tx, row: Insertable<Database['lots.deal']>): Promise<void> {
  await tx.insertInto('lots.deal').values(row).execute();
}

const selectDeal = (reader: Reader) => reader.selectFrom('lots.deal').selectAll();

export async function findDeal(reader: Reader, id: string): Promise<Deal | undefined> {
  return (await selectDeal(reader).where('id', '=', id).executeTakeFirst()) as Deal | undefined;
}

export async function lockDeal(tx: Tx, id: string): Promise<Deal | undefined> {
  const row = await selectDeal(tx).where('id', '=', id).forUpdate().executeTakeFirst();
  return row as Deal | undefined;
}

export async function dealsOfLot(reader: Reader, lotId: string): Promise<Deal[]> {
  const rows = await selectDeal(reader).where('lot_id', '=', lotId).orderBy('part_no').execute();
  return rows as Deal[];
}

/** Newest first, one more than asked for. */
export async function dealsOfCompany(
  reader: Reader,
  { companyId, cursor, limit }: { companyId: string; cursor?: string | undefined; limit: number },
): Promise<Deal[]> {
  let query = selectDeal(reader)
    .where((eb) => eb.or([eb('seller_id', '=', companyId), eb('buyer_id', '=', companyId)]))
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (cursor) query = query.where('id', '<', cursor);
  return (await query.execute()) as Deal[];
}

export async function saveDeal(tx: Tx, id: string, state: DealState): Promise<void> {
  await tx.updateTable('lots.deal').set({ state }).where('id', '=', id).execute();
}

export type Signature = Selectable<Database['lots.signature']>;
export async function signaturesOf(reader: Reader, dealId: string): Promise<Signature[]> {
  return await reader
    .selectFrom('lots.signature')
    .selectAll()
    .where('deal_id', '=', dealId)
    .orderBy('at')
    .execute();
}

/** Refuses second_person_needed when this person has signed. */
export async function insertSignature(
  tx: Tx,
  row: Insertable<Database['lots.signature']>,
): Promise<void> {
  try {
    await tx.insertInto('lots.signature').values(row).execute();
  } catch (error) {
    if (violated(error) === 'signature_deal_id_person_id_key')
      throw new Refused('second_person_needed');
    throw error;
  }
}

type TrancheRow = Selectable<Database['lots.tranche']>;
export interface Tranche
  extends Omit<TrancheRow, 'state' | 'price_fen' | 'back_fen' | 'failing_fen'> {
  readonly state: TrancheState;
  readonly price_fen: Fen;
  readonly back_fen: Fen;
  readonly failing_fen: Fen;
}

export async function insertTranche(
  tx: Tx,
  row: Insertable<Database['lots.tranche']>,
): Promise<void> {
  await tx.insertInto('lots.tranche').values(row).execute();
}

export async function tranchesOf(reader: Reader, dealId: string): Promise<Tranche[]> {
  const rows = await reader
    .selectFrom('lots.tranche')
    .selectAll()
    .where('deal_id', '=', dealId)
    .orderBy('no')
    .execute();
  return rows as Tranche[];
}

export async function findTranche(reader: Reader, id: string): Promise<Tranche | undefined> {
  const row = await reader
    .selectFrom('lots.tranche')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row as Tranche | undefined;
}

export async function saveTranche(
  tx: Tx,
  id: string,
  patch: Updateable<Database['lots.tranche']>,
): Promise<Tranche> {
  const row = await tx
    .updateTable('lots.tranche')
    .set(patch)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return row as Tranche;
}

/** Rows of a tranche get their price and their place. */
export async function assignTranche(
  tx: Tx,
  input: { lotId: string; trancheId: string; rows: readonly { no: number; priceFen: Fen }[] },
): Promise<void> {
  const { lotId, trancheId, rows } = input;
  await sql`
    update lots.row set tranche_id = ${trancheId}, price_fen = new.price_fen
    from unnest(${rows.map(({ no }) => no)}::int[], ${rows.map(({ priceFen }) => String(priceFen))}::int8[])
      as new (no, price_fen)
    where row.lot_id = ${lotId} and row.no = new.no`.execute(tx);
}

/** All rows of a tranche in one state go to another; gives how many. */
export async function moveRows(
  tx: Tx,
  input: { trancheId: string; from: Row['state']; to: Row['state'] },
): Promise<number> {
  const { trancheId, from, to } = input;
  const { numUpdatedRows } = await tx
    .updateTable('lots.row')
    .set({ state: to })
    .where('tranche_id', '=', trancheId)
    .where('state', '=', from)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** Marks what the buyer says of rows that are in `from`; gives those that were. */
export async function markReported(
  tx: Tx,
  input: { trancheId: string; from: Row['state']; rows: readonly { no: number; code: Code }[] },
): Promise<Row[]> {
  const { trancheId, from, rows } = input;
  const done = await sql<Row>`
    update lots.row set state = 'disputed', reported = new.code, probed = null
    from unnest(${rows.map(({ no }) => no)}::int[], ${rows.map(({ code }) => code)}::text[])
      as new (no, code)
    where row.tranche_id = ${trancheId} and row.no = new.no and row.state = ${from}
    returning row.*`.execute(tx);
  return done.rows;
}

export async function saveProbed(
  tx: Tx,
  { lotId, no, code }: { lotId: string; no: number; code: string },
): Promise<void> {
  await tx
    .updateTable('lots.row')
    .set({ probed: code })
    .where('lot_id', '=', lotId)
    .where('no', '=', no)
    .where('state', '=', 'disputed')
    .execute();
}
