/** Listings for tests and the benchmark: written as rows, because how a listing comes to be is not what is measured. */
import { sql } from 'kysely';
import { type Db, inTransaction, newId } from '#platform';
import { project } from './project.ts';

export interface Made {
  id: string;
  sellerId: string;
  sku: string;
  category: string;
  nameZh: string;
  nameEn: string;
  form: string;
  faceFen: bigint;
  valueFen: bigint;
  priceFen: bigint;
  delivery: string;
  grade: number;
  expiresOn: string | null;
  restrictions: { kind: string }[];
  title: string;
  state: string;
  listedAt: Date;
}

export async function putListing(db: Db, made: Made): Promise<void> {
  const values = {
    id: made.id,
    seller_id: made.sellerId,
    sku: made.sku,
    category: made.category,
    product_name_zh: made.nameZh,
    product_name_en: made.nameEn,
    form: made.form,
    face_fen: made.faceFen,
    declared_fen: made.valueFen,
    price_fen: made.priceFen,
    asked_fen: made.priceFen,
    delivery: made.delivery,
    grade: made.grade,
    expires_on: made.expiresOn,
    restrictions: JSON.stringify(made.restrictions),
    title: made.title,
    note: '',
    state: made.state,
    suspended_reason: made.state === 'suspended' ? 'probe_failed' : null,
    created_at: made.listedAt,
    listed_at: made.listedAt,
    updated_at: made.listedAt,
  };
  await inTransaction(db, async (tx) => {
    await tx
      .insertInto('market.listing')
      .values(values)
      .onConflict((on) => on.column('id').doUpdateSet(values))
      .execute();
    await project(tx, made.id);
  });
}

let serial = 0;
/** A plain listing; say only what matters. */
export function aListing(part: Partial<Made> = {}): Made {
  const at = part.listedAt ?? new Date('2026-11-20T02:00:00Z');
  return {
    id: newId(new Date(at.getTime() + serial++)),
    sellerId: newId(at),
    sku: 'weihe-gift',
    category: 'dining',
    nameZh: '味禾礼品卡',
    nameEn: 'Weihe gift card',
    form: 'plastic',
    faceFen: 10_000n,
    valueFen: 10_000n,
    priceFen: 8_500n,
    delivery: 'vault',
    grade: 4,
    expiresOn: null,
    restrictions: [{ kind: 'none' }],
    title: '急出 包邮',
    state: 'live',
    listedAt: at,
    ...part,
  };
}

/** Nothing waits for autovacuum: index-only scans need the visibility map, plans need statistics. */
export async function settleStatistics(db: Db): Promise<void> {
  for (const table of ['live_listing', 'find_product', 'find_trait'])
    await sql`vacuum (analyze) ${sql.raw(`market.${table}`)}`.execute(db);
}
