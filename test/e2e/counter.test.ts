// Goal: a shop takes cards at its till, also without a network and through a kill of the page; the seller answers on
// their own phone or by a code; a stranger checks the receipt; the day is closed. Method: Chromium on a phone and at a
// desk, its network really taken away, a scanner that types; the device's store and the database are read.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { BrowserContext, Page } from 'playwright-core';
import type { Person } from '#test/house.ts';
import { licenceOf, uploadLicence } from '#test/recyclers.ts';
import { audit, openWorld, reads, signInHere, type World } from './browser.ts';
import { assertBalanced } from './truth.ts';

const STATE = 'select state from parties.recycler where id = $1';
const VISIT = 'select state from buyback.visit where seller_id = $1 or $1 is null';
const SKU = 'weihe-gift';

test('the counter', { timeout: 280_000 }, async (t) => {
  const world = await openWorld(t);
  const clerk = await world.seller();
  const shop = await openShop(world, clerk);
  await t.test('takes a card offline, survives a kill, and sells it once there is a network', (t) =>
    offline(world, { clerk, shop }, t),
  );
  await t.test('sells by a code at a desk, in English, and gives a card back', (t) =>
    desk(world, { clerk, shop }, t),
  );
  await t.test('counts the drawer and closes the day', (t) => closing(world, { clerk, shop }, t));
  await assertBalanced(world);
});

interface Stage {
  clerk: Person;
  shop: string;
}

/** Over the API; the worker is running, so answers are waited for. */
async function openShop(world: World, clerk: Person): Promise<string> {
  const made = await world.http(clerk, 'POST', '/v1/recyclers', licenceOf());
  const { id } = made.body;
  await world.until('kyb_verified', STATE, [id]);
  assert.equal((await uploadLicence(world, clerk, id)).status, 200);
  await world.prove(clerk);
  const { accountNumber } = clerk;
  const account = { bankCode: 'state', accountNumber };
  await world.http(clerk, 'PUT', `/v1/recyclers/${id}/payout-account`, account);
  assert.equal((await world.http(clerk, 'POST', `/v1/recyclers/${id}/begin`)).status, 200);
  return id;
}

async function setUp(page: Page, name: string): Promise<void> {
  await page.getByTestId('till-name').fill(name);
  await page.getByTestId('set-up-go').click();
  await page.getByTestId('product').waitFor();
}

/** As fast as a scanner: no finger types a key every two milliseconds. */
async function scan(page: Page, text: string): Promise<void> {
  await page.keyboard.type(text, { delay: 2 });
  await page.keyboard.press('Enter');
}

async function takeCard(page: Page, card: { number: string; pin?: string }, phone: string) {
  await page.getByTestId('seller-phone').fill(phone);
  if (card.pin) await page.getByTestId('pin').fill(card.pin);
  await page.getByTestId('take').click();
}

/** Everything that the device keeps, as a curious reader would find it. */
const stored = async (page: Page): Promise<string> =>
  await page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const asked = indexedDB.open('huiquan-counter');
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    const read = (name: string) =>
      new Promise<unknown[]>((resolve) => {
        const all = db.transaction(name).objectStore(name).getAll();
        all.onsuccess = () => resolve(all.result);
      });
    const rows = await Promise.all([...db.objectStoreNames].map(read));
    db.close();
    const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
    const kept = await Promise.all(
      caches_.map(async (one) => (await one.keys()).map((r) => r.url)),
    );
    return JSON.stringify([rows, kept, { ...localStorage }, { ...sessionStorage }]);
  });

async function readyOffline(page: Page): Promise<void> {
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
}

async function offline(world: World, { clerk }: Stage, t: TestContext): Promise<void> {
  const seller = await world.seller();
  const card = world.card(SKU);
  const first = await world.visit(t, '/counter', { as: clerk, offline: true });
  await reads(first, '设置收卡机', '模拟街角卡券店');
  await audit(first);
  await setUp(first, '前台');
  await readyOffline(first);
  await reads(first, '收一张卡', '已联网', '还没有收卡');
  await audit(first);

  const context = first.context();
  await context.setOffline(true);
  await reads(first, '离线', '现在没有价格，也不付款');
  assert(!(await first.getByTestId('price').isVisible()));
  await first.reload();
  await first.getByTestId('product').waitFor();
  await scan(first, card.number);
  assert.equal(
    await first.getByTestId('product').inputValue(),
    SKU,
    'the number names the product',
  );
  await reads(first, '联网后按当时行情报价');
  await takeCard(first, card, seller.phone);
  await reads(first, '已保存在本机', '待提交 1 张');
  await audit(first);
  await first.getByTestId('slip').click();
  await reads(first, '收件凭条', '尚未报价，未付款');
  await audit(first);
  await first.emulateMedia({ media: 'print' });
  assert(!(await first.getByRole('button', { name: '打印' }).isVisible()), 'paper has no buttons');
  assert(await first.getByTestId('qr').isVisible());
  await first.emulateMedia({ media: 'screen' });
  const second = world.card(SKU);
  await first.goto(`${world.url}/counter`);
  await first.getByTestId('product').waitFor();
  await scan(first, second.number);
  await takeCard(first, second, seller.phone);
  await reads(first, '待提交 2 张');
  const kept = await stored(first);
  assert(kept.includes(SKU), 'the control: the store was read');
  for (const secret of [card.number, card.number.slice(-8), card.pin ?? card.number, seller.phone])
    assert(!kept.includes(secret), 'nothing secret lies on the device in plain');

  const page = await killed(context, first, `${world.url}/counter`);
  await reads(page, '离线', '待提交 2 张', '待提交');
  assert.deepEqual(await world.row('select 1 from buyback.visit'), {});
  await context.setOffline(false);
  await page.locator('[data-testid=status][data-queued="0"]').waitFor();
  await page.locator('[data-testid=card][data-state=stWaiting]').nth(1).waitFor();
  const { order, all } = await world.row(
    'select array_agg(id order by ctid) = array_agg(id order by id) as order, count(*)::int as all from buyback.visit',
  );
  assert.deepEqual([order, all], [true, 2], 'in the order in which they were taken, each once');
  assert(!(await stored(page)).includes('"box"'), 'the box is gone once the house has it');
  await page.getByRole('link', { name: '打开' }).first().click();
  await reads(page, '卖家用手机扫码确认', '卖家到手');
  await audit(page);
  await sellerAgrees(world, { page, seller, t });
}

/** The page is gone without a goodbye; another one begins where it was. */
async function killed(context: BrowserContext, page: Page, address: string): Promise<Page> {
  await page.close({ runBeforeUnload: false });
  const next = await context.newPage();
  await next.goto(address);
  return next;
}

async function sellerAgrees(
  world: World,
  { page, seller, t }: { page: Page; seller: Person; t: TestContext },
): Promise<void> {
  const path = (await page.getByTestId('qr').getAttribute('data-path')) ?? '';
  const phone = await world.visit(t, path);
  await reads(phone, '模拟街角卡券店 代收', '到手');
  await signInHere(phone, world, seller.phone);
  await reads(phone, '同意卖出', '不卖了，退卡');
  await audit(phone);
  await phone.getByTestId('agree').click();
  await reads(phone, '已同意', '查看订单');
  await audit(phone);
  await page.getByTestId('visit').and(page.locator('[data-state=agreed]')).waitFor();
  await world.until('agreed', VISIT, [seller.userId]);
  await page.getByTestId('slip').click();
  await reads(page, '成交凭证', '店铺不付现金');
  await audit(page);
  const receipt = (await page.getByTestId('qr').getAttribute('data-path')) ?? '';
  assert.match(receipt, /^\/receipts\//);
  const stranger = await world.visit(t, receipt);
  await reads(stranger, '凭证真实', '模拟街角卡券店', '卖家到手');
  await audit(stranger);
  const abroad = await world.visit(t, receipt, { wide: true, dark: true, english: true });
  await reads(abroad, 'The receipt is genuine', 'How far it is', 'Receipt number');
  await audit(abroad);
  const later = await world.visit(t, path, { english: true });
  await reads(later, 'You said yes', 'Ask for a receipt');
  await audit(later);
  const said = await stranger.textContent('body');
  for (const personal of [seller.phone, seller.phone.slice(-4), seller.name, seller.accountNumber])
    assert(!said?.includes(personal), 'nothing personal');
  const forged = receipt.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  const wrong = await world.visit(t, forged, {
    refusals: [`404 GET /v1${forged}`],
  });
  await reads(wrong, '没有这张凭证');
}

async function desk(world: World, { clerk }: Stage, t: TestContext): Promise<void> {
  const seller = await world.seller();
  const look = { as: clerk, wide: true, english: true };
  const page = await world.visit(t, '/counter', look);
  await setUp(page, 'Desk');
  const card = world.card(SKU);
  // The focus is in another field: what it held stays, and the number goes where it belongs.
  await page.getByTestId('product').selectOption(SKU);
  await page.getByTestId('seller-phone').fill(seller.phone);
  await page.getByTestId('seller-phone').focus();
  await scan(page, card.number);
  assert.equal(await page.getByTestId('number').inputValue(), card.number);
  assert.equal(await page.getByTestId('seller-phone').inputValue(), seller.phone);
  await reads(page, 'The seller receives now');
  await audit(page);
  await takeCard(page, card, seller.phone);
  await reads(page, 'Waiting for the seller');
  await page.getByText('No smartphone?').click();
  await page.getByTestId('code-send').click();
  await page.getByTestId('seller-code').fill(await world.codeFor(seller.phone));
  await audit(page);
  await page.getByTestId('code-go').click();
  await page.getByTestId('visit').and(page.locator('[data-state=agreed]')).waitFor();
  await world.until('agreed', VISIT, [seller.userId]);
  await reads(page, 'the shop pays no cash');

  await page.getByTestId('next').click();
  await page.getByTestId('product').waitFor();
  const other = world.card(SKU);
  await scan(page, other.number);
  await takeCard(page, other, seller.phone);
  await page.getByTestId('withdraw').click();
  await reads(page, 'Withdrawn: give it back');
}

async function closing(world: World, { clerk }: Stage, t: TestContext): Promise<void> {
  const page = await world.visit(t, '/counter', { as: clerk });
  await setUp(page, '前台');
  await page.getByRole('link', { name: '日结' }).click();
  await reads(page, '应有卡', '现金', '当日成交');
  await page.getByTestId('counted').fill('3');
  await page.getByTestId('note').fill('多出两张是昨天退回、还没取走的');
  await audit(page);
  await page.getByTestId('close-day').click();
  await page.getByTestId('closed').waitFor();
  await reads(page, '应有 1 张，清点 3 张', '以前的日结', '对账单 CSV');
  await audit(page);
  const { expected, counted } = await world.row('select expected, counted from buyback.till_close');
  assert.deepEqual([expected, counted], [1, 3]);
  await page.getByRole('navigation').getByRole('link', { name: '收卡' }).click();
  await audit(page);
  await page.getByTestId('to-auctions').click();
  await reads(page, '一张卡一场，发卡方已核验并锁定', '进行中');
  await audit(page);
}
