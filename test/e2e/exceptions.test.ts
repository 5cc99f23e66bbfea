// Goal: when a card holds less than was said, or its issuer is down, the seller reads what happens, decides freely and
// loses nothing.
// Method: Chromium on a phone's screen; the issuer's simulator is steered; afterwards cards, ledger and reveals are asked.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Person } from '#test/house.ts';
import type { MadeCard } from '../../simulators/issuer/index.ts';
import { audit, openWorld, reads, type World } from './browser.ts';
import { assertBalanced, chooseFace, fenOf, idOf, orderState } from './truth.ts';

test('when things are not as they were said', { timeout: 200_000 }, async (t) => {
  const world = await openWorld(t);
  await t.test('half is gone: the new quote is declined, the card comes back intact', (t) =>
    declined(world, t),
  );
  await t.test('half is gone: the new quote is accepted and paid', (t) => accepted(world, t));
  await t.test('the issuer is down, is waited for, and answers', (t) => outage(world, t));
  await t.test('a dead card is refused with its reason', (t) => refused(world, t));
});

/** Sells this card from the page of its product up to the hand-over. */
async function handOver(page: Page, card: MadeCard): Promise<string> {
  await chooseFace(page, card.faceFen);
  await page.getByTestId('sell').click();
  await page.getByTestId('accept').click();
  await reads(page, '已成交，请交卡');
  await page.getByTestId('card-number').fill(card.number);
  await page.getByTestId('card-pin').fill(card.pin ?? '');
  await page.getByTestId('card-submit').click();
  return idOf(page);
}

async function requoted(world: World, t: TestContext, seller: Person) {
  const page = await world.visit(t, '/cards/luyu-card', { as: seller });
  const order = await handOver(page, world.card('luyu-card', 'half_used', 50_000n));
  await reads(page, '余额与申报不同，请您决定', '原报价', '新报价', '¥', '请在此之前决定');
  await reads(page, '没有人看过您的卡密', '这笔订单的查看记录为 0 次');
  const cells = page.getByTestId('requote').locator('.compare-net [data-fen]');
  const [before = 0n, now = 0n] = await Promise.all(
    (await cells.all()).map(async (cell) => BigInt((await cell.getAttribute('data-fen')) ?? '')),
  );
  assert.ok(now > 0n && now < before, 'both prices stand side by side');
  await audit(page);
  return { page, order, now };
}

async function declined(world: World, t: TestContext): Promise<void> {
  const seller = await world.seller();
  const { page, order } = await requoted(world, t, seller);
  await page.getByTestId('decline-requote').click();
  await reads(page, '拒绝并退回卡？', '卡和余额都还是您的');
  await audit(page);
  await page.getByTestId('confirm-act').click();
  await reads(page, '卡已原样退回', '没有人看过您的卡密', '再卖一张');
  assert.equal(await orderState(world, order), 'returned');
  const truth = await world.row(
    `select card.custody, card.balance_fen, secret.shredded_at is not null as shredded,
       (select count(*)::int from cards.reveal where card_id = card.id) as reveals,
       (select count(*)::int from cards.encumbrance where card_id = card.id and ended_at is null)
         as promises
     from buyback.order join cards.card card on card.id = "order".card_id
       join cards.secret secret on secret.card_id = card.id where "order".id = $1`,
    [order],
  );
  assert.equal(truth['reveals'], 0, 'nobody looked');
  assert.equal(truth['promises'], 0, 'the card is free');
  assert.equal(truth['balance_fen'], 25_000n, 'and holds what it held');
  const paid = await world.row(
    'select count(*)::int as n from settlement.payout where subject = $1',
    [order],
  );
  assert.equal(paid['n'], 0);
  await assertBalanced(world);
  await audit(page);
}

async function accepted(world: World, t: TestContext): Promise<void> {
  const seller = await world.seller();
  const { page, order, now } = await requoted(world, t, seller);
  await page.getByTestId('accept-requote').click();
  await reads(page, '接受新报价？', '不能撤回');
  await page.getByTestId('confirm-act').click();
  await reads(page, '钱已算好，正在打款', '承诺 11月24日');
  assert.equal(await fenOf(page, 'payout'), now, 'the new price is what is paid');
  const { net_fen } = await world.row('select net_fen from buyback.order where id = $1', [order]);
  assert.equal(net_fen, now);
  await assertBalanced(world);
}

async function outage(world: World, t: TestContext): Promise<void> {
  await world.control('issuer', '/control/issuers/manhecang', { profile: 'outage' });
  const seller = await world.seller();
  const page = await world.visit(t, '/cards/manhecang-card', { as: seller });
  const order = await handOver(page, world.card('manhecang-card', 'good', 20_000n));
  await reads(page, '发卡方暂时没有回应', '我们在自动重试，您的价格不变');
  await reads(page, '等待满禾仓超市回应', '等发卡方', '已等待');
  assert.equal(await orderState(world, order), 'waiting_issuer');
  await audit(page);
  await world.later(125_000);
  await world.until('2', 'select waits::text from buyback.order where id = $1', [order]);
  await reads(page, '发卡方暂时没有回应');
  await world.control('issuer', '/control/issuers/manhecang', { profile: 'healthy' });
  await world.later(125_000);
  await reads(page, '钱已算好，正在打款', '承诺 11月24日');
  assert.equal(await orderState(world, order), 'settled');
  await assertBalanced(world);
}

async function refused(world: World, t: TestContext): Promise<void> {
  const seller = await world.seller();
  const page = await world.visit(t, '/cards/luyu-card', { as: seller });
  const order = await handOver(page, world.card('luyu-card', 'used', 20_000n));
  await reads(
    page,
    '这张卡未能通过核验',
    '没有收取任何费用',
    '卡片已使用或已作废',
    '没有人看过您的卡密',
  );
  assert.equal(await orderState(world, order), 'rejected');
  await audit(page);
  await assertBalanced(world);
}
