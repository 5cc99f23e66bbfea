// Goal: a card is auctioned on the chain by the pages alone: terms signed in words, two bidders, one outbid with the money
//   back, the house settles, the winner sees the secret.
// Method: Chromium on a phone for each of the three against the whole house with a chain of its own, once a profile; the money
//   read from the mirror in the end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { HOUR, MINUTE } from '#platform';
import { audit, openWorld, reads, type World } from './browser.ts';
import { bindDemoWallet, bringCard, onward } from './exchange-parts.ts';

const SKU = 'weihe-gift';

for (const profile of ['INTL', 'SANDBOX'] as const)
  test(`auction to settlement in ${profile}`, { timeout: 280_000 }, async (t) => {
    const world = await openWorld(t, { profile });
    const [ann, bob, cee] = [await world.seller(), await world.seller(), await world.seller()];
    const annes = await world.visit(t, '/exchange/wallet', { as: ann });
    await bindDemoWallet(world, annes);
    await bringCard(world, annes, SKU);
    await putsUp(world, annes);
    const address = new URL(annes.url()).pathname;
    const [bobs, cees] = [
      await world.visit(t, '/exchange/wallet', { as: bob }),
      await world.visit(t, '/exchange/wallet', { as: cee }),
    ];
    await bindDemoWallet(world, bobs);
    await bindDemoWallet(world, cees);
    await bids(world, bobs, { address, amount: '120', least: '120.00', count: 1 });
    await standsAt(world, bobs, 'leads');
    await bids(world, cees, { address, amount: '130', least: '126.00', count: 2 });
    await standsAt(world, cees, 'leads');
    await standsAt(world, bobs, 'outbid');
    await reads(bobs, '您的出价已退回钱包', '至少 ¥136.50');
    await audit(bobs);
    await reads(annes, '卡由合约保管到结束', '¥130.00');
    await ends(world, cees);
    await standsAt(world, bobs, 'lost');
    await fetches(world, cees);
    await moneyOf(world, { seller: ann.userId, loser: bob.userId, winner: cee.userId });
    const desk = await world.visit(t, address, { as: bob, wide: true, english: true });
    await reads(desk, 'Somebody else has it', 'Sold for', '¥130.00', 'each bid at least 5 % more');
    await audit(desk);
  });

async function putsUp(world: World, page: Page): Promise<void> {
  await page.getByTestId('to-put-up').click();
  await page.getByTestId('put-reserve').fill('120');
  await page.getByLabel('1 小时').check();
  await audit(page);
  await page.getByTestId('put-up').click();
  await page.getByTestId('sign-yes').waitFor();
  await reads(page, '以这些条款拍卖您的卡', '起拍价', '¥120.00', '1 小时', '2.5 %');
  await audit(page);
  await page.getByTestId('sign-yes').click();
  await page.locator('[data-testid=auction][data-state=offered]').waitFor();
  await reads(page, '条款已公布', '还没有人出价', '最多延 2 小时');
  await audit(page);
  await world.until('offered', 'select state from exchange.auction');
}

interface Bid {
  readonly address: string;
  readonly amount: string;
  readonly least: string;
  readonly count: number;
}

async function bids(world: World, page: Page, of: Bid): Promise<void> {
  await page.getByTestId('tab-offers').click();
  await page.getByTestId('auctions').getByRole('link').first().click();
  await page.getByTestId('chain-bid-amount').waitFor();
  assert.equal(new URL(page.url()).pathname, of.address);
  await reads(page, `至少 ¥${of.least}`);
  await page.getByTestId('chain-bid-amount').fill('1');
  assert.equal(await page.getByTestId('chain-bid').isDisabled(), true, 'too low');
  await page.getByTestId('chain-bid-amount').fill(of.amount);
  await audit(page);
  await page.getByTestId('chain-bid').click();
  await page.getByTestId('sign-yes').waitFor();
  await reads(page, '允许交易合约从您的钱包扣款');
  await page.getByTestId('sign-yes').click();
  await reads(page, '出这个价', `¥${of.amount}.00`);
  await audit(page);
  await page.getByTestId('sign-yes').click();
  await onward(world, page, `[data-testid=auction][data-state=running][data-bids="${of.count}"]`);
}

const standsAt = async (world: World, page: Page, standing: string): Promise<void> =>
  await onward(world, page, `[data-testid=standing][data-standing=${standing}]`);

async function ends(world: World, page: Page): Promise<void> {
  await world.later(HOUR + 2 * MINUTE);
  await standsAt(world, page, 'won');
  await reads(page, '您拍到了这张卡', '成交价');
  await audit(page);
}

async function fetches(world: World, page: Page): Promise<void> {
  await page.getByTestId('to-card').click();
  await page.getByTestId('burn').click();
  await page.getByTestId('sign-yes').click();
  await onward(world, page, '[data-testid=fetch]');
  await page.getByTestId('fetch').click();
  await page.getByTestId('secret-number').waitFor();
  assert.match((await page.getByTestId('secret-number').textContent()) ?? '', /^[0-9A-Z]{8,}$/);
  await page.getByTestId('secret-done').click();
  await page.locator('[data-testid=token][data-state=opened]').waitFor();
}

async function moneyOf(
  world: World,
  of: { seller: string; loser: string; winner: string },
): Promise<void> {
  const had = async (userId: string): Promise<bigint> => {
    const { amount } = await world.row(
      `select b.amount from exchange.wallet w join exchange.balance b using (address)
       where w.user_id = $1`,
      [userId],
    );
    return BigInt(String(amount));
  };
  assert.equal(await had(of.loser), 100_000n, 'all of it came back');
  assert.equal(await had(of.winner), 87_000n);
  assert.equal(await had(of.seller), 100_000n + 13_000n - 325n, 'price less 2.5 %');
}
