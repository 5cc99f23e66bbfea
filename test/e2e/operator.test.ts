// Goal: an operator can run the day: look, decide, reveal, pay, price and prove, and never alone where two are needed.
// Method: Chromium on a desk's screen, a browser for each member of staff; the database is asked what came of it.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { post } from '#ledger';
import { DAY, fen, inTransaction, plus } from '#platform';
import type { Sale } from '#test/house.ts';
import { audit, openWorld, PHONE, reads, type World } from './browser.ts';
import { assertBalanced } from './truth.ts';

const STATE = 'select state from buyback.order where id = $1';

test('at the desk', { timeout: 280_000 }, async (t) => {
  const world = await openWorld(t);
  const seller = await world.seller();
  const odd = await world.sell(seller, {
    sku: 'luyu-card',
    state: 'extra_check',
    faceFen: 20_000n,
  });
  const small = await world.sell(seller, { sku: 'weihe-gift', faceFen: 50_000n });
  const large = await world.sell(seller, { sku: 'weihe-banquet', faceFen: 500_000n });
  await world.until('manual_review', STATE, [odd.order.id]);
  for (const { order } of [small, large]) await world.until('settled', STATE, [order.id]);

  await t.test('signs in by phone, sees what waits, decides a card by hand', (t) =>
    review(world, t, odd),
  );
  await t.test('a secret is seen once, by two people', (t) => reveal(world, t, odd));
  await t.test('whom a watch list names is compared, cleared, and may sell again', (t) =>
    watch(world, t),
  );
  await t.test('a payout run: small at once, large by a second person', (t) =>
    payoutRun(world, t, { small, large }),
  );
  await t.test('a price table: draft, preview, submit, approved by another', (t) =>
    prices(world, t),
  );
  await t.test('a month is closed by two people, and its days are final', (t) => month(world, t));
  await t.test('books and life cycles can be looked through, also on a phone', (t) =>
    proofs(world, t, { small, userId: seller.userId }),
  );
});

const act = async (page: Page, name: string): Promise<void> =>
  await page.getByRole('button', { name, exact: true }).first().click();
/** The button of the dialogue that lies above the page. */
const confirm = async (page: Page, name: string): Promise<void> =>
  await page.getByRole('dialog').getByRole('button', { name, exact: true }).click();

async function review(world: World, t: TestContext, { order }: Sale): Promise<void> {
  const staff = await world.staff('risk', 'support');
  const page = await world.visit(t, '/console', { wide: true });
  await reads(page, '登录后台', '员工与回收商户由此进入');
  await audit(page);
  await page.getByLabel('手机号').fill(staff.phone);
  await act(page, '获取验证码');
  await page.getByLabel('6 位验证码').fill(await world.codeFor(staff.phone));
  await act(page, '登录');
  await reads(page, '总览', '每日成交', '待复核付款批次', '没有警报');
  await audit(page);

  await page.getByRole('link', { name: '人工验卡' }).first().click();
  await reads(page, '已知情况', '炉语储值卡', '发卡方需要进一步核验', '剩余');
  await audit(page);
  const send = page.getByRole('button', { name: '提交结论' });
  assert.ok(await send.isDisabled(), 'nothing passes without a balance and its grounds');
  await page.getByLabel('实际余额（元）').fill('200');
  await page.getByLabel('依据（不要写卡号或卡密）').fill('已电话向发卡方核实，余额一致');
  await act(page, '提交结论');
  await reads(page, '结束人工验卡？', '通过，进入付款');
  await confirm(page, '提交结论');
  await reads(page, '没有等待人工验卡的订单');
  await world.until('verified', STATE, [order.id]);

  await page.getByRole('link', { name: '订单' }).first().click();
  await reads(page, '所有回收订单，最新的在前', '味禾礼品卡');
  await audit(page);
  await page.goto(`${world.url}/console/orders/${order.id}`);
  await reads(page, '时间线', '报价单', '没有人看过', '验卡通过，货款已锁定');
  const kinds = await page
    .locator('.co-timeline li')
    .evaluateAll((items) => [...new Set(items.map((item) => item.getAttribute('data-kind')))]);
  assert.deepEqual(kinds.sort(), ['job', 'money', 'record', 'state']);
  await audit(page);
}

async function reveal(world: World, t: TestContext, { order, card }: Sale): Promise<void> {
  const risk = await world.staff('risk');
  const page = await world.visit(t, `/console/orders/${order.id}`, { wide: true, as: risk });
  await act(page, '申请查看卡密');
  await page.getByRole('dialog').getByLabel('说明').fill('买方反馈无法使用，需要核对');
  await confirm(page, '申请查看');
  await world.until('1', 'select count(*)::text from cards.reveal where order_ref = $1', [
    order.id,
  ]);

  const second = await world.staff('compliance');
  const other = await world.visit(t, '/console/reveals', { wide: true, as: second });
  await reads(other, '待批准', '买方反馈无法使用，需要核对');
  await act(other, '批准');
  await confirm(other, '批准');
  await reads(other, '已批准，可查看一次');

  await page.goto(`${world.url}/console/reveals`);
  await reads(page, '已批准，可查看一次');
  await audit(page);
  await act(page, '查看一次');
  await confirm(page, '查看一次');
  await reads(page, '立即隐藏', '秒后消失');
  const shown = await page.getByRole('dialog').locator('code').first().innerText();
  assert.equal(shown.replaceAll(' ', ''), card.number);
  await act(page, '立即隐藏');
  await reads(page, '已查看');
  assert.ok(!(await page.content()).includes(card.number), 'and it is gone');
  const { approved_by, opened } = await world.row(
    'select approved_by, opened_at is not null as opened from cards.reveal where order_ref = $1',
    [order.id],
  );
  assert.deepEqual([approved_by, opened], [second.userId, true]);
}

async function watch(world: World, t: TestContext): Promise<void> {
  const seller = await world.seller();
  const listed = { ref: 'N-17', type: 'person', names: [seller.name], idNumber: seller.idNumber };
  const list = { kind: 'police', version: '1', entries: [listed] };
  await world.control('registry', '/control/watch', list);
  await world.house.tidyUp();
  const stopped = async (): Promise<boolean> =>
    (await world.sell(seller)).order.code === 'party_on_hold';
  await world.until('opened', 'select state from parties.watch_case where entry_ref = $1', [
    'N-17',
  ]);
  assert.equal(await stopped(), true);

  const officer = await world.staff('compliance');
  const page = await world.visit(t, '/console/watch', { wide: true, as: officer });
  await reads(page, '名单核对', '公安协查通报', '待核对', '现行名单', '最近读取');
  await audit(page);
  await act(page, '核对');
  await reads(page, '我方登记', '名单所载', seller.name, '一致', 'N-17');
  await audit(page);
  await page.getByRole('dialog').getByRole('button', { name: '排除', exact: true }).click();
  await page.getByRole('dialog').last().getByRole('button', { name: '排除', exact: true }).click();
  await reads(page, '决定已存证', '已排除', '同名不同方');
  assert.equal(await stopped(), false);
  const phone = await world.visit(t, '/console/watch', { as: officer, english: true });
  await reads(phone, 'Watch lists', 'Cleared', 'Police notices', 'Lists in force');
  await audit(phone);

  const risk = await world.staff('risk', 'admin');
  const other = await world.visit(t, '/console', { wide: true, as: risk });
  await reads(other, '总览');
  assert.equal(await other.getByRole('link', { name: '名单核对' }).count(), 0);
}

async function payoutRun(
  world: World,
  t: TestContext,
  { small, large }: { small: Sale; large: Sale },
): Promise<void> {
  const PAYOUT = 'select state from settlement.payout where subject = $1';
  const maker = await world.staff('finance');
  const page = await world.visit(t, '/console/payout-runs', { wide: true, as: maker });
  await reads(page, '付款批次', '还没有付款批次', '起由第二个人复核');
  await act(page, '生成批次');
  await reads(page, '小额立即发往银行');
  await confirm(page, '生成批次');
  await reads(page, '等待复核', '您自己制单的，需由他人复核');
  await audit(page);
  await world.until('paid', PAYOUT, [small.order.id]);
  const before = await world.row(PAYOUT, [large.order.id]);
  assert.equal(before['state'], 'awaiting_approval');

  const checker = await world.staff('finance');
  const other = await world.visit(t, '/console/payout-runs', { wide: true, as: checker });
  await act(other, '复核并放款');
  await reads(other, '将 1 笔大额付款发往银行', '此操作不可撤销');
  await confirm(other, '复核并放款');
  await reads(other, '已复核');
  await world.until('paid', PAYOUT, [large.order.id]);
  const run = await world.row('select maker, checker, state from settlement.payout_run');
  assert.deepEqual(run, { maker: maker.userId, checker: checker.userId, state: 'approved' });

  await other.goto(`${world.url}/console/payouts`);
  await reads(other, '承诺 T+1 到账', '已到账');
  await audit(other);
  await other.getByRole('table').getByRole('link').first().click();
  await reads(other, '银行付款尝试', '银行回调');
  await audit(other);
  await assertBalanced(world);
}

async function prices(world: World, t: TestContext): Promise<void> {
  const author = await world.staff('finance');
  const page = await world.visit(t, '/console/prices', { wide: true, as: author });
  await reads(page, '价格表', '生效中');
  await act(page, '新建草稿');
  await page.getByRole('dialog').getByLabel('标题').fill('年末餐饮上调');
  await page.getByRole('dialog').getByLabel('为什么修改').fill('需求旺，餐饮卡多付一点');
  await confirm(page, '新建草稿');
  await reads(page, '年末餐饮上调', '没有问题，可以提交', '品类基准');
  const base = page.getByLabel('餐饮：基准 %');
  const old = Number(await base.inputValue());
  await base.fill(String(old + 1));
  await base.blur();
  await reads(page, '有未保存的修改');
  await act(page, '保存');
  await reads(page, '草稿已保存');
  await act(page, '试算影响');
  await reads(page, '平均变化', '影响最大的卡面', '没有人因此少拿或多付，可以立即生效');
  await audit(page);
  await act(page, '提交批准');
  await reads(page, '提交后不能再改，直到批准或撤回。');
  await confirm(page, '提交批准');
  await reads(page, '待批准', '您参与编辑，需由他人批准');

  const checker = await world.staff('finance');
  const other = await world.visit(t, new URL(page.url()).pathname, { wide: true, as: checker });
  await act(other, '批准并公布');
  await confirm(other, '批准并公布');
  await reads(other, '生效中');
  const table = await world.row(
    `select author, approved_by, version, data->'categories'->'dining'->>'baseBps' as base
     from pricing.price_table where title = '年末餐饮上调'`,
  );
  assert.deepEqual(table, {
    ...{ author: author.userId, approved_by: checker.userId, version: 2 },
    base: String(Math.round((old + 1) * 100)),
  });
}

async function month(world: World, t: TestContext): Promise<void> {
  const { clock, db } = world;
  const legs = [{ from: 'CUSTODY:before', to: 'WALLET:before', amount: fen(123_456n) }];
  const at = plus(clock.now(), -26 * DAY);
  await inTransaction(db, (tx) =>
    post(tx, { kind: 'opening', ref: '1', subject: 'opening', at, legs }),
  );
  const maker = await world.staff('finance');
  const page = await world.visit(t, '/console/ledger', { wide: true, as: maker });
  await page.getByRole('link', { name: '会计期间' }).click();
  await reads(page, '下一个结账月份：2026-10', '可以申请结账', '还没有结过账的月份');
  await audit(page);
  await act(page, '申请结账 2026-10');
  await reads(page, '由另一位财务人员复核后才会结账');
  await confirm(page, '申请结账 2026-10');
  await reads(page, '您自己申请的，需由他人复核', '等待另一人复核');
  await audit(page);

  const checker = await world.staff('finance');
  const other = await world.visit(t, '/console/ledger/periods', { as: checker });
  await act(other, '结账 2026-10');
  await reads(other, '2026-10 将永久结账', '此操作不可撤销');
  await confirm(other, '结账 2026-10');
  await reads(other, '下一个结账月份：2026-11', '还没有结束', '已结账');
  await audit(other);
  const period = await world.row('select proposed_by, closed_by from ledger.period');
  assert.deepEqual(period, { proposed_by: maker.userId, closed_by: checker.userId });

  await page.getByRole('link', { name: '日终余额' }).click();
  await reads(page, '2026-11-22', '月份未结账');
  await audit(page);
  await act(page, '下一页');
  await reads(page, '2026-10-31', '已存定');
  await page.getByRole('link', { name: '2026-10-31' }).click();
  await reads(page, '2026-10-31 日终余额', '与分录重算一致', '¥1,234.56');
  await audit(page);
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: '下载 CSV' }).click(),
  ]);
  assert.equal(file.suggestedFilename(), 'trial-balance_2026-10-31.csv');
}

async function proofs(
  world: World,
  t: TestContext,
  { small, userId }: { small: Sale; userId: string },
): Promise<void> {
  const auditor = await world.staff('auditor');
  const page = await world.visit(t, '/console/ledger', { wide: true, as: auditor });
  await reads(page, '试算平衡', '平衡：合计为零', '账户');
  await audit(page);
  await page.goto(`${world.url}/console/ledger/${encodeURIComponent(`PAYABLE:${userId}`)}`);
  await reads(page, '对账单', '期初余额', '期末余额', '下载 CSV');
  const closing = page.locator('.co-tiles [data-fen]').last();
  const { balance } = await world.row('select balance from ledger.book where code = $1', [
    `PAYABLE:${userId}`,
  ]);
  assert.equal(await closing.getAttribute('data-fen'), String(balance));
  await audit(page);
  await page.goto(`${world.url}/console/record?subject=${small.order.id}`);
  await act(page, '验证整条链');
  await reads(page, '条记录全部完好');
  await audit(page);
  await page.getByRole('link', { name: '流程' }).click();
  await reads(page, '转换表', '等您交卡', '验卡通过，货款已锁定', '托管资金最长 25 天');
  await audit(page);
  await page.setViewportSize(PHONE);
  for (const path of [
    '/console',
    '/console/orders',
    '/console/payout-runs',
    '/console/processes',
    '/console/ledger/periods',
    '/console/ledger/day-ends',
    '/console/ledger/day-ends/2026-10-31',
  ]) {
    await page.goto(world.url + path);
    await reads(page, '回券 运营台');
    await page.locator('main h1').waitFor();
    const wider = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.ok(wider <= 0, `${path} does not scroll sideways on a phone`);
    await audit(page);
  }
  await act(page, '打开导航');
  await page.getByRole('link', { name: '总览' }).click();
  await reads(page, '每日成交');
}
