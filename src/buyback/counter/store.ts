/** SQL of the counter: tills, visits, daily closes. A till is locked before anything is booked into one of its days. */
import type { Insertable, Selectable, Updateable } from 'kysely';
import { type Database, type Fen, fen, type Reader, type Tx } from '#platform';
import type { VisitState } from './life.ts';

type Row = Selectable<Database['buyback.visit']>;
export interface Visit extends Omit<Row, 'state' | 'face_fen'> {
  state: VisitState;
  face_fen: Fen;
}
export type Close = Selectable<Database['buyback.till_close']>;

const toVisit = (row: Row): Visit => ({
  ...row,
  state: row.state as VisitState,
  face_fen: fen(row.face_fen),
});

/** Undefined when the number was used before. */
export async function insertVisit(
  tx: Tx,
  row: Insertable<Database['buyback.visit']>,
): Promise<Visit | undefined> {
  const made = await tx
    .insertInto('buyback.visit')
    .values(row)
    .onConflict((on) => on.column('id').doNothing())
    .returningAll()
    .executeTakeFirst();
  return made && toVisit(made);
}

export async function findVisit(reader: Reader, id: string): Promise<Visit | undefined> {
  const row = await reader
    .selectFrom('buyback.visit')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row && toVisit(row);
}

export async function lockVisit(tx: Tx, id: string): Promise<Visit | undefined> {
  const row = await tx
    .selectFrom('buyback.visit')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row && toVisit(row);
}

export async function saveVisit(
  tx: Tx,
  id: string,
  change: Updateable<Database['buyback.visit']>,
): Promise<Visit> {
  const row = await tx
    .updateTable('buyback.visit')
    .set(change)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return toVisit(row);
}

/** Newest first, one more than asked for. */
export async function listVisits(
  reader: Reader,
  input: {
    recycler: string;
    till?: string | undefined;
    cursor?: string | undefined;
    limit: number;
  },
): Promise<Visit[]> {
  const { recycler, till, cursor, limit } = input;
  const rows = await reader
    .selectFrom('buyback.visit')
    .selectAll()
    .where('recycler', '=', recycler)
    .$if(till !== undefined, (query) => query.where('till', '=', till ?? ''))
    .$if(cursor !== undefined, (query) => query.where('id', '<', cursor ?? ''))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  return rows.map(toVisit);
}

/** In the order in which they were booked. */
export async function visitsOfDay(
  reader: Reader,
  { recycler, till, day }: { recycler: string; till: string; day: string },
): Promise<(Visit & { net_fen: bigint; order_state: string })[]> {
  const rows = await reader
    .selectFrom('buyback.visit as v')
    .innerJoin('buyback.order as o', 'o.id', 'v.order_id')
    .selectAll('v')
    .select(['o.net_fen', 'o.state as order_state'])
    .where('v.recycler', '=', recycler)
    .where('v.till', '=', till)
    .where('v.booked_on', '=', day)
    .orderBy('v.ended_at')
    .orderBy('v.id')
    .execute();
  return rows.map((row) => ({
    ...toVisit(row),
    net_fen: row.net_fen,
    order_state: row.order_state,
  }));
}

export async function countWaiting(
  reader: Reader,
  { recycler, till }: { recycler: string; till: string },
): Promise<number> {
  const { count } = await reader
    .selectFrom('buyback.visit')
    .select((eb) => eb.fn.countAll<bigint>().as('count'))
    .where('recycler', '=', recycler)
    .where('till', '=', till)
    .where('ended_at', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function openTill(tx: Tx, recycler: string, name: string): Promise<void> {
  await tx
    .insertInto('buyback.till')
    .values({ recycler, name })
    .onConflict((on) => on.columns(['recycler', 'name']).doNothing())
    .execute();
}

/** Locks the till until commit; undefined when no card ever came to it. */
export async function lockTill(
  tx: Tx,
  recycler: string,
  name: string,
): Promise<{ closed_through: string | null } | undefined> {
  return await tx
    .selectFrom('buyback.till')
    .select('closed_through')
    .where('recycler', '=', recycler)
    .where('name', '=', name)
    .forUpdate()
    .executeTakeFirst();
}

export async function insertClose(
  tx: Tx,
  row: Insertable<Database['buyback.till_close']>,
): Promise<Close> {
  await tx
    .updateTable('buyback.till')
    .set({ closed_through: row.day })
    .where('recycler', '=', row.recycler)
    .where('name', '=', row.till)
    .execute();
  return await tx
    .insertInto('buyback.till_close')
    .values(row)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function findClose(
  reader: Reader,
  { recycler, id }: { recycler: string; id: string },
): Promise<Close | undefined> {
  return await reader
    .selectFrom('buyback.till_close')
    .selectAll()
    .where('recycler', '=', recycler)
    .where('id', '=', id)
    .executeTakeFirst();
}

/** Newest first, one more than asked for. */
export async function listCloses(
  reader: Reader,
  input: {
    recycler: string;
    till?: string | undefined;
    cursor?: string | undefined;
    limit: number;
  },
): Promise<Close[]> {
  const { recycler, till, cursor, limit } = input;
  return await reader
    .selectFrom('buyback.till_close')
    .selectAll()
    .where('recycler', '=', recycler)
    .$if(till !== undefined, (query) => query.where('till', '=', till ?? ''))
    .$if(cursor !== undefined, (query) => query.where('id', '<', cursor ?? ''))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
}
