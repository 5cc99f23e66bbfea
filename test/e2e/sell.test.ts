// Goal: a newcomer sells a card within minutes, by typing or by a photo, with the mouse or with keys alone, and is paid
// exactly once.
// Method: Chromium on a phone's screen against the whole house; what the page says is compared with the database.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import bwip from 'bwip-js/node';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { chance, idNumberOf, luhnNumber } from '../../src/demo-people.ts';
import { audit, openWorld, reads, signInHere, type World } from './browser.ts';
import { assertBalanced, chooseFace, fenOf, idOf, orderState, personIn, wide } from './truth.ts';

test('on a phone', { timeout: 280_000 }, async (t) => {
  const world = await openWorld(t);
  await t.test('a newcomer sells by typing; the bank calls thrice and pays once', (t) =>
    sellByTyping(world, t),
  );
  await t.test('a photo of the barcode fills in the number', (t) => sellByPhoto(world, t));
  await t.test('calculator and sign-in by keyboard alone', (t) => keysOnly(world, t));
});

const NEWCOMER = {
  phone: '13912345678',
  name: '欧阳静',
  idNumber: idNumberOf(chance(7), 7),
  account: luhnNumber(chance(7), '622202', 19),
};

async function sellByTyping(world: World, t: TestContext): Promise<void> {
  const page = await world.visit(t, '/');
  const net = await priceBeforeSignUp(page);
  await becomeSeller(world, page);

  await page.getByTestId('accept').click();
  await reads(page, '已成交，请交卡', '请在此之前交卡', '提交即加密封存');
  const order = idOf(page);
  await audit(page);

  const card = world.card('weihe-gift', 'good', 50_000n);
  await page.getByTestId('card-number').fill(wide(card.number.replace(/(.{4})/g, '$1 ')));
  await page.getByTestId('card-pin').fill(card.pin ?? '');
  await page.getByTestId('card-submit').click();
  await reads(page, '钱已算好，正在打款', '承诺 11月24日', '卡片有效，余额与申报一致');
  assert.equal(await fenOf(page, 'payout'), net, 'what was shown is what is paid');
  assert.equal(await orderState(world, order), 'settled');
  const { net_fen, grade } = await world.row(
    'select net_fen, grade from buyback.order where id = $1',
    [order],
  );
  assert.deepEqual([net_fen, grade], [net, 'V6']);
  await audit(page);
  await paidOnce(world, page, { order, net });
}

/** Nobody is signed in: prices, the calculator and why the price is what it is. */
async function priceBeforeSignUp(page: Page): Promise<bigint> {
  await reads(page, '闲置的卡券，现在值多少？', '今日回收价', '只赚写明的服务费');
  await audit(page);
  await page.getByTestId('pick-card').click();
  const sheet = page.getByTestId('pick-sheet');
  await sheet.getByTestId('search').fill('味禾礼品');
  await audit(page);
  await sheet.getByRole('button', { name: '味禾礼品卡' }).click();
  await chooseFace(page, 50_000n);
  await page.getByTestId('why').click();
  await reads(page, '现在卖，到手', '报价有签名，有效期内我们不能改价。', '报价有效');
  const lines = await page.locator('[data-testid=fee-sheet] dd [data-fen]').all();
  const amounts = await Promise.all(
    lines.map(async (line) => BigInt((await line.getAttribute('data-fen')) ?? '')),
  );
  const [gross = 0n, ...rest] = amounts;
  const net = rest.pop();
  assert.ok(gross > 0n && gross < 50_000n);
  assert.equal(
    rest.reduce((sum, fen) => sum + fen, gross),
    net,
    'the value and its lines make the net',
  );
  assert.equal(await fenOf(page, 'quote-result'), net);
  await page.getByTestId('sell').click();
  return net ?? 0n;
}

/** The first sale asks for a phone, a name and an account, one after the other, on the page of the quote. */
async function becomeSeller(world: World, page: Page): Promise<void> {
  const { phone, name, idNumber, account } = NEWCOMER;
  await reads(page, '逐项明细', '卖出前的准备', '手机号登录', '有效期还剩');
  await audit(page);
  await signInHere(page, world, phone);
  await reads(page, '实名认证', '法规要求付款给实名本人');
  await page.getByTestId('real-name').fill(name);
  await page
    .getByTestId('id-number')
    .fill(idNumber.slice(0, -1) + (idNumber.endsWith('1') ? 2 : 1));
  await page.getByTestId('name-consent').check();
  await page.getByTestId('name-submit').click();
  await reads(page, '身份证号有误，请检查');
  await page.getByTestId('id-number').fill(idNumber);
  await page.getByTestId('name-submit').click();
  await reads(page, '银行类型', '须与实名一致');
  await page.getByTestId('account-number').fill(account);
  await page.getByTestId('account-name').fill(name);
  await page.getByTestId('account-consent').check();
  await page.getByTestId('account-save').click();
  await reads(page, '再确认一次是您本人');
  await page.getByTestId('step-up-code').fill(await world.codeFor(phone));
  await audit(page);
  await page.getByTestId('step-up-confirm').click();
  await reads(page, '收款账户已保存', '按此价成交');
  const user = await personIn(world, page);
  const { last4 } = await world.row(
    'select last4 from settlement.payout_account where user_id = $1',
    [user],
  );
  assert.equal(last4, account.slice(-4));
}

/** The evening comes, the bank calls three times for one payment, and one payment it is. */
async function paidOnce(
  world: World,
  page: Page,
  { order, net }: { order: string; net: bigint },
): Promise<void> {
  await world.control('psp', '/control/faults', { copies: 3 });
  await page.getByTestId('forward-payout').click();
  await reads(page, '已到账', '再卖一张');
  await page.waitForSelector('[data-step=paid][data-state=done]');
  assert.equal(await fenOf(page, 'payout'), net);
  await world.until('paid', 'select state from settlement.payout where subject = $1', [order]);
  const bank = (await world.control('psp', '/control/state')) as {
    entries: { kind: string; status: string; amountFen: string; submits: number }[];
    deliveries: { status: string }[];
  };
  const transfers = bank.entries.filter(({ kind }) => kind === 'transfer');
  assert.deepEqual(
    transfers.map(({ status, amountFen, submits }) => [status, amountFen, submits]),
    [['paid', String(net), 1]],
  );
  assert.ok(bank.deliveries.filter(({ status }) => status === 'paid').length >= 3);
  const user = await personIn(world, page);
  const left = await world.row('select balance from ledger.book where code = $1', [
    `PAYABLE:${user}`,
  ]);
  assert.equal(left['balance'], 0n);
  await world.until(
    '1',
    `select count(*)::text from parties.message
    where template = 'payout_sent' and state = 'sent' and person_id = $1`,
    [user],
  );
  await assertBalanced(world);
  await world.control('psp', '/control/faults', { copies: 1 });
}

async function sellByPhoto(world: World, t: TestContext): Promise<void> {
  const seller = await world.seller();
  const page = await world.visit(t, '/cards/weihe-gift', { as: seller });
  await reads(page, '味禾礼品卡', '这张卡的限制', '卡券信息');
  await audit(page);
  await page.locator('[data-testid=quote-result][aria-busy=false]').waitFor();
  await page.getByTestId('sell').click();
  await page.getByTestId('accept').click();
  await reads(page, '已成交，请交卡');
  const order = idOf(page);

  const card = world.card('weihe-gift', 'good', 10_000n);
  await page.getByRole('radio', { name: '照片' }).check({ force: true });
  await page.getByTestId('photo').setInputFiles({
    name: 'card.jpg',
    mimeType: 'image/jpeg',
    buffer: await photoOf('8888888888'),
  });
  await reads(page, '读到的条码不是这种卡的卡号');
  await page.getByTestId('photo').setInputFiles({
    name: 'card.jpg',
    mimeType: 'image/jpeg',
    buffer: await photoOf(card.number),
  });
  await reads(page, '已读出卡号，请核对');
  assert.equal(await page.getByTestId('card-number').inputValue(), card.number);
  await page.getByTestId('card-pin').fill(card.pin ?? '');
  await page.getByTestId('card-submit').click();
  await reads(page, '钱已算好，正在打款', '打款金额');
  assert.equal(await orderState(world, order), 'settled');
  await page.getByTestId('nav-orders').click();
  await reads(page, '我的订单', '进行中', '打款中');
  await audit(page);
  await assertBalanced(world);
}

/** A card on a table: the code on white, askew on a grey ground, as a phone would take it. */
async function photoOf(number: string): Promise<Buffer> {
  const code = await bwip.toBuffer({ bcid: 'code128', text: number, scale: 3, paddingwidth: 20 });
  return await sharp(code)
    .flatten({ background: '#fff' })
    .extend({ top: 90, bottom: 90, left: 60, right: 60, background: '#8a8f94' })
    .rotate(3, { background: '#8a8f94' })
    .jpeg({ quality: 75 })
    .toBuffer();
}

async function keysOnly(world: World, t: TestContext): Promise<void> {
  const page = await world.visit(t, '/');
  await page.getByTestId('quote-result').waitFor();
  await page.keyboard.press('Tab');
  await reads(page, '跳到正文');
  await page.keyboard.press('Enter');
  await tabTo(page, '.hero-calc input[type=radio]');
  const before = await fenOf(page, 'quote-result');
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction(
    (old) =>
      document
        .querySelector('[data-testid=quote-result][aria-busy=false] [data-fen]')
        ?.getAttribute('data-fen') !== old,
    String(before),
  );
  await tabTo(page, '[data-testid=sell]');
  await page.keyboard.press('Enter');
  await reads(page, '卖出前的准备');
  await tabTo(page, '[data-testid=phone]');
  await page.keyboard.type('139 8765 4321');
  await page.keyboard.press('Enter');
  await reads(page, '6 位数字，已发送到');
  await tabTo(page, '[data-testid=code]');
  await page.keyboard.type(await world.codeFor('13987654321'));
  await page.keyboard.press('Enter');
  await reads(page, '法规要求付款给实名本人');
  assert.match(String(await personIn(world, page)), /^[0-9a-f-]{36}$/);
}

/** Presses Tab until the focus is there, and asserts that it can be seen on every stop. */
async function tabTo(page: Page, selector: string): Promise<void> {
  const STOPS_MAX = 60;
  for (let stop = 0; stop < STOPS_MAX; stop++) {
    const { there, seen, name, tag } = await page.evaluate((wanted) => {
      const at = document.activeElement;
      const box = at?.matches('input[type=radio], input[type=checkbox]')
        ? (at.closest('label') ?? at)
        : (at?.closest('.hq-field-box, .search') ?? at);
      const looks = [at, box, box?.lastElementChild].flatMap((one) =>
        one ? [getComputedStyle(one)] : [],
      );
      const seen = looks.some(
        ({ outlineStyle, boxShadow }) => outlineStyle !== 'none' || boxShadow !== 'none',
      );
      const there = at?.matches(wanted) ?? false;
      return { there, seen, name: at?.outerHTML.slice(0, 100), tag: at?.tagName ?? 'BODY' };
    }, selector);
    if (stop > 0 && !['BODY', 'MAIN'].includes(tag))
      assert.ok(seen, `the focus can be seen on ${name}`);
    if (there) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`${selector} is not reached by Tab`);
}
