/**
 * SQL that finds one page among the copies. A walk along the wanted order ends early when enough rows fit; when its
 * first stretch did not fill the page, few rows fit, and all of them are gathered by whatever index is narrowest.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '#platform';
import type { Sort } from './schema.ts';

/** How much a walk reads before it gives up: some 10 ms. Rows of the table itself cost ten times an index entry. */
export interface Reach {
  readonly entries: number;
  readonly rows: number;
}
const REACH: Reach = { entries: 50_000, rows: 5_000 };

export interface Hit {
  readonly id: string;
  readonly key: string;
  readonly product_no: number;
  readonly trait_no: number;
}
/** A place in the order: of the last row seen, or of the row before which to stop. */
export interface Place {
  readonly key: string;
  readonly id: string;
}
/** One word of a title search: its own products, and where else it may be. */
export interface TitleWord {
  readonly word: string;
  readonly products: readonly number[];
}
export interface Wanted {
  readonly sort: Sort;
  readonly limit: number;
  readonly reach?: Reach | undefined;
  readonly after?: Place | undefined;
  readonly before?: Place | undefined;
  /** Undefined: any. */
  readonly products?: readonly number[] | undefined;
  readonly traits?: readonly number[] | undefined;
  readonly priceMin?: bigint | undefined;
  readonly priceMax?: bigint | undefined;
  readonly discountMin?: number | undefined;
  readonly discountMax?: number | undefined;
  readonly expiresFrom?: string | undefined;
  /** All of them in title or product, at least one of them in the title. */
  readonly title?: readonly TitleWord[] | undefined;
  /** What products and traits above say too, in the words of the title's index. */
  readonly tags?: readonly string[] | undefined;
}

interface Order {
  readonly column: RawBuilder<unknown>;
  readonly descending: boolean;
  /** The key as a cursor carries it, and back; independent of the zone a session is in. */
  readonly text: RawBuilder<unknown>;
  readonly read: (key: string) => RawBuilder<unknown>;
  /** The form of a key in a cursor: what passes is a value of the column. */
  readonly key: RegExp;
}
const REAL_DAY = '\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])';
export const ORDERS: Readonly<Record<Sort, Order>> = {
  discount: {
    column: sql`discount_bp`,
    descending: false,
    text: sql`discount_bp::text`,
    read: (key) => sql`${key}::int4`,
    key: /^\d{1,6}$/,
  },
  price: {
    column: sql`price_fen`,
    descending: false,
    text: sql`price_fen::text`,
    read: (key) => sql`${key}::int8`,
    key: /^\d{1,15}$/,
  },
  newest: {
    column: sql`listed_at`,
    descending: true,
    text: sql`(listed_at at time zone 'UTC')::text`,
    read: (key) => sql`(${key}::timestamp at time zone 'UTC')`,
    key: new RegExp(`^${REAL_DAY} (?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,6})?$`),
  },
  expiry: {
    column: sql`expires_on`,
    descending: true,
    text: sql`expires_on::text`,
    read: (key) => sql`${key}::date`,
    key: new RegExp(`^(?:${REAL_DAY}|infinity)$`),
  },
};

type Condition = RawBuilder<unknown>;

/** Up to `limit` hits in order; all there are when fewer. */
export async function hits(reader: Reader, wanted: Wanted): Promise<Hit[]> {
  if (wanted.products?.length === 0 || wanted.traits?.length === 0) return [];
  const { rows: reach } = reachOf(wanted);
  const titles = wanted.title ? await expected(reader, wanted, wanted.title) : undefined;
  if (titles === undefined || titles > reach) {
    const walked = (await sql<Hit>`${walk(wanted)}`.execute(reader)).rows;
    if (walked.length === wanted.limit) return walked;
    if (wanted.before && !(await goesFurther(reader, wanted))) return walked;
  }
  // Too few for a walk to meet enough of them, and enough to be dear: one row is one page of the table.
  if (titles !== undefined && titles > reach / 5) {
    const near = await placeAhead(reader, wanted);
    if (near) {
      const { rows } = await sql<Hit>`${gather({ ...wanted, before: near })}`.execute(reader);
      if (rows.length === wanted.limit) return rows;
    }
  }
  return (await sql<Hit>`${gather(wanted)}`.execute(reader)).rows;
}

/** How many titles carry one of the words, as the statistics of the index have it; nothing is read. */
async function expected(
  reader: Reader,
  wanted: Wanted,
  words: readonly TitleWord[],
): Promise<number> {
  const ways = words.map(({ word }) => sql`(${carries(word, wanted)})`);
  const { rows } = await sql<{ 'QUERY PLAN': readonly [{ Plan: { 'Plan Rows': number } }] }>`
    explain (format json) select from market.live_listing where ${sql.join(ways, sql` or `)}`.execute(
    reader,
  );
  return rows[0]?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0;
}

/** Is there more of the stretch than a walk has seen? */
async function goesFurther(reader: Reader, wanted: Wanted): Promise<boolean> {
  const { rows } = await sql`select from market.live_listing ${all(stretch(wanted))}
    offset ${mostOf(wanted)} limit 1`.execute(reader);
  return rows.length > 0;
}

/**
 * A place half as far ahead as a walk of an index would go, if there is so much of the stretch. Titles gathered up to
 * there alone cost the reading of two indexes and few rows; all titles with a word, one page of the table each
 * (20,000: some 50 ms).
 */
async function placeAhead(reader: Reader, wanted: Wanted): Promise<Place | undefined> {
  const { column, descending, text } = ORDERS[wanted.sort];
  const way = sql.raw(descending ? 'desc' : 'asc');
  const ahead = Math.floor(reachOf(wanted).entries / 2);
  const { rows } = await sql<Place>`
    select ${text} as key, id from market.live_listing ${all(stretch(wanted))}
    order by ${column} ${way}, id ${way} offset ${ahead} limit 1`.execute(reader);
  return rows[0];
}

const reachOf = ({ reach = REACH }: Wanted): Reach => reach;
const mostOf = (wanted: Wanted): number => reachOf(wanted)[wanted.title ? 'rows' : 'entries'];

const found = ({ text }: Order) => sql`id, ${text} as key, product_no, trait_no`;

export function walk(wanted: Wanted): RawBuilder<unknown> {
  const by = ORDERS[wanted.sort];
  const { column } = by;
  const way = sql.raw(by.descending ? 'desc' : 'asc');
  const title = wanted.title ? sql`, title` : sql``;
  const ways = wanted.title?.map((_, index) => viaTitle(wanted, index, 'walk'));
  const titles = ways ? [sql`(${sql.join(ways, sql` or `)})`] : [];
  const age = wanted.sort === 'newest' ? sql`, listed_at` : sql``;
  return sql`
    select ${found(by)} from (
      select id, product_no, trait_no, price_fen, discount_bp, expires_on${age}${title}
      from market.live_listing ${all(stretch(wanted))}
      order by ${column} ${way}, id ${way} limit ${mostOf(wanted)}) as near
    ${all([...fits(wanted), ...titles])} order by ${column} ${way}, id ${way} limit ${wanted.limit}`;
}

export function gather(wanted: Wanted): RawBuilder<unknown> {
  const by = ORDERS[wanted.sort];
  const way = sql.raw(by.descending ? 'desc' : 'asc');
  const kept = sql`select id, ${by.column}, product_no, trait_no from market.live_listing`;
  const common = [...stretch(wanted), ...fits(wanted)];
  // Each way by itself: joined by `or`, the grams of every row would be made anew to see which one it came by.
  const ways = wanted.title?.map((_, index) => [...common, viaTitle(wanted, index, 'gather')]);
  const parts = (ways ?? [common]).map((conditions) => sql`${kept} ${all(conditions)}`);
  return sql`
    with hit as materialized (${sql.join(parts, sql` union `)})
    select ${found(by)} from hit order by ${by.column} ${way}, id ${way} limit ${wanted.limit}`;
}

const all = (conditions: readonly Condition[]): RawBuilder<unknown> =>
  conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`;

/** The part of the order between two places. */
function stretch({ sort, after, before }: Wanted): Condition[] {
  const { column, descending, read } = ORDERS[sort];
  const [on, back] = descending ? [sql`<`, sql`>`] : [sql`>`, sql`<`];
  const at = ({ key, id }: Place) => sql`(${read(key)}, ${id}::uuid)`;
  return [
    ...(after ? [sql`(${column}, id) ${on} ${at(after)}`] : []),
    ...(before ? [sql`(${column}, id) ${back} ${at(before)}`] : []),
  ];
}

function fits(wanted: Wanted): Condition[] {
  const { products, traits, priceMin, priceMax, discountMin, discountMax, expiresFrom } = wanted;
  // The index of titles has cut by product and trait already, as tags. Their own indexes would be read for nothing:
  // planners take the same fact told twice for two facts. An index does not know a sum.
  const [product, trait] = wanted.title
    ? [sql`product_no + 0`, sql`trait_no + 0`]
    : [sql`product_no`, sql`trait_no`];
  return [
    ...(products ? [sql`${product} = any(${products}::int4[])`] : []),
    ...(traits ? [sql`${trait} = any(${traits}::int4[])`] : []),
    ...(priceMin !== undefined ? [sql`price_fen >= ${priceMin}`] : []),
    ...(priceMax !== undefined ? [sql`price_fen <= ${priceMax}`] : []),
    ...(discountMin !== undefined ? [sql`discount_bp >= ${discountMin}`] : []),
    ...(discountMax !== undefined ? [sql`discount_bp <= ${discountMax}`] : []),
    ...(expiresFrom !== undefined ? [sql`expires_on >= ${expiresFrom}::date`] : []),
  ];
}

/** The title carries the word at `index`; the other words may be in title or product. */
function viaTitle(wanted: Wanted, index: number, by: 'walk' | 'gather'): Condition {
  const inTitle = (word = '') => sql`position(${word}::text in title) > 0`;
  const words = wanted.title ?? [];
  const own = words[index]?.word ?? '';
  const others = words
    .filter((_, other) => other !== index)
    .map(({ word, products }) =>
      products.length === 0
        ? inTitle(word)
        : sql`(product_no = any(${products}::int4[]) or ${inTitle(word)})`,
    );
  // The walk has the title at hand; only the gathering needs an index to get there.
  const indexed = by === 'gather' ? [carries(own, wanted)] : [];
  return sql`(${sql.join([...indexed, inTitle(own), ...others], sql` and `)})`;
}

const carries = (word: string, { tags = [] }: Wanted): Condition =>
  tags.length === 0
    ? sql`market.grams(title) @> ${gramsOf(word)}::text[]`
    : sql`market.grams(title) @> ${gramsOf(word)}::text[] and tags @> ${tags}::text[]`;

/** Pairs of neighbours, as the index has them; of a single sign, itself. */
function gramsOf(word: string): string[] {
  const signs = [...word];
  if (signs.length === 1) return signs;
  return [...new Set(signs.slice(1).map((sign, at) => `${signs[at]}${sign}`))];
}
