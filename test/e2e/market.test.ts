// Goal: one person lists a card, another buys it, looks at it, confirms, and the seller is paid; and where the card
//   was emptied meanwhile, the buyer has the money back before anybody saw the card.
// Method: Chromium on a phone for each side against the whole house, the payment made on the till's own page.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { DAY, MINUTE } from '#platform';
import type { Person } from '#test/house.ts';
import { audit, openWorld, reads, type World } from './browser.ts';
import { assertBalanced, idOf } from './truth.ts';

test('between two people on their phones', { timeout: 280_000 }, async (t) => {
  const world = await openWorld(t);
  const [seller, buyer] = [await world.seller(), await world.seller()];
  await t.test('listed, bought, seen, confirmed, paid', (t) => honestSale(world, t, seller, buyer));
  await t.test('emptied after it was listed: money back, unseen', (t) =>
    drained(world, t, seller, buyer),
  );
  await assertBalanced(world);
});

interface Card {
  number: string;
  pin?: string | undefined;
}

async function list(world: World, page: Page, card: Card, title: string): Promise<void> {
  await page.getByTestId('sell-sku').selectOption(SKU);
  await page.getByTestId('sell-face').fill('200');
  await page.getByTestId('sell-title').fill(title);
  await page.getByTestId('sell-rules-sure').check();
  await page.getByTestId('sell-price').fill('170');
  await audit(page);
  await page.getByTestId('sell-save').click();
  await page.getByTestId('card-number').fill(card.number);
  if (card.pin) await page.getByTestId('card-pin').fill(card.pin);
  await page.getByTestId('card-submit').click();
  await page.waitForURL(/market.mine/);
  await world.until('live', 'select state from market.listing where title = $1', [title]);
}
const SKU = 'weihe-gift';
/** A product whose issuer can only be asked, so that its seller still could spend it. */
const ASK_ONLY = 'zhengliu-card';

async function buy(world: World, page: Page, title: string): Promise<string> {
  await page.getByTestId('market-search').fill(title);
  await page.getByTestId('found').getByText(title).click();
  await page.getByTestId('listing').waitFor();
  await audit(page);
  await page.getByTestId('buy').click();
  await page.getByTestId('order-now').click();
  await page.getByTestId('market-order').waitFor();
  const id = idOf(page);
  const pay = page.getByTestId('pay');
  await pay.waitFor();
  const till = await page.context().newPage();
  await till.goto((await pay.getAttribute('href')) ?? '');
  await till.getByTestId('pay').click();
  await till.getByTestId('end').waitFor();
  await till.close();
  await world.until('ready', 'select state from market."order" where id = $1', [id]);
  await reads(page, '卡已备好，随时可以查看', '查看前请确认');
  return id;
}

async function lookAt(page: Page): Promise<void> {
  await audit(page);
  await page.getByTestId('waive').check();
  await page.getByTestId('look').click();
}

async function honestSale(
  world: World,
  t: TestContext,
  seller: Person,
  buyer: Person,
): Promise<void> {
  const title = '闲置礼品卡，没用过';
  const selling = await world.visit(t, '/market/sell', { as: seller });
  await list(world, selling, world.card(SKU, 'good', 20_000n), title);
  const page = await world.visit(t, '/market', { as: buyer, refusals: NO_SECRETS });
  await reads(page, '买折扣卡，余额有保障');
  await audit(page);
  const id = await buy(world, page, title);
  await lookAt(page);
  await reads(page, '刚刚验过：余额足额', '验卡凭证');
  await page.getByTestId('reveal').click();
  await page.getByTestId('secret-number').waitFor();
  assert.match((await page.getByTestId('secret-number').textContent()) ?? '', /^[0-9A-Z]{8,}$/);
  await audit(page);
  await page.getByTestId('secret-done').click();
  await reads(page, '请验卡', '卡密已经显示过一次');
  await page.getByTestId('message-text').fill('密码是 8812-3399-0021');
  await page.getByTestId('message-send').click();
  await reads(page, '请勿在文字里写卡号或密码');
  await page.getByTestId('message-text').fill('卡收到了，谢谢');
  await page.getByTestId('message-send').click();
  await page.getByTestId('thread').getByText('卡收到了，谢谢').waitFor();
  await page.locator('button[data-testid=confirm]').click();
  await page.getByTestId('confirm-act').click();
  await reads(page, '已成交，余额保障中', '评价这次交易');
  await page.getByTestId('review-send').click();
  await reads(page, '我的评价', '对方的评价会在双方写完或到期后显示');
  await audit(page);
  const mine = await world.visit(t, '/market/mine', { as: seller });
  await reads(mine, '1 条新消息');
  await mine.goto(`${world.url}/market/orders/${id}`);
  await reads(mine, '已成交，货款已入账', '平台服务费', '卡收到了，谢谢');
  await audit(mine);
  await world.later(3 * DAY);
  const PAYOUT = 'select state from settlement.payout where subject = $1';
  await world.until(true, `select s.state <> 'created' from (${PAYOUT}) s`, [id]);
  await world.later(MINUTE);
  await world.until('paid', PAYOUT, [id]);
  await mine.reload();
  await reads(mine, '已到账');
}
const NO_SECRETS = ['422 POST /v1/market/orders/:id/messages'];

async function drained(world: World, t: TestContext, seller: Person, buyer: Person): Promise<void> {
  const title = '整柳卡低价出';
  const card = world.card(ASK_ONLY, 'drained_later', 20_000n);
  const { body: made } = await world.http<{ id: string; restrictions: unknown[] }>(
    ...([seller, 'POST', '/v1/market/listings'] as const),
    {
      ...{ sku: ASK_ONLY, faceFen: '20000', priceFen: '15000', delivery: 'vault', title },
      restrictions: await restrictionsOf(world),
    },
  );
  await world.http(seller, 'POST', `/v1/market/listings/${made.id}/card`, {
    ...{ number: card.number, ...(card.pin && { pin: card.pin }) },
  });
  await world.until('live', 'select state from market.listing where id = $1', [made.id]);
  const page = await world.visit(t, '/market', { as: buyer });
  await buy(world, page, title);
  await world.control('issuer', '/control/cards', {
    ...{ sku: ASK_ONLY, number: card.number, action: 'drain' },
  });
  await lookAt(page);
  await reads(page, '已全额退款');
  await audit(page);
  await world.until('suspended', 'select state from market.listing where id = $1', [made.id]);
}

async function restrictionsOf({ http }: World): Promise<unknown[]> {
  const { body } = await http<{ restrictions: unknown[] }>(
    ...([undefined, 'GET', `/v1/products/${ASK_ONLY}`] as const),
  );
  return body.restrictions;
}
