/** SQL of what was sold and of how long it stood: the ground of price history and of suggestions. */
import { sql } from 'kysely';
import type { Fen, Reader } from '#platform';
import type { Spell } from './domain.ts';

/** The latest that long; older listings met another market. */
const SPELL_DAYS = 90;
const SPELLS_MAX = 5_000;

export interface SoldDay {
  readonly day: string;
  readonly count: number;
  readonly low_bps: number;
  readonly median_bps: number;
  readonly high_bps: number;
}

/** Days on which something of the product was settled: the middle of the discounts, and what 1 in 10 was below or above. */
export async function soldDays(
  reader: Reader,
  { sku, from, until }: { sku: string; from: Date; until: Date },
): Promise<SoldDay[]> {
  const { rows } = await sql<SoldDay>`
    select day::text as day, count(*)::int4 as count,
      percentile_disc(0.1) within group (order by bps) as low_bps,
      percentile_disc(0.5) within group (order by bps) as median_bps,
      percentile_disc(0.9) within group (order by bps) as high_bps
    from (select (confirmed_at at time zone 'Asia/Shanghai')::date as day,
            (price_fen * 10000 / promised_fen)::int4 as bps
          from market."order"
          where sku = ${sku} and confirmed_at >= ${from} and confirmed_at < ${until}
            and refund_fen is null) as sold
    group by day order by day`.execute(reader);
  return rows;
}

export interface SoldShares {
  readonly count: number;
  readonly bps: readonly [number, number, number] | null;
}

/** A quarter, half and three quarters of the cards were sold at this discount or below. */
export async function soldShares(
  reader: Reader,
  { sku, from, until }: { sku: string; from: Date; until: Date },
): Promise<SoldShares> {
  const { rows } = await sql<SoldShares>`
    select count(*)::int4 as count, percentile_disc(array[0.25, 0.5, 0.75])
      within group (order by (price_fen * 10000 / promised_fen)::int4) as bps
    from market."order" where sku = ${sku} and confirmed_at >= ${from} and confirmed_at < ${until}
      and refund_fen is null`.execute(reader);
  return rows[0] ?? { count: 0, bps: null };
}

/** How long the latest listings of a category stood, at the price they ended with. */
export async function spellsOf(
  reader: Reader,
  { category, at }: { category: string; at: Date },
): Promise<Spell[]> {
  const { rows } = await sql<{ sku: string; bps: number; seconds: number; sold: boolean }>`
    select l.sku, (l.price_fen * 10000 / l.declared_fen)::int4 as bps, l.state = 'sold' as sold,
      greatest(0, extract(epoch from case
        when l.state = 'live' then ${at}::timestamptz
        when l.state = 'sold' then coalesce((select max(o.paid_at) from market."order" o
          where o.listing_id = l.id and o.paid_at is not null), l.updated_at)
        else l.updated_at end - l.listed_at))::float8 as seconds
    from market.listing l
    where l.category = ${category} and l.listed_at is not null
      and l.listed_at > ${at}::timestamptz - make_interval(days => ${SPELL_DAYS})
    order by l.listed_at desc limit ${SPELLS_MAX}`.execute(reader);
  return rows.map(({ sku, bps, seconds, sold }) => ({
    sku,
    discountBps: bps,
    days: seconds / 86_400,
    sold,
  }));
}

export interface ProductRow {
  readonly no: number;
  readonly sku: string;
  readonly category: string;
  readonly form: string;
  readonly name_zh: string;
  readonly name_en: string;
  readonly count: number;
  readonly from_fen: Fen | null;
  readonly from_bps: number | null;
}

/** Products with something on sale, each with how many and the best price; `count` stops at a thousand. */
export async function productsOnSale(
  reader: Reader,
  {
    nos,
    category,
    after,
    limit,
  }: {
    nos?: readonly number[] | undefined;
    category?: string | undefined;
    after?: string | undefined;
    limit: number;
  },
): Promise<ProductRow[]> {
  const { rows } = await sql<ProductRow>`
    select p.no, p.sku, p.category, p.form, p.name_zh, p.name_en, on_sale.count, on_sale.from_fen, on_sale.from_bps
    from market.find_product p, lateral (
      select count(*)::int4 as count, min(price_fen) as from_fen, min(discount_bp) as from_bps
      from (select price_fen, discount_bp from market.live_listing where product_no = p.no limit 1000) as first
    ) as on_sale
    where on_sale.count > 0 and p.sku > ${after ?? ''}
      and (${nos ?? null}::int4[] is null or p.no = any(${nos ?? null}::int4[]))
      and (${category ?? null}::text is null or p.category = ${category ?? null})
    order by p.sku limit ${limit}`.execute(reader);
  return rows;
}
