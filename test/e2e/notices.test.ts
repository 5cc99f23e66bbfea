// Goal: compliance enters a letter of the police, sees what it stopped, replies, and undoes it with a second person; the
// seller of the card reads that it is being looked into, and nothing of a letter.
// Method: Chromium as two officers, one at a desk and one on a phone in English, and as the seller; the listing's state.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { marketIn } from '#test/market.ts';
import { audit, openWorld, reads } from './browser.ts';

test('a letter, what it stopped, the reply, and two people to undo it', {
  timeout: 120_000,
}, async (t) => {
  const world = await openWorld(t);
  const seller = await world.seller();
  const { listing, card } = await marketIn(world).list(seller, { sku: 'huiyu-ecard' });
  const [first, second] = [await world.staff('compliance'), await world.staff('compliance')];
  const page = await world.visit(t, '/console/notices', {
    ...{ wide: true, as: first, refusals: ['422 POST /v1/console/notices'] },
  });
  await reads(page, '涉案卡券', '没有登记的通知', '请勿告知当事人');
  await audit(page);
  await page.getByRole('button', { name: '登记通知', exact: true }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('来函单位或举报人').fill('测试市公安局');
  await form.getByLabel('文号或编号').fill('测公通〔2026〕7号');
  await form.getByLabel('法律依据').fill('治安管理处罚法第七十一条');
  await form.getByLabel('卡种').fill('huiyu-ecard');
  await page.keyboard.press('Enter');
  await form.getByLabel('卡号，每行一个').fill(`${card.number}\n12345\n`);
  await audit(page);
  await form.getByRole('button', { name: '登记并立即停用 2 张', exact: true }).click();
  await reads(page, '两人');
  await page
    .getByRole('dialog')
    .last()
    .getByRole('button', { name: /登记并立即停用/ })
    .click();
  await reads(page, '第 2 行的号码不是这种卡的号码');
  await form.getByLabel('卡号，每行一个').fill(card.number);
  await form.getByRole('button', { name: '登记并立即停用 1 张', exact: true }).click();
  await page
    .getByRole('dialog')
    .last()
    .getByRole('button', { name: /登记并立即停用/ })
    .click();
  await reads(page, '所列卡券已停用', '在平台，已停用', '挂单', '测公通〔2026〕7号');
  await audit(page);
  await world.until('suspended', 'select state from market.listing where id = $1', [listing.id]);
  await page.getByRole('button', { name: '生成回执' }).click();
  const reply = page.getByLabel('生成回执');
  await reply.waitFor();
  assert.match(await reply.inputValue(), /测公通〔2026〕7号[\s\S]*尾号/);
  await page.getByLabel('核实情况（必填）').fill('来函单位更正了卡号');
  await page.getByRole('button', { name: '提议解除', exact: true }).click();
  await page
    .getByRole('dialog')
    .last()
    .getByRole('button', { name: '提议解除', exact: true })
    .click();
  await reads(page, '拟解除', '您是提议人，须由他人复核');
  assert(await page.getByRole('button', { name: '同意解除', exact: true }).isDisabled());
  await audit(page);

  const phone = await world.visit(t, '/market/mine?tab=listings', { as: seller });
  await reads(phone, '下架原因', '卡仍归您');
  for (const word of ['公安', '涉案', '来函'])
    assert(!(await phone.content()).includes(word), word);
  await audit(phone);

  const small = await world.visit(t, '/console/notices', { as: second, english: true });
  await reads(small, 'Cards in cases', 'waiting for a second person');
  await audit(small);
  await small.getByRole('button', { name: 'Look', exact: true }).click();
  await reads(small, 'Here, stopped', 'Listing', 'Legal basis');
  await small.getByLabel('What was found out (needed)').fill('Corrected by the sender');
  await audit(small);
  await small.getByRole('button', { name: 'Lift it', exact: true }).click();
  await small
    .getByRole('dialog')
    .last()
    .getByRole('button', { name: 'Lift it', exact: true })
    .click();
  await reads(small, 'Lifted');
  await world.until('lifted', 'select state from cards.notice order by id desc limit 1');
});
