/** SQL of reveals: a row per request, locked while it changes, never deleted. */
import { newId, type Reader, type Tx } from '#platform';

export interface Reveal {
  readonly id: string;
  readonly cardId: string;
  readonly orderRef: string;
  readonly reasonCode: string;
  readonly note: string;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly requestExpiresAt: Date;
  readonly approvedBy: string | undefined;
  readonly approvedAt: Date | undefined;
  readonly approvalExpiresAt: Date | undefined;
  readonly openedAt: Date | undefined;
}
export type RevealRow = Reveal & { readonly last4: string; readonly sku: string };

const select = (reader: Reader) =>
  reader
    .selectFrom('cards.reveal as reveal')
    .innerJoin('cards.card as card', 'card.id', 'reveal.card_id')
    .selectAll('reveal')
    .select(['card.last4', 'card.sku']);

type Row = Awaited<ReturnType<ReturnType<typeof select>['execute']>>[number];
const toReveal = (row: Row): RevealRow => ({
  id: row.id,
  cardId: row.card_id,
  orderRef: row.order_ref,
  reasonCode: row.reason_code,
  note: row.note,
  requestedBy: row.requested_by,
  requestedAt: row.requested_at,
  requestExpiresAt: row.request_expires_at,
  approvedBy: row.approved_by ?? undefined,
  approvedAt: row.approved_at ?? undefined,
  approvalExpiresAt: row.approval_expires_at ?? undefined,
  openedAt: row.opened_at ?? undefined,
  last4: row.last4,
  sku: row.sku,
});

export async function insertReveal(
  tx: Tx,
  input: Pick<Reveal, 'cardId' | 'orderRef' | 'reasonCode' | 'note' | 'requestedBy'> & {
    at: Date;
    expiresAt: Date;
  },
): Promise<string> {
  const id = newId(input.at);
  await tx
    .insertInto('cards.reveal')
    .values({
      id,
      card_id: input.cardId,
      order_ref: input.orderRef,
      reason_code: input.reasonCode,
      note: input.note,
      requested_by: input.requestedBy,
      requested_at: input.at,
      request_expires_at: input.expiresAt,
    })
    .execute();
  return id;
}

/** Locks the request until commit, so that of two openings one comes second. */
export async function lockReveal(tx: Tx, id: string): Promise<RevealRow | undefined> {
  const row = await select(tx).where('reveal.id', '=', id).forUpdate('reveal').executeTakeFirst();
  return row && toReveal(row);
}

export async function saveApproval(
  tx: Tx,
  { id, by, at, expiresAt }: { id: string; by: string; at: Date; expiresAt: Date },
): Promise<void> {
  await tx
    .updateTable('cards.reveal')
    .set({ approved_by: by, approved_at: at, approval_expires_at: expiresAt })
    .where('id', '=', id)
    .execute();
}

export async function saveOpened(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.updateTable('cards.reveal').set({ opened_at: at }).where('id', '=', id).execute();
}

/** Newest first; one more than `limit`, so that the caller knows whether there is another page. */
export async function listReveals(
  reader: Reader,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<RevealRow[]> {
  let query = select(reader)
    .orderBy('reveal.id', 'desc')
    .limit(limit + 1);
  if (before !== undefined) query = query.where('reveal.id', '<', before);
  return (await query.execute()).map(toReveal);
}

/** True once a person has seen the secret of this card. */
export async function wasOpened(reader: Reader, cardId: string): Promise<boolean> {
  const row = await reader
    .selectFrom('cards.reveal')
    .select('id')
    .where('card_id', '=', cardId)
    .where('opened_at', 'is not', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
