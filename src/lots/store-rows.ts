/** SQL of the rows of a lot: one a card, from the file to the statement. The lot is locked before they change. */
import { type Selectable, sql } from 'kysely';
import { type Database, type Fen, fen, type Reader, type Tx } from '#platform';
import type { Group } from './domain.ts';

/** Their copies are destroyed; a refunded card keeps its state, which is what the statement says of it. */
export async function markReturned(
  tx: Tx,
  { lotId, nos, at }: { lotId: string; nos: readonly number[]; at: Date },
): Promise<void> {
  await sql`
    update lots.row set returned_at = ${at},
      state = case state when 'refunded' then state else 'returned' end
    where lot_id = ${lotId} and no = any(${nos}::int[])`.execute(tx);
}

/** Back with the owner under a new number, which waits in the vault to be taken. */
export async function markReissued(
  tx: Tx,
  { lotId, nos, at }: { lotId: string; nos: readonly number[]; at: Date },
): Promise<void> {
  await sql`
    update lots.row set returned_at = ${at}, reissued = true,
      state = case state when 'refunded' then state else 'returned' end
    where lot_id = ${lotId} and no = any(${nos}::int[])`.execute(tx);
}

export async function reissuedRows(reader: Reader, lotId: string): Promise<Row[]> {
  const rows = await reader
    .selectFrom('lots.row')
    .selectAll()
    .where('lot_id', '=', lotId)
    .where('reissued', '=', true)
    .orderBy('no')
    .execute();
  return rows as Row[];
}

export type RowState =
  | 'refused'
  | 'sealed'
  | 'good'
  | 'bad'
  | 'sold'
  | 'disputed'
  | 'paid'
  | 'refunded'
  | 'returned';
export interface Row
  extends Omit<Selectable<Database['lots.row']>, 'state' | 'face_fen' | 'price_fen'> {
  readonly state: RowState;
  readonly face_fen: Fen;
  readonly price_fen: Fen;
}

export interface NewRow {
  readonly no: number;
  readonly fault?: string;
  readonly place?: string;
  readonly cardId?: string;
  readonly sku?: string;
  readonly faceFen?: Fen;
  readonly expiresOn?: string | undefined;
}

export async function insertRows(
  tx: Tx,
  { lotId, rows }: { lotId: string; rows: readonly NewRow[] },
): Promise<void> {
  await sql`
    insert into lots.row (lot_id, no, state, fault, place, card_id, sku, face_fen, expires_on)
    select ${lotId}, no, case when card_id is null then 'refused' else 'sealed' end, fault, place,
      card_id, sku, face_fen, expires_on
    from unnest(
      ${rows.map(({ no }) => no)}::int[], ${rows.map(({ fault }) => fault ?? null)}::text[],
      ${rows.map(({ place }) => place ?? null)}::text[],
      ${rows.map(({ cardId }) => cardId ?? null)}::uuid[],
      ${rows.map(({ sku }) => sku ?? null)}::text[],
      ${rows.map(({ faceFen }) => (faceFen === undefined ? null : String(faceFen)))}::int8[],
      ${rows.map(({ expiresOn }) => expiresOn ?? null)}::date[])
      as new (no, fault, place, card_id, sku, face_fen, expires_on)`.execute(tx);
}

export async function lastRowNo(reader: Reader, lotId: string): Promise<number> {
  const row = await reader
    .selectFrom('lots.row')
    .select((eb) => eb.fn.max('no').as('no'))
    .where('lot_id', '=', lotId)
    .executeTakeFirst();
  return row?.no ?? 0;
}

/** Which of these cards are rows of this lot. */
export async function rowsOfCards(
  reader: Reader,
  { lotId, cardIds }: { lotId: string; cardIds: readonly string[] },
): Promise<Set<string>> {
  if (cardIds.length === 0) return new Set();
  const { rows } = await sql<{ card_id: string }>`
    select card_id from lots.row where lot_id = ${lotId} and card_id = any(${cardIds}::uuid[])`.execute(
    reader,
  );
  return new Set(rows.map(({ card_id }) => card_id));
}

export async function rowOfCard(
  reader: Reader,
  { lotId, cardId }: { lotId: string; cardId: string },
): Promise<Row | undefined> {
  const row = await reader
    .selectFrom('lots.row')
    .selectAll()
    .where('lot_id', '=', lotId)
    .where('card_id', '=', cardId)
    .executeTakeFirst();
  return row as Row | undefined;
}

/** Of a lot that begins anew: what was read of its last file. */
export async function dropRows(tx: Tx, lotId: string): Promise<void> {
  await tx.deleteFrom('lots.row').where('lot_id', '=', lotId).execute();
}

export interface RowsAsked {
  readonly lotId: string;
  readonly states?: readonly RowState[] | undefined;
  readonly partNo?: number | undefined;
  readonly trancheId?: string | undefined;
  readonly after?: number | undefined;
  readonly limit: number;
}

export async function listRows(reader: Reader, asked: RowsAsked): Promise<Row[]> {
  const { lotId, states, partNo, trancheId, after, limit } = asked;
  let query = reader
    .selectFrom('lots.row')
    .selectAll()
    .where('lot_id', '=', lotId)
    .orderBy('no')
    .limit(limit);
  if (states) query = query.where('state', 'in', [...states]);
  if (partNo !== undefined) query = query.where('part_no', '=', partNo);
  if (trancheId !== undefined) query = query.where('tranche_id', '=', trancheId);
  if (after !== undefined) query = query.where('no', '>', after);
  return (await query.execute()) as Row[];
}

/** All of them, page by page, each page read by itself. */
export async function* eachRow(
  reader: Reader,
  asked: Omit<RowsAsked, 'limit' | 'after'>,
): AsyncGenerator<Row> {
  const limit = 2_000;
  for (let after = 0; ; ) {
    const page = await listRows(reader, { ...asked, after, limit });
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < limit) return;
    after = last.no;
  }
}

export async function rowNos(
  reader: Reader,
  { lotId, state }: { lotId: string; state: RowState },
): Promise<number[]> {
  const { rows } = await sql<{ no: number }>`
    select no from lots.row where lot_id = ${lotId} and state = ${state} order by no`.execute(
    reader,
  );
  return rows.map(({ no }) => no);
}

export async function saveRowStates(
  tx: Tx,
  {
    lotId,
    rows,
  }: {
    lotId: string;
    rows: readonly { no: number; state: RowState; fault?: string | undefined }[];
  },
): Promise<void> {
  await sql`
    update lots.row set state = new.state, fault = coalesce(new.fault, row.fault)
    from unnest(${rows.map(({ no }) => no)}::int[], ${rows.map(({ state }) => state)}::text[],
      ${rows.map(({ fault }) => fault ?? null)}::text[]) as new (no, state, fault)
    where row.lot_id = ${lotId} and row.no = new.no`.execute(tx);
}

export async function saveSample(
  tx: Tx,
  { lotId, nos }: { lotId: string; nos: readonly number[] },
): Promise<void> {
  await sql`
    update lots.row set sample_no = new.place
    from unnest(${nos}::int[]) with ordinality as new (no, place)
    where row.lot_id = ${lotId} and row.no = new.no`.execute(tx);
}

/** In the order of the draw. */
export async function sampleOf(reader: Reader, lotId: string): Promise<Row[]> {
  const rows = await reader
    .selectFrom('lots.row')
    .selectAll()
    .where('lot_id', '=', lotId)
    .where('sample_no', 'is not', null)
    .orderBy('sample_no')
    .execute();
  return rows as Row[];
}

export async function saveSampleResults(
  tx: Tx,
  { lotId, results }: { lotId: string; results: readonly { no: number; ok: boolean }[] },
): Promise<void> {
  await sql`
    update lots.row set sample_ok = new.ok
    from unnest(${results.map(({ no }) => no)}::int[], ${results.map(({ ok }) => ok)}::bool[])
      as new (no, ok)
    where row.lot_id = ${lotId} and row.no = new.no`.execute(tx);
}

export async function groupsOf(
  reader: Reader,
  { lotId, partNo }: { lotId: string; partNo?: number | undefined },
): Promise<Group[]> {
  let query = reader
    .selectFrom('lots.row')
    .select(['sku', 'face_fen', 'expires_on'])
    .select((eb) => eb.fn.countAll<bigint>().as('cards'))
    .where('lot_id', '=', lotId)
    .where('state', 'not in', ['refused', 'bad', 'returned'])
    .groupBy(['sku', 'face_fen', 'expires_on'])
    .orderBy('sku')
    .orderBy('face_fen')
    .orderBy('expires_on');
  if (partNo !== undefined) query = query.where('part_no', '=', partNo);
  return (await query.execute()).map((row) => ({
    sku: row.sku ?? '',
    faceFen: fen(row.face_fen ?? 0n),
    expiresOn: row.expires_on ?? undefined,
    cards: Number(row.cards),
  }));
}

export interface FaultCount {
  readonly fault: string;
  readonly rows: number;
  readonly first: number;
}
export async function faultCounts(reader: Reader, lotId: string): Promise<FaultCount[]> {
  const { rows } = await sql<{ fault: string; rows: bigint; first: number }>`
    select fault, count(*) as rows, min(no) as first from lots.row
    where lot_id = ${lotId} and fault is not null
    group by fault order by count(*) desc, fault`.execute(reader);
  return rows.map((row) => ({ ...row, rows: Number(row.rows) }));
}

/** Good cards go into the part of their product, or all into the first. */
export async function assignParts(
  tx: Tx,
  { lotId, parts }: { lotId: string; parts: readonly { no: number; sku: string | undefined }[] },
): Promise<void> {
  for (const { no, sku } of parts)
    await sql`
      update lots.row set part_no = ${no}
      where lot_id = ${lotId} and state = 'good' and (${sku ?? null}::text is null or sku = ${sku ?? null})`.execute(
      tx,
    );
}

/** The sales of these cards that their buyers accepted, or were told to; each bears its part of its tranche's fee. */
export async function settledSalesOf(reader: Reader, cardIds: readonly string[]) {
  const rows = await reader
    .selectFrom('lots.row as r')
    .innerJoin('lots.tranche as t', 't.id', 'r.tranche_id')
    .innerJoin('lots.deal as d', 'd.id', 't.deal_id')
    .select(['r.card_id', 'r.face_fen', 'r.price_fen', 'd.seller_id', 'd.buyer_id'])
    .select(['t.paid_fen', 't.fee_fen'])
    .where(sql<boolean>`r.card_id = any(${cardIds}::uuid[])`)
    .where('r.state', '=', 'paid')
    .execute();
  return rows.map((row) => {
    const [price, shared] = [row.price_fen ?? 0n, row.paid_fen + row.fee_fen];
    // Rounded down, so that nobody's gain looks smaller than it is.
    const fee = shared > 0n ? (price * row.fee_fen) / shared : 0n;
    return {
      ...{ cardId: row.card_id ?? '', sellerId: row.seller_id, buyerId: row.buyer_id },
      ...{ faceFen: fen(row.face_fen ?? 0n), priceFen: fen(price), netFen: fen(price - fee) },
    };
  });
}

/**
 * Rows whose cards are to go back: all that is not sold once the lot is over, those of parts and deals that came to
 * nothing, bad cards, and refunded ones whose copy is still here.
 */
export async function rowsToReturn(
  reader: Reader,
  { lotId, limit }: { lotId: string; limit: number },
): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select row.* from lots.row
    join lots.lot on lot.id = row.lot_id
    left join lots.deal on deal.lot_id = row.lot_id and deal.part_no = row.part_no
    left join lots.tranche on tranche.id = row.tranche_id
    where row.lot_id = ${lotId} and (
      (row.state in ('sealed', 'good', 'bad') and lot.state in ('withdrawn', 'terminated', 'closed'))
      or (row.state in ('good', 'bad') and lot.state = 'awarded'
        and (deal.id is null or tranche.state = 'cancelled'))
      or (row.state = 'refunded' and row.returned_at is null))
    order by row.no limit ${limit}`.execute(reader);
  return rows;
}
