/** SQL of the narrow copy of what is on sale: writing it, and looking words up among the products. */
import assert from 'node:assert/strict';
import { type Selectable, sql } from 'kysely';
import type { Database, Reader, Tx } from '#platform';

export type ListingRow = Selectable<Database['market.listing']>;

export async function findListing(tx: Tx, id: string): Promise<ListingRow | undefined> {
  return await tx.selectFrom('market.listing').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function liveIds(reader: Reader): Promise<string[]> {
  const rows = await reader
    .selectFrom('market.listing')
    .select('id')
    .where('state', '=', 'live')
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}

export interface ProductText {
  readonly sku: string;
  readonly category: string;
  readonly form: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly chinese: string;
  readonly latin: string;
}

/** Its number; written only when it is new or its texts changed, so that listings of one product do not queue up. */
export async function putProduct(tx: Tx, product: ProductText): Promise<number> {
  const { sku, category, form, nameZh, nameEn, chinese, latin } = product;
  const known = await tx
    .selectFrom('market.find_product')
    .select(['no', 'category', 'form', 'chinese', 'latin'])
    .where('sku', '=', sku)
    .executeTakeFirst();
  if (
    known?.chinese === chinese &&
    known.latin === latin &&
    known.category === category &&
    known.form === form
  )
    return known.no;
  const values = { sku, category, form, name_zh: nameZh, name_en: nameEn, chinese, latin };
  const row = await tx
    .insertInto('market.find_product')
    .values(values)
    .onConflict((on) => on.column('sku').doUpdateSet(values))
    .returning('no')
    .executeTakeFirstOrThrow();
  return row.no;
}

/** Copies the row of one live listing, with the traits it has. */
export async function copyLive(
  tx: Tx,
  copy: {
    id: string;
    productNo: number;
    restrictions: number;
    title: string;
    tags: readonly string[];
  },
): Promise<void> {
  const { id, productNo, restrictions, title, tags } = copy;
  const { numAffectedRows } = await sql`
    with source as (
      select l.*, coalesce(s.score, 0) / 10 as tens
      from market.listing l left join market.find_seller s using (seller_id) where l.id = ${id}),
    made as (
      insert into market.find_trait (delivery, grade, restrictions, score_tens)
      select delivery, grade, ${restrictions}::int4, tens from source
      where not exists (select from market.find_trait t where (t.delivery, t.grade, t.restrictions,
        t.score_tens) = (source.delivery, source.grade, ${restrictions}::int4, source.tens))
      on conflict (delivery, grade, restrictions, score_tens) do update set grade = excluded.grade
      returning no),
    trait as (
      select no from made union all
      select t.no from market.find_trait t, source
      where (t.delivery, t.grade, t.restrictions, t.score_tens)
          = (source.delivery, source.grade, ${restrictions}::int4, source.tens))
    insert into market.live_listing (id, seller_id, product_no, trait_no, price_fen, value_fen, discount_bp,
      expires_on, listed_at, title, tags)
    select id, seller_id, ${productNo}, trait.no, price_fen, declared_fen,
      (price_fen * 10000 / declared_fen)::int4, coalesce(expires_on, 'infinity'),
      coalesce(listed_at, updated_at), ${title}, ${tags}::text[]
    from source, trait limit 1
    on conflict (id) do update set product_no = excluded.product_no, trait_no = excluded.trait_no,
      price_fen = excluded.price_fen, value_fen = excluded.value_fen, discount_bp = excluded.discount_bp,
      expires_on = excluded.expires_on, listed_at = excluded.listed_at, title = excluded.title,
      tags = excluded.tags`.execute(tx);
  assert(numAffectedRows === 1n, 'a live listing has its one copy');
}

export async function priceOfCopy(tx: Tx, id: string): Promise<bigint | undefined> {
  const row = await tx
    .selectFrom('market.live_listing')
    .select('price_fen')
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.price_fen;
}

export async function dropLive(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('market.live_listing').where('id', '=', id).execute();
}

export async function dropAll(tx: Tx): Promise<void> {
  await tx.deleteFrom('market.live_listing').execute();
}

/** Keeps the score; gives what the seller has on sale. */
export async function putScore(tx: Tx, sellerId: string, score: number): Promise<string[]> {
  await tx
    .insertInto('market.find_seller')
    .values({ seller_id: sellerId, score })
    .onConflict((on) => on.column('seller_id').doUpdateSet({ score }))
    .execute();
  const rows = await tx
    .selectFrom('market.live_listing')
    .select('id')
    .where('seller_id', '=', sellerId)
    .execute();
  return rows.map(({ id }) => id);
}

/** For each word the numbers of the products that carry it. */
export async function productsWith(reader: Reader, words: readonly string[]): Promise<number[][]> {
  const { rows } = await sql<{ at: number; nos: number[] }>`
    select w.at::int4 as at, array_agg(p.no) as nos
    from unnest(${words}::text[]) with ordinality as w (word, at)
    join market.find_product p
      on position(w.word in p.chinese) > 0 or position(' ' || w.word in p.latin) > 0
    group by w.at`.execute(reader);
  const found = new Map(rows.map(({ at, nos }) => [at, nos]));
  return words.map((_, index) => found.get(index + 1) ?? []);
}

/** Products that sound like the word, or whose latin text looks like it. */
export async function productsLike(reader: Reader, sound: string): Promise<number[]> {
  const { rows } = await sql<{ no: number }>`
    select no from market.find_product where position(' ' || ${sound}::text in latin) > 0
    union select no from market.products_like(${sound}) as no`.execute(reader);
  return rows.map(({ no }) => no);
}

export async function productsWhere(
  reader: Reader,
  where: { category?: string; form?: string; sku?: string },
): Promise<number[]> {
  let query = reader.selectFrom('market.find_product').select('no');
  if (where.category !== undefined) query = query.where('category', '=', where.category);
  if (where.form !== undefined) query = query.where('form', '=', where.form);
  if (where.sku !== undefined) query = query.where('sku', '=', where.sku);
  return (await query.execute()).map(({ no }) => no);
}

export async function traitsWhere(
  reader: Reader,
  where: { delivery?: string; gradeMin?: number; without?: number; scoreTensMin?: number },
): Promise<number[]> {
  let query = reader.selectFrom('market.find_trait').select('no');
  if (where.delivery !== undefined) query = query.where('delivery', '=', where.delivery);
  if (where.gradeMin !== undefined) query = query.where('grade', '>=', where.gradeMin);
  if (where.scoreTensMin !== undefined) query = query.where('score_tens', '>=', where.scoreTensMin);
  if (where.without !== undefined)
    query = query.where(sql<boolean>`restrictions & ${where.without}::int4 = 0`);
  return (await query.execute()).map(({ no }) => no);
}
