/** SQL that fills a page of hits with what a buyer sees. */
import type { Reader } from '#platform';

export async function hitRows(reader: Reader, ids: readonly string[]) {
  if (ids.length === 0) return new Map<string, HitRow>();
  const rows = await ofHits(reader).where('live.id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.id, row]));
}
export type HitRow = Awaited<ReturnType<ReturnType<typeof ofHits>['execute']>>[number];

const ofHits = (reader: Reader) =>
  reader
    .selectFrom('market.live_listing as live')
    .innerJoin('market.listing as l', 'l.id', 'live.id')
    .innerJoin('market.find_trait as trait', 'trait.no', 'live.trait_no')
    .select([
      'l.id',
      'l.sku',
      'l.product_name_zh',
      'l.product_name_en',
      'l.category',
      'l.form',
      'l.title',
      'l.face_fen',
      'l.declared_fen',
      'live.price_fen',
      'live.discount_bp',
      'l.delivery',
      'l.grade',
      'l.expires_on',
      'l.restrictions',
      'trait.score_tens',
      'live.listed_at',
    ]);

export async function productRows(reader: Reader, nos: readonly number[]) {
  if (nos.length === 0) return new Map<number, { sku: string; category: string; form: string }>();
  const rows = await reader
    .selectFrom('market.find_product')
    .select(['no', 'sku', 'category', 'form'])
    .where('no', 'in', nos)
    .execute();
  return new Map(rows.map(({ no, ...rest }) => [no, rest]));
}

export async function traitRows(reader: Reader, nos: readonly number[]) {
  if (nos.length === 0) return new Map<number, { delivery: string; grade: number }>();
  const rows = await reader
    .selectFrom('market.find_trait')
    .select(['no', 'delivery', 'grade'])
    .where('no', 'in', nos)
    .execute();
  return new Map(rows.map(({ no, ...rest }) => [no, rest]));
}
