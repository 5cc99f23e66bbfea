/** SQL of notices about cards: which numbers they name, and what of these was found here. */
import { type Insertable, sql } from 'kysely';
import type { Database, Reader, Tx } from '#platform';
import type { NoticeState } from './life.ts';

export const SOURCES = ['police', 'regulator', 'court', 'report'] as const;
export type Source = (typeof SOURCES)[number];
export type How = 'here' | 'gone' | 'offered';

export interface Notice {
  readonly id: string;
  readonly source: Source;
  readonly receivedOn: string;
  readonly letter: Buffer;
  readonly digest: Buffer;
  readonly victim: Buffer | undefined;
  readonly state: NoticeState;
  readonly enteredBy: string;
  readonly proposedBy: string | undefined;
  readonly decidedBy: string | undefined;
  readonly reason: string | undefined;
  readonly enteredAt: Date;
  readonly decidedAt: Date | undefined;
}
export interface NoticeCard {
  readonly hmac: Buffer;
  readonly sku: string;
  readonly last4: string;
}
export interface Match {
  readonly id: string;
  readonly how: How;
  readonly cardId: string | undefined;
  readonly personId: string;
  readonly sku: string;
  readonly last4: string;
  readonly at: Date;
}

const NOTICES = 'cards/notices';

/** No number is taken in between a notice's look at what is here and its commit. */
export async function lockIntake(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${NOTICES}, 0))`.execute(tx);
}

/** Of these numbers, those that a notice names, with the newest such notice. Waits for one that is being kept. */
export async function stoppedPrints(
  tx: Tx,
  prints: readonly Buffer[],
): Promise<Map<string, string>> {
  await sql`select pg_advisory_xact_lock_shared(hashtextextended(${NOTICES}, 0))`.execute(tx);
  const rows = await tx
    .selectFrom('cards.notice_card as named')
    .innerJoin('cards.notice as notice', 'notice.id', 'named.notice_id')
    .select(['named.hmac', 'notice.id'])
    .where('named.hmac', 'in', [...prints])
    .where('notice.state', '<>', 'lifted')
    .orderBy('notice.id')
    .execute();
  return new Map(rows.map(({ hmac, id }) => [hmac.toString('hex'), id]));
}

const stoppedCards = (reader: Reader) =>
  reader
    .selectFrom('cards.fingerprint as print')
    .innerJoin('cards.notice_card as named', 'named.hmac', 'print.hmac')
    .innerJoin('cards.notice as notice', 'notice.id', 'named.notice_id')
    .where('notice.state', '<>', 'lifted');

/** Of these cards, those that a notice names. */
export async function stoppedAmong(
  reader: Reader,
  cardIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (cardIds.length === 0) return new Set();
  const rows = await stoppedCards(reader)
    .select('print.card_id')
    .where('print.card_id', 'in', [...cardIds])
    .execute();
  return new Set(rows.map(({ card_id }) => card_id));
}

export async function insertNotice(
  tx: Tx,
  notice: Insertable<Database['cards.notice']>,
  cards: readonly NoticeCard[],
): Promise<void> {
  await tx.insertInto('cards.notice').values(notice).execute();
  await tx
    .insertInto('cards.notice_card')
    .values(cards.map((card) => ({ notice_id: notice.id, ...card })))
    .execute();
}

/** Locks every card that has, or had, one of these numbers here. Ids in order, so that two notices do not cross. */
export async function lockCardsBy(
  tx: Tx,
  prints: readonly Buffer[],
): Promise<{ cardId: string; ownerId: string; hmac: Buffer; isHere: boolean }[]> {
  const rows = await tx
    .selectFrom('cards.card as card')
    .innerJoin('cards.fingerprint as print', 'print.card_id', 'card.id')
    .select(['card.id', 'card.owner_id', 'print.hmac', 'print.ended_at'])
    .where('print.hmac', 'in', [...prints])
    .orderBy('card.id')
    .forUpdate('card')
    .execute();
  return rows.map((row) => ({
    ...{ cardId: row.id, ownerId: row.owner_id, hmac: row.hmac, isHere: row.ended_at === null },
  }));
}

/** False when the notice has met this card before. */
export async function insertMatch(
  tx: Tx,
  match: Insertable<Database['cards.notice_match']>,
): Promise<void> {
  await tx
    .insertInto('cards.notice_match')
    .values(match)
    .onConflict((on) => on.doNothing())
    .execute();
}

const selectNotice = (reader: Reader) => reader.selectFrom('cards.notice').selectAll();
type NoticeRow = NonNullable<
  Awaited<ReturnType<ReturnType<typeof selectNotice>['executeTakeFirst']>>
>;

const toNotice = (row: NoticeRow): Notice => ({
  ...{ id: row.id, source: row.source as Source, receivedOn: row.received_on },
  ...{ letter: row.letter, digest: row.digest, victim: row.victim ?? undefined },
  ...{ state: row.state as NoticeState, enteredBy: row.entered_by },
  ...{ proposedBy: row.proposed_by ?? undefined, decidedBy: row.decided_by ?? undefined },
  ...{ reason: row.reason ?? undefined, enteredAt: row.entered_at },
  decidedAt: row.decided_at ?? undefined,
});

export async function findNotice(reader: Reader, id: string): Promise<Notice | undefined> {
  const row = await selectNotice(reader).where('id', '=', id).executeTakeFirst();
  return row && toNotice(row);
}

export async function lockNotice(tx: Tx, id: string): Promise<Notice | undefined> {
  const row = await selectNotice(tx).where('id', '=', id).forUpdate().executeTakeFirst();
  return row && toNotice(row);
}

export async function saveNotice(
  tx: Tx,
  id: string,
  change: {
    state: NoticeState;
    proposed_by?: string | null;
    decided_by?: string;
    reason?: string;
    decided_at?: Date;
  },
): Promise<void> {
  await tx.updateTable('cards.notice').set(change).where('id', '=', id).execute();
}

/** Newest first, one more than asked for. */
export async function listNotices(
  reader: Reader,
  asked: { cursor?: string | undefined; limit: number; state?: NoticeState | undefined },
): Promise<(Notice & { cards: number; matches: number })[]> {
  const { cursor, limit, state } = asked;
  let query = selectNotice(reader)
    .select((eb) => [
      eb
        .selectFrom('cards.notice_card as named')
        .whereRef('named.notice_id', '=', 'cards.notice.id')
        .select((one) => one.fn.countAll<bigint>().as('count'))
        .as('cards'),
      eb
        .selectFrom('cards.notice_match as found')
        .whereRef('found.notice_id', '=', 'cards.notice.id')
        .select((one) => one.fn.countAll<bigint>().as('count'))
        .as('matches'),
    ])
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (state !== undefined) query = query.where('state', '=', state);
  if (cursor !== undefined) query = query.where('id', '<', cursor);
  const rows = await query.execute();
  return rows.map((row) => ({
    ...toNotice(row),
    ...{ cards: Number(row.cards), matches: Number(row.matches) },
  }));
}

export async function cardsNamed(reader: Reader, noticeId: string): Promise<NoticeCard[]> {
  return await reader
    .selectFrom('cards.notice_card')
    .select(['hmac', 'sku', 'last4'])
    .where('notice_id', '=', noticeId)
    .orderBy('sku')
    .orderBy('last4')
    .execute();
}

export async function matchesOf(reader: Reader, noticeId: string): Promise<Match[]> {
  const rows = await reader
    .selectFrom('cards.notice_match as found')
    .innerJoin('cards.notice_card as named', (join) =>
      join.onRef('named.notice_id', '=', 'found.notice_id').onRef('named.hmac', '=', 'found.hmac'),
    )
    .select(['found.id', 'how', 'card_id', 'person_id', 'sku', 'last4', 'at'])
    .where('found.notice_id', '=', noticeId)
    .orderBy('found.id')
    .execute();
  return rows.map((row) => ({
    ...{ id: row.id, how: row.how as How, cardId: row.card_id ?? undefined },
    ...{ personId: row.person_id, sku: row.sku, last4: row.last4, at: row.at },
  }));
}

/** What each of these cards was promised to, from the first promise to the last. */
export async function promisesOf(
  reader: Reader,
  cardIds: readonly string[],
): Promise<{ cardId: string; kind: string; ref: string; since: Date; until: Date | undefined }[]> {
  if (cardIds.length === 0) return [];
  const rows = await reader
    .selectFrom('cards.encumbrance')
    .select(['card_id', 'kind', 'ref', 'started_at', 'ended_at'])
    .where('card_id', 'in', [...cardIds])
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    ...{ cardId: row.card_id, kind: row.kind, ref: row.ref, since: row.started_at },
    until: row.ended_at ?? undefined,
  }));
}

/** Every card that is here or was, and that a confirmed notice names; once for each notice. */
export async function crimeCards(
  reader: Reader,
): Promise<{ cardId: string; victim: string | undefined }[]> {
  // A confirmed notice comes back to be asked about, and stays confirmed until it is lifted.
  const rows = await stoppedCards(reader)
    .select(['print.card_id', 'notice.victim'])
    .distinct()
    .where('notice.decided_at', 'is not', null)
    .execute();
  return rows.map((row) => ({ cardId: row.card_id, victim: row.victim?.toString('hex') }));
}

/** True where this person brought a card that a notice names: what is kept of them stays (R56). */
export async function isNamed(reader: Reader, personId: string): Promise<boolean> {
  const row = await reader
    .selectFrom('cards.notice_match as found')
    .innerJoin('cards.notice as notice', 'notice.id', 'found.notice_id')
    .select('found.id')
    .where('found.person_id', '=', personId)
    .where('notice.state', '<>', 'lifted')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
