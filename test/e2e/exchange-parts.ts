/** What a person does on the pages of the exchange in every journey: a wallet, a card on the chain, an offer. */
import type { Page } from 'playwright-core';
import type { MadeCard } from '../../simulators/issuer/index.ts';
import { audit, reads, type World } from './browser.ts';

export async function bindDemoWallet(world: World, page: Page): Promise<void> {
  await page.getByTestId('tab-wallet').click();
  await page.getByTestId('wallet-demo').click();
  await reads(page, '证明这个钱包是您的', '不动用资金');
  await page.getByTestId('sign-yes').click();
  await page.getByTestId('wallet').waitFor();
  await onward(world, page, '[data-testid=wallet-admitted][data-yes=true]');
  await reads(page, '1,000');
  await audit(page);
}

/** Time passes for the house until the page shows what is waited for. */
export async function onward(world: World, page: Page, selector: string): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    if ((await page.locator(selector).count()) > 0) return;
    await world.later(STEP_MS);
    await page.waitForTimeout(PAUSE_MS);
  }
  await page.locator(selector).waitFor();
}
export const ROUNDS_MAX = 60;
export const STEP_MS = 3_000;
const PAUSE_MS = 500;

export async function bringCard(world: World, page: Page, sku: string): Promise<MadeCard> {
  const card = world.card(sku, 'good', 20_000n);
  await page.getByTestId('tab-cards').click();
  await page.getByRole('link', { name: '把卡放到链上' }).click();
  await page.getByTestId('token-sku').selectOption(sku);
  await page.getByLabel('面值').fill('200');
  await page.getByTestId('card-number').fill(card.number);
  if (card.pin) await page.getByTestId('card-pin').fill(card.pin);
  await audit(page);
  await page.getByTestId('token-seal').click();
  await onward(world, page, '[data-testid=token][data-state=on_chain]');
  return card;
}

/** By the vault, also where the card's issuer could re-issue it, which the page proposes then. */
export async function offer(world: World, page: Page): Promise<void> {
  await page.getByTestId('price').fill('170');
  await reads(page, '到手');
  const byVault = page.getByRole('radio', { name: '平台保险库交付' });
  if ((await byVault.count()) > 0) await byVault.check();
  await page.getByTestId('list').click();
  await page.getByTestId('sign-yes').waitFor();
  await reads(page, '以固定价格出售您的卡。', '170', '2.5 %', '任何人', '平台保险库交付');
  await audit(page);
  await page.getByTestId('sign-yes').click();
  await page.getByTestId('token-offer').waitFor();
  await world.until('open', 'select state from exchange.signed_order');
}
