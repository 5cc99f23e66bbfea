// Goal: a holder splits a card, passes shares on, a third buys the whole card, and both holders take their parts, all by the
//   pages and each signature in words.
// Method: Chromium on a phone for each of the three against the whole house with a chain of its own; the money read from the
//   wallets in the end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { audit, openWorld, reads, type World } from './browser.ts';
import { bindDemoWallet, bringCard, onward } from './exchange-parts.ts';

const SKU = 'weihe-gift';

test('fraction and buy-out in INTL', { timeout: 280_000 }, async (t) => {
  const world = await openWorld(t, { profile: 'INTL' });
  const [ann, bob, cee] = [await world.seller(), await world.seller(), await world.seller()];
  const [annes, bobs] = [
    await world.visit(t, '/exchange/wallet', { as: ann }),
    await world.visit(t, '/exchange/wallet', { as: bob }),
  ];
  await bindDemoWallet(world, annes);
  await bringCard(world, annes, SKU);
  await bindDemoWallet(world, bobs);
  const address = (await bobs.locator('.ex-address').first().textContent()) ?? '';
  await splits(world, annes);
  await passesOn(world, annes, address);
  const cees = await world.visit(t, '/exchange/wallet', { as: cee });
  await bindDemoWallet(world, cees);
  await buysOut(world, cees);
  await cashes(world, annes, '65.00');
  await bobs.goto(annes.url());
  await cashes(world, bobs, '130.00');
  const desk = await world.visit(t, new URL(annes.url()).pathname, { wide: true, english: true });
  await reads(desk, 'Bought out, cash can be taken', '¥65.00 taken', '¥130.00 taken');
  await audit(desk);
});

const fractionIn = (state: string): string => `[data-testid=fraction][data-state=${state}]`;

async function splits(world: World, page: Page): Promise<void> {
  await page.getByTestId('split-count').fill('3');
  await page.getByTestId('split-floor').fill('200');
  await audit(page);
  await page.getByTestId('split').click();
  await page.getByTestId('sign-yes').waitFor();
  await reads(page, '把这张卡拆成份额', '2.5 %');
  await audit(page);
  await page.getByTestId('sign-yes').click();
  await onward(world, page, '[data-testid=to-shares]');
  assert.equal(await page.getByTestId('burn').count(), 0, 'a split card is not burnt');
  await page.getByTestId('to-shares').click();
  await page.locator(fractionIn('split')).waitFor();
}

async function passesOn(world: World, page: Page, address: string): Promise<void> {
  await page.getByTestId('give-to').fill(address);
  await page.getByTestId('give-count').fill('2');
  await page.getByTestId('give').click();
  await page.getByTestId('sign-yes').waitFor();
  await reads(page, '把份额转给这个地址');
  await audit(page);
  await page.getByTestId('sign-yes').click();
  await onward(world, page, 'dd:has-text("2 份")');
  await audit(page);
}

async function buysOut(world: World, page: Page): Promise<void> {
  await page.getByTestId('tab-offers').click();
  await page.getByTestId('shares').getByRole('link').first().click();
  await page.getByTestId('buy-out').click();
  await page.getByTestId('sign-yes').waitFor();
  await reads(page, '允许交易合约从您的钱包扣款');
  await page.getByTestId('sign-yes').click();
  await reads(page, '按整卡价买下整张卡');
  await audit(page);
  await page.getByTestId('sign-yes').click();
  await onward(world, page, fractionIn('bought_out'));
  await reads(page, '195.00');
  await audit(page);
}

async function cashes(world: World, page: Page, sum: string): Promise<void> {
  await page.getByTestId('cash').waitFor();
  await reads(page, `领取 ¥${sum}`);
  await audit(page);
  await page.getByTestId('cash').click();
  await page.getByTestId('sign-yes').waitFor();
  await reads(page, '注销您的份额');
  await page.getByTestId('sign-yes').click();
  await onward(world, page, `dd:has-text("已领 ¥${sum}")`);
}
