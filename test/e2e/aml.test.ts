// Goal: compliance finds each suspicion and each report with reasons and sums, and decides; the seller of a delayed payout
// reads a warning and nothing of a suspicion, and is paid sooner after a proof.
// Method: Chromium as a seller on a phone and an officer at a desk; the database is asked what came of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays, chinaDay, chinaInstant, fen, HOUR, inTransaction, MINUTE, plus } from '#platform';
import { topUp } from '#settlement';
import { openShop } from '#test/recyclers.ts';
import { audit, openWorld, reads } from './browser.ts';

const DELAY = 'select proved_at is not null as proved from risk.delay where subject = $1';

test('a delayed payout, its case, and a large day', { timeout: 120_000 }, async (t) => {
  const world = await openWorld(t);
  const seller = await world.seller();
  const card = world.card('weihe-ecard');
  const soldAt = plus(world.clock.now(), -30 * MINUTE).toISOString();
  await world.control('issuer', '/control/cards', { sku: card.sku, number: card.number, soldAt });
  const { order } = await world.sell(seller, { card });
  const shop = await openShop(world, await world.seller());
  const ask = { recycler: shop, amountFen: fen(200_000_000n), by: 'test', at: world.clock.now() };
  await inTransaction(world.db, (tx) => topUp(tx, ask));
  await world.until('received', 'select state from settlement.top_up where recycler = $1', [shop]);
  await world.later(3 * HOUR);
  await world.until('settled', 'select state from buyback.order where id = $1', [order.id]);

  const phone = await world.visit(t, `/orders/${order.id}`, {
    ...{ as: seller, refusals: ['403 POST /v1/orders/:id/prove-payout'] },
  });
  await reads(phone, '到账前再确认一次', '再付', '谨防诈骗', '96110');
  await audit(phone);
  assert(!(await phone.content()).includes('可疑'));
  await phone.getByTestId('prove-payout').click();
  await phone.getByTestId('step-up-code').fill(await world.codeFor(seller.phone));
  await phone.getByTestId('step-up-confirm').click();
  await reads(phone, '已验证是您本人');
  await world.until(true, DELAY, [order.id]);
  const english = await world.visit(t, `/orders/${order.id}`, { as: seller, english: true });
  await reads(english, 'One more check before the money goes', 'Beware of fraud');
  await audit(english);

  await world.later(chinaInstant(addDays(chinaDay(world.clock.now()), 1), 2));
  await world.house.tidyUp();
  await world.until('accepted', 'select state from risk.report where party_id = $1', [shop]);
  // A later report is the newer one: numbers of one instant have no order.
  await world.later(MINUTE);
  const officer = await world.staff('compliance');
  const page = await world.visit(t, '/console/aml', { wide: true, as: officer });
  await reads(page, '可疑交易', '待审查', '新注册账户', '买入即变现', '报送记录', '大额');
  // A house without a chain says nothing of cards on one.
  assert.equal(await page.getByRole('link', { name: '冻结的卡' }).count(), 0);
  await reads(page, '当日收入达到限额', '已报送，有回执', '导出 CSV');
  await audit(page);
  await page.getByRole('button', { name: '审查', exact: true }).click();
  await reads(page, '报告草稿', '电子卡售出后 1 小时内变现', '延后付款天数');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: '转为草稿', exact: true }).click();
  await dialog.last().getByRole('button', { name: '转为草稿', exact: true }).click();
  await reads(page, '报告已起草');
  await dialog.getByLabel('审查意见').fill('卡源与交易对手核对不符');
  await audit(page);
  await dialog.getByRole('button', { name: '报送', exact: true }).click();
  await reads(page, '不能撤回');
  await dialog.last().getByRole('button', { name: '报送', exact: true }).click();
  await reads(page, '决定已存证', '卡源与交易对手核对不符');
  const SENT = `select state from risk.report where kind = 'suspicious' and party_id = $1`;
  await world.until('accepted', SENT, [seller.userId]);

  const small = await world.visit(t, '/console/aml', { as: officer, english: true });
  await reads(small, 'Suspicions', 'Reported', 'Reports', 'Money in at the figure', 'Export CSV');
  await audit(small);
  await small.getByRole('button', { name: 'Look', exact: true }).last().click();
  await reads(small, 'Movements', 'Receipt', 'R50.1', '¥2,000,000.00');
  await audit(small);

  const other = await world.visit(t, '/console', { wide: true, as: await world.staff('admin') });
  await reads(other, '总览');
  assert.equal(await other.getByRole('link', { name: '反洗钱' }).count(), 0);
});
