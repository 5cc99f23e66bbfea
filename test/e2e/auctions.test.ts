// Goal: small shops compete for cards on their screens, and sellers see who buys, why, and what came of each auction.
// Method: Chromium for two shops and a seller, phones in Chinese and a desk in English, against the whole house; each
// kind of auction goes from the seller's quote to settled money, and the books balance at the end.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { HOUR, MINUTE } from '#platform';
import type { Person } from '#test/house.ts';
import { openShop, topUpShop } from '#test/recyclers.ts';
import { audit, openWorld, reads, type World } from './browser.ts';
import { assertBalanced, idOf } from './truth.ts';

const SKU = 'weihe-gift';
const CARD = '味禾礼品卡';
const STATE = 'select state from auctions.auction where id = $1';
const AT_DESK = { wide: true, english: true } as const;

interface Shop {
  readonly id: string;
  readonly owner: Person;
  readonly page: Page;
}
interface Stage extends World {
  readonly east: Shop;
  readonly west: Shop;
  readonly holder: Person;
}

test('recyclers compete', { timeout: 580_000 }, async (t) => {
  const world = await openWorld(t);
  const [east, west] = [await shopOf(world, t, '东街卡券店'), await shopOf(world, t, '西街卡券店')];
  const holder = await world.seller();
  const stage: Stage = { ...world, east, west, holder };
  await t.test('a shop puts up a standing bid and sees the book', (t) => standing(stage, t));
  await t.test('its bid buys a quote, and the seller reads why', (t) => quoted(stage, t));
  await t.test('English: bids in the open, to the money', (t) => english(stage, t));
  await t.test('sealed: handed in, opened, one key from its file', (t) => sealed(stage, t));
  await t.test('sealed at its own price, to the money', (t) => firstPrice(stage, t));
  await t.test('Dutch: the first yes', (t) => dutch(stage, t));
  await t.test('the batch: one price every five minutes', (t) => batch(stage, t));
  await t.test('unsold: withdrawn, or the platform’s own price', (t) => unsold(stage, t));
  await assertBalanced(world);
});

/** A shop that is open and has money, with its page in a browser. */
async function shopOf(world: World, t: TestContext, legalName: string): Promise<Shop> {
  const owner = await world.seller();
  const id = await openShop(world, owner, { legalName });
  await topUpShop(world, owner, id, { amountFen: '40000' });
  await world.until('received', 'select state from settlement.top_up where recycler = $1', [id]);
  const page = await world.visit(t, `/console/shops/${id}/bids`, { as: owner });
  return { id, owner, page };
}

const press = async (page: Page, name: string | RegExp): Promise<void> =>
  await page.getByRole('button', { name }).first().click();
const sure = async (page: Page, name: string | RegExp): Promise<void> =>
  await page.getByRole('dialog').getByRole('button', { name }).click();

async function pick(page: Page, words: string): Promise<void> {
  await page.getByRole('combobox', { name: /卡券|Card/ }).fill(words);
  await page.locator('.ant-select-item-option').first().click();
}

async function standing(stage: Stage, t: TestContext): Promise<void> {
  const { page, id, owner } = stage.east;
  await reads(page, '还没有挂单', '价高者先得');
  await audit(page);
  await press(page, '新挂单');
  await pick(page, CARD);
  await page.getByLabel('第 1 档：面值的 %').fill('96');
  await page.getByLabel('第 1 档：张数').fill('2');
  await press(page, '加一档');
  await page.getByLabel('第 2 档：面值的 %').fill('97');
  await reads(page, '每一档都要比上一档低');
  await page.getByLabel('第 2 档：面值的 %').fill('95');
  await page.getByLabel('每天最多花').fill('600');
  await reads(page, '符合的成交', '成交太少');
  await audit(page);
  await press(page, '挂出');
  await reads(page, '收卡中', '96%', '¥600.00');
  await audit(page);
  await page.getByRole('link', { name: new RegExp(CARD) }).click();
  await reads(page, '行情簿', '96%', '2 张', '实时更新');
  await audit(page);
  const curve = [{ rateBps: 9_650, quantity: 1 }];
  const bid = { ...TERMS, curve };
  const { owner: rival, id: west } = stage.west;
  const put = await stage.http(rival, 'POST', `/v1/recyclers/${west}/bids`, bid);
  assert.equal(put.status, 201, put.text);
  await reads(page, '96.5%');
  const desk = await stage.visit(t, `/console/shops/${id}/bid`, {
    ...AT_DESK,
    dark: true,
    as: owner,
  });
  await pick(desk, CARD);
  await desk.getByLabel('Step 1: % of face').fill('90');
  await desk.getByLabel('At most a day').fill('500');
  await reads(desk, 'In the last seven days', 'At what price');
  await audit(desk);
  await stage.west.page.reload();
  await press(stage.west.page, '全部停止');
  await sure(stage.west.page, '全部停止');
  await reads(stage.west.page, '已停');
  await page.getByText('96.5%').first().waitFor({ state: 'detached' });
}

const TERMS = {
  ...{ sku: SKU, faceMinFen: '10000', faceMaxFen: '50000', gradeMin: 'V2' },
  ...{ weekdays: [0, 1, 2, 3, 4, 5, 6], fromHour: 0, toHour: 24, dailyBudgetFen: '100000' },
};

/** A quote for a card of a hundred yuan, on its page. */
async function quotePage(stage: Stage, t: TestContext, look: object = {}): Promise<Page> {
  const { holder } = stage;
  const body = { sku: SKU, faceFen: '10000' };
  const made = await stage.http(holder, 'POST', '/v1/quotes', body);
  assert.equal(made.status, 201, made.text);
  return await stage.visit(t, `/quotes/${made.body['quoteId']}`, { as: holder, ...look });
}

async function quoted(stage: Stage, t: TestContext): Promise<void> {
  const page = await quotePage(stage, t);
  await reads(page, '东街卡券店', '出价最高', '放到拍卖');
  await audit(page);
  const desk = await quotePage(stage, t, AT_DESK);
  await reads(desk, 'bids highest', 'Let recyclers compete');
  await audit(desk);
  await page.getByTestId('accept').click();
  await page.waitForURL(/\/orders\//);
  const order = idOf(page);
  const { number, pin } = stage.card(SKU);
  const card = await stage.http(stage.holder, 'POST', `/v1/orders/${order}/card`, { number, pin });
  assert.equal(card.status, 200, card.text);
  await stage.until('settled', 'select state from buyback."order" where id = $1', [order]);
  const { id, owner } = stage.east;
  const path = `/v1/recyclers/${id}/orders/${order}`;
  const secret = await stage.http(owner, 'POST', `${path}/card`, {});
  // Issued anew to its holder: the number that the seller knew is dead.
  assert.match(String(secret.body['number']), /^\d{16}$/, secret.text);
  const said = { reason: 'USED_OR_VOID', note: '门店核销失败' };
  const report = await stage.http(owner, 'POST', `${path}/report`, said);
  assert.equal(report.status, 200, report.text);
  await stage.east.page.goto(`${stage.url}/console/shops/${id}/bids`);
  await reads(stage.east.page, '1 张');
}

/** From the quote to the watch page, with the card handed over. Gives page and id once it is open. */
async function putUp(
  stage: Stage,
  t: TestContext,
  { kind, reserve, look = {}, judge = false }: PutUp,
): Promise<{ page: Page; id: string }> {
  const page = await quotePage(stage, t, look);
  await page.getByTestId('to-auction').getByRole('link').click();
  await page.getByTestId(`kind-${kind}`).check();
  await page.getByTestId('reserve').fill(reserve);
  if (judge) await audit(page);
  const { number, pin = '' } = stage.card(SKU);
  await page.getByTestId('card-number').fill(number);
  await page.getByTestId('card-pin').fill(pin);
  await page.getByTestId('card-submit').click();
  await page.getByTestId('auction').waitFor();
  const id = idOf(page);
  await stage.until('scheduled', STATE, [id]);
  await stage.later(await timeOf(stage, id, 'opens_at'));
  await stage.until('open', STATE, [id]);
  await page.locator('[data-testid=auction][data-state=open]').waitFor();
  return { page, id };
}
interface PutUp {
  readonly kind: string;
  readonly reserve: string;
  readonly look?: object;
  readonly judge?: boolean;
}

const at = async ({ url }: World, { page, id }: Shop, auction: string): Promise<Page> => {
  await page.goto(`${url}/console/shops/${id}/auctions/${auction}`);
  return page;
};

async function timeOf({ row }: World, id: string, column: 'opens_at' | 'ends_at'): Promise<Date> {
  return (await row(`select ${column} from auctions.auction where id = $1`, [id]))[column] as Date;
}
const endsAt = async (world: World, id: string): Promise<Date> =>
  await timeOf(world, id, 'ends_at');

async function english(stage: Stage, t: TestContext): Promise<void> {
  const { page, id } = await putUp(stage, t, { kind: 'english', reserve: '70', judge: true });
  await reads(page, '还没有人出价', '撤回拍卖');
  await audit(page);
  const east = await at(stage, stage.east, id);
  await reads(east, '英式加价', '还没有人出价', '至少 ¥70.00');
  await audit(east);
  await east.getByLabel('我最多付').fill('80');
  await press(east, /^出价$/);
  await reads(east, '您领先，最高价 ¥80.00', '您（A）');
  const west = await at(stage, stage.west, id);
  await west.getByLabel('我最多付').fill('85');
  await press(west, /^出价$/);
  await reads(west, '您领先');
  await reads(east, '别人领先');
  await audit(east);
  await reads(page, '不能撤回', '¥81.00');
  await audit(page);
  await east.goto(`${stage.url}/console/shops/${stage.east.id}/auctions?state=mine`);
  await reads(east, '已被超过');
  await audit(east);
  await stage.later(await endsAt(stage, id));
  await stage.until('settled', STATE, [id]);
  await reads(west, '已拍得并付款', '¥81.00', '重算结果一致');
  await press(west, '查看卡密');
  await sure(west, '查看卡密');
  await reads(west, '卡号');
  await audit(west);
  assert.match(await texted(stage, stage.west.owner), /西街卡券店 拍得/);
  assert.match(await texted(stage, stage.east.owner), /出价已被超过/);
  assert.match(await texted(stage, stage.holder), /您拍卖的 .* 已成交/);
  await reads(page, '已成交', '打往您的收款账户', '结果可以核对');
  await audit(page);
  const desk = await stage.visit(t, `/console/shops/${stage.east.id}/auctions?state=over`, {
    ...{ ...AT_DESK, as: stage.east.owner },
  });
  await reads(desk, 'English', 'Settled');
  await audit(desk);
  await desk.getByRole('table').getByRole('link').first().click();
  await reads(desk, 'You did not win', 'Cleared to the same result');
  await audit(desk);
}

/** All text messages to this person, as the gateway has them. */
async function texted({ simulators }: World, { phone }: Person): Promise<string> {
  const reply = await fetch(`${simulators.sms}/messages?to=${phone}`);
  return await reply.text();
}

async function sealed(stage: Stage, t: TestContext): Promise<void> {
  const { page, id } = await putUp(stage, t, { kind: 'second_price', reserve: '60' });
  const east = await at(stage, stage.east, id);
  await east.getByLabel('密封出价').fill('88');
  await audit(east);
  await press(east, '密封并交出');
  await sure(east, '密封并交出');
  await reads(east, '您的密封出价', '密钥', '¥88.00');
  await audit(east);
  const west = await at(stage, stage.west, id);
  await west.getByLabel('密封出价').fill('77');
  await press(west, '密封并交出');
  await sure(west, '密封并交出');
  await reads(west, '您的密封出价');
  const file = west.waitForEvent('download');
  await press(west, '下载密钥');
  const kept = await (await file).path();
  await west.evaluate(() => localStorage.clear());
  await west.reload();
  await reads(west, '这个浏览器里没有开标的密钥');
  await audit(west);
  const buffer = readFileSync(kept);
  await reads(page, '2 家已密封出价');
  await stage.later(await endsAt(stage, id));
  await stage.until('closing', STATE, [id]);
  await reads(east, '现在开标');
  await audit(east);
  await press(east, /^开标$/);
  await reads(east, '已开标，等待出结果');
  const wrong = { name: 'a.json', mimeType: 'application/json', buffer: Buffer.from('{}') };
  await west.getByTestId('envelope-file').setInputFiles(wrong);
  await reads(west, '不是本场的密钥');
  await west.getByTestId('envelope-file').setInputFiles({ ...wrong, buffer });
  await press(west, /^开标$/);
  await reads(west, '已开标，等待出结果');
  await stage.later(11 * MINUTE);
  await stage.until('settled', STATE, [id]);
  await reads(east, '已拍得并付款', '¥77.00');
  await reads(west, '这场没有拍得', '保证金已退回');
  await audit(west);
  await reads(page, '已成交', '¥77.00');
}

/** Who hands in the higher price pays just that. */
async function firstPrice(stage: Stage, t: TestContext): Promise<void> {
  const { page, id } = await putUp(stage, t, { kind: 'first_price', reserve: '60' });
  const shops = [await at(stage, stage.west, id), await at(stage, stage.east, id)] as const;
  const [west, east] = shops;
  for (const [index, shop] of shops.entries()) {
    await shop.getByLabel('密封出价').fill(index === 0 ? '70' : '66');
    await press(shop, '密封并交出');
    await sure(shop, '密封并交出');
    await reads(shop, '您的密封出价');
  }
  await stage.later(await endsAt(stage, id));
  await stage.until('closing', STATE, [id]);
  for (const shop of shops) {
    await press(shop, /^开标$/);
    await reads(shop, '已开标，等待出结果');
  }
  await stage.later(11 * MINUTE);
  await stage.until('settled', STATE, [id]);
  await reads(west, '已拍得并付款', '¥70.00', '重算结果一致');
  await reads(east, '这场没有拍得', '保证金已退回');
  await reads(page, '已成交', '¥70.00', '结果可以核对');
  await audit(west);
}

async function dutch(stage: Stage, t: TestContext): Promise<void> {
  const { page, id } = await putUp(stage, t, {
    ...{ kind: 'dutch', reserve: '60', look: AT_DESK, judge: true },
  });
  await audit(page);
  const east = await at(stage, stage.east, id);
  await reads(east, '荷兰式降价', '降到', '降价规则的指纹');
  await audit(east);
  await stage.later(HOUR);
  await east.reload();
  await press(east, /按 .* 买下/);
  await sure(east, /按 .* 买下/);
  await stage.until('settled', STATE, [id]);
  await reads(east, '已拍得并付款');
  await reads(page, 'Sold', 'on its way to your account');
  await audit(page);
}

async function batch(stage: Stage, t: TestContext): Promise<void> {
  const { page, id } = await putUp(stage, t, { kind: 'batch', reserve: '50' });
  await reads(page, '等待下一轮撮合', '下一轮');
  await audit(page);
  const east = await at(stage, stage.east, id);
  await reads(east, '统一价集合竞价', '下一轮还有', '用挂单参加');
  await audit(east);
  await stage.later(5 * MINUTE);
  await stage.until('settled', STATE, [id]);
  await reads(page, '已成交');
  await east.goto(`${stage.url}/console/shops/${stage.east.id}/auctions?state=rounds`);
  await reads(east, '1 张');
  await press(east, '这一轮的单子');
  await reads(east, '这一轮的单子', '我的挂单', '重算结果一致');
  await audit(east);
}

async function unsold(stage: Stage, t: TestContext): Promise<void> {
  const first = await putUp(stage, t, { kind: 'english', reserve: '100' });
  await first.page.getByTestId('withdraw').click();
  await audit(first.page);
  await first.page.getByTestId('confirm-act').click();
  await reads(first.page, '您已撤回');
  const { page, id } = await putUp(stage, t, { kind: 'first_price', reserve: '100' });
  await stage.later(await endsAt(stage, id));
  await stage.until('closing', STATE, [id]);
  await stage.later(11 * MINUTE);
  await stage.until('offered', STATE, [id]);
  await reads(page, '平台自营愿意收', '卖给平台');
  await audit(page);
  await page.getByTestId('own-yes').click();
  await page.getByTestId('confirm-act').click();
  await stage.until('settled', STATE, [id]);
  await reads(page, '已成交', '您选择卖给平台自营');
  await page.goto(`${stage.url}/auctions`);
  await reads(page, '我的拍卖', '已成交', '卖家已撤回');
  await audit(page);
}
