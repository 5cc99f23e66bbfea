// Goal: a buyer has a card's secret delivered by its seller: right, it is read on the page; wrong, the page says so, proves it
//   on the chain, and the price comes back with a tenth on top; each step and each signature is in plain words.
// Method: Chromium on a phone for each side against the whole house with a chain of its own; the dishonest seller signs with
//   the key of the page's wallet what no page would sign; the truth read from the chain's mirror and the contract's purses.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { delivering, OWN_SECRET, wordsOf } from '#test/delivery.ts';
import type { Common, Person } from '#test/house.ts';
import type { MadeCard } from '../../simulators/issuer/index.ts';
import { audit, openWorld, reads, type World } from './browser.ts';
import { bindDemoWallet, bringCard, offer, onward } from './exchange-parts.ts';

const DAYS_3 = 3 * 86_400_000;
const HOUR = 3_600_000;

interface Sides {
  readonly world: World;
  readonly seller: Person;
  readonly buyer: Person;
  readonly selling: Page;
  readonly buying: Page;
  readonly card: MadeCard;
}

async function bothSides(
  t: { after(work: () => Promise<void>): void },
  profile: 'INTL' | 'SANDBOX',
): Promise<Sides> {
  const world = await openWorld(t, { profile });
  const [seller, buyer] = [await world.seller(), await world.seller()];
  const selling = await world.visit(t, '/exchange/wallet', { as: seller });
  await bindDemoWallet(world, selling);
  const card = await bringCard(world, selling, OWN_SECRET);
  await offer(world, selling);
  const buying = await world.visit(t, '/exchange/wallet', { as: buyer });
  await bindDemoWallet(world, buying);
  return { world, seller, buyer, selling, buying, card };
}

/** From the offer to the bid: the key first, its file kept, then two signatures. Gives the file's text. */
async function bids({ world, buying }: Sides): Promise<string> {
  await buying.getByTestId('tab-offers').click();
  await buying.getByTestId('offers').getByRole('link').first().click();
  await reads(buying, '卖方把卡密加密后直接交给您');
  await buying.getByTestId('to-delivery').click();
  await reads(buying, '第一步：生成本单密钥', '丢了密钥');
  await audit(buying);
  await buying.getByTestId('key-make').click();
  const coming = buying.waitForEvent('download');
  await buying.getByTestId('key-download').click();
  const file = await (await coming).path();
  await reads(buying, '钱一直在您的钱包里');
  await audit(buying);
  await buying.getByTestId('bid').click();
  await buying.getByTestId('sign-yes').waitFor();
  await reads(buying, '允许交易合约从您的钱包扣款');
  await buying.getByTestId('sign-yes').click();
  await reads(buying, '只有卖方把卡密加密交给您的本单密钥，才会扣款');
  await audit(buying);
  await buying.getByTestId('sign-yes').click();
  await buying.locator('[data-testid=delivery][data-state=offered]').waitFor();
  await reads(buying, '钱还在您的钱包里');
  await audit(buying);
  // The permit is on the chain before the seller delivers.
  await onceSent(world);
  return readFileSync(file, 'utf8');
}

async function onceSent(world: World): Promise<void> {
  for (let round = 0; round < 60; round++) {
    const { open } = await world.row(
      `select exists (select from exchange.relay where state in ('waiting', 'sent')) as open`,
    );
    if (open === false) return;
    await world.later(3_000);
    await new Promise((done) => setTimeout(done, 300));
  }
  const { left } = await world.row(
    `select json_agg(json_build_object('purpose', purpose, 'state', state, 'nonce', nonce, 'error', error)) as left
     from exchange.relay where state in ('waiting', 'sent')`,
  );
  assert.fail(`on its way for ever: ${JSON.stringify(left)}`);
}

async function sellerOpensIt(selling: Page): Promise<void> {
  await selling.goto(new URL('/exchange/cards', selling.url()).href);
  await selling.getByTestId('deliveries').getByRole('link').first().click();
  await selling.getByTestId('seal-number').waitFor();
}

async function delivers({ world, selling, card }: Sides): Promise<void> {
  await sellerOpensIt(selling);
  await selling.getByTestId('seal-number').fill(card.number);
  await selling.getByTestId('seal-pin').fill('000001');
  await selling.getByTestId('seal-deliver').click();
  await reads(selling, '与上链时验过的卡密不一致，没有交付');
  await audit(selling);
  await selling.getByTestId('seal-pin').fill(card.pin ?? '');
  await selling.getByTestId('seal-deliver').click();
  await selling.getByTestId('sign-yes').waitFor();
  await reads(selling, '允许交易合约从您的钱包扣款', '187');
  await selling.getByTestId('sign-yes').click();
  await reads(selling, '交付卡密并收款', '买方证明交付错误，押金归买方');
  await audit(selling);
  await selling.getByTestId('sign-yes').click();
  await onward(world, selling, '[data-testid=delivery][data-state=delivered]');
  await reads(selling, '已交付，货款已到账');
  await audit(selling);
}

for (const profile of ['INTL', 'SANDBOX'] as const)
  test(`the seller delivers, the buyer reads the secret in ${profile}`, {
    timeout: 280_000,
  }, async (t) => {
    const sides = await bothSides(t, profile);
    const { world, buying, selling, card } = sides;
    const file = await bids(sides);
    await delivers(sides);
    // On another browser the key is not there: its owner brings the file.
    await buying.evaluate(() => {
      for (const name of Object.keys(localStorage))
        if (name.startsWith('hq-sale-key/')) localStorage.removeItem(name);
    });
    await buying.reload();
    await reads(buying, '这个浏览器里没有本单密钥');
    await buying.getByTestId('key-text').fill(`0x${'1'.repeat(64)}`);
    await buying.getByTestId('key-enter').click();
    await reads(buying, '这不是本单的密钥');
    await buying.getByTestId('key-text').fill(file);
    await buying.getByTestId('key-enter').click();
    await buying.getByTestId('delivery-right').waitFor();
    assert.equal(await buying.getByTestId('opened-number').textContent(), card.number);
    assert.equal(await buying.getByTestId('opened-pin').textContent(), card.pin);
    await audit(buying);
    const there = { as: sides.buyer, wide: true, english: true };
    const desk = await world.visit(t, new URL(buying.url()).pathname, there);
    await reads(desk, 'The key of this sale is not in this browser');
    await desk.getByTestId('key-text').fill(file);
    await desk.getByTestId('key-enter').click();
    await reads(desk, 'The secret is right', 'burn its token');
    await audit(desk);
    assert.equal(world.logged.join('\n').includes(card.number), false, 'no log has the number');
    if (profile === 'INTL') await bondComesBack(world, selling);
    else await purseIsTaken(t, sides);
  });

/** Nobody proves anything: after the window the bond is free, and the seller takes it out. */
async function bondComesBack(world: World, selling: Page): Promise<void> {
  // What is still being looked at when days pass at once is looked at again much later.
  await onceSent(world);
  await world.later(DAYS_3 + HOUR);
  await onward(world, selling, '[data-testid=delivery][data-state=closed]');
  await reads(selling, '押金已解锁');
  await audit(selling);
  await selling.getByTestId('reclaim').click();
  const passedOn = selling.waitForResponse(
    (reply) => reply.request().method() === 'POST' && reply.url().endsWith('/transactions'),
  );
  await selling.getByTestId('sign-yes').click();
  await passedOn;
  await reads(selling, '正在取回…');
  await onceSent(world);
  await selling.goto(new URL('/exchange/wallet', selling.url()).href);
  await reads(selling, '1,165.75');
}

/** The same bond, taken out among one's assets, where all that waits in the contract is shown. */
async function purseIsTaken(
  t: { after(work: () => Promise<void>): void },
  { world, seller, selling }: Sides,
): Promise<void> {
  await onceSent(world);
  await world.later(DAYS_3 + HOUR);
  await onward(world, selling, '[data-testid=delivery][data-state=closed]');
  await selling.goto(new URL('/exchange/cards', selling.url()).href);
  await reads(selling, '合约里可取回', '¥187.00', '随时可以取回钱包');
  await audit(selling);
  const desk = await world.visit(t, '/exchange/cards', { as: seller, wide: true, english: true });
  await reads(desk, 'In the contract, free', 'Take ¥187.00 out');
  await audit(desk);
  await selling.getByTestId('purse-take').click();
  await selling.getByTestId('sign-yes').waitFor();
  await reads(selling, '把合约里您名下可取回的钱取到您的钱包', '187');
  await audit(selling);
  await selling.getByTestId('sign-yes').click();
  await reads(selling, '正在取回…');
  await onward(world, selling, '[data-testid=my-money]:not(:has([data-testid=purse-take]))');
  await reads(selling, '1,165.75');
  await audit(selling);
}

test('a wrong delivery is proven on the chain, and the money comes back', {
  timeout: 280_000,
}, async (t) => {
  const sides = await bothSides(t, 'INTL');
  const { world, buying } = sides;
  await bids(sides);
  await deliversGarbage(sides);
  await onward(world, buying, '[data-testid=delivery-wrong]');
  await reads(buying, '卖方交付的内容与验过的卡密不一致', '187');
  await audit(buying);
  await buying.getByTestId('prove').click();
  await buying.getByTestId('sign-yes').waitFor();
  await reads(buying, '向合约公开本单密钥，证明交付错误');
  await audit(buying);
  await buying.getByTestId('sign-yes').click();
  await onward(world, buying, '[data-testid=delivery][data-state=refunded]');
  await reads(buying, '价款和一成赔偿已到您的钱包');
  await audit(buying);
  await buying.goto(new URL('/exchange/wallet', buying.url()).href);
  await reads(buying, '1,017');
  const { state, reason } = await world.row('select state, reason from exchange.token');
  assert.deepEqual([state, reason], ['frozen', 'WRONG_DELIVERY']);
});

/** What the page does not do: other words, sealed and signed by the seller's own key. */
async function deliversGarbage({ world, seller, selling, card }: Sides): Promise<void> {
  const key = await selling.evaluate(() => localStorage.getItem('hq-demo-wallet'));
  const account = privateKeyToAccount(key as Hex);
  const [wallet] = (await world.http(seller, 'GET', '/v1/exchange/wallets')).body.items;
  const holder = { ...seller, account, walletId: String(wallet?.id) };
  const page = await world.http(seller, 'GET', '/v1/exchange/deliveries');
  const [one] = page.body.items as Common[];
  assert(wallet && one);
  const words = wordsOf({ ...card, pin: '000001' }, `0x${'0'.repeat(64)}`);
  const { on } = world.house.exchange;
  assert(on);
  const raw = await account.signTransaction({
    ...{ type: 'eip1559', chainId: on.chain.id, to: on.exchange, gas: 800_000n },
    ...{ nonce: Number(wallet['nextNonce']), maxFeePerGas: 0n, maxPriorityFeePerGas: 0n },
    data: await delivering(world, holder, { one, words }),
  });
  const sent = await world.http(seller, 'POST', '/v1/exchange/transactions', {
    ...{ walletId: holder.walletId, raw },
  });
  assert.equal(sent.status, 200, sent.text);
}
