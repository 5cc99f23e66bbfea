/** The only SQL of pricing: price tables, quotes and reminders. */
import assert from 'node:assert/strict';
import { type Selectable, sql } from 'kysely';
import { type Database, type Fen, parseFen, type Reader, type Tx } from '#platform';
import type { PriceTableData, QuoteDoc } from './schema.ts';

export type TableRow = Omit<Selectable<Database['pricing.price_table']>, 'data'> & {
  data: PriceTableData;
};
export type TableHeadRow = Omit<TableRow, 'data'>;

const HEAD = [
  'id',
  'state',
  'version',
  'title',
  'note',
  'hash',
  'previous_hash',
  'author',
  'editors',
  'approved_by',
  'created_at',
  'updated_at',
  'submitted_at',
  'approved_at',
  'effective_from',
] as const;

/** The version in force at `at`: of those that have begun, the latest one approved. */
export async function inForce(reader: Reader, at: Date) {
  return await reader
    .selectFrom('pricing.price_table')
    .select(['id', 'version', 'hash', 'effective_from'])
    .select((eb) =>
      eb
        .selectFrom('pricing.price_table as later')
        .select(({ fn }) => fn.min('later.effective_from').as('until'))
        .whereRef('later.version', '>', 'pricing.price_table.version')
        .where('later.effective_from', '>', at)
        .as('until'),
    )
    .where('state', '=', 'published')
    .where('effective_from', '<=', at)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
}

export async function dataOf(reader: Reader, id: string): Promise<PriceTableData> {
  const row = await reader
    .selectFrom('pricing.price_table')
    .select('data')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return row.data as unknown as PriceTableData;
}

/** All published versions, oldest first. */
export async function publishedHeads(reader: Reader): Promise<TableHeadRow[]> {
  return await reader
    .selectFrom('pricing.price_table')
    .select(HEAD)
    .where('state', '=', 'published')
    .orderBy('version')
    .execute();
}

export async function listTables(
  reader: Reader,
  page: { before: string | undefined; limit: number },
): Promise<TableHeadRow[]> {
  let query = reader.selectFrom('pricing.price_table').select(HEAD).orderBy('id', 'desc');
  if (page.before !== undefined) query = query.where('id', '<', page.before);
  return await query.limit(page.limit).execute();
}

const toTable = (row: Selectable<Database['pricing.price_table']>): TableRow => ({
  ...row,
  data: row.data as unknown as PriceTableData,
});

export async function findTable(reader: Reader, id: string): Promise<TableRow | undefined> {
  const row = await reader
    .selectFrom('pricing.price_table')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row && toTable(row);
}

/** Locks the table until commit; an edit and an approval of it take turns. */
export async function lockTable(tx: Tx, id: string): Promise<TableRow | undefined> {
  const row = await tx
    .selectFrom('pricing.price_table')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row && toTable(row);
}

/** Publishers take turns: the chain has one end. Any constant will do. */
export async function lockChain(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(7205931)`.execute(tx);
}

export async function insertTable(
  tx: Tx,
  row: {
    id: string;
    title: string;
    note: string;
    data: PriceTableData;
    author: string;
    at: Date;
  },
): Promise<void> {
  await tx
    .insertInto('pricing.price_table')
    .values({
      id: row.id,
      state: 'draft',
      title: row.title,
      note: row.note,
      data: JSON.stringify(row.data),
      author: row.author,
      editors: [row.author],
      created_at: row.at,
      updated_at: row.at,
    })
    .execute();
}

export async function updateTable(
  tx: Tx,
  id: string,
  set: {
    state?: 'draft' | 'submitted' | 'withdrawn';
    title?: string;
    note?: string;
    data?: PriceTableData;
    editors?: string[];
    effectiveFrom?: Date | null;
    submittedAt?: Date | null;
    at: Date;
  },
): Promise<void> {
  await tx
    .updateTable('pricing.price_table')
    .set({
      updated_at: set.at,
      ...(set.state && { state: set.state }),
      ...(set.title !== undefined && { title: set.title }),
      ...(set.note !== undefined && { note: set.note }),
      ...(set.data && { data: JSON.stringify(set.data) }),
      ...(set.editors && { editors: set.editors }),
      ...(set.effectiveFrom !== undefined && { effective_from: set.effectiveFrom }),
      ...(set.submittedAt !== undefined && { submitted_at: set.submittedAt }),
    })
    .where('id', '=', id)
    .execute();
}

export async function publishTable(
  tx: Tx,
  id: string,
  set: {
    version: number;
    hash: Buffer;
    previousHash: Buffer | null;
    approvedBy: string;
    effectiveFrom: Date;
    at: Date;
  },
): Promise<void> {
  await tx
    .updateTable('pricing.price_table')
    .set({
      state: 'published',
      version: set.version,
      hash: set.hash,
      previous_hash: set.previousHash,
      approved_by: set.approvedBy,
      approved_at: set.at,
      effective_from: set.effectiveFrom,
      updated_at: set.at,
    })
    .where('id', '=', id)
    .execute();
}

export async function insertQuote(
  reader: Reader,
  doc: QuoteDoc,
  tableVersion: number,
): Promise<void> {
  await reader
    .insertInto('pricing.quote')
    .values({
      id: doc.quoteId,
      sku: doc.sku,
      face_fen: amount(doc.faceFen),
      net_fen: amount(doc.netFen),
      table_version: tableVersion,
      doc: JSON.stringify(doc),
      issued_at: doc.issuedAt,
      valid_until: doc.validUntil,
      replaces: doc.replaces ?? null,
    })
    .execute();
}

function amount(text: string): Fen {
  const value = parseFen(text);
  assert(value !== undefined, 'amounts in a quote are ours');
  return value;
}

export async function readQuote(reader: Reader, id: string) {
  const row = await reader
    .selectFrom('pricing.quote')
    .select(['doc', 'table_version', 'valid_until', 'accepted_at'])
    .where('id', '=', id)
    .executeTakeFirst();
  return row && { ...row, doc: row.doc as unknown as QuoteDoc };
}

/** True when it was this call that took the quote. */
export async function markAccepted(tx: Tx, id: string, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('pricing.quote')
    .set({ accepted_at: at })
    .where('id', '=', id)
    .where('accepted_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Quotes that nobody took. A replacement belongs to a sale that is under way, and so does what it replaces. */
export async function deleteQuotes(reader: Reader, before: Date): Promise<number> {
  const { numDeletedRows } = await reader
    .deleteFrom('pricing.quote')
    .where('accepted_at', 'is', null)
    .where('replaces', 'is', null)
    .where('issued_at', '<', before)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('pricing.quote as later')
            .select('later.id')
            .whereRef('later.replaces', '=', 'pricing.quote.id'),
        ),
      ),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}

export type ReminderRow = Selectable<Database['pricing.reminder']>;

/** The same subscriber asks once per quote; asking again gives the first answer. */
export async function insertReminder(
  tx: Tx,
  row: Omit<ReminderRow, 'closed_at' | 'outcome'>,
): Promise<ReminderRow> {
  await tx
    .insertInto('pricing.reminder')
    .values(row)
    .onConflict((on) => on.columns(['quote_id', 'subscriber']).doNothing())
    .execute();
  return await tx
    .selectFrom('pricing.reminder')
    .selectAll()
    .where('quote_id', '=', row.quote_id)
    .where('subscriber', '=', row.subscriber)
    .executeTakeFirstOrThrow();
}

export async function openReminders(reader: Reader, subscriber: string): Promise<number> {
  const { open } = await reader
    .selectFrom('pricing.reminder')
    .select(({ fn }) => fn.countAll<bigint>().as('open'))
    .where('subscriber', '=', subscriber)
    .where('closed_at', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(open);
}

/** Due reminders, locked for this transaction; several workers share them without waiting. */
export async function lockDueReminders(tx: Tx, at: Date, limit: number): Promise<ReminderRow[]> {
  return await tx
    .selectFrom('pricing.reminder')
    .selectAll()
    .where('closed_at', 'is', null)
    .where('due_at', '<=', at)
    .orderBy('due_at')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
}

export async function closeReminder(
  tx: Tx,
  id: string,
  outcome: 'sent' | 'lapsed',
  at: Date,
): Promise<void> {
  await tx
    .updateTable('pricing.reminder')
    .set({ closed_at: at, outcome })
    .where('id', '=', id)
    .execute();
}

export async function postponeReminder(tx: Tx, id: string, dueAt: Date): Promise<void> {
  await tx.updateTable('pricing.reminder').set({ due_at: dueAt }).where('id', '=', id).execute();
}

export async function deleteReminders(tx: Tx, subscriber: string): Promise<void> {
  await tx.deleteFrom('pricing.reminder').where('subscriber', '=', subscriber).execute();
}
