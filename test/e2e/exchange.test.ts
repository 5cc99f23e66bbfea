// Goal: a newcomer without any wallet brings a card on chain, another buys it, and the secret comes to the buyer; each
//   signature is shown in words first; where the profile is CN there is no trace of it.
// Method: Chromium on a phone for each side against the whole house with a chain of its own; the truth read from the
//   chain's mirror and the vault.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { post } from '#ledger';
import { fen, inTransaction } from '#platform';
import type { Person } from '#test/house.ts';
import { audit, openWorld, reads, type World } from './browser.ts';
import { bindDemoWallet, bringCard, offer, onward, ROUNDS_MAX, STEP_MS } from './exchange-parts.ts';

const SKU = 'weihe-gift';

for (const profile of ['INTL', 'SANDBOX'] as const)
  test(`tokenise, list, buy, secret in ${profile}`, { timeout: 280_000 }, async (t) => {
    const world = await openWorld(t, { profile });
    const [seller, buyer] = [await world.seller(), await world.seller()];
    const selling = await world.visit(t, '/me', { as: seller, refusals: QUIET });
    await selling.getByTestId('to-exchange').click();
    if (profile === 'SANDBOX') await reads(selling, '监管沙盒 TEST-1');
    await bindDemoWallet(world, selling);
    await bringCard(world, selling, SKU);
    await offer(world, selling);
    const buying = await world.visit(t, '/exchange/wallet', { as: buyer, refusals: QUIET });
    await bindDemoWallet(world, buying);
    await buyIt(world, buying);
    await fetchSecret(world, t, buying, buyer);
    if (profile === 'INTL') await seesDifference(world, t);
  });

test('in CN there is no such page', { timeout: 120_000 }, async (t) => {
  const world = await openWorld(t);
  const person = await world.seller();
  const page = await world.visit(t, '/exchange/offers', { as: person });
  await reads(page, '没有这一页');
  await page.goto(`${world.url}/me`);
  await page.getByTestId('sign-out').waitFor();
  assert.equal(await page.getByTestId('to-exchange').count(), 0);
});

/** Nothing here is refused on the way. */
const QUIET: readonly string[] = [];

async function buyIt(world: World, page: Page): Promise<void> {
  await page.getByTestId('tab-offers').click();
  await page.getByTestId('offers').getByRole('link').first().click();
  await page.getByTestId('offer').waitFor();
  await audit(page);
  await page.getByTestId('buy').click();
  await page.getByTestId('sign-yes').waitFor();
  await reads(page, '允许交易合约从您的钱包扣款', '本平台交易合约');
  await page.getByTestId('sign-yes').click();
  await reads(page, '以这个价格买下这张卡');
  await page.getByTestId('sign-yes').click();
  await onward(world, page, '[data-testid=offer][data-state=filled]');
  await page.getByTestId('to-card').click();
}

async function fetchSecret(
  world: World,
  _t: TestContext,
  page: Page,
  buyer: Person,
): Promise<void> {
  await page.getByTestId('burn').click();
  await page.getByTestId('sign-yes').waitFor();
  await reads(page, '永久销毁这枚凭证');
  await page.getByTestId('sign-yes').click();
  await onward(world, page, '[data-testid=fetch]');
  await page.getByTestId('fetch').click();
  await page.getByTestId('secret-number').waitFor();
  assert.match((await page.getByTestId('secret-number').textContent()) ?? '', /^[0-9A-Z]{8,}$/);
  await audit(page);
  await page.getByTestId('secret-done').click();
  await page.locator('[data-testid=token][data-state=opened]').waitFor();
  const { opened_by: by } = await world.row('select opened_by from exchange.token');
  assert.equal(by, buyer.userId);
}

/** One fen moved in our books alone: the console shows the address, and what either side says. */
async function seesDifference(world: World, t: TestContext): Promise<void> {
  const { address } = await world.row('select address from exchange.wallet order by bound_at');
  await inTransaction(world.db, (tx) =>
    post(tx, {
      ...{ kind: 'test', ref: 'planted', subject: 'planted', at: world.clock.now() },
      legs: [{ from: `ONCHAIN:${address}`, to: 'FEE', amount: fen(1n) }],
    }),
  );
  const compared = async (): Promise<boolean> => {
    await world.house.tidyUp();
    await world.house.settleDown();
    const { findings } = await world.row(
      'select findings from exchange.reconciliation order by id desc limit 1',
    );
    return Array.isArray(findings) && findings.length === 1;
  };
  for (let round = 0; round < ROUNDS_MAX && !(await compared()); round++)
    await world.later(STEP_MS);
  const auditor = await world.staff('auditor');
  const page = await world.visit(t, '/console/reconciliation', { as: auditor, wide: true });
  await page.getByTestId('chain-books').waitFor();
  await reads(page, '账本、链上、保管三方核对', '差异 1 项');
  await audit(page);
}
