/** Reviews: both sides write blind, both are shown at once, and nobody ever deletes one. */
import { chinaDay, DAY, type Fen, plus, type Reader, Refused, type Tx } from '#platform';
import { append } from '#record';
import { checkText } from '#rules';
import { noteDeed } from './standing.ts';
import { insertReview, listOpenReviews, listReviewsOfOrder, type ReviewRow } from './store.ts';

/** After the end of an order both sides may write for this long; then what is written is shown. */
export const REVIEW_DAYS = 7;
const SHOWN_MAX = 50;
const WELL = 4;
const BADLY = 2;

/** The ended order that a review is about. */
export interface Reviewed {
  readonly orderId: string;
  readonly buyerId: string;
  readonly sellerId: string;
  readonly valueFen: Fen;
  readonly endedAt: Date;
}

/** Refuses not_found to strangers, review_closed after seven days, review_written, and what `checkText` refuses. */
export async function review(
  tx: Tx,
  order: Reviewed,
  input: { by: string; stars: number; body: string; at: Date },
): Promise<void> {
  const { by, stars, at } = input;
  const body = input.body.trim();
  const subjectId = otherSide(order, by);
  const opensAt = plus(order.endedAt, REVIEW_DAYS * DAY);
  if (at >= opensAt) throw new Refused('review_closed', { days: REVIEW_DAYS });
  const no = body === '' ? undefined : checkText(body, chinaDay(at));
  if (no) throw new Refused(no);
  const { orderId, valueFen } = order;
  const row = { orderId, authorId: by, subjectId, stars, body, at, opensAt, valueFen };
  if (!(await insertReview(tx, row))) throw new Refused('review_written');
  await append(tx, { subject: orderId, type: 'market.reviewed', data: { by, stars }, at });
  const kind = stars >= WELL ? 'rated_well' : stars <= BADLY ? 'rated_badly' : undefined;
  if (kind)
    await noteDeed(tx, {
      ...{ personId: subjectId, kind, subject: orderId, counterparty: by, valueFen, at },
    });
}

function otherSide(order: Reviewed, personId: string): string {
  if (personId === order.buyerId) return order.sellerId;
  if (personId === order.sellerId) return order.buyerId;
  throw new Refused('not_found');
}

export interface OrderReviews {
  /** What I wrote; the other's only once both wrote or the time is over. */
  readonly mine: ReviewRow | undefined;
  readonly theirs: ReviewRow | undefined;
  readonly mayWriteUntil: Date | undefined;
}

export async function reviewsOfOrder(
  reader: Reader,
  order: Reviewed,
  input: { viewer: string; at: Date },
): Promise<OrderReviews> {
  const { viewer, at } = input;
  const rows = await listReviewsOfOrder(reader, order.orderId);
  const mine = rows.find((row) => row.authorId === viewer);
  const theirs = rows.find((row) => row.authorId !== viewer);
  const closesAt = plus(order.endedAt, REVIEW_DAYS * DAY);
  const shown = mine !== undefined || at >= closesAt;
  return {
    mine,
    theirs: shown ? theirs : undefined,
    mayWriteUntil: mine === undefined && at < closesAt ? closesAt : undefined,
  };
}

/** Of a person, newest first; only what may be shown. */
export const reviewsOf = async (
  reader: Reader,
  subjectId: string,
  at: Date,
): Promise<ReviewRow[]> => await listOpenReviews(reader, { subjectId, at, limit: SHOWN_MAX });
