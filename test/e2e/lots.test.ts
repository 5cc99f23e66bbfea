// Goal: a lot of 1,000 rows goes from the upload to the final statement by the hands of two companies and of staff, on a
// phone and at a desk, in both languages. Method: Chromium; files made here; the database and the ledger are asked.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { DAY, HOUR } from '#platform';
import type { Person } from '#test/house.ts';
import { type Company, cardsOf, company, csvOf, HEAD, sheetOf, xlsxOf } from '#test/lots.ts';
import { audit, openWorld, reads, type World } from './browser.ts';
import { assertBalanced } from './truth.ts';

const ROWS = 1_000;
const act = async (page: Page, name: string): Promise<void> =>
  await page.getByRole('button', { name, exact: true }).first().click();
const STATE = 'select state from lots.lot where id = $1';
const made = { lotId: '', dealId: '' };
/** Pictures for a person to look at, when asked for. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = join(import.meta.dirname, '../../.data/pictures');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `lots-${name}.png`), fullPage: true });
}

test('a lot of a thousand cards', { timeout: 420_000 }, async (t) => {
  const world = await openWorld(t);
  const seller = await company(world);
  const buyer = await company(world, { legalName: '模拟回收甲有限公司', walletFen: '20000000' });
  const staff = await world.staff('risk');
  await t.test('the maker uploads on a phone: first a broken file, then a good one', (t) =>
    uploads(world, t, seller),
  );
  await t.test('the checker submits, staff approve, look and pass', (t) =>
    approves(world, t, { seller, staff }),
  );
  await t.test('it opens, a recycler bids sealed, the seller takes it', (t) =>
    sells(world, t, { seller, buyer }),
  );
  await t.test('two people of each side sign; two tranches, one failing card, the statement', (t) =>
    settles(world, t, { seller, buyer }),
  );
});

const mine = ({ id }: Company, rest = ''): string => `/console/shops/${id}/lots${rest}`;

async function uploads(world: World, t: TestContext, seller: Company): Promise<void> {
  await world.prove(seller.maker);
  const page = await world.visit(t, mine(seller), { as: seller.maker });
  await reads(page, '批量卡券', '还没有批次', '可报价的批次');
  await audit(page);
  await page.getByLabel('名称').fill('年货礼品卡');
  await page.getByLabel('卡片张数').fill(String(ROWS));
  await act(page, '新建批次');
  await page.waitForURL(/\/lots\/[0-9a-f-]{36}/);
  made.lotId = /lots\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? '';
  await reads(page, '待上传', '下载模板', '种子承诺');
  await audit(page);
  const pick = async (name: string, buffer: Buffer): Promise<void> =>
    await page
      .locator('input[type=file][accept^=".xlsx"]')
      .setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
  await pick('short.csv', csvOf(cardsOf('luyu-ecard', 2)));
  await reads(page, '文件没有导入', `申报 ${ROWS} 张`);
  await audit(page);
  await picture(page, 'refused-390');
  // What Excel makes of long numbers, among good rows.
  const good = cardsOf('luyu-ecard', ROWS - 2);
  const rows = good.map(({ sku, number, pin }) => [sku, number, pin, '100', '']);
  const spoilt = [
    ...rows,
    ['luyu-ecard', '1.23E+15', '123456', '100', ''],
    ['无此商品', '1', '', '1', ''],
  ];
  await pick('lot.xlsx', await xlsxOf([HEAD, ...spoilt]));
  await world.until('papers', STATE, [made.lotId]);
  await reads(page, '导入结果', '后几位已经丢失', '平台没有这个商品', '请把整列设为“文本”格式');
  await audit(page);
  await picture(page, 'faults-390');
  await act(page, '重新上传');
  await page.getByRole('dialog').getByRole('button', { name: '重新上传' }).click();
  await world.until('draft', STATE, [made.lotId]);
  await pick('lot.xlsx', await sheetOf([...good, ...cardsOf('luyu-ecard', 2)]));
  await world.until('papers', STATE, [made.lotId]);
  await reads(page, '待提交材料');
  const photo = await sharp({
    create: { width: 400, height: 300, channels: 3, background: '#d9b26a' },
  })
    .jpeg()
    .toBuffer();
  const paper = page.locator('input[type=file][accept^="image/jpeg"]');
  await paper.nth(0).setInputFiles({ name: 'a.jpg', mimeType: 'image/jpeg', buffer: photo });
  await reads(page, '材料已保存');
  await paper.nth(1).setInputFiles({
    ...{ name: 'b.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 proof') },
  });
  await world.until(2, 'select count(*)::int from lots.paper where lot_id = $1', [made.lotId]);
  assert.ok(await page.getByRole('button', { name: '复核并提交' }).isDisabled(), 'not the maker');
}

async function approves(
  world: World,
  t: TestContext,
  { seller, staff }: { seller: Company; staff: Person },
): Promise<void> {
  const checker = await world.visit(t, mine(seller, `/${made.lotId}`), {
    wide: true,
    as: seller.checker,
  });
  await act(checker, '复核并提交');
  await world.until('kyb_pending', STATE, [made.lotId]);
  await reads(checker, '材料审核中');
  await audit(checker);
  await world.prove(staff);
  const page = await world.visit(t, '/console/lots', { wide: true, as: staff });
  await reads(page, '批量卡券', '年货礼品卡', '材料审核中');
  await audit(page);
  await page.getByRole('link', { name: '年货礼品卡' }).click();
  await reads(page, '授权书', '购卡凭证');
  await audit(page);
  await act(page, '材料通过，开始验卡');
  await until(world, 'sampling');
  await reads(page, '待看的卡');
  await audit(page);
  await picture(page, 'staff-1440');
  await act(page, '余下全部合格');
  await world.until('ready', STATE, [made.lotId]);
  await reads(checker, '待开放报价', '验卡通过');
}

/** The check of a thousand cards takes its time. */
async function until(world: World, state: string): Promise<void> {
  for (let n = 0; n < 6; n++)
    try {
      return await world.until(state, STATE, [made.lotId]);
    } catch {
      // Not yet.
    }
  await world.until(state, STATE, [made.lotId]);
}

async function sells(
  world: World,
  t: TestContext,
  { seller, buyer }: { seller: Company; buyer: Company },
): Promise<void> {
  await world.prove(seller.checker);
  const page = await world.visit(t, mine(seller, `/${made.lotId}`), {
    wide: true,
    as: seller.checker,
  });
  await reads(page, '开放报价');
  await audit(page);
  await page.getByRole('button', { name: '开放报价' }).click();
  await world.until('open', STATE, [made.lotId]);
  await reads(page, '截止前密封');
  await audit(page);

  await world.prove(buyer.maker);
  const bidder = await world.visit(t, mine(buyer), { as: buyer.maker });
  await bidder.getByRole('link', { name: '询价（由我定标）' }).click();
  await reads(bidder, '批次报价', '炉语电子礼券', '填整包总价');
  await audit(bidder);
  await picture(bidder, 'offer-390');
  await bidder.getByLabel('金额（元）').fill('85000');
  await act(bidder, '提交密封报价');
  await reads(bidder, '已密封');
  assert.ok(!(await page.locator('main').innerText()).includes('85,000'), 'sealed to the seller');
  await world.later(2 * DAY + HOUR);
  await world.until('choosing', STATE, [made.lotId]);
  await world.prove(seller.checker);
  const again = await world.visit(t, mine(seller, `/${made.lotId}`), {
    wide: true,
    as: seller.checker,
  });
  await reads(again, '85,000');
  await act(again, '接受所选报价');
  await again.getByRole('dialog').getByRole('button', { name: '接受所选报价' }).click();
  await world.until('awarded', STATE, [made.lotId]);
  const { id } = await world.row('select id from lots.deal where lot_id = $1', [made.lotId]);
  made.dealId = String(id);
  await assertBalanced(world);
}

const dealAt = ({ id }: Company): string => `/console/shops/${id}/lot-deals/${made.dealId}`;

async function settles(
  world: World,
  t: TestContext,
  { seller, buyer }: { seller: Company; buyer: Company },
): Promise<void> {
  for (const side of [seller, buyer])
    for (const person of [side.maker, side.checker]) {
      await world.prove(person);
      const page = await world.visit(t, dealAt(side), { as: person, english: side === buyer });
      await page.getByRole('button', { name: /^(确认合同|Confirm the contract)$/ }).click();
      await reads(page, side === buyer ? 'Confirmed' : '已确认');
      if (person === seller.maker) {
        await reads(page, '卡券批量转让合同', '合同哈希');
        await audit(page);
        await picture(page, 'contract-390');
      }
    }
  await world.until('delivering', 'select state from lots.deal where id = $1', [made.dealId]);
  const sold = `select count(*)::int from lots.row where lot_id = $1 and state = 'sold'`;
  await world.until(ROWS / 2, sold, [made.lotId]);
  await world.prove(buyer.maker);
  const page = await world.visit(t, dealAt(buyer), { wide: true, english: true, as: buyer.maker });
  const download = page.waitForEvent('download');
  await act(page, 'Take the cards (CSV)');
  const text = await readFile(await (await download).path(), 'utf8');
  const lines = text.trim().split('\r\n').slice(1);
  assert.equal(lines.length, ROWS / 2);
  const [row = '', sku = '', , number = ''] = lines[0]?.split(',') ?? [];
  await world.control('issuer', '/control/cards', { sku, number, state: 'used', balanceFen: '0' });
  await page.getByLabel('Row numbers').fill(row);
  await act(page, 'Report failing cards');
  const probed = `select probed from lots.row where lot_id = $1 and no = $2`;
  await world.until('USED_OR_VOID', probed, [made.lotId, Number(row)]);
  await reads(page, 'Failing cards to be decided', 'The issuer says');
  await audit(page);
  await picture(page, 'deal-1440');

  await world.prove(seller.maker);
  const answer = await world.visit(t, dealAt(seller), { as: seller.maker });
  await act(answer, '认可坏卡并退款');
  await answer.getByRole('dialog').getByRole('button', { name: '认可坏卡并退款' }).click();
  await world.until('refunded', `select state from lots.row where lot_id = $1 and no = $2`, [
    ...[made.lotId, Number(row)],
  ]);
  await reads(answer, '已付款，留有尾款');
  await audit(answer);
  await world.prove(buyer.maker);
  const second = await world.visit(t, dealAt(buyer), { wide: true, as: buyer.maker });
  await act(second, '全部合格');
  await world.until(
    2,
    `select count(*)::int from lots.tranche where deal_id = $1 and state = 'kept'`,
    [made.dealId],
  );
  await world.later(8 * DAY);
  await world.until('closed', STATE, [made.lotId]);
  const end = await world.visit(t, mine(seller, `/${made.lotId}`), { as: seller.maker });
  await reads(end, '已结束', '逐卡结算单');
  await audit(end);
  await picture(end, 'end-390');
  const file = end.waitForEvent('download');
  await end.getByRole('link', { name: '逐卡结算单 CSV' }).click();
  const statement = await readFile(await (await file).path(), 'utf8');
  assert.equal(statement.trim().split('\r\n').length, 1 + ROWS + 3);
  assert.match(statement, /成交 \+ 退款 = 合同价,,,,,85000\.00/);
  await assertBalanced(world);
}
