/** The SQL of standing bids. A bid is locked before what was taken of it is counted, so that two sales take turns. */
import assert from 'node:assert/strict';
import { type Selectable, sql } from 'kysely';
import { type Database, type Fen, fen, type Reader, type Tx } from '#platform';
import type { BidTerms, Grade, Step, Taken } from './domain.ts';

type Row = Selectable<Database['auctions.standing_bid']>;

export interface StandingBid {
  readonly id: string;
  readonly no: bigint;
  readonly recyclerId: string;
  readonly terms: BidTerms;
  readonly active: boolean;
  readonly createdAt: Date;
  readonly stoppedAt: Date | undefined;
}

function toBid(row: Row, curve: readonly Step[]): StandingBid {
  return {
    id: row.id,
    no: row.no,
    recyclerId: row.recycler_id,
    terms: {
      sku: row.sku,
      faceMinFen: fen(row.face_min_fen),
      faceMaxFen: fen(row.face_max_fen),
      daysLeftMin: row.days_left_min ?? undefined,
      daysLeftMax: row.days_left_max ?? undefined,
      gradeMin: row.grade_min as Grade,
      weekdays: row.weekdays,
      fromHour: row.from_hour,
      toHour: row.to_hour,
      curve,
      dailyBudgetFen: fen(row.daily_budget_fen),
    },
    active: row.active,
    createdAt: row.created_at,
    stoppedAt: row.stopped_at ?? undefined,
  };
}

export interface NewBid {
  readonly id: string;
  readonly recyclerId: string;
  readonly terms: BidTerms;
  readonly digest: Buffer;
  readonly createdBy: string;
  readonly at: Date;
}

/** Its place in the queue is given here: behind all that stand. */
export async function insertBid(tx: Tx, bid: NewBid): Promise<void> {
  const { id, recyclerId, terms, digest, createdBy, at } = bid;
  await tx
    .insertInto('auctions.standing_bid')
    .values({
      id,
      no: sql<bigint>`nextval('auctions.arrival')`,
      recycler_id: recyclerId,
      sku: terms.sku,
      face_min_fen: terms.faceMinFen,
      face_max_fen: terms.faceMaxFen,
      days_left_min: terms.daysLeftMin ?? null,
      days_left_max: terms.daysLeftMax ?? null,
      grade_min: terms.gradeMin,
      weekdays: [...terms.weekdays],
      from_hour: terms.fromHour,
      to_hour: terms.toHour,
      daily_budget_fen: terms.dailyBudgetFen,
      curve_digest: digest,
      active: true,
      created_by: createdBy,
      created_at: at,
    })
    .execute();
  await tx
    .insertInto('auctions.bid_step')
    .values(
      terms.curve.map(({ rateBps, quantity }, step) => ({
        bid_id: id,
        step,
        rate_bps: rateBps,
        quantity,
      })),
    )
    .execute();
}

async function withCurves(reader: Reader, rows: readonly Row[]): Promise<StandingBid[]> {
  if (rows.length === 0) return [];
  const steps = await reader
    .selectFrom('auctions.bid_step')
    .select(['bid_id', 'rate_bps', 'quantity'])
    .where(
      'bid_id',
      'in',
      rows.map(({ id }) => id),
    )
    .orderBy('bid_id')
    .orderBy('step')
    .execute();
  const curves = Map.groupBy(steps, ({ bid_id }) => bid_id);
  return rows.map((row) =>
    toBid(
      row,
      (curves.get(row.id) ?? []).map(({ rate_bps: rateBps, quantity }) => ({ rateBps, quantity })),
    ),
  );
}

/** All bids that stand for a product, by arrival. */
export async function liveBids(reader: Reader, sku: string): Promise<StandingBid[]> {
  const rows = await reader
    .selectFrom('auctions.standing_bid')
    .selectAll()
    .where('sku', '=', sku)
    .where('active', '=', true)
    .orderBy('no')
    .execute();
  return await withCurves(reader, rows);
}

export async function bidsOf(
  reader: Reader,
  { recyclerId, limit }: { recyclerId: string; limit: number },
): Promise<StandingBid[]> {
  const rows = await reader
    .selectFrom('auctions.standing_bid')
    .selectAll()
    .where('recycler_id', '=', recyclerId)
    .orderBy('active', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return await withCurves(reader, rows);
}

export async function countLive(reader: Reader, recyclerId: string): Promise<number> {
  const { count } = await reader
    .selectFrom('auctions.standing_bid')
    .select((eb) => eb.fn.countAll<bigint>().as('count'))
    .where('recycler_id', '=', recyclerId)
    .where('active', '=', true)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Locks the bid until commit: two sales to one bid take turns, and so does the switch that stops it. */
export async function lockBid(tx: Tx, id: string): Promise<StandingBid | undefined> {
  const row = await tx
    .selectFrom('auctions.standing_bid')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row && (await withCurves(tx, [row]))[0];
}

/** Locks those of these bids that still stand, in the order of their ids. */
export async function lockBids(tx: Tx, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await tx
    .selectFrom('auctions.standing_bid')
    .select('id')
    .where('id', 'in', [...ids])
    .where('active', '=', true)
    .orderBy('id')
    .forUpdate()
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** One bid or all of a recycler; gives the products whose books have changed, one entry a bid. */
export async function stopBids(
  tx: Tx,
  { recyclerId, bidId, at }: { recyclerId: string; bidId?: string | undefined; at: Date },
): Promise<{ id: string; sku: string }[]> {
  let query = tx
    .updateTable('auctions.standing_bid')
    .set({ active: false, stopped_at: at })
    .where('recycler_id', '=', recyclerId)
    .where('active', '=', true)
    .returning(['id', 'sku']);
  if (bidId !== undefined) query = query.where('id', '=', bidId);
  return await query.execute();
}

/** What each of these bids has bought on that day. */
export async function takenOn(
  reader: Reader,
  { bidIds, day }: { bidIds: readonly string[]; day: string },
): Promise<Map<string, Taken>> {
  if (bidIds.length === 0) return new Map();
  const { rows } = await sql<{ bid_id: string; cards: bigint; fen: bigint }>`
    select bid_id, count(*) as cards, sum(price_fen)::int8 as fen
    from auctions.bid_take
    where bid_id = any(${bidIds}::uuid[]) and day = ${day} and undone_at is null
    group by bid_id`.execute(reader);
  return new Map(rows.map((row) => [row.bid_id, { cards: Number(row.cards), fen: fen(row.fen) }]));
}

export async function insertTake(
  tx: Tx,
  take: { orderId: string; bidId: string; day: string; priceFen: Fen; at: Date },
): Promise<void> {
  const { orderId, bidId, day, priceFen, at } = take;
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('auctions.bid_take')
    .values({ order_id: orderId, bid_id: bidId, day, price_fen: priceFen, taken_at: at })
    // A card of the batch whose first buyer did not pay is taken again.
    .onConflict((on) =>
      on
        .column('order_id')
        .doUpdateSet({ bid_id: bidId, day, price_fen: priceFen, taken_at: at, undone_at: null })
        .where('auctions.bid_take.undone_at', 'is not', null),
    )
    .executeTakeFirst();
  assert(numInsertedOrUpdatedRows === 1n, 'a card that is taken is not taken again');
}

/** Another price for the same card: what counts against the day follows. */
export async function repriceTake(
  tx: Tx,
  { orderId, priceFen }: { orderId: string; priceFen: Fen },
): Promise<void> {
  await tx
    .updateTable('auctions.bid_take')
    .set({ price_fen: priceFen })
    .where('order_id', '=', orderId)
    .where('undone_at', 'is', null)
    .execute();
}

export async function undoTake(
  tx: Tx,
  { orderId, at }: { orderId: string; at: Date },
): Promise<void> {
  await tx
    .updateTable('auctions.bid_take')
    .set({ undone_at: at })
    .where('order_id', '=', orderId)
    .where('undone_at', 'is', null)
    .execute();
}

/** Live bids of others with the very same curve. */
export async function equalCurves(
  reader: Reader,
  { sku, digest, recyclerId }: { sku: string; digest: Buffer; recyclerId: string },
): Promise<string[]> {
  const rows = await reader
    .selectFrom('auctions.standing_bid')
    .select('id')
    .where('sku', '=', sku)
    .where('curve_digest', '=', digest)
    .where('active', '=', true)
    .where('recycler_id', '<>', recyclerId)
    .orderBy('no')
    .execute();
  return rows.map(({ id }) => id);
}

export async function insertFlag(
  tx: Tx,
  flag: { id: string; sku: string; bidId: string; otherId: string; at: Date },
): Promise<void> {
  await tx
    .insertInto('auctions.flag')
    .values({
      id: flag.id,
      kind: 'equal_curves',
      sku: flag.sku,
      bid_id: flag.bidId,
      other_id: flag.otherId,
      raised_at: flag.at,
    })
    .execute();
}

export interface Flag {
  readonly id: string;
  readonly kind: string;
  readonly sku: string;
  readonly recyclers: readonly [string, string];
  readonly raisedAt: Date;
  readonly reviewedAt: Date | undefined;
}

/** Open ones first, then the latest. */
export async function listFlags(reader: Reader, limit: number): Promise<Flag[]> {
  const rows = await reader
    .selectFrom('auctions.flag as f')
    .innerJoin('auctions.standing_bid as a', 'a.id', 'f.bid_id')
    .innerJoin('auctions.standing_bid as b', 'b.id', 'f.other_id')
    .select(['f.id', 'f.kind', 'f.sku', 'f.raised_at', 'f.reviewed_at'])
    .select(['a.recycler_id as one', 'b.recycler_id as other'])
    .orderBy(sql`f.reviewed_at is not null`)
    .orderBy('f.raised_at', 'desc')
    .orderBy('f.id', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    sku: row.sku,
    recyclers: [row.one, row.other],
    raisedAt: row.raised_at,
    reviewedAt: row.reviewed_at ?? undefined,
  }));
}

/** False when there is none, or somebody has looked already. */
export async function reviewFlag(
  tx: Tx,
  { id, by, at }: { id: string; by: string; at: Date },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('auctions.flag')
    .set({ reviewed_by: by, reviewed_at: at })
    .where('id', '=', id)
    .where('reviewed_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
