// Goal: compliance keeps the house's own list in the console: one proposes, another puts it in force.
// Method: Chromium as one officer at a desk and another on a phone in English; a number that is none is refused first.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { audit, openWorld, reads } from './browser.ts';

test('an entry of our own list, proposed and put in force', { timeout: 120_000 }, async (t) => {
  const world = await openWorld(t);
  const [first, second] = [await world.staff('compliance'), await world.staff('compliance')];
  const page = await world.visit(t, '/console/watch', { wide: true, as: first });
  await reads(page, '本平台名单', '名单为空');
  await page.getByRole('button', { name: '提议加入', exact: true }).click();
  const form = page.getByRole('dialog').first();
  await form.getByLabel('名称').fill('卢修斯甲、卢修斯乙');
  await form.getByLabel('身份证号（如有）').fill('11010519900307');
  await form.getByLabel('理由').fill('多次冒用他人证件');
  await form.getByLabel('有效至').fill('2026-12-31');
  await audit(page);
  await reads(page, '位数或字符不对，请核对');
  const button = form.getByRole('button', { name: '提议加入', exact: true });
  assert(await button.isDisabled());
  await form.getByLabel('身份证号（如有）').fill('');
  await button.click();
  const question = page.getByRole('dialog').last();
  await question.getByRole('button', { name: '提议加入', exact: true }).click();
  await reads(page, '已提议，等他人复核', '卢修斯甲、卢修斯乙', '待他人复核');
  assert(await page.getByRole('button', { name: '同意生效', exact: true }).isDisabled());
  await audit(page);

  const phone = await world.visit(t, '/console/watch', { as: second, english: true });
  await reads(phone, 'Our own list', 'Waiting for a second person');
  await phone.getByRole('button', { name: 'Put it in force', exact: true }).click();
  await phone.getByRole('dialog').last().getByRole('button', { name: 'Put it in force' }).click();
  await reads(phone, 'In force', 'Propose to end it');
  await audit(phone);
  await world.until('in_force', 'select state from parties.own_entry');
});
