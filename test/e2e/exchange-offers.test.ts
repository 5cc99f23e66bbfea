// Goal: what people promise each other on the chain, by the pages alone: each sees what is theirs and what to do next.
// Method: Chromium on a phone for each side against one house with a chain of its own; the truth read from the mirror and
//   the wallets.
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { audit, openWorld, reads, type World } from './browser.ts';
import { bindDemoWallet, bringCard, offer, onward } from './exchange-parts.ts';

const SKU = 'weihe-gift';

for (const profile of ['INTL', 'SANDBOX'] as const)
  test(
    `assets and offers in ${profile}`,
    { timeout: 280_000 },
    async (t) => await journey(t, profile),
  );

async function journey(t: TestContext, profile: 'INTL' | 'SANDBOX'): Promise<void> {
  const world = await openWorld(t, { profile });
  const [ann, bob] = [await world.seller(), await world.seller()];
  const annes = await world.visit(t, '/exchange/cards', { as: ann });
  await assets(world, annes);
  const bobs = await world.visit(t, '/exchange/wallet', { as: bob });
  await bindDemoWallet(world, bobs);
  await bids(world, bobs);
  const desk = await world.visit(t, '/exchange/cards', { as: ann, english: true, wide: true });
  await desk.getByTestId('my-bids').waitFor();
  await reads(desk, 'Held', 'On chain', 'For my card');
  await audit(desk);
  await accepts(world, annes);
  await bobs.locator('[data-testid=bid-page][data-state=filled]').waitFor();
  await audit(bobs);
  await bobs.getByTestId('to-card').click();
  await bobs.getByTestId('burn').waitFor();

  await annes.goto(`${world.url}/exchange/cards`);
  await bringCard(world, annes, SKU);
  await proposes(world, bobs);
  await swaps(world, annes);
  await bobs.locator('[data-testid=swap-page][data-state=swapped]').waitFor();

  await offer(world, annes);
  await annes.goto(`${world.url}/exchange/cards`);
  await bringCard(world, annes, SKU);
  await offer(world, annes);
  await buysBoth(world, bobs);
  await voidsAll(world, bobs);
  const wide = await world.visit(t, '/exchange/cards', { as: bob, english: true, wide: true });
  await wide.getByTestId('my-swaps').waitFor();
  await reads(wide, 'My offers and purchases', 'Swaps', 'Void every bid');
  await audit(wide);
}

async function assets(world: World, page: Page): Promise<void> {
  await reads(page, '请先绑定钱包');
  await audit(page);
  await bindDemoWallet(world, page);
  await page.getByTestId('tab-cards').click();
  await page.getByTestId('my-money').waitFor();
  await reads(page, '还没有链上的卡', '看看在售的卡', '1,000');
  await audit(page);
  await bringCard(world, page, SKU);
}

async function sign(page: Page, ...words: string[]): Promise<void> {
  await page.getByTestId('sign-yes').waitFor();
  await reads(page, ...words);
  await audit(page);
  await page.getByTestId('sign-yes').click();
}

/** Bids for a card that is not on offer, withdraws, and bids anew. */
async function bids(world: World, page: Page): Promise<void> {
  await page.getByTestId('tab-offers').click();
  await page.getByTestId('others').getByRole('link').first().click();
  await bid(world, page, '150');
  await page.getByTestId('bid-withdraw').click();
  await audit(page);
  await page.getByTestId('confirm-act').click();
  await page.locator('[data-testid=bid-page][data-state=withdrawn]').waitFor();
  await audit(page);
  await page.getByTestId('to-card').click();
  await bid(world, page, '160');
  await audit(page);
}

async function bid(world: World, page: Page, price: string): Promise<void> {
  await page.getByTestId('bid-price').fill(price);
  await reads(page, '钱不冻结');
  await audit(page);
  await page.getByTestId('bid').click();
  await sign(page, '允许交易合约从您的钱包扣款', price);
  await sign(page, '期限内持有人接受', price, '2.5 %');
  await onward(world, page, '[data-testid=bid-page][data-funded=true]');
  await reads(page, '等卖方接受');
}

async function accepts(world: World, page: Page): Promise<void> {
  await page.goto(`${world.url}/exchange/cards`);
  await page.getByTestId('tokens-held').waitFor();
  await audit(page);
  await page.getByTestId('tokens-held').getByRole('link').first().click();
  await page.getByTestId('bids').waitFor();
  await audit(page);
  await page.getByTestId('bids').getByRole('link').first().click();
  await page.getByTestId('bid-accept').waitFor();
  await reads(page, '156.00');
  await audit(page);
  await page.getByTestId('bid-accept').click();
  await sign(page, '把卡卖给这个出价', '只由本平台撮合');
  await onward(world, page, '[data-testid=bid-page][data-state=filled]');
  await audit(page);
}

/** The bought card for one of the same value, with ten yuan on top. */
async function proposes(world: World, page: Page): Promise<void> {
  await page.goto(`${world.url}/exchange/offers`);
  await page.getByTestId('others').getByRole('link').first().click();
  await page.getByTestId('to-swap').click();
  await page.getByTestId('swap-give').waitFor();
  await page.getByRole('radio', { name: '我付' }).check();
  await page.getByTestId('swap-top-up').fill('10');
  await audit(page);
  await page.getByTestId('swap-propose').click();
  await sign(page, '允许交易合约从您的钱包扣款', '10');
  await sign(page, '用您的卡换对方的卡', '提议人', '2.5 %');
  await onward(world, page, '[data-testid=swap-page][data-funded=true]');
  await reads(page, '等对方答复', '作废全部');
  await audit(page);
}

async function swaps(world: World, page: Page): Promise<void> {
  await page.goto(`${world.url}/exchange/cards`);
  await page.getByTestId('my-swaps').getByRole('link').first().click();
  await page.getByTestId('swap-accept').waitFor();
  await reads(page, '扣费后您得 ¥9.75');
  await audit(page);
  await page.getByTestId('swap-accept').click();
  await sign(page, '您的卡给对方，对方的卡给您');
  await onward(world, page, '[data-testid=swap-page][data-state=swapped]');
  await audit(page);
  await page.getByTestId('to-card').click();
  await page.getByTestId('burn').waitFor();
}

async function buysBoth(world: World, page: Page): Promise<void> {
  await page.goto(`${world.url}/exchange/offers`);
  await page.getByTestId('to-basket').click();
  const picks = page.getByTestId('basket').getByRole('checkbox');
  await picks.nth(1).waitFor();
  for (const place of [0, 1]) await picks.nth(place).check();
  await reads(page, '2 张 · ¥340.00', '要么全部买到');
  await audit(page);
  await page.getByTestId('basket-buy').click();
  await sign(page, '允许交易合约从您的钱包扣款', '340');
  await sign(page, '一次买下这些卡', '340');
  await onward(world, page, '[data-testid=basket-outcome][data-state=mined]');
  await reads(page, '2 张卡都是您的了');
  await audit(page);
  await page.getByTestId('to-assets').click();
  await onward(world, page, '[data-testid=tokens-held] li:nth-child(3)');
  await reads(page, '买入 · 已成交');
  await audit(page);
}

async function voidsAll(world: World, page: Page): Promise<void> {
  await page.getByTestId('void-all').click();
  await audit(page);
  await page.getByTestId('confirm-act').click();
  await sign(page, '作废这个钱包签过的所有出价和换卡提议');
  await onward(world, page, '[data-testid=voided-all]');
  await audit(page);
}
