/** SQL of a recycler's stock: what it bought and did not get its money back for. */
import { sql } from 'kysely';
import { type Fen, fen, type Reader } from '#platform';

export interface BoughtRow {
  readonly orderId: string;
  readonly sku: string;
  readonly faceFen: Fen;
  readonly costFen: Fen;
  readonly boughtAt: Date;
  readonly expiresOn: string | undefined;
  readonly cardId: string;
  readonly cardLast4: string;
  readonly openedAt: Date | undefined;
  readonly resaleId: string | undefined;
  readonly state: string;
}

/** More is no stock of one shop's page any more. */
export const STOCK_MAX = 10_000;

/** Newest first. What went back in full, or is argued about to go back, is nobody's stock. */
export async function boughtBy(
  reader: Reader,
  { recycler, since }: { recycler: string; since: Date },
): Promise<BoughtRow[]> {
  const { rows } = await sql<{
    id: string;
    sku: string;
    face_fen: bigint;
    price_fen: bigint;
    refund_fen: bigint | null;
    verified_at: Date;
    expires_on: string | null;
    card_id: string;
    card_last4: string;
    opened_at: Date | null;
    resale_id: string | null;
    state: string;
  }>`
    select o.id, o.sku, o.face_fen, o.price_fen, r.refund_fen, o.verified_at, o.expires_on, o.card_id,
           o.card_last4, o.opened_at, o.resale_id, o.state
    from buyback."order" as o
    left join buyback.report as r on r.order_id = o.id
    where o.recycler = ${recycler} and o.state in ('verified', 'disputed', 'settled', 'contested', 'closed')
      and o.card_id is not null and o.verified_at is not null
      and not (r.outcome is not distinct from 'clawback' and r.refund_fen is not null)
      and (o.verified_at >= ${since} or (o.opened_at is null or o.opened_at >= ${since}))
    order by o.id desc limit ${STOCK_MAX}`.execute(reader);
  return rows.map((row) => ({
    ...{ orderId: row.id, sku: row.sku, faceFen: fen(row.face_fen), state: row.state },
    costFen: fen(row.price_fen - (row.refund_fen ?? 0n)),
    boughtAt: row.verified_at,
    expiresOn: row.expires_on ?? undefined,
    ...{ cardId: row.card_id, cardLast4: row.card_last4 },
    openedAt: row.opened_at ?? undefined,
    resaleId: row.resale_id ?? undefined,
  }));
}
