// Goal: what two people do on the market beside the straight sale works on their screens: bargaining, a card by post, a
//   listing that staff take down with a reason its seller reads, a draft that is finished later, a new price.
// Method: Chromium for each side, phones in Chinese and a desk in English, against the whole house with its worker.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Common, Person } from '#test/house.ts';
import { type Market, marketIn } from '#test/market.ts';
import { audit, openWorld, reads, type World } from './browser.ts';
import { assertBalanced, idOf } from './truth.ts';

type Shop = World & Pick<Market, 'list' | 'pay' | 'act' | 'body'>;
const AT_DESK = { wide: true, english: true } as const;
const OFFERS = '/market/mine?tab=offers';
const LISTINGS = '/market/mine?tab=listings';

test('two people on the market', { timeout: 280_000 }, async (t) => {
  const world = await openWorld(t);
  const shop: Shop = { ...world, ...marketIn(world) };
  const [seller, buyer] = [await world.seller(), await world.seller()];
  await t.test('they bargain', (t) => bargain(shop, t, seller, buyer));
  await t.test('a card goes by post', (t) => byPost(shop, t, seller, buyer));
  await t.test('a draft is finished, changed, taken down', (t) => upAndDown(shop, t, seller));
  await assertBalanced(world);
});

/** What a test knows of an order is enough to pay it. */
const known = (fields: object): Common => fields as unknown as Common;

async function bargain(shop: Shop, t: TestContext, seller: Person, buyer: Person): Promise<void> {
  const { listing } = await shop.list(seller, { over: { title: '可以谈的卡' } });
  const page = await shop.visit(t, `/market/listings/${listing.id}`, { as: buyer });
  await page.getByTestId('offer').click();
  await page.getByTestId('offer-price').fill('70');
  await audit(page);
  await page.getByTestId('offer-send').click();
  await reads(page, '已发给卖家');
  const selling = await shop.visit(t, OFFERS, { ...AT_DESK, as: seller });
  await reads(selling, 'An offer: please answer', 'Accept ¥70.00');
  await audit(selling);
  await selling.getByTestId('offer-name').fill('85');
  await selling.getByTestId('offer-counter').click();
  await reads(selling, 'Waiting for the buyer', 'Counter-offer');
  await page.goto(shop.url + OFFERS);
  await reads(page, '卖家还价，请答复', '接受还价 ¥85.00');
  await audit(page);
  await page.getByTestId('offer-name').fill('80');
  await page.getByTestId('offer-counter').click();
  await reads(page, '等卖家答复');
  await selling.reload();
  await selling.getByTestId('offer-accept').click();
  await reads(selling, 'Agreed; waiting for the order');
  await page.reload();
  await page.getByTestId('offer-order').click();
  await page.getByTestId('order-now').waitFor();
  await audit(page);
  await page.getByTestId('order-now').click();
  await page.getByTestId('market-order').waitFor();
  const { price } = await shop.row(
    'select price_fen::text as price from market."order" where id = $1',
    [idOf(page)],
  );
  assert.equal(price, '8000');
  await page.getByTestId('cancel').click();
  await page.getByTestId('confirm-act').click();
  await reads(page, '订单已取消');
}

/** A product that exists as a piece of plastic, so that it can be posted. */
const PLASTIC = 'luyu-card';

async function byPost(shop: Shop, t: TestContext, seller: Person, buyer: Person): Promise<void> {
  const { listing } = await shop.list(seller, {
    ...{ sku: PLASTIC, delivery: 'mail', over: { title: '邮寄的实体卡' } },
  });
  const page = await shop.visit(t, `/market/listings/${listing.id}`, { as: buyer });
  await page.getByTestId('buy').click();
  await page.getByLabel('收件人').fill('模拟收件人');
  await page.getByLabel('手机号').fill('13800001234');
  await page.getByLabel('地址').fill('模拟市模拟区模拟路 1 号');
  await audit(page);
  await page.getByTestId('order-now').click();
  await page.getByTestId('market-order').waitFor();
  const id = idOf(page);
  const BASKET = 'select basket_id::text as "basketId" from market."order" where id = $1';
  await shop.pay(known({ id, ...(await shop.row(BASKET, [id])) }));
  const selling = await shop.visit(t, `/market/orders/${id}`, { as: seller });
  await reads(selling, '请交卡', '模拟路 1 号');
  await audit(selling);
  await selling.getByTestId('carrier').fill('模拟快递');
  await selling.getByTestId('tracking').fill('MN20261125001');
  await selling.getByRole('button', { name: '我已寄出' }).click();
  await reads(selling, '已寄出，等买家确认');
  await page.reload();
  await reads(page, '卡已寄出', 'MN20261125001');
  await audit(page);
  const desk = await shop.visit(t, `/market/orders/${id}`, { ...AT_DESK, as: buyer });
  await reads(desk, 'The card is in the post', 'Sent with', 'It works: confirm');
  await audit(desk);
}

async function upAndDown(shop: Shop, t: TestContext, seller: Person): Promise<void> {
  const title = '还没上架的卡';
  const draft = await shop.act(seller, 'listings', '', await shop.body('weihe-gift', { title }));
  const page = await shop.visit(t, LISTINGS, { as: seller });
  const mine = page.getByTestId('my-listings').locator('li.panel', { hasText: title });
  await mine.getByTestId('draft-on').click();
  const { number, pin } = shop.card('weihe-gift');
  await page.getByTestId('card-number').fill(number);
  if (pin) await page.getByTestId('card-pin').fill(pin);
  await audit(page);
  await page.getByTestId('card-submit').click();
  await shop.until('live', 'select state from market.listing where id = $1', [draft.id]);
  await mine.getByText('在售', { exact: true }).waitFor();
  await mine.getByRole('button', { name: '修改' }).click();
  await page.getByTestId('edit-price').fill('88');
  await page.getByTestId('edit-floor').fill('66');
  await audit(page);
  await page.getByTestId('edit-save').click();
  await mine.getByText('价格每天自动下调').waitFor();
  const risk = await shop.staff('risk');
  await shop.prove(risk);
  const desk = await shop.visit(t, '/console/market-listings', { wide: true, as: risk });
  await reads(desk, '市场挂牌', title);
  await audit(desk);
  await desk.locator('tr', { hasText: title }).getByRole('button', { name: '下架' }).click();
  await audit(desk);
  await desk.getByRole('dialog').getByRole('button', { name: '下架' }).click();
  await reads(desk, '已下架', '使用限制或说明与卡不符');
  await mine.getByTestId('suspended-why').getByText('使用限制或说明与卡不符').waitFor();
  await audit(page);
  const orders = await shop.visit(t, '/console/market-orders', { ...AT_DESK, as: risk });
  await reads(orders, 'Market orders', 'On its way by post');
  await audit(orders);
  await orders.getByRole('table').getByRole('link').first().click();
  await reads(orders, 'Amounts', 'Buyer pays', 'Timeline');
  await audit(orders);
}
