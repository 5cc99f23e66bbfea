/** All SQL of trust: deeds, vouches, reviews, messages, spot checks. */
import { sql } from 'kysely';
import { type Fen, fen, type Reader, type Tx } from '#platform';
import type { Deed, DeedKind } from './score.ts';
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
    .$if(after !== undefined, (query) => query.where('id', '>', after ?? ''))
    .orderBy('id')
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

/** Messages of others that this person has not read, by order. */
export async function countUnread(
  reader: Reader,
  input: { orderIds: readonly string[]; personId: string },
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ order_id: string; unread: bigint }>`
    select m.order_id, count(*) as unread from market.message m
    left join market.message_read r on r.order_id = m.order_id and r.person_id = ${input.personId}
    where m.order_id = any(${input.orderIds}::uuid[])
      and m.author_id is distinct from ${input.personId}::uuid
      and (r.until is null or m.id > r.until)
    group by m.order_id`.execute(reader);
  return new Map(rows.map((row) => [row.order_id, Number(row.unread)]));
}
