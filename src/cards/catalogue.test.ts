// Goal: the catalogue that comes with the house is rich and sound, and publishing keeps every version a card relies on.
// Method: the file itself checked as data; publishing twice, changed, shrunk and in parallel on real PostgreSQL.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plus, SECOND } from '#platform';
import { AT, cardBench } from '#test/cards.ts';
import { freshDatabase } from '#test/database.ts';
import {
  findProduct,
  listProducts,
  productOf,
  productView,
  publishCatalogue,
  readCatalogue,
} from './catalogue.ts';
import { CATEGORIES, type Restriction, restrictionSentence } from './schema.ts';
import { productVersion } from './store.ts';
import { cardOf } from './vault/keep.ts';

test('sixty products and more, in every category, form and kind', () => {
  const { products, issuers } = readCatalogue();
  assert(products.length >= 60);
  for (const category of CATEGORIES)
    assert(products.filter((one) => one.category === category).length >= 5, category);
  const all = (pick: (one: (typeof products)[number]) => string): Set<string> =>
    new Set(products.map(pick));
  assert.deepEqual(
    all((one) => one.form),
    new Set(['plastic', 'code', 'voucher']),
  );
  assert.equal(all((one) => one.legalKind).size, 4);
  assert.equal(all((one) => one.sku).size, products.length);
  assert.equal(
    all((one) => `${one.numberRule.prefix}/${one.numberRule.length}`).size,
    products.length,
  );
  assert(products.some((one) => one.transferability === 'none'));
  assert(products.some((one) => one.openAmount));
  const kinds = new Set(products.flatMap((one) => one.restrictions.map(({ kind }) => kind)));
  assert.equal(kinds.size, 9, 'every kind of restriction occurs');
  const caps = new Set(issuers.map((issuer) => issuer.caps.join()));
  assert(caps.size >= 4, 'issuers differ in what they can do');
  for (const one of products) {
    if (one.numberRule.check === 'ean13') assert.equal(one.numberRule.length, 13);
    assert.equal(one.barcodeFormat === 'EAN13', one.numberRule.check === 'ean13', one.sku);
  }
});

test('every restriction is one sentence in both languages', () => {
  const facts = readCatalogue().products.flatMap((one) => one.restrictions);
  for (const fact of facts) {
    const [zh, en] = [restrictionSentence(fact, 'zh'), restrictionSentence(fact, 'en')];
    assert(/[\u4e00-\u9fff]/.test(zh) && !/undefined/.test(zh + en) && en.length > 5);
  }
  const say = (fact: Restriction) => [
    restrictionSentence(fact, 'zh'),
    restrictionSentence(fact, 'en'),
  ];
  assert.deepEqual(say({ kind: 'minSpend', fen: '5950' }), [
    '单笔满 59.50 元可用',
    'From ¥59.50 on a single bill',
  ]);
  assert.deepEqual(
    say({
      kind: 'timeWindows',
      days: [1, 2, 3, 4, 5],
      from: '11:00',
      to: '14:00',
      notOnHolidays: true,
    }),
    [
      '限周一至周五 11:00–14:00使用，法定节假日不可用',
      'Only Mon–Fri 11:00–14:00, not on public holidays',
    ],
  );
  assert.deepEqual(say({ kind: 'storeKinds', rule: 'except', stores: ['transit', 'franchise'] }), [
    '机场和车站门店、加盟门店不可用',
    'Not in airport and station shops, franchised shops',
  ]);
});

test('publishing again changes nothing, even from several processes at once', async (t) => {
  const { db } = await freshDatabase(t);
  const runs = await Promise.all([1, 2, 3].map(() => publishCatalogue(db, AT)));
  const added = runs.map((run) => run.added).sort((a, b) => a - b);
  assert.deepEqual(added, [0, 0, readCatalogue().products.length]);
  const listed = await listProducts(db);
  assert.equal(listed.length, readCatalogue().products.length);
  for (const product of listed) assert.deepEqual(productOf(productView(product)), product);
});

test('a changed product is a new version; a card keeps the one it was sealed under', async (t) => {
  const bench = await cardBench(t);
  const cardId = await bench.seal(bench.make('weihe-gift'));
  const file = readCatalogue();
  const changed = file.products.map((one) =>
    one.sku === 'weihe-gift' ? { ...one, restrictions: [{ kind: 'singleUse' as const }] } : one,
  );
  const products = changed.filter((one) => one.sku !== 'luyu-card');
  const later = plus(AT, SECOND);
  const run = await publishCatalogue(bench.db, later, { ...file, catalogue: 'next', products });
  assert.deepEqual(run, { added: 1, withdrawn: 1 });
  const now = await findProduct(bench.db, 'weihe-gift');
  assert.deepEqual([now?.version, now?.restrictions], [2, [{ kind: 'singleUse' }]]);
  assert.equal(await findProduct(bench.db, 'luyu-card'), undefined);
  const card = await cardOf(bench.db, cardId);
  assert.equal(card?.productVersion, 1);
  const kept = await productVersion(bench.db, { sku: 'weihe-gift', version: 1 });
  assert.notDeepEqual(kept?.restrictions, now?.restrictions);
  await publishCatalogue(bench.db, plus(later, SECOND));
  assert.equal((await findProduct(bench.db, 'luyu-card'))?.version, 2, 'it may come back');
});

test('search finds by name in both languages, by issuer and by category', async (t) => {
  const { db } = await freshDatabase(t);
  await publishCatalogue(db, AT);
  const skus = async (filter: Parameters<typeof listProducts>[1]) =>
    (await listProducts(db, filter)).map((one) => one.sku);
  assert((await skus({ q: '蟹' })).length >= 2);
  assert.deepEqual(await skus({ q: 'WEIHE  lunch' }), ['weihe-lunch']);
  assert.deepEqual(await skus({ q: '%' }), []);
  assert.deepEqual(await skus({ q: "' or 1=1" }), []);
  const fuel = await listProducts(db, { category: 'fuel' });
  assert(fuel.length >= 5 && fuel.every((one) => one.category === 'fuel'));
});
