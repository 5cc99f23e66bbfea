// Goal: what somebody looks for finds them: a saved search and a price alert tell of a new card, and a wish that a
//   seller answers is ordered, paid for and met; in both languages, on a phone and at a desk.
// Method: Chromium for each side against the whole house with its worker running; listing and paying over the API.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Person } from '#test/house.ts';
import { type Market, marketIn } from '#test/market.ts';
import { audit, openWorld, reads, type World } from './browser.ts';
import { assertBalanced, idOf } from './truth.ts';

type Shop = World & Pick<Market, 'list' | 'pay'>;

test('people who look for a card', { timeout: 280_000 }, async (t) => {
  const world = await openWorld(t);
  const shop: Shop = { ...world, ...marketIn(world) };
  const [seller, buyer] = [await world.seller(), await world.seller()];
  await t.test('a saved search is told of a new card', (t) => savedSearch(shop, t, seller, buyer));
  await t.test('a wish is answered and paid for', (t) => wish(shop, t, seller, buyer));
  await assertBalanced(world);
});

const SKU = 'weihe-gift';
const HITS = 'select count(*)::int from market.alert_hit where person_id = $1';

async function savedSearch(shop: Shop, t: TestContext, seller: Person, buyer: Person) {
  const page = await shop.visit(t, '/market', { as: buyer });
  await page.getByRole('radio', { name: '餐饮' }).check();
  await page.getByTestId('filters').click();
  await page.getByRole('radio', { name: '9 折及以下' }).check();
  await page.getByTestId('filters-done').click();
  await page.getByTestId('save-search').click();
  await page.getByTestId('search-name').fill('便宜的餐饮卡');
  await audit(page);
  await page.getByTestId('search-save').click();
  await reads(page, '已保存到“我的交易 · 订阅”');
  await page.goto(`${shop.url}/market/products/${SKU}`);
  await page.getByTestId('alert-price').fill('95');
  await page.getByTestId('alert-set').click();
  await page.getByTestId('alert-on').getByText('提醒价').waitFor();
  await audit(page);
  const { listing } = await shop.list(seller, { over: { title: '等的就是这张' } });
  await shop.until(2, HITS, [buyer.userId]);
  await page.goto(`${shop.url}/market/mine?tab=searches`);
  const search = page.getByTestId('my-searches').locator('li', { hasText: '便宜的餐饮卡' }).first();
  await search.getByText('1 条新结果').waitFor();
  await audit(page);
  await search.getByTestId('hits-open').click();
  const link = search.getByTestId('hits').getByRole('link', { name: '查看' });
  assert.equal(await link.getAttribute('href'), `/market/listings/${listing.id}`);
  await search.getByTestId('fresh').waitFor({ state: 'detached' });
  await audit(page);
  await search.getByTestId('search-drop').click();
  await search.waitFor({ state: 'detached' });
  await page.getByTestId('toast').getByRole('button', { name: '撤销' }).click();
  await search.waitFor();
  const desk = await shop.visit(t, '/market/mine?tab=searches', { ...AT_DESK, as: buyer });
  await reads(desk, 'Saved searches', 'Text me about new listings', 'Found so far: 1');
  await audit(desk);
  await desk.goto(`${shop.url}/market/products/${SKU}`);
  await reads(desk, 'Wanted by buyers', 'Set a price alert', 'Alert at');
  await audit(desk);
}
const AT_DESK = { wide: true, english: true } as const;

async function wish(shop: Shop, t: TestContext, seller: Person, buyer: Person): Promise<void> {
  const page = await shop.visit(t, `/market/products/${SKU}`, { as: buyer });
  await page.getByTestId('want-this').click();
  await reads(page, '求购不收定金');
  await page.getByTestId('want-rate').fill('8.5');
  await audit(page);
  await page.getByTestId('want-save').click();
  await page.getByTestId('wanted').getByText('最高愿付').waitFor();
  const selling = await shop.visit(t, `/market/sell?sku=${SKU}`, { as: seller });
  await reads(selling, '现在有人最高愿付');
  await audit(selling);
  const { listing } = await shop.list(seller, { over: { title: '有人要的卡' } });
  await selling.goto(`${shop.url}/market/mine?tab=listings`);
  const mine = selling.getByTestId('my-listings').locator('li.panel', { hasText: '有人要的卡' });
  await mine.getByTestId('answer-want').waitFor();
  await audit(selling);
  await mine.getByTestId('answer-want').click();
  await reads(selling, '已应约，等买家付款');
  const other = await shop.visit(t, `/market/listings/${listing.id}`, {
    ...{ as: await shop.seller(), refusals: ['409 POST /v1/market/orders'] },
  });
  await other.getByTestId('buy').click();
  await other.getByTestId('order-now').click();
  await reads(other, '卖家为求购的买家保留着这张卡');
  await page.goto(`${shop.url}/market/mine?tab=wants`);
  await reads(page, '卖家为您保留了这张卡', '请在此之前付款');
  await audit(page);
  const desk = await shop.visit(t, '/market/mine?tab=wants', { ...AT_DESK, as: buyer });
  await reads(desk, 'A seller keeps this card for you', 'Pay by', 'At most 85 % of its balance');
  await audit(desk);
  await desk.getByTestId('want-new').click();
  await reads(desk, 'No money is taken or held');
  await audit(desk);
  await page.getByTestId('want-order').click();
  await page.getByTestId('market-order').waitFor();
  const id = idOf(page);
  const { basketId } = await shop.row(
    'select basket_id::text as "basketId" from market."order" where id = $1',
    [id],
  );
  await shop.pay({ id, basketId } as unknown as Parameters<Shop['pay']>[0]);
  await shop.until('met', 'select state from market.want where buyer_id = $1', [buyer.userId]);
  await page.goto(`${shop.url}/market/mine?tab=wants`);
  await page.getByTestId('my-wants').getByText('已买到', { exact: true }).waitFor();
  await audit(page);
}
