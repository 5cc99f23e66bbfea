/** Search over what is on sale: words become products first, few thousands of them, and listings only then. */
import type { RestrictionFact } from '#cards';
import { parseFen, type Reader, Refused } from '#platform';
import {
  type Hit,
  hits,
  ORDERS,
  type Place,
  type Reach,
  type TitleWord,
  type Wanted,
} from './hits.ts';
import type { FacetsView, Filter, HitView, SearchQuery, SearchView, Sort } from './schema.ts';
import { productsLike, productsWhere, productsWith, traitsWhere } from './store.ts';
import { mayBeMistyped, restrictionBits, soundOf, tagsOf, WORDS_MAX, wordsOf } from './text.ts';
import { type HitRow, hitRows, productRows, traitRows } from './view-store.ts';

const FACETS_MAX = 1_000;

/** Refuses: invalid_input (a cursor that is not ours), search_too_long. `reach` changes what it costs, not what is found. */
export async function search(
  reader: Reader,
  query: SearchQuery,
  reach?: Reach,
): Promise<SearchView> {
  const { sort = 'discount', limit = 20, cursor } = query;
  const after = cursor === undefined ? undefined : placeOf(cursor, sort);
  const { found, guessed } = await find(reader, query, { sort, limit: limit + 1, after, reach });
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    items: await views(reader, page),
    guessed,
    ...(found.length > limit && last && { next: cursorOf(sort, last) }),
  };
}

/** How many there are of each kind, among the first thousand. */
export async function facets(reader: Reader, query: Filter & { sort?: Sort }): Promise<FacetsView> {
  const { sort = 'discount' } = query;
  const { found } = await find(reader, query, { sort, limit: FACETS_MAX + 1 });
  const counted = found.slice(0, FACETS_MAX);
  const products = await productRows(reader, [...new Set(counted.map((hit) => hit.product_no))]);
  const traits = await traitRows(reader, [...new Set(counted.map((hit) => hit.trait_no))]);
  const countBy = (kindOf: (hit: Hit) => string | undefined): FacetsView['category'] => {
    const sums = new Map<string, number>();
    for (const hit of counted) {
      const value = kindOf(hit);
      if (value !== undefined) sums.set(value, (sums.get(value) ?? 0) + 1);
    }
    return [...sums]
      .map(([value, count]) => ({ value, count }))
      .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  };
  return {
    count: counted.length,
    complete: found.length <= FACETS_MAX,
    category: countBy((hit) => products.get(hit.product_no)?.category),
    product: countBy((hit) => products.get(hit.product_no)?.sku),
    form: countBy((hit) => products.get(hit.product_no)?.form),
    delivery: countBy((hit) => traits.get(hit.trait_no)?.delivery),
    grade: countBy((hit) => gradeText(traits.get(hit.trait_no)?.grade)),
  };
}

type Slice = Pick<Wanted, 'sort' | 'limit' | 'after' | 'reach'>;

/** First what has the very words; only when there is nothing of it, what sounds or looks like them. */
export async function find(
  reader: Reader,
  filter: Filter,
  slice: Slice,
): Promise<{ found: Hit[]; guessed: boolean }> {
  const wanted = await narrow(reader, filter, slice);
  const text = filter.q?.trim() ?? '';
  if (text === '') return { found: await hits(reader, wanted), guessed: false };
  const words = wordsOf(text);
  if (words.length > WORDS_MAX) throw new Refused('search_too_long', { most: WORDS_MAX });
  if (words.length === 0) return { found: [], guessed: false };
  const carrying = await productsWith(reader, words);
  const found = await either(reader, wanted, titleWords(words, carrying));
  if (found.length > 0 || !words.some((word, at) => !carrying[at]?.length && mayBeMistyped(word)))
    return { found, guessed: false };
  const like = await Promise.all(
    words.map(async (word, at) =>
      carrying[at]?.length || !mayBeMistyped(word)
        ? (carrying[at] ?? [])
        : await productsLike(reader, soundOf(word)),
    ),
  );
  const guesses = await either(reader, wanted, titleWords(words, like));
  return { found: guesses, guessed: guesses.length > 0 };
}

/** Products that carry all the words; undefined when there are none. */
export async function productsCarrying(
  reader: Reader,
  text: string,
): Promise<readonly number[] | undefined> {
  if (text.trim() === '') return undefined;
  const words = wordsOf(text);
  if (words.length > WORDS_MAX) throw new Refused('search_too_long', { most: WORDS_MAX });
  const carrying = await productsWith(reader, words);
  return carrying.reduce<readonly number[] | undefined>(both, undefined) ?? [];
}

const titleWords = (words: readonly string[], products: readonly number[][]): TitleWord[] =>
  words.map((word, at) => ({ word, products: products[at] ?? [] }));

/** By product alone, which the indexes answer; then the titles, only as far as they can still come before. */
async function either(reader: Reader, wanted: Wanted, words: readonly TitleWord[]): Promise<Hit[]> {
  const { limit, sort } = wanted;
  const products = words.reduce<readonly number[] | undefined>(
    (left, word) => both(left, word.products),
    wanted.products,
  );
  const byProduct = await hits(reader, { ...wanted, products });
  const last = byProduct.length === limit ? byProduct.at(-1) : undefined;
  const byTitle = await hits(reader, { ...wanted, before: last, title: words });
  const merged = new Map([...byProduct, ...byTitle].map((hit) => [hit.id, hit]));
  return [...merged.values()].sort(inOrder(sort)).slice(0, limit);
}

function both(left: readonly number[] | undefined, right: readonly number[]): readonly number[] {
  if (!left) return right;
  const kept = new Set(right);
  return left.filter((no) => kept.has(no));
}

/** The order of the database, for two sorted lists to become one. */
function inOrder(sort: Sort): (a: Hit, b: Hit) => number {
  const { descending } = ORDERS[sort];
  const numeric = sort === 'discount' || sort === 'price';
  const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
  return (a, b) => {
    const keys = numeric ? Number(a.key) - Number(b.key) : compare(a.key, b.key);
    const upwards = keys === 0 ? compare(a.id, b.id) : keys;
    return descending ? -upwards : upwards;
  };
}

async function narrow(reader: Reader, filter: Filter, slice: Slice): Promise<Wanted> {
  const { category, form, sku, delivery, gradeMin, without, sellerScoreMin } = filter;
  const byProduct = category !== undefined || form !== undefined || sku !== undefined;
  const byTrait =
    delivery !== undefined ||
    gradeMin !== undefined ||
    without !== undefined ||
    sellerScoreMin !== undefined;
  const grade = gradeMin === undefined ? 0 : Number(gradeMin.slice(1));
  return {
    ...slice,
    tags: tagsOf({ category, form, delivery, grades: grade > 0 ? [grade] : [] }),
    products: byProduct
      ? await productsWhere(reader, {
          ...(category !== undefined && { category }),
          ...(form !== undefined && { form }),
          ...(sku !== undefined && { sku }),
        })
      : undefined,
    traits: byTrait
      ? await traitsWhere(reader, {
          ...(delivery !== undefined && { delivery }),
          ...(gradeMin !== undefined && { gradeMin: grade }),
          ...(without !== undefined && { without: restrictionBits(without.split(',')) }),
          ...(sellerScoreMin !== undefined && { scoreTensMin: sellerScoreMin / 10 }),
        })
      : undefined,
    priceMin: amount(filter.priceMin),
    priceMax: amount(filter.priceMax),
    discountMin: filter.discountMin,
    discountMax: filter.discountMax,
    expiresFrom: filter.expiresFrom,
  };
}

const amount = (text: string | undefined): bigint | undefined =>
  text === undefined ? undefined : parseFen(text);

const cursorOf = (sort: Sort, { key, id }: Hit): string =>
  Buffer.from(JSON.stringify([sort, key, id])).toString('base64url');

function placeOf(cursor: string, sort: Sort): Place {
  const [of, key, id] = parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  const isId = typeof id === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
  if (of !== sort || typeof key !== 'string' || !ORDERS[sort].key.test(key) || !isId)
    throw new Refused('invalid_input');
  if ((sort === 'newest' || sort === 'expiry') && key !== 'infinity' && !isDay(key.slice(0, 10)))
    throw new Refused('invalid_input');
  return { key, id };
}

/** The 30th of February has the form of a day. */
const isDay = (day: string): boolean => {
  const at = new Date(`${day}T00:00:00Z`);
  return Number.isFinite(at.getTime()) && at.toISOString().startsWith(day);
};

function parse(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

const gradeText = (grade: number | undefined): HitView['grade'] | undefined =>
  grade === undefined ? undefined : (`V${grade}` as HitView['grade']);

async function views(reader: Reader, page: readonly Hit[]): Promise<HitView[]> {
  const rows = await hitRows(
    reader,
    page.map(({ id }) => id),
  );
  return page.flatMap(({ id }) => {
    const row = rows.get(id);
    return row ? [view(row)] : [];
  });
}

const view = (row: HitRow): HitView => ({
  id: row.id,
  product: {
    sku: row.sku,
    name: { zh: row.product_name_zh, en: row.product_name_en },
    category: row.category as HitView['product']['category'],
    form: row.form as HitView['product']['form'],
  },
  title: row.title,
  faceFen: row.face_fen.toString(),
  valueFen: row.declared_fen.toString(),
  priceFen: row.price_fen.toString(),
  discountBps: row.discount_bp,
  delivery: row.delivery as HitView['delivery'],
  grade: `V${row.grade}` as HitView['grade'],
  ...(row.expires_on !== null && { expiresOn: row.expires_on }),
  restrictions: row.restrictions as unknown as RestrictionFact[],
  ...(row.score_tens > 0 && { sellerScore: row.score_tens * 10 }),
  listedAt: row.listed_at.toISOString(),
});
