// Goal: an offer that was taken down is withdrawn for good by its owner's wallet, who was told why that is another thing.
// Method: Chromium against the whole house with a chain of its own, in Chinese on a phone and in English on a desk; the
//   truth read from the mirror: the number of the card is raised, so that the signature given before fits no more.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { audit, openWorld, reads } from './browser.ts';
import { bindDemoWallet, bringCard, offer, onward } from './exchange-parts.ts';

test('an offer withdrawn for good', { timeout: 280_000 }, async (t) => {
  const world = await openWorld(t, { profile: 'INTL' });
  const owner = await world.seller();
  const page = await world.visit(t, '/exchange/wallet', { as: owner });
  await bindDemoWallet(world, page);
  await bringCard(world, page, 'weihe-gift');
  await offer(world, page);
  await page.getByTestId('token-offer').click();
  await page.getByTestId('cancel').click();
  await page.locator('[data-testid=offer][data-state=cancelled]').waitFor();
  await reads(page, '仍可拿到合约成交');
  await audit(page);
  const path = new URL(page.url()).pathname;
  const desk = await world.visit(t, path, { as: owner, english: true, wide: true });
  await reads(desk, 'Whoever kept a copy of your signature');
  await audit(desk);
  const before = await world.row('select nonce, state from exchange.holding');
  assert.deepEqual(before, { nonce: 0n, state: 'ACTIVE' }, 'taken down, the signature still fits');

  await page.getByTestId('withdraw').click();
  await page.getByTestId('sign-yes').waitFor();
  await reads(page, '作废此前为这张卡签下的所有挂单和出价');
  await audit(page);
  await page.getByTestId('sign-yes').click();
  await onward(world, page, '[data-testid=withdrawn]');
  await audit(page);
  const after = await world.row('select nonce, state from exchange.holding');
  assert.deepEqual(after, { nonce: 1n, state: 'ACTIVE' }, 'it fits no more, and the card is here');
  assert.equal(await page.getByTestId('withdraw').count(), 0);
  await reads(desk, 'is void on the chain');
  await audit(desk);
});
