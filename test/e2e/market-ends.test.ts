// Goal: the ends of a market order that people fear: paid and never looked at, a complaint that is not true, a basket
//   of which one card fails, and proceeds that go to a charity; each comes to its end by itself and says so on screen.
// Method: Chromium for the side that looks, the other side over the API, the whole house with its worker running.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { DAY, MINUTE } from '#platform';
import type { Common, Person } from '#test/house.ts';
import { ASK_ONLY, type Market, marketIn } from '#test/market.ts';
import { audit, openWorld, reads, type World } from './browser.ts';
import { assertBalanced } from './truth.ts';

type Shop = World & Pick<Market, 'list' | 'buy' | 'pay' | 'see' | 'act'>;

test('how orders of the market end', { timeout: 280_000 }, async (t) => {
  const world = await openWorld(t);
  const shop: Shop = { ...world, ...marketIn(world) };
  const [seller, buyer] = [await world.seller(), await world.seller()];
  await t.test('never looked at: the money goes back', (t) => unseen(shop, t, seller, buyer));
  await t.test('a complaint that is not true', (t) => falseClaim(shop, t, seller, buyer));
  await t.test('a basket over three sellers, one fails', (t) => basket(shop, t, buyer));
  await t.test('half of it for a charity', (t) => donation(shop, t, buyer));
  await assertBalanced(world);
});

const ORDER = 'select state from market."order" where id = $1';

async function paid(shop: Shop, buyer: Person, listing: Common): Promise<Common> {
  const order = await shop.buy(buyer, listing);
  await shop.pay(order);
  await shop.until('ready', ORDER, [order.id]);
  return order;
}

async function unseen(shop: Shop, t: TestContext, seller: Person, buyer: Person): Promise<void> {
  const { listing } = await shop.list(seller, { over: { title: '没人看的卡' } });
  const { id } = await paid(shop, buyer, listing);
  const page = await shop.visit(t, `/market/orders/${id}`, { as: buyer });
  await reads(page, '卡已备好，随时可以查看');
  await shop.later(5 * DAY);
  await shop.until('refunded', ORDER, [id]);
  await reads(page, '已全额退款');
  await audit(page);
  const mine = await shop.visit(t, '/market/mine', { as: seller, wide: true });
  await reads(mine, '没人看的卡');
  await audit(mine);
}

/** A card that was issued anew for its buyer, so that nobody else can have spent it. */
async function falseClaim(shop: Shop, t: TestContext, seller: Person, buyer: Person) {
  const { listing } = await shop.list(seller, { over: { title: '说是空的卡' } });
  const order = await paid(shop, buyer, listing);
  const { number } = await shop.see(buyer, order);
  await shop.later(MINUTE);
  await shop.control('issuer', '/control/cards', { sku: 'weihe-gift', number, action: 'drain' });
  await shop.later(MINUTE);
  const page = await shop.visit(t, `/market/orders/${order.id}`, { as: buyer });
  await page.getByTestId('wrong').click();
  await page.getByRole('radio', { name: '卡片已使用或已作废' }).check();
  await page.getByTestId('statement').fill('到店发现余额为零');
  await audit(page);
  await page.getByTestId('wrong-send').click();
  await page.getByTestId('claim').click();
  const decision = page.locator('[data-testid=decision][data-basis=rule][data-outcome=release]');
  await decision.waitFor();
  await audit(page);
  const claim = new URL(page.url()).pathname;
  const other = await shop.visit(t, claim, { as: seller });
  await other.locator('[data-testid=decision][data-outcome=release]').waitFor();
  await audit(other);
  const [told, heard] = await Promise.all([decision.innerText(), reason(other)]);
  assert.ok(told.includes(heard), 'both read the same reasoning');
  await shop.later(4 * DAY);
  await shop.until('confirmed', ORDER, [order.id]);
}

const reason = (page: Page): Promise<string> => page.getByTestId('reasoning').innerText();

async function basket(shop: Shop, t: TestContext, buyer: Person): Promise<void> {
  const titles = ['篮子里第一张', '篮子里第二张', '篮子里第三张'];
  const listed: { listing: Common; card: { number: string } }[] = [];
  for (const title of titles)
    listed.push(await shop.list(await shop.seller(), { sku: ASK_ONLY, over: { title } }));
  const page = await shop.visit(t, '/market', { as: buyer });
  for (const { listing } of listed) {
    await page.goto(`${shop.url}/market/listings/${listing.id}`);
    await page.getByTestId('to-basket').click();
  }
  await page.goto(`${shop.url}/market/basket`);
  await page.getByTestId('basket').getByText('篮子里第三张').waitFor();
  await audit(page);
  await page.getByTestId('basket-order').click();
  await page.getByTestId('market-order').waitFor();
  const { rows } = await shop.pool.query<Common>(
    `select id, listing_id, basket_id as "basketId" from market."order" where listing_id = any($1)`,
    [listed.map(({ listing }) => listing.id)],
  );
  assert.equal(rows.length, 3);
  const [first] = rows;
  assert(first);
  await shop.pay(first);
  for (const { id } of rows) await shop.until('ready', ORDER, [id]);
  const { number } = listed[1]?.card ?? {};
  await shop.control('issuer', '/control/cards', { sku: ASK_ONLY, number, action: 'drain' });
  for (const { id, listing_id: listingId } of rows) {
    await page.goto(`${shop.url}/market/orders/${id}`);
    await page.getByTestId('waive').check();
    await page.getByTestId('look').click();
    if (listingId === listed[1]?.listing.id) await reads(page, '已全额退款');
    else {
      await page.getByTestId('reveal').click();
      await page.getByTestId('secret-done').click();
      await page.locator('button[data-testid=confirm]').click();
      await page.getByTestId('confirm-act').click();
      await reads(page, '已成交，余额保障中');
    }
  }
  await page.goto(`${shop.url}/market/mine`);
  await audit(page);
}

async function donation(shop: Shop, t: TestContext, buyer: Person): Promise<void> {
  const name = await letCharityIn(shop);
  const giver = await shop.seller();
  const page = await shop.visit(t, '/market/sell', { as: giver });
  await page.getByTestId('sell-sku').selectOption('weihe-gift');
  await page.getByTestId('sell-face').fill('200');
  await page.getByTestId('sell-title').fill('一半捐出去的卡');
  await page.getByTestId('sell-rules-sure').check();
  await page.getByTestId('sell-price').fill('170');
  await page.getByTestId('donate').locator('summary').click();
  await page.getByRole('radio', { name: '捐出 50 %' }).check();
  await reads(page, name);
  await audit(page);
  await page.getByTestId('sell-save').click();
  const card = shop.card('weihe-gift', 'good', 20_000n);
  await page.getByTestId('card-number').fill(card.number);
  if (card.pin) await page.getByTestId('card-pin').fill(card.pin);
  await page.getByTestId('card-submit').click();
  await page.waitForURL(/market.mine/);
  const LISTING = "select state, id from market.listing where title = '一半捐出去的卡'";
  await shop.until('live', LISTING);
  const { id } = await shop.row(LISTING);
  const order = await paid(shop, buyer, { id, priceFen: '17000' } as unknown as Common);
  await shop.see(buyer, order);
  await shop.act(buyer, 'orders/:id/confirm', order.id);
  await page.goto(`${shop.url}/market/orders/${order.id}`);
  await reads(page, '已成交，货款已入账', '捐赠');
  await audit(page);
  const { given, half } = await shop.row(
    `select balance::text as given, (select charity_fen::text from market."order" where id = $1) as half
     from ledger.book where code like 'CHARITY:%'`,
    [order.id],
  );
  assert.equal(given, half);
  await page.goto(`${shop.url}/me`);
  await page.getByTestId('receipt-open').click();
  await page.getByTestId('receipt-facts').waitFor();
  await reads(page, '捐赠凭证', '531000005000000014', '待拨付');
  await audit(page);
  assert.ok(BigInt(String(given)) > 0n);
}

/** The register says yes and a second person does. */
async function letCharityIn(shop: Shop): Promise<string> {
  const [maker, checker] = [await shop.staff('finance'), await shop.staff('finance')];
  const on = '/v1/console/charities';
  for (const person of [maker, checker]) await shop.prove(person);
  const { status, text } = await shop.http(maker, 'POST', on, {
    ...{ nameZh: '模拟助学基金会', nameEn: 'Model School Fund', creditCode: '531000005000000014' },
    ...{ licenceNo: '530100001', bankCode: 'state', accountNumber: '4111111111111111' },
  });
  assert.equal(status, 200, text);
  await shop.until('confirmed', 'select state from settlement.charity');
  const { id } = await shop.row('select id from settlement.charity');
  await shop.http(checker, 'POST', `${on}/${id}/approve`, {});
  await shop.until('listed', 'select state from settlement.charity');
  return '模拟助学基金会';
}
