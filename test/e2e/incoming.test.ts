// Goal: a payer can pay on the institution's page, and finance can keep the reserve, let a charity in by two people,
// and mend a refund that fails. Method: Chromium against the whole house; the database is asked what came of it.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { fen, HOUR, inTransaction, MINUTE, newId, plus } from '#platform';
import { openPayIn } from '#settlement';
import { audit, openWorld, reads, type World } from './browser.ts';
import { assertBalanced } from './truth.ts';

const CHARITY = {
  中文名称: '模拟助学基金会',
  英文名称: 'Model School Fund',
  统一社会信用代码: '531000005000000014',
  公募资格证号: '530100001',
  收款账号: '4111111111111111',
} as const;

test('money that comes in, at the desk', { timeout: 200_000 }, async (t) => {
  const world = await openWorld(t);
  await t.test('the reserve is filled', (t) => fill(world, t));
  await t.test('a charity is let in by the register and two people', (t) => charity(world, t));
  await t.test('a payment nobody waits for goes back; a refund that fails is sent again', (t) =>
    mend(world, t),
  );
  await assertBalanced(world);
});

const act = async (page: Page, name: string): Promise<void> =>
  await page.getByRole('button', { name, exact: true }).first().click();
const confirm = async (page: Page, name: string): Promise<void> =>
  await page.getByRole('dialog').getByRole('button', { name, exact: true }).click();

async function fill(world: World, t: TestContext): Promise<void> {
  const page = await world.visit(t, '/console/reserve', {
    ...{ wide: true, as: await world.staff('finance') },
  });
  await reads(page, '保障金', '低于警戒线，请补充', '没有追偿');
  await page.getByLabel('金额').fill('200000');
  await act(page, '补充保障金');
  await confirm(page, '补充保障金');
  await reads(page, '已向银行发起收款');
  // The bank may have paid before it is asked for again, so only what stays is waited for.
  await world.until(
    true,
    "select state <> 'requested' from settlement.top_up where target = 'reserve'",
  );
  await world.later(MINUTE);
  await world.until('received', "select state from settlement.top_up where target = 'reserve'");
  await page.reload();
  await reads(page, '余额充足', '¥200,000.00');
  await audit(page);
}

async function charity(world: World, t: TestContext): Promise<void> {
  const maker = await world.staff('finance');
  const page = await world.visit(t, '/console/charities', { wide: true, as: maker });
  await reads(page, '还没有慈善组织');
  for (const [label, value] of Object.entries(CHARITY)) await page.getByLabel(label).fill(value);
  await act(page, '登记慈善组织');
  await confirm(page, '登记慈善组织');
  await world.until('confirmed', 'select state from settlement.charity');
  await page.reload();
  await reads(page, '核验通过，等待复核', '您自己制单的，需由他人复核', '2029-06-30');
  await audit(page);

  const checker = await world.staff('finance');
  const other = await world.visit(t, '/console/charities', { wide: true, as: checker });
  await act(other, '复核通过');
  await confirm(other, '复核通过');
  await reads(other, '可以接受捐赠');
  const { approved_by } = await world.row('select approved_by from settlement.charity');
  assert.equal(approved_by, checker.userId);
}

async function mend(world: World, t: TestContext): Promise<void> {
  const { clock, db } = world;
  const at = clock.now();
  const made = await inTransaction(db, (tx) =>
    openPayIn(tx, {
      ...{ subject: newId(at), payerId: 'buyer', amountFen: fen(8_850n), at },
      ...{ expiresAt: plus(at, 15 * MINUTE), channel: 'alipay' },
    }),
  );
  const PAY_IN = 'select state from settlement.pay_in';
  await world.until('open', PAY_IN);
  await world.control('psp', '/control/faults', { failRefunds: 1 });
  const { pay_url: payUrl } = await world.row('select pay_url from settlement.pay_in');
  // The institution's page is not ours, so it is not judged as ours are.
  const context = await world.browser.newContext({ locale: 'zh-CN' });
  t.after(() => context.close());
  const till = await context.newPage();
  await till.goto(String(payUrl));
  assert.equal(await till.getByTestId('amount').innerText(), '¥88.50');
  await till.getByTestId('pay').click();
  await till.getByTestId('end').waitFor();
  await world.until('returned', PAY_IN);
  await world.later(MINUTE);
  await world.until('failed', 'select state from settlement.refund');

  const staff = await world.staff('finance');
  const page = await world.visit(t, '/console/refunds', { wide: true, as: staff });
  await reads(page, '退款未成功，将重试', '付款人账户异常', '付款迟到', '¥88.50');
  await audit(page);
  await act(page, '重新退款');
  await reads(page, '不会重复退款');
  await confirm(page, '重新退款');
  await world.until(true, "select state in ('accepted', 'refunded') from settlement.refund");
  await world.later(HOUR);
  await world.until('refunded', 'select state from settlement.refund');
  await page.goto(`${world.url}/console/pay-ins`);
  await reads(page, '款项已原路退回', '支付宝');
  await audit(page);
  await page.goto(`${world.url}/console/splits`);
  await reads(page, '分账', '这里还没有内容');
  await audit(page);
  const { numbers } = await world.row(
    'select count(*)::text as numbers from settlement.psp_request where owner = $1',
    [(await world.row('select id from settlement.refund where pay_in_id = $1', [made.id]))['id']],
  );
  assert.equal(numbers, '2', 'the first failed for certain before the second was made');
}
