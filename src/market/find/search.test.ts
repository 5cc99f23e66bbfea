// Goal: a search finds exactly the listings that a reader of the whole list would pick, in the order asked for.
// Method: random listings and random filters against a naive filter in memory; then words, cursors and odd input one by one.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { CATEGORY_WORDS, type Category, GRADES } from '#cards';
import { type Db, inTransaction, Refused } from '#platform';
import { freshDatabase } from '#test/database.ts';
import type { Reach } from './hits.ts';
import { rebuild, scoreSeller } from './project.ts';
import { type SearchQuery, SORTS } from './schema.ts';
import { facets, search } from './search.ts';
import { aListing, type Made, putListing } from './testing.ts';
import { productHas, RESTRICTION_KINDS, textsOf, titleBeside, wordsOf } from './text.ts';

const PRODUCTS = [
  {
    sku: 'weihe-gift',
    nameZh: '味禾礼品卡',
    nameEn: 'Weihe gift card',
    category: 'dining',
    form: 'plastic',
  },
  {
    sku: 'weihe-ecard',
    nameZh: '味禾电子卡',
    nameEn: 'Weihe e-card',
    category: 'dining',
    form: 'code',
  },
  {
    sku: 'mujing-imax',
    nameZh: '幕鲸巨幕单人券',
    nameEn: 'Mujing giant-screen ticket',
    category: 'cinema',
    form: 'voucher',
  },
  {
    sku: 'chizhang-card',
    nameZh: '驰樟加油卡',
    nameEn: 'Chizhang fuel card',
    category: 'fuel',
    form: 'plastic',
  },
] as const;
const TITLES = [
  '急出 包邮',
  '全新未拆味禾',
  '公司福利，用不上',
  'IMAX 双人 可用',
  '100% 真卡_自用',
  '好卡',
  '味禾礼品卡急出 味禾礼品卡',
];
const QUERIES = [
  '卡',
  '味禾',
  '味',
  'whlpk',
  'wei',
  'IMAX',
  '包邮',
  '味禾 包邮',
  '加油',
  '券 双人',
  'card',
  '%',
  '_',
  '100',
  '电影',
  '影',
  'zzz',
  '',
];

const listings = fc.array(
  fc.record({
    product: fc.constantFrom(...PRODUCTS),
    seller: fc.integer({ min: 0, max: 3 }),
    valueFen: fc.constantFrom(10_000n, 20_000n, 50_000n),
    share: fc.integer({ min: 50, max: 100 }),
    delivery: fc.constantFrom('vault', 'seller', 'mail'),
    grade: fc.integer({ min: 0, max: 6 }),
    expiresOn: fc.constantFrom(null, '2026-12-31', '2027-06-30', '2028-01-01'),
    kinds: fc.subarray([...RESTRICTION_KINDS], { maxLength: 3 }),
    title: fc.constantFrom(...TITLES),
    state: fc.constantFrom('live', 'live', 'live', 'paused', 'sold'),
    minute: fc.integer({ min: 0, max: 20 }),
  }),
  { minLength: 5, maxLength: 40 },
);
/** Seldom, so that something fits: two or three filters at once. */
const optional = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof(
    { weight: 5, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: value.map((one): T | undefined => one) },
  );
const queries = fc.record({
  q: fc.constantFrom(undefined, ...QUERIES),
  category: optional(fc.constantFrom<Category>('dining', 'cinema', 'fuel')),
  sku: optional(fc.constantFrom('weihe-gift', 'no-such-thing')),
  form: optional(fc.constantFrom('plastic' as const, 'code' as const)),
  delivery: optional(fc.constantFrom('vault' as const, 'mail' as const)),
  gradeMin: optional(fc.constantFrom(...GRADES)),
  priceMin: optional(fc.constantFrom('8000', '15000')),
  priceMax: optional(fc.constantFrom('9000', '30000')),
  discountMin: optional(fc.constantFrom(6_000, 8_000)),
  discountMax: optional(fc.constantFrom(7_500, 9_500)),
  expiresFrom: optional(fc.constantFrom('2026-12-31', '2027-01-01')),
  without: optional(fc.constantFrom('regions', 'timeWindows,minSpend')),
  sellerScoreMin: optional(fc.constantFrom(0, 60, 90)),
  sort: fc.constantFrom(...SORTS),
  limit: fc.constantFrom(1, 3, 50),
});
type Random = { [K in keyof SearchQuery]?: SearchQuery[K] | undefined };
const named = (query: Random): SearchQuery =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));

const SELLERS = [0, 1, 2, 3].map((n) => `01990000-0000-7000-8000-00000000000${n}`);
const SCORES = new Map(SELLERS.map((id, n) => [id, [0, 55, 65, 97][n] ?? 0]));

function has(made: Made, word: string): boolean {
  const category = CATEGORY_WORDS[made.category as Category];
  const { sku, nameZh, nameEn } = made;
  return (
    productHas(textsOf({ sku, nameZh, nameEn, category }), word) ||
    titleBeside(made.title, nameZh).includes(word)
  );
}

/** The filter as a reader would apply it, row by row. */
function naive(all: readonly Made[], query: SearchQuery): Made[] {
  const blank = (query.q ?? '').trim() === '';
  const words = wordsOf(query.q ?? '');
  const kinds = (query.without ?? '').split(',');
  return all.filter(
    (one) =>
      one.state === 'live' &&
      (blank || (words.length > 0 && words.every((word) => has(one, word)))) &&
      (query.category ?? one.category) === one.category &&
      (query.sku ?? one.sku) === one.sku &&
      (query.form ?? one.form) === one.form &&
      (query.delivery ?? one.delivery) === one.delivery &&
      one.grade >= Number((query.gradeMin ?? 'V0').slice(1)) &&
      one.priceFen >= BigInt(query.priceMin ?? 0) &&
      one.priceFen <= BigInt(query.priceMax ?? 10n ** 12n) &&
      discount(one) >= (query.discountMin ?? 0) &&
      discount(one) <= (query.discountMax ?? 10_000) &&
      (one.expiresOn ?? '9999') >= (query.expiresFrom ?? '0') &&
      !one.restrictions.some(({ kind }) => kinds.includes(kind)) &&
      (SCORES.get(one.sellerId) ?? 0) >= (query.sellerScoreMin ?? 0),
  );
}
const discount = ({ priceFen, valueFen }: Made): number => Number((priceFen * 10_000n) / valueFen);

function ordered(all: Made[], sort: SearchQuery['sort']): string[] {
  const key = (one: Made): number | string =>
    sort === 'price'
      ? Number(one.priceFen)
      : sort === 'newest'
        ? one.listedAt.getTime()
        : sort === 'expiry'
          ? (one.expiresOn ?? '9999')
          : discount(one);
  const way = sort === 'newest' || sort === 'expiry' ? -1 : 1;
  return all
    .sort((a, b) => {
      const [x, y] = [key(a), key(b)];
      return way * (x === y ? (a.id < b.id ? -1 : 1) : x < y ? -1 : 1);
    })
    .map(({ id }) => id);
}

/** Follows the cursors to the end. */
async function allPages(db: Db, query: SearchQuery, reach?: Reach): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | undefined, pages = 0; pages < 100; pages++) {
    const page = await search(db, { ...query, ...(cursor !== undefined && { cursor }) }, reach);
    if (page.guessed) return [];
    ids.push(...page.items.map(({ id }) => id));
    if (page.next === undefined) return ids;
    cursor = page.next;
  }
  throw new Error('the pages do not end');
}

async function market(t: TestContext): Promise<Db> {
  const { db } = await freshDatabase(t);
  await inTransaction(db, async (tx) => {
    for (const [sellerId, score] of SCORES) await scoreSeller(tx, sellerId, score);
  });
  return db;
}

test('random searches over random listings find what a naive filter finds, page by page', async (t) => {
  const db = await market(t);
  let matched = 0;
  const filtered = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      listings,
      fc.array(queries, { minLength: 4, maxLength: 8 }),
      async (rows, asked) => {
        await db.deleteFrom('market.live_listing').execute();
        await db.deleteFrom('market.listing').execute();
        const made = rows.map(({ product, share, kinds, minute, seller, ...row }) =>
          aListing({
            ...product,
            ...row,
            faceFen: row.valueFen,
            sellerId: SELLERS[seller] ?? '',
            priceFen: (row.valueFen * BigInt(share)) / 100n,
            restrictions: kinds.length === 0 ? [{ kind: 'none' }] : kinds.map((kind) => ({ kind })),
            listedAt: new Date(Date.UTC(2026, 10, 20, 2, minute)),
          }),
        );
        for (const one of made) await putListing(db, one);
        for (const random of asked) {
          const query = named(random);
          const expected = ordered(naive(made, query), query.sort);
          matched += expected.length;
          if (expected.length > 0) for (const filter of Object.keys(query)) filtered.add(filter);
          for (const reach of [undefined, { entries: 7, rows: 0 }, { entries: 5, rows: 2 }])
            assert.deepEqual(
              await allPages(db, query, reach),
              expected,
              JSON.stringify([query, reach]),
            );
          const { limit: _, ...filter } = query;
          const counted = await facets(db, filter);
          if (expected.length > 0) assert.equal(counted.count, expected.length);
        }
      },
    ),
    { numRuns: 60 },
  );
  // Sixty runs matched 290–366 in eight tries: far below that, the rows and the questions have come apart.
  assert(matched > 150, `the searches found something: ${matched}`);
  assert.equal(filtered.size, 15, `by each filter: ${[...filtered]}`);
});

test('a Chinese character, initials, pinyin from any syllable, English and capitals find a product', async (t) => {
  const db = await market(t);
  for (const product of PRODUCTS) await putListing(db, aListing({ ...product, title: '闲置' }));
  const skus = async (q: string): Promise<string[]> =>
    (await search(db, { q })).items.map(({ product }) => product.sku).sort();
  assert.deepEqual(await skus('味'), ['weihe-ecard', 'weihe-gift']);
  assert.deepEqual(await skus('味禾'), ['weihe-ecard', 'weihe-gift']);
  assert.deepEqual(await skus('WHLPK'), ['weihe-gift']);
  assert.deepEqual(await skus('lpk'), ['weihe-gift']);
  assert.deepEqual(await skus('lipin'), ['weihe-gift']);
  assert.deepEqual(await skus('ＷＥＩＨＥ gift'), ['weihe-gift']);
  assert.deepEqual(await skus('影视'), ['mujing-imax']);
  assert.deepEqual(await skus('fuel'), ['chizhang-card']);
  assert.deepEqual(await skus('闲'), PRODUCTS.map(({ sku }) => sku).sort());
});

test('a word of another spelling with the same sound, or with a slip of the finger, is guessed and said to be', async (t) => {
  const db = await market(t);
  for (const product of PRODUCTS) await putListing(db, aListing({ ...product, title: '闲置' }));
  for (const q of ['未和礼品卡', 'weihee', 'chizang', '吃张加油']) {
    const { items, guessed } = await search(db, { q });
    assert(guessed && items.length > 0, `${q} is guessed`);
  }
  const { items, guessed } = await search(db, { q: '毫不相干' });
  assert.deepEqual([items.length, guessed], [0, false]);
});

test('a page goes on after its last row, whatever was listed or sold meanwhile', async (t) => {
  const db = await market(t);
  const made = Array.from({ length: 30 }, (_, n) =>
    aListing({ priceFen: 8_000n + BigInt(n % 5) * 100n }),
  );
  for (const one of made) await putListing(db, one);
  const first = await search(db, { sort: 'discount', limit: 10 });
  const seen = new Set(first.items.map(({ id }) => id));
  for (let n = 0; n < 20; n++) await putListing(db, aListing({ priceFen: 7_000n }));
  await putListing(db, { ...(made[29] as Made), state: 'sold' });
  let cursor = first.next;
  while (cursor !== undefined) {
    const page = await search(db, { sort: 'discount', limit: 10, cursor });
    for (const { id } of page.items) {
      assert(!seen.has(id), 'nothing is shown twice');
      seen.add(id);
    }
    cursor = page.next;
  }
  const missed = made.filter(({ id }) => !seen.has(id)).map(({ id }) => id);
  assert.deepEqual(
    missed,
    seen.has(made[29]?.id ?? '') ? [] : [made[29]?.id],
    'only the sold one is missing',
  );
});

test('odd input is searched for as it is or refused, and never breaks out of the query', async (t) => {
  const db = await market(t);
  await putListing(db, aListing({ title: '礼物 🎁 "好"' }));
  for (const q of [
    '%',
    '_',
    "'; drop table market.listing; --",
    '\\',
    '"',
    '((',
    '\u200b',
    '\u202e卡\u202c',
    'مرحبا',
    '👨‍👩‍👧',
  ])
    assert(Array.isArray((await search(db, { q })).items), q);
  assert.equal((await search(db, { q: '🎁' })).items.length, 1);
  assert.equal(
    (await search(db, { q: '礼\u200b物' })).items.length,
    1,
    'hidden signs part words and no more',
  );
  assert.equal(
    (await search(db, { q: '%' })).items.length,
    0,
    'a wildcard of SQL is no wildcard here',
  );
  await assert.rejects(search(db, { q: 'a b c d e f g h i' }), refused('search_too_long'));
  const forged = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const id = aListing().id;
  for (const cursor of [
    'AAAA',
    forged({}),
    forged(['price', '1', id]),
    forged(['discount', '1; --', id]),
    forged(['discount', '1', 'x']),
    forged(['discount', 1, id]),
  ])
    await assert.rejects(search(db, { cursor }), refused('invalid_input'));
  for (const key of ['2026-02-30', 'tomorrow'])
    await assert.rejects(
      search(db, { sort: 'expiry', cursor: forged(['expiry', key, id]) }),
      refused('invalid_input'),
    );
  await assert.rejects(
    search(db, { sort: 'newest', cursor: forged(['newest', '2026-02-30 00:00:00', id]) }),
    refused('invalid_input'),
  );
});

const refused = (code: string) => (error: unknown) =>
  error instanceof Refused && error.refusal.code === code;

test('after any moves of any listings the copy equals one made again from nothing', async (t) => {
  const db = await market(t);
  const copy = async () =>
    await db
      .selectFrom('market.live_listing as live')
      .innerJoin('market.find_product as p', 'p.no', 'product_no')
      .innerJoin('market.find_trait as t', 't.no', 'trait_no')
      .selectAll()
      .orderBy('live.id')
      .execute();
  const made = Array.from({ length: 12 }, (_, n) => aListing({ sellerId: SELLERS[n % 4] ?? '' }));
  const moves = fc.array(
    fc.record({
      at: fc.integer({ min: 0, max: 11 }),
      state: fc.constantFrom('live', 'live', 'paused', 'reserved', 'sold', 'suspended'),
      priceFen: fc.bigInt(1n, 10_000n),
      grade: fc.integer({ min: 0, max: 6 }),
      score: fc.option(fc.integer({ min: 0, max: 100 })),
    }),
    { minLength: 12, maxLength: 40 },
  );
  let rows = 0;
  await fc.assert(
    fc.asyncProperty(moves, async (steps) => {
      for (const { at, score, ...change } of steps) {
        const one = { ...(made[at] as Made), ...change };
        await putListing(db, one);
        if (score !== null) await inTransaction(db, (tx) => scoreSeller(tx, one.sellerId, score));
      }
      const kept = await copy();
      rows += kept.length;
      const live = await inTransaction(db, rebuild);
      assert.equal(live, kept.length);
      assert.deepEqual(await copy(), kept);
    }),
    { numRuns: 15 },
  );
  assert(rows > 30, `${rows} copies were compared`);
});
