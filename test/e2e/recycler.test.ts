// Goal: a small shop joins in one sitting, funds itself and sees every fen; a larger one pays its deposit first; staff
// stop one in time. Method: Chromium on a phone and at a desk, codes from real text messages; the database is asked.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { freshCreditCode } from '#test/recyclers.ts';
import { audit, openWorld, reads, type World } from './browser.ts';
import { assertBalanced } from './truth.ts';

const STATE = 'select state from parties.recycler where id = $1';
const act = async (page: Page, name: string): Promise<void> =>
  await page.getByRole('button', { name, exact: true }).first().click();

test('a recycler', { timeout: 280_000 }, async (t) => {
  const world = await openWorld(t);
  await t.test('a small shop joins on a phone, tops up, and reads its statement', (t) =>
    tiny(world, t),
  );
  await t.test('a standard one pays its deposit at a desk, invites and makes a key', (t) =>
    standard(world, t),
  );
  await t.test('staff look at it and stop it; its page says why', (t) => stopped(world, t));
});

const made = { tiny: '', standard: '' };

async function fillLicence(page: Page, name: string): Promise<void> {
  await page.getByLabel('统一社会信用代码').fill(freshCreditCode());
  await page.getByLabel('企业名称').fill(name);
  await page.getByLabel('法定代表人（经营者）').fill('李雷');
  await act(page, '提交申请');
  await page.waitForURL(/\/shops\//);
}
const idIn = (page: Page): string => /shops\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? '';

async function prove(page: Page, world: World, phone: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: '发送短信验证码' }).click();
  await dialog.getByLabel('6 位验证码').fill(await world.codeFor(phone));
  await dialog.getByRole('button', { name: '确认' }).click();
}

async function uploadLicence(page: Page): Promise<void> {
  const buffer = await sharp({
    create: { width: 800, height: 560, channels: 3, background: '#d9b26a' },
  })
    .jpeg()
    .toBuffer();
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'licence.jpg', mimeType: 'image/jpeg', buffer });
  await page.locator('[data-check=licence_photo][data-state=done]').waitFor();
}

async function nameAccount(
  page: Page,
  world: World,
  person: { phone: string; accountNumber: string },
) {
  await page.getByLabel('账号').fill(person.accountNumber);
  await act(page, '保存账户');
  await prove(page, world, person.phone);
  await reads(page, '••••');
}

async function tiny(world: World, t: TestContext): Promise<void> {
  const person = await world.seller();
  const refusals = ['403 PUT /v1/recyclers/:id/payout-account'];
  const page = await world.visit(t, '/console', { refusals });
  await reads(page, '登录后台', '员工与回收商户由此进入');
  await audit(page);
  await page.getByLabel('手机号').fill(person.phone);
  await act(page, '获取验证码');
  await page.getByLabel('6 位验证码').fill(await world.codeFor(person.phone));
  await act(page, '登录');
  await reads(page, '我的店铺', '还没有店铺');
  await audit(page);
  await act(page, '入驻开店');
  await reads(page, '已实名', '小微商户', '不交保证金');
  await audit(page);
  await fillLicence(page, '模拟街角卡券店');
  made.tiny = idIn(page);
  await page.locator('[data-check=licence][data-state=done]').waitFor();
  await reads(page, '入驻清单', '小微商户免交', '请上传营业执照照片');
  await audit(page);
  assert.ok(await page.getByRole('button', { name: '开始营业' }).isDisabled());
  await uploadLicence(page);
  await page.getByRole('link', { name: '企业收款账户' }).click();
  await reads(page, '钱包和保证金分开存管');
  await nameAccount(page, world, person);
  await page.goto(`${world.url}/console/shops/${made.tiny}`);
  await act(page, '开始营业');
  await world.until('probation', STATE, [made.tiny]);
  await reads(page, '试营业', '在途额度', '公开的执照页');
  await audit(page);

  await page.goto(`${world.url}/console/shops/${made.tiny}/wallet`);
  await page.getByLabel('金额（元）').first().fill('888.80');
  await act(page, '充值');
  await world.until('received', 'select state from settlement.top_up where recycler = $1', [
    made.tiny,
  ]);
  await reads(page, '已入账', '充值入账', '期末');
  await page.locator('.co-facts [data-fen="88880"]').first().waitFor();
  await audit(page);
  await assertBalanced(world);
  const open = await world.visit(t, `/recyclers/${made.tiny}`);
  await reads(open, '营业执照信息', '模拟街角卡券店', '李雷', '电子商务法');
  await audit(open);
}

async function standard(world: World, t: TestContext): Promise<void> {
  const person = await world.seller();
  await world.prove(person);
  const page = await world.visit(t, '/console/apply', { wide: true, as: person });
  await page.getByRole('radio', { name: '标准商户' }).check();
  await reads(page, '保证金 20,000.00 元');
  await audit(page);
  await fillLicence(page, '模拟城东回收有限公司');
  made.standard = idIn(page);
  await page.locator('[data-check=licence][data-state=done]').waitFor();
  await uploadLicence(page);
  await page.getByRole('link', { name: '钱包' }).click();
  await page.getByLabel('账号').fill(person.accountNumber);
  await act(page, '保存账户');
  await reads(page, '••••');
  await page.getByLabel('金额（元）').first().fill('20000');
  await act(page, '充值');
  await world.until('deposit_paid', STATE, [made.standard]);
  await page.getByRole('link', { name: '店铺首页' }).click();
  await reads(page, '入驻清单 5/5');
  await act(page, '开始营业');
  await world.until('probation', STATE, [made.standard]);
  await reads(page, '试营业');
  await audit(page);

  await page.getByRole('link', { name: '成员' }).click();
  await page.getByLabel('手机号').fill('13900090001');
  await act(page, '邀请成员');
  await reads(page, '等待接受', '139****0001');
  await audit(page);
  await page.getByRole('link', { name: '接口密钥' }).click();
  await page.getByLabel('名称').fill('收银系统');
  await page.getByLabel('允许的 IP 或网段').fill('203.0.113.0/24');
  await act(page, '新建密钥');
  await reads(page, '请立即复制保存');
  assert.match(await page.locator('.co-key').innerText(), /^hq_[A-Za-z0-9_-]{43}$/);
  await audit(page);
  await webhooks(page);

  const wallet = `/console/shops/${made.standard}/wallet`;
  const look = { wide: true, dark: true, english: true, as: person };
  const english = await world.visit(t, wallet, look);
  await reads(english, 'Wallet and deposit are kept apart', 'Statement', 'Received');
  await audit(english);
  await english.goto(new URL(`/console/shops/${made.standard}/webhooks`, english.url()).href);
  await reads(english, 'Webhooks', 'Switched off');
  await audit(english);
}

async function webhooks(page: Page): Promise<void> {
  await page.getByRole('link', { name: '消息推送' }).click();
  await reads(page, '还没有推送地址');
  await page.getByLabel('推送地址').fill('https://hooks.example.com/huiquan');
  await act(page, '添加地址');
  await reads(page, '请立即复制签名密钥', '正常', '还没有推送');
  assert.match(await page.locator('.ant-alert .co-key').innerText(), /^whsec_/);
  await act(page, '修改');
  await page.getByLabel('推送地址').fill('https://hooks.example.com/other');
  await page.getByLabel('wallet.low').uncheck();
  await audit(page);
  await act(page, '保存');
  await reads(page, '已保存，密钥和记录不变', 'https://hooks.example.com/other', '添加地址');
  await act(page, '停用');
  await reads(page, '已停用', '启用');
  await audit(page);
}

async function stopped(world: World, t: TestContext): Promise<void> {
  const risk = await world.staff('risk');
  const page = await world.visit(t, '/console/recyclers', { wide: true, as: risk });
  await reads(page, '回收商户', '模拟城东回收有限公司', '试营业');
  await audit(page);
  await page.getByRole('link', { name: '模拟城东回收有限公司' }).click();
  await reads(page, '入驻清单', '保证金赔付', '经过');
  await audit(page);
  await act(page, '停业');
  await page.getByRole('dialog').getByRole('button', { name: '停业', exact: true }).click();
  await world.until('suspended', STATE, [made.standard]);
  await reads(page, '已停业', '投诉过多');
  const english = await world.visit(t, '/console/recyclers', { as: risk, english: true });
  await reads(english, 'Recyclers', 'Suspended');
  await audit(english);
}
