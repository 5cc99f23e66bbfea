// Goal: a card is sold by sealed bids and another at a falling price, by the pages alone: bid sealed and kept, handed in with a
//   bond, opened after the end, settled by the house; then bought at the price of the moment.
// Method: Chromium on a phone for seller and two bidders against one house with a chain of its own; one bidder loses what opens
//   the bid and takes it from the file; the truth read from the mirror in the end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { HOUR, MINUTE } from '#platform';
import { audit, openWorld, reads, type World } from './browser.ts';
import { bindDemoWallet, bringCard, onward } from './exchange-parts.ts';

const SKU = 'weihe-gift';

test('sealed bids and a falling price in INTL', { timeout: 280_000 }, async (t) => {
  const world = await openWorld(t, { profile: 'INTL' });
  const [ann, bob, cee] = [await world.seller(), await world.seller(), await world.seller()];
  const annes = await world.visit(t, '/exchange/wallet', { as: ann });
  await bindDemoWallet(world, annes);
  await bringCard(world, annes, SKU);
  await putsUpSealed(world, annes);
  const [bobs, cees] = [
    await world.visit(t, '/exchange/wallet', { as: bob }),
    await world.visit(t, '/exchange/wallet', { as: cee }),
  ];
  await bindDemoWallet(world, bobs);
  await bindDemoWallet(world, cees);
  await seals(world, bobs, '150');
  const file = await seals(world, cees, '140');
  await world.later(2 * HOUR + MINUTE);
  // The page of a demo keeps the time it was opened at.
  await bobs.reload();
  await opens(world, bobs, { amount: '150', leads: true });
  await cees.evaluate(() => {
    for (const key of Object.keys(localStorage))
      if (key.startsWith('hq-chain-bid/')) localStorage.removeItem(key);
  });
  await cees.reload();
  await cees.getByTestId('opening-text').fill(file);
  await audit(cees);
  await cees.getByTestId('opening-enter').click();
  await opens(world, cees, { amount: '140', leads: false });
  await world.later(2 * HOUR + 2 * MINUTE);
  await onward(world, bobs, '[data-testid=standing][data-standing=won]');
  await reads(bobs, '您拍到了这张卡', '¥140.00');
  await onward(world, cees, '[data-testid=standing][data-standing=lost]');
  await reads(cees, '可在“我的资产”取回钱包');
  await audit(cees);
  await bobs.reload();
  await resells(world, bobs);
  await takes(world, cees);
  const desk = await world.visit(t, new URL(bobs.url()).pathname, { wide: true, english: true });
  await reads(desk, 'Falling price', 'Sold', 'in a straight line');
  await audit(desk);
});

async function putsUpSealed(world: World, page: Page): Promise<void> {
  await page.getByTestId('to-put-up').click();
  await page.getByLabel('密封拍卖').check();
  await page.getByTestId('put-reserve').fill('100');
  await page.getByTestId('put-bond').fill('20');
  for (const two of await page.getByLabel('2 小时').all()) await two.check();
  await audit(page);
  await page.getByTestId('put-up').click();
  await page.getByTestId('sign-yes').waitFor();
  await reads(page, '以密封出价拍卖您的卡', '保留价', '¥100.00', '¥20.00', '按第二高价成交', '是');
  await audit(page);
  await page.getByTestId('sign-yes').click();
  await onward(world, page, '[data-testid=auction][data-state=running]');
  await reads(page, '密封出价中', '付第二高的价');
  await audit(page);
}

/** Gives what the file says that opens the bid. */
async function seals(world: World, page: Page, amount: string): Promise<string> {
  await page.getByTestId('tab-offers').click();
  await page.getByTestId('auctions').getByRole('link').first().click();
  await page.getByTestId('sealed-amount').fill(amount);
  await audit(page);
  await page.getByTestId('sealed-make').click();
  const link = await page.getByTestId('opening-download').getAttribute('href');
  await audit(page);
  await page.getByTestId('sealed-commit').click();
  await reads(page, '允许交易合约从您的钱包扣款');
  await page.getByTestId('sign-yes').click();
  await reads(page, '提交密封出价并锁定押金', '密封出价的哈希');
  await audit(page);
  await page.getByTestId('sign-yes').click();
  await onward(world, page, '[data-testid=standing][data-standing=sealed]');
  assert.equal(await page.getByText(`¥${amount}`, { exact: true }).count(), 0, 'nobody sees it');
  await audit(page);
  return decodeURIComponent(String(link).split(',')[1] ?? '');
}

/** What would not lead needs no money, and is not asked for any. */
async function opens(
  world: World,
  page: Page,
  { amount, leads }: { amount: string; leads: boolean },
): Promise<void> {
  await page.locator('[data-testid=sealed-reveal]:enabled').click();
  if (leads) {
    await reads(page, '允许交易合约从您的钱包扣款');
    await page.getByTestId('sign-yes').click();
  }
  await reads(page, '公开您的出价', `¥${amount}.00`);
  await audit(page);
  await page.getByTestId('sign-yes').click();
  const standing = leads ? 'leads' : 'outbid';
  await onward(world, page, `[data-testid=standing][data-standing=${standing}]`);
  await audit(page);
}

/** Who has won the card sells it on, from 160 yuan down to 120 within an hour. */
async function resells(world: World, page: Page): Promise<void> {
  await page.getByTestId('to-card').click();
  await page.getByTestId('to-put-up').click();
  await page.getByLabel('荷兰式降价').check();
  await page.getByTestId('put-start').fill('160');
  await page.getByTestId('put-end').fill('170');
  await reads(page, '最低价要低于起始价');
  await page.getByTestId('put-end').fill('120');
  await page.getByLabel('1 小时').check();
  await audit(page);
  await page.getByTestId('put-up').click();
  await page.getByTestId('sign-yes').waitFor();
  await reads(page, '以不断下降的价格出售您的卡', '¥160.00', '¥120.00');
  await page.getByTestId('sign-yes').click();
  await page.locator('[data-testid=auction][data-state=offered]').waitFor();
  await reads(page, '降价出售中', '距最低价', '匀速下降');
  await audit(page);
  await world.until('offered', `select state from exchange.auction where kind = 'dutch'`);
}

async function takes(world: World, page: Page): Promise<void> {
  await world.later(HOUR / 2);
  await page.goto(`${world.url}/exchange/offers`);
  await page.getByTestId('auctions').getByRole('link').first().click();
  await page.getByTestId('chain-take').waitFor();
  const shown = /¥(\d+)/.exec((await page.getByTestId('chain-take').textContent()) ?? '');
  assert.equal(Math.abs(Number(shown?.[1]) - 139) <= 1, true, `half of the way: ${shown?.[0]}`);
  await audit(page);
  await page.getByTestId('chain-take').click();
  await reads(page, '允许交易合约从您的钱包扣款');
  await page.getByTestId('sign-yes').click();
  await reads(page, '按上链那一秒的价格买下这张卡', '最多付');
  await audit(page);
  await page.getByTestId('sign-yes').click();
  await onward(world, page, '[data-testid=standing][data-standing=won]');
  await audit(page);
}
