/** SQL of the house's own list. */
import type { Insertable } from 'kysely';
import { type Database, type Reader, Refused, type Tx } from '#platform';
import type { OwnState } from './own-life.ts';

export interface OwnRow {
  readonly id: string;
  readonly sealed: Buffer;
  readonly state: OwnState;
  /** Its last day, in China. */
  readonly until: string;
  readonly proposedBy: string;
  readonly decidedBy: string | undefined;
  readonly endingBy: string | undefined;
  readonly proposedAt: Date;
}

const select = (reader: Reader) => reader.selectFrom('parties.own_entry').selectAll();
type Row = NonNullable<Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirst']>>>;
const toRow = (row: Row): OwnRow => ({
  ...{ id: row.id, sealed: row.sealed, state: row.state as OwnState, until: row.until },
  ...{ proposedBy: row.proposed_by, decidedBy: row.decided_by ?? undefined },
  ...{ endingBy: row.ending_by ?? undefined, proposedAt: row.proposed_at },
});

export async function insertOwn(
  tx: Tx,
  row: Insertable<Database['parties.own_entry']>,
): Promise<void> {
  await tx.insertInto('parties.own_entry').values(row).execute();
}

/** Locked; refused not_found. */
export async function takeOwn(tx: Tx, id: string): Promise<OwnRow> {
  const row = await select(tx).where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw new Refused('not_found');
  return toRow(row);
}

export async function saveOwn(
  tx: Tx,
  id: string,
  change: {
    state: OwnState;
    changed_at: Date;
    decided_by?: string;
    ending_by?: string | null;
  },
): Promise<void> {
  await tx.updateTable('parties.own_entry').set(change).where('id', '=', id).execute();
}

/** What the list says now: an entry that is to be ended stands until it is. */
export async function ownInForce(reader: Reader): Promise<OwnRow[]> {
  const rows = await select(reader)
    .where('state', 'in', ['in_force', 'ending'])
    .orderBy('id')
    .execute();
  return rows.map(toRow);
}

/** Newest first, one more than asked for. */
export async function listOwn(
  reader: Reader,
  {
    cursor,
    limit,
    state,
  }: { cursor?: string | undefined; limit: number; state?: OwnState | undefined },
): Promise<OwnRow[]> {
  let query = select(reader)
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (state !== undefined) query = query.where('state', '=', state);
  if (cursor !== undefined) query = query.where('id', '<', cursor);
  return (await query.execute()).map(toRow);
}
