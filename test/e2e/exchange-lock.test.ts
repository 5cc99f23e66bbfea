// Goal: whoever holds a card that its issuer locks no longer reads until when it is safe, that it cannot be traded, and what to
//   do; when the lock is over, owner and compliance read why the card stands still.
// Method: Chromium on a phone in Chinese and at a desk in English against the whole house with a chain of its own; the issuer
//   simulator refuses the renewal; time is moved on by the fake clock.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { audit, openWorld, reads } from './browser.ts';
import { bindDemoWallet, bringCard } from './exchange-parts.ts';

const DAY_MS = 86_400_000;

test('its issuer renews the lock no more', { timeout: 280_000 }, async (t) => {
  const world = await openWorld(t, { profile: 'INTL' });
  const owner = await world.seller();
  const first = await world.visit(t, '/exchange/wallet', { as: owner });
  await bindDemoWallet(world, first);
  await bringCard(world, first, 'luyu-card');
  const path = new URL(first.url()).pathname;
  await first.close();
  await world.control('issuer', '/control/issuers/luyu', { refused: 1 });
  for (let day = 0; day < 21; day++) await world.forward(DAY_MS);
  await world.until('ending', 'select state from exchange.card_lock');
  await world.prove(owner);
  const phone = await world.visit(t, path, { as: owner });
  await phone.getByTestId('lock-ends').waitFor();
  await reads(phone, '发卡方不再续锁这张卡', '锁定到期', '现在不能买卖', '到期前销毁凭证');
  assert.equal(await phone.getByTestId('price').count(), 0, 'nothing to sell with');
  await phone.getByRole('button', { name: '销毁凭证并取卡密' }).waitFor();
  await audit(phone);
  const desk = await world.visit(t, path, { as: owner, wide: true, english: true });
  await reads(desk, 'Its issuer locks this card no longer', 'Locked until', 'cannot be traded now');
  await audit(desk);
  for (const page of [phone, desk]) await page.close();

  for (let day = 0; day < 4; day++) await world.forward(DAY_MS);
  await world.until('frozen', 'select state from exchange.token');
  await world.prove(owner);
  const over = await world.visit(t, path, { as: owner });
  await reads(over, '这张卡已冻结', '发卡方没有续锁，锁定已到期');
  await audit(over);
  const officer = await world.staff('compliance');
  const list = await world.visit(t, '/console/frozen', { as: officer, wide: true });
  await reads(list, '冻结的卡', '发卡方没有续锁，锁定已到期');
  await audit(list);
});
