/** All SQL of trust: deeds, vouches, reviews, messages, spot checks. */
import { sql } from 'kysely';
import { type Fen, fen, type Reader, type Tx } from '#platform';
import type { Deed, DeedKind } from './score.ts';
import type { Checkable } from './spot.ts';
import type { Trade } from './vouch.ts';

export interface NewDeed {
  readonly id: string;
  readonly personId: string;
  readonly kind: DeedKind;
  /** The order, or the spot check. */
  readonly subject: string;
  readonly counterparty?: string | undefined;
  readonly valueFen: Fen;
  readonly freshCard: boolean;
  readonly at: Date;
}

/** Once for each (person, kind, subject). */
export async function insertDeed(tx: Tx, deed: NewDeed): Promise<void> {
  await tx
    .insertInto('market.deed')
    .values({
      id: deed.id,
      person_id: deed.personId,
      kind: deed.kind,
      subject: deed.subject,
      counterparty: deed.counterparty ?? null,
      value_fen: deed.valueFen,
      fresh_card: deed.freshCard,
      at: deed.at,
    })
    .onConflict((on) => on.constraint('deed_once').doNothing())
    .execute();
}

/** True the first time that this card is sold here. */
export async function sawCard(tx: Tx, print: Buffer, at: Date): Promise<boolean> {
  const row = await tx
    .insertInto('market.card_seen')
    .values({ print, at })
    .onConflict((on) => on.doNothing())
    .returning('at')
    .executeTakeFirst();
  return row !== undefined;
}

/** A limit on everything: older deeds have faded to next to nothing by then. */
const DEEDS_MAX = 2_000;

export async function listDeeds(reader: Reader, personId: string): Promise<Deed[]> {
  const rows = await reader
    .selectFrom('market.deed as d')
    .leftJoin('market.vouch as v', 'v.person_id', 'd.counterparty')
    .select(['d.kind', 'd.at', 'd.value_fen', 'd.counterparty', 'd.fresh_card', 'v.share'])
    .where('d.person_id', '=', personId)
    .orderBy('d.at', 'desc')
    .limit(DEEDS_MAX)
    .execute();
  return rows.map((row) => ({
    kind: row.kind as DeedKind,
    at: row.at,
    valueFen: fen(row.value_fen),
    counterparty: row.counterparty ?? undefined,
    freshCard: row.fresh_card,
    vouch: row.share ?? undefined,
  }));
}

/** One pair weighs one to three, however often it trades. */
export async function listTrades(reader: Reader, since: Date): Promise<Trade[]> {
  const { rows } = await sql<Trade>`
    select least(person_id, counterparty)::text as a, greatest(person_id, counterparty)::text as b,
      least(3, count(*))::float8 as weight
    from market.deed
    where kind = 'sold' and fresh_card and counterparty is not null and at >= ${since}
    group by 1, 2`.execute(reader);
  return rows;
}

export async function vouchedSince(reader: Reader, since: Date): Promise<boolean> {
  const row = await reader
    .selectFrom('market.vouch')
    .select('person_id')
    .where('at', '>', since)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export async function saveVouches(
  tx: Tx,
  shares: ReadonlyMap<string, number>,
  at: Date,
): Promise<void> {
  await sql`
    with fresh as (
      select * from unnest(${[...shares.keys()]}::uuid[], ${[...shares.values()]}::float8[])
        as fresh(person_id, share)),
    gone as (delete from market.vouch where person_id not in (select person_id from fresh))
    insert into market.vouch (person_id, share, at)
    select person_id, share, ${at} from fresh
    on conflict (person_id) do update set share = excluded.share, at = excluded.at`.execute(tx);
}

export interface ReviewRow {
  readonly orderId: string;
  readonly authorId: string;
  readonly subjectId: string;
  readonly stars: number;
  readonly body: string;
  readonly at: Date;
  readonly opensAt: Date;
  readonly valueFen: Fen;
}

/** False when this person has reviewed this order before. */
export async function insertReview(tx: Tx, review: ReviewRow): Promise<boolean> {
  const row = await tx
    .insertInto('market.review')
    .values({
      order_id: review.orderId,
      author_id: review.authorId,
      subject_id: review.subjectId,
      stars: review.stars,
      body: review.body,
      at: review.at,
      opens_at: review.opensAt,
      value_fen: review.valueFen,
    })
    .onConflict((on) => on.columns(['order_id', 'author_id']).doNothing())
    .returning('at')
    .executeTakeFirst();
  return row !== undefined;
}

const REVIEW = [
  'order_id as orderId',
  'author_id as authorId',
  'subject_id as subjectId',
  'stars',
  'body',
  'at',
  'opens_at as opensAt',
  'value_fen',
] as const;

export async function listReviewsOfOrder(reader: Reader, orderId: string): Promise<ReviewRow[]> {
  const rows = await reader
    .selectFrom('market.review')
    .select(REVIEW)
    .where('order_id', '=', orderId)
    .orderBy('at')
    .execute();
  return rows.map(({ value_fen, ...row }) => ({ ...row, valueFen: fen(value_fen) }));
}

/** Reviews of a person that may be shown: both sides wrote, or the time is over. Newest first. */
export async function listOpenReviews(
  reader: Reader,
  input: { subjectId: string; at: Date; limit: number },
): Promise<ReviewRow[]> {
  const { subjectId, at, limit } = input;
  const rows = await reader
    .selectFrom('market.review as r')
    .select(REVIEW)
    .where('r.subject_id', '=', subjectId)
    .where((where) =>
      where.or([
        where('r.opens_at', '<=', at),
        where.exists(
          where
            .selectFrom('market.review as o')
            .select('o.at')
            .whereRef('o.order_id', '=', 'r.order_id')
            .whereRef('o.author_id', '=', 'r.subject_id'),
        ),
      ]),
    )
    .orderBy('r.at', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ value_fen, ...row }) => ({ ...row, valueFen: fen(value_fen) }));
}

export interface MessageRow {
  readonly id: string;
  readonly authorId: string | null;
  readonly body: Buffer | null;
  readonly code: string | null;
  readonly params: unknown;
  readonly at: Date;
}

export async function insertMessage(
  tx: Tx,
  message: MessageRow & { orderId: string },
): Promise<void> {
  const { id, orderId, authorId, body, code, params, at } = message;
  await tx
    .insertInto('market.message')
    .values({
      ...{ id, order_id: orderId, author_id: authorId, body, code, at },
      params: JSON.stringify(params),
    })
    .execute();
}

export async function countMessages(
  reader: Reader,
  input: { orderId: string; authorId: string; since: Date },
): Promise<number> {
  const row = await reader
    .selectFrom('market.message')
    .select((on) => on.fn.countAll<bigint>().as('count'))
    .where('order_id', '=', input.orderId)
    .where('author_id', '=', input.authorId)
    .where('at', '>=', input.since)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export async function listMessages(
  reader: Reader,
  input: { orderId: string; after: string | undefined; limit: number },
): Promise<MessageRow[]> {
  const { orderId, after, limit } = input;
  return await reader
    .selectFrom('market.message')
    .select(['id', 'author_id as authorId', 'body', 'code', 'params', 'at'])
    .where('order_id', '=', orderId)
    .$if(after !== undefined, (query) =>
      query.where('seq', '>', (one) =>
        one
          .selectFrom('market.message')
          .select('seq')
          .where('id', '=', after ?? ''),
      ),
    )
    .orderBy('seq')
    .limit(limit)
    .execute();
}

/** Reading goes forward only. */
export async function saveRead(
  tx: Tx,
  input: { orderId: string; personId: string; until: string },
): Promise<void> {
  await sql`
    insert into market.message_read as r (order_id, person_id, until)
    values (${input.orderId}, ${input.personId}, ${input.until})
    on conflict (order_id, person_id) do update set until = greatest(r.until, excluded.until)`.execute(
    tx,
  );
}

/** What the other side wrote and this person has not read, by order; the platform's own words wait for nobody. */
export async function countUnread(
  reader: Reader,
  input: { orderIds: readonly string[]; personId: string },
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ order_id: string; unread: bigint }>`
    select m.order_id, count(*) as unread from market.message m
    left join market.message_read r on r.order_id = m.order_id and r.person_id = ${input.personId}
    where m.order_id = any(${input.orderIds}::uuid[])
      and m.author_id <> ${input.personId}::uuid
      and (r.until is null or m.id > r.until)
    group by m.order_id`.execute(reader);
  return new Map(rows.map((row) => [row.order_id, Number(row.unread)]));
}

export interface SpotCheck {
  readonly id: string;
  readonly listingId: string;
  readonly cardId: string;
  readonly sellerId: string;
  readonly cause: 'random' | 'risk';
  readonly promisedFen: Fen;
  /** The cause under which we hold the card at its issuer. */
  readonly heldRef: string;
}

/** Vaulted cards on sale without an open check, in the order of their ids. */
export async function listCheckable(
  reader: Reader,
  input: { after: string; at: Date; limit: number },
): Promise<Checkable[]> {
  const { after, at, limit } = input;
  const { rows } = await sql<{
    id: string;
    card_id: string;
    seller_id: string;
    price_fen: bigint;
    balance_fen: bigint;
    days: number;
  }>`
    select l.id, l.card_id, l.seller_id, l.price_fen, l.declared_fen as balance_fen,
      extract(day from ${at}::timestamptz - coalesce(s.done_at, l.listed_at))::int4 as days
    from market.listing l
    left join lateral (
      select done_at from market.spot_check where listing_id = l.id and outcome = 'passed'
      order by ordered_at desc limit 1) s on true
    where l.state in ('live', 'paused') and l.delivery = 'vault' and l.card_id is not null
      and ${after === '' ? sql`true` : sql`l.id > ${after}`}
      and not exists (select from market.spot_check o where o.listing_id = l.id and o.done_at is null)
    order by l.id limit ${limit}`.execute(reader);
  return rows.map((row) => ({
    listingId: row.id,
    cardId: row.card_id,
    sellerId: row.seller_id,
    priceFen: fen(row.price_fen),
    balanceFen: fen(row.balance_fen),
    daysUnchecked: row.days,
  }));
}

/** False when the listing has an open check, or had one on this day. */
export async function insertSpotCheck(
  tx: Tx,
  check: Omit<SpotCheck, 'promisedFen' | 'heldRef'> & { day: string; at: Date },
): Promise<boolean> {
  const { id, listingId, cardId, sellerId, cause, day, at } = check;
  const row = await tx
    .insertInto('market.spot_check')
    .values({
      ...{ id, day, cause },
      ...{ listing_id: listingId, card_id: cardId, seller_id: sellerId, ordered_at: at },
    })
    .onConflict((on) => on.doNothing())
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** The open check, locked until commit; undefined once it is done. */
export async function lockSpotCheck(tx: Tx, id: string): Promise<SpotCheck | undefined> {
  const row = await tx
    .selectFrom('market.spot_check as s')
    .innerJoin('market.listing as l', 'l.id', 's.listing_id')
    .select(['s.id', 's.listing_id', 's.card_id', 's.seller_id', 's.cause', 'l.declared_fen'])
    .select('l.held_ref')
    .where('s.id', '=', id)
    .where('s.done_at', 'is', null)
    .forUpdate('s')
    .executeTakeFirst();
  return (
    row && {
      id: row.id,
      listingId: row.listing_id,
      cardId: row.card_id,
      sellerId: row.seller_id,
      cause: row.cause as SpotCheck['cause'],
      promisedFen: fen(row.declared_fen),
      heldRef: row.held_ref ?? row.listing_id,
    }
  );
}

export async function finishSpotCheck(
  tx: Tx,
  input: { id: string; outcome: 'passed' | 'failed' | 'unanswered'; code: string; at: Date },
): Promise<void> {
  await tx
    .updateTable('market.spot_check')
    .set({ outcome: input.outcome, code: input.code, done_at: input.at })
    .where('id', '=', input.id)
    .execute();
}

/** Sellers with a card on sale, and the score (0..100) that search has of them. */
export async function listSellersOnSale(
  reader: Reader,
): Promise<{ sellerId: string; shown: number | null }[]> {
  const { rows } = await sql<{ sellerId: string; shown: number | null }>`
    select distinct l.seller_id as "sellerId", s.score::int4 as shown
    from market.live_listing l left join market.find_seller s using (seller_id)`.execute(reader);
  return rows;
}

/** Whoever listed, bought or sold here; nobody else has a standing to be asked for. */
export async function isTrader(reader: Reader, personId: string): Promise<boolean> {
  const { rows } = await sql<{ known: boolean }>`
    select exists (select from market.listing where seller_id = ${personId})
      or exists (select from market.deed where person_id = ${personId}) as known`.execute(reader);
  return rows[0]?.known ?? false;
}
