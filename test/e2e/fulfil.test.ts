// Goal: a shop opens a card it bought, reports another, sells a third on and takes it back; the seller contests; staff see
// who paid for a default. Method: Chromium on a phone and at a desk, zh and en; the database is asked what came of it.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { openShop, topUpShop } from '#test/recyclers.ts';
import { audit, openWorld, reads, type World } from './browser.ts';
import { assertBalanced } from './truth.ts';

const SKU = 'weihe-gift';
const act = async (page: Page, name: string): Promise<void> =>
  await page.getByRole('button', { name, exact: true }).first().click();
type Person = Awaited<ReturnType<World['seller']>>;

test('fulfilment', { timeout: 280_000 }, async (t) => {
  const world = await openWorld(t);
  const boss = await world.seller();
  const shop = await openShop(world, boss);
  await topUpShop(world, boss, shop, { amountFen: '100000' });
  const seller = await world.seller();
  const orders = await buy(world, { boss, shop, seller });
  await t.test('cards are opened and reported on a phone, and the seller contests', (t) =>
    cards(world, t, { boss, shop, seller, orders }),
  );
  await t.test('the stock is read at a desk, a card goes to the market and back', (t) =>
    stock(world, t, { boss, shop, orders }),
  );
  await t.test('staff see how the shop keeps its word', (t) => staff(world, t, shop));
  await assertBalanced(world);
});

async function buy(
  world: World,
  { boss, shop, seller }: { boss: Person; shop: string; seller: Person },
): Promise<string[]> {
  const placed = await world.http(boss, 'POST', `/v1/recyclers/${shop}/bids`, {
    ...{ sku: SKU, faceMinFen: '10000', faceMaxFen: '10000', gradeMin: 'V2' },
    ...{ weekdays: [0, 1, 2, 3, 4, 5, 6], fromHour: 0, toHour: 24, dailyBudgetFen: '1000000' },
    curve: [{ rateBps: 9_000, quantity: 20 }],
  });
  assert.equal(placed.status, 201, placed.text);
  const orders: string[] = [];
  for (let n = 0; n < 3; n++) {
    const { order } = await world.sell(seller, { sku: SKU });
    await world.until('settled', 'select state from buyback."order" where id = $1', [order.id]);
    orders.push(order.id);
  }
  return orders;
}

async function cards(
  world: World,
  t: TestContext,
  at: { boss: Person; shop: string; seller: Person; orders: string[] },
): Promise<void> {
  const { boss, shop, seller, orders } = at;
  const page = await world.visit(t, `/console/shops/${shop}/cards`, { as: boss });
  await reads(page, '买到的卡', '查看卡密', '信誉评分', '报告诚实度');
  await audit(page);
  await act(page, '查看卡密');
  await page.getByRole('dialog').getByRole('button', { name: '查看卡密' }).click();
  await reads(page, '只显示这一次');
  assert.match(await page.locator('.co-key').first().innerText(), /^\d{16}$/);
  await audit(page);
  // The first row was opened; the second is still sealed, and good.
  await page.getByRole('button', { name: '报告问题' }).nth(1).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('说明（至少三个字）').fill('门店刷卡提示无效');
  await audit(page);
  await dialog.getByRole('button', { name: '提交报告' }).click();
  await world.until('false', 'select finding from buyback.report', []);
  await page.reload();
  await reads(page, '报告不实', '款项归卖家');
  await audit(page);
  const reported = await world.pool.query<{ order_id: string }>(
    'select order_id from buyback.report',
  );
  const id = reported.rows[0]?.order_id ?? '';
  assert(orders.includes(id));
  const mine = await world.visit(t, `/orders/${id}`, { as: seller });
  await reads(mine, '买方报告了问题', '款项照常归您');
  await audit(mine);
  const english = await world.visit(t, `/console/shops/${shop}/cards`, {
    ...{ as: boss, english: true, wide: true },
  });
  await reads(english, 'Cards bought', 'the report is not', 'Scorecard');
  await audit(english);
}

async function stock(
  world: World,
  t: TestContext,
  { boss, shop }: { boss: Person; shop: string; orders: string[] },
): Promise<void> {
  const page = await world.visit(t, `/console/shops/${shop}/stock`, { as: boss, wide: true });
  await reads(page, '库存成本', '年周转', '库存按产品与库龄', '目标', '每张卡');
  await page.locator('.hq-chart svg').first().waitFor();
  await audit(page);
  await act(page, '转售');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('扣费后到钱包').waitFor();
  await audit(page);
  await dialog.getByRole('button', { name: '转售' }).click();
  const LISTED = 'select state from market.listing where stock_id is not null';
  await world.until('live', LISTED, []);
  await page.reload();
  await reads(page, '转售中');
  await act(page, '撤回');
  await world.until('withdrawn', LISTED, []);
  await reads(page, '保管中');
  const phone = await world.visit(t, `/console/shops/${shop}/stock`, { as: boss, english: true });
  await reads(phone, 'Turns a year', 'Stock by product and age', 'In the vault');
  await phone.locator('.hq-chart svg').first().waitFor();
  await audit(phone);
}

async function staff(world: World, t: TestContext, shop: string): Promise<void> {
  const risk = await world.staff('risk');
  const page = await world.visit(t, `/console/recyclers/${shop}`, { as: risk, wide: true });
  await reads(page, '信誉评分', '按规则自动赔付', '没有违约');
  await audit(page);
}
