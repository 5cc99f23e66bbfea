// Goal: a card that its issuer reports stolen is stopped while it is on offer: its owner and a buyer read why and what to do,
//   compliance frees it with a reason in the console, and it can be offered again.
// Method: Chromium against the whole house with a chain of its own, phone and desk, Chinese and English; the issuer
//   simulator posts its signed event; the truth read from the mirror of the chain.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { audit, openWorld, reads, type World } from './browser.ts';
import { bindDemoWallet, bringCard, offer, onward, ROUNDS_MAX, STEP_MS } from './exchange-parts.ts';

test('a card stopped by its issuer, and freed', { timeout: 280_000 }, async (t) => {
  const world = await openWorld(t, { profile: 'INTL' });
  const owner = await world.seller();
  const page = await world.visit(t, '/exchange/wallet', { as: owner });
  await bindDemoWallet(world, page);
  // Its issuer only locks it, so its number stays the one that the test knows.
  const { sku, number } = await bringCard(world, page, 'luyu-ecard');
  const card = new URL(page.url()).pathname;
  await offer(world, page);
  const { id } = await world.row('select id from exchange.signed_order');
  // Once the chain has stopped the card its offer is void, and a stranger's page finds it no more.
  const refusals = ['404 GET /v1/exchange/listings/:id'];
  const look = { english: true, wide: true, refusals };
  const buyer = await world.visit(t, `/exchange/offers/${id}`, look);
  await reads(buyer, 'On offer');

  const told = { sku, number, what: 'stolen', house: world.url };
  await world.control('issuer', '/control/tell', told);
  await world.until('frozen', 'select state from exchange.token');
  await buyer.reload();
  await reads(buyer, 'This card is frozen', 'Its issuer reports it lost or stolen', 'nothing');
  assert.equal(await buyer.getByTestId('sign-in').count(), 0, 'nothing to buy');
  await audit(buyer);
  await page.reload();
  await onward(world, page, '[data-testid=stopped]');
  await reads(page, '已被挂失', '不能挂单、出价、买卖或销毁', '请先向发卡方核实');
  await audit(page);
  await chainSays(world, 'FROZEN');

  const officer = await world.staff('compliance');
  const desk = await world.visit(t, '/console/frozen', { wide: true, as: officer });
  await reads(desk, '冻结的卡', '发卡方：已挂失', '链上已冻结');
  await desk.getByRole('link', { name: '冻结的卡' }).waitFor();
  await audit(desk);
  const phone = await world.visit(t, '/console/frozen', { as: officer, english: true });
  await reads(phone, 'Frozen cards', 'Issuer: lost or stolen');
  await audit(phone);
  await world.control('issuer', '/control/cards', { sku, number, action: 'unfreeze' });
  await desk.getByTestId('thaw').click();
  await desk.getByLabel('解冻理由').fill('发卡方已书面撤回挂失通知。');
  await audit(desk);
  await desk.getByRole('dialog').getByRole('button', { name: '解冻', exact: true }).click();
  await reads(desk, '没有冻结的卡');
  await audit(desk);
  await chainSays(world, 'ACTIVE');
  assert.equal(new URL(page.url()).pathname, card);
  await page.reload();
  await onward(world, page, '[data-testid=list]');
  await reads(page, '已上链');
});

/** Time passes until what was sent is on the chain and read. */
async function chainSays(world: World, state: string): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    if ((await world.row('select state from exchange.holding'))['state'] === state) return;
    await world.later(STEP_MS);
    await sleep(PAUSE_MS);
  }
  assert.fail(`the chain never said ${state}`);
}
const PAUSE_MS = 500;
